/* plot-view-print.c - a plot on paper: what is shown, and which line is what. */
#include "plot-view-private.h"

GskRenderNode *
plot_view_print (PlotView *self, float width, float height)
{
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  float line = (float) glyph_painter_height (plot_view_get_painter (self)) + 4;
  float legend = line * (float) self->scene->n_lines;
  const struct plot_marks marks = { .cursor_us = PLOT_NO_TIME, .moments = self->marks.moments };
  struct plot_layout layout;
  PlotColors colors;

  plot_colors_plain (&colors);
  gtk_snapshot_append_color (snapshot, &colors.background, &GRAPHENE_RECT_INIT (0, 0, width, height));
  if (plot_view_update (self))
    {
      gint64 last = self->scene->first_us + self->scene->n_columns * self->scene->column_us;

      plot_draw_layout (self->scene, self->painter, width, height - legend, &layout);
      plot_scene_update (self->scene, self->span_us, last - 1, layout.columns);
      plot_draw (self->scene, &layout, self->painter, &colors, &marks, snapshot);
      for (guint i = 0; i < self->scene->n_lines; i++)
        {
          PlotSeries *series = self->scene->lines[i].series;
          const char *unit = plot_series_get_unit (series);
          g_autofree char *name = g_strdup_printf (unit[0] != '\0' ? "%s (%s)" : "%s",
                                                   plot_series_get_name (series), unit);
          float y = height - legend + line * (float) i;

          plot_style_draw (plot_series_get_style (series), &colors, snapshot,
                           &GRAPHENE_RECT_INIT (layout.left, y, 40, line - 4));
          glyph_painter_draw (self->painter, snapshot, name, layout.left + 50, y, FALSE,
                              &colors.text);
        }
    }
  return gtk_snapshot_free_to_node (snapshot);
}
