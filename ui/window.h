/* window.h - the window: segments beside, the entries of the one that is selected, and
 * the selected entry in detail. */
#pragma once

#include <gtk/gtk.h>

#include "message-bar.h"
#include "session.h"

#define SHMLENS_TYPE_WINDOW (shmlens_window_get_type ())
G_DECLARE_FINAL_TYPE (ShmlensWindow, shmlens_window, SHMLENS, WINDOW, GtkApplicationWindow)

/* Actions: win.undo, win.redo, win.pause, win.rate (double), win.sidebar, win.filter, win.goto,
 * win.reopen, win.set-type, win.copy-segment-name, win.preferences.
 *
 * settings: may be NULL; then nothing is remembered. */
ShmlensWindow *shmlens_window_new (GtkApplication *application, Session *session,
                                   GSettings *settings);

/* Selects a segment ("shm:/name", "/name"), and of it an entry (may be NULL), now or
 * as soon as it is there. */
void shmlens_window_open (ShmlensWindow *self, const char *segment, const char *entry);

/* Keeps in the settings what the next start begins with; closing the window does it too. */
void shmlens_window_save_state (ShmlensWindow *self);

/* For what has to be said before anything else, and for tests. */
MessageBar *shmlens_window_get_message_bar (ShmlensWindow *self);
