/* notifier.c - desktop notifications.
 *
 * The toolkit warns of each desktop that has nobody to show them. Whether there is somebody is
 * asked when the first is to be sent; what comes before the answer waits. */
#include "notifier.h"

#define SHOWS "org.freedesktop.Notifications"

struct notifier
{
  GApplication *application;
  guint watcher;         /* of the name; 0: not asked yet */
  gboolean is_there;
  GHashTable *waiting;   /* id -> GNotification, before it is known; NULL afterwards */
};

static void
on_appeared (GDBusConnection *bus, const char *name, const char *owner, gpointer user_data)
{
  Notifier *self = user_data;
  g_autoptr (GHashTable) waiting = g_steal_pointer (&self->waiting);
  GHashTableIter iter;
  gpointer id, notification;

  self->is_there = TRUE;
  if (waiting == NULL)
    return;
  g_hash_table_iter_init (&iter, waiting);
  while (g_hash_table_iter_next (&iter, &id, &notification))
    g_application_send_notification (self->application, id, notification);
}

static void
on_vanished (GDBusConnection *bus, const char *name, gpointer user_data)
{
  Notifier *self = user_data;

  self->is_there = FALSE;
  g_clear_pointer (&self->waiting, g_hash_table_unref);
}

Notifier *
notifier_new (GApplication *application)
{
  Notifier *self = g_new0 (Notifier, 1);

  self->application = g_object_ref (application);
  return self;
}

void
notifier_free (Notifier *self)
{
  if (self == NULL)
    return;
  if (self->watcher != 0)
    g_bus_unwatch_name (self->watcher);
  g_clear_pointer (&self->waiting, g_hash_table_unref);
  g_object_unref (self->application);
  g_free (self);
}

void
notifier_send (Notifier *self, const char *id, GNotification *notification)
{
  GDBusConnection *bus = g_application_get_dbus_connection (self->application);

  if (bus == NULL)
    return;
  if (self->watcher == 0)
    {
      self->waiting = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
      self->watcher = g_bus_watch_name_on_connection (bus, SHOWS, G_BUS_NAME_WATCHER_FLAGS_AUTO_START,
                                                      on_appeared, on_vanished, self, NULL);
    }
  if (self->is_there)
    g_application_send_notification (self->application, id, notification);
  else if (self->waiting != NULL)
    g_hash_table_replace (self->waiting, g_strdup (id), g_object_ref (notification));
}

void
notifier_withdraw (Notifier *self, const char *id)
{
  if (self->waiting != NULL)
    g_hash_table_remove (self->waiting, id);
  if (self->is_there)
    g_application_withdraw_notification (self->application, id);
}
