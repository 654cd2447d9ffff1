/* glyph-painter.h - drawing many short ASCII texts in one fixed-width font.
 *
 * The glyphs are shaped once, so that a grid of hundreds of numbers costs no
 * text layout in a frame. Other text is laid out as usual.
 */
#pragma once

#include <gtk/gtk.h>

typedef struct glyph_painter GlyphPainter;

/* A monospace font at the widget's text size. */
GlyphPainter *glyph_painter_new (GtkWidget *widget);
void glyph_painter_free (GlyphPainter *painter);

/* Pixels: of one character, and of a line. */
double glyph_painter_advance (const GlyphPainter *painter);
double glyph_painter_height (const GlyphPainter *painter);

/* Draws text whose top is y: from x on to the right, or ending at x. */
void glyph_painter_draw (GlyphPainter *painter, GtkSnapshot *snapshot, const char *text, double x,
                         double y, gboolean ends_at_x, const GdkRGBA *color);
