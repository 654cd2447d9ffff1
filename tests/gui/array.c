/* Arrays in the window: selected, summed up, copied, pasted, edited as blocks, looked
 * through, and planes of those with several dimensions. */
#include "window-fixture.h"

#include "array-commands.h"
#include "array-find-bar.h"
#include "array-grid.h"
#include "array-image.h"
#include "array-plot.h"
#include "array-plane-bar.h"
#include "array-view.h"
#include "clipboard.h"
#include "edit-popover.h"

#define ROWS 30
#define COLUMNS 20

struct stage
{
  struct shmlens_entry *entry;
  GtkWidget *view;
  ArrayGrid *grid;
};

/* An array of int32 that counts up. */
static struct stage
begin (struct window_fixture *f, unsigned dimensions, const uint64_t *shape)
{
  struct stage stage = { NULL };
  uint64_t length = 1;

  for (unsigned i = 0; i < dimensions; i++)
    length *= shape[i];
  assert_int_equal (
    shmlens_array_create (f->segment, "a", 'i', dimensions, shape, NULL, NULL, &stage.entry), 0);
  for (uint64_t i = 0; i < length; i++)
    ((int32_t *) shmlens_entry_data (stage.entry))[i] = (int32_t) i;
  window_fixture_show (f);
  window_fixture_item (f, "a");
  stage.view = find_widget (f->window, ARRAY_TYPE_VIEW);
  wait_until (gtk_widget_get_mapped (stage.view));
  stage.grid = child_of (stage.view, "grid");
  return stage;
}

static const uint64_t plain_shape[] = { ROWS, COLUMNS };

static int32_t
at (const struct stage *stage, uint64_t index)
{
  int32_t value = 0;

  assert_int_equal (shmlens_entry_load (stage->entry, index, &value), 0);
  return value;
}

static void
a_large_selection_is_copied_while_the_window_goes_on (void **state)
{
  struct window_fixture *f = *state;
  struct stage stage = begin (f, 1, (const uint64_t[]){ 500000 });
  g_autofree char *text = NULL;

  gdk_clipboard_set_text (gtk_widget_get_clipboard (stage.view), "before");
  array_grid_select (stage.grid, 0, 499999);
  gtk_widget_activate_action (stage.view, "array.copy-python", NULL);
  /* Another one instead of it, at once. */
  gtk_widget_activate_action (stage.view, "array.copy-table", NULL);
  do
    {
      g_free (text);
      text = clipboard_text (stage.view);
    }
  while (strcmp (text, "before") == 0);
  assert_true (g_str_has_prefix (text, "0\t1\t2\t"));
  assert_true (g_str_has_suffix (text, "\t499998\t499999\n"));

  /* It is given up with the window. */
  gtk_widget_activate_action (stage.view, "array.copy-c", NULL);
  window_fixture_close (f);
}

static void
a_selection_is_summed_up_and_copied (void **state)
{
  struct stage stage = begin (*state, 2, plain_shape);

  array_grid_select (stage.grid, 2 * COLUMNS + 3, 4 * COLUMNS + 4);
  wait_until (
    shows (stage.view, "6 elements · sum 381 · 43 to 84 · mean 63.5 · deviation 16.34"));
  gtk_widget_activate_action (stage.view, "array.copy-table", NULL);
  wait_for_clipboard (stage.view, "43\t44\n63\t64\n83\t84\n");
  gtk_widget_activate_action (stage.view, "array.copy-python", NULL);
  wait_for_clipboard (stage.view, "[[43, 44],\n [63, 64],\n [83, 84]]");
  gtk_widget_activate_action (stage.view, "array.copy-csv", NULL);
  wait_for_clipboard (stage.view, "43,44\n63,64\n83,84\n");

  /* It is kept up to date. */
  ((int32_t *) shmlens_entry_data (stage.entry))[43] = 1043;
  wait_until (shows_part (stage.view, "sum 1381"));
  array_grid_go_to (stage.grid, 5, -1);
  wait_until (shows (stage.view, "[0][5] = 5"));
}

static void
cells_are_pasted_as_one_step_or_not_at_all (void **state)
{
  struct window_fixture *f = *state;
  struct stage stage = begin (f, 2, plain_shape);
  EntryItem *item = window_fixture_item (f, "a");
  MessageBar *bar = shmlens_window_get_message_bar (f->window);

  array_grid_go_to (stage.grid, COLUMNS + 1, -1);
  array_commands_paste_text (stage.grid, item, "-1\t-2\n-3\t-4\n");
  wait_until (at (&stage, 2 * COLUMNS + 2) == -4);
  assert_int_equal (at (&stage, COLUMNS + 1), -1);
  assert_int_equal (at (&stage, 2 * COLUMNS + 1), -3);
  assert_int_equal (at (&stage, COLUMNS + 3), COLUMNS + 3);
  wait_until (gtk_widget_get_sensitive (child_of (f->window, "undo_button")));
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.undo", NULL);
  wait_until (at (&stage, 2 * COLUMNS + 2) == 2 * COLUMNS + 2);
  assert_int_equal (at (&stage, COLUMNS + 1), COLUMNS + 1);

  array_commands_paste_text (stage.grid, item, "1\t2\n3\tx\n");
  wait_until (message_bar_get_text (bar) != NULL);
  assert_non_null (strstr (message_bar_get_text (bar), "row 2, column 2, “x”"));
  assert_int_equal (at (&stage, COLUMNS + 1), COLUMNS + 1);

  array_grid_go_to (stage.grid, COLUMNS - 1, -1);
  array_commands_paste_text (stage.grid, item, "1\t2\n");
  wait_until (strstr (message_bar_get_text (bar), "there is room for") != NULL);

  /* One cell fills what is selected. */
  array_grid_select (stage.grid, 0, COLUMNS + 1);
  array_commands_paste_text (stage.grid, item, "7\n");
  wait_until (at (&stage, COLUMNS + 1) == 7 && at (&stage, 0) == 7);
  assert_int_equal (at (&stage, 2), 2);
}

static void
a_selection_is_edited_at_once (void **state)
{
  struct stage stage = begin (*state, 2, plain_shape);
  static const struct
  {
    const char *text;
    int first, last;
  } cases[] = { { "*=2", 2, 44 }, { "100:-1", 100, 97 }, { "5", 5, 5 } };

  array_grid_select (stage.grid, 1, COLUMNS + 2);
  wait_until (array_grid_get_cursor_area (stage.grid, &(GdkRectangle){ 0 }));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      GtkWidget *popover = open_edit_popover (stage.view, "array.edit");

      assert_true (shows (popover, "a: 4 elements (int32)"));
      gtk_editable_set_text (child_of (popover, "entry"), "x");
      assert_false (gtk_widget_get_sensitive (child_of (popover, "apply")));
      gtk_editable_set_text (child_of (popover, "entry"), cases[i].text);
      assert_true (gtk_widget_get_sensitive (child_of (popover, "apply")));
      g_signal_emit_by_name (child_of (popover, "apply"), "clicked");
      wait_until (at (&stage, 1) == cases[i].first && at (&stage, COLUMNS + 2) == cases[i].last
                  && !gtk_widget_get_mapped (popover));
      assert_int_equal (at (&stage, 3), 3);
    }
}

static void
elements_are_found (void **state)
{
  struct stage stage = begin (*state, 2, plain_shape);
  GtkWidget *bar = child_of (stage.view, "find_bar");
  static const struct
  {
    const char *text, *result;
  } cases[] = {
    { "43", "[2][3]" },
    { "<2", "[0][0], from the beginning again" },
    { "100..200", "[5][0]" },
    { "-5", "There is none" },
  };

  gtk_widget_activate_action (stage.view, "array.find", NULL);
  assert_true (gtk_widget_get_visible (bar));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gtk_editable_set_text (child_of (bar, "entry"), cases[i].text);
      gtk_widget_activate_action (stage.view, "array.find-next", NULL);
      wait_until (shows (bar, cases[i].result));
    }
  wait_until (shows (stage.view, "[5][0] = 100"));
  gtk_editable_set_text (child_of (bar, "entry"), "1x");
  gtk_widget_activate_action (stage.view, "array.find-next", NULL);
  assert_true (gtk_widget_has_css_class (child_of (bar, "entry"), "error"));

  gtk_editable_set_text (child_of (bar, "entry"), "changed");
  gtk_widget_activate_action (stage.view, "array.find-next", NULL);
  assert_true (shows_part (bar, "press Remember first"));
  g_signal_emit_by_name (child_of (bar, "remember"), "clicked");
  wait_until (shows_part (bar, "Remembered"));
  ((int32_t *) shmlens_entry_data (stage.entry))[500] = -1;
  gtk_widget_activate_action (stage.view, "array.find-previous", NULL);
  wait_until (shows (bar, "[25][0], from the end again"));
  g_signal_emit_by_name (child_of (bar, "close"), "clicked");
  assert_false (gtk_widget_get_visible (bar));
}

static void
planes_of_three_dimensions_are_chosen (void **state)
{
  const uint64_t shape[] = { 3, 5, 7 };
  struct stage stage = begin (*state, 3, shape);
  ArrayPlaneBar *bar = child_of (stage.view, "plane_bar");
  ArrayPlane plane;
  GtkWidget *popover;
  int wide, narrow;

  assert_true (gtk_widget_get_visible (GTK_WIDGET (bar)));
  /* Where there is little room it has more lines. */
  gtk_widget_measure (GTK_WIDGET (bar), GTK_ORIENTATION_HORIZONTAL, -1, &narrow, NULL, NULL, NULL);
  gtk_widget_measure (GTK_WIDGET (bar), GTK_ORIENTATION_VERTICAL, 2000, &wide, NULL, NULL, NULL);
  gtk_widget_measure (GTK_WIDGET (bar), GTK_ORIENTATION_VERTICAL, narrow, &narrow, NULL, NULL,
                      NULL);
  assert_true (narrow > 2 * wide);
  assert_true (array_view_go_to (ARRAY_VIEW (stage.view), "2, 3, 4"));
  wait_until (shows (stage.view, "[2][3][4] = 95"));
  array_plane_bar_get (bar, &plane);
  assert_int_equal (plane.indices[0], 2);

  /* Columns along the first axis lie apart. */
  plane.row_axis = 2;
  plane.column_axis = 0;
  plane.indices[1] = 1;
  array_grid_set_plane (stage.grid, &plane);
  assert_true (array_view_go_to (ARRAY_VIEW (stage.view), "1, 1, 6"));
  wait_until (shows (stage.view, "[1][1][6] = 48"));
  /* What is edited is called so, too. */
  wait_until (array_grid_get_cursor_area (stage.grid, &(GdkRectangle){ 0 }));
  popover = open_edit_popover (stage.view, "array.edit");
  wait_until (shows (popover, "a[1][1][6] (int32)"));
  gtk_popover_popdown (GTK_POPOVER (popover));
  array_grid_select (stage.grid, 5 + 7, 6 + 7 + 35);
  wait_until (shows_part (stage.view, "4 elements · sum 120 · 12 to 48"));
}

/* Waits until what is drawn has this color somewhere near the place, from 0 to 1. */
static gboolean
pixel_is (GtkWidget *widget, double x, double y, double red, double green, double blue)
{
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  GdkPaintable *paintable = gtk_widget_paintable_new (widget);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
  cairo_t *cairo = cairo_create (surface);
  g_autoptr (GskRenderNode) node = NULL;
  guint32 pixel = 0;

  gdk_paintable_snapshot (paintable, snapshot, width, height);
  node = gtk_snapshot_free_to_node (snapshot);
  if (node != NULL)
    gsk_render_node_draw (node, cairo);
  cairo_surface_flush (surface);
  if (width > 0 && height > 0)
    pixel = ((guint32 *) (void *) (cairo_image_surface_get_data (surface)
                                   + (int) (y * height) * cairo_image_surface_get_stride (surface)))
      [(int) (x * width)];
  cairo_destroy (cairo);
  cairo_surface_destroy (surface);
  g_object_unref (paintable);
  return ABS ((int) (pixel >> 16 & 0xff) - (int) (red * 255)) < 24
         && ABS ((int) (pixel >> 8 & 0xff) - (int) (green * 255)) < 24
         && ABS ((int) (pixel & 0xff) - (int) (blue * 255)) < 24;
}

static void
show_page (const struct stage *stage, guint page)
{
  gtk_drop_down_set_selected (child_of (stage->view, "page"), page);
}

static void
a_plane_is_drawn_as_a_heat_map (void **state)
{
  struct stage stage = begin (*state, 2, (const uint64_t[]){ 10, 10 });
  GtkWidget *image = child_of (stage.view, "image"), *canvas = child_of (image, "canvas");
  g_autofree char *pointed = NULL, *beside = NULL;

  show_page (&stage, 3);
  /* From dark violet above to yellow below. */
  wait_until (pixel_is (canvas, 0.5, 0.02, 0.27, 0.02, 0.36));
  wait_until (pixel_is (canvas, 0.5, 0.98, 0.93, 0.90, 0.13));
  assert_string_equal (gtk_editable_get_text (child_of (image, "high")), "99");
  pointed = array_image_text_at (ARRAY_IMAGE (image), gtk_widget_get_width (canvas) / 2.0 + 1,
                                 gtk_widget_get_height (canvas) / 2.0 + 1);
  assert_string_equal (pointed, "[5][5] = 55");
  beside = array_image_text_at (ARRAY_IMAGE (image), -1, 5);
  assert_null (beside);

  gtk_drop_down_set_selected (child_of (image, "palette"), 2);
  wait_until (pixel_is (canvas, 0.5, 0.98, 0.96, 0.96, 0.96));
  gtk_check_button_set_active (child_of (image, "fixed"), TRUE);
  gtk_editable_set_text (child_of (image, "high"), "1000");
  wait_until (pixel_is (canvas, 0.5, 0.98, 0.1, 0.1, 0.1));
  gtk_editable_set_text (child_of (image, "high"), "-5");
  assert_true (gtk_widget_has_css_class (child_of (image, "high"), "error"));

  /* What the program does is seen. */
  gtk_check_button_set_active (child_of (image, "fixed"), FALSE);
  for (int i = 0; i < 10; i++)
    ((int32_t *) shmlens_entry_data (stage.entry))[i] = 500;
  wait_until (pixel_is (canvas, 0.5, 0.02, 1, 1, 1));
}

static void
three_channels_are_drawn_as_an_image (void **state)
{
  struct window_fixture *f = *state;
  const uint64_t shape[] = { 8, 8, 3 }, narrow_shape[] = { 4, 2 };
  struct shmlens_entry *entry = NULL, *narrow = NULL;
  GtkWidget *view, *image;
  uint8_t *bytes;

  assert_int_equal (
    shmlens_array_create (f->segment, "rgb", 'B', 3, shape, NULL, NULL, &entry), 0);
  bytes = shmlens_entry_data (entry);
  assert_int_equal (
    shmlens_array_create (f->segment, "narrow", 'B', 2, narrow_shape, NULL, NULL, &narrow), 0);
  ((uint8_t *) shmlens_entry_data (narrow))[3] = 9;
  for (int i = 0; i < 64; i++)
    bytes[3 * i + (i < 32 ? 0 : 2)] = 255;
  window_fixture_show (f);
  window_fixture_item (f, "rgb");
  view = find_widget (f->window, ARRAY_TYPE_VIEW);
  wait_until (gtk_widget_get_mapped (view));
  assert_true (gtk_widget_get_visible (child_of (view, "plane_bar")));
  gtk_drop_down_set_selected (child_of (view, "page"), 3);
  /* What its pixels are made of is no plane to choose. */
  assert_false (gtk_widget_get_visible (child_of (view, "plane_bar")));
  image = child_of (view, "image");
  wait_until (pixel_is (child_of (image, "canvas"), 0.5, 0.2, 1, 0, 0));
  wait_until (pixel_is (child_of (image, "canvas"), 0.5, 0.8, 0, 0, 1));
  assert_false (gtk_widget_get_sensitive (child_of (image, "palette")));

  /* An array that is narrower than the channels were. */
  window_fixture_item (f, "narrow");
  wait_until (gtk_widget_get_sensitive (child_of (image, "palette")));
  wait_until (strcmp (gtk_editable_get_text (child_of (image, "high")), "9") == 0);
}

static void
elements_are_drawn_as_a_line_and_counted_in_bins (void **state)
{
  const uint64_t shape[] = { 100000 };
  struct stage stage = begin (*state, 1, shape);
  GtkWidget *plot = child_of (stage.view, "plot");
  g_autofree char *first = NULL, *beside = NULL;

  show_page (&stage, 1);
  wait_until (shows (plot, "100000 elements"));
  first = array_plot_text_at (ARRAY_PLOT (plot), 64);
  assert_true (g_str_has_prefix (first, "[0] to ["));
  assert_non_null (strstr (first, ": 0 to "));
  beside = array_plot_text_at (ARRAY_PLOT (plot), 2);
  assert_null (beside);
  show_page (&stage, 2);
  wait_until (shows_part (stage.view, "100000 elements · sum 4999950000 · 0 to 99999"));
  ((int32_t *) shmlens_entry_data (stage.entry))[5] = -7;
  wait_until (shows_part (stage.view, "-7 to 99999"));
}

/* A key as the toolkit gives it to the widget that has the focus. */
static void
press (GtkWidget *widget, guint key, GdkModifierType modifiers)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GObject) controller = g_list_model_get_item (controllers, i);
      gboolean handled = FALSE;

      if (GTK_IS_EVENT_CONTROLLER_KEY (controller))
        g_signal_emit_by_name (controller, "key-pressed", key, 0, modifiers, &handled);
    }
}

/* What a screen reader says of it. */
static gboolean
says (gpointer widget, const char *text)
{
  return gtk_test_accessible_check_property (widget, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text,
                                             NULL) == NULL;
}

/* Shows a chart, and gives what is drawn in it the focus. */
static GtkWidget *
go_through (const struct stage *stage, guint page, GtkWidget *chart)
{
  GtkWidget *canvas;

  show_page (stage, page);
  wait_until (gtk_widget_get_mapped (chart));
  canvas = find_widget (chart, GTK_TYPE_DRAWING_AREA);
  gtk_widget_grab_focus (canvas);
  /* What is over it where the pointer lies is not for this test. */
  gtk_widget_set_can_target (canvas, FALSE);
  return canvas;
}

static void
charts_are_gone_through_by_keys (void **state)
{
  struct stage stage = begin (*state, 2, plain_shape);
  GtkWidget *plot = child_of (stage.view, "plot"), *image = child_of (stage.view, "image");
  GtkWidget *histogram = child_of (stage.view, "histogram"), *canvas;

  array_grid_go_to (stage.grid, COLUMNS, -1);
  canvas = go_through (&stage, 1, plot);
  wait_until (shows (plot, "[1][0] = 20"));
  press (canvas, GDK_KEY_Right, 0);
  wait_until (shows (plot, "[1][1] = 21") && says (canvas, "[1][1] = 21"));
  press (canvas, GDK_KEY_Right, GDK_CONTROL_MASK);
  wait_until (shows (plot, "[1][3] = 23"));
  press (canvas, GDK_KEY_End, 0);
  press (canvas, GDK_KEY_Right, 0);
  wait_until (shows (plot, "[1][19] = 39"));
  ((int32_t *) shmlens_entry_data (stage.entry))[39] = -5;
  wait_until (shows (plot, "[1][19] = -5") && says (canvas, "[1][19] = -5"));

  canvas = go_through (&stage, 3, image);
  wait_until (shows (image, "[0][0] = 0"));
  press (canvas, GDK_KEY_Down, 0);
  press (canvas, GDK_KEY_Down, 0);
  press (canvas, GDK_KEY_End, 0);
  press (canvas, GDK_KEY_Left, 0);
  wait_until (shows (image, "[2][18] = 58") && says (canvas, "[2][18] = 58"));

  canvas = go_through (&stage, 2, histogram);
  wait_until (shows_part (histogram, "-5 to 4.4"));
  press (canvas, GDK_KEY_End, 0);
  wait_until (shows_part (histogram, " to 599: "));
}

static void
a_histogram_has_a_range_of_its_own_and_counts_by_powers (void **state)
{
  struct stage stage = begin (*state, 1, (const uint64_t[]){ 1000 });
  GtkWidget *histogram = child_of (stage.view, "histogram"), *canvas;

  /* One beside many is next to nothing, and by powers of ten the tenth part. */
  for (int i = 0; i < 999; i++)
    ((int32_t *) shmlens_entry_data (stage.entry))[i] = 0;
  ((int32_t *) shmlens_entry_data (stage.entry))[999] = 64;
  show_page (&stage, 2);
  wait_until (shows_part (histogram, "0 to 64"));
  assert_string_equal (gtk_editable_get_text (child_of (histogram, "high")), "64");
  canvas = child_of (histogram, "canvas");
  gtk_widget_grab_focus (canvas);
  press (canvas, GDK_KEY_End, 0);
  wait_until (shows (histogram, "63 to 64: 1"));
  gtk_check_button_set_active (child_of (histogram, "logarithmic"), TRUE);

  gtk_check_button_set_active (child_of (histogram, "fixed"), TRUE);
  gtk_editable_set_text (child_of (histogram, "high"), "-1");
  assert_true (gtk_widget_has_css_class (child_of (histogram, "high"), "error"));
  gtk_editable_set_text (child_of (histogram, "high"), "32");
  assert_false (gtk_widget_has_css_class (child_of (histogram, "high"), "error"));
  wait_until (shows (histogram, "31.5 to 32: 0"));
  gtk_widget_grab_focus (child_of (histogram, "high"));
  wait_until (shows_part (histogram, "1 beyond the range"));
}

static void
plot_item (GtkWidget *plot, EntryItem *item)
{
  EntryInfo *info = entry_item_get_info (item);
  ArrayBlock all = array_block_range (0, info->length);

  array_plot_set (ARRAY_PLOT (plot), entry_item_get_session (item),
                  entry_item_get_attachment (item), info, &all, -1);
}

static void
a_chart_never_shows_the_array_before (void **state)
{
  struct window_fixture *f = *state;
  const uint64_t lengths[] = { 100, 50 };
  GtkWidget *window, *plot, *canvas;
  struct shmlens_entry *entry = NULL;
  g_autofree char *pointed = NULL;
  EntryItem *items[2];

  for (guint i = 0; i < 2; i++)
    assert_int_equal (shmlens_array_create (f->segment, i == 0 ? "a" : "b", 'i', 1, &lengths[i],
                                            NULL, NULL, &entry),
                      0);
  window_fixture_show (f);
  for (guint i = 0; i < 2; i++)
    items[i] = g_object_ref (window_fixture_item (f, i == 0 ? "a" : "b"));
  window = gtk_window_new ();
  plot = g_object_new (ARRAY_TYPE_PLOT, NULL);
  canvas = find_widget (plot, GTK_TYPE_DRAWING_AREA);
  gtk_window_set_default_size (GTK_WINDOW (window), 400, 300);
  gtk_window_set_child (GTK_WINDOW (window), plot);
  gtk_window_present (GTK_WINDOW (window));
  gtk_widget_set_can_target (canvas, FALSE);
  gtk_widget_grab_focus (canvas);
  plot_item (plot, items[0]);
  wait_until (shows_part (plot, "[0] = 0") && says (canvas, "[0] = 0"));
  ((int32_t *) shmlens_entry_data (entry))[0] = 7;
  plot_item (plot, items[1]);
  pointed = array_plot_text_at (ARRAY_PLOT (plot), 64);
  assert_null (pointed);
  assert_false (shows_part (plot, "["));
  wait_until (shows (plot, "[0] = 7") && says (canvas, "[0] = 7"));
  gtk_window_destroy (GTK_WINDOW (window));
  for (guint i = 0; i < 2; i++)
    g_object_unref (items[i]);
}

static void
what_is_no_number_is_not_drawn (void **state)
{
  struct window_fixture *f = *state;
  struct shmlens_entry *entry = NULL;
  GtkWidget *view;

  assert_int_equal (
    shmlens_array_create (f->segment, "text", 'c', 1, (const uint64_t[]){ 50 }, NULL, NULL, &entry),
    0);
  window_fixture_show (f);
  window_fixture_item (f, "text");
  view = find_widget (f->window, ARRAY_TYPE_VIEW);
  wait_until (gtk_widget_get_mapped (view));
  for (guint i = 1; i < 4; i++)
    {
      static const char *const pages[] = { "grid", "plot", "histogram", "image" };
      GtkWidget *canvas;

      gtk_drop_down_set_selected (child_of (view, "page"), i);
      wait_until (gtk_widget_get_mapped (child_of (view, pages[i])));
      canvas = find_widget (child_of (view, pages[i]), GTK_TYPE_DRAWING_AREA);
      assert_non_null (gtk_widget_get_tooltip_text (canvas));
      assert_non_null (strstr (gtk_widget_get_tooltip_text (canvas), "one does not calculate"));
    }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    window_test (a_selection_is_summed_up_and_copied),
    window_test (a_large_selection_is_copied_while_the_window_goes_on),
    window_test (cells_are_pasted_as_one_step_or_not_at_all),
    window_test (a_selection_is_edited_at_once),
    window_test (elements_are_found),
    window_test (planes_of_three_dimensions_are_chosen),
    window_test (a_plane_is_drawn_as_a_heat_map),
    window_test (three_channels_are_drawn_as_an_image),
    window_test (elements_are_drawn_as_a_line_and_counted_in_bins),
    window_test (charts_are_gone_through_by_keys),
    window_test (a_histogram_has_a_range_of_its_own_and_counts_by_powers),
    window_test (a_chart_never_shows_the_array_before),
    window_test (what_is_no_number_is_not_drawn),
  };

  if (!window_fixture_start ())
    return 77;
  return cmocka_run_group_tests (tests, NULL, NULL);
}
