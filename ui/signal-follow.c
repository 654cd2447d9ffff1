/* signal-follow.c - a widget that shows one object after another. */
#include "signal-follow.h"

gboolean
signal_follow (gpointer place, gulong *handler, gpointer object, const char *signal,
               GCallback callback, gpointer data)
{
  GObject **shown = place;

  if (*shown == object)
    return FALSE;
  if (*shown != NULL)
    g_clear_signal_handler (handler, *shown);
  g_set_object (shown, object);
  if (object != NULL)
    *handler = g_signal_connect (object, signal, callback, data);
  return TRUE;
}
