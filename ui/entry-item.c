/* entry-item.c - an entry in the table, and what was last read of it. */
#include "entry-item-private.h"

#include <string.h>

#include "object-text.h"

/* How much of an array is sampled for its row. */
#define BYTES_MAX (16 * 1024)
#define ELEMENT_BYTES_MAX (1024 * 1024)

#define RATE_POINT_US 90000
#define RATE_POINTS 64
#define SUFFIX_US 500000

G_DEFINE_FINAL_TYPE (EntryItem, entry_item, G_TYPE_OBJECT)

static GParamSpec *properties[ENTRY_ITEM_N_PROPERTIES];
static guint sampled_signal;

void
entry_item_notify (EntryItem *self, enum entry_item_property property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

static void
add_to_history (EntryItem *self, gint64 time_us)
{
  double now = entry_info_element_double (self->info, self->elements, -1), before;
  guint n = history_length (self->history);

  /* What should only grow starts anew. */
  if (n > 0 && history_get (self->history, n - 1, NULL, &before) && now < before)
    history_clear (self->history);
  self->point_us = time_us;
  history_add (self->history, time_us, now);
}

static void
on_tick (Session *session, gint64 time_us, EntryItem *self)
{
  entry_item_show_age (self, time_us);
  if (self->lock.state == ENTRY_LOCK_BUSY)
    entry_item_show_lock (self, time_us);
  entry_item_tell_statistics (self, time_us);
  if (self->n_elements == 0
      || (self->history == NULL && entry_item_get_form (self) != DISPLAY_PROGRESS))
    return;
  if (self->history != NULL && time_us - self->point_us >= RATE_POINT_US)
    add_to_history (self, time_us);
  if (time_us - self->suffix_us >= SUFFIX_US)
    {
      self->suffix_us = time_us;
      entry_item_show_suffix (self);
    }
}

/* Returns whether anything of the elements is another. */
static gboolean
take_sample (EntryItem *self, const Sample *sample)
{
  const gsize size = self->info->type.size;
  gboolean changed = sample->changed;

  if (sample->elements != NULL)
    {
      guint64 count = sample->last - sample->first;

      /* Also what changed while nobody looked. */
      if (self->first_sample && self->elements != NULL && self->n_elements == count)
        changed = memcmp (self->elements, sample->elements, count * size) != 0;
      if (self->elements == NULL || self->n_elements != count)
        {
          self->elements = g_realloc (self->elements, MAX (count * size, 1));
          self->n_elements = count;
        }
      memcpy (self->elements, sample->elements, count * size);
    }
  if (!self->first_sample && sample->has_writes && self->has_writes
      && sample->writes != self->writes)
    changed = TRUE;
  self->has_writes = sample->has_writes;
  self->writes = sample->writes;
  self->has_lock_info = sample->has_lock;
  if (sample->has_lock)
    self->lock_info = sample->lock;
  if (changed)
    self->changed_us = sample->time_us;
  if (sample->status >= 0)
    entry_item_feed_statistics (self, sample->time_us);
  return changed;
}

static void
show_sample (EntryItem *self, gboolean changed, gint64 time_us)
{
  /* The state of a lock is who has it, too. */
  if (changed || self->info->object == OBJECT_LOCK)
    entry_item_show_value (self);
  if (changed && (self->first_sample || entry_item_is_progress (self)))
    entry_item_show_suffix (self);
  entry_item_show_lock (self, time_us);
  entry_item_show_age (self, time_us);
}

static void
on_sample (Watch *watch, const Sample *sample, gpointer user_data)
{
  EntryItem *self = user_data;
  gboolean changed = take_sample (self, sample);

  if (self->status != sample->status)
    {
      self->status = sample->status;
      entry_item_notify (self, ENTRY_ITEM_STATUS);
    }
  if (self->holders > 0)
    {
      g_object_freeze_notify (G_OBJECT (self));
      show_sample (self, changed || self->first_sample, sample->time_us);
      g_object_thaw_notify (G_OBJECT (self));
    }
  self->first_sample = FALSE;
  g_signal_emit (self, sampled_signal, 0);
}

static gboolean
is_wanted (EntryItem *self)
{
  return self->holders > 0 || (self->followers > 0 && entry_item_has_statistics (self->info));
}

/* Samples if it is wanted, and does not else. */
static void
update_watch (EntryItem *self)
{
  const EntryInfo *info = self->info;
  guint64 last = 0;

  if (is_wanted (self) == (self->watch != NULL))
    return;
  if (self->watch != NULL)
    {
      sampler_unwatch (session_get_sampler (self->session), self->watch);
      self->watch = NULL;
      entry_item_pause_statistics (self, g_get_monotonic_time ());
      return;
    }
  if (info->type.size > 0 && info->type.size <= ELEMENT_BYTES_MAX)
    last = MIN (info->length, MAX (BYTES_MAX / info->type.size, 1));
  self->first_sample = TRUE;
  self->watch = sampler_watch (session_get_sampler (self->session), self->attachment, self->info,
                               0, last, on_sample, self);
}

static void
restart_watch (EntryItem *self)
{
  if (self->watch == NULL)
    return;
  sampler_unwatch (session_get_sampler (self->session), self->watch);
  self->watch = NULL;
  update_watch (self);
}

void
entry_item_hold (EntryItem *self)
{
  if (self->holders++ > 0)
    return;
  if (entry_item_has_rate (self->info) && self->history == NULL)
    self->history = history_new (RATE_POINTS);
  self->tick_handler = g_signal_connect (self->session, "tick", G_CALLBACK (on_tick), self);
  /* What was sampled while it was only followed is not shown yet. */
  if (self->watch != NULL && !self->first_sample)
    {
      show_sample (self, TRUE, g_get_monotonic_time ());
      entry_item_show_suffix (self);
    }
  update_watch (self);
}

void
entry_item_release (EntryItem *self)
{
  g_assert (self->holders > 0);
  if (--self->holders > 0)
    return;
  g_clear_signal_handler (&self->tick_handler, self->session);
  if (self->history != NULL)
    history_clear (self->history);
  entry_item_show_no_mark (self);
  update_watch (self);
}

void
entry_item_follow (EntryItem *self)
{
  self->followers++;
  update_watch (self);
}

void
entry_item_unfollow (EntryItem *self)
{
  g_assert (self->followers > 0);
  self->followers--;
  update_watch (self);
}

void
entry_item_set_paused (EntryItem *self, gboolean paused)
{
  if (paused)
    entry_item_pause_statistics (self, g_get_monotonic_time ());
  else if (self->watch != NULL && self->status >= 0)
    entry_item_feed_statistics (self, g_get_monotonic_time ());
}

gboolean
entry_item_is_held (EntryItem *self)
{
  return self->holders > 0;
}

EntryItem *
entry_item_new (Session *session, Attachment *attachment, EntryInfo *info)
{
  EntryItem *self = g_object_new (ENTRY_TYPE_ITEM, NULL);

  self->session = g_object_ref (session);
  self->attachment = attachment_ref (attachment);
  self->info = entry_info_ref (info);
  self->type_text = object_text_type (info);
  entry_item_load_displays (self);
  self->suffix = g_strdup (entry_item_get_unit (self));
  entry_item_show_lock (self, 0);
  return self;
}

/* Whether what was read of the one is true of the other: only its name or what is known
 * beside it is another. */
static gboolean
reads_the_same (const EntryInfo *a, const EntryInfo *b)
{
  if (a->id != b->id || a->object != b->object || a->type.kind != b->type.kind
      || a->type.code != b->type.code || a->type.size != b->type.size || a->swapped != b->swapped
      || a->dimensions != b->dimensions || memcmp (a->shape, b->shape, sizeof a->shape) != 0
      || memcmp (a->strides, b->strides, sizeof a->strides) != 0 || a->offset != b->offset
      || a->length != b->length || a->role != b->role || a->n_fields != b->n_fields
      || a->n_labels != b->n_labels || a->has_progress_max != b->has_progress_max)
    return FALSE;
  for (guint i = 0; i < a->n_fields; i++)
    if (a->fields[i].offset != b->fields[i].offset
        || a->fields[i].type.code != b->fields[i].type.code
        || a->fields[i].type.size != b->fields[i].type.size)
      return FALSE;
  return TRUE;
}

void
entry_item_set_info (EntryItem *self, EntryInfo *info)
{
  EntryInfo *old = self->info;
  gboolean differs;

  if (info == old)
    return;
  differs = !entry_info_equal (old, info);
  self->info = entry_info_ref (info);
  if (differs)
    entry_item_load_displays (self);
  if (differs && reads_the_same (old, info))
    {
      g_clear_pointer (&self->sort_key, g_free);
      /* The watch looks at the lock that it began with. */
      if (old->lock_kind != info->lock_kind || old->lock_id != info->lock_id)
        restart_watch (self);
      entry_item_show_value (self);
      entry_item_show_suffix (self);
      entry_item_notify (self, ENTRY_ITEM_NAME);
    }
  else if (differs)
    {
      g_clear_pointer (&self->elements, g_free);
      g_clear_pointer (&self->history, history_free);
      entry_item_forget_statistics (self);
      g_clear_pointer (&self->sort_key, g_free);
      self->n_elements = 0;
      self->changed_us = 0;
      self->has_lock_info = self->has_writes = FALSE;
      self->fraction = -1;
      entry_item_show_value (self);
      entry_item_show_suffix (self);
      entry_item_show_lock (self, 0);
      entry_item_show_type (self);
      /* First: who shows its fields must not look for old ones in what it is now. */
      entry_item_notify (self, ENTRY_ITEM_INFO);
      entry_item_notify (self, ENTRY_ITEM_NAME);
      if (self->holders > 0 && entry_item_has_rate (info))
        self->history = history_new (RATE_POINTS);
      restart_watch (self);
    }
  entry_info_unref (old);
}

Session *
entry_item_get_session (EntryItem *self)
{
  return self->session;
}

Attachment *
entry_item_get_attachment (EntryItem *self)
{
  return self->attachment;
}

EntryInfo *
entry_item_get_info (EntryItem *self)
{
  return self->info;
}

const char *
entry_item_get_sort_key (EntryItem *self)
{
  if (self->sort_key == NULL)
    self->sort_key = g_utf8_collate_key_for_filename (self->info->name, -1);
  return self->sort_key;
}

const char *
entry_item_get_value (EntryItem *self)
{
  return self->value;
}

const char *
entry_item_get_suffix (EntryItem *self)
{
  return self->suffix;
}

const char *
entry_item_get_age (EntryItem *self)
{
  return self->age;
}

const char *
entry_item_get_lock_text (EntryItem *self)
{
  return self->lock_text;
}

char *
entry_item_get_lock_details (EntryItem *self)
{
  return self->has_lock_info ? lock_view_details (&self->lock, &self->lock_info)
                             : g_strdup (self->lock_text);
}

double
entry_item_get_fraction (EntryItem *self)
{
  return entry_item_has_fraction (self) ? MAX (self->fraction, 0) : -1;
}

gboolean
entry_item_get_active (EntryItem *self)
{
  return self->active;
}

enum entry_mark
entry_item_get_mark (EntryItem *self)
{
  return self->mark;
}

enum entry_lock
entry_item_get_lock (EntryItem *self)
{
  return self->lock.state;
}

int
entry_item_get_status (EntryItem *self)
{
  return self->status;
}

gint64
entry_item_get_changed_us (EntryItem *self)
{
  return self->changed_us;
}

const void *
entry_item_get_elements (EntryItem *self, guint64 *ret_count)
{
  if (self->elements != NULL && ret_count != NULL)
    *ret_count = self->n_elements;
  return self->elements;
}

const LockInfo *
entry_item_get_lock_info (EntryItem *self)
{
  return self->has_lock_info ? &self->lock_info : NULL;
}

gboolean
entry_item_get_writes (EntryItem *self, guint64 *ret_writes)
{
  if (self->has_writes)
    *ret_writes = self->writes;
  return self->has_writes;
}

static void
entry_item_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  EntryItem *self = ENTRY_ITEM (object);

  switch (id)
    {
    case ENTRY_ITEM_INFO:
      g_value_set_pointer (value, self->info);
      break;
    case ENTRY_ITEM_NAME:
      g_value_set_string (value, self->info->name);
      break;
    case ENTRY_ITEM_TYPE_TEXT:
      g_value_set_string (value, self->type_text);
      break;
    case ENTRY_ITEM_VALUE:
      g_value_set_string (value, self->value);
      break;
    case ENTRY_ITEM_SUFFIX:
      g_value_set_string (value, self->suffix);
      break;
    case ENTRY_ITEM_FRACTION:
      g_value_set_double (value, entry_item_get_fraction (self));
      break;
    case ENTRY_ITEM_ACTIVE:
      g_value_set_boolean (value, self->active);
      break;
    case ENTRY_ITEM_MARK:
      g_value_set_int (value, self->mark);
      break;
    case ENTRY_ITEM_LOCK:
      g_value_set_int (value, self->lock.state);
      break;
    case ENTRY_ITEM_LOCK_TEXT:
      g_value_set_string (value, self->lock_text);
      break;
    case ENTRY_ITEM_AGE:
      g_value_set_string (value, self->age);
      break;
    case ENTRY_ITEM_STATUS:
      g_value_set_int (value, self->status);
      break;
    case ENTRY_ITEM_STATISTICS:
    case ENTRY_ITEM_TRACE:
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
entry_item_dispose (GObject *object)
{
  EntryItem *self = ENTRY_ITEM (object);

  g_clear_signal_handler (&self->tick_handler, self->session);
  if (self->watch != NULL)
    sampler_unwatch (session_get_sampler (self->session), self->watch);
  self->watch = NULL;
  G_OBJECT_CLASS (entry_item_parent_class)->dispose (object);
}

static void
entry_item_finalize (GObject *object)
{
  EntryItem *self = ENTRY_ITEM (object);

  entry_info_unref (self->info);
  attachment_unref (self->attachment);
  g_object_unref (self->session);
  history_free (self->history);
  entry_item_forget_statistics (self);
  display_set_unref (self->displays);
  g_free (self->elements);
  g_free (self->type_text);
  g_free (self->sort_key);
  g_free (self->value);
  g_free (self->suffix);
  g_free (self->age);
  g_free (self->lock_text);
  lock_view_clear (&self->lock);
  G_OBJECT_CLASS (entry_item_parent_class)->finalize (object);
}

static void
entry_item_class_init (EntryItemClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = entry_item_get_property;
  object_class->dispose = entry_item_dispose;
  object_class->finalize = entry_item_finalize;

  properties[ENTRY_ITEM_INFO] = g_param_spec_pointer ("info", NULL, NULL, flags);
  properties[ENTRY_ITEM_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  properties[ENTRY_ITEM_TYPE_TEXT] = g_param_spec_string ("type-text", NULL, NULL, NULL, flags);
  properties[ENTRY_ITEM_VALUE] = g_param_spec_string ("value", NULL, NULL, NULL, flags);
  properties[ENTRY_ITEM_SUFFIX] = g_param_spec_string ("suffix", NULL, NULL, NULL, flags);
  properties[ENTRY_ITEM_FRACTION] = g_param_spec_double ("fraction", NULL, NULL, -1, 1, -1, flags);
  properties[ENTRY_ITEM_ACTIVE] = g_param_spec_boolean ("active", NULL, NULL, FALSE, flags);
  properties[ENTRY_ITEM_MARK]
    = g_param_spec_int ("mark", NULL, NULL, 0, ENTRY_MARK_CHANGED, 0, flags);
  properties[ENTRY_ITEM_LOCK] = g_param_spec_int ("lock", NULL, NULL, 0, ENTRY_LOCK_DEAD, 0, flags);
  properties[ENTRY_ITEM_LOCK_TEXT] = g_param_spec_string ("lock-text", NULL, NULL, NULL, flags);
  properties[ENTRY_ITEM_AGE] = g_param_spec_string ("age", NULL, NULL, NULL, flags);
  properties[ENTRY_ITEM_STATUS]
    = g_param_spec_int ("status", NULL, NULL, G_MININT, G_MAXINT, 0, flags);
  properties[ENTRY_ITEM_STATISTICS] = g_param_spec_pointer ("statistics", NULL, NULL, flags);
  properties[ENTRY_ITEM_TRACE] = g_param_spec_pointer ("trace", NULL, NULL, flags);
  g_object_class_install_properties (object_class, ENTRY_ITEM_N_PROPERTIES, properties);

  sampled_signal = g_signal_new ("sampled", ENTRY_TYPE_ITEM, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}

static void
entry_item_init (EntryItem *self)
{
  self->fraction = -1;
}
