/* plot-view.h - a list of series over time: zoomed, moved, looked at by the pointer or the
 * keys.
 *
 * Draws itself again only when it is in sight and something of it differs, at most 30 times a
 * second. Its keys call the actions `plot.…` of a widget above it (plot-page.h).
 */
#pragma once

#include <gtk/gtk.h>

#include "mark-list.h"
#include "plot-scene.h"

#define PLOT_TYPE_VIEW (plot_view_get_type ())
G_DECLARE_FINAL_TYPE (PlotView, plot_view, PLOT, VIEW, GtkWidget)

#define PLOT_NO_TIME G_MININT64

/* Signals: `cursor-moved`; `view-changed`: whether it follows now, or a pane's range, is
 * another by what was done in the plot itself. */
GtkWidget *plot_view_new (void);
void plot_view_set_list (PlotView *self, PlotList *list);
/* Moments that are shown over all panes; NULL: none. */
void plot_view_set_marks (PlotView *self, MarkList *marks);
/* After samples came: draws again where that is seen. */
void plot_view_refresh (PlotView *self);

/* Whether its end is now; else it stands still while sampling goes on. */
gboolean plot_view_get_following (PlotView *self);
void plot_view_set_following (PlotView *self, gboolean following);
/* What time is shown; FALSE when there is nothing to show. */
gboolean plot_view_get_time (PlotView *self, gint64 *ret_first_us, gint64 *ret_last_us);
/* Stops following. */
void plot_view_set_time (PlotView *self, gint64 first_us, gint64 last_us);
/* All there is of the series that are shown. */
void plot_view_show_all (PlotView *self);

/* Shows a shorter (factor above 1) or longer time, about the cursor or else the middle; while
 * it follows, about now. */
void plot_view_zoom (PlotView *self, double factor);
/* By a share of the time shown; back below 0. */
void plot_view_pan (PlotView *self, double share);
/* The values of the pane that was pointed at last; plot_view_set_automatic: by what is in
 * sight again, of all panes. */
void plot_view_zoom_values (PlotView *self, double factor);
void plot_view_pan_values (PlotView *self, double share);
void plot_view_set_automatic (PlotView *self);
/* FALSE: there is no such range. */
gboolean plot_view_set_range (PlotView *self, double minimum, double maximum);
gboolean plot_view_get_range (PlotView *self, double *ret_minimum, double *ret_maximum);

void plot_view_set_panes (PlotView *self, enum plot_panes panes);
void plot_view_set_logarithmic (PlotView *self, gboolean logarithmic);
/* Drawn thicker than the others; NULL: none. */
void plot_view_set_emphasized (PlotView *self, PlotSeries *series);

/* The time at which values are looked at; PLOT_NO_TIME: none. */
gint64 plot_view_get_cursor (PlotView *self);
void plot_view_set_cursor (PlotView *self, gint64 time_us);
/* By pixels, beginning at the end of what is shown when there is none. */
void plot_view_move_cursor (PlotView *self, int columns);

/* What is shown, drawn for paper of this size (points), with names; newly made. */
GskRenderNode *plot_view_print (PlotView *self, float width, float height);
