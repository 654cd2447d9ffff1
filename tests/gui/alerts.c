/* Alerts in the window: made in a dialog, listed in a page, told, marked in plots and recordings. */
#include "window-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#include "alert-dialog.h"
#include "alert-page.h"
#include "alert-row.h"
#include "application.h"
#include "attachment-recording.h"
#include "condition-entry.h"
#include "desktop.h"
#include "plot-page.h"
#include "window-private.h"

static char *
list_path (void)
{
  return g_build_filename (g_get_user_data_dir (), "shmlens", "alerts.ini", NULL);
}

static int
begin (void **state)
{
  g_autofree char *path = list_path ();

  g_unlink (path);
  return window_fixture_begin (state);
}

static GtkWidget *
dialog (void)
{
  return find_dialog (ALERT_TYPE_DIALOG);
}

static void
open_dialog (struct window_fixture *f)
{
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.alert", NULL);
  wait_until (dialog () != NULL);
}

static GtkWidget *
condition (void)
{
  return child_of (child_of (dialog (), "condition"), "entry");
}

static gboolean
is_sensitive (void)
{
  return gtk_widget_get_sensitive (child_of (dialog (), "accept"));
}

static void
accept (void)
{
  g_signal_emit_by_name (child_of (dialog (), "accept"), "clicked");
  wait_until (dialog () == NULL);
}

static GtkWidget *
page_of (struct window_fixture *f)
{
  GtkWidget *page = dock_show_page (f->window->dock, "alerts");

  wait_until (gtk_widget_get_mapped (page));
  return page;
}

static void
store (struct shmlens_entry *entry, double value)
{
  assert_int_equal (shmlens_entry_store (entry, 0, &value), 0);
}

static void
an_alert_is_made_and_fires (void **state)
{
  struct window_fixture *f = *state;
  struct shmlens_entry *loss = window_fixture_value (f, "loss", 'd', &(double){ 0.5 }, NULL);
  GtkWidget *page;

  window_fixture_show_entry (f, "loss");
  wait_until (shows (f->window, "0.5"));
  page = page_of (f);
  assert_true (shows_part (page, "No alerts yet"));
  open_dialog (f);
  assert_string_equal (gtk_editable_get_text (GTK_EDITABLE (condition ())), "loss > 0.5");
  assert_true (is_sensitive ());
  gtk_editable_set_text (GTK_EDITABLE (condition ()), "lost > 10");
  assert_false (is_sensitive ());
  assert_true (shows_part (dialog (), "lost"));
  gtk_editable_set_text (GTK_EDITABLE (condition ()), "");
  assert_false (is_sensitive ());
  gtk_editable_set_text (GTK_EDITABLE (condition ()), " loss > 10 ");
  gtk_editable_set_text (child_of (dialog (), "note"), "look at it");
  accept ();
  wait_until (shows (page, "loss > 10") && shows (page, "waiting") && shows (page, "not met yet"));
  assert_true (shows_part (page, "look at it"));

  store (loss, 11);
  wait_until (window_fixture_says (f, "loss > 10") && window_fixture_says (f, "look at it"));
  wait_until (shows_part (page, "met since") && shows_part (page, "met 1 time"));
  assert_int_equal (mark_list_length (window_get_marks (f->window)), 1);
}

static void
it_is_switched_changed_and_removed (void **state)
{
  struct window_fixture *f = *state;
  GtkWidget *page, *row;

  window_fixture_value (f, "stop", '?', &(bool){ true }, NULL);
  window_fixture_show_entry (f, "stop");
  page = page_of (f);
  wait_until (entry_table_get_selected (f->window->table) != NULL);
  open_dialog (f);
  assert_string_equal (gtk_editable_get_text (GTK_EDITABLE (condition ())), "stop != 0");
  accept ();
  wait_until (shows_part (page, "met since"));
  row = find_widget (page, ALERT_TYPE_ROW);
  gtk_switch_set_active (child_of (row, "toggle"), FALSE);
  wait_until (shows (page, "off"));
  assert_false (gtk_switch_get_state (child_of (row, "toggle")));
  gtk_switch_set_active (child_of (row, "toggle"), TRUE);
  wait_until (shows_part (page, "met 2 times"));

  g_signal_emit_by_name (child_of (row, "edit"), "clicked");
  wait_until (dialog () != NULL);
  assert_string_equal (gtk_editable_get_text (GTK_EDITABLE (condition ())), "stop != 0");
  gtk_editable_set_text (GTK_EDITABLE (condition ()), "stop == 0");
  accept ();
  wait_until (shows (page, "stop == 0") && shows (page, "waiting"));
  g_signal_emit_by_name (child_of (row, "remove"), "clicked");
  wait_until (shows_part (page, "No alerts yet"));
}

static void
it_survives_the_window (void **state)
{
  struct window_fixture *f = *state;
  GtkWidget *page;

  window_fixture_value (f, "n", 'i', &(int){ 3 }, NULL);
  window_fixture_show_entry (f, "n");
  wait_until (shows (f->window, "3"));
  open_dialog (f);
  accept ();
  window_fixture_close (f);

  window_fixture_show_entry (f, "n");
  page = page_of (f);
  wait_until (shows (page, "n > 3") && shows (page, "waiting"));
}

/* In sight, at the end of what is shown; which may be a sample behind. */
static gboolean
draws_marks (PlotView *view, MarkList *marks)
{
  g_autoptr (GskRenderNode) with = plot_view_print (view, 400, 200), without = NULL;

  plot_view_set_marks (view, NULL);
  without = plot_view_print (view, 400, 200);
  plot_view_set_marks (view, marks);
  return with != NULL
         && gsk_container_node_get_n_children (with) > gsk_container_node_get_n_children (without);
}

static void
a_plot_and_a_recording_are_marked (void **state)
{
  struct window_fixture *f = *state;
  struct shmlens_entry *loss = window_fixture_value (f, "loss", 'd', &(double){ 0.5 }, NULL);
  g_autofree char *path = g_strdup_printf ("/dev/shm%s.shmrec", f->name);
  g_autoptr (RecordingFile) file = NULL;
  g_autoptr (GArray) marks = NULL;
  PlotView *view;

  window_fixture_show_entry (f, "loss");
  wait_until (shows (f->window, "0.5"));
  open_dialog (f);
  gtk_editable_set_text (GTK_EDITABLE (condition ()), "loss > 10");
  accept ();
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.plot", NULL);
  view = plot_page_get_view (PLOT_PAGE (dock_get_page (f->window->dock, "plot")));
  if (database_is_built ())
    window_record_into (f->window, path);
  store (loss, 11);
  wait_until (mark_list_length (window_get_marks (f->window)) == 1);
  assert_string_equal (mark_list_get (window_get_marks (f->window), 0)->text, "loss > 10");
  wait_until (draws_marks (view, window_get_marks (f->window)));
  if (!database_is_built ())
    return;
  g_action_group_activate_action (G_ACTION_GROUP (f->window), "record", NULL);
  wait_until (window_fixture_says (f, "Recorded"));
  file = recording_file_open (path, NULL);
  assert_non_null (file);
  marks = recording_file_marks (file);
  assert_int_equal (marks->len, 1);
  assert_string_equal (g_array_index (marks, struct recording_mark, 0).kind, "alert");
  assert_string_equal (g_array_index (marks, struct recording_mark, 0).text, "loss > 10");
}

static gboolean
has_selected (ShmlensWindow *window, const char *name)
{
  EntryItem *item = entry_table_get_selected (window->table);

  return item != NULL && g_str_equal (entry_item_get_info (item)->name, name);
}

static void
check_notification (GApplication *application, struct window_fixture *f)
{
  struct shmlens_entry *loss = window_fixture_value (f, "loss", 'd', &(double){ 0.5 }, NULL);
  GtkWidget *page;

  window_fixture_value (f, "steps", 'q', &(int64_t){ 41 }, NULL);
  f->window = shmlens_application_show (SHMLENS_APPLICATION (application));
  shmlens_window_open (f->window, f->name, "steps");
  wait_until (has_selected (f->window, "steps"));
  page = page_of (f);
  open_dialog (f);
  gtk_editable_set_text (GTK_EDITABLE (condition ()), "loss > 10");
  gtk_editable_set_text (child_of (dialog (), "note"), "look at it");
  accept ();
  wait_until (shows (page, "waiting"));
  assert_int_equal (desktop.n_shown, 0);
  store (loss, 11);
  wait_until (desktop.n_shown > 0);
  assert_string_equal (desktop.title, "loss > 10");
  assert_string_equal (desktop.body, "test-gui-alerts\nlook at it");
  assert_int_equal (desktop.replaced, 0);
  assert_true (has_selected (f->window, "steps"));
  desktop_click ();
  wait_until (has_selected (f->window, "loss"));
  window_fixture_close (f);
}

static void
the_desktop_shows_it_and_leads_back (void **state)
{
  g_autoptr (ShmlensApplication) application = NULL;

  if (!desktop_start ())
    skip ();
  application = shmlens_application_new (G_APPLICATION_DEFAULT_FLAGS);
  g_signal_connect_after (application, "activate", G_CALLBACK (check_notification), *state);
  assert_int_equal (g_application_run (G_APPLICATION (application), 0, NULL), 0);
  desktop_stop ();
}

#define alert_test(name) cmocka_unit_test_setup_teardown (name, begin, window_fixture_end)

int
main (void)
{
  const struct CMUnitTest tests[] = {
    alert_test (an_alert_is_made_and_fires),
    alert_test (it_is_switched_changed_and_removed),
    alert_test (it_survives_the_window),
    alert_test (a_plot_and_a_recording_are_marked),
    alert_test (the_desktop_shows_it_and_leads_back),
  };

  if (!window_fixture_start ())
    return 77;
  return cmocka_run_group_tests (tests, NULL, NULL);
}
