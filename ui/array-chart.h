/* array-chart.h - a frame with two axes, in which numbers of an array are drawn. */
#pragma once

#include <gtk/gtk.h>

#include "plot-axis.h"

typedef struct array_chart ArrayChart;

struct array_chart
{
  double x, y, width, height;    /* of the space within, in whole pixels */
  GdkRGBA text, data;            /* what stands around, and what is drawn within */
};

/* How much room the frame leaves for what is within. */
void array_chart_place (GtkWidget *widget, int width, int height, ArrayChart *ret_chart);
/* Draws it: lines and numbers at round values of both axes. */
void array_chart_draw (const ArrayChart *chart, GtkWidget *widget, cairo_t *cairo,
                       const PlotAxis *horizontal, const PlotAxis *vertical);
/* Why there is nothing to see on a canvas (NULL: there is something), also for screen readers.
 * reason: where it is kept. */
void array_chart_set_reason (GtkWidget *canvas, char **reason, const char *text);
/* What a screen reader says of the canvas: what is under the cursor or the pointer. */
void array_chart_describe (GtkWidget *canvas, const char *text);
/* Says in the middle of the widget why there is nothing to see: the reason, if there is one; else
 * that there is nothing, or that it is being read. */
void array_chart_say_why (GtkWidget *widget, cairo_t *cairo, int width, int height,
                          const char *reason, gboolean was_read);
