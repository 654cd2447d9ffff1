/* array-grid.c - the elements of one array, of any length, as a grid that scrolls. */
#include "array-grid-private.h"

#include <math.h>

enum
{
  PROPERTY_HADJUSTMENT = 1,
  PROPERTY_VADJUSTMENT,
  PROPERTY_HSCROLL_POLICY,
  PROPERTY_VSCROLL_POLICY
};

enum
{
  SIGNAL_ACTIVATE,
  SIGNAL_CURSOR_MOVED,
  SIGNAL_PLANE_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_TYPE_WITH_CODE (ArrayGrid, array_grid, GTK_TYPE_WIDGET,
                         G_IMPLEMENT_INTERFACE (GTK_TYPE_SCROLLABLE, NULL))

static GlyphPainter *
get_painter (ArrayGrid *self)
{
  if (self->painter == NULL)
    self->painter = glyph_painter_new (GTK_WIDGET (self));
  return self->painter;
}

double
array_grid_scrolled (ArrayGrid *self, GtkOrientation orientation)
{
  GtkAdjustment *adjustment = self->adjustments[orientation];

  return adjustment != NULL ? gtk_adjustment_get_value (adjustment) : 0.0;
}

static void
get_sizes (ArrayGrid *self, struct geometry *ret)
{
  double advance = glyph_painter_advance (get_painter (self));

  ret->line = ceil (glyph_painter_height (self->painter) + 2 * LINE_PADDING);
  ret->cell = ceil (array_rows_cell_width (self->rows) * advance + 2 * PADDING);
  ret->title = ceil (array_rows_title_width (self->rows) * advance + 2 * PADDING);
  ret->view_width = MAX (gtk_widget_get_width (GTK_WIDGET (self)) - ret->title, 0);
  ret->view_height = MAX (gtk_widget_get_height (GTK_WIDGET (self)) - ret->line, 0);
}

/* The cells that are at least partly in sight along one axis. */
static void
get_range (double value, double view, double size, guint64 number, guint64 *ret_first,
           guint64 *ret_last)
{
  *ret_first = MIN ((guint64) (value / size), number);
  *ret_last = MIN ((guint64) ((value + view) / size) + 1, number);
}

void
array_grid_get_geometry (ArrayGrid *self, struct geometry *ret)
{
  get_sizes (self, ret);
  get_range (array_grid_scrolled (self, GTK_ORIENTATION_VERTICAL), ret->view_height, ret->line,
             array_rows_n_rows (self->rows), &ret->first_row, &ret->last_row);
  get_range (array_grid_scrolled (self, GTK_ORIENTATION_HORIZONTAL), ret->view_width, ret->cell,
             array_rows_n_columns (self->rows), &ret->first_column, &ret->last_column);
}

static void
show_visible (ArrayGrid *self)
{
  struct geometry geometry;

  if (self->rows == NULL)
    return;
  array_grid_get_geometry (self, &geometry);
  self->follows = self->row >= geometry.first_row && self->row < geometry.last_row
                  && self->column >= geometry.first_column && self->column < geometry.last_column;
  array_rows_show (self->rows, geometry.first_row, geometry.last_row, geometry.first_column,
                   geometry.last_column);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
configure (ArrayGrid *self, GtkOrientation orientation, double view, double content, double step)
{
  GtkAdjustment *adjustment = self->adjustments[orientation];

  if (adjustment != NULL)
    gtk_adjustment_configure (adjustment, gtk_adjustment_get_value (adjustment), 0,
                              MAX (content, view), step, MAX (view - step, step), view);
}

/* Rows of one dimension are wrapped at a round number of elements that fits. */
static guint
best_wrap (const struct geometry *geometry)
{
  static const guint wraps[] = { 20, 10, 5, 2 };

  for (gsize i = 0; i < G_N_ELEMENTS (wraps); i++)
    if (wraps[i] * geometry->cell <= geometry->view_width)
      return wraps[i];
  return 1;
}

static void
scroll_to_cursor (ArrayGrid *self)
{
  struct geometry geometry;

  get_sizes (self, &geometry);
  if (self->adjustments[GTK_ORIENTATION_VERTICAL] != NULL)
    gtk_adjustment_clamp_page (self->adjustments[GTK_ORIENTATION_VERTICAL],
                               (double) self->row * geometry.line,
                               (double) (self->row + 1) * geometry.line);
  if (self->adjustments[GTK_ORIENTATION_HORIZONTAL] != NULL)
    gtk_adjustment_clamp_page (self->adjustments[GTK_ORIENTATION_HORIZONTAL],
                               (double) self->column * geometry.cell,
                               (double) (self->column + 1) * geometry.cell);
}

static void
lay_out (ArrayGrid *self)
{
  struct geometry geometry;
  guint64 index, anchor;
  int field, anchor_field;
  gboolean has_cursor, has_anchor, follows = self->follows;

  if (self->rows == NULL)
    {
      configure (self, GTK_ORIENTATION_HORIZONTAL, 0, 0, 0);
      configure (self, GTK_ORIENTATION_VERTICAL, 0, 0, 0);
      return;
    }
  get_sizes (self, &geometry);
  has_cursor = array_rows_element (self->rows, self->row, self->column, &index, &field);
  has_anchor = array_rows_element (self->rows, self->anchor_row, self->anchor_column, &anchor,
                                   &anchor_field);
  array_rows_set_wrap (self->rows, best_wrap (&geometry));
  if (has_cursor)
    array_rows_cell_of (self->rows, index, field, &self->row, &self->column);
  if (has_anchor)
    array_rows_cell_of (self->rows, anchor, anchor_field, &self->anchor_row,
                        &self->anchor_column);
  configure (self, GTK_ORIENTATION_HORIZONTAL, geometry.view_width,
             (double) array_rows_n_columns (self->rows) * geometry.cell, geometry.cell);
  configure (self, GTK_ORIENTATION_VERTICAL, geometry.view_height,
             (double) array_rows_n_rows (self->rows) * geometry.line, geometry.line);
  show_visible (self);
  /* There may be less room than before. */
  if (follows && !self->follows)
    scroll_to_cursor (self);
}

static gboolean
take_marks_off (gpointer user_data)
{
  ArrayGrid *self = user_data;

  self->unmark = 0;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  return G_SOURCE_REMOVE;
}

/* What a screen reader says of cells that are drawn and are no widgets. */
static void
describe_cursor (ArrayGrid *self)
{
  g_autofree char *text = array_grid_get_cursor_shown (self);
  g_autofree char *place = NULL, *part = NULL, *description = NULL;
  guint64 index;
  int field;

  if (!array_grid_get_cursor (self, &index, &field))
    return;
  place = entry_info_place_text (self->entry, index);
  part = entry_info_field_text (self->entry, field, ENTRY_FIELD_WHOLE);
  description = g_strdup_printf ("%s%s: %s", place, part, text != NULL ? text : "");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  description, -1);
}

static void
note_row_changed (ArrayRows *rows, guint64 row, gpointer user_data)
{
  ArrayGrid *self = user_data;

  gtk_widget_queue_draw (GTK_WIDGET (self));
  if (self->mark_changes && self->unmark == 0)
    self->unmark = g_timeout_add (MARK_US / 1000 + 20, take_marks_off, self);
  if (row == self->row)
    g_signal_emit (self, signals[SIGNAL_CURSOR_MOVED], 0);
}

void
array_grid_set_array (ArrayGrid *self, Sampler *sampler, Attachment *attachment, EntryInfo *entry)
{
  g_return_if_fail (ARRAY_IS_GRID (self));

  g_clear_pointer (&self->rows, array_rows_free);
  g_clear_pointer (&self->entry, entry_info_unref);
  self->row = self->column = self->anchor_row = self->anchor_column = 0;
  if (entry != NULL)
    {
      self->entry = entry_info_ref (entry);
      self->rows = array_rows_new (sampler, attachment, entry, note_row_changed, self);
    }
  for (int i = 0; i < 2; i++)
    if (self->adjustments[i] != NULL)
      gtk_adjustment_set_value (self->adjustments[i], 0);
  lay_out (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  describe_cursor (self);
}

void
array_grid_set_mark_changes (ArrayGrid *self, gboolean mark_changes)
{
  self->mark_changes = mark_changes;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

gboolean
array_grid_get_cursor (ArrayGrid *self, guint64 *ret_index, int *ret_field)
{
  return self->rows != NULL
         && array_rows_element (self->rows, self->row, self->column, ret_index, ret_field);
}

char *
array_grid_get_cursor_text (ArrayGrid *self)
{
  return self->rows != NULL ? array_rows_get_exact (self->rows, self->row, self->column, FALSE)
                            : NULL;
}

char *
array_grid_get_cursor_shown (ArrayGrid *self)
{
  return self->rows != NULL ? array_rows_get_exact (self->rows, self->row, self->column, TRUE)
                            : NULL;
}

void
array_grid_get_cell_area (ArrayGrid *self, const struct geometry *geometry, guint64 row,
                          guint64 column, graphene_rect_t *ret_area)
{
  double x = geometry->title + (double) column * geometry->cell
             - array_grid_scrolled (self, GTK_ORIENTATION_HORIZONTAL);
  double y = geometry->line + (double) row * geometry->line
             - array_grid_scrolled (self, GTK_ORIENTATION_VERTICAL);

  *ret_area = GRAPHENE_RECT_INIT ((float) x, (float) y, (float) geometry->cell,
                                  (float) geometry->line);
}

gboolean
array_grid_get_cursor_area (ArrayGrid *self, GdkRectangle *ret_area)
{
  struct geometry geometry;
  graphene_rect_t area;

  if (self->rows == NULL)
    return FALSE;
  array_grid_get_geometry (self, &geometry);
  if (self->row < geometry.first_row || self->row >= geometry.last_row
      || self->column < geometry.first_column || self->column >= geometry.last_column)
    return FALSE;
  array_grid_get_cell_area (self, &geometry, self->row, self->column, &area);
  *ret_area = (GdkRectangle){ (int) area.origin.x, (int) area.origin.y, (int) area.size.width,
                              (int) area.size.height };
  return TRUE;
}

void
array_grid_move (ArrayGrid *self, guint64 row, guint64 column, gboolean extend)
{
  guint64 index;
  int field;

  /* The last row may be short. */
  while (column > 0 && !array_rows_element (self->rows, row, column, &index, &field))
    column--;
  if (!array_rows_element (self->rows, row, column, &index, &field))
    return;
  self->row = row;
  self->column = column;
  if (!extend)
    {
      self->anchor_row = row;
      self->anchor_column = column;
    }
  self->follows = TRUE;
  scroll_to_cursor (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  describe_cursor (self);
  g_signal_emit (self, signals[SIGNAL_CURSOR_MOVED], 0);
}

void
array_grid_set_displays (ArrayGrid *self, DisplaySet *displays)
{
  if (self->rows == NULL)
    return;
  array_rows_set_displays (self->rows, displays);
  lay_out (self);
  scroll_to_cursor (self);
}

void
array_grid_set_plane (ArrayGrid *self, const ArrayPlane *plane)
{
  if (self->rows == NULL)
    return;
  array_rows_set_plane (self->rows, plane);
  array_grid_move (self, MIN (self->row, MAX (array_rows_n_rows (self->rows), 1) - 1),
                   MIN (self->column, MAX (array_rows_n_columns (self->rows), 1) - 1), FALSE);
  lay_out (self);
  g_signal_emit (self, signals[SIGNAL_PLANE_CHANGED], 0);
}

gboolean
array_grid_get_plane (ArrayGrid *self, ArrayPlane *ret_plane)
{
  if (self->rows == NULL || self->entry->n_fields > 0)
    return FALSE;
  *ret_plane = *array_rows_get_plane (self->rows);
  return TRUE;
}

gboolean
array_grid_cell_is_selected (ArrayGrid *self, guint64 row, guint64 column)
{
  guint64 width = array_rows_n_columns (self->rows);
  guint64 cursor = self->row * width + self->column;
  guint64 anchor = self->anchor_row * width + self->anchor_column;
  guint64 cell = row * width + column;

  if (array_rows_can_wrap (self->rows))
    return cell >= MIN (cursor, anchor) && cell <= MAX (cursor, anchor);
  return row >= MIN (self->row, self->anchor_row) && row <= MAX (self->row, self->anchor_row)
         && column >= MIN (self->column, self->anchor_column)
         && column <= MAX (self->column, self->anchor_column);
}

gboolean
array_grid_get_selection (ArrayGrid *self, ArrayBlock *ret_block, int *ret_field,
                          guint *ret_n_fields)
{
  guint64 row, column, last_row, last_column, cursor, anchor;
  int field, anchor_field;

  if (self->rows == NULL
      || !array_rows_element (self->rows, self->row, self->column, &cursor, &field)
      || !array_rows_element (self->rows, self->anchor_row, self->anchor_column, &anchor,
                              &anchor_field))
    return FALSE;
  row = MIN (self->row, self->anchor_row);
  last_row = MAX (self->row, self->anchor_row);
  column = MIN (self->column, self->anchor_column);
  last_column = MAX (self->column, self->anchor_column);
  *ret_field = MIN (field, anchor_field);
  *ret_n_fields = (guint) (MAX (field, anchor_field) - *ret_field) + 1;
  if (field >= 0)
    *ret_block = (ArrayBlock){ row, last_row - row + 1, 1, 1, 1 };
  else if (array_rows_can_wrap (self->rows))
    *ret_block = array_block_range (MIN (cursor, anchor), MAX (cursor, anchor) + 1);
  else
    {
      ArrayBlock plane = array_plane_block (array_rows_get_plane (self->rows), self->entry);

      *ret_block = (ArrayBlock){ plane.first + row * plane.row_step + column * plane.column_step,
                                 last_row - row + 1, last_column - column + 1, plane.row_step,
                                 plane.column_step };
    }
  return TRUE;
}

void
array_grid_select (ArrayGrid *self, guint64 first, guint64 last)
{
  guint64 row, column;

  if (self->rows == NULL || first >= self->entry->length || last >= self->entry->length)
    return;
  array_grid_go_to (self, first, 0);
  array_rows_cell_of (self->rows, last, (int) self->entry->n_fields - 1, &row, &column);
  array_grid_move (self, row, column, TRUE);
}

void
array_grid_go_to (ArrayGrid *self, guint64 index, int field)
{
  guint64 row, column;

  if (self->rows == NULL || index >= self->entry->length)
    return;
  if (self->entry->n_fields == 0
      && !array_plane_has (array_rows_get_plane (self->rows), self->entry, index))
    {
      ArrayPlane plane = *array_rows_get_plane (self->rows);

      array_plane_aim (&plane, self->entry, index, &row, &column);
      array_grid_set_plane (self, &plane);
    }
  array_rows_cell_of (self->rows, index, field, &row, &column);
  array_grid_move (self, row, column, FALSE);
}

static void
array_grid_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *ret_minimum,
                    int *ret_natural, int *ret_minimum_baseline, int *ret_natural_baseline)
{
  *ret_minimum = 60;
  *ret_natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 480 : 240;
}

static void
array_grid_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  lay_out (ARRAY_GRID (widget));
}

static void
array_grid_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  ArrayGrid *self = ARRAY_GRID (widget);

  GTK_WIDGET_CLASS (array_grid_parent_class)->css_changed (widget, change);
  g_clear_pointer (&self->painter, glyph_painter_free);
  gtk_widget_queue_allocate (widget);
}

static void
set_adjustment (ArrayGrid *self, GtkOrientation orientation, GtkAdjustment *adjustment)
{
  GtkAdjustment **place = &self->adjustments[orientation];

  if (*place == adjustment && adjustment != NULL)
    return;
  if (*place != NULL)
    g_signal_handlers_disconnect_by_data (*place, self);
  g_clear_object (place);
  if (adjustment == NULL)
    adjustment = gtk_adjustment_new (0, 0, 0, 0, 0, 0);
  *place = g_object_ref_sink (adjustment);
  g_signal_connect_swapped (adjustment, "value-changed", G_CALLBACK (show_visible), self);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

static void
array_grid_set_property (GObject *object, guint property, const GValue *value, GParamSpec *pspec)
{
  ArrayGrid *self = ARRAY_GRID (object);

  switch (property)
    {
    case PROPERTY_HADJUSTMENT:
      set_adjustment (self, GTK_ORIENTATION_HORIZONTAL, g_value_get_object (value));
      break;
    case PROPERTY_VADJUSTMENT:
      set_adjustment (self, GTK_ORIENTATION_VERTICAL, g_value_get_object (value));
      break;
    case PROPERTY_HSCROLL_POLICY:
      self->policies[GTK_ORIENTATION_HORIZONTAL] = g_value_get_enum (value);
      break;
    case PROPERTY_VSCROLL_POLICY:
      self->policies[GTK_ORIENTATION_VERTICAL] = g_value_get_enum (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
array_grid_get_property (GObject *object, guint property, GValue *value, GParamSpec *pspec)
{
  ArrayGrid *self = ARRAY_GRID (object);

  switch (property)
    {
    case PROPERTY_HADJUSTMENT:
      g_value_set_object (value, self->adjustments[GTK_ORIENTATION_HORIZONTAL]);
      break;
    case PROPERTY_VADJUSTMENT:
      g_value_set_object (value, self->adjustments[GTK_ORIENTATION_VERTICAL]);
      break;
    case PROPERTY_HSCROLL_POLICY:
      g_value_set_enum (value, self->policies[GTK_ORIENTATION_HORIZONTAL]);
      break;
    case PROPERTY_VSCROLL_POLICY:
      g_value_set_enum (value, self->policies[GTK_ORIENTATION_VERTICAL]);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
array_grid_dispose (GObject *object)
{
  ArrayGrid *self = ARRAY_GRID (object);

  g_clear_handle_id (&self->unmark, g_source_remove);
  g_clear_pointer (&self->rows, array_rows_free);
  g_clear_pointer (&self->entry, entry_info_unref);
  g_clear_pointer (&self->painter, glyph_painter_free);
  for (int i = 0; i < 2; i++)
    if (self->adjustments[i] != NULL)
      {
        g_signal_handlers_disconnect_by_data (self->adjustments[i], self);
        g_clear_object (&self->adjustments[i]);
      }
  G_OBJECT_CLASS (array_grid_parent_class)->dispose (object);
}

static void
array_grid_class_init (ArrayGridClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  object_class->dispose = array_grid_dispose;
  object_class->set_property = array_grid_set_property;
  object_class->get_property = array_grid_get_property;
  widget_class->snapshot = array_grid_snapshot;
  widget_class->measure = array_grid_measure;
  widget_class->size_allocate = array_grid_size_allocate;
  widget_class->css_changed = array_grid_css_changed;
  g_object_class_override_property (object_class, PROPERTY_HADJUSTMENT, "hadjustment");
  g_object_class_override_property (object_class, PROPERTY_VADJUSTMENT, "vadjustment");
  g_object_class_override_property (object_class, PROPERTY_HSCROLL_POLICY, "hscroll-policy");
  g_object_class_override_property (object_class, PROPERTY_VSCROLL_POLICY, "vscroll-policy");
  signals[SIGNAL_ACTIVATE]
    = g_signal_new ("activate", ARRAY_TYPE_GRID, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 2, G_TYPE_UINT64, G_TYPE_INT);
  signals[SIGNAL_CURSOR_MOVED] = g_signal_new ("cursor-moved", ARRAY_TYPE_GRID, G_SIGNAL_RUN_LAST,
                                               0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_PLANE_CHANGED]
    = g_signal_new ("plane-changed", ARRAY_TYPE_GRID, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 0);
  gtk_widget_class_set_css_name (widget_class, "arraygrid");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GRID);
}

static void
array_grid_init (ArrayGrid *self)
{
  self->mark_changes = TRUE;
  /* Columns go from left to right in every language, as in a picture of them. */
  gtk_widget_set_direction (GTK_WIDGET (self), GTK_TEXT_DIR_LTR);
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  array_grid_add_input (self);
}

GtkWidget *
array_grid_new (void)
{
  return g_object_new (ARRAY_TYPE_GRID, NULL);
}
