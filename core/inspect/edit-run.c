/* edit-run.c - carrying out an edit.
 *
 * While the lock is held there is one copy out, the computation, and one copy in.
 * Everything else (texts, memory, the new elements where they do not depend on the
 * old) is prepared before.
 */
#include "edit-run.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#include "inspect-error.h"
#include "number-array.h"

static const enum number_operation operations[] = { [EDIT_ADD] = NUMBER_ADD,
                                                    [EDIT_SUBTRACT] = NUMBER_SUBTRACT,
                                                    [EDIT_MULTIPLY] = NUMBER_MULTIPLY };

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

/* ---------------------------------------------------------------- preparing -- */

/* Memory that is there already when the lock is held. */
static guint8 *
allocate (const Edit *edit, GError **error)
{
  gsize size = MAX (edit_size (edit), 1);
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
  ArrayBlock block = edit_get_block (edit);
  int status = array_block_read (&block, edit->attachment, edit->entry, 0,
                                 array_block_n_elements (&block), before);

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
 * all the time. Of many pieces those that are as they were are left out, so that the lock is held
 * no longer than it takes to write what differs. */
static gboolean
store_after (const EditPlan *plan, const guint8 *before, const guint8 *after, GError **error)
{
  const Edit *edit = plan->edit;
  const struct memory_part of_field
    = { plan->offset, (guint32) (plan->n_indices * plan->type.size) };
  const struct memory_part *parts = plan->structure != NULL ? plan->structure->parts : &of_field;
  guint n_parts = plan->structure != NULL ? plan->structure->n_parts : 1;
  ArrayBlock block = edit_get_block (edit);
  guint64 n = array_block_n_elements (&block), run;
  gsize size = edit->entry->type.size;

  for (guint64 i = 0; i < n; i += run)
    {
      guint64 first = array_block_element (&block, i);
      const guint8 *was = before + i * size, *is = after + i * size;

      run = array_block_run (&block, i);
      if (plan->structure != NULL || edit->field >= 0)
        {
          if (!attachment_store_parts (edit->attachment, edit->entry, first, run, parts, n_parts,
                                       n * n_parts > 1 ? was : NULL, is, error))
            return FALSE;
        }
      else if ((run == n || memcmp (was, is, run * size) != 0)
               && !attachment_store (edit->attachment, edit->entry, first * size, run * size, is,
                                     error))
        return FALSE;
    }
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
         && plan->structure == NULL && plan->bit_width == 0 && plan->type.size <= 8
         && offset % plan->type.size == 0;
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
compute_edit (const EditPlan *plan, const guint8 *before, guint8 *after, GError **error)
{
  if (!check_condition (plan, before, error))
    return FALSE;
  if (!depends_on_before (plan))
    return TRUE;
  memcpy (after, before, edit_size (plan->edit));
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
  gsize size = edit_size (plan->edit);
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

/* --------------------------------------------------------------------- restoring -- */

/* Names the field that is not as expected. */
static gboolean
refuse_field (const EditRun *run, guint64 element, guint field, guint64 index, GError **error)
{
  const EditPlan *plan = &run->plan;
  const EntryInfo *entry = plan->edit->entry;
  gsize offset = element * entry->type.size;
  Edit edit = *plan->edit;
  EditPlan of_field = { .edit = &edit,
                        .type = entry->fields[field].type,
                        .bit_width = entry->fields[field].bit_width,
                        .index = index,
                        .n_indices = 1 };
  guint8 value[8];
  Number is, expected;

  edit.field = (int) field;
  entry_info_extract (entry, run->before + offset, (int) field, index, NULL, value);
  is = number_load (&of_field.type, value);
  entry_info_extract (entry, run->expected + offset, (int) field, index, NULL, value);
  expected = number_load (&of_field.type, value);
  return refuse_condition (&of_field, element, &is, &expected, error);
}

static gboolean
compute_structures (const EditRun *run, GError **error)
{
  ArrayBlock block = edit_get_block (run->plan.edit);
  guint64 element, index;
  guint field;

  return edit_structure_blend (run->plan.structure, array_block_n_elements (&block), run->before,
                               run->expected, run->wanted, run->after, &element, &field, &index)
         || refuse_field (run, element, field, index, error);
}

static gboolean
compute_restored (const EditRun *run, GError **error)
{
  const EditPlan *plan = &run->plan;
  gsize size = edit_size (plan->edit);
  guint8 is[8], expected[8], wanted[8];

  if (plan->structure != NULL)
    return compute_structures (run, error);
  if (plan->edit->field < 0
      && (run->expected == NULL || memcmp (run->before, run->expected, size) == 0))
    {
      memcpy (run->after, run->wanted, size);
      return TRUE;
    }
  memcpy (run->after, run->before, size);
  for (guint64 i = 0; i < plan->n_scalars; i++)
    {
      /* By bits: a NaN or a zero of another sign is another value here. */
      extract (plan, run->before, i, is);
      if (run->expected != NULL)
        extract (plan, run->expected, i, expected);
      if (run->expected != NULL && memcmp (is, expected, plan->type.size) != 0)
        {
          Number is_number = number_load (&plan->type, is);
          Number expected_number = number_load (&plan->type, expected);

          return refuse_condition (plan, i, &is_number, &expected_number, error);
        }
      extract (plan, run->wanted, i, wanted);
      insert (plan, run->after, i, wanted);
    }
  return TRUE;
}

/* ---------------------------------------------------------------------- the run -- */

static gboolean
prepare (EditRun *run, GError **error)
{
  const Edit *edit = run->plan.edit;

  run->after = allocate (edit, error);
  run->before = run->after != NULL ? allocate (edit, error) : NULL;
  if (run->before != NULL && check_segment (edit, error)
      && choose_lock (edit, &run->takes_lock, error))
    return TRUE;
  edit_run_clear (run);
  return FALSE;
}

gboolean
edit_run_init (EditRun *run, const Edit *edit, GError **error)
{
  EditPlan plan;

  if (!edit_plan_init (&plan, edit, error))
    return FALSE;
  *run = (EditRun){ .plan = plan };
  if (edit->elements != NULL)
    run->wanted = g_bytes_get_data (edit->elements, NULL);
  if (!prepare (run, error))
    return FALSE;
  if (run->wanted == NULL && !depends_on_before (&run->plan))
    fill_after (&run->plan, run->after);
  return TRUE;
}

gboolean
edit_run_init_restore (EditRun *run, const Edit *edit, GBytes *expected, GBytes *wanted,
                       gboolean force, GError **error)
{
  EditPlan plan;

  g_return_val_if_fail (g_bytes_get_size (expected) == edit_size (edit), FALSE);
  g_return_val_if_fail (g_bytes_get_size (wanted) == edit_size (edit), FALSE);
  if (!edit_plan_locate (&plan, edit, error))
    return FALSE;
  *run = (EditRun){ .plan = plan,
                    .expected = force ? NULL : g_bytes_get_data (expected, NULL),
                    .wanted = g_bytes_get_data (wanted, NULL) };
  return prepare (run, error);
}

static gboolean
compute (EditRun *run, GError **error)
{
  if (run->wanted == NULL)
    return compute_edit (&run->plan, run->before, run->after, error);
  return check_condition (&run->plan, run->before, error) && compute_restored (run, error);
}

gboolean
edit_run_work (EditRun *run, GError **error)
{
  return read_before (run->plan.edit, run->before, error) && compute (run, error)
         && store_after (&run->plan, run->before, run->after, error);
}

void
edit_run_give (EditRun *run, gboolean recovered, EditResult *ret_result)
{
  gsize size = edit_size (run->plan.edit);

  ret_result->before = g_bytes_new_take (g_steal_pointer (&run->before), size);
  ret_result->after = g_bytes_new_take (g_steal_pointer (&run->after), size);
  ret_result->recovered = recovered;
  ret_result->consistency = run->takes_lock                     ? SHMLENS_CONSISTENCY_LOCKED
                            : is_one_aligned_store (&run->plan) ? SHMLENS_CONSISTENCY_ATOMIC
                                                                : SHMLENS_CONSISTENCY_UNLOCKED;
}

void
edit_run_clear (EditRun *run)
{
  edit_plan_clear (&run->plan);
  g_clear_pointer (&run->before, g_free);
  g_clear_pointer (&run->after, g_free);
}
