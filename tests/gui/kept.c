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

static void
start (struct window_fixture *f, GSettings *settings)
{
  f->window = shmlens_window_new (NULL, f->session, settings);
  gtk_window_present (GTK_WINDOW (f->window));
  wait_until (gtk_widget_get_mapped (child_of (f->window, "table_stack"))
              || gtk_widget_get_mapped (child_of (f->window, "watch_page")));
}

/* As people do it. */
static void
end (struct window_fixture *f)
{
  window_fixture_end_by (f, gtk_window_close);
}

static gboolean
is_selected (struct window_fixture *f, const char *name)
{
  EntryItem *item = entry_table_get_selected (child_of (f->window, "table"));

  return item != NULL && g_str_equal (entry_item_get_info (item)->name, name)
         && gtk_widget_get_mapped (child_of (f->window, "table"));
}

static int
position_of (struct window_fixture *f, const char *paned)
{
  return gtk_paned_get_position (child_of (f->window, paned));
}

static int
height_of_dock (struct window_fixture *f)
{
  return gtk_widget_get_height (child_of (f->window, "dock"));
}

static gboolean
shows_page (struct window_fixture *f, const char *expected)
{
  g_autofree char *page = NULL;

  g_object_get (child_of (f->window, "dock"), "page", &page, NULL);
  return g_str_equal (page, expected);
}

static void
reset (GSettings *settings)
{
  static const char *const keys[]
    = { "window-width", "window-height", "sidebar-width", "sidebar-shown", "details-height",
        "dock-page",    "reopen-last",   "last-segment",  "last-entry",    "watch-list-shown" };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    g_settings_reset (settings, keys[i]);
}

static void
sizes_and_what_is_shown (void **state)
{
  struct window_fixture *f = *state;
  g_autoptr (GSettings) settings = make_settings ();
  int value = 5, height, width, dock_height;

  window_fixture_value (f, "n", 'i', &value, NULL);
  reset (settings);
  g_settings_set_string (settings, "last-segment", f->name);
  start (f, settings);
  wait_until (is_selected (f, "n") && height_of_dock (f) > 0);

  /* More than the half that it has at first at most. */
  gtk_paned_set_position (child_of (f->window, "paned"), 333);
  gtk_paned_set_position (child_of (f->window, "details_paned"), 150);
  wait_until (height_of_dock (f) > 300);
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.dock-page", "s", "locks");
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.sidebar", NULL);
  wait_until (!gtk_widget_get_mapped (child_of (f->window, "sidebar")));
  dock_height = height_of_dock (f);
  gtk_window_get_default_size (GTK_WINDOW (f->window), &width, &height);
  end (f);

  start (f, settings);
  wait_until (is_selected (f, "n") && height_of_dock (f) == dock_height);
  assert_true (shows_page (f, "locks"));
  assert_false (gtk_widget_get_mapped (child_of (f->window, "sidebar")));
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.sidebar", NULL);
  wait_until (gtk_widget_get_mapped (child_of (f->window, "sidebar")));
  assert_int_equal (position_of (f, "paned"), 333);
  {
    int again_width, again_height;

    gtk_window_get_default_size (GTK_WINDOW (f->window), &again_width, &again_height);
    assert_int_equal (again_width, width);
    assert_int_equal (again_height, height);
  }
  reset (settings);
}

/* What an array needs at least is more than what a number does. */
static void
the_height_beside_an_array (void **state)
{
  struct window_fixture *f = *state;
  g_autoptr (GSettings) settings = make_settings ();
  struct shmlens_entry *entry;
  int height;

  assert_int_equal (shmlens_array_create (f->segment, "a", 'i', 3, (const uint64_t[]){ 3, 5, 7 },
                                          NULL, NULL, &entry), 0);
  reset (settings);
  g_settings_set_string (settings, "last-segment", f->name);
  start (f, settings);
  wait_until (is_selected (f, "a") && height_of_dock (f) > 0);
  gtk_paned_set_position (child_of (f->window, "details_paned"), 150);
  wait_until (height_of_dock (f) > 300);
  height = height_of_dock (f);
  for (guint i = 0; i < 2; i++)
    {
      end (f);
      start (f, settings);
      wait_until (is_selected (f, "a") && height_of_dock (f) == height);
    }
  reset (settings);
}

static void
what_was_open (void **state)
{
  struct window_fixture *f = *state;
  g_autoptr (GSettings) settings = make_settings ();
  g_autofree char *other = g_strconcat (f->name, "-other", NULL);
  struct shmlens_segment *segment;
  struct shmlens_entry *entry;
  int value = 5;

  assert_int_equal (shmlens_segment_create (other, NULL, &segment), 0);
  assert_int_equal (shmlens_value_create (segment, "far", 'i', &value, NULL, &entry), 0);
  assert_int_equal (shmlens_value_create (segment, "near", 'i', &value, NULL, &entry), 0);
  window_fixture_value (f, "first", 'i', &value, NULL);
  reset (settings);
  g_settings_set_string (settings, "last-segment", f->name);
  start (f, settings);
  wait_until (is_selected (f, "first"));
  shmlens_window_open (f->window, other, "near");
  wait_until (is_selected (f, "near"));
  end (f);

  start (f, settings);
  wait_until (is_selected (f, "near"));
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.watch-list", NULL);
  wait_until (gtk_widget_get_mapped (child_of (f->window, "watch_page")));
  end (f);

  start (f, settings);
  wait_until (gtk_widget_get_mapped (child_of (f->window, "watch_page"))
              && segment_shows (f, other, other));
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.watch-list", NULL);
  wait_until (is_selected (f, "near"));
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.watch-list", NULL);
  end (f);

  /* What is asked for goes before. */
  f->window = shmlens_window_new (NULL, f->session, settings);
  shmlens_window_open (f->window, f->name, NULL);
  gtk_window_present (GTK_WINDOW (f->window));
  wait_until (is_selected (f, "first"));
  window_fixture_close (f);

  /* An entry that is no more is not waited for. */
  g_settings_set_boolean (settings, "watch-list-shown", FALSE);
  g_settings_set_string (settings, "last-segment", other);
  g_settings_set_string (settings, "last-entry", "gone");
  start (f, settings);
  wait_until (is_selected (f, "far"));
  assert_int_equal (shmlens_value_create (segment, "gone", 'i', &value, NULL, &entry), 0);
  wait_until (shows (child_of (f->window, "table"), "gone"));
  assert_true (is_selected (f, "far"));
  end (f);
  shmlens_segment_detach (segment);
  reset (settings);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    window_test (widths_of_columns),
    window_test (sizes_and_what_is_shown),
    window_test (the_height_beside_an_array),
    window_test (what_was_open),
  };

  if (!window_fixture_start ())
    return 77;
  return cmocka_run_group_tests (tests, NULL, NULL);
}
