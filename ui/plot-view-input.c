/* plot-view-input.c - what pointer and keys do in a plot: the wheel zooms, dragging moves the
 * time, dragging with Shift chooses a span.
 */
#include "plot-view-private.h"

#include <math.h>

#define WHEEL_FACTOR 1.25
#define CHOSEN_MIN 4.0   /* pixels; less is a click */

static void
point_at (PlotView *self, double y)
{
  guint pane = plot_draw_pane_at (self->scene, &self->layout, y);

  if (pane != G_MAXUINT)
    self->pane = pane;
}

static void
on_motion (GtkEventControllerMotion *motion, double x, double y, PlotView *self)
{
  gboolean moved = x != self->pointer_x || y != self->pointer_y;

  /* The toolkit repeats where it is when something else on the screen has changed, also after keys
   * have taken the cursor elsewhere. */
  self->pointer_x = x;
  self->pointer_y = y;
  if (self->scene->n_lines == 0 || (!moved && !self->cursor_is_pointer))
    return;
  point_at (self, y);
  if (x < self->layout.left || x >= self->layout.left + (float) self->layout.columns)
    {
      if (self->cursor_is_pointer)
        plot_view_set_cursor (self, PLOT_NO_TIME);
      return;
    }
  plot_view_set_cursor (self, plot_view_time_at (self, x));
  self->cursor_is_pointer = TRUE;
}

static void
on_leave (GtkEventControllerMotion *motion, PlotView *self)
{
  self->pointer_x = self->pointer_y = -1;
  if (self->cursor_is_pointer)
    plot_view_set_cursor (self, PLOT_NO_TIME);
}

static gboolean
on_scroll (GtkEventControllerScroll *scroll, double dx, double dy, PlotView *self)
{
  GdkModifierType state
    = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (scroll));

  if (self->scene->n_lines == 0)
    return FALSE;
  if ((state & GDK_CONTROL_MASK) != 0)
    plot_view_zoom_values (self, pow (WHEEL_FACTOR, -dy));
  else if ((state & GDK_SHIFT_MASK) != 0 || dx != 0)
    plot_view_pan (self, (dx != 0 ? dx : dy) / 10);
  else
    plot_view_zoom (self, pow (WHEEL_FACTOR, -dy));
  return TRUE;
}

static void
on_drag_begin (GtkGestureDrag *drag, double x, double y, PlotView *self)
{
  GdkModifierType state
    = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (drag));

  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (!plot_view_update (self))
    {
      gtk_gesture_set_state (GTK_GESTURE (drag), GTK_EVENT_SEQUENCE_DENIED);
      return;
    }
  point_at (self, y);
  self->choosing = (state & GDK_SHIFT_MASK) != 0;
  self->drag_end_us = self->scene->first_us + self->scene->n_columns * self->scene->column_us - 1;
  self->drag_y = 0;
  if (self->choosing)
    self->marks.from_us = self->marks.to_us = plot_view_time_at (self, x);
}

static void
on_drag_update (GtkGestureDrag *drag, double dx, double dy, PlotView *self)
{
  double x, y;

  if (!gtk_gesture_drag_get_start_point (drag, &x, &y) || self->scene->n_lines == 0)
    return;
  if (self->choosing)
    {
      self->marks.to_us = plot_view_time_at (self, x + dx);
      gtk_widget_queue_draw (GTK_WIDGET (self));
      return;
    }
  if (self->following && fabs (dx) < CHOSEN_MIN)
    return;
  /* Values move along only where their range was set by hand. */
  if (self->scene->panes[self->pane].own_range)
    {
      plot_view_pan_values (self, (dy - self->drag_y) / self->layout.pane_height);
      self->drag_y = dy;
    }
  plot_view_set_window (self, self->span_us,
                        self->drag_end_us - (gint64) (dx * (double) self->scene->column_us), FALSE);
}

static void
on_drag_end (GtkGestureDrag *drag, double dx, double dy, PlotView *self)
{
  gint64 from = MIN (self->marks.from_us, self->marks.to_us);
  gint64 to = MAX (self->marks.from_us, self->marks.to_us);

  if (!self->choosing)
    return;
  self->choosing = FALSE;
  self->marks.from_us = self->marks.to_us = 0;
  if (fabs (dx) >= CHOSEN_MIN)
    plot_view_set_time (self, from, to);
  else
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
plot_view_add_input (PlotView *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *scroll
    = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  GtkGesture *drag = gtk_gesture_drag_new ();

  g_signal_connect (motion, "enter", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  g_signal_connect (scroll, "scroll", G_CALLBACK (on_scroll), self);
  gtk_widget_add_controller (GTK_WIDGET (self), scroll);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (on_drag_end), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
}

void
plot_view_add_bindings (GtkWidgetClass *class)
{
  static const struct
  {
    guint key;
    GdkModifierType modifiers;
    const char *action;
    double amount;
  } bindings[] = {
    { GDK_KEY_plus, 0, "plot.zoom", 1.5 },
    { GDK_KEY_plus, GDK_SHIFT_MASK, "plot.zoom", 1.5 },
    { GDK_KEY_equal, 0, "plot.zoom", 1.5 },
    { GDK_KEY_KP_Add, 0, "plot.zoom", 1.5 },
    { GDK_KEY_minus, 0, "plot.zoom", 1 / 1.5 },
    { GDK_KEY_KP_Subtract, 0, "plot.zoom", 1 / 1.5 },
    { GDK_KEY_plus, GDK_CONTROL_MASK, "plot.zoom-values", 1.5 },
    { GDK_KEY_plus, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "plot.zoom-values", 1.5 },
    { GDK_KEY_equal, GDK_CONTROL_MASK, "plot.zoom-values", 1.5 },
    { GDK_KEY_KP_Add, GDK_CONTROL_MASK, "plot.zoom-values", 1.5 },
    { GDK_KEY_minus, GDK_CONTROL_MASK, "plot.zoom-values", 1 / 1.5 },
    { GDK_KEY_KP_Subtract, GDK_CONTROL_MASK, "plot.zoom-values", 1 / 1.5 },
    { GDK_KEY_Left, 0, "plot.pan", -0.1 },
    { GDK_KEY_Right, 0, "plot.pan", 0.1 },
    { GDK_KEY_Page_Up, 0, "plot.pan", -0.9 },
    { GDK_KEY_Page_Down, 0, "plot.pan", 0.9 },
    { GDK_KEY_Up, 0, "plot.pan-values", 0.1 },
    { GDK_KEY_Down, 0, "plot.pan-values", -0.1 },
    { GDK_KEY_Left, GDK_SHIFT_MASK, "plot.move-cursor", -1 },
    { GDK_KEY_Right, GDK_SHIFT_MASK, "plot.move-cursor", 1 },
    { GDK_KEY_Left, GDK_SHIFT_MASK | GDK_CONTROL_MASK, "plot.move-cursor", -20 },
    { GDK_KEY_Right, GDK_SHIFT_MASK | GDK_CONTROL_MASK, "plot.move-cursor", 20 },
  };
  static const struct
  {
    guint key;
    const char *action;
  } plain[] = {
    { GDK_KEY_Home, "plot.show-all" },     { GDK_KEY_End, "plot.following" },
    { GDK_KEY_space, "plot.following" },   { GDK_KEY_0, "plot.automatic" },
    { GDK_KEY_KP_0, "plot.automatic" },    { GDK_KEY_Escape, "plot.cursor-off" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bindings); i++)
    gtk_widget_class_add_binding_action (class, bindings[i].key, bindings[i].modifiers,
                                         bindings[i].action, "d", bindings[i].amount);
  for (guint i = 0; i < G_N_ELEMENTS (plain); i++)
    gtk_widget_class_add_binding_action (class, plain[i].key, 0, plain[i].action, NULL);
}
