/* demo-children.h - the demo programs that the window starts, and ends. */
#pragma once

#include <glib.h>

/* Starts the training run and two small ones as `shmlensctl demo`, from the
 * directory of this program. They end with this process, however it ends. Does
 * nothing when they run already. */
gboolean demo_children_start (GError **error);

/* The segment of the training run. Static. */
const char *demo_children_segment (void);

/* Asks them to end, and waits a moment. */
void demo_children_stop (void);
