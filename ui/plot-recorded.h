/* plot-recorded.h - what a number was by a recording, read on a thread of its own from a file that
 * may be large, or still written. */
#pragma once

#include <gio/gio.h>

#include "plot-place.h"
#include "series.h"

struct plot_recorded
{
  Series *series;
  gboolean is_rounded;   /* plot_place_value() */
  gint64 end_us;         /* up to when it was recorded */
};

/* path: of the recording, in which the entry has this number, or the name and form that place has;
 * place itself need not be of a recording. The span is in the recording's own times, to which
 * offset_us is added. limit: as of series_new(). func comes in the main context also when it was
 * cancelled. */
void plot_recorded_read (const char *path, guint64 number, const struct plot_place *place,
                         gint64 first_us, gint64 last_us, gint64 offset_us, gsize limit,
                         GCancellable *cancellable, GAsyncReadyCallback func, gpointer user_data);
/* FALSE: it was cancelled, or cannot be read. ret_recorded->series is the caller's. */
gboolean plot_recorded_read_finish (GAsyncResult *result, struct plot_recorded *ret_recorded,
                                    GError **error);
