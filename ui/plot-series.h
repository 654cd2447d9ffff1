/* plot-series.h - one number of an entry and what it was since it is plotted: a value, an
 * element of an array, a field of a structure.
 *
 * It is sampled by itself at the session's rate, whether or not its row is in sight, until it
 * is stopped. Nothing is known of the time in which the session was paused or the value could
 * not be read: that is a gap. One of a recording is read from its file instead, all of it, and
 * goes on while the file grows.
 */
#pragma once

#include "plot-detail.h"
#include "plot-number.h"
#include "series-spill.h"
#include "series.h"
#include "session.h"

#define PLOT_TYPE_SERIES (plot_series_get_type ())
G_DECLARE_FINAL_TYPE (PlotSeries, plot_series, PLOT, SERIES, GObject)

/* Signals: `changed`: its name, its place, whether it is shown, or its style are others; `loaded`:
 * what it was before is there, from a recording; `failed`: it cannot be read; `detailed`.
 *
 * The place has to be one of plot_place_is_number(). */
PlotSeries *plot_series_new (Session *session, const struct plot_place *place);
/* What it was before it was plotted is read from a file into which its segment is recorded. Only
 * of one that is sampled. */
void plot_series_load (PlotSeries *self, const char *path);
/* One that nobody samples, as of a recording; takes the series over. type: of its values. */
PlotSeries *plot_series_new_of (Series *series, const char *name, const char *unit,
                                const struct shmlens_type *type);
/* To one that nobody samples. */
void plot_series_add (PlotSeries *self, gint64 time_us, double value);

/* As series_set_limit(). */
void plot_series_set_limit (PlotSeries *self, gsize limit);
/* Where it goes on when memory is full; one of a recording has its recording. NULL: nowhere, also
 * before the spill is freed. */
void plot_series_set_spill (PlotSeries *self, SeriesSpill *spill);
/* What is in memory. Times are microseconds since 1970. Owned by the item, like all that it gives
 * away. */
Series *plot_series_get_series (PlotSeries *self);
/* What tells most of a span that is drawn in so many columns: where memory has only the extremes,
 * what was written of it, which is read on a thread; `detailed` says that it is there. Valid until
 * the main loop goes on. */
const Series *plot_series_look (PlotSeries *self, gint64 first_us, gint64 last_us,
                                guint n_columns);
/* Where all of its samples are that memory has not; path is NULL when nowhere. What it points to is
 * the series'. */
void plot_series_get_source (PlotSeries *self, struct plot_detail_source *ret_source);
/* Whether of a part of a span nothing but the extremes is known any more. */
gboolean plot_series_has_lost (PlotSeries *self, gint64 first_us, gint64 last_us);
/* The value at a time, by what is known of it now. */
double plot_series_at (PlotSeries *self, gint64 time_us);
/* Why its recording cannot be read: a sentence; NULL: it can, or there is none. */
const char *plot_series_get_failure (PlotSeries *self);
const char *plot_series_get_name (PlotSeries *self);
const char *plot_series_get_unit (PlotSeries *self);
/* The segment's title; "" of a recording. */
const char *plot_series_get_segment (PlotSeries *self);
/* NULL where nobody samples it. */
Attachment *plot_series_get_attachment (PlotSeries *self);
gboolean plot_series_is_place (PlotSeries *self, const struct plot_place *place);
/* The same entry of a segment that has come in the place of the one before. */
void plot_series_move (PlotSeries *self, Attachment *attachment);
/* From now on it is not sampled. */
void plot_series_stop (PlotSeries *self);
gboolean plot_series_is_sampled (PlotSeries *self);

gboolean plot_series_get_visible (PlotSeries *self);
void plot_series_set_visible (PlotSeries *self, gboolean visible);
/* Which colour and dash. */
guint plot_series_get_style (PlotSeries *self);
void plot_series_set_style (PlotSeries *self, guint style);

/* How many samples were ever added: has it changed? */
guint64 plot_series_get_added (PlotSeries *self);
/* The newest time at which its value is known. */
gint64 plot_series_get_now (PlotSeries *self);
/* Whether a number was too large to be kept exactly: an integer beyond 2^53. */
gboolean plot_series_is_rounded (PlotSeries *self);
/* A value of it as exact text, in the form of its type; "" for none. ret_text: 64 bytes. */
void plot_series_text (PlotSeries *self, double value, char ret_text[64]);
const struct shmlens_type *plot_series_get_number_type (PlotSeries *self);
