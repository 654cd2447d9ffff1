/* preferences.h - the window with the preferences. */
#pragma once

#include <gtk/gtk.h>

#include "session.h"

#define PREFERENCES_TYPE (preferences_get_type ())
G_DECLARE_FINAL_TYPE (Preferences, preferences, SHMLENS, PREFERENCES, GtkWindow)

/* Changes the session at once; who keeps the settings binds them to it. settings: for what is no
 * matter of the session; may be NULL. */
Preferences *preferences_new (GtkWindow *parent, Session *session, GSettings *settings);
