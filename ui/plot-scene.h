/* plot-scene.h - what a plot shows of its series: which of them on which pane, over which
 * time, in which range.
 *
 * Knows nothing of drawing. Everything is brought down to columns one pixel wide, which stand at
 * multiples of their width: what moves by does not flicker.
 */
#pragma once

#include "plot-axis.h"
#include "plot-list.h"

typedef struct plot_scene PlotScene;
typedef struct plot_pane PlotPane;
typedef struct plot_line PlotLine;

/* How the lines are shared out among panes, one above the other over the same time. */
enum plot_panes
{
  PLOT_PANES_BY_UNIT,
  PLOT_PANES_ONE,
  PLOT_PANES_EACH
};

struct plot_pane
{
  char *title;            /* the unit, or the name of its line; "" none */
  PlotAxis axis;          /* always valid */
  gboolean own_range;     /* set by hand, and not by the values in sight */
  gboolean has_range;     /* values were in sight */
  double minimum, maximum;   /* of the values in sight */
};

struct plot_line
{
  PlotSeries *series;
  guint pane;
  double before;          /* the value with which the first column begins; NAN: none */
  guint n_columns;        /* up to now; the time after that is to come */
  SeriesColumn *columns;
};

struct plot_scene
{
  gint64 first_us;        /* a multiple of column_us */
  gint64 column_us;
  guint n_columns;
  guint n_panes;
  PlotPane *panes;
  guint n_lines;          /* of series that are visible */
  PlotLine *lines;
  gboolean logarithmic;
};

PlotScene *plot_scene_new (void);
void plot_scene_free (PlotScene *scene);

/* After the list or the wish has changed: lines and panes anew; panes of the same title keep
 * their range. */
void plot_scene_arrange (PlotScene *scene, PlotList *list, enum plot_panes panes);
void plot_scene_set_logarithmic (PlotScene *scene, gboolean logarithmic);
/* A range by hand; FALSE, and nothing happens, when there can be none such. */
gboolean plot_scene_set_range (PlotScene *scene, guint pane, double minimum, double maximum);
void plot_scene_set_automatic (PlotScene *scene, guint pane);

/* The columns of the time that ends at last_us or just after, and automatic ranges. Allocates
 * only when there are more columns than before. */
void plot_scene_update (PlotScene *scene, gint64 span_us, gint64 last_us, guint n_columns);

/* The time axis of the columns. */
PlotAxis plot_scene_time (const PlotScene *scene);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlotScene, plot_scene_free)
