/* signal-follow.h - a widget that shows one object after another, and hears of its changes. */
#pragma once

#include <glib-object.h>

/* Makes *place, which holds a reference, this object (NULL: none), and connects its signal as
 * *handler instead of the one's that was there. FALSE, and nothing happens: it is there already. */
gboolean signal_follow (gpointer place, gulong *handler, gpointer object, const char *signal,
                        GCallback callback, gpointer data);
