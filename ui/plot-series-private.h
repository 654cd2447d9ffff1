/* plot-series-private.h - what the two halves of a series share: plot-series.c samples it,
 * plot-series-recorded.c reads it from recordings. */
#pragma once

#include "plot-series.h"

struct _PlotSeries
{
  GObject parent_instance;

  Session *session; /* NULL: nobody samples it */
  struct plot_place place;
  Watch *watch, *segment_watch;
  gulong tick_handler, paused_handler;

  Series *series;
  gsize limit;
  SeriesSpill *spill; /* NULL: none */
  guint spill_number;
  gint64 lost_us;     /* from when on what memory had no room for was not written any more */
  EntryInfo *spilled; /* as what */
  PlotDetail *detail;
  GCancellable *reading; /* a recording; NULL: it is not read */
  gint64 read_us;        /* up to when it was, in its own times */
  char *failure;         /* why it could not be */
  struct shmlens_type type;
  char *name, *unit, *segment;
  gboolean visible;
  guint style;
  guint64 added;
  gint64 now_us;
  double newest; /* NAN: not known */
  gboolean gap;  /* the session was paused after the newest */
  gboolean rounded;
};

enum
{
  PLOT_SERIES_CHANGED,
  PLOT_SERIES_LOADED,
  PLOT_SERIES_FAILED,
  PLOT_SERIES_DETAILED,
  PLOT_SERIES_SIGNALS
};

extern guint plot_series_signals[PLOT_SERIES_SIGNALS];

/* To what is in memory, and what was read of it. */
void plot_series_append (PlotSeries *self, gint64 time_us, double value);
void plot_series_note_changed (PlotSeries *self);
gboolean plot_series_is_of_recording (PlotSeries *self);
/* What there is more of its recording than was read. */
void plot_series_read_on (PlotSeries *self);
