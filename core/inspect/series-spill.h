/* series-spill.h - where series go on when memory is full: what they are about to thin is written
 * into a recording, of which any span can be read again (recording-file.h).
 *
 * The recording lies in a directory of its own (scratch-directory.h) and is removed at the end.
 * It is made only when there is something to write, and written on a thread: nothing here waits
 * for the disk.
 *
 * All functions on the thread that runs the context it was made on.
 */
#pragma once

#include <glib.h>

typedef struct series_spill SeriesSpill;

/* What one may take of the disk; never more than a quarter of what is free on it. */
#define SERIES_SPILL_LIMIT_DEFAULT (G_GUINT64_CONSTANT (1) << 30)

/* From now on nothing more is written: the limit is reached, the disk is full or too slow, the
 * file is gone. What was written can be read. error: a sentence; SeriesSpill's. */
typedef void (*SeriesSpillFailedFunc) (const GError *error, gpointer user_data);

/* Only where database_is_built().
 *
 * root: below which directory; times_us: what has to be added to the monotonic clock to have the
 * times of the series. */
SeriesSpill *series_spill_new (const char *root, guint64 limit, gint64 times_us,
                               SeriesSpillFailedFunc func, gpointer user_data);
/* Removes what was written. NULL is allowed. */
void series_spill_free (SeriesSpill *self);

/* A series that may come; its number in the recording. */
guint series_spill_add (SeriesSpill *self, const char *name);
/* Takes copies. Times of a number ascend. FALSE: it has failed, and takes nothing more. */
gboolean series_spill_write (SeriesSpill *self, guint number, const gint64 *times,
                             const double *values, guint n);

/* Where it is written; NULL while nothing is. Owned by the spill. */
const char *series_spill_get_path (SeriesSpill *self);
/* How many samples are in the file. */
guint64 series_spill_get_written (SeriesSpill *self);
