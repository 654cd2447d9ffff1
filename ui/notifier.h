/* notifier.h - desktop notifications, where somebody shows such.
 */
#pragma once

#include <gio/gio.h>

typedef struct notifier Notifier;

/* application: registered; it need not have a session bus, nor the desktop somebody who shows
 * notifications: then nothing happens, and nothing is complained of. */
Notifier *notifier_new (GApplication *application);
void notifier_free (Notifier *self);

/* Shows it in place of an earlier one of this id; takes nothing over. */
void notifier_send (Notifier *self, const char *id, GNotification *notification);
void notifier_withdraw (Notifier *self, const char *id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Notifier, notifier_free)
