/* A window in a language that is written from right to left: what must be mirrored, and what must
 * not. */
#include "window-fixture.h"

#include "array-grid.h"
#include "dock.h"
#include "lock-page.h"
#include "plot-page.h"
#include "right-to-left.h"
#include "window-private.h"

static int
begin (void **state)
{
  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  right_to_left_prepare ();
  return window_fixture_begin (state);
}

static GtkWidget *
find_text (GtkWidget *root, const char *text)
{
  if (GTK_IS_INSCRIPTION (root)
      && g_str_equal (gtk_inscription_get_text (GTK_INSCRIPTION (root)), text))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_text (child, text);

      if (found != NULL)
        return found;
    }
  return NULL;
}

/* Whether the text is written in this direction, and stands at the window's start. */
static gboolean
is_written (struct window_fixture *f, const char *text, GtkTextDirection direction)
{
  GtkWidget *widget = find_text (GTK_WIDGET (f->window->table), text);

  return gtk_widget_get_direction (widget) == direction
         && gtk_inscription_get_xalign (GTK_INSCRIPTION (widget))
              == (direction == GTK_TEXT_DIR_LTR ? 1 : 0);
}

static void
cells_are_written_as_they_are (void **state)
{
  struct window_fixture *f = *state;
  struct shmlens_entry *n = window_fixture_value (f, "n", 'i', &(int){ -5 }, NULL);

  window_fixture_value (f, "שלב", '?', &(bool){ true }, NULL);
  window_fixture_value (f, "-1", 'd', &(double){ 0.5 }, NULL);
  window_fixture_show (f);
  wait_until (shows (f->window, "-5") && shows (f->window, "שלב") && shows (f->window, "0.5"));
  assert_true (is_written (f, "-5", GTK_TEXT_DIR_LTR));
  assert_true (is_written (f, "n", GTK_TEXT_DIR_LTR));
  assert_true (is_written (f, "-1", GTK_TEXT_DIR_LTR));
  assert_true (is_written (f, "int32", GTK_TEXT_DIR_LTR));
  assert_true (is_written (f, "שלב", GTK_TEXT_DIR_RTL));
  assert_int_equal (shmlens_entry_store (n, 0, &(int){ -6 }), 0);
  wait_until (shows (f->window, "-6"));
  assert_true (is_written (f, "-6", GTK_TEXT_DIR_LTR));
}

static void
labels_and_entries_follow_their_text (void **state)
{
  GtkWidget *window = gtk_window_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *label = gtk_label_new ("-5"), *entry = gtk_entry_new ();
  GtkWidget *text = GTK_WIDGET (gtk_editable_get_delegate (GTK_EDITABLE (entry)));

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_halign (label, GTK_ALIGN_START);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), entry);
  gtk_window_set_child (GTK_WINDOW (window), box);
  gtk_window_present (GTK_WINDOW (window));
  wait_until (gtk_widget_get_mapped (label) && gtk_widget_get_mapped (text));
  assert_int_equal (gtk_widget_get_direction (label), GTK_TEXT_DIR_LTR);
  assert_int_equal (gtk_widget_get_halign (label), GTK_ALIGN_END);
  assert_true (gtk_label_get_xalign (GTK_LABEL (label)) == 1);
  /* What goes on with the text before it is beside that. */
  gtk_label_set_text (GTK_LABEL (label), "· 5");
  assert_int_equal (gtk_widget_get_direction (label), GTK_TEXT_DIR_RTL);
  assert_int_equal (gtk_widget_get_halign (label), GTK_ALIGN_START);
  assert_true (gtk_label_get_xalign (GTK_LABEL (label)) == 0);

  assert_int_equal (gtk_widget_get_direction (text), GTK_TEXT_DIR_RTL);
  gtk_editable_set_text (GTK_EDITABLE (entry), "-0.5");
  assert_int_equal (gtk_widget_get_direction (text), GTK_TEXT_DIR_LTR);
  assert_true (gtk_editable_get_alignment (GTK_EDITABLE (text)) == 1);
  gtk_editable_set_text (GTK_EDITABLE (entry), "");
  assert_int_equal (gtk_widget_get_direction (text), GTK_TEXT_DIR_RTL);
  assert_true (gtk_editable_get_alignment (GTK_EDITABLE (text)) == 0);
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
what_has_an_axis_is_not_mirrored (void **state)
{
  struct window_fixture *f = *state;
  uint64_t shape[2] = { 4, 3 };
  struct shmlens_entry *grid;
  GtkWidget *page;

  assert_int_equal (shmlens_array_create (f->segment, "grid", 'i', 2, shape, NULL, NULL, &grid), 0);
  window_fixture_show_entry (f, "grid");
  wait_until (find_widget (f->window, ARRAY_TYPE_GRID) != NULL);
  assert_int_equal (gtk_widget_get_direction (find_widget (f->window, ARRAY_TYPE_GRID)),
                    GTK_TEXT_DIR_LTR);
  page = dock_show_page (f->window->dock, "plot");
  assert_int_equal (gtk_widget_get_direction (GTK_WIDGET (plot_page_get_view (PLOT_PAGE (page)))),
                    GTK_TEXT_DIR_LTR);
  assert_int_equal (gtk_widget_get_direction (page), GTK_TEXT_DIR_RTL);
}

static gboolean
is_at_start (GtkAdjustment *adjustment)
{
  double end = gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment);

  return end > 0 && gtk_adjustment_get_value (adjustment) == end;
}

static void
a_wide_table_begins_with_its_first_column (void **state)
{
  struct window_fixture *f = *state;
  g_autoptr (GtkColumnViewColumn) column = NULL;
  GtkAdjustment *adjustment;
  GtkWidget *view;

  window_fixture_value (f, "n", 'i', NULL, NULL);
  window_fixture_show_entry (f, "n");
  view = find_widget (dock_show_page (f->window->dock, "locks"), GTK_TYPE_COLUMN_VIEW);
  wait_until (gtk_widget_get_mapped (view));
  wait_until (gtk_widget_get_width (view) > 0);
  column = g_list_model_get_item (gtk_column_view_get_columns (GTK_COLUMN_VIEW (view)), 0);
  gtk_column_view_column_set_fixed_width (column, 3000);
  adjustment = gtk_scrollable_get_hadjustment (GTK_SCROLLABLE (view));
  wait_until (is_at_start (adjustment));
}

#define rtl_test(name) cmocka_unit_test_setup_teardown (name, begin, window_fixture_end)

int
main (void)
{
  const struct CMUnitTest tests[] = {
    rtl_test (cells_are_written_as_they_are),
    rtl_test (labels_and_entries_follow_their_text),
    rtl_test (what_has_an_axis_is_not_mirrored),
    rtl_test (a_wide_table_begins_with_its_first_column),
  };

  if (!window_fixture_start ())
    return 77;
  return cmocka_run_group_tests (tests, NULL, NULL);
}
