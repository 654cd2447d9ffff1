/* array-chart.c - a frame with two axes. */
#include "array-chart.h"

#include <glib/gi18n.h>
#include <math.h>

#define LEFT 64
#define RIGHT 14
#define TOP 8
#define BOTTOM 22
#define TICK_WIDTH 90
#define TICK_HEIGHT 36
#define FAINT 0.14
#define TEXT_SIZE (9 * PANGO_SCALE)

void
array_chart_place (GtkWidget *widget, int width, int height, ArrayChart *ret_chart)
{
  GtkStyleContext *style = gtk_widget_get_style_context (widget);

  *ret_chart = (ArrayChart){ .x = LEFT, .y = TOP, .width = MAX (width - LEFT - RIGHT, 1),
                             .height = MAX (height - TOP - BOTTOM, 1) };
  gtk_style_context_get_color (style, &ret_chart->text);
  if (!gtk_style_context_lookup_color (style, "theme_selected_bg_color", &ret_chart->data))
    ret_chart->data = (GdkRGBA){ 0.2f, 0.5f, 0.9f, 1.0f };
  /* A little of the text in it: it is to be told apart from any background. */
  ret_chart->data.red += (ret_chart->text.red - ret_chart->data.red) * 0.25f;
  ret_chart->data.green += (ret_chart->text.green - ret_chart->data.green) * 0.25f;
  ret_chart->data.blue += (ret_chart->text.blue - ret_chart->data.blue) * 0.25f;
  ret_chart->data.alpha = 1;
}

static PangoLayout *
make_layout (GtkWidget *widget)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (widget, NULL);
  PangoFontDescription *font = pango_font_description_copy (
    pango_context_get_font_description (gtk_widget_get_pango_context (widget)));

  pango_font_description_set_size (font, TEXT_SIZE);
  pango_layout_set_font_description (layout, font);
  pango_font_description_free (font);
  return layout;
}

static void
draw_text (cairo_t *cairo, PangoLayout *layout, const char *text, double x, double y, double align)
{
  int width, height;

  pango_layout_set_text (layout, text, -1);
  pango_layout_get_pixel_size (layout, &width, &height);
  cairo_move_to (cairo, floor (x - width * align), floor (y));
  pango_cairo_show_layout (cairo, layout);
}

static void
draw_axis (const ArrayChart *chart, cairo_t *cairo, PangoLayout *layout, const PlotAxis *axis,
           gboolean is_vertical)
{
  double length = is_vertical ? chart->height : chart->width;
  guint wanted = (guint) MAX (length / (is_vertical ? TICK_HEIGHT : TICK_WIDTH), 1);
  GdkRGBA line = chart->text, text = chart->text;
  PlotTick ticks[PLOT_TICKS_MAX];
  guint n = plot_axis_ticks (axis, wanted, ticks);

  line.alpha *= (float) FAINT;
  text.alpha *= 0.75f;
  for (guint i = 0; i < n; i++)
    {
      double x = floor (chart->x + ticks[i].place * chart->width);
      double y = floor (chart->y + (1 - ticks[i].place) * chart->height);

      if (ticks[i].place < 0 || ticks[i].place > 1 || ticks[i].text[0] == '\0')
        continue;
      gdk_cairo_set_source_rgba (cairo, &line);
      if (is_vertical)
        cairo_rectangle (cairo, chart->x, y, chart->width, 1);
      else
        cairo_rectangle (cairo, x, chart->y, 1, chart->height);
      cairo_fill (cairo);
      gdk_cairo_set_source_rgba (cairo, &text);
      if (is_vertical)
        draw_text (cairo, layout, ticks[i].text, chart->x - 6, y - 8, 1);
      else
        draw_text (cairo, layout, ticks[i].text, x, chart->y + chart->height + 4, 0.5);
    }
}

void
array_chart_draw (const ArrayChart *chart, GtkWidget *widget, cairo_t *cairo,
                  const PlotAxis *horizontal, const PlotAxis *vertical)
{
  PangoLayout *layout = make_layout (widget);

  draw_axis (chart, cairo, layout, horizontal, FALSE);
  draw_axis (chart, cairo, layout, vertical, TRUE);
  g_object_unref (layout);
}

void
array_chart_set_reason (GtkWidget *canvas, char **reason, const char *text)
{
  if (g_strcmp0 (*reason, text) == 0)
    return;
  g_free (*reason);
  *reason = g_strdup (text);
  gtk_widget_set_tooltip_text (canvas, text);
  array_chart_describe (canvas, text);
}

void
array_chart_describe (GtkWidget *canvas, const char *text)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (canvas), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  text != NULL ? text : "", -1);
}

static void
say (GtkWidget *widget, cairo_t *cairo, int width, int height, const char *text)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (widget, text);
  GdkRGBA color;
  int text_height;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  color.alpha *= 0.75f;
  gdk_cairo_set_source_rgba (cairo, &color);
  pango_layout_set_width (layout, MAX (width - 24, 1) * PANGO_SCALE);
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_alignment (layout, PANGO_ALIGN_CENTER);
  pango_layout_get_pixel_size (layout, NULL, &text_height);
  cairo_move_to (cairo, 12, MAX ((height - text_height) / 2, 0));
  pango_cairo_show_layout (cairo, layout);
  g_object_unref (layout);
}

void
array_chart_say_why (GtkWidget *widget, cairo_t *cairo, int width, int height, const char *reason,
                     gboolean was_read)
{
  say (widget, cairo, width, height,
       reason != NULL ? reason
       : was_read     ? _("There is nothing to draw")
                      : _("Reading the elements…"));
}
