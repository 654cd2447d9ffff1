/* The table: its columns, several edited at once. */
#include "window-fixture.h"

#include <math.h>

#include "column-chooser.h"
#include "entry-table.h"
#include "group-popover.h"
#include "sparkline-cell.h"

static GSettings *
make_settings (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  GSettingsSchema *schema
    = source != NULL ? g_settings_schema_source_lookup (source, "org.shmlens.Shmlens", TRUE)
                     : NULL;
  GSettings *settings;

  assert_non_null (schema);
  settings = g_settings_new_full (schema, NULL, NULL);
  g_settings_schema_unref (schema);
  return settings;
}

static GListModel *
columns_of (gpointer table)
{
  return gtk_column_view_get_columns (child_of (table, "view"));
}

/* The titles of the columns that are shown: "Name Type". */
static gboolean
titles_are (gpointer table, const char *expected)
{
  g_autoptr (GString) titles = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (columns_of (table)); i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns_of (table), i);

      g_string_append_printf (titles, "%s%s", i > 0 ? ", " : "",
                              gtk_column_view_column_get_title (column));
    }
  return g_str_equal (titles->str, expected);
}

/* The check button of this column in the popover. */
static GtkWidget *
check_of (GtkWidget *chooser, const char *title)
{
  for (GtkWidget *row = gtk_widget_get_first_child (child_of (chooser, "rows")); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    {
      GtkWidget *check = gtk_widget_get_first_child (row);

      if (g_str_equal (gtk_check_button_get_label (GTK_CHECK_BUTTON (check)), title))
        return check;
    }
  fail_msg ("there is no column %s to choose", title);
  return NULL;
}

static gboolean
second_kept_is (GSettings *settings, const char *name)
{
  g_auto (GStrv) kept = g_settings_get_strv (settings, "columns");

  return g_strv_length (kept) == 6 && g_str_equal (kept[1], name);
}

static void
columns_are_chosen_moved_and_remembered (void **state)
{
  struct window_fixture *f = *state;
  g_autoptr (GSettings) settings = make_settings ();
  GtkWidget *table, *chooser, *move;
  int value = 5;
  struct shmlens_entry *entry = window_fixture_value (f, "n", 'i', &value, NULL);

  window_fixture_show (f);
  table = child_of (f->window, "table");
  entry_table_set_settings (ENTRY_TABLE (table), settings);
  assert_true (titles_are (table, "Name, Type, Value, Lock, Changed"));
  wait_until (shows (table, "5"));

  gtk_widget_activate_action (table, "entry.columns", NULL);
  chooser = find_widget (f->window, COLUMN_TYPE_CHOOSER);
  assert_non_null (chooser);
  wait_until (gtk_widget_get_mapped (chooser));
  assert_false (gtk_widget_get_sensitive (check_of (chooser, "Value")));
  gtk_check_button_set_active (GTK_CHECK_BUTTON (check_of (chooser, "Previous")), TRUE);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (check_of (chooser, "Last minute")), TRUE);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (check_of (chooser, "Type")), FALSE);
  assert_true (titles_are (table, "Name, Value, Lock, Changed, Previous, Last minute"));
  move = gtk_widget_get_next_sibling (check_of (chooser, "Previous"));
  g_signal_emit_by_name (move, "clicked");
  assert_true (titles_are (table, "Name, Value, Lock, Previous, Changed, Last minute"));
  gtk_popover_popdown (GTK_POPOVER (chooser));

  value = 4711;
  shmlens_entry_set (entry, 0, &value);
  wait_until (shows (table, "4711") && shows (table, "5"));
  assert_non_null (find_widget (table, SPARKLINE_TYPE_CELL));

  /* As a drag does it: out, and in again. */
  {
    GtkColumnView *view = child_of (table, "view");
    g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns_of (table), 3);

    gtk_column_view_insert_column (view, 1, column);
  }
  wait_until (second_kept_is (settings, "previous"));

  /* A narrow table has the name and the value, and then again what was chosen. */
  g_object_set (table, "narrow", TRUE, NULL);
  assert_true (titles_are (table, "Name, Value"));
  run_main_loop_for (20);
  g_object_set (table, "narrow", FALSE, NULL);
  assert_true (titles_are (table, "Name, Previous, Value, Lock, Changed, Last minute"));

  gtk_widget_activate_action (table, "entry.hide-column", "s", "lock");
  assert_true (titles_are (table, "Name, Previous, Value, Changed, Last minute"));

  /* Another window has chosen, and something that there is not. */
  g_settings_set_strv (settings, "columns", (const char *[]){ "mean", "nonsense", "mean", NULL });
  assert_true (titles_are (table, "Name, Mean, Value"));
  g_settings_reset (settings, "columns");
  assert_true (titles_are (table, "Name, Type, Value, Lock, Changed"));
}

static void
statistics_begin_anew_when_told_to (void **state)
{
  struct window_fixture *f = *state;
  g_autoptr (GSettings) settings = make_settings ();
  GtkWidget *table;
  int value = 5;
  struct shmlens_entry *entry = window_fixture_value (f, "n", 'i', &value, NULL);

  g_settings_set_strv (settings, "columns", (const char *[]){ "name", "value", "minimum", NULL });
  window_fixture_show (f);
  table = child_of (f->window, "table");
  entry_table_set_settings (ENTRY_TABLE (table), settings);
  window_fixture_item (f, "n");
  wait_until (shows (table, "5"));
  value = 815;
  shmlens_entry_set (entry, 0, &value);
  wait_until (shows (table, "815") && shows (table, "5"));
  gtk_widget_activate_action (table, "entry.reset-statistics", NULL);
  wait_until (!shows (table, "5"));
  g_settings_reset (settings, "columns");
}

/* The names of the first rows: "a b c". */
static gboolean
rows_are (gpointer table, const char *expected)
{
  GListModel *rows = G_LIST_MODEL (gtk_column_view_get_model (child_of (table, "view")));
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
    {
      g_autoptr (EntryItem) item = g_list_model_get_item (rows, i);

      g_string_append_printf (names, "%s%s", i > 0 ? " " : "", entry_item_get_info (item)->name);
    }
  return g_str_equal (names->str, expected);
}

static void
sort_by (gpointer table, guint column, GtkSortType order)
{
  g_autoptr (GtkColumnViewColumn) sorted = g_list_model_get_item (columns_of (table), column);

  gtk_column_view_sort_by_column (child_of (table, "view"), sorted, order);
}

static gboolean
is_sorted_by (GSettings *settings, const char *column)
{
  g_autofree char *id = g_settings_get_string (settings, "sort-column");

  return g_str_equal (id, column);
}

static void
rows_are_sorted_by_values_that_move (void **state)
{
  struct window_fixture *f = *state;
  g_autoptr (GSettings) settings = make_settings ();
  int64_t least = INT64_MIN, most = INT64_MAX, value = 5;
  double nothing = NAN, half = 0.5;
  struct shmlens_entry *entry;
  GtkWidget *table;

  window_fixture_value (f, "c", 'q', &most, NULL);
  entry = window_fixture_value (f, "b", 'q', &value, NULL);
  window_fixture_value (f, "a", 'd', &half, NULL);
  window_fixture_value (f, "d", 'q', &least, NULL);
  window_fixture_value (f, "n", 'd', &nothing, NULL);
  window_fixture_show (f);
  table = child_of (f->window, "table");
  entry_table_set_settings (ENTRY_TABLE (table), settings);
  assert_true (rows_are (table, "c b a d n"));
  sort_by (table, 0, GTK_SORT_ASCENDING);
  assert_true (rows_are (table, "a b c d n"));
  wait_until (shows (table, "0.5"));
  window_fixture_item (f, "b");
  sort_by (table, 2, GTK_SORT_ASCENDING);
  wait_until (rows_are (table, "d a b c n"));

  /* It is remembered, and survives that its column is not shown for a while. */
  wait_until (is_sorted_by (settings, "value"));
  g_object_set (table, "narrow", TRUE, NULL);
  g_object_set (table, "narrow", FALSE, NULL);
  wait_until (rows_are (table, "d a b c n"));

  /* A value moves: its row follows, and stays the one that is selected. */
  value = -1;
  shmlens_entry_set (entry, 0, &value);
  wait_until (rows_are (table, "d b a c n"));
  assert_string_equal (
    entry_item_get_info (entry_table_get_selected (ENTRY_TABLE (table)))->name, "b");
  sort_by (table, 2, GTK_SORT_DESCENDING);
  wait_until (rows_are (table, "n c a b d"));
  assert_true (g_settings_get_boolean (settings, "sort-descending"));

  gtk_widget_activate_action (table, "entry.unsort", NULL);
  wait_until (rows_are (table, "c b a d n"));

  /* What is no column leaves it as it is. */
  g_settings_set_string (settings, "sort-column", "nonsense");
  window_fixture_close (f);
  window_fixture_show (f);
  table = child_of (f->window, "table");
  entry_table_set_settings (ENTRY_TABLE (table), settings);
  assert_true (rows_are (table, "c b a d n"));
  g_settings_reset (settings, "sort-column");
  g_settings_reset (settings, "sort-descending");
}

static void
sorting_does_not_scroll (void **state)
{
  struct window_fixture *f = *state;
  struct shmlens_entry *entries[200];
  GtkAdjustment *adjustment;
  GtkWidget *table, *menu;
  double place;

  for (int i = 0; i < 200; i++)
    {
      g_autofree char *name = g_strdup_printf ("e%03d", i);

      entries[i] = window_fixture_value (f, name, 'i', &i, NULL);
    }
  window_fixture_show (f);
  table = child_of (f->window, "table");
  sort_by (table, 2, GTK_SORT_ASCENDING);
  adjustment = gtk_scrollable_get_vadjustment (child_of (table, "view"));
  wait_until (gtk_adjustment_get_upper (adjustment) > 3000 && shows (table, "e000"));
  gtk_adjustment_set_value (adjustment, 1500);
  wait_until (shows (table, "e055"));
  place = gtk_adjustment_get_value (adjustment);
  for (int i = 0; i < 200; i++)
    shmlens_entry_set (entries[i], 0, &(int) { 1000 - i });
  wait_until (shows (table, "e145"));
  assert_true (fabs (gtk_adjustment_get_value (adjustment) - place) < 40);

  /* The menu opens also for a row that is not on the screen. */
  window_fixture_item (f, "e199");
  gtk_adjustment_set_value (adjustment, 3000);
  menu = child_of (table, "menu");
  gtk_widget_activate_action (table, "entry.menu", NULL);
  wait_until (gtk_widget_get_mapped (menu));
  gtk_popover_popdown (GTK_POPOVER (menu));
}

static void
select_all (struct window_fixture *f)
{
  gtk_selection_model_select_all (
    gtk_column_view_get_model (child_of (child_of (f->window, "table"), "view")));
}

static int
value_of (struct shmlens_entry *entry)
{
  int value = -1;

  assert_int_equal (shmlens_entry_load (entry, 0, &value), 0);
  return value;
}

static GtkWidget *
begin_group_edit (struct window_fixture *f)
{
  GtkWidget *popover;

  select_all (f);
  gtk_widget_activate_action (child_of (f->window, "table"), "entry.edit", NULL);
  wait_until ((popover = find_widget (f->window, GROUP_TYPE_POPOVER)) != NULL
              && gtk_widget_get_mapped (popover));
  return popover;
}

static void
press (GtkWidget *owner, const char *button)
{
  assert_true (gtk_widget_get_sensitive (child_of (owner, button)));
  g_signal_emit_by_name (child_of (owner, button), "clicked");
}

static void
several_are_edited_and_undone_at_once (void **state)
{
  struct window_fixture *f = *state;
  struct shmlens_entry *entries[3];
  int values[3] = { 1, 2, 3 }, high = 100;
  GtkWidget *popover;
  EntryItem *looked_at = NULL;

  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *name = g_strdup_printf ("n %u", i);

      entries[i] = window_fixture_value (
        f, name, 'i', &values[i],
        &(struct shmlens_entry_attr){ .maximum = i == 2 ? &high : NULL });
    }
  window_fixture_show (f);
  looked_at = window_fixture_item (f, "n 1");
  popover = begin_group_edit (f);
  assert_ptr_equal (entry_table_get_selected (child_of (f->window, "table")), looked_at);
  assert_true (shows (popover, "Edit 3 entries"));

  /* What one of them cannot take is written to none. */
  gtk_editable_set_text (child_of (popover, "entry"), "101");
  assert_false (gtk_widget_get_sensitive (child_of (popover, "apply")));
  assert_true (shows_part (popover, "n 2"));
  gtk_editable_set_text (child_of (popover, "entry"), "+=5");
  press (popover, "apply");
  wait_until (!gtk_widget_get_mapped (popover));
  for (guint i = 0; i < 3; i++)
    assert_int_equal (value_of (entries[i]), values[i] + 5);

  wait_until (gtk_widget_get_sensitive (child_of (f->window, "undo_button")));
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.undo", NULL);
  wait_until (value_of (entries[2]) == 3 && value_of (entries[0]) == 1);
  assert_int_equal (value_of (entries[1]), 2);
  wait_until (!gtk_widget_get_sensitive (child_of (f->window, "undo_button")));
}

static void
what_fails_of_several_is_told_and_offered (void **state)
{
  struct window_fixture *f = *state;
  int first = 1, second = 2;
  struct shmlens_entry *locked = window_fixture_value (f, "locked", 'i', &first, NULL);
  struct shmlens_entry *foreign = window_fixture_value (
    f, "foreign", 'i', &second, &(struct shmlens_entry_attr){ .flags = SHMLENS_EXTERNAL_LOCK });
  GtkWidget *popover;

  window_fixture_show (f);
  wait_until (shows (f->window, "foreign"));
  popover = begin_group_edit (f);
  gtk_editable_set_text (child_of (popover, "entry"), "7");
  press (popover, "apply");
  wait_until (shows_part (popover, "1 of 2 was not written"));
  assert_true (shows_part (popover, "foreign: "));
  assert_int_equal (value_of (locked), 7);
  assert_int_equal (value_of (foreign), 2);
  press (popover, "offer");
  wait_until (!gtk_widget_get_mapped (popover));
  assert_int_equal (value_of (foreign), 7);
}

/* A row is always selected, and the one that was selected last is looked at. */
static void
what_is_looked_at_follows_the_selection (void **state)
{
  struct window_fixture *f = *state;
  EntryTable *table;
  GtkSelectionModel *model;
  struct shmlens_entry *entry = window_fixture_value (f, "a", 'i', NULL, NULL);

  window_fixture_value (f, "b", 'i', NULL, NULL);
  window_fixture_value (f, "c", 'i', NULL, NULL);
  window_fixture_show (f);
  table = child_of (f->window, "table");
  model = gtk_column_view_get_model (child_of (table, "view"));
#define LOOKED_AT entry_item_get_info (entry_table_get_selected (table))->name
  wait_until (entry_table_get_selected (table) != NULL);
  assert_string_equal (LOOKED_AT, "a");
  gtk_selection_model_select_item (model, 2, FALSE);
  assert_string_equal (LOOKED_AT, "c");
  gtk_selection_model_select_item (model, 1, FALSE);
  assert_string_equal (LOOKED_AT, "b");
  gtk_selection_model_unselect_item (model, 1);
  assert_string_equal (LOOKED_AT, "a");
  entry_table_set_filter (table, "b");
  wait_until (g_str_equal (LOOKED_AT, "b"));
  entry_table_set_filter (table, "nothing of this name");
  wait_until (entry_table_get_selected (table) == NULL);
  entry_table_set_filter (table, NULL);
  wait_until (entry_table_get_selected (table) != NULL);
  assert_true (entry_table_select (table, "a"));
  assert_int_equal (shmlens_entry_remove (entry), 0);
  wait_until (!g_str_equal (LOOKED_AT, "a"));
#undef LOOKED_AT
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    window_test (rows_are_sorted_by_values_that_move),
    window_test (sorting_does_not_scroll),
    window_test (columns_are_chosen_moved_and_remembered),
    window_test (statistics_begin_anew_when_told_to),
    window_test (several_are_edited_and_undone_at_once),
    window_test (what_fails_of_several_is_told_and_offered),
    window_test (what_is_looked_at_follows_the_selection),
  };

  if (!window_fixture_start ())
    return 77;
  return cmocka_run_group_tests (tests, NULL, NULL);
}
