/* series.h - what a value was over any length of time, as (time, number): it never ends
 * by itself, and any span of it is brought down to so many columns at once.
 *
 * A value holds from its sample to the next one; a sample that is no number (NAN) begins a gap,
 * in which the value is not known. When the memory that it may take is full, the oldest samples
 * are thinned: of every few the least, the greatest, the last and a gap stay, so that what is
 * drawn of them hardly differs; before that they are offered to whoever writes them down.
 *
 * Thread safety: none; one thread at a time.
 */
#pragma once

#include <glib.h>

typedef struct series Series;
typedef struct series_column SeriesColumn;

/* For all series of a view together; whoever has several shares it out. */
#define SERIES_LIMIT_DEFAULT ((gsize) 64 * 1024 * 1024)

struct series_column
{
  guint64 n;                  /* samples in it, gaps too; when 0 the rest is NAN */
  double minimum, maximum;    /* NAN when there is no number */
  double first, last;         /* of the first and of the last sample; NAN for a gap */
};

/* The oldest samples as they were sampled, before they are thinned: ascending, and each only
 * once. The arrays are the series'. */
typedef void (*SeriesSpillFunc) (Series *series, const gint64 *times, const double *values,
                                 guint n, gpointer user_data);

/* limit: bytes; a little is taken whatever it says. */
Series *series_new (gsize limit);
void series_free (Series *series);
/* Another with the same samples, for a thread of its own; nothing is spilled from it. */
Series *series_copy (const Series *series);
void series_set_limit (Series *series, gsize limit);
void series_set_spill (Series *series, SeriesSpillFunc func, gpointer user_data);

/* Times ascend: a sample older than the newest is left out. */
void series_add (Series *series, gint64 time_us, double value);
void series_clear (Series *series);

guint64 series_length (const Series *series);
gsize series_bytes (const Series *series);
/* The times of the oldest and of the newest sample; FALSE when there is none. */
gboolean series_span (const Series *series, gint64 *ret_first_us, gint64 *ret_last_us);
/* Whether samples of a span, first_us <= time < last_us, have been thinned. */
gboolean series_is_thinned_between (const Series *series, gint64 first_us, gint64 last_us);

/* How many samples are older than this time: the index of the first that is not. */
guint64 series_find (const Series *series, gint64 time_us);
/* index 0 is the oldest; FALSE when there is none of this index. */
gboolean series_get (const Series *series, guint64 index, gint64 *ret_time_us, double *ret_value);
/* The value at a time: of the newest sample that is not newer. NAN before the first, and in a
 * gap. */
double series_at (const Series *series, gint64 time_us);

/* The span first_us <= time < last_us in n columns of equal width; takes time in proportion to
 * n times the logarithm of the number of samples, and allocates nothing.
 * first_us < last_us. */
void series_columns (const Series *series, gint64 first_us, gint64 last_us, guint n,
                     SeriesColumn *ret_columns);
/* The time at which column `index` of n begins. */
gint64 series_column_begin (gint64 first_us, gint64 last_us, guint n, guint index);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Series, series_free)
