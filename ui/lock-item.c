/* lock-item.c - one lock, and what looks at it told. */
#include "lock-item.h"

struct _LockItem
{
  GObject parent_instance;

  Attachment *attachment;
  EntryInfo *entry;
  char *names;
  LockHistory *history;
  LockInfo info;
  struct lock_view view;
  gboolean was_long;
};

G_DEFINE_FINAL_TYPE (LockItem, lock_item, G_TYPE_OBJECT)

static guint looked_signal;

LockItem *
lock_item_new (Attachment *attachment, EntryInfo *entry, const char *names)
{
  LockItem *self = g_object_new (LOCK_TYPE_ITEM, NULL);

  self->attachment = attachment_ref (attachment);
  self->entry = entry_info_ref (entry);
  self->names = g_strdup (names);
  return self;
}

gboolean
lock_item_look (LockItem *self)
{
  gint64 now_us = g_get_monotonic_time ();
  LockInfo info = { 0 };

  if (attachment_describe_lock (self->attachment, self->entry, &info) < 0)
    return FALSE;
  self->info = info;
  lock_history_add (self->history, now_us, &info);
  lock_view_update (&self->view, &info, now_us);
  g_signal_emit (self, looked_signal, 0);
  return TRUE;
}

gboolean
lock_item_notice (LockItem *self, gboolean is_long)
{
  gboolean is_news = is_long && !self->was_long;

  self->was_long = is_long;
  return is_news;
}

void
lock_item_adopt (LockItem *self, LockItem *newer)
{
  EntryInfo *entry = entry_info_ref (newer->entry);

  entry_info_unref (self->entry);
  self->entry = entry;
  if (!g_str_equal (self->names, newer->names))
    {
      g_free (self->names);
      self->names = g_strdup (newer->names);
      g_signal_emit (self, looked_signal, 0);
    }
}

Attachment *
lock_item_get_attachment (LockItem *self)
{
  return self->attachment;
}

EntryInfo *
lock_item_get_entry (LockItem *self)
{
  return self->entry;
}

const char *
lock_item_get_names (LockItem *self)
{
  return self->names;
}

const LockHistory *
lock_item_get_history (LockItem *self)
{
  return self->history;
}

const LockInfo *
lock_item_get_info (LockItem *self)
{
  return &self->info;
}

enum entry_lock
lock_item_get_state (LockItem *self)
{
  return self->view.state;
}

const char *
lock_item_get_holder (LockItem *self)
{
  return lock_view_holder_thread (&self->view, &self->info);
}

char *
lock_item_get_death (LockItem *self)
{
  return lock_view_death (&self->view, &self->info);
}

guint
lock_item_hash (gconstpointer item)
{
  const EntryInfo *entry = lock_item_get_entry ((LockItem *) item);

  return g_int64_hash (&entry->lock_id);
}

gboolean
lock_item_equal (gconstpointer a, gconstpointer b)
{
  const EntryInfo *first = lock_item_get_entry ((LockItem *) a);
  const EntryInfo *second = lock_item_get_entry ((LockItem *) b);

  return first->lock_kind == second->lock_kind && first->lock_id == second->lock_id;
}

static void
lock_item_finalize (GObject *object)
{
  LockItem *self = LOCK_ITEM (object);

  attachment_unref (self->attachment);
  entry_info_unref (self->entry);
  g_free (self->names);
  lock_history_free (self->history);
  lock_view_clear (&self->view);
  G_OBJECT_CLASS (lock_item_parent_class)->finalize (object);
}

static void
lock_item_class_init (LockItemClass *class)
{
  G_OBJECT_CLASS (class)->finalize = lock_item_finalize;
  looked_signal = g_signal_new ("looked", LOCK_TYPE_ITEM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 0);
}

static void
lock_item_init (LockItem *self)
{
  self->history = lock_history_new ();
}
