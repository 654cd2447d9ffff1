/* plot-view.c - a list of series over time. */
#include "plot-view-private.h"

#include <glib/gi18n.h>
#include <math.h>

#define SPAN_DEFAULT_US (60 * G_USEC_PER_SEC)
#define SPAN_MIN_US 1000
#define SPAN_MAX_US (G_GINT64_CONSTANT (86400) * 3653 * G_USEC_PER_SEC)
#define FRAME_US (G_USEC_PER_SEC / 30)
#define DESCRIBE_US (5 * G_USEC_PER_SEC)
#define NEAR_NOW 5   /* one part in so many of what is shown */

G_DEFINE_FINAL_TYPE (PlotView, plot_view, GTK_TYPE_WIDGET)

enum
{
  SIGNAL_CURSOR_MOVED,
  SIGNAL_VIEW_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* The newest time at which a value of a series in sight is known. */
static gint64
now_of (PlotView *self)
{
  gint64 now = G_MININT64;

  for (guint i = 0; i < self->scene->n_lines; i++)
    now = MAX (now, plot_series_get_now (self->scene->lines[i].series));
  return now;
}

GlyphPainter *
plot_view_get_painter (PlotView *self)
{
  if (self->painter == NULL)
    self->painter = glyph_painter_new (GTK_WIDGET (self));
  return self->painter;
}

/* How wide the numbers on the axes are decides how many columns there are, and these in turn
 * what range is in sight: a second look settles it. */
gboolean
plot_view_update (PlotView *self)
{
  float width = (float) gtk_widget_get_width (GTK_WIDGET (self));
  float height = (float) gtk_widget_get_height (GTK_WIDGET (self));

  if (self->scene->n_lines == 0)
    return FALSE;
  for (int i = 0; i < 2; i++)
    {
      guint before = self->layout.columns;

      plot_draw_layout (self->scene, plot_view_get_painter (self), width, height, &self->layout);
      if (i > 0 && self->layout.columns == before)
        break;
      plot_scene_update (self->scene, self->span_us,
                         self->following ? now_of (self) : self->end_us, self->layout.columns);
    }
  self->pane = MIN (self->pane, self->scene->n_panes - 1);
  return TRUE;
}

void
plot_view_note_changed (PlotView *self)
{
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[SIGNAL_VIEW_CHANGED], 0);
}

void
plot_view_set_window (PlotView *self, gint64 span_us, gint64 end_us, gboolean following)
{
  self->span_us = CLAMP (span_us, SPAN_MIN_US, SPAN_MAX_US);
  self->end_us = end_us;
  self->following = following;
  plot_view_note_changed (self);
}

gint64
plot_view_time_at (PlotView *self, double x)
{
  return self->scene->first_us
         + (gint64) floor ((x - self->layout.left) * (double) self->scene->column_us);
}

static void
arrange (PlotView *self)
{
  if (self->list == NULL)
    return;
  plot_scene_arrange (self->scene, self->list, self->panes);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  plot_view_describe (self);
}

void
plot_view_set_list (PlotView *self, PlotList *list)
{
  if (self->list != NULL)
    g_signal_handlers_disconnect_by_data (self->list, self);
  g_set_object (&self->list, list);
  if (list != NULL)
    {
      g_signal_connect_swapped (list, "changed", G_CALLBACK (arrange), self);
      g_signal_connect_swapped (list, "detailed", G_CALLBACK (plot_view_note_changed), self);
    }
  arrange (self);
}

void
plot_view_set_marks (PlotView *self, MarkList *marks)
{
  if (self->marks.moments != NULL)
    g_signal_handlers_disconnect_by_data (self->marks.moments, self);
  g_set_object (&self->marks.moments, marks);
  if (marks != NULL)
    g_signal_connect_swapped (marks, "changed", G_CALLBACK (gtk_widget_queue_draw), self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static gboolean
redraw (gpointer user_data)
{
  PlotView *self = user_data;

  self->redraw = 0;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  return G_SOURCE_REMOVE;
}

/* Differs when something in sight does. */
static guint64
stamp_of (PlotView *self)
{
  gint64 now = now_of (self), end = self->following ? now : MIN (now, self->end_us);
  guint64 stamp = (guint64) (end / self->scene->column_us);

  if (self->following || now <= self->end_us)
    for (guint i = 0; i < self->scene->n_lines; i++)
      stamp += plot_series_get_added (self->scene->lines[i].series) << 32;
  return stamp;
}

void
plot_view_refresh (PlotView *self)
{
  gint64 now = g_get_monotonic_time ();
  guint64 stamp;

  if (self->scene->n_lines == 0 || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  if (now - self->described_us >= DESCRIBE_US)
    plot_view_describe (self);
  stamp = stamp_of (self);
  if (stamp == self->stamp || self->redraw != 0)
    return;
  self->stamp = stamp;
  if (now - self->drawn_us >= FRAME_US)
    gtk_widget_queue_draw (GTK_WIDGET (self));
  else
    self->redraw
      = g_timeout_add ((guint) ((FRAME_US - (now - self->drawn_us)) / 1000) + 1, redraw, self);
}

gboolean
plot_view_get_following (PlotView *self)
{
  return self->following;
}

void
plot_view_set_following (PlotView *self, gboolean following)
{
  if (self->following == following || self->scene->n_lines == 0)
    return;
  plot_view_set_window (self, self->span_us, now_of (self), following);
}

gboolean
plot_view_get_time (PlotView *self, gint64 *ret_first_us, gint64 *ret_last_us)
{
  if (!plot_view_update (self))
    return FALSE;
  *ret_first_us = self->scene->first_us;
  *ret_last_us = self->scene->first_us + self->scene->n_columns * self->scene->column_us;
  return TRUE;
}

void
plot_view_set_time (PlotView *self, gint64 first_us, gint64 last_us)
{
  if (last_us > first_us)
    plot_view_set_window (self, last_us - first_us, last_us, FALSE);
}

void
plot_view_show_all (PlotView *self)
{
  gint64 first = G_MAXINT64, now = now_of (self), from, to;

  for (guint i = 0; i < self->scene->n_lines; i++)
    if (series_span (plot_series_get_series (self->scene->lines[i].series), &from, &to))
      first = MIN (first, from);
  if (first < now)
    plot_view_set_window (self, now - first + (now - first) / 50, now, self->following);
}

void
plot_view_zoom (PlotView *self, double factor)
{
  gboolean following = self->following;
  gint64 about, span, end;

  if (!plot_view_update (self))
    return;
  span = (gint64) CLAMP ((double) self->span_us / factor, SPAN_MIN_US, (double) SPAN_MAX_US);
  end = following ? now_of (self) : self->end_us;
  about = end - self->span_us / 2;
  if (self->marks.cursor_us > end - self->span_us && self->marks.cursor_us < end)
    {
      about = self->marks.cursor_us;
      /* What is pointed at stays where it is; only near the newest that can follow, too. */
      if (factor > 1 && end - about > self->span_us / NEAR_NOW)
        following = FALSE;
    }
  plot_view_set_window (self, span,
                        about + (gint64) ((double) (end - about)
                                          * ((double) span / (double) self->span_us)),
                        following);
}

void
plot_view_pan (PlotView *self, double share)
{
  gint64 end, first, last;

  if (!plot_view_get_time (self, &first, &last))
    return;
  end = self->following ? now_of (self) : self->end_us;
  plot_view_set_window (self, self->span_us, end + (gint64) (share * (double) self->span_us), FALSE);
}

void
plot_view_zoom_values (PlotView *self, double factor)
{
  PlotAxis axis;

  if (!plot_view_update (self))
    return;
  axis = self->scene->panes[self->pane].axis;
  plot_axis_zoom (&axis, 0.5, factor);
  plot_view_set_range (self, axis.first, axis.last);
}

void
plot_view_pan_values (PlotView *self, double share)
{
  PlotAxis axis;

  if (!plot_view_update (self))
    return;
  axis = self->scene->panes[self->pane].axis;
  plot_axis_pan (&axis, share);
  plot_view_set_range (self, axis.first, axis.last);
}

void
plot_view_set_automatic (PlotView *self)
{
  for (guint i = 0; i < self->scene->n_panes; i++)
    plot_scene_set_automatic (self->scene, i);
  plot_view_note_changed (self);
}

gboolean
plot_view_set_range (PlotView *self, double minimum, double maximum)
{
  if (!plot_scene_set_range (self->scene, self->pane, minimum, maximum))
    return FALSE;
  plot_view_note_changed (self);
  return TRUE;
}

gboolean
plot_view_get_range (PlotView *self, double *ret_minimum, double *ret_maximum)
{
  if (!plot_view_update (self))
    return FALSE;
  *ret_minimum = self->scene->panes[self->pane].axis.first;
  *ret_maximum = self->scene->panes[self->pane].axis.last;
  return TRUE;
}

void
plot_view_set_panes (PlotView *self, enum plot_panes panes)
{
  self->panes = panes;
  arrange (self);
}

void
plot_view_set_logarithmic (PlotView *self, gboolean logarithmic)
{
  plot_scene_set_logarithmic (self->scene, logarithmic);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
plot_view_set_emphasized (PlotView *self, PlotSeries *series)
{
  if (self->marks.emphasized == series)
    return;
  self->marks.emphasized = series;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

gint64
plot_view_get_cursor (PlotView *self)
{
  return self->marks.cursor_us;
}

void
plot_view_set_cursor (PlotView *self, gint64 time_us)
{
  self->cursor_is_pointer = FALSE;
  if (self->marks.cursor_us == time_us)
    return;
  self->marks.cursor_us = time_us;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[SIGNAL_CURSOR_MOVED], 0);
}

void
plot_view_move_cursor (PlotView *self, int columns)
{
  gint64 first, last, cursor = self->marks.cursor_us;

  if (!plot_view_get_time (self, &first, &last))
    return;
  if (cursor < first || cursor >= last)
    cursor = MIN (last - self->scene->column_us, now_of (self));
  plot_view_set_cursor (self, CLAMP (cursor + columns * self->scene->column_us, first,
                                     last - self->scene->column_us));
  plot_view_describe (self);
}

static void
plot_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PlotView *self = PLOT_VIEW (widget);
  float width = (float) gtk_widget_get_width (widget);
  float height = (float) gtk_widget_get_height (widget);
  GtkRoot *root = gtk_widget_get_root (widget);

  if (!self->has_colors)
    plot_colors_load (widget, &self->colors);
  self->has_colors = TRUE;
  self->drawn_us = g_get_monotonic_time ();
  if (plot_view_update (self))
    plot_draw (self->scene, &self->layout, self->painter, &self->colors, &self->marks, snapshot);
  if (gtk_widget_has_focus (widget) && GTK_IS_WINDOW (root)
      && gtk_window_get_focus_visible (GTK_WINDOW (root)))
    {
      GdkRGBA color = self->colors.faint;
      GskRoundedRect outline;

      gsk_rounded_rect_init_from_rect (&outline, &GRAPHENE_RECT_INIT (0, 0, width, height), 0);
      gtk_snapshot_append_border (snapshot, &outline, (float[4]) { 2, 2, 2, 2 },
                                  (GdkRGBA[4]) { color, color, color, color });
    }
}

static void
plot_view_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *ret_minimum,
                   int *ret_natural, int *ret_minimum_baseline, int *ret_natural_baseline)
{
  *ret_minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 160 : 60;
  *ret_natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 480 : 200;
}

static void
plot_view_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  PlotView *self = PLOT_VIEW (widget);

  GTK_WIDGET_CLASS (plot_view_parent_class)->css_changed (widget, change);
  g_clear_pointer (&self->painter, glyph_painter_free);
  self->has_colors = FALSE;
  gtk_widget_queue_draw (widget);
}

static void
plot_view_dispose (GObject *object)
{
  PlotView *self = PLOT_VIEW (object);

  g_clear_handle_id (&self->redraw, g_source_remove);
  if (self->list != NULL)
    g_signal_handlers_disconnect_by_data (self->list, self);
  g_clear_object (&self->list);
  plot_view_set_marks (self, NULL);
  g_clear_pointer (&self->painter, glyph_painter_free);
  G_OBJECT_CLASS (plot_view_parent_class)->dispose (object);
}

static void
plot_view_finalize (GObject *object)
{
  PlotView *self = PLOT_VIEW (object);

  plot_scene_free (self->scene);
  g_free (self->description);
  G_OBJECT_CLASS (plot_view_parent_class)->finalize (object);
}

static void
plot_view_class_init (PlotViewClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  object_class->dispose = plot_view_dispose;
  object_class->finalize = plot_view_finalize;
  widget_class->snapshot = plot_view_snapshot;
  widget_class->measure = plot_view_measure;
  widget_class->css_changed = plot_view_css_changed;
  signals[SIGNAL_CURSOR_MOVED] = g_signal_new ("cursor-moved", PLOT_TYPE_VIEW, G_SIGNAL_RUN_LAST, 0,
                                               NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_VIEW_CHANGED] = g_signal_new ("view-changed", PLOT_TYPE_VIEW, G_SIGNAL_RUN_LAST, 0,
                                               NULL, NULL, NULL, G_TYPE_NONE, 0);
  plot_view_add_bindings (widget_class);
  gtk_widget_class_set_css_name (widget_class, "plotview");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
plot_view_init (PlotView *self)
{
  self->scene = plot_scene_new ();
  self->following = TRUE;
  self->span_us = SPAN_DEFAULT_US;
  self->marks.cursor_us = PLOT_NO_TIME;
  /* Time goes from left to right in every language. */
  gtk_widget_set_direction (GTK_WIDGET (self), GTK_TEXT_DIR_LTR);
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Plot"),
                                  -1);
  plot_view_add_input (self);
}

GtkWidget *
plot_view_new (void)
{
  return g_object_new (PLOT_TYPE_VIEW, NULL);
}
