/* plot-row.h - a series in the legend of a plot: its line, name and value; shown or hidden,
 * removed. */
#pragma once

#include <gtk/gtk.h>

#include "plot-series.h"

#define PLOT_TYPE_ROW (plot_row_get_type ())
G_DECLARE_FINAL_TYPE (PlotRow, plot_row, PLOT, ROW, GtkWidget)

/* Signal `remove`: its button was pressed. */
GtkWidget *plot_row_new (PlotSeries *series);
PlotSeries *plot_row_get_series (PlotRow *self);
/* The value at a time; PLOT_NO_TIME (plot-view.h): the newest. */
void plot_row_show (PlotRow *self, gint64 time_us);
