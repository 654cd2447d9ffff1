/* glyph-painter.c - drawing many short ASCII texts in one fixed-width font. */
#include "glyph-painter.h"

#include <string.h>

#define FIRST 0x20
#define LAST 0x7e

struct glyph_painter
{
  PangoLayout *layout;       /* for what is not ASCII */
  PangoFont *font;
  PangoGlyphInfo glyphs[LAST - FIRST + 1];
  int advance;               /* Pango units */
  int height;                /* pixels */
  int baseline;              /* Pango units */
  PangoGlyphString *string;  /* reused */
};

/* Shapes each character by itself: a fixed-width font has no pairs. */
static void
shape_glyphs (GlyphPainter *painter, PangoContext *context)
{
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();
  PangoGlyphString *shaped = pango_glyph_string_new ();

  pango_attr_list_insert (attributes,
                          pango_attr_font_desc_new (
                            pango_layout_get_font_description (painter->layout)));
  for (int c = FIRST; c <= LAST; c++)
    {
      char text[2] = { (char) c, '\0' };
      GList *items = pango_itemize (context, text, 0, 1, attributes, NULL);
      PangoItem *item = items->data;

      pango_shape (text, 1, &item->analysis, shaped);
      painter->glyphs[c - FIRST] = shaped->glyphs[0];
      painter->advance = MAX (painter->advance, shaped->glyphs[0].geometry.width);
      if (painter->font == NULL)
        painter->font = g_object_ref (item->analysis.font);
      g_list_free_full (items, (GDestroyNotify) pango_item_free);
    }
  pango_glyph_string_free (shaped);
}

GlyphPainter *
glyph_painter_new (GtkWidget *widget)
{
  GlyphPainter *painter = g_new0 (GlyphPainter, 1);
  PangoContext *context = gtk_widget_get_pango_context (widget);
  PangoFontDescription *font
    = pango_font_description_copy (pango_context_get_font_description (context));

  pango_font_description_set_family (font, "monospace");
  painter->layout = gtk_widget_create_pango_layout (widget, "0");
  pango_layout_set_font_description (painter->layout, font);
  pango_font_description_free (font);
  pango_layout_get_pixel_size (painter->layout, NULL, &painter->height);
  painter->baseline = pango_layout_get_baseline (painter->layout);
  painter->string = pango_glyph_string_new ();
  shape_glyphs (painter, context);
  return painter;
}

void
glyph_painter_free (GlyphPainter *painter)
{
  if (painter == NULL)
    return;
  pango_glyph_string_free (painter->string);
  g_object_unref (painter->font);
  g_object_unref (painter->layout);
  g_free (painter);
}

double
glyph_painter_advance (const GlyphPainter *painter)
{
  return pango_units_to_double (painter->advance);
}

double
glyph_painter_height (const GlyphPainter *painter)
{
  return painter->height;
}

static gboolean
is_plain (const char *text)
{
  for (const char *p = text; *p != '\0'; p++)
    if (*p < FIRST || *p > LAST)
      return FALSE;
  return TRUE;
}

static void
draw_layout (GlyphPainter *painter, GtkSnapshot *snapshot, const char *text, double x, double y,
             gboolean ends_at_x, const GdkRGBA *color)
{
  int width;

  pango_layout_set_text (painter->layout, text, -1);
  pango_layout_get_pixel_size (painter->layout, &width, NULL);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot,
                          &GRAPHENE_POINT_INIT ((float) (ends_at_x ? x - width : x), (float) y));
  gtk_snapshot_append_layout (snapshot, painter->layout, color);
  gtk_snapshot_restore (snapshot);
}

void
glyph_painter_draw (GlyphPainter *painter, GtkSnapshot *snapshot, const char *text, double x,
                    double y, gboolean ends_at_x, const GdkRGBA *color)
{
  int length = (int) strlen (text);
  graphene_point_t origin;
  GskRenderNode *node;

  if (!is_plain (text))
    {
      draw_layout (painter, snapshot, text, x, y, ends_at_x, color);
      return;
    }
  pango_glyph_string_set_size (painter->string, length);
  for (int i = 0; i < length; i++)
    {
      painter->string->glyphs[i] = painter->glyphs[text[i] - FIRST];
      painter->string->log_clusters[i] = i;
    }
  if (ends_at_x)
    x -= length * pango_units_to_double (painter->advance);
  origin = GRAPHENE_POINT_INIT ((float) x,
                                (float) (y + pango_units_to_double (painter->baseline)));
  /* NULL when there is nothing to see, as in a row of blanks. */
  node = gsk_text_node_new (painter->font, painter->string, color, &origin);
  if (node != NULL)
    {
      gtk_snapshot_append_node (snapshot, node);
      gsk_render_node_unref (node);
    }
}
