/* Snapshots: taken, compared with what is there now, kept in a file, and restored. */
#include "window-fixture.h"

#include <glib/gstdio.h>
#include <unistd.h>

#include "dock.h"
#include "snapshot-page.h"
#include "snapshot-restore-dialog.h"

struct values
{
  int n, counts[4];
};

static void
make_values (struct window_fixture *f, struct shmlens_entry **ret_n,
             struct shmlens_entry **ret_counts)
{
  const struct values values = { 5, { 1, 2, 3, 4 } };
  const uint64_t four = 4;

  *ret_n = window_fixture_value (f, "n", 'i', &values.n, NULL);
  assert_int_equal (shmlens_array_create (f->segment, "counts", 'i', 1, &four, values.counts, NULL,
                                          ret_counts),
                    0);
}

static void
set (struct shmlens_entry *entry, uint64_t index, int value)
{
  assert_int_equal (shmlens_entry_set (entry, index, &value), 0);
}

static int
get (struct shmlens_entry *entry, uint64_t index)
{
  int value = 0;

  assert_int_equal (shmlens_entry_get (entry, index, &value), 0);
  return value;
}

/* By the action that the keys are bound to. The page. */
static GtkWidget *
take (struct window_fixture *f)
{
  GtkWidget *page;

  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.take-snapshot", NULL);
  page = dock_get_page (child_of (f->window, "dock"), "snapshots");
  assert_non_null (page);
  return page;
}

static GtkWidget *
restore_dialog (void)
{
  return find_dialog (SNAPSHOT_TYPE_RESTORE_DIALOG);
}

static void
confirm (void)
{
  GtkWidget *button;

  wait_until (restore_dialog () != NULL);
  button = child_of (restore_dialog (), "restore");
  wait_until (gtk_widget_get_sensitive (button));
  g_signal_emit_by_name (button, "clicked");
}

static GtkSelectionModel *
selection_of (GtkWidget *page)
{
  return gtk_column_view_get_model (child_of (page, "view"));
}

static void
differences_are_shown_while_they_are_there (void **state)
{
  struct window_fixture *f = *state;
  struct shmlens_entry *n, *counts;
  GtkWidget *page;

  make_values (f, &n, &counts);
  window_fixture_show (f);
  page = take (f);
  wait_until (shows (page, "Nothing differs."));
  set (n, 0, 815);
  set (counts, 1, 12);
  set (counts, 2, 14);
  wait_until (shows (page, "2 entries differ"));
  wait_until (shows (page, "815") && shows (page, "+810"));
  assert_true (shows (page, "[1:3]") && shows (page, "2 …") && shows (page, "2 differ, by up to 11"));

  gtk_editable_set_text (child_of (page, "tolerance"), "20");
  wait_until (shows (page, "1 entry differs"));
  assert_false (shows (page, "[1:3]"));
  set (n, 0, 5);
  wait_until (shows (page, "Nothing differs."));
}

static void
all_is_restored_in_one_step (void **state)
{
  struct window_fixture *f = *state;
  struct shmlens_entry *n, *counts;
  GtkWidget *page;

  make_values (f, &n, &counts);
  window_fixture_show (f);
  page = take (f);
  wait_until (shows (page, "Nothing differs."));
  set (n, 0, 815);
  set (counts, 3, 12);
  gtk_widget_activate_action (page, "snapshot.restore-all", NULL);
  confirm ();
  wait_until (restore_dialog () == NULL);
  assert_int_equal (get (n, 0), 5);
  assert_int_equal (get (counts, 3), 4);
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.undo", NULL);
  /* One step, but each entry under its own lock, and so one after the other. */
  wait_until (get (counts, 3) == 12 && get (n, 0) == 815);
}

static void
what_cannot_be_restored_is_told (void **state)
{
  struct window_fixture *f = *state;
  struct shmlens_entry *n, *counts, *lonely;
  GtkWidget *page;
  int value = 3;

  make_values (f, &n, &counts);
  lonely = window_fixture_value (f, "lonely", 'i', &value,
                                 &(struct shmlens_entry_attr){ .flags = SHMLENS_EXTERNAL_LOCK });
  window_fixture_show (f);
  page = take (f);
  wait_until (shows (page, "Nothing differs."));
  value = 4;
  assert_int_equal (shmlens_entry_store (lonely, 0, &value), 0);
  set (n, 0, 815);
  set (counts, 0, 9);
  wait_until (shows (page, "3 entries differ"));
  /* The first row and the last. */
  gtk_selection_model_select_item (selection_of (page), 0, TRUE);
  gtk_selection_model_select_item (selection_of (page), 2, FALSE);
  gtk_widget_activate_action (page, "snapshot.restore-selected", NULL);
  wait_until (restore_dialog () != NULL && shows_part (restore_dialog (), "1 entry is written"));
  assert_true (shows_part (restore_dialog (), "lonely: "));
  confirm ();
  wait_until (shows_part (restore_dialog (), "1 entry restored, 1 could not be"));
  gtk_window_destroy (GTK_WINDOW (restore_dialog ()));
  assert_int_equal (get (n, 0), 5);
  assert_int_equal (get (counts, 0), 9);
}

static guint
n_choices (GtkWidget *page, const char *id)
{
  return g_list_model_get_n_items (gtk_drop_down_get_model (child_of (page, id)));
}

static void
snapshots_are_named_kept_and_compared (void **state)
{
  struct window_fixture *f = *state;
  struct shmlens_entry *n, *counts;
  g_autofree char *path
    = g_strdup_printf ("%s/gui-snapshot-%d.shmsnap", g_get_tmp_dir (), getpid ());
  GtkWidget *page;
  GtkEditable *name;

  make_values (f, &n, &counts);
  window_fixture_show (f);
  page = take (f);
  wait_until (shows (page, "Nothing differs."));
  gtk_widget_activate_action (page, "snapshot.rename", NULL);
  name = child_of (page, "name");
  gtk_editable_set_text (name, "before lunch");
  g_signal_emit_by_name (name, "activate");
  wait_until (shows_part (page, "before lunch"));
  snapshot_page_save_file (SNAPSHOT_PAGE (page), path);
  wait_until (g_file_test (path, G_FILE_TEST_EXISTS));

  set (n, 0, 6);
  take (f);
  wait_until (n_choices (page, "then_choice") == 2 && shows_part (page, "Snapshot 2"));
  gtk_widget_activate_action (page, "snapshot.delete", NULL);
  assert_int_equal (n_choices (page, "then_choice"), 1);
  set (n, 0, 7);
  snapshot_page_open_file (SNAPSHOT_PAGE (page), path);
  wait_until (n_choices (page, "then_choice") == 2);
  wait_until (shows (page, "+2"));
  /* With the other one, which is the same. */
  gtk_drop_down_set_selected (child_of (page, "now_choice"), 1);
  wait_until (shows (page, "Nothing differs."));

  g_unlink (path);
  snapshot_page_open_file (SNAPSHOT_PAGE (page), path);
  wait_until (shows_part (page, "cannot be read"));
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    window_test (differences_are_shown_while_they_are_there),
    window_test (all_is_restored_in_one_step),
    window_test (what_cannot_be_restored_is_told),
    window_test (snapshots_are_named_kept_and_compared),
  };

  if (!window_fixture_start ())
    return 77;
  return cmocka_run_group_tests (tests, NULL, NULL);
}
