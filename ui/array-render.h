/* array-render.h - a picture of the numbers of a block: as colours of a palette, or as they are
 * red, green and blue themselves. No GTK; any thread. */
#pragma once

#include "array-palette.h"
#include "array-reader.h"
#include "array-task.h"

typedef struct array_render ArrayRender;

struct array_render
{
  /* What is wanted. */
  guint width, height;      /* pixels; of them each shows the element nearest to it */
  guint channels;           /* 1: numbers; 3, 4: so many columns make a pixel, with the last alpha */
  enum array_palette palette;
  gboolean fixed;           /* low and high are given, else the least and the greatest number */
  double low, high;         /* and what they were; low above high: there are no numbers */

  /* What came of it; both are kept for the next picture. */
  guint32 *pixels;          /* width * height, as of CAIRO_FORMAT_ARGB32 */
  double *values;
};

#define ARRAY_RENDER_SIZE_MAX 4096

/* Reads all elements of the reader's block, and paints. What is no number is left transparent.
 * FALSE: they cannot be read, or (CANCELLED) the task was given up. */
gboolean array_render_paint (ArrayRender *render, ArrayReader *reader, ArrayTask *task,
                             GError **error);
void array_render_clear (ArrayRender *render);
