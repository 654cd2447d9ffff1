/* plot-column.h - all samples of a series, one after the other, on another thread: those that memory
 * has not from the recording that has them, the others from a copy.
 */
#pragma once

#include "plot-series.h"

typedef struct plot_column PlotColumn;

PlotColumn *plot_column_new (PlotSeries *series);
void plot_column_free (PlotColumn *self);

/* The next sample; FALSE at the end, or with an error when its recording cannot be read. Any
 * thread. */
gboolean plot_column_next (PlotColumn *self, gint64 *ret_time_us, double *ret_value,
                           GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlotColumn, plot_column_free)
