/* array-palette.c - colours for numbers. */
#include "array-palette.h"

/* At even distances; between them the colours are mixed. */
static const guint32 viridis[] = {
  0x440154, 0x481567, 0x482677, 0x453781, 0x404788, 0x39568c, 0x33638d, 0x2d708e, 0x287d8e, 0x238a8d,
  0x1f968b, 0x20a387, 0x29af7f, 0x3cbb75, 0x55c667, 0x73d055, 0x95d840, 0xb8de29, 0xdce319, 0xfde725,
};
static const guint32 cividis[] = {
  0x00204d, 0x00336f, 0x39486b, 0x575c6d, 0x707173, 0x8a8779, 0xa69d75, 0xc4b56c, 0xe4cf5b, 0xffea46,
};
static const guint32 grey[] = { 0x000000, 0xffffff };

static const struct
{
  const guint32 *colors;
  guint n;
} palettes[ARRAY_N_PALETTES] = {
  [ARRAY_PALETTE_VIRIDIS] = { viridis, G_N_ELEMENTS (viridis) },
  [ARRAY_PALETTE_CIVIDIS] = { cividis, G_N_ELEMENTS (cividis) },
  [ARRAY_PALETTE_GREY] = { grey, G_N_ELEMENTS (grey) },
};

static guint32
mix (guint32 a, guint32 b, double share)
{
  guint32 mixed = 0xff000000;

  for (guint shift = 0; shift < 24; shift += 8)
    {
      double from = a >> shift & 0xff, to = b >> shift & 0xff;

      mixed |= (guint32) (from + (to - from) * share + 0.5) << shift;
    }
  return mixed;
}

void
array_palette_fill (enum array_palette palette, guint32 ret_colors[ARRAY_PALETTE_COLORS])
{
  const guint32 *colors = palettes[palette].colors;
  guint n = palettes[palette].n;

  for (guint i = 0; i < ARRAY_PALETTE_COLORS; i++)
    {
      double place = (double) i * (n - 1) / (ARRAY_PALETTE_COLORS - 1);
      guint from = MIN ((guint) place, n - 2);

      ret_colors[i] = mix (colors[from], colors[from + 1], place - from);
    }
}
