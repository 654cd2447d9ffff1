/* plot-view-private.h - what the parts of the view share: plot-view.c shows,
 * plot-view-input.c is what pointer and keys do, plot-view-describe.c and plot-view-print.c tell
 * of it elsewhere. */
#pragma once

#include "plot-draw.h"
#include "plot-view.h"

struct _PlotView
{
  GtkWidget parent_instance;

  PlotList *list;
  PlotScene *scene;
  struct plot_layout layout;      /* of what was drawn last */
  GlyphPainter *painter;          /* made anew when the font changes */
  PlotColors colors;
  gboolean has_colors;
  enum plot_panes panes;

  gboolean following;
  gint64 span_us, end_us;
  guint pane;                     /* pointed at last */
  gboolean cursor_is_pointer;     /* goes when the pointer goes */
  double pointer_x, pointer_y;    /* where it was last */
  struct plot_marks marks;

  guint64 stamp;                  /* of what was drawn last */
  gint64 drawn_us, described_us;
  guint redraw;                   /* a timeout */
  char *description;

  /* While dragging. */
  gboolean choosing;              /* a span; else moving */
  gint64 drag_end_us;
  double drag_y;
};

/* Brings scene and layout up to date; FALSE when there is nothing to show. */
gboolean plot_view_update (PlotView *self);
void plot_view_set_window (PlotView *self, gint64 span_us, gint64 end_us, gboolean following);
/* The time at a place of the widget. */
gint64 plot_view_time_at (PlotView *self, double x);
void plot_view_note_changed (PlotView *self);
GlyphPainter *plot_view_get_painter (PlotView *self);
void plot_view_describe (PlotView *self);
void plot_view_add_input (PlotView *self);
void plot_view_add_bindings (GtkWidgetClass *class);
