/* plot-detail.h - what a series was in a span of which only the extremes are in memory: read again
 * on a thread, from the recording that has all of it.
 */
#pragma once

#include "plot-place.h"
#include "series.h"

typedef struct plot_detail PlotDetail;

/* Where all samples are. */
struct plot_detail_source
{
  const char *path; /* of a recording; NULL: nowhere */
  guint64 number;   /* of the entry in it */
  struct plot_place place;
  gint64 offset_us; /* from its times to those of the series */
};

/* What was asked for is there. */
typedef void (*PlotDetailFunc) (gpointer user_data);

PlotDetail *plot_detail_new (PlotDetailFunc func, gpointer user_data);
/* NULL is allowed. */
void plot_detail_free (PlotDetail *self);

/* The series that tells most of a span that is drawn in so many columns: `memory`, or what was
 * read of it. What is needed and was not read yet is asked for, of at most `limit` bytes. Valid
 * until either changes. */
const Series *plot_detail_look (PlotDetail *self, const Series *memory,
                                const struct plot_detail_source *source, gsize limit,
                                gint64 first_us, gint64 last_us, guint n_columns);
/* As series_at(), by what is known of that time now. */
double plot_detail_at (const PlotDetail *self, const Series *memory, gint64 time_us);
/* After memory has got a sample. */
void plot_detail_add (PlotDetail *self, gint64 time_us, double value);
/* After memory has become another. */
void plot_detail_clear (PlotDetail *self);
