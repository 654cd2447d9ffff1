/* plot-style.c - colours and dashes of lines. */
#include "plot-style.h"

#include <math.h>
#include <string.h>

#define CONTRAST 3.0
#define HIGH_CONTRAST 4.5
#define PATTERNS 5
#define PERIOD 20

/* The colours of Okabe and Ito, which differ in lightness too. */
static const GdkRGBA palette[] = {
  { 0.00f, 0.45f, 0.70f, 1 },   /* blue */
  { 0.84f, 0.37f, 0.00f, 1 },   /* vermilion */
  { 0.00f, 0.62f, 0.45f, 1 },   /* green */
  { 0.80f, 0.47f, 0.65f, 1 },   /* purple */
  { 0.90f, 0.62f, 0.00f, 1 },   /* orange */
  { 0.34f, 0.71f, 0.91f, 1 },   /* sky */
  { 0.94f, 0.89f, 0.26f, 1 },   /* yellow */
};

/* As many dashes as there are colours would come round together with them. */
static const char patterns[PATTERNS][PERIOD + 1] = {
  "xxxxxxxxxxxxxxxxxxxx",
  "xxxxxxxxxxxxxx      ",
  "xxxxxx    xxxxxx    ",
  "xxxxxxxxxx   xxx    ",
  "xx   xx   xx   xx   ",
};

G_STATIC_ASSERT (G_N_ELEMENTS (palette) != PATTERNS);

static double
linear (float channel)
{
  return channel <= 0.03928f ? channel / 12.92 : pow ((channel + 0.055) / 1.055, 2.4);
}

static double
luminance (const GdkRGBA *color)
{
  return 0.2126 * linear (color->red) + 0.7152 * linear (color->green)
         + 0.0722 * linear (color->blue);
}

/* As the guidelines for web content define it: 1 to 21. */
static double
contrast (const GdkRGBA *a, const GdkRGBA *b)
{
  double one = luminance (a) + 0.05, other = luminance (b) + 0.05;

  return one > other ? one / other : other / one;
}

static GdkRGBA
mix (const GdkRGBA *color, const GdkRGBA *other, float share)
{
  return (GdkRGBA) { color->red + (other->red - color->red) * share,
                     color->green + (other->green - color->green) * share,
                     color->blue + (other->blue - color->blue) * share, 1.0f };
}

static void
derive (PlotColors *colors)
{
  colors->faint = mix (&colors->background, &colors->text, colors->high_contrast ? 1.0f : 0.7f);
  colors->grid = mix (&colors->background, &colors->text, colors->high_contrast ? 0.3f : 0.12f);
}

void
plot_colors_load (GtkWidget *widget, PlotColors *ret_colors)
{
  GtkStyleContext *style = gtk_widget_get_style_context (widget);
  g_autofree char *theme = NULL;

  g_object_get (gtk_widget_get_settings (widget), "gtk-theme-name", &theme, NULL);
  ret_colors->high_contrast
    = theme != NULL && (strstr (theme, "HighContrast") != NULL || strstr (theme, "-hc") != NULL);
  gtk_style_context_get_color (style, &ret_colors->text);
  if (!gtk_style_context_lookup_color (style, "theme_bg_color", &ret_colors->background))
    ret_colors->background = luminance (&ret_colors->text) > 0.5 ? (GdkRGBA) { 0, 0, 0, 1 }
                                                                 : (GdkRGBA) { 1, 1, 1, 1 };
  derive (ret_colors);
}

void
plot_colors_plain (PlotColors *ret_colors)
{
  *ret_colors = (PlotColors) { .text = { 0, 0, 0, 1 }, .background = { 1, 1, 1, 1 } };
  derive (ret_colors);
}

GdkRGBA
plot_style_color (guint style, const PlotColors *colors)
{
  const GdkRGBA *color = &palette[style % G_N_ELEMENTS (palette)];
  double wanted = colors->high_contrast ? HIGH_CONTRAST : CONTRAST;
  GdkRGBA mixed = *color;

  for (int i = 1; i <= 10 && contrast (&mixed, &colors->background) < wanted; i++)
    mixed = mix (color, &colors->text, (float) i / 10);
  return mixed;
}

gboolean
plot_style_is_on (guint style, gint64 pixel)
{
  gint64 place = pixel % PERIOD;

  return patterns[style % PATTERNS][place < 0 ? place + PERIOD : place] == 'x';
}

void
plot_style_draw (guint style, const PlotColors *colors, GtkSnapshot *snapshot,
                 const graphene_rect_t *area)
{
  GdkRGBA color = plot_style_color (style, colors);
  float y = area->origin.y + floorf (area->size.height / 2) - 1;

  for (int x = 0; x < (int) area->size.width; x++)
    if (plot_style_is_on (style, x))
      gtk_snapshot_append_color (snapshot, &color,
                                 &GRAPHENE_RECT_INIT (area->origin.x + (float) x, y, 1, 3));
}
