/* plot-style.h - colours and dashes of lines: told apart with any colour vision, and by their
 * dashes without any colour.
 */
#pragma once

#include <gtk/gtk.h>

typedef struct plot_colors PlotColors;

/* What a plot is drawn with, from the theme of a widget. */
struct plot_colors
{
  GdkRGBA text, faint, grid, background;
  gboolean high_contrast;
};

void plot_colors_load (GtkWidget *widget, PlotColors *ret_colors);
/* Black on white, for paper. */
void plot_colors_plain (PlotColors *ret_colors);

/* The colour of a style, with enough contrast to the background. */
GdkRGBA plot_style_color (guint style, const PlotColors *colors);
/* Whether the dash of a style is drawn there, or a hole in it; pixel: counted from anywhere. */
gboolean plot_style_is_on (guint style, gint64 pixel);
/* A short piece of the line, in the middle of an area. */
void plot_style_draw (guint style, const PlotColors *colors, GtkSnapshot *snapshot,
                      const graphene_rect_t *area);
