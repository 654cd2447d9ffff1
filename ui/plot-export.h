/* plot-export.h - plots as files. */
#pragma once

#include "plot-view.h"

/* What is shown, as an SVG when the file's name ends so, else as a PNG. */
gboolean plot_export_picture (PlotView *view, GFile *file, GError **error);

/* All samples of the series that are shown, as CSV: a row for each time at which one of them
 * changed, with the value of each at that time, empty where it is not known. The heading says of
 * which numbers were rounded because they were too large, and of which only the extremes are left.
 *
 * Written by a thread of its own, of a copy. */
void plot_export_values (PlotList *list, GFile *file, GAsyncReadyCallback callback,
                         gpointer user_data);
gboolean plot_export_values_finish (GAsyncResult *result, GError **error);
