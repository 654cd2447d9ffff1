/* watch-item.c - a row of the watch list. */
#include "watch-item.h"

#include <glib/gi18n.h>
#include <string.h>

#include "display-store.h"
#include "edit-text.h"
#include "watch-text.h"
#include "words.h"

/* How much of a slice is read, and how long a change is marked. */
#define BYTES_MAX (4 * 1024)
#define ELEMENT_BYTES_MAX (1024 * 1024)
#define MARK_US 700000
#define FADING_US 1400000

struct _WatchItem
{
  GObject parent_instance;

  Session *session;
  const WatchRow *row;
  Attachment *attachment;    /* NULL: the segment is not there */
  gboolean active;
  gboolean has_target;
  struct target target;
  DisplaySet *displays;      /* of its entry, as they were when it was last begun to be looked at */
  Watch *watch;              /* while it is active and has a target */
  gulong tick_handler;
  guint8 *elements;          /* as read last, n of them */
  guint64 n_elements;
  int status;
  gint64 changed_us;
  char *value, *reason;
  gboolean reason_of_sample; /* the reason is that of the last look at it, and may pass */
  enum entry_mark mark;
};

G_DEFINE_FINAL_TYPE (WatchItem, watch_item, G_TYPE_OBJECT)

enum
{
  PROP_ROW = 1,
  PROP_VALUE,
  PROP_REASON,
  PROP_MARK,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

/* Takes text over. */
static void
take_text (WatchItem *self, char **place, char *text, guint id)
{
  if (g_strcmp0 (*place, text) == 0)
    {
      g_free (text);
      return;
    }
  g_free (*place);
  *place = text;
  g_object_notify_by_pspec (G_OBJECT (self), properties[id]);
}

static void
set_reason (WatchItem *self, const char *reason)
{
  self->reason_of_sample = FALSE;
  take_text (self, &self->reason, g_strdup (reason), PROP_REASON);
}

static void
set_mark (WatchItem *self, enum entry_mark mark)
{
  if (self->mark == mark)
    return;
  self->mark = mark;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MARK]);
}

static void
update_mark (WatchItem *self, gint64 time_us)
{
  gint64 age = time_us - self->changed_us;

  if (self->changed_us == 0 || age >= FADING_US || !session_get_mark_changes (self->session))
    set_mark (self, ENTRY_MARK_NONE);
  else
    set_mark (self, age < MARK_US ? ENTRY_MARK_CHANGED : ENTRY_MARK_FADING);
}

static void
on_tick (Session *session, gint64 time_us, WatchItem *self)
{
  update_mark (self, time_us);
}

/* Of a structure also what is beside the field is read: the text tells whether it is another. */
static void
on_sample (Watch *watch, const Sample *sample, gpointer user_data)
{
  WatchItem *self = user_data;
  char *text;

  if (sample->elements != NULL && sample->last > sample->first)
    {
      self->n_elements = sample->last - sample->first;
      self->elements = g_realloc (self->elements,
                                  self->n_elements * self->target.entry->type.size);
      memcpy (self->elements, sample->elements,
              self->n_elements * self->target.entry->type.size);
      text = watch_text (&self->target, self->displays, self->elements, self->n_elements,
                         sample->has_lock ? &sample->lock : NULL);
      if (sample->changed && g_strcmp0 (text, self->value) != 0)
        self->changed_us = sample->time_us;
      take_text (self, &self->value, text, PROP_VALUE);
    }
  if (sample->status < 0 && self->reason == NULL)
    {
      set_reason (self, words_consistency (sample->status, self->target.entry->lock_kind));
      self->reason_of_sample = TRUE;
    }
  else if (sample->status >= 0 && self->reason_of_sample)
    set_reason (self, NULL);
  self->status = sample->status;
  update_mark (self, sample->time_us);
}

static void
stop (WatchItem *self)
{
  if (self->watch == NULL)
    return;
  sampler_unwatch (session_get_sampler (self->session), self->watch);
  self->watch = NULL;
  g_clear_signal_handler (&self->tick_handler, self->session);
  set_mark (self, ENTRY_MARK_NONE);
}

static void
start (WatchItem *self)
{
  const struct target *target = &self->target;
  g_autoptr (SegmentInfo) segment = NULL;
  guint64 size, n = target->last - target->first;

  if (!self->active || !self->has_target || self->watch != NULL || n == 0)
    return;
  size = MAX (target->entry->type.size, 1);
  if (size > ELEMENT_BYTES_MAX)
    {
      set_reason (self, _("An element of it is too large to be shown here."));
      return;
    }
  segment = attachment_get_info (self->attachment);
  display_set_unref (self->displays);
  self->displays = display_store_is_empty () ? NULL : display_store_get (segment, target->entry);
  self->watch = sampler_watch (session_get_sampler (self->session), self->attachment,
                               target->entry, target->first,
                               target->first + MIN (n, MAX (BYTES_MAX / size, 1)), on_sample, self);
  self->tick_handler = g_signal_connect (self->session, "tick", G_CALLBACK (on_tick), self);
}

static void
drop_target (WatchItem *self)
{
  stop (self);
  if (self->has_target)
    target_clear (&self->target);
  self->has_target = FALSE;
  g_clear_pointer (&self->elements, g_free);
  g_clear_pointer (&self->displays, display_set_unref);
  self->n_elements = 0;
}

void
watch_item_look_again (WatchItem *self)
{
  g_autoptr (SegmentInfo) info = NULL;
  g_autoptr (GError) error = NULL;
  struct target target;

  if (self->attachment == NULL || self->row == NULL || self->row->heading != NULL)
    return;
  info = attachment_get_info (self->attachment);
  if (!target_parse (self->attachment, self->row->target, &target, &error))
    {
      drop_target (self);
      /* What has become of the segment says more. */
      set_reason (self, info->reason != NULL ? info->reason : error->message);
      return;
    }
  if (self->has_target && entry_info_equal (self->target.entry, target.entry)
      && self->target.first == target.first && self->target.last == target.last
      && self->target.field == target.field)
    target_clear (&target);
  else
    {
      drop_target (self);
      self->target = target;
      self->has_target = TRUE;
    }
  set_reason (self, info->state == SEGMENT_LIVE ? NULL : info->reason);
  start (self);
}

void
watch_item_set_attachment (WatchItem *self, Attachment *attachment, const char *reason)
{
  if (self->attachment != attachment)
    {
      drop_target (self);
      g_clear_pointer (&self->attachment, attachment_unref);
      self->attachment = attachment != NULL ? attachment_ref (attachment) : NULL;
      self->changed_us = 0;
    }
  if (attachment == NULL)
    set_reason (self, reason);
  else
    watch_item_look_again (self);
}

void
watch_item_set_active (WatchItem *self, gboolean active)
{
  self->active = active;
  if (active)
    start (self);
  else
    stop (self);
}

WatchItem *
watch_item_new (Session *session, const WatchRow *row)
{
  WatchItem *self = g_object_new (WATCH_TYPE_ITEM, NULL);

  self->session = g_object_ref (session);
  self->row = row;
  self->value = g_strdup (row->value);
  return self;
}

const WatchRow *
watch_item_get_row (WatchItem *self)
{
  return self->row;
}

void
watch_item_row_changed (WatchItem *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ROW]);
}

void
watch_item_forget_row (WatchItem *self)
{
  watch_item_set_attachment (self, NULL, NULL);
  self->row = NULL;
}

const char *
watch_item_get_value (WatchItem *self)
{
  return self->value;
}

const char *
watch_item_get_reason (WatchItem *self)
{
  return self->reason;
}

enum entry_mark
watch_item_get_mark (WatchItem *self)
{
  return self->mark;
}

const struct target *
watch_item_get_target (WatchItem *self)
{
  return self->has_target ? &self->target : NULL;
}

Attachment *
watch_item_get_attachment (WatchItem *self)
{
  return self->attachment;
}

EntryItem *
watch_item_begin_edit (WatchItem *self, gboolean *ret_of_element, char **ret_text)
{
  const struct target *target = &self->target;
  const EntryInfo *entry = self->has_target ? target->entry : NULL;
  g_autofree char *text = NULL;

  if (entry == NULL || self->n_elements == 0)
    return NULL;
  if (entry->dimensions > 0 && !target->is_slice && target->last - target->first == 1
      && (target->field < 0 ? entry->type.kind != SHMLENS_KIND_STRUCT
                            : entry->fields[target->field].dimensions == 0))
    {
      struct shmlens_type type;
      guint8 value[8] = { 0 };
      GString *shown = g_string_new (NULL);
      char buffer[64];

      entry_info_extract (entry, self->elements, target->field, 0, &type, value);
      if (!(display_set_is_typed (self->displays, target->field)
            && display_set_append (self->displays, entry, self->elements, target->field, 0, shown))
          && shmlens_type_print (&type, value, sizeof buffer, buffer) >= 0)
        g_string_append (shown, buffer);
      text = g_string_free (shown, FALSE);
      *ret_of_element = TRUE;
    }
  else if (target->last - target->first == entry->length
           && (target->field < 0
               || target->field_length == entry_field_length (&entry->fields[target->field])))
    {
      /* Also a text, which is an array of characters. */
      text = edit_text_in_form (entry, self->displays, self->elements, self->n_elements,
                                target->field);
      *ret_of_element = FALSE;
    }
  if (text == NULL)
    return NULL;
  *ret_text = g_steal_pointer (&text);
  return entry_item_new (self->session, self->attachment, target->entry);
}

static void
watch_item_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  WatchItem *self = WATCH_ITEM (object);

  switch (id)
    {
    case PROP_ROW:
      g_value_set_pointer (value, (gpointer) self->row);
      break;
    case PROP_VALUE:
      g_value_set_string (value, self->value);
      break;
    case PROP_REASON:
      g_value_set_string (value, self->reason);
      break;
    case PROP_MARK:
      g_value_set_int (value, self->mark);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
watch_item_dispose (GObject *object)
{
  WatchItem *self = WATCH_ITEM (object);

  drop_target (self);
  g_clear_pointer (&self->attachment, attachment_unref);
  G_OBJECT_CLASS (watch_item_parent_class)->dispose (object);
}

static void
watch_item_finalize (GObject *object)
{
  WatchItem *self = WATCH_ITEM (object);

  g_free (self->value);
  g_free (self->reason);
  g_object_unref (self->session);
  G_OBJECT_CLASS (watch_item_parent_class)->finalize (object);
}

static void
watch_item_class_init (WatchItemClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = watch_item_get_property;
  object_class->dispose = watch_item_dispose;
  object_class->finalize = watch_item_finalize;

  properties[PROP_ROW] = g_param_spec_pointer ("row", NULL, NULL, readable);
  properties[PROP_VALUE] = g_param_spec_string ("value", NULL, NULL, NULL, readable);
  properties[PROP_REASON] = g_param_spec_string ("reason", NULL, NULL, NULL, readable);
  properties[PROP_MARK] = g_param_spec_int ("mark", NULL, NULL, ENTRY_MARK_NONE,
                                            ENTRY_MARK_CHANGED, ENTRY_MARK_NONE, readable);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
watch_item_init (WatchItem *self)
{
}
