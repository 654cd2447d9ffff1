/* Holding an entry: asked for in a dialog, listed in a banner, let go by it or with the window. */
#include "window-fixture.h"

#include "entry-table.h"
#include "hold-banner.h"
#include "hold-dialog.h"

static GtkWidget *
dialog (void)
{
  return find_dialog (HOLD_TYPE_DIALOG);
}

static void
set (struct shmlens_entry *entry, uint64_t index, int value)
{
  assert_true (shmlens_entry_set (entry, index, &value) >= 0);
}

static int
get (struct shmlens_entry *entry, uint64_t index)
{
  int value = 0;

  assert_true (shmlens_entry_get (entry, index, &value) >= 0);
  return value;
}

static void
open_dialog (struct window_fixture *f)
{
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.hold", NULL);
  wait_until (dialog () != NULL);
}

static void
confirm (void)
{
  g_signal_emit_by_name (child_of (dialog (), "hold"), "clicked");
}

/* The button in the first row. */
static GtkWidget *
release_button (GtkWidget *banner)
{
  GtkWidget *row = gtk_widget_get_first_child (child_of (banner, "rows"));

  return gtk_widget_get_last_child (row);
}

static void
an_entry_is_held_until_it_is_released (void **state)
{
  struct window_fixture *f = *state;
  int value = 5;
  struct shmlens_entry *n = window_fixture_value (f, "n", 'i', &value, NULL);
  GtkWidget *banner;

  window_fixture_show_entry (f, "n");
  wait_until (shows (f->window, "5"));
  assert_null (find_widget (f->window, HOLD_TYPE_BANNER));
  open_dialog (f);
  assert_string_equal (gtk_editable_get_text (child_of (dialog (), "target")), "n");
  assert_false (gtk_widget_get_visible (child_of (dialog (), "risk")));
  gtk_editable_set_text (child_of (dialog (), "value"), "seven");
  confirm ();
  assert_true (shows_part (dialog (), "n: "));
  gtk_editable_set_text (child_of (dialog (), "value"), "7");
  confirm ();
  wait_until (dialog () == NULL);
  wait_until (get (n, 0) == 7);
  banner = find_widget (f->window, HOLD_TYPE_BANNER);
  assert_non_null (banner);
  set (n, 0, 815);
  wait_until (get (n, 0) == 7);
  wait_until (shows_part (banner, "n at 7 · set 2 times, last it was 815"));

  g_signal_emit_by_name (release_button (banner), "clicked");
  wait_until (find_widget (f->window, HOLD_TYPE_BANNER) == NULL);
  set (n, 0, 816);
  run_main_loop_for (100);
  assert_int_equal (get (n, 0), 816);
}

static void
elements_are_let_in_one_direction_and_released_together (void **state)
{
  struct window_fixture *f = *state;
  const uint64_t four = 4;
  const int counts[4] = { 1, 2, 3, 4 };
  struct shmlens_entry *entry;
  GtkWidget *banner;

  assert_int_equal (shmlens_array_create (f->segment, "counts", 'i', 1, &four, counts, NULL,
                                          &entry),
                    0);
  window_fixture_show_entry (f, "counts");
  open_dialog (f);
  gtk_check_button_set_active (child_of (dialog (), "up"), TRUE);
  confirm ();
  assert_true (shows_part (dialog (), "several elements"));
  gtk_editable_set_text (child_of (dialog (), "target"), "counts[2]");
  confirm ();
  wait_until (dialog () == NULL);
  open_dialog (f);
  gtk_editable_set_text (child_of (dialog (), "target"), "counts[0]");
  gtk_check_button_set_active (child_of (dialog (), "between"), TRUE);
  gtk_editable_set_text (child_of (dialog (), "low"), "0");
  gtk_editable_set_text (child_of (dialog (), "high"), "10");
  confirm ();
  wait_until (dialog () == NULL);
  set (entry, 2, 1);
  set (entry, 0, 99);
  wait_until (get (entry, 2) == 3 && get (entry, 0) == 10);
  banner = find_widget (f->window, HOLD_TYPE_BANNER);
  wait_until (shows_part (banner, "counts[2] only up") && shows_part (banner, "counts[0] from 0 to 10"));
  gtk_widget_activate_action (banner, "hold.release-all", NULL);
  wait_until (find_widget (f->window, HOLD_TYPE_BANNER) == NULL);
}

static void
what_is_held_is_found_by_the_filter (void **state)
{
  struct window_fixture *f = *state;
  GtkWidget *table, *banner;
  int value = 5;

  window_fixture_value (f, "n", 'i', &value, NULL);
  window_fixture_value (f, "other", 'i', &value, NULL);
  window_fixture_show_entry (f, "n");
  table = child_of (f->window, "table");
  open_dialog (f);
  gtk_editable_set_text (child_of (dialog (), "value"), "5");
  confirm ();
  wait_until (dialog () == NULL);
  gtk_editable_set_text (child_of (f->window, "filter_entry"), "is:held");
  wait_until (entry_table_get_n_visible (ENTRY_TABLE (table)) == 1 && shows (table, "n"));
  gtk_editable_set_text (child_of (f->window, "filter_entry"), "-is:held");
  wait_until (entry_table_get_n_visible (ENTRY_TABLE (table)) == 1 && shows (table, "other"));

  /* The filter follows what is let go. */
  banner = find_widget (f->window, HOLD_TYPE_BANNER);
  g_signal_emit_by_name (release_button (banner), "clicked");
  wait_until (entry_table_get_n_visible (ENTRY_TABLE (table)) == 2);
}

static void
nothing_is_held_when_the_window_is_gone (void **state)
{
  struct window_fixture *f = *state;
  int value = 5;
  struct shmlens_entry *n = window_fixture_value (f, "n", 'i', &value, NULL);

  window_fixture_show_entry (f, "n");
  open_dialog (f);
  gtk_editable_set_text (child_of (dialog (), "value"), "7");
  confirm ();
  wait_until (get (n, 0) == 7);
  window_fixture_close (f);
  set (n, 0, 8);
  run_main_loop_for (100);
  assert_int_equal (get (n, 0), 8);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    window_test (an_entry_is_held_until_it_is_released),
    window_test (elements_are_let_in_one_direction_and_released_together),
    window_test (what_is_held_is_found_by_the_filter),
    window_test (nothing_is_held_when_the_window_is_gone),
  };

  if (!window_fixture_start ())
    return 77;
  return cmocka_run_group_tests (tests, NULL, NULL);
}
