/* The filter of the table: its menu, what it says, and entries that do what is asked for. */
#include "window-fixture.h"

#include "entry-table.h"
#include "filter-menu.h"

static guint
n_visible (struct window_fixture *f)
{
  return entry_table_get_n_visible (child_of (f->window, "table"));
}

static void
type (struct window_fixture *f, const char *text)
{
  gtk_editable_set_text (child_of (f->window, "filter_entry"), text);
}

static void
add_three (struct window_fixture *f)
{
  window_fixture_value (f, "stop", '?', NULL,
                        &(struct shmlens_entry_attr) { .role = SHMLENS_ROLE_FLAG });
  window_fixture_value (f, "steps", 'q', NULL, NULL);
  window_fixture_value (f, "loss", 'd', NULL, NULL);
}

static void
the_menu_writes_the_filter (void **state)
{
  struct window_fixture *f = *state;
  GtkWidget *menu;
  GtkEditable *entry;

  add_three (f);
  window_fixture_show (f);
  menu = find_widget (f->window, FILTER_TYPE_MENU);
  entry = child_of (f->window, "filter_entry");
  assert_non_null (menu);
  wait_until (n_visible (f) == 3);
  gtk_widget_activate_action (menu, "filter.role-flag", NULL);
  assert_string_equal (gtk_editable_get_text (entry), "role:flag");
  wait_until (n_visible (f) == 1 && shows (child_of (f->window, "table"), "stop"));
  gtk_widget_activate_action (menu, "filter.type-int", NULL);
  wait_until (n_visible (f) == 0 && shows (f->window, "No entry passes the filter."));
  gtk_widget_activate_action (menu, "filter.role-flag", NULL);
  assert_string_equal (gtk_editable_get_text (entry), "type:int");
  wait_until (n_visible (f) == 1 && shows (child_of (f->window, "table"), "steps"));
  gtk_widget_activate_action (menu, "filter.clear", NULL);
  wait_until (n_visible (f) == 3 && !shows (f->window, "No entry passes the filter."));
}

static void
what_is_wrong_is_said_and_hides_nothing (void **state)
{
  struct window_fixture *f = *state;
  GtkWidget *entry;

  add_three (f);
  window_fixture_show (f);
  entry = child_of (f->window, "filter_entry");
  type (f, "role:nothing");
  wait_until (gtk_widget_has_css_class (entry, "warning"));
  assert_non_null (strstr (gtk_widget_get_tooltip_text (entry), "flag, counter"));
  run_main_loop_for (100);
  assert_int_equal (n_visible (f), 3);
  type (f, "role:flag");
  wait_until (!gtk_widget_has_css_class (entry, "warning") && n_visible (f) == 1);
}

static void
entries_that_change_are_found_though_they_are_not_shown (void **state)
{
  struct window_fixture *f = *state;
  struct shmlens_entry *entry;
  int64_t value = 0;

  entry = window_fixture_value (f, "steps", 'q', NULL, NULL);
  window_fixture_value (f, "still", 'q', NULL, NULL);
  window_fixture_show (f);
  wait_until (n_visible (f) == 2);
  type (f, "is:changed");
  wait_until (n_visible (f) == 0);
  value = 7;
  assert_int_equal (shmlens_entry_store (entry, 0, &value), 0);
  wait_until (n_visible (f) == 1 && shows (child_of (f->window, "table"), "steps"));
  type (f, "-is:changed");
  wait_until (n_visible (f) == 1 && shows (child_of (f->window, "table"), "still"));

  /* They are let go with the filter. */
  type (f, "");
  wait_until (n_visible (f) == 2);
}

/* Rows that come back come a few at a time. */
static gboolean
has_rows (GtkSelectionModel *rows, guint n)
{
  return g_list_model_get_n_items (G_LIST_MODEL (rows)) == n;
}

/* A table with a hundred rows: more than go in one frame. */
static GtkSelectionModel *
show_hundred (struct window_fixture *f)
{
  GtkSelectionModel *rows;

  for (int i = 0; i < 100; i++)
    {
      g_autofree char *name = g_strdup_printf ("entry-%02d", i);

      window_fixture_value (f, name, 'i', NULL, NULL);
    }
  window_fixture_show (f);
  rows = gtk_column_view_get_model (child_of (child_of (f->window, "table"), "view"));
  wait_until (has_rows (rows, 100));
  return rows;
}

static void
what_is_selected_stays_so_while_rows_go_and_come (void **state)
{
  struct window_fixture *f = *state;
  GtkSelectionModel *rows = show_hundred (f);
  GtkWidget *table = child_of (f->window, "table");

  type (f, "entry-7");
  wait_until (has_rows (rows, 10));
  gtk_selection_model_select_item (rows, 3, TRUE);
  gtk_selection_model_select_item (rows, 5, FALSE);
  assert_string_equal (entry_item_get_info (entry_table_get_selected (ENTRY_TABLE (table)))->name,
                       "entry-75");
  type (f, "");
  wait_until (has_rows (rows, 100));
  for (guint i = 0; i < 100; i++)
    assert_int_equal (gtk_selection_model_is_selected (rows, i), i == 73 || i == 75);
  assert_string_equal (entry_item_get_info (entry_table_get_selected (ENTRY_TABLE (table)))->name,
                       "entry-75");
  wait_until (shows (table, "entry-73"));

  /* What does not pass is selected no more. */
  type (f, "entry-75");
  wait_until (has_rows (rows, 1));
  type (f, "entry-2");
  wait_until (has_rows (rows, 10));
  assert_string_equal (entry_item_get_info (entry_table_get_selected (ENTRY_TABLE (table)))->name,
                       "entry-20");
}

static void
rows_of_the_segment_before_are_not_looked_at_while_they_go (void **state)
{
  struct window_fixture *f = *state;
  GtkSelectionModel *rows = show_hundred (f);
  EntryTable *table = child_of (f->window, "table");
  g_autoptr (EntryItem) before = g_object_ref (entry_table_get_selected (table));
  g_autoptr (EntryList) list = entry_list_new (f->session, entry_item_get_attachment (before));
  g_autoptr (EntryItem) after = g_list_model_get_item (G_LIST_MODEL (list), 60);
  g_autoptr (EntryItem) shown = NULL;

  entry_table_set_list (table, list);
  assert_true (has_rows (rows, 100));
  shown = g_list_model_get_item (G_LIST_MODEL (rows), 0);
  assert_ptr_equal (shown, before);
  assert_null (entry_table_get_selected (table));

  /* But those to come may be. */
  assert_false (entry_table_select (table, "no entry of this name"));
  assert_null (entry_table_get_selected (table));
  assert_true (entry_table_select (table, "entry-60"));
  assert_ptr_equal (entry_table_get_selected (table), after);
  wait_until (gtk_selection_model_is_selected (rows, 60) && has_rows (rows, 100));
  assert_ptr_equal (entry_table_get_selected (table), after);
  for (guint i = 0; i < 100; i++)
    {
      g_autoptr (EntryItem) item = g_list_model_get_item (G_LIST_MODEL (rows), i);
      g_autoptr (EntryItem) expected = g_list_model_get_item (G_LIST_MODEL (list), i);

      assert_ptr_equal (item, expected);
      assert_int_equal (gtk_selection_model_is_selected (rows, i), i == 60);
    }
  entry_table_set_list (table, NULL);
  assert_null (entry_table_get_selected (table));
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    window_test (the_menu_writes_the_filter),
    window_test (what_is_wrong_is_said_and_hides_nothing),
    window_test (entries_that_change_are_found_though_they_are_not_shown),
    window_test (what_is_selected_stays_so_while_rows_go_and_come),
    window_test (rows_of_the_segment_before_are_not_looked_at_while_they_go),
  };

  if (!window_fixture_start ())
    return 77;
  return cmocka_run_group_tests (tests, NULL, NULL);
}
