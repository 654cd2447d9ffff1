/* array-grid-input.c - moving the cursor and selecting, by keys and by the pointer. */
#include "array-grid-private.h"

static void
activate_cursor (ArrayGrid *self)
{
  guint64 index;
  int field;

  if (array_grid_get_cursor (self, &index, &field))
    g_signal_emit_by_name (self, "activate", index, field);
}

/* Down and to the right as far as there are cells; up and to the left as far as 0. */
static guint64
moved (guint64 place, gint64 by, guint64 number)
{
  if (by < 0)
    return place < (guint64) -by ? 0 : place - (guint64) -by;
  return number - 1 - place < (guint64) by ? number - 1 : place + (guint64) by;
}

static gboolean
note_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType modifiers,
          gpointer user_data)
{
  ArrayGrid *self = user_data;
  gboolean control = (modifiers & GDK_CONTROL_MASK) != 0;
  gboolean extend = (modifiers & GDK_SHIFT_MASK) != 0;
  guint64 n_rows, n_columns;
  struct geometry geometry;
  gint64 page;

  if (self->rows == NULL || array_rows_n_rows (self->rows) == 0
      || (modifiers & (GDK_ALT_MASK | GDK_SUPER_MASK)) != 0)
    return FALSE;
  n_rows = array_rows_n_rows (self->rows);
  n_columns = array_rows_n_columns (self->rows);
  array_grid_get_geometry (self, &geometry);
  page = MAX ((gint64) (geometry.view_height / geometry.line) - 1, 1);
  switch (key)
    {
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
      array_grid_move (self, control ? 0 : moved (self->row, -1, n_rows), self->column, extend);
      return TRUE;
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
      array_grid_move (self, control ? n_rows - 1 : moved (self->row, 1, n_rows), self->column, extend);
      return TRUE;
    case GDK_KEY_Left:
    case GDK_KEY_KP_Left:
      array_grid_move (self, self->row, moved (self->column, -1, n_columns), extend);
      return TRUE;
    case GDK_KEY_Right:
    case GDK_KEY_KP_Right:
      array_grid_move (self, self->row, moved (self->column, 1, n_columns), extend);
      return TRUE;
    case GDK_KEY_Page_Up:
    case GDK_KEY_KP_Page_Up:
      array_grid_move (self, moved (self->row, -page, n_rows), self->column, extend);
      return TRUE;
    case GDK_KEY_Page_Down:
    case GDK_KEY_KP_Page_Down:
      array_grid_move (self, moved (self->row, page, n_rows), self->column, extend);
      return TRUE;
    case GDK_KEY_Home:
    case GDK_KEY_KP_Home:
      array_grid_move (self, control ? 0 : self->row, 0, extend);
      return TRUE;
    case GDK_KEY_End:
    case GDK_KEY_KP_End:
      array_grid_move (self, control ? n_rows - 1 : self->row, n_columns - 1, extend);
      return TRUE;
    case GDK_KEY_a:
      if (!control)
        return FALSE;
      array_grid_select (self, 0, self->entry->length - 1);
      return TRUE;
    case GDK_KEY_Escape:
      if (self->row == self->anchor_row && self->column == self->anchor_column)
        return FALSE;
      array_grid_move (self, self->row, self->column, FALSE);
      return TRUE;
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
    case GDK_KEY_F2:
      activate_cursor (self);
      return TRUE;
    default:
      return FALSE;
    }
}

/* The cell at a place; FALSE where there is none. nearest: the one that is next to it then. */
static gboolean
cell_at (ArrayGrid *self, double x, double y, gboolean nearest, guint64 *ret_row,
         guint64 *ret_column)
{
  struct geometry geometry;
  double down, right, n_rows, n_columns;

  if (self->rows == NULL)
    return FALSE;
  array_grid_get_geometry (self, &geometry);
  n_rows = (double) array_rows_n_rows (self->rows);
  n_columns = (double) array_rows_n_columns (self->rows);
  if (n_rows == 0 || n_columns == 0)
    return FALSE;
  if (!nearest && (x < geometry.title || y < geometry.line))
    return FALSE;
  down = (y - geometry.line + array_grid_scrolled (self, GTK_ORIENTATION_VERTICAL)) / geometry.line;
  right = (x - geometry.title + array_grid_scrolled (self, GTK_ORIENTATION_HORIZONTAL))
          / geometry.cell;
  if (!nearest && (down >= n_rows || right >= n_columns))
    return FALSE;
  *ret_row = (guint64) CLAMP (down, 0, n_rows - 1);
  *ret_column = (guint64) CLAMP (right, 0, n_columns - 1);
  return TRUE;
}

static void
note_press (GtkGestureClick *gesture, int n_press, double x, double y, gpointer user_data)
{
  ArrayGrid *self = user_data;
  GdkModifierType modifiers
    = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));
  gboolean extend = (modifiers & GDK_SHIFT_MASK) != 0;
  guint64 row, column;

  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (!cell_at (self, x, y, FALSE, &row, &column))
    return;
  array_grid_move (self, row, column, extend);
  if (n_press == 2 && !extend)
    activate_cursor (self);
}

static void
note_drag_begin (GtkGestureDrag *gesture, double x, double y, gpointer user_data)
{
  guint64 row, column;

  if (!cell_at (user_data, x, y, FALSE, &row, &column))
    gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_DENIED);
}

/* Selects up to the cell under the pointer; beyond the edge it scrolls with every move. */
static void
note_drag (GtkGestureDrag *gesture, double x, double y, gpointer user_data)
{
  ArrayGrid *self = user_data;
  double start_x, start_y;
  guint64 row, column;

  if (!gtk_drag_check_threshold (GTK_WIDGET (self), 0, 0, (int) x, (int) y)
      && self->row == self->anchor_row && self->column == self->anchor_column)
    return;
  gtk_gesture_drag_get_start_point (gesture, &start_x, &start_y);
  if (cell_at (self, start_x + x, start_y + y, TRUE, &row, &column)
      && (row != self->row || column != self->column))
    array_grid_move (self, row, column, TRUE);
}

void
array_grid_add_input (ArrayGrid *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkGesture *click = gtk_gesture_click_new (), *drag = gtk_gesture_drag_new ();

  g_signal_connect (keys, "key-pressed", G_CALLBACK (note_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  g_signal_connect (click, "pressed", G_CALLBACK (note_press), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  g_signal_connect (drag, "drag-begin", G_CALLBACK (note_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (note_drag), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  gtk_gesture_group (click, drag);
}
