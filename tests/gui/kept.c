/* What the window keeps from one start to the next. */
#include "window-fixture.h"

#include "column-chooser.h"
#include "entry-table.h"

static GSettings *
make_settings (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema = NULL;

  assert_non_null (source);
  schema = g_settings_schema_source_lookup (source, "org.shmlens.Shmlens", TRUE);
  assert_non_null (schema);
  return g_settings_new_full (schema, NULL, NULL);
}

static gpointer
show_with (struct window_fixture *f, GSettings *settings)
{
  gpointer table;

  window_fixture_show (f);
  table = child_of (f->window, "table");
  entry_table_set_settings (table, settings);
  return table;
}

/* In the order at first: name, type, value, lock, changed. */
static GtkColumnViewColumn *
column_of (gpointer table, guint place)
{
  GListModel *columns = gtk_column_view_get_columns (child_of (table, "view"));
  g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, place);

  assert_non_null (column);
  return column;
}

static int
width_of (gpointer table, guint place)
{
  return gtk_column_view_column_get_fixed_width (column_of (table, place));
}

static int
kept_width (GSettings *settings, const char *id)
{
  g_autoptr (GVariant) kept = g_settings_get_value (settings, "column-widths");
  int width = 0;

  g_variant_lookup (kept, id, "i", &width);
  return width;
}

static GtkWidget *
button_of (GtkWidget *root, const char *label)
{
  GtkWidget *found = NULL;

  if (GTK_IS_BUTTON (root) && g_strcmp0 (gtk_button_get_label (GTK_BUTTON (root)), label) == 0)
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = button_of (child, label);
  return found;
}

static void
widths_of_columns (void **state)
{
  struct window_fixture *f = *state;
  g_autoptr (GSettings) settings = make_settings ();
  int value = 5, name_at_first, lock_at_first;
  GtkWidget *chooser;
  gpointer table;

  window_fixture_value (f, "n", 'i', &value, NULL);
  table = show_with (f, settings);
  name_at_first = width_of (table, 0);
  lock_at_first = width_of (table, 3);
  gtk_column_view_column_set_fixed_width (column_of (table, 0), 301);
  wait_until (kept_width (settings, "name") == 301);
  /* The value takes what is left. */
  gtk_column_view_column_set_fixed_width (column_of (table, 2), 302);

  /* A narrow table has a width of its own for a while. */
  g_object_set (table, "narrow", TRUE, NULL);
  assert_int_not_equal (width_of (table, 0), 301);
  gtk_column_view_column_set_fixed_width (column_of (table, 0), 90);
  g_object_set (table, "narrow", FALSE, NULL);
  assert_int_equal (width_of (table, 0), 301);

  /* Also what was done just before the window is closed. */
  gtk_column_view_column_set_fixed_width (column_of (table, 1), -1);
  gtk_column_view_column_set_fixed_width (column_of (table, 3), 1);
  window_fixture_close (f);
  assert_int_equal (kept_width (settings, "name"), 301);
  assert_int_equal (kept_width (settings, "type"), -1);
  assert_int_equal (kept_width (settings, "value"), 0);

  table = show_with (f, settings);
  assert_int_equal (width_of (table, 0), 301);
  assert_int_equal (width_of (table, 1), -1);
  assert_true (width_of (table, 3) > 1);  /* it can be found again */
  assert_int_not_equal (width_of (table, 3), lock_at_first);

  gtk_widget_activate_action (table, "entry.columns", NULL);
  chooser = find_widget (f->window, COLUMN_TYPE_CHOOSER);
  assert_non_null (chooser);
  wait_until (gtk_widget_get_mapped (chooser));
  g_signal_emit_by_name (button_of (chooser, "_Standard Columns"), "clicked");
  assert_int_equal (width_of (table, 0), name_at_first);
  assert_int_equal (width_of (table, 3), lock_at_first);
  assert_int_equal (kept_width (settings, "name"), 0);
  window_fixture_close (f);

  /* What other programs have written there. */
  {
    GVariantBuilder nonsense;

    g_variant_builder_init (&nonsense, G_VARIANT_TYPE ("a{si}"));
    g_variant_builder_add (&nonsense, "{si}", "name", G_MAXINT);
    g_variant_builder_add (&nonsense, "{si}", "type", G_MININT);
    g_variant_builder_add (&nonsense, "{si}", "nonsense", 100);
    g_settings_set_value (settings, "column-widths", g_variant_builder_end (&nonsense));
  }
  table = show_with (f, settings);
  assert_true (width_of (table, 0) < 10000);
  assert_int_equal (width_of (table, 1), -1);
  g_settings_reset (settings, "column-widths");
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    window_test (widths_of_columns),
  };

  if (!window_fixture_start ())
    return 77;
  return cmocka_run_group_tests (tests, NULL, NULL);
}
