/* plot-draw.c - drawing a plot: everything in it but text is rectangles along the pixels. */
#include "plot-draw.h"

#include <math.h>
#include <string.h>

#define SPACE 6.0f             /* between panes, and around texts */
#define CHARACTERS_MIN 6       /* room for numbers on the axis */
#define LINES_A_LABEL 2        /* of text, between two numbers on an axis */
#define CHARACTERS_A_TIME 18
#define THICKNESS 2.0f
#define THICKNESS_EMPHASIZED 4.0f
#define VEIL 0.75f             /* between the lines and a title */
#define MOMENT 0.6f            /* how much of a moment's line is seen */
#define FLAG 6.0f              /* at its foot */
#define MOMENT_MAX 32          /* characters of its text */
#define THIN 0.4f              /* how much of a hole in a dash is seen where a line is dense */

static guint
wanted_values (GlyphPainter *painter, float height)
{
  return MAX ((guint) (height / (LINES_A_LABEL * glyph_painter_height (painter))), 1);
}

void
plot_draw_layout (const PlotScene *scene, GlyphPainter *painter, float width, float height,
                  struct plot_layout *ret)
{
  float line = (float) glyph_painter_height (painter);
  gsize characters = CHARACTERS_MIN;
  guint n = MAX (scene->n_panes, 1);
  PlotTick ticks[PLOT_TICKS_MAX];

  ret->top = SPACE;
  ret->height = MAX (height - ret->top - line - 2 * SPACE, 1);
  ret->pane_height = MAX (floorf ((ret->height - (float) (n - 1) * SPACE) / (float) n), 1);
  ret->pane_step = ret->pane_height + SPACE;
  for (guint i = 0; i < scene->n_panes; i++)
    {
      guint found = plot_axis_ticks (&scene->panes[i].axis,
                                     wanted_values (painter, ret->pane_height), ticks);

      for (guint j = 0; j < found; j++)
        characters = MAX (characters, strlen (ticks[j].text));
    }
  ret->left = ceilf ((float) (glyph_painter_advance (painter) * (double) characters)) + 2 * SPACE;
  ret->columns = (guint) MAX (width - ret->left - SPACE, 1);
}

guint
plot_draw_pane_at (const PlotScene *scene, const struct plot_layout *layout, double y)
{
  double place = (y - layout->top) / layout->pane_step;

  return place >= 0 && place < scene->n_panes ? (guint) place : G_MAXUINT;
}

/* On whole pixels, which costs half of what lies between them does. */
static float
y_of (const PlotPane *pane, float top, float height, double value)
{
  double place = plot_axis_place (&pane->axis, value);

  /* What has no place on a logarithmic axis is below it. */
  if (!(place > -0.01))
    place = -0.01;
  return roundf (top + height * (float) (1 - MIN (place, 1.01)));
}

/* One line of one pane, while it is drawn. */
struct pen
{
  GtkSnapshot *snapshot;
  const PlotPane *pane;
  guint style;
  gint64 origin;              /* the number of the first column, to which the dash belongs */
  float left, top, height, thickness;
  GdkRGBA color, thin;
};

static void
draw_level (const struct pen *pen, guint from, guint to, double value)
{
  float y = y_of (pen->pane, pen->top, pen->height, value) - pen->thickness / 2;

  while (from < to)
    {
      gboolean on = plot_style_is_on (pen->style, pen->origin + from);
      guint end = from + 1;

      while (end < to && plot_style_is_on (pen->style, pen->origin + end) == on)
        end++;
      if (on)
        gtk_snapshot_append_color (pen->snapshot, &pen->color,
                                   &GRAPHENE_RECT_INIT (pen->left + (float) from, y,
                                                        (float) (end - from), pen->thickness));
      from = end;
    }
}

static void
draw_column (const struct pen *pen, guint column, double minimum, double maximum)
{
  float low = y_of (pen->pane, pen->top, pen->height, minimum) + pen->thickness / 2;
  float high = y_of (pen->pane, pen->top, pen->height, maximum) - pen->thickness / 2;
  gboolean on = plot_style_is_on (pen->style, pen->origin + column);

  gtk_snapshot_append_color (pen->snapshot, on ? &pen->color : &pen->thin,
                             &GRAPHENE_RECT_INIT (pen->left + (float) column, high, 1,
                                                  low - high));
}

/* A value holds until the next sample: level lines, and from one to the next straight up or
 * down. A column with many samples reaches from their least to their greatest. */
static void
draw_line (const struct pen *pen, const PlotLine *line)
{
  double value = line->before;
  guint from = 0;       /* since which column it has been level */

  for (guint i = 0; i < line->n_columns; i++)
    {
      const SeriesColumn *column = &line->columns[i];
      double minimum = column->minimum, maximum = column->maximum;

      if (column->n == 0)
        continue;
      if (!isnan (value))
        draw_level (pen, from, i, value);
      if (!isnan (value) && !(minimum <= value))
        minimum = value;
      if (!isnan (value) && !(maximum >= value))
        maximum = value;
      if (!isnan (minimum))
        draw_column (pen, i, minimum, maximum);
      value = column->last;
      from = i + 1;
    }
  if (!isnan (value) && from < line->n_columns)
    draw_level (pen, from, line->n_columns, value);
}

static void
draw_value_axis (const PlotPane *pane, const struct plot_layout *layout, float top,
                 GlyphPainter *painter, const PlotColors *colors, GtkSnapshot *snapshot)
{
  float line = (float) glyph_painter_height (painter);
  PlotTick ticks[PLOT_TICKS_MAX];
  guint n = plot_axis_ticks (&pane->axis, wanted_values (painter, layout->pane_height), ticks);

  for (guint i = 0; i < n; i++)
    {
      float y = roundf (top + layout->pane_height * (float) (1 - ticks[i].place));

      gtk_snapshot_append_color (snapshot, &colors->grid,
                                 &GRAPHENE_RECT_INIT (layout->left, y, (float) layout->columns, 1));
      if (ticks[i].text[0] != '\0')
        glyph_painter_draw (painter, snapshot, ticks[i].text, layout->left - SPACE,
                            CLAMP (y - line / 2, top - SPACE / 2,
                                   top + layout->pane_height - line + SPACE / 2),
                            TRUE, &colors->faint);
    }
}

/* Where a text of the time axis begins whose middle is at x. */
static double
time_from (const struct plot_layout *layout, double x, double width)
{
  return MAX (MIN (x - width / 2, layout->left + layout->columns + SPACE - width), 0);
}

/* Those that the cursor's time has no room beside have no text. */
static void
draw_time_axis (const PlotAxis *time, const struct plot_layout *layout, GlyphPainter *painter,
                const PlotColors *colors, double cursor_from, double cursor_to,
                GtkSnapshot *snapshot)
{
  double advance = glyph_painter_advance (painter);
  PlotTick ticks[PLOT_TICKS_MAX];
  guint wanted = MAX ((guint) (layout->columns / (advance * CHARACTERS_A_TIME)), 1);
  guint n = plot_axis_ticks (time, wanted, ticks);

  for (guint i = 0; i < n; i++)
    {
      float x = roundf (layout->left + (float) layout->columns * (float) ticks[i].place);
      double width = (double) strlen (ticks[i].text) * advance;
      double from = time_from (layout, x, width);

      gtk_snapshot_append_color (snapshot, &colors->grid,
                                 &GRAPHENE_RECT_INIT (x, layout->top, 1, layout->height));
      if (from + width + SPACE > cursor_from && from - SPACE < cursor_to)
        continue;
      glyph_painter_draw (painter, snapshot, ticks[i].text, from,
                          layout->top + layout->height + SPACE / 2, FALSE, &colors->faint);
    }
}

static float
x_of (const PlotScene *scene, const struct plot_layout *layout, gint64 time_us)
{
  return layout->left + (float) ((double) (time_us - scene->first_us) / (double) scene->column_us);
}

/* A line each over all panes, and as many of their texts as there is room for, at the lower end. */
static void
draw_moments (const PlotScene *scene, const struct plot_layout *layout, GlyphPainter *painter,
              const PlotColors *colors, MarkList *moments, GtkSnapshot *snapshot)
{
  float right = layout->left + (float) layout->columns, line = (float) glyph_painter_height (painter);
  float bottom = layout->top + layout->height, last = -1, free_from = layout->left;
  GdkRGBA veil = colors->background, stroke = colors->text;

  veil.alpha = VEIL;
  stroke.alpha = MOMENT;
  for (guint i = 0; i < mark_list_length (moments); i++)
    {
      const struct mark *mark = mark_list_get (moments, i);
      float x = floorf (x_of (scene, layout, mark->time_us));
      g_autofree char *text = NULL;
      float width;

      if (x < layout->left || x >= right || x == last)
        continue;
      last = x;
      gtk_snapshot_append_color (snapshot, &stroke,
                                 &GRAPHENE_RECT_INIT (x, layout->top, 1, layout->height));
      gtk_snapshot_append_color (snapshot, &colors->text,
                                 &GRAPHENE_RECT_INIT (x - FLAG / 2, bottom - FLAG, FLAG + 1, FLAG));
      text = g_utf8_substring (mark->text, 0, MIN (g_utf8_strlen (mark->text, -1), MOMENT_MAX));
      width = (float) (glyph_painter_advance (painter) * (double) g_utf8_strlen (text, -1)) + SPACE;
      if (x < free_from || x + width + SPACE > right)
        continue;
      free_from = x + width + SPACE;
      gtk_snapshot_append_color (snapshot, &veil,
                                 &GRAPHENE_RECT_INIT (x + FLAG, bottom - line, width, line));
      glyph_painter_draw (painter, snapshot, text, x + FLAG + SPACE / 2, bottom - line, FALSE,
                          &colors->text);
    }
}

static void
draw_marks (const PlotScene *scene, const struct plot_layout *layout, GlyphPainter *painter,
            const PlotColors *colors, const struct plot_marks *marks, GtkSnapshot *snapshot)
{
  float right = layout->left + (float) layout->columns;

  if (marks->moments != NULL)
    draw_moments (scene, layout, painter, colors, marks->moments, snapshot);
  if (marks->from_us != marks->to_us)
    {
      float from = x_of (scene, layout, MIN (marks->from_us, marks->to_us));
      float to = x_of (scene, layout, MAX (marks->from_us, marks->to_us));
      GdkRGBA shade = colors->text;

      shade.alpha = 0.15f;
      from = MAX (from, layout->left);
      to = MIN (to, right);
      if (from < to)
        gtk_snapshot_append_color (snapshot, &shade,
                                   &GRAPHENE_RECT_INIT (from, layout->top, to - from,
                                                        layout->height));
    }
}

static void
draw_pane (const PlotScene *scene, guint index, const struct plot_layout *layout,
           GlyphPainter *painter, const PlotColors *colors, const struct plot_marks *marks,
           GtkSnapshot *snapshot)
{
  const PlotPane *pane = &scene->panes[index];
  float top = layout->top + (float) index * layout->pane_step;

  draw_value_axis (pane, layout, top, painter, colors, snapshot);
  gtk_snapshot_append_color (snapshot, &colors->faint,
                             &GRAPHENE_RECT_INIT (layout->left - 1, top, 1, layout->pane_height));
  gtk_snapshot_append_color (snapshot, &colors->faint,
                             &GRAPHENE_RECT_INIT (layout->left - 1, top + layout->pane_height,
                                                  (float) layout->columns + 1, 1));
  gtk_snapshot_push_clip (snapshot, &GRAPHENE_RECT_INIT (layout->left, top - 1,
                                                         (float) layout->columns,
                                                         layout->pane_height + 2));
  for (guint i = 0; i < scene->n_lines; i++)
    {
      const PlotLine *line = &scene->lines[i];
      struct pen pen = {
        .snapshot = snapshot,
        .pane = pane,
        .style = plot_series_get_style (line->series),
        .origin = scene->first_us / scene->column_us,
        .left = layout->left,
        .top = top,
        .height = layout->pane_height,
        .thickness = line->series == marks->emphasized ? THICKNESS_EMPHASIZED : THICKNESS,
      };

      if (line->pane != index)
        continue;
      pen.color = pen.thin = plot_style_color (pen.style, colors);
      pen.thin.alpha = THIN;
      draw_line (&pen, line);
    }
  if (pane->title[0] != '\0')
    {
      GdkRGBA veil = colors->background;
      double length = (double) g_utf8_strlen (pane->title, -1);

      veil.alpha = VEIL;
      gtk_snapshot_append_color (
        snapshot, &veil,
        &GRAPHENE_RECT_INIT (layout->left, top,
                             (float) (length * glyph_painter_advance (painter)) + 2 * SPACE,
                             (float) glyph_painter_height (painter)));
      glyph_painter_draw (painter, snapshot, pane->title, layout->left + SPACE, top, FALSE,
                          &colors->text);
    }
  gtk_snapshot_pop (snapshot);
}

void
plot_draw (const PlotScene *scene, const struct plot_layout *layout, GlyphPainter *painter,
           const PlotColors *colors, const struct plot_marks *marks, GtkSnapshot *snapshot)
{
  const PlotAxis time = plot_scene_time (scene);
  double from = G_MAXDOUBLE, width = 0;
  char cursor[PLOT_TEXT_MAX] = "";
  float x = -1;

  if (marks->cursor_us != G_MININT64)
    x = floorf (x_of (scene, layout, marks->cursor_us));
  if (x >= layout->left && x < layout->left + (float) layout->columns)
    {
      plot_axis_text (&time, (double) marks->cursor_us, cursor);
      width = (double) strlen (cursor) * glyph_painter_advance (painter);
      from = time_from (layout, x, width);
    }
  draw_time_axis (&time, layout, painter, colors, from, from + width, snapshot);
  for (guint i = 0; i < scene->n_panes; i++)
    draw_pane (scene, i, layout, painter, colors, marks, snapshot);
  draw_marks (scene, layout, painter, colors, marks, snapshot);
  if (cursor[0] == '\0')
    return;
  gtk_snapshot_append_color (snapshot, &colors->text,
                             &GRAPHENE_RECT_INIT (x, layout->top, 1, layout->height));
  glyph_painter_draw (painter, snapshot, cursor, from, layout->top + layout->height + SPACE / 2,
                      FALSE, &colors->text);
}
