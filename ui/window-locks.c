/* window-locks.c - the page of locks, and the notice of a lock that is held long. */
#include "window-private.h"

#include <glib/gi18n.h>

#include "lock-page.h"
#include "words.h"

static void
on_held_long (LockList *list, LockItem *item, ShmlensWindow *self)
{
  const LockInfo *info = lock_item_get_info (item);
  const char *names = lock_item_get_names (item), *holder = lock_item_get_holder (item);
  g_autofree char *span = words_span (info->held_ns), *text = NULL;

  if (info->state == SHMLENS_LOCK_DEAD && info->kind == LOCK_SEMAPHORE)
    text = g_strdup_printf (_("The holder of the lock of %s has died without giving it back: all "
                              "that wait for it wait for ever. The page of locks recovers it."),
                            names);
  else if (info->state == SHMLENS_LOCK_DEAD)
    text = g_strdup_printf (_("The holder of the lock of %s has died. Whoever takes it next "
                              "recovers it, or you do on the page of locks; what it guards may be "
                              "half written."),
                            names);
  else if (holder != NULL)
    text = g_strdup_printf (_("The lock of %s has been held by %s for %s."), names, holder, span);
  else
    text = g_strdup_printf (_("The lock of %s has been held for %s."), names, span);
  message_bar_say (self->message_bar, MESSAGE_NOTICE, text);
  g_free (self->lock_notice);
  self->lock_notice = g_steal_pointer (&text);
}

/* What was told of a lock of the segment that was open. */
static void
take_notice_back (ShmlensWindow *self)
{
  if (self->lock_notice != NULL)
    message_bar_take_back (self->message_bar, self->lock_notice);
  g_clear_pointer (&self->lock_notice, g_free);
}

static void
on_activated (LockPage *page, LockItem *item, ShmlensWindow *self)
{
  dock_show_page (self->dock, "details");
  entry_table_select (self->table, lock_item_get_entry (item)->name);
}

static GtkWidget *
make_locks (gpointer user_data)
{
  ShmlensWindow *self = user_data;
  GtkWidget *page = lock_page_new (self->session);

  g_signal_connect (page, "activate", G_CALLBACK (on_activated), self);
  lock_page_set_list (LOCK_PAGE (page), self->locks);
  return page;
}

void
window_add_locks (ShmlensWindow *self)
{
  dock_add (self->dock, "locks", _("Locks"), make_locks, self);
}

void
window_update_locks (ShmlensWindow *self)
{
  GtkWidget *page = dock_get_page (self->dock, "locks");

  take_notice_back (self);
  /* The page may show them a moment longer. */
  if (self->locks != NULL)
    g_signal_handlers_disconnect_by_data (self->locks, self);
  g_clear_object (&self->locks);
  if (self->entries != NULL)
    {
      self->locks = lock_list_new (self->entries);
      g_signal_connect_object (self->locks, "held-long", G_CALLBACK (on_held_long), self, 0);
    }
  if (page != NULL)
    lock_page_set_list (LOCK_PAGE (page), self->locks);
}
