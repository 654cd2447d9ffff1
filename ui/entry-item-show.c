/* entry-item-show.c - what is shown of an entry: its value, state and age as texts. */
#include "entry-item-private.h"

#include <glib/gi18n.h>
#include <math.h>

#include "object-text.h"
#include "words.h"

#define ELEMENT_BYTES_MAX (1024 * 1024)
#define PREVIEW_CHARACTERS 96

#define MARK_US 700000
#define FADING_US 1400000
#define RATE_SPAN_US 2000000

/* Takes text over; notifies when it is another. */
static void
take_text (EntryItem *self, char **place, char *text, enum entry_item_property id)
{
  if (g_strcmp0 (*place, text) == 0)
    {
      g_free (text);
      return;
    }
  g_free (*place);
  *place = text;
  entry_item_notify (self, id);
}

gboolean
entry_item_has_rate (const EntryInfo *info)
{
  return info->dimensions == 0 && info->type.kind != SHMLENS_KIND_STRUCT
         && (info->role == SHMLENS_ROLE_PROGRESS || info->role == SHMLENS_ROLE_COUNTER);
}

gboolean
entry_item_is_progress (EntryItem *self)
{
  const EntryInfo *info = self->info;

  if (entry_item_get_form (self) != DISPLAY_STANDARD)
    return info->dimensions == 0 && entry_item_get_form (self) == DISPLAY_PROGRESS;
  return entry_item_has_rate (info) && info->role == SHMLENS_ROLE_PROGRESS
         && info->has_progress_max;
}

gboolean
entry_item_has_fraction (EntryItem *self)
{
  return entry_item_is_progress (self) || object_text_fraction (self->info, NULL) >= 0;
}

static void
set_mark (EntryItem *self, enum entry_mark mark)
{
  if (self->mark == mark)
    return;
  self->mark = mark;
  entry_item_notify (self, ENTRY_ITEM_MARK);
}

static double
fraction_of (EntryItem *self)
{
  const EntryInfo *info = self->info;
  double fraction = object_text_fraction (info, self->elements);
  double value = entry_info_element_double (info, self->elements, -1);

  if (fraction >= 0)
    return fraction;
  return entry_item_get_form (self) == DISPLAY_PROGRESS
           ? display_fraction (entry_item_get_display (self), value)
           : value / entry_info_element_double (info, info->progress_max, -1);
}

void
entry_item_show_value (EntryItem *self)
{
  const EntryInfo *info = self->info;
  char *text;

  if (info->object != OBJECT_DATA && self->n_elements > 0)
    text = object_text_state (info, self->elements, self->has_lock_info ? &self->lock_info : NULL,
                              self->has_lock_info ? lock_view_holder (&self->lock, &self->lock_info)
                                                  : NULL);
  else if (self->n_elements == 0 && info->length > 0)
    text = info->type.size > ELEMENT_BYTES_MAX ? g_strdup ("…") : NULL;
  else
    text = entry_info_preview_in (info, self->displays, self->elements, self->n_elements,
                                  PREVIEW_CHARACTERS);
  if (text != NULL && entry_item_is_progress (self)
      && entry_item_get_form (self) == DISPLAY_STANDARD)
    {
      g_autofree char *now = text;
      g_autofree char *end = entry_info_element_text (info, info->progress_max, -1);

      text = g_strdup_printf (_("%s / %s"), now, end);
    }
  take_text (self, &self->value, text, ENTRY_ITEM_VALUE);

  if (self->n_elements > 0 && entry_item_has_fraction (self))
    {
      double fraction = fraction_of (self);

      fraction = isfinite (fraction) ? CLAMP (fraction, 0, 1) : 0;
      if (fraction != self->fraction)
        {
          self->fraction = fraction;
          entry_item_notify (self, ENTRY_ITEM_FRACTION);
        }
    }
  if (self->n_elements > 0 && info->role == SHMLENS_ROLE_FLAG && info->dimensions == 0)
    {
      gboolean active = entry_info_element_double (info, self->elements, -1) != 0;

      if (active != self->active)
        {
          self->active = active;
          entry_item_notify (self, ENTRY_ITEM_ACTIVE);
        }
    }
}

/* "2.5 s left"; NULL when it is not known. */
static char *
time_left (EntryItem *self)
{
  double rate, left;
  g_autofree char *span = NULL;

  if (entry_item_get_form (self) != DISPLAY_PROGRESS || self->statistics == NULL)
    return NULL;
  rate = entry_statistics_rate (self->statistics, STATISTIC_10_S, g_get_monotonic_time ());
  left = display_time_left (entry_item_get_display (self),
                            entry_info_element_double (self->info, self->elements, -1), rate);
  if (!(left < 1e9))
    return NULL;
  span = words_span ((guint64) (left * 1e9));
  /* Translators: a time until something is done. */
  return g_strdup_printf (_("%s left"), span);
}

void
entry_item_show_suffix (EntryItem *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_autofree char *left = self->n_elements > 0 ? time_left (self) : NULL;

  if (entry_item_is_progress (self) && self->n_elements > 0)
    g_string_append_printf (text, _("%d %%"), (int) floor (self->fraction * 100));
  else
    g_string_append (text, entry_item_get_unit (self));
  if (left != NULL)
    g_string_append_printf (text, "  %s", left);
  else if (self->history != NULL)
    {
      g_autofree char *rate = words_rate (history_rate (self->history, RATE_SPAN_US));

      if (rate != NULL)
        g_string_append_printf (text, text->len > 0 ? "  %s" : "%s", rate);
    }
  take_text (self, &self->suffix, g_strdup (text->str), ENTRY_ITEM_SUFFIX);
}

void
entry_item_show_lock (EntryItem *self, gint64 time_us)
{
  const LockInfo unknown = { .kind = self->info->lock_kind,
                                             .state = SHMLENS_LOCK_UNKNOWN };

  if (lock_view_update (&self->lock, self->has_lock_info ? &self->lock_info : &unknown, time_us))
    entry_item_notify (self, ENTRY_ITEM_LOCK);
  take_text (self, &self->lock_text, lock_view_text (&self->lock, &self->lock_info),
             ENTRY_ITEM_LOCK_TEXT);
}

void
entry_item_show_age (EntryItem *self, gint64 time_us)
{
  gint64 age = time_us - self->changed_us;

  take_text (self, &self->age, self->changed_us == 0 ? g_strdup ("") : words_age (age), ENTRY_ITEM_AGE);
  if (self->changed_us == 0 || age >= FADING_US || !session_get_mark_changes (self->session))
    set_mark (self, ENTRY_MARK_NONE);
  else
    set_mark (self, age < MARK_US ? ENTRY_MARK_CHANGED : ENTRY_MARK_FADING);
}

void
entry_item_show_type (EntryItem *self)
{
  take_text (self, &self->type_text, object_text_type (self->info), ENTRY_ITEM_TYPE_TEXT);
}

void
entry_item_show_no_mark (EntryItem *self)
{
  set_mark (self, ENTRY_MARK_NONE);
}
