/* replay-bar.h - the time of a recording that is open: a slider, play and pause, how fast, and
 * what time it was. Hidden for what lives. */
#pragma once

#include <gtk/gtk.h>

#include "session.h"

#define REPLAY_TYPE_BAR (replay_bar_get_type ())
G_DECLARE_FINAL_TYPE (ReplayBar, replay_bar, REPLAY, BAR, GtkWidget)

/* Actions on it: replay.play (boolean state), replay.step (double: seconds). Property `playing`. */

/* Its sampler is told when another time is shown. */
void replay_bar_set_session (ReplayBar *self, Session *session);
/* A recording, shown from its start; NULL, or what lives: hides the bar. */
void replay_bar_set_attachment (ReplayBar *self, Attachment *attachment);

/* Where it stands, in seconds from the start; for tests. */
double replay_bar_get_position (ReplayBar *self);
