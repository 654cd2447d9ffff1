/* plot-draw.h - drawing a plot: on the screen and, by the same nodes, into files. */
#pragma once

#include "glyph-painter.h"
#include "mark-list.h"
#include "plot-scene.h"
#include "plot-style.h"

/* Where things are, in pixels. */
struct plot_layout
{
  float left, top;           /* of the panes; before and below them stand the axes */
  guint columns;             /* one a pixel */
  float pane_height, pane_step;
  float height;              /* of all panes with what is between them */
};

/* For a plot of this size; depends on how wide the numbers of the panes' axes are now. */
void plot_draw_layout (const PlotScene *scene, GlyphPainter *painter, float width, float height,
                       struct plot_layout *ret_layout);
/* The pane at this height; G_MAXUINT when there is none. */
guint plot_draw_pane_at (const PlotScene *scene, const struct plot_layout *layout, double y);

struct plot_marks
{
  const PlotSeries *emphasized;  /* NULL: none */
  gint64 cursor_us;              /* G_MININT64: none */
  gint64 from_us, to_us;         /* a span that is being chosen; the same: none */
  MarkList *moments;             /* NULL: none */
};

/* The scene has been brought up to date for layout->columns. */
void plot_draw (const PlotScene *scene, const struct plot_layout *layout, GlyphPainter *painter,
                const PlotColors *colors, const struct plot_marks *marks, GtkSnapshot *snapshot);
