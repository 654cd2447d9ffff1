/* What the window hands to other programs, entries that are copied; and what it takes from them,
 * files and names that are dropped on it. */
#include "window-fixture.h"

#include "clipboard.h"
#include "entry-drag.h"
#include "entry-table.h"

static GtkWidget *
show_values (struct window_fixture *f)
{
  const double loss = 0.25;
  const int steps[] = { 1, 2, 3 };
  const uint64_t length = G_N_ELEMENTS (steps);
  const gboolean stop = TRUE;
  struct shmlens_entry *entry;

  window_fixture_value (f, "worker 1 loss", 'd', &loss, NULL);
  assert_int_equal (
    shmlens_array_create (f->segment, "steps", 'i', 1, &length, steps, NULL, &entry), 0);
  window_fixture_value (f, "stop", '?', &stop, NULL);
  window_fixture_show (f);
  return child_of (f->window, "table");
}

static void
entries_are_copied_as_code (void **state)
{
  struct window_fixture *f = *state;
  GtkWidget *table = show_values (f);

  window_fixture_item (f, "worker 1 loss");
  gtk_widget_activate_action (table, "entry.copy-python", NULL);
  wait_for_clipboard (table, "0.25");
  gtk_widget_activate_action (table, "entry.copy-c", NULL);
  wait_for_clipboard (table, "double worker_1_loss = 0.25;\n");

  gtk_selection_model_select_all (gtk_column_view_get_model (child_of (table, "view")));
  gtk_widget_activate_action (table, "entry.copy-csv", NULL);
  wait_for_clipboard (table, "name,type,value\nworker 1 loss,float64,0.25\n"
                             "steps,int32[3],\"[1, 2, 3]\"\nstop,bool,true\n");
  gtk_widget_activate_action (table, "entry.copy-c", NULL);
  wait_for_clipboard (table, "double worker_1_loss = 0.25;\nint32_t steps[3] = { 1, 2, 3 };\n"
                             "bool stop = true;\n");
  gtk_widget_activate_action (table, "entry.copy-python", NULL);
  wait_for_clipboard (table,
                      "{\n 'worker 1 loss': 0.25,\n 'steps': [1, 2, 3],\n 'stop': True,\n}\n");
}

/* What stands still is copied as it is shown, and not as it has become since. */
static void
shown_values_are_copied_while_paused (void **state)
{
  struct window_fixture *f = *state;
  int value = 5;
  struct shmlens_entry *entry = window_fixture_value (f, "n", 'i', &value, NULL);
  GtkWidget *table;
  EntryItem *item;

  window_fixture_show (f);
  table = child_of (f->window, "table");
  wait_until (shows (table, "5"));
  item = window_fixture_item (f, "n");
  g_object_set (f->session, "paused", TRUE, NULL);
  /* What was being read while it was paused may still be shown. */
  do
    {
      value++;
      shmlens_entry_set (entry, 0, &value);
      run_main_loop_for (20);
    }
  while (atoi (entry_item_get_value (item)) == value);
  gtk_widget_activate_action (table, "entry.copy-python", NULL);
  wait_for_clipboard (table, entry_item_get_value (item));
  g_object_set (f->session, "paused", FALSE, NULL);
  wait_until (atoi (entry_item_get_value (item)) == value);
  gtk_widget_activate_action (table, "entry.copy-python", NULL);
  wait_for_clipboard (table, entry_item_get_value (item));
}

/* Whether the window takes what is dropped. */
static gboolean
drop (struct window_fixture *f, GType type, gconstpointer what)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (GTK_WIDGET (f->window));
  g_auto (GValue) value = G_VALUE_INIT;
  gboolean taken = FALSE;

  g_value_init (&value, type);
  if (type == G_TYPE_STRING)
    g_value_set_string (&value, what);
  else
    g_value_set_boxed (&value, what);
  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_DROP_TARGET (controller))
        g_signal_emit_by_name (controller, "drop", &value, 1.0, 1.0, &taken);
    }
  return taken;
}

static gboolean
drop_file (struct window_fixture *f, const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  GSList files = { file, NULL };

  return drop (f, GDK_TYPE_FILE_LIST, &files);
}

static const char *
selected_name (struct window_fixture *f)
{
  EntryItem *item = entry_table_get_selected (child_of (f->window, "table"));

  return item != NULL ? entry_item_get_info (item)->name : "";
}

static void
what_is_dropped_is_opened (void **state)
{
  struct window_fixture *f = *state;
  g_autofree char *other = g_strconcat (f->name, "-other", NULL);
  g_autofree char *path = g_strconcat ("/dev/shm", f->name, NULL);
  struct shmlens_segment *segment;
  struct shmlens_entry *entry;
  int value = 5;

  assert_int_equal (shmlens_segment_create (other, NULL, &segment), 0);
  assert_int_equal (shmlens_value_create (segment, "far", 'i', &value, NULL, &entry), 0);
  window_fixture_value (f, "first", 'i', &value, NULL);
  window_fixture_value (f, "second", 'i', &value, NULL);
  window_fixture_show (f);

  /* As soon as the window knows of it, which is not told. */
  wait_until (drop (f, G_TYPE_STRING, other));
  wait_until (g_str_equal (selected_name (f), "far"));
  assert_true (drop_file (f, path));
  wait_until (g_str_equal (selected_name (f), "first"));
  assert_true (drop (f, G_TYPE_STRING, "second\r\n"));
  wait_until (g_str_equal (selected_name (f), "second"));
  assert_true (drop (f, G_TYPE_STRING, other + 1));
  wait_until (g_str_equal (selected_name (f), "far"));
  shmlens_segment_detach (segment);
}

static void
what_cannot_be_opened_is_told (void **state)
{
  struct window_fixture *f = *state;
  g_autofree char *lengthy = g_strnfill (1000, 'a');
  g_autoptr (GFile) elsewhere = g_file_new_for_uri ("http://example.invalid/run.shmrec");
  GSList files = { elsewhere, NULL };
  int value = 5;

  window_fixture_value (f, "first", 'i', &value, NULL);
  window_fixture_show (f);
  wait_until (g_str_equal (selected_name (f), "first"));

  assert_false (drop (f, G_TYPE_STRING, " \n"));
  assert_true (window_fixture_says (f, "this text is no name"));
  assert_false (drop (f, G_TYPE_STRING, NULL));
  assert_false (drop (f, GDK_TYPE_FILE_LIST, NULL));
  assert_true (window_fixture_says (f, "not on this computer"));
  assert_false (drop (f, GDK_TYPE_FILE_LIST, &files));
  assert_false (drop_file (f, "/usr"));
  assert_true (window_fixture_says (f, "/usr: it is neither a recording"));
  assert_false (drop (f, G_TYPE_STRING, lengthy));
  assert_true (window_fixture_says (f, "…: there is no such segment"));
  assert_string_equal (selected_name (f), "first");

  /* What is right takes that away, but nothing else that is said. */
  assert_true (drop (f, G_TYPE_STRING, f->name));
  assert_null (message_bar_get_text (shmlens_window_get_message_bar (f->window)));
  message_bar_say (shmlens_window_get_message_bar (f->window), MESSAGE_ERROR, "something else");
  assert_true (drop (f, G_TYPE_STRING, f->name));
  assert_true (window_fixture_says (f, "something else"));
}

/* A drag begins where a row is, and takes the name along. */
static void
names_are_dragged_out (void **state)
{
  struct window_fixture *f = *state;
  GtkWidget *view = child_of (show_values (f), "view");
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (view);
  g_autoptr (GtkEventController) source = NULL;
  g_autoptr (GdkContentProvider) content = NULL;
  g_auto (GValue) name = G_VALUE_INIT;
  double x = gtk_widget_get_width (view) / 2, y = gtk_widget_get_height (view) - 4;
  GdkContentProvider *nothing = NULL;

  for (guint i = 0; source == NULL; i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      assert_non_null (controller);
      if (GTK_IS_DRAG_SOURCE (controller))
        source = g_object_ref (controller);
    }
  /* Below the last row, and in the heading. */
  g_signal_emit_by_name (source, "prepare", x, y, &nothing);
  assert_null (nothing);
  g_signal_emit_by_name (source, "prepare", x, 4.0, &nothing);
  assert_null (nothing);
  wait_until (shows (view, "stop"));
  for (y = 4; entry_drag_find (view, x, y) == NULL; y++)
    assert_true (y < gtk_widget_get_height (view));
  g_signal_emit_by_name (source, "prepare", x, y, &content);
  assert_non_null (content);
  g_value_init (&name, G_TYPE_STRING);
  assert_true (gdk_content_provider_get_value (content, &name, NULL));
  assert_string_equal (g_value_get_string (&name), "worker 1 loss");
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    window_test (entries_are_copied_as_code),
    window_test (shown_values_are_copied_while_paused),
    window_test (what_is_dropped_is_opened),
    window_test (what_cannot_be_opened_is_told),
    window_test (names_are_dragged_out),
  };

  if (!window_fixture_start ())
    return 77;
  return cmocka_run_group_tests (tests, NULL, NULL);
}
