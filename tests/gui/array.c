/* Arrays in the window: selected, summed up, copied, pasted, edited as blocks, looked
 * through, and planes of those with several dimensions. */
#include "window-fixture.h"

#include "array-commands.h"
#include "array-find-bar.h"
#include "array-grid.h"
#include "array-plane-bar.h"
#include "array-view.h"
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
note_text (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(char **) user_data = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);
}

static void
assert_clipboard (GtkWidget *widget, const char *expected)
{
  g_autofree char *text = NULL;

  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (widget), NULL, note_text, &text);
  wait_until (text != NULL);
  assert_string_equal (text, expected);
}

static void
a_selection_is_summed_up_and_copied (void **state)
{
  struct stage stage = begin (*state, 2, plain_shape);

  array_grid_select (stage.grid, 2 * COLUMNS + 3, 4 * COLUMNS + 4);
  wait_until (
    shows (stage.view, "6 elements · sum 381 · 43 to 84 · mean 63.5 · deviation 16.34"));
  gtk_widget_activate_action (stage.view, "array.copy-table", NULL);
  assert_clipboard (stage.view, "43\t44\n63\t64\n83\t84\n");
  gtk_widget_activate_action (stage.view, "array.copy-python", NULL);
  assert_clipboard (stage.view, "[[43, 44],\n [63, 64],\n [83, 84]]");

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
  struct window_fixture *f = *state;
  struct stage stage = begin (f, 2, plain_shape);
  static const struct
  {
    const char *text;
    int first, last;
  } cases[] = { { "*=2", 2, 44 }, { "100:-1", 100, 97 }, { "5", 5, 5 } };

  array_grid_select (stage.grid, 1, COLUMNS + 2);
  wait_until (array_grid_get_cursor_area (stage.grid, &(GdkRectangle){ 0 }));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      GtkWidget *popover;

      gtk_widget_activate_action (stage.view, "array.edit", NULL);
      popover = find_widget (f->window, EDIT_TYPE_POPOVER);
      assert_non_null (popover);
      wait_until (gtk_widget_get_mapped (popover));
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

  assert_true (gtk_widget_get_visible (GTK_WIDGET (bar)));
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
  array_grid_select (stage.grid, 5 + 7, 6 + 7 + 35);
  wait_until (shows_part (stage.view, "4 elements · sum 120 · 12 to 48"));
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    window_test (a_selection_is_summed_up_and_copied),
    window_test (cells_are_pasted_as_one_step_or_not_at_all),
    window_test (a_selection_is_edited_at_once),
    window_test (elements_are_found),
    window_test (planes_of_three_dimensions_are_chosen),
  };

  if (!window_fixture_start ())
    return 77;
  return cmocka_run_group_tests (tests, NULL, NULL);
}
