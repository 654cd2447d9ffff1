/* hold.c - one scalar that is kept from changing. */
#include "hold.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "edit-plan.h"
#include "inspect-error.h"

struct hold
{
  gint references;        /* atomic */
  struct hold_place place;
  enum hold_kind kind;
  struct shmlens_type type;
  Number low, high;       /* of HOLD_UP and HOLD_DOWN low is what it was let to */
  gboolean knows_low;     /* of these: whether it was seen yet */
  guint8 *element;        /* room for one */

  pthread_mutex_t mutex;
  struct hold_statistics statistics;
};

const struct hold_place *
hold_get_place (Hold *hold)
{
  return &hold->place;
}

gboolean
hold_is_risky (const EntryInfo *entry)
{
  return entry->lock_kind == LOCK_SEMAPHORE;
}

static gboolean
is_lockable (const EntryInfo *entry)
{
  return lock_kind_can_be_taken (entry->lock_kind) && entry->reason == NULL;
}

/* Where the scalar is, from the entry's first element. */
static guint64
offset_of (const Hold *hold)
{
  const struct hold_place *place = &hold->place;
  guint64 offset = place->element * place->entry->type.size;

  if (place->field >= 0)
    offset += place->entry->fields[place->field].offset + place->field_index * hold->type.size;
  return offset;
}

static gboolean
check_lock (const Hold *hold, gboolean risk, GError **error)
{
  const EntryInfo *entry = hold->place.entry;

  if (is_lockable (entry) && (risk || !hold_is_risky (entry)))
    return TRUE;
  if (is_lockable (entry))
    g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_NO_LOCK,
                 _("%s: its lock is a semaphore, which would stay locked for ever if shmlens were"
                   " killed while it writes; hold it only if you accept that"),
                 entry->name);
  else if (entry->lock_kind != LOCK_NONE)
    g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_NO_LOCK,
                 _("%s: it has a lock that cannot be taken from here, and without it the hold would"
                   " disturb the program; only look at it"),
                 entry->name);
  else if ((entry->offset + offset_of (hold)) % hold->type.size != 0
           || (hold->place.field >= 0 && entry->fields[hold->place.field].bit_width > 0))
    g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_NO_LOCK,
                 _("%s: it has no lock, and is no machine word that could be set in one step; only"
                   " look at it"),
                 entry->name);
  else
    return TRUE;
  return FALSE;
}

/* Reads a text as an edit to it would be. */
static gboolean
read_text (const Hold *hold, const char *text, Number *ret_number, struct shmlens_type *ret_type,
           GError **error)
{
  const struct hold_place *place = &hold->place;
  g_autoptr (GPtrArray) texts = g_ptr_array_new ();
  g_autoptr (Edit) edit = NULL;
  EditPlan plan;

  if (text != NULL)
    g_ptr_array_add (texts, (char *) text);
  edit = edit_new_texts (place->attachment, place->entry, place->element, place->element + 1,
                         EDIT_SET, texts);
  edit->field = place->field;
  edit->field_index = place->field_index;
  if (text == NULL)
    {
      if (!edit_plan_locate (&plan, edit, error))
        return FALSE;
      *ret_type = plan.type;
      return TRUE;
    }
  if (!edit_plan_init (&plan, edit, error))
    return FALSE;
  *ret_number = edit_values_get (&plan.operands, 0);
  edit_plan_clear (&plan);
  return TRUE;
}

static Number
value_of (const Hold *hold)
{
  guint8 value[8] = { 0 };

  entry_info_extract (hold->place.entry, hold->element, hold->place.field, hold->place.field_index,
                      NULL, value);
  return number_load (&hold->type, value);
}

static gboolean
fail_read (const Hold *hold, int status, GError **error)
{
  if (status == -ESTALE)
    g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND,
                 _("%s: its program has removed it; look at the list again"),
                 hold->place.entry->name);
  else
    g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_CORRUPT, _("%s: its memory cannot be read: %s"),
                 hold->place.entry->name, g_strerror (-status));
  return FALSE;
}

/* ret_is_settled: whether it is what the program means it to be. While somebody holds the lock it
 * may pass through values that it never has for those who take it. */
static gboolean
read_element (Hold *hold, gboolean *ret_is_settled, GError **error)
{
  int status = attachment_read (hold->place.attachment, hold->place.entry, hold->place.element,
                                hold->place.element + 1, hold->element);

  *ret_is_settled = status == SHMLENS_CONSISTENCY_LOCKED || status == SHMLENS_CONSISTENCY_SEQUENCE
                    || !is_lockable (hold->place.entry);
  return status >= 0 || fail_read (hold, status, error);
}

static gboolean
has_direction (const Hold *hold)
{
  return hold->kind == HOLD_UP || hold->kind == HOLD_DOWN;
}

static void
learn (Hold *hold, const Number *is)
{
  hold->low = *is;
  hold->knows_low = TRUE;
}

static gboolean
prepare (Hold *hold, const char *low, const char *high, gboolean risk, GError **error)
{
  gboolean is_settled;

  if (!read_text (hold, NULL, NULL, &hold->type, error) || !check_lock (hold, risk, error))
    return FALSE;
  if (hold->kind != HOLD_VALUE && hold->type.kind != SHMLENS_KIND_SIGNED
      && hold->type.kind != SHMLENS_KIND_UNSIGNED && hold->type.kind != SHMLENS_KIND_FLOAT)
    {
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_BAD_VALUE,
                   _("%s: it is no number, and has no up and down; hold it at a value"),
                   hold->place.entry->name);
      return FALSE;
    }
  if ((!has_direction (hold) && !read_text (hold, low, &hold->low, NULL, error))
      || (hold->kind == HOLD_RANGE && !read_text (hold, high, &hold->high, NULL, error)))
    return FALSE;
  if (hold->kind == HOLD_RANGE && !number_less_or_equal (&hold->low, &hold->high))
    {
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_BAD_VALUE,
                   _("%s: the lower end must not be above the upper one"),
                   hold->place.entry->name);
      return FALSE;
    }
  if (!read_element (hold, &is_settled, error))
    return FALSE;
  /* Else the first look learns it, under the lock. */
  if (has_direction (hold) && is_settled)
    {
      Number is = value_of (hold);

      learn (hold, &is);
    }
  return TRUE;
}

Hold *
hold_new (const struct hold_place *place, enum hold_kind kind, const char *low, const char *high,
          gboolean risk, GError **error)
{
  g_autoptr (Hold) hold = g_new0 (Hold, 1);

  hold->references = 1;
  pthread_mutex_init (&hold->mutex, NULL);
  hold->place = *place;
  hold->place.attachment = attachment_ref (place->attachment);
  hold->place.entry = entry_info_ref (place->entry);
  hold->kind = kind;
  hold->element = g_malloc0 (MAX (place->entry->type.size, 8));
  return prepare (hold, low, high, risk, error) ? g_steal_pointer (&hold) : NULL;
}

Hold *
hold_ref (Hold *hold)
{
  g_atomic_int_inc (&hold->references);
  return hold;
}

void
hold_unref (Hold *hold)
{
  if (hold == NULL || !g_atomic_int_dec_and_test (&hold->references))
    return;
  attachment_unref (hold->place.attachment);
  entry_info_unref (hold->place.entry);
  pthread_mutex_destroy (&hold->mutex);
  g_free (hold->statistics.reason);
  g_free (hold->element);
  g_free (hold);
}

/* ------------------------------------------------------------------------- looking -- */

enum verdict
{
  KEPT,    /* it is as it may be */
  MOVED,   /* it went the way it may, and may not come back */
  BROKEN   /* it has to be set */
};

static enum verdict
judge_direction (const Hold *hold, const Number *is)
{
  const Number *low = &hold->low;
  gboolean is_number = number_less_or_equal (is, is);

  /* From what is no number there is neither up nor down. */
  if (!hold->knows_low || !number_less_or_equal (low, low))
    return hold->knows_low && !is_number ? KEPT : MOVED;
  if (hold->kind == HOLD_UP ? !number_less_or_equal (low, is) : !number_less_or_equal (is, low))
    return BROKEN;
  return number_less_or_equal (low, is) && number_less_or_equal (is, low) ? KEPT : MOVED;
}

/* ret_wanted: when it is broken, what it has to be. */
static enum verdict
judge (const Hold *hold, const Number *is, Number *ret_wanted)
{
  *ret_wanted = hold->low;
  if (has_direction (hold))
    return judge_direction (hold, is);
  if (hold->kind == HOLD_VALUE)
    return number_equal (is, &hold->low) ? KEPT : BROKEN;
  if (number_less_or_equal (&hold->low, is) && number_less_or_equal (is, &hold->high))
    return KEPT;
  if (number_less_or_equal (&hold->high, is))
    *ret_wanted = hold->high;
  return BROKEN;
}

static gboolean
check_segment (Hold *hold, GError **error)
{
  g_autoptr (SegmentInfo) info = NULL;

  attachment_refresh (hold->place.attachment);
  info = attachment_get_info (hold->place.attachment);
  if (info->state == SEGMENT_LIVE)
    return TRUE;
  g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_CORRUPT, "%s: %s", hold->place.entry->name,
               info->reason != NULL ? info->reason : segment_state_name (info->state));
  return FALSE;
}

static void
count (Hold *hold, guint64 *counter, const Number *found)
{
  pthread_mutex_lock (&hold->mutex);
  ++*counter;
  if (found != NULL)
    {
      g_autofree char *text = number_text (&hold->type, found);

      g_strlcpy (hold->statistics.found, text, sizeof hold->statistics.found);
    }
  pthread_mutex_unlock (&hold->mutex);
}

/* With the lock held, if there is one: looked at again, for it may be right by now. */
static gboolean
set (Hold *hold, GError **error)
{
  const struct hold_place *place = &hold->place;
  guint64 offset = offset_of (hold);
  guint64 begin = place->element * place->entry->type.size;
  Number is, wanted;
  enum verdict verdict;
  gboolean is_settled;
  guint8 value[8] = { 0 };

  if (!read_element (hold, &is_settled, error))
    return FALSE;
  is = value_of (hold);
  verdict = judge (hold, &is, &wanted);
  if (verdict == MOVED)
    learn (hold, &is);
  if (verdict != BROKEN)
    return TRUE;
  number_store (&hold->type, &wanted, value);
  entry_info_insert (place->entry, hold->element, place->field, place->field_index, value);
  if (!attachment_store (place->attachment, place->entry, offset, hold->type.size,
                         hold->element + (offset - begin), error))
    return FALSE;
  count (hold, &hold->statistics.writes, &is);
  return TRUE;
}

static gboolean
look (Hold *hold, const gint *cancelled, GError **error)
{
  const struct hold_place *place = &hold->place;
  Number is, wanted;
  enum verdict verdict;
  gboolean is_settled, done;

  if (!check_segment (hold, error) || !read_element (hold, &is_settled, error))
    return FALSE;
  count (hold, &hold->statistics.looks, NULL);
  is = value_of (hold);
  verdict = judge (hold, &is, &wanted);
  if (verdict == MOVED && is_settled)
    learn (hold, &is);
  if (verdict == KEPT || (verdict == MOVED && is_settled))
    return TRUE;
  if (!is_lockable (place->entry))
    return set (hold, error);
  if (!attachment_lock (place->attachment, place->entry, HOLD_LOCK_TIMEOUT_NS, FALSE, cancelled,
                        NULL, error))
    return FALSE;
  done = set (hold, error);
  attachment_unlock (place->attachment, place->entry);
  return done;
}

gboolean
hold_look (Hold *hold, const gint *cancelled)
{
  g_autoptr (GError) error = NULL;

  if (look (hold, cancelled, &error)
      || g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_CANCELLED))
    return TRUE;
  if (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_TIMEOUT))
    {
      count (hold, &hold->statistics.missed, NULL);
      return TRUE;
    }
  pthread_mutex_lock (&hold->mutex);
  g_free (hold->statistics.reason);
  hold->statistics.reason = g_strdup (error->message);
  pthread_mutex_unlock (&hold->mutex);
  return FALSE;
}

void
hold_get_statistics (Hold *hold, struct hold_statistics *ret_statistics)
{
  pthread_mutex_lock (&hold->mutex);
  *ret_statistics = hold->statistics;
  ret_statistics->reason = g_strdup (hold->statistics.reason);
  pthread_mutex_unlock (&hold->mutex);
}

gboolean
hold_has_ended (Hold *hold)
{
  gboolean has_ended;

  pthread_mutex_lock (&hold->mutex);
  has_ended = hold->statistics.reason != NULL;
  pthread_mutex_unlock (&hold->mutex);
  return has_ended;
}

char *
hold_describe (Hold *hold)
{
  const struct hold_place *place = &hold->place;
  EditPlan plan = { .type = hold->type, .n_indices = 1, .n_scalars = 1 };
  const Edit edit = { .entry = place->entry,
                      .first = place->element,
                      .last = place->element + 1,
                      .field = place->field,
                      .field_index = place->field_index };
  g_autofree char *name = NULL, *low = NULL, *high = NULL;

  plan.edit = &edit;
  plan.index = place->field >= 0 ? place->field_index : 0;
  name = edit_plan_scalar_name (&plan, 0);
  switch (hold->kind)
    {
    case HOLD_UP:
      /* Translators: an element that may not fall. */
      return g_strdup_printf (_("%s only up"), name);
    case HOLD_DOWN:
      /* Translators: an element that may not rise. */
      return g_strdup_printf (_("%s only down"), name);
    case HOLD_RANGE:
      low = edit_plan_value_text (&plan, &hold->low);
      high = edit_plan_value_text (&plan, &hold->high);
      /* Translators: an element that is kept from LOW to HIGH. */
      return g_strdup_printf (_("%s from %s to %s"), name, low, high);
    case HOLD_VALUE:
      break;
    }
  low = edit_plan_value_text (&plan, &hold->low);
  /* Translators: an element that is kept at a value. */
  return g_strdup_printf (_("%s at %s"), name, low);
}
