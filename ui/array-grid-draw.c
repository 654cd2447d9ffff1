/* array-grid-draw.c - drawing the cells that are in sight. */
#include "array-grid-private.h"

struct colors
{
  GdkRGBA text;
  GdkRGBA cursor, mark;   /* around the current cell, behind one that changed or is selected */
};

/* A little of the text in it: on the dark themes' backgrounds their accent alone, made for
 * what stands on it to be read, is next to nothing. */
static GdkRGBA
mix (const GdkRGBA *accent, const GdkRGBA *text, float share)
{
  return (GdkRGBA){ accent->red + (text->red - accent->red) * share,
                    accent->green + (text->green - accent->green) * share,
                    accent->blue + (text->blue - accent->blue) * share, 1.0f };
}

/* GTK 4.8 has the colours of a theme nowhere else. */
static void
get_colors (ArrayGrid *self, struct colors *ret_colors)
{
  GtkStyleContext *style = gtk_widget_get_style_context (GTK_WIDGET (self));
  GdkRGBA accent;

  gtk_style_context_get_color (style, &ret_colors->text);
  if (!gtk_style_context_lookup_color (style, "theme_selected_bg_color", &accent))
    accent = (GdkRGBA){ 0.2f, 0.5f, 0.9f, 1.0f };
  ret_colors->cursor = mix (&accent, &ret_colors->text, 0.5f);
  ret_colors->mark = mix (&accent, &ret_colors->text, 0.2f);
}

static GdkRGBA
with_alpha (const GdkRGBA *color, float alpha)
{
  return (GdkRGBA){ color->red, color->green, color->blue, color->alpha * alpha };
}

static void
draw_cursor (ArrayGrid *self, GtkSnapshot *snapshot, const graphene_rect_t *area,
             const struct colors *colors)
{
  gboolean focused = gtk_widget_has_focus (GTK_WIDGET (self));
  GdkRGBA color = with_alpha (&colors->cursor, focused ? 1.0f : 0.6f);
  GskRoundedRect outline;

  gsk_rounded_rect_init_from_rect (&outline, area, 3);
  gtk_snapshot_append_border (snapshot, &outline, (float[4]){ 2, 2, 2, 2 },
                              (GdkRGBA[4]){ color, color, color, color });
}

static void
draw_cells (ArrayGrid *self, GtkSnapshot *snapshot, const struct geometry *geometry,
            const struct colors *colors)
{
  gint64 now = g_get_monotonic_time ();
  const GdkRGBA *text = &colors->text;
  GdkRGBA mark = with_alpha (&colors->mark, 0.3f), faint = with_alpha (text, 0.4f);
  GdkRGBA selected = with_alpha (&colors->cursor, 0.22f);
  gboolean several = self->row != self->anchor_row || self->column != self->anchor_column;

  for (guint64 row = geometry->first_row; row < geometry->last_row; row++)
    for (guint64 column = geometry->first_column; column < geometry->last_column; column++)
      {
        const ArrayCell *cell = array_rows_get (self->rows, row, column);
        graphene_rect_t area;
        guint64 index;
        int field;

        if (!array_rows_element (self->rows, row, column, &index, &field))
          break;
        array_grid_get_cell_area (self, geometry, row, column, &area);
        if (cell != NULL && self->mark_changes && now - cell->changed_us < MARK_US)
          gtk_snapshot_append_color (snapshot, &mark, &area);
        if (several && array_grid_cell_is_selected (self, row, column))
          gtk_snapshot_append_color (snapshot, &selected, &area);
        glyph_painter_draw (self->painter, snapshot, cell != NULL ? cell->text : "-",
                            area.origin.x + area.size.width - PADDING,
                            area.origin.y + LINE_PADDING, TRUE, cell != NULL ? text : &faint);
        if (row == self->row && column == self->column)
          draw_cursor (self, snapshot, &area, colors);
      }
}

static void
draw_titles (ArrayGrid *self, GtkSnapshot *snapshot, const struct geometry *geometry,
             const GdkRGBA *text)
{
  float width = (float) gtk_widget_get_width (GTK_WIDGET (self));
  float height = (float) gtk_widget_get_height (GTK_WIDGET (self));
  GdkRGBA shade = with_alpha (text, 0.06f), dim = with_alpha (text, 0.7f);

  gtk_snapshot_append_color (snapshot, &shade,
                             &GRAPHENE_RECT_INIT (0, 0, width, (float) geometry->line));
  gtk_snapshot_append_color (snapshot, &shade,
                             &GRAPHENE_RECT_INIT (0, (float) geometry->line,
                                                  (float) geometry->title, height));
  gtk_snapshot_push_clip (snapshot, &GRAPHENE_RECT_INIT (0, (float) geometry->line,
                                                         (float) geometry->title, height));
  for (guint64 row = geometry->first_row; row < geometry->last_row; row++)
    {
      g_autofree char *title = array_rows_row_title (self->rows, row);
      graphene_rect_t area;

      array_grid_get_cell_area (self, geometry, row, geometry->first_column, &area);
      glyph_painter_draw (self->painter, snapshot, title, geometry->title - PADDING,
                          area.origin.y + LINE_PADDING, TRUE, &dim);
    }
  gtk_snapshot_pop (snapshot);
  gtk_snapshot_push_clip (snapshot, &GRAPHENE_RECT_INIT ((float) geometry->title, 0, width,
                                                         (float) geometry->line));
  for (guint64 column = geometry->first_column; column < geometry->last_column; column++)
    {
      g_autofree char *title = array_rows_column_title (self->rows, column);
      graphene_rect_t area;

      array_grid_get_cell_area (self, geometry, geometry->first_row, column, &area);
      glyph_painter_draw (self->painter, snapshot, title,
                          area.origin.x + area.size.width - PADDING, LINE_PADDING, TRUE, &dim);
    }
  gtk_snapshot_pop (snapshot);
}

void
array_grid_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  ArrayGrid *self = ARRAY_GRID (widget);
  struct geometry geometry;
  struct colors colors;

  if (self->rows == NULL)
    return;
  array_grid_get_geometry (self, &geometry);
  get_colors (self, &colors);
  draw_titles (self, snapshot, &geometry, &colors.text);
  gtk_snapshot_push_clip (snapshot,
                          &GRAPHENE_RECT_INIT ((float) geometry.title, (float) geometry.line,
                                               (float) geometry.view_width,
                                               (float) geometry.view_height));
  draw_cells (self, snapshot, &geometry, &colors);
  gtk_snapshot_pop (snapshot);
}
