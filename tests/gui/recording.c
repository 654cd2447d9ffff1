/* Recording from the window, and a recording in it: the bar of time moves what is shown. */
#include "window-fixture.h"

#include <glib/gstdio.h>

#include "database.h"
#include "recording-closing.h"
#include "recording-file.h"
#include "plot-page.h"
#include "record-dialog.h"
#include "replay-bar.h"
#include "window-private.h"

static char *directory, *path;

static void
make_directory (void)
{
  directory = g_mkdtemp (g_strdup ("/dev/shm/shmlens-gui-recording-XXXXXX"));
  assert_non_null (directory);
  path = g_build_filename (directory, "r.shmrec", NULL);
}

static void
remove_directory (void)
{
  g_unlink (path);
  assert_int_equal (g_rmdir (directory), 0);
  g_clear_pointer (&path, g_free);
  g_clear_pointer (&directory, g_free);
}

/* Ten seconds in which a value counts them. */
static void
make_recording (void)
{
  EntryInfo values = { .name = (char *) "count", .length = 1 };
  g_autoptr (SegmentInfo) info = segment_info_new (
    &(SegmentInfo){ .id = (char *) "shm:/s", .name = (char *) "/s", .title = (char *) "counter",
                    .kind = "native" });
  g_autoptr (GError) error = NULL;
  g_autoptr (EntryInfo) entry = NULL;
  Recording *recording;
  gint64 start;

  shmlens_type_from_code ('i', &values.type);
  entry = entry_info_new (&values);
  recording = recording_create (path, info, 10, &error);
  if (recording == NULL)
    fail_msg ("%s", error->message);
  start = g_get_monotonic_time ();
  recording_add_entry (recording, entry, start);
  for (gint32 i = 0; i <= 10; i++)
    {
      guint64 writes = 100 + (guint64) i;

      recording_add_sample (recording, 1, start + i * G_USEC_PER_SEC, SHMLENS_CONSISTENCY_ATOMIC,
                            &i);
      recording_add_writes (recording, 1, start + i * G_USEC_PER_SEC, &writes);
    }
  recording_add_mark (recording, start + 5 * G_USEC_PER_SEC, "note", "half");
  assert_true (recording_close (recording, NULL));
}

static gboolean
value_is (struct window_fixture *f, const char *text)
{
  g_autofree char *shown = NULL;

  g_object_get (window_fixture_item (f, "count"), "value", &shown, NULL);
  return g_strcmp0 (shown, text) == 0;
}

static gboolean
writes_are (struct window_fixture *f, guint64 count)
{
  guint64 writes;

  return entry_item_get_writes (window_fixture_item (f, "count"), &writes) && writes == count;
}

static void
move_to (ReplayBar *bar, double seconds)
{
  gtk_widget_activate_action (GTK_WIDGET (bar), "replay.step", "d",
                              seconds - replay_bar_get_position (bar));
}

static void
the_bar_moves_what_is_shown (void **state)
{
  struct window_fixture *f = *state;
  g_autofree char *id = NULL;
  ReplayBar *bar;
  gboolean playing;

  make_directory ();
  make_recording ();
  window_fixture_show (f);
  bar = f->window->replay_bar;
  assert_false (gtk_widget_get_visible (child_of (bar, "box")));
  id = g_strconcat ("file:", path, NULL);
  shmlens_window_open (f->window, id, NULL);
  wait_until (f->window->entries != NULL
              && g_str_equal (entry_list_get_segment (f->window->entries)->id, id));
  assert_true (gtk_widget_get_visible (child_of (bar, "box")));
  /* Its beginning is where the first values are. */
  assert_true (replay_bar_get_position (bar) == 0);
  wait_until (value_is (f, "0") && writes_are (f, 100));
  move_to (bar, 3.5);
  wait_until (value_is (f, "3") && writes_are (f, 103));
  move_to (bar, 7.5);
  wait_until (value_is (f, "7"));
  move_to (bar, 99);
  wait_until (value_is (f, "10"));

  /* From its end it plays from its start. */
  gtk_drop_down_set_selected (child_of (bar, "speed"), 6);
  gtk_widget_activate_action (GTK_WIDGET (bar), "replay.play", NULL);
  g_object_get (bar, "playing", &playing, NULL);
  assert_true (playing);
  assert_true (replay_bar_get_position (bar) < 1);
  wait_until ((g_object_get (bar, "playing", &playing, NULL), !playing));
  assert_true (replay_bar_get_position (bar) > 9.9);
  wait_until (value_is (f, "10"));
  remove_directory ();
}

/* The plot of the entry "count", made by the window's own command. */
static PlotSeries *
plot_count (struct window_fixture *f, PlotPage **ret_page)
{
  GtkWidget *page;

  window_fixture_item (f, "count");
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.plot", NULL);
  wait_until ((page = find_widget (f->window, PLOT_TYPE_PAGE)) != NULL
              && gtk_widget_get_mapped (page)
              && plot_list_length (plot_page_get_plots (PLOT_PAGE (page))) == 1);
  *ret_page = PLOT_PAGE (page);
  return plot_list_get (plot_page_get_plots (*ret_page), 0);
}

static void
a_recording_is_plotted_over_its_whole_time (void **state)
{
  struct window_fixture *f = *state;
  g_autofree char *id = NULL;
  PlotPage *page;
  PlotSeries *series;
  gint64 first, last, from, to;

  make_directory ();
  make_recording ();
  window_fixture_show (f);
  id = g_strconcat ("file:", path, NULL);
  shmlens_window_open (f->window, id, NULL);
  wait_until (f->window->entries != NULL
              && g_str_equal (entry_list_get_segment (f->window->entries)->id, id));
  series = plot_count (f, &page);
  wait_until (series_length (plot_series_get_series (series)) == 11);
  assert_true (series_span (plot_series_get_series (series), &first, &last));
  assert_int_equal (last - first, 10 * G_USEC_PER_SEC);
  for (int i = 0; i <= 10; i++)
    assert_true (series_at (plot_series_get_series (series), first + i * G_USEC_PER_SEC) == i);
  assert_int_equal (plot_series_get_now (series), last);
  /* The replay does not matter to it; and all of it is in sight. */
  assert_true (replay_bar_get_position (f->window->replay_bar) == 0);
  wait_until (plot_view_get_time (plot_page_get_view (page), &from, &to) && from <= first
              && to >= last);
  remove_directory ();
}

static void
a_plot_whose_recording_is_gone_says_so (void **state)
{
  struct window_fixture *f = *state;
  g_autofree char *id = NULL;
  PlotPage *page;
  PlotSeries *series;

  make_directory ();
  make_recording ();
  window_fixture_show (f);
  id = g_strconcat ("file:", path, NULL);
  shmlens_window_open (f->window, id, NULL);
  wait_until (f->window->entries != NULL
              && g_str_equal (entry_list_get_segment (f->window->entries)->id, id));
  assert_int_equal (g_unlink (path), 0);
  series = plot_count (f, &page);
  wait_until (plot_series_get_failure (series) != NULL);
  assert_non_null (strstr (plot_series_get_failure (series), path));
  assert_string_equal (message_bar_get_text (f->window->message_bar),
                       plot_series_get_failure (series));
  wait_until (g_strcmp0 (gtk_inscription_get_text (child_of (page, "note")),
                         plot_series_get_failure (series)) == 0);
  remove_directory ();
}

/* What the file holds at its end of its first entry. */
static gboolean
read_newest (gint32 *ret_value)
{
  g_autoptr (RecordingFile) file = recording_file_open (path, NULL);

  return file != NULL
         && recording_file_read (file, 1, recording_file_end (file), 0, 1, ret_value) >= 0;
}

static void
a_plot_begins_where_the_recording_began (void **state)
{
  struct window_fixture *f = *state;
  struct shmlens_entry *count;
  PlotPage *page;
  PlotSeries *series;
  gint32 value = 1, read;

  make_directory ();
  count = window_fixture_value (f, "count", 'i', &value, NULL);
  window_fixture_show (f);
  window_record_into (f->window, path);
  /* Once it is in the file, it is another. */
  wait_until (read_newest (&read) && read == 1);
  shmlens_entry_add (count, 0, 1);
  wait_until (read_newest (&read) && read == 2);
  series = plot_count (f, &page);
  wait_until (series_length (plot_series_get_series (series)) >= 2);
  {
    gint64 first, last, time_us;
    double before, after;

    assert_true (series_span (plot_series_get_series (series), &first, &last));
    assert_true (series_get (plot_series_get_series (series), 0, &time_us, &before));
    assert_true (series_get (plot_series_get_series (series), 1, &time_us, &after));
    assert_true (before == 1 && after == 2);
  }
  /* And goes on with what is. */
  shmlens_entry_add (count, 0, 1);
  wait_until (series_at (plot_series_get_series (series), G_MAXINT64) == 3);
  g_action_group_activate_action (G_ACTION_GROUP (f->window), "record", NULL);
  recording_wait_closed ();
  remove_directory ();
}

static void
what_is_open_is_recorded (void **state)
{
  struct window_fixture *f = *state;
  g_autoptr (Registry) registry = registry_new (NULL);
  g_autoptr (Attachment) attachment = NULL;
  GAction *action;

  make_directory ();
  window_fixture_value (f, "count", 'i', &(int){ 41 }, NULL);
  window_fixture_show (f);
  action = g_action_map_lookup_action (G_ACTION_MAP (f->window), "record");
  assert_true (g_action_get_enabled (action));
  window_record_into (f->window, path);
  assert_true (g_variant_get_boolean (g_action_get_state (action)));
  assert_true (gtk_widget_has_css_class (f->window->record_button, "destructive-action"));
  g_action_group_activate_action (G_ACTION_GROUP (f->window), "record", NULL);
  assert_false (g_variant_get_boolean (g_action_get_state (action)));
  /* It is written meanwhile, whatever the disk does. */
  assert_true (gtk_widget_get_visible (GTK_WIDGET (f->window->record_label)));
  wait_until (!gtk_widget_get_visible (GTK_WIDGET (f->window->record_label)));
  assert_non_null (strstr (message_bar_get_text (f->window->message_bar), path));
  attachment = registry_open (registry, path, NULL);
  assert_non_null (attachment);

  /* A file that is there is left alone. */
  window_record_into (f->window, path);
  assert_false (g_variant_get_boolean (g_action_get_state (action)));
  assert_non_null (strstr (message_bar_get_text (f->window->message_bar), "is there already"));
  remove_directory ();
}

static void
what_is_recorded_outlives_the_window (void **state)
{
  struct window_fixture *f = *state;
  g_autofree char *log = NULL;
  g_autoptr (RecordingFile) file = NULL;

  make_directory ();
  log = g_strconcat (path, "-wal", NULL);
  window_fixture_value (f, "count", 'i', &(int){ 41 }, NULL);
  window_fixture_show (f);
  window_record_into (f->window, path);
  assert_true (g_file_test (log, G_FILE_TEST_EXISTS));
  gtk_window_destroy (GTK_WINDOW (g_steal_pointer (&f->window)));
  recording_wait_closed ();
  assert_false (g_file_test (log, G_FILE_TEST_EXISTS));
  file = recording_file_open (path, NULL);
  assert_non_null (file);
  assert_int_equal (recording_file_entries (file)->len, 1);
  remove_directory ();
}

static gboolean
record_label_is (struct window_fixture *f, const char *text)
{
  return gtk_widget_get_visible (GTK_WIDGET (f->window->record_label))
         && g_str_equal (gtk_label_get_text (f->window->record_label), text);
}

static void
it_begins_and_ends_by_conditions (void **state)
{
  struct window_fixture *f = *state;
  struct shmlens_entry *count;
  g_autoptr (RecordingFile) file = NULL;

  make_directory ();
  count = window_fixture_value (f, "count", 'i', &(int){ 41 }, NULL);
  window_fixture_show (f);
  window_record_between (f->window, path, "count > 50", "count > 60");
  assert_true (record_label_is (f, "waiting…"));
  assert_int_equal (shmlens_entry_store (count, 0, &(int){ 51 }), 0);
  wait_until (window_fixture_says (f, "it is recorded into"));
  assert_false (record_label_is (f, "waiting…"));
  assert_int_equal (shmlens_entry_store (count, 0, &(int){ 61 }), 0);
  wait_until (window_fixture_says (f, "Recorded"));
  file = recording_file_open (path, NULL);
  assert_non_null (file);
  remove_directory ();
}

static void
what_waits_can_be_given_up (void **state)
{
  struct window_fixture *f = *state;

  make_directory ();
  window_fixture_value (f, "count", 'i', &(int){ 41 }, NULL);
  window_fixture_show (f);
  window_record_between (f->window, path, "count > 50", NULL);
  assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  g_action_group_activate_action (G_ACTION_GROUP (f->window), "record", NULL);
  wait_until (window_fixture_says (f, "nothing was recorded"));
  assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  remove_directory ();
}

static GtkWidget *
record_dialog (void)
{
  return find_dialog (RECORD_TYPE_DIALOG);
}

static void
the_dialog_asks_when (void **state)
{
  struct window_fixture *f = *state;
  GtkWidget *dialog;
  gpointer entry;

  window_fixture_value (f, "stop", '?', &(bool){ false }, NULL);
  window_fixture_show_entry (f, "stop");
  wait_until (entry_table_get_selected (f->window->table) != NULL);
  g_action_group_activate_action (G_ACTION_GROUP (f->window), "record", NULL);
  wait_until (record_dialog () != NULL);
  dialog = record_dialog ();
  entry = child_of (child_of (dialog, "when_entry"), "entry");
  assert_string_equal (gtk_editable_get_text (entry), "stop != 0");
  assert_true (gtk_widget_get_sensitive (child_of (dialog, "accept")));
  assert_false (gtk_widget_is_sensitive (entry));
  gtk_check_button_set_active (child_of (dialog, "when"), TRUE);
  assert_true (gtk_widget_is_sensitive (entry));
  gtk_editable_set_text (entry, "stop !=");
  assert_false (gtk_widget_get_sensitive (child_of (dialog, "accept")));
  gtk_check_button_set_active (child_of (dialog, "at_once"), TRUE);
  assert_true (gtk_widget_get_sensitive (child_of (dialog, "accept")));
  gtk_window_close (GTK_WINDOW (dialog));
  wait_until (record_dialog () == NULL);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    window_test (the_bar_moves_what_is_shown),
    window_test (a_recording_is_plotted_over_its_whole_time),
    window_test (a_plot_whose_recording_is_gone_says_so),
    window_test (a_plot_begins_where_the_recording_began),
    window_test (what_is_open_is_recorded),
    window_test (it_begins_and_ends_by_conditions),
    window_test (what_waits_can_be_given_up),
    window_test (the_dialog_asks_when),
    window_test (what_is_recorded_outlives_the_window),
  };

  if (!database_is_built () || !window_fixture_start ())
    return 77;
  return cmocka_run_group_tests (tests, NULL, NULL);
}
