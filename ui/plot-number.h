/* plot-number.h - times and numbers of plots. */
#pragma once

#include <glib.h>

#include "shmlens.h"

/* g_get_monotonic_time() as microseconds since 1970, by one difference for the whole run.
 * In the main thread. */
gint64 plot_time (gint64 monotonic_us);
/* A number as exact text, in the form of its type, which is any scalar; "" for none. Any
 * thread. ret_text: 64 bytes. */
void plot_number_text (const struct shmlens_type *type, double value, char ret_text[64]);
