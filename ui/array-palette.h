/* array-palette.h - colours for numbers, told apart by people who are colour-blind too: each goes
 * evenly from dark to light. */
#pragma once

#include <glib.h>

enum array_palette
{
  ARRAY_PALETTE_VIRIDIS,
  ARRAY_PALETTE_CIVIDIS,
  ARRAY_PALETTE_GREY,
  ARRAY_N_PALETTES
};

#define ARRAY_PALETTE_COLORS 256

/* Pixels as of CAIRO_FORMAT_ARGB32, from the least to the greatest number. */
void array_palette_fill (enum array_palette palette, guint32 ret_colors[ARRAY_PALETTE_COLORS]);
