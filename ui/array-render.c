/* array-render.c - a picture of the numbers of a block.
 *
 * The elements go by once: all of them for the range, those that a pixel shows are kept. Then
 * these are coloured, which costs by the pixels on the screen and not by the elements.
 */
#include "array-render.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "array-kernel.h"
#include "inspect-error.h"

/* The row or column that a pixel shows, and the first pixel that shows it or a later one. */
static guint64
shown (guint64 pixel, guint64 n, guint64 size)
{
  return (guint64) ((double) pixel * (double) n / (double) size);
}

static guint64
first_pixel (guint64 place, guint64 n, guint64 size)
{
  guint64 pixel = (guint64) ((double) place * (double) size / (double) n);

  while (pixel > 0 && shown (pixel - 1, n, size) >= place)
    pixel--;
  while (pixel < size && shown (pixel, n, size) < place)
    pixel++;
  return pixel;
}

/* Keeps what pixels show of elements that lie in one row, from a column on. */
static void
keep (ArrayRender *render, const ArrayBlock *block, guint64 row, guint64 column,
      const double *numbers, guint64 n)
{
  guint64 n_columns = block->n_columns / render->channels;
  guint64 y;
  double *line;

  /* Narrower than a pixel, or no room to draw in. */
  if (n_columns == 0 || render->width == 0 || render->height == 0)
    return;
  y = first_pixel (row, block->n_rows, render->height);
  if (y >= render->height || shown (y, block->n_rows, render->height) != row)
    return;
  line = render->values + y * render->width * render->channels;
  for (guint64 x = first_pixel (column / render->channels, n_columns, render->width);
       x < render->width; x++)
    {
      guint64 from = shown (x, n_columns, render->width) * render->channels;

      if (from >= column + n)
        break;
      for (guint i = 0; i < render->channels; i++)
        if (from + i >= column && from + i < column + n)
          line[x * render->channels + i] = numbers[from + i - column];
    }
}

static void
take_piece (ArrayRender *render, const struct shmlens_type *type, const ArrayBlock *block,
            const guint8 *scalars, guint64 number, guint64 n)
{
  gboolean doubles = type->kind == SHMLENS_KIND_FLOAT && type->size == sizeof (double);
  double converted[ARRAY_KERNEL_ELEMENTS];

  while (n > 0)
    {
      guint64 column = number % block->n_columns;
      guint64 part = MIN (MIN (n, block->n_columns - column), ARRAY_KERNEL_ELEMENTS);
      const double *numbers = (const double *) (const void *) scalars;

      if (!doubles)
        {
          array_kernel_to_double (type, scalars, part, converted);
          numbers = converted;
        }
      if (!render->fixed)
        array_kernel_range (numbers, part, &render->low, &render->high);
      keep (render, block, number / block->n_columns, column, numbers, part);
      scalars += part * type->size;
      number += part;
      n -= part;
    }
}

/* ------------------------------------------------------------------- colouring -- */

static void
color_numbers (const ArrayRender *render, const double *values, guint32 *pixels)
{
  guint32 colors[ARRAY_PALETTE_COLORS];
  /* By halves: the ends may be as far apart as doubles can be. */
  double half = render->high / 2 - render->low / 2;
  double scale = half > 0 ? (ARRAY_PALETTE_COLORS - 1) / half : 0;

  array_palette_fill (render->palette, colors);
  for (guint x = 0; x < render->width; x++)
    {
      double place = (values[x] / 2 - render->low / 2) * scale + 0.5;

      if (isnan (values[x]))
        pixels[x] = 0;
      else
        pixels[x]
          = colors[place > 0 ? (guint) MIN (place, ARRAY_PALETTE_COLORS - 1) : 0];
    }
}

static guint32
byte_of (double value, double scale)
{
  value *= scale;
  return value > 0 ? (guint32) (MIN (value, 255) + 0.5) : 0;
}

/* Alpha is multiplied in, as cairo has it. */
static void
color_channels (const ArrayRender *render, double most, const double *values, guint32 *pixels)
{
  double scale = 255 / most;

  for (guint x = 0; x < render->width; x++, values += render->channels)
    {
      guint32 alpha = render->channels == 4 ? byte_of (values[3], scale) : 255;

      pixels[x] = alpha << 24;
      for (guint i = 0; i < 3; i++)
        pixels[x] |= byte_of (values[i], scale) * alpha / 255 << (16 - 8 * i);
    }
}

/* What a channel of full brightness is. */
static double
brightest (const struct shmlens_type *type)
{
  if (type->kind == SHMLENS_KIND_FLOAT || type->kind == SHMLENS_KIND_BOOL)
    return 1;
  return ldexp (1, (int) type->size * 8 - (type->kind == SHMLENS_KIND_SIGNED)) - 1;
}

static void
color (ArrayRender *render, const ArrayBlock *block, const struct shmlens_type *type)
{
  gsize line = render->width;

  for (guint y = 0; y < render->height; y++)
    {
      guint32 *pixels = render->pixels + y * line;

      if (y > 0
          && shown (y, block->n_rows, render->height)
               == shown (y - 1, block->n_rows, render->height))
        memcpy (pixels, pixels - line, line * sizeof *pixels);
      else if (render->channels == 1)
        color_numbers (render, render->values + y * line, pixels);
      else
        color_channels (render, brightest (type), render->values + y * line * render->channels,
                        pixels);
    }
}

gboolean
array_render_paint (ArrayRender *render, ArrayReader *reader, ArrayTask *task, GError **error)
{
  const ArrayBlock *block = array_reader_get_block (reader);
  const struct shmlens_type *type = array_reader_get_type (reader);
  gsize n_pixels = (gsize) render->width * render->height;
  guint64 number;
  const void *scalars;
  gint64 n;

  render->pixels = g_renew (guint32, render->pixels, n_pixels);
  render->values = g_renew (double, render->values, n_pixels * render->channels);
  if (!render->fixed)
    {
      render->low = INFINITY;
      render->high = -INFINITY;
    }
  while ((n = array_reader_next (reader, &scalars, &number, error)) > 0)
    {
      take_piece (render, type, block, scalars, number, (guint64) n);
      if (!array_task_go_on (task, number + (guint64) n, array_block_n_elements (block)))
        {
          g_set_error_literal (error, INSPECT_ERROR, INSPECT_ERROR_CANCELLED,
                               _("given up before all was read; ask for it again"));
          return FALSE;
        }
    }
  if (n == 0)
    color (render, block, type);
  return n == 0;
}

void
array_render_clear (ArrayRender *render)
{
  g_clear_pointer (&render->pixels, g_free);
  g_clear_pointer (&render->values, g_free);
}
