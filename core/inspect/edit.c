/* edit.c - one change of elements: made, checked and carried out.
 *
 * While the lock is held there is one copy out, the computation, and one copy in.
 * Everything else (texts, memory, the new elements where they do not depend on the
 * old) is prepared before.
 */
#include "edit.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#include "edit-plan.h"
#include "inspect-error.h"
#include "number-array.h"

/* Fills `after`, which is what is to be stored, from `before`; or refuses. */
typedef gboolean (*Compute) (gconstpointer data, const guint8 *before, guint8 *after,
                             GError **error);

static const enum number_operation operations[] = { [EDIT_ADD] = NUMBER_ADD,
                                                    [EDIT_SUBTRACT] = NUMBER_SUBTRACT,
                                                    [EDIT_MULTIPLY] = NUMBER_MULTIPLY };

static Edit *
edit_make (Attachment *attachment, EntryInfo *entry, guint64 first, guint64 last)
{
  Edit *edit = g_new0 (Edit, 1);

  edit->references = 1;
  edit->attachment = attachment_ref (attachment);
  edit->entry = entry_info_ref (entry);
  edit->first = first;
  edit->last = last;
  edit->field = -1;
  edit->timeout_ns = EDIT_TIMEOUT_DEFAULT_NS;
  return edit;
}

Edit *
edit_new (Attachment *attachment, EntryInfo *entry, guint64 first, guint64 last, const char *text)
{
  Edit *edit = edit_make (attachment, entry, first, last);

  edit->operation = EDIT_FROM_TEXT;
  edit->texts = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (edit->texts, g_strdup (text));
  return edit;
}

Edit *
edit_new_texts (Attachment *attachment, EntryInfo *entry, guint64 first, guint64 last,
                enum edit_operation operation, GPtrArray *texts)
{
  Edit *edit = edit_make (attachment, entry, first, last);

  edit->operation = operation;
  edit->texts = g_ptr_array_ref (texts);
  return edit;
}

Edit *
edit_ref (Edit *edit)
{
  g_atomic_int_inc (&edit->references);
  return edit;
}

void
edit_unref (Edit *edit)
{
  if (edit == NULL || !g_atomic_int_dec_and_test (&edit->references))
    return;
  attachment_unref (edit->attachment);
  entry_info_unref (edit->entry);
  g_ptr_array_unref (edit->texts);
  g_free (edit->condition);
  g_free (edit);
}

void
edit_result_clear (EditResult *result)
{
  g_clear_pointer (&result->before, g_bytes_unref);
  g_clear_pointer (&result->after, g_bytes_unref);
}

gboolean
edit_check (const Edit *edit, GError **error)
{
  EditPlan plan;

  if (!edit_plan_init (&plan, edit, error))
    return FALSE;
  edit_plan_clear (&plan);
  return TRUE;
}

/* ------------------------------------------------------------- scalars in copies -- */

/* Where a scalar's element begins in a copy of the edit's elements. */
static gsize
element_offset (const EditPlan *plan, guint64 scalar)
{
  return scalar / plan->n_indices * plan->edit->entry->type.size;
}

static void
extract (const EditPlan *plan, const guint8 *elements, guint64 scalar, guint8 value[8])
{
  entry_info_extract (plan->edit->entry, elements + element_offset (plan, scalar),
                      plan->edit->field, plan->index + scalar % plan->n_indices, NULL, value);
}

static Number
load (const EditPlan *plan, const guint8 *elements, guint64 scalar)
{
  guint8 value[8];

  extract (plan, elements, scalar, value);
  return number_load (&plan->type, value);
}

static void
insert (const EditPlan *plan, guint8 *elements, guint64 scalar, const guint8 value[8])
{
  entry_info_insert (plan->edit->entry, elements + element_offset (plan, scalar),
                     plan->edit->field, plan->index + scalar % plan->n_indices, value);
}

static void
save (const EditPlan *plan, guint8 *elements, guint64 scalar, const Number *number)
{
  guint8 value[8];

  number_store (&plan->type, number, value);
  insert (plan, elements, scalar, value);
}

static gsize
size_of (const Edit *edit)
{
  return (edit->last - edit->first) * edit->entry->type.size;
}

static gboolean
refuse_condition (const EditPlan *plan, guint64 scalar, const Number *is, const Number *expected,
                  GError **error)
{
  g_autofree char *name = edit_plan_scalar_name (plan, scalar);
  g_autofree char *is_text = edit_plan_value_text (plan, is);
  g_autofree char *expected_text = edit_plan_value_text (plan, expected);

  g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_CONDITION,
               _("%s is %s, not %s as expected; nothing was written"), name, is_text,
               expected_text);
  return FALSE;
}

/* ---------------------------------------------------------------- carrying out -- */

/* Memory that is there already when the lock is held. */
static guint8 *
allocate (const Edit *edit, GError **error)
{
  gsize size = MAX (size_of (edit), 1);
  guint8 *memory = g_try_malloc (size);

  if (memory == NULL)
    g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_BAD_VALUE,
                 _("%s: there is no memory for a copy of %" PRIu64
                   " bytes; edit fewer elements at once"),
                 edit->entry->name, (guint64) size);
  else
    memset (memory, 0, size);
  return memory;
}

/* Whether the segment is still the one that its name stands for. */
static gboolean
check_segment (const Edit *edit, GError **error)
{
  g_autoptr (SegmentInfo) info = NULL;

  attachment_refresh (edit->attachment);
  info = attachment_get_info (edit->attachment);
  if (info->state != SEGMENT_REPLACED)
    return TRUE;
  g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_CORRUPT,
               _("%s: the segment %s was replaced by another of its name; look at that one"),
               edit->entry->name, info->name);
  return FALSE;
}

static gboolean
read_before (const Edit *edit, guint8 *before, GError **error)
{
  g_autoptr (SegmentInfo) info = NULL;
  int status = attachment_read (edit->attachment, edit->entry, edit->first, edit->last, before);

  if (status >= 0)
    return TRUE;
  if (status == -ESTALE)
    {
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND,
                   _("%s: its program has removed it; look at the list again"), edit->entry->name);
      return FALSE;
    }
  info = attachment_get_info (edit->attachment);
  g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_CORRUPT, _("%s: its memory cannot be read: %s"),
               edit->entry->name, info->reason != NULL ? info->reason : g_strerror (-status));
  return FALSE;
}

/* Only the bytes that were edited: a structure's other fields may be written by others
 * all the time. */
static gboolean
store_after (const EditPlan *plan, const guint8 *after, GError **error)
{
  const Edit *edit = plan->edit;
  gsize size = edit->entry->type.size;

  if (edit->field < 0)
    return size_of (edit) == 0
           || attachment_store (edit->attachment, edit->entry, edit->first * size, size_of (edit),
                                after, error);
  for (guint64 i = 0; i < edit->last - edit->first; i++)
    if (!attachment_store (edit->attachment, edit->entry, (edit->first + i) * size + plan->offset,
                           plan->n_indices * plan->type.size, after + i * size + plan->offset,
                           error))
      return FALSE;
  return TRUE;
}

/* Whether the lock is to be taken. */
static gboolean
choose_lock (const Edit *edit, gboolean *ret_takes_lock, GError **error)
{
  const EntryInfo *entry = edit->entry;

  *ret_takes_lock = !edit->unlocked && entry->lock_kind != LOCK_NONE;
  if (edit->unlocked || entry->reason == NULL)
    return TRUE;
  g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_NO_LOCK, "%s: %s", entry->name,
               entry->reason);
  return FALSE;
}

static gboolean
is_one_aligned_store (const EditPlan *plan)
{
  const Edit *edit = plan->edit;
  guint64 offset = edit->entry->offset + edit->first * edit->entry->type.size + plan->offset;

  return plan->operation == EDIT_SET && plan->condition.numbers == NULL && plan->n_scalars == 1
         && plan->bit_width == 0 && plan->type.size <= 8 && offset % plan->type.size == 0;
}

/* Takes both copies. */
static void
give_result (const EditPlan *plan, guint8 *before, guint8 *after, gboolean locked,
             gboolean recovered, EditResult *ret_result)
{
  gsize size = size_of (plan->edit);

  if (ret_result == NULL)
    {
      g_free (before);
      g_free (after);
      return;
    }
  ret_result->before = g_bytes_new_take (before, size);
  ret_result->after = g_bytes_new_take (after, size);
  ret_result->recovered = recovered;
  ret_result->consistency = locked                        ? SHMLENS_CONSISTENCY_LOCKED
                            : is_one_aligned_store (plan) ? SHMLENS_CONSISTENCY_ATOMIC
                                                          : SHMLENS_CONSISTENCY_UNLOCKED;
}

/* after: what is to be stored, as far as it does not depend on what is there. */
static gboolean
carry_out (const EditPlan *plan, guint8 *prepared, Compute compute, gconstpointer data,
           const gint *cancelled, EditResult *ret_result, GError **error)
{
  const Edit *edit = plan->edit;
  g_autofree guint8 *after = prepared;
  g_autofree guint8 *before = allocate (edit, error);
  gboolean takes_lock, recovered = FALSE, done;

  if (before == NULL || !check_segment (edit, error) || !choose_lock (edit, &takes_lock, error))
    return FALSE;
  if (takes_lock
      && !attachment_lock (edit->attachment, edit->entry, edit->timeout_ns, plan->recover,
                           cancelled, &recovered, error))
    return FALSE;
  done = read_before (edit, before, error) && compute (data, before, after, error)
         && store_after (plan, after, error);
  if (takes_lock)
    attachment_unlock (edit->attachment, edit->entry);
  if (done)
    give_result (plan, g_steal_pointer (&before), g_steal_pointer (&after), takes_lock, recovered,
                 ret_result);
  return done;
}

/* ---------------------------------------------------------------------- applying -- */

static gboolean
depends_on_before (const EditPlan *plan)
{
  return plan->operation != EDIT_SET || plan->edit->field >= 0;
}

static gboolean
check_condition (const EditPlan *plan, const guint8 *before, GError **error)
{
  guint8 same[8];
  gsize size = plan->type.size;
  gboolean all_same = plan->condition.n == 1 && plan->condition.room == 0
                      && plan->edit->field < 0 && !plan->edit->entry->swapped;

  if (plan->condition.numbers == NULL)
    return TRUE;
  if (all_same)
    number_store (&plan->type, &plan->condition.numbers[0], same);
  for (guint64 i = 0; i < plan->n_scalars; i++)
    {
      Number is, expected;

      /* The same bits are the same value; other bits may be. */
      if (all_same && memcmp (before + i * size, same, size) == 0)
        continue;
      is = load (plan, before, i);
      expected = edit_values_get (&plan->condition, i);
      if (!number_equal (&is, &expected))
        return refuse_condition (plan, i, &is, &expected, error);
    }
  return TRUE;
}

static gboolean
refuse_result (const EditPlan *plan, guint64 scalar, const Number *is, const Number *operand,
               GError **error)
{
  static const char *const signs[]
    = { [EDIT_ADD] = "+", [EDIT_SUBTRACT] = "-", [EDIT_MULTIPLY] = "*" };
  g_autofree char *name = edit_plan_scalar_name (plan, scalar);
  g_autofree char *is_text = number_text (&plan->type, is);
  g_autofree char *operand_text = number_text (&plan->type, operand);

  g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_BAD_VALUE,
               /* Translators: NAME: NUMBER SIGN NUMBER is no number that TYPE can hold. */
               _("%s: %s %s %s is no number that %s can hold; nothing was written"), name, is_text,
               signs[plan->operation], operand_text, shmlens_type_name (&plan->type));
  return FALSE;
}

/* What the scalar is to become. */
static gboolean
compute_scalar (const EditPlan *plan, const guint8 *before, guint64 scalar, Number *ret_number,
                GError **error)
{
  Number operand = edit_values_get (&plan->operands, scalar);
  Number is;

  if (plan->operation == EDIT_SET)
    {
      *ret_number = operand;
      return TRUE;
    }
  is = load (plan, before, scalar);
  if (!number_compute (operations[plan->operation], &is, &operand, ret_number)
      || !number_fits (&plan->type, plan->bit_width, ret_number))
    return refuse_result (plan, scalar, &is, &operand, error);
  return edit_plan_check_number (plan, ret_number, error);
}

/* How many scalars from this one on could be computed at once; the next is for
 * compute_scalar(). */
static guint64
compute_run (const EditPlan *plan, guint8 *after, guint64 scalar)
{
  const EntryInfo *entry = plan->edit->entry;
  Number minimum, maximum;

  if (plan->operation == EDIT_SET || plan->edit->field >= 0 || entry->swapped
      || plan->operands.n != 1)
    return 0;
  minimum = number_load (&entry->type, entry->minimum);
  maximum = number_load (&entry->type, entry->maximum);
  return number_compute_array (operations[plan->operation], &plan->type,
                               after + scalar * plan->type.size, plan->n_scalars - scalar,
                               &plan->operands.numbers[0], entry->has_minimum ? &minimum : NULL,
                               entry->has_maximum ? &maximum : NULL);
}

static gboolean
compute_edit (gconstpointer data, const guint8 *before, guint8 *after, GError **error)
{
  const EditPlan *plan = data;

  if (!check_condition (plan, before, error))
    return FALSE;
  if (!depends_on_before (plan))
    return TRUE;
  memcpy (after, before, size_of (plan->edit));
  for (guint64 i = 0; i < plan->n_scalars; i++)
    {
      Number number;

      i += compute_run (plan, after, i);
      if (i == plan->n_scalars)
        break;
      if (!compute_scalar (plan, before, i, &number, error))
        return FALSE;
      save (plan, after, i, &number);
    }
  return TRUE;
}

/* Where nothing depends on what is there. */
static void
fill_after (const EditPlan *plan, guint8 *after)
{
  gsize size = size_of (plan->edit);
  gboolean all_same = plan->operands.n == 1 && plan->operands.room == 0;

  for (guint64 i = 0; i < (all_same ? MIN (plan->n_scalars, 1) : plan->n_scalars); i++)
    {
      Number number = edit_values_get (&plan->operands, i);

      save (plan, after, i, &number);
    }
  for (gsize done = plan->type.size; all_same && done < size;)
    {
      gsize n = MIN (done, size - done);

      memcpy (after + done, after, n);
      done += n;
    }
}

gboolean
edit_apply (const Edit *edit, const gint *cancelled, EditResult *ret_result, GError **error)
{
  EditPlan plan;
  guint8 *after;
  gboolean done = FALSE;

  if (!edit_plan_init (&plan, edit, error))
    return FALSE;
  after = allocate (edit, error);
  if (after != NULL)
    {
      if (!depends_on_before (&plan))
        fill_after (&plan, after);
      done = carry_out (&plan, after, compute_edit, &plan, cancelled, ret_result, error);
    }
  edit_plan_clear (&plan);
  return done;
}

/* --------------------------------------------------------------------- restoring -- */

struct restoring
{
  const EditPlan *plan;
  const guint8 *expected;
  const guint8 *wanted;
  gboolean force;
};

static gboolean
compute_restored (gconstpointer data, const guint8 *before, guint8 *after, GError **error)
{
  const struct restoring *restoring = data;
  const EditPlan *plan = restoring->plan;
  gsize size = size_of (plan->edit);
  guint8 is[8], expected[8], wanted[8];

  if (plan->edit->field < 0
      && (restoring->force || memcmp (before, restoring->expected, size) == 0))
    {
      memcpy (after, restoring->wanted, size);
      return TRUE;
    }
  memcpy (after, before, size);
  for (guint64 i = 0; i < plan->n_scalars; i++)
    {
      /* By bits: a NaN or a zero of another sign is another value here. */
      extract (plan, before, i, is);
      extract (plan, restoring->expected, i, expected);
      if (!restoring->force && memcmp (is, expected, plan->type.size) != 0)
        {
          Number is_number = number_load (&plan->type, is);
          Number expected_number = number_load (&plan->type, expected);

          return refuse_condition (plan, i, &is_number, &expected_number, error);
        }
      extract (plan, restoring->wanted, i, wanted);
      insert (plan, after, i, wanted);
    }
  return TRUE;
}

gboolean
edit_restore (const Edit *edit, GBytes *expected, GBytes *wanted, gboolean force,
              const gint *cancelled, EditResult *ret_result, GError **error)
{
  EditPlan plan;
  struct restoring restoring = { .plan = &plan, .force = force };
  guint8 *after;

  g_return_val_if_fail (g_bytes_get_size (expected) == size_of (edit), FALSE);
  g_return_val_if_fail (g_bytes_get_size (wanted) == size_of (edit), FALSE);
  if (!edit_plan_locate (&plan, edit, error))
    return FALSE;
  after = allocate (edit, error);
  if (after == NULL)
    return FALSE;
  restoring.expected = g_bytes_get_data (expected, NULL);
  restoring.wanted = g_bytes_get_data (wanted, NULL);
  return carry_out (&plan, after, compute_restored, &restoring, cancelled, ret_result, error);
}
