/* The table: its columns, how values are displayed, several edited at once. */
#include "window-fixture.h"

#include "column-chooser.h"
#include "entry-table.h"
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

static void
columns_are_chosen_moved_and_remembered (void **state)
{
  struct window_fixture *f = *state;
  g_autoptr (GSettings) settings = make_settings ();
  g_auto (GStrv) kept = NULL;
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
  wait_until (g_strv_length (kept = g_settings_get_strv (settings, "columns")) == 6
              && g_str_equal (kept[1], "previous"));

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
  wait_until (shows (table, "815"));
  assert_true (shows (table, "5"));
  gtk_widget_activate_action (table, "entry.reset-statistics", NULL);
  wait_until (!shows (table, "5"));
  g_settings_reset (settings, "columns");
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    window_test (columns_are_chosen_moved_and_remembered),
    window_test (statistics_begin_anew_when_told_to),
  };

  if (!window_fixture_start ())
    return 77;
  return cmocka_run_group_tests (tests, NULL, NULL);
}
