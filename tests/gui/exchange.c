/* What the window hands to other programs: entries that are copied. */
#include "window-fixture.h"

#include "clipboard.h"

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

int
main (void)
{
  const struct CMUnitTest tests[] = {
    window_test (entries_are_copied_as_code),
    window_test (shown_values_are_copied_while_paused),
  };

  if (!window_fixture_start ())
    return 77;
  return cmocka_run_group_tests (tests, NULL, NULL);
}
