/* The watch list: pinning, values live and last, edits, groups, and coming back. */
#include "window-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#include "edit-popover.h"
#include "text-popover.h"
#include "watch-page.h"

static char *
list_path (void)
{
  return g_build_filename (g_get_user_data_dir (), "shmlens", "watch-list.ini", NULL);
}

static int
begin (void **state)
{
  g_autofree char *path = list_path ();

  g_unlink (path);
  return window_fixture_begin (state);
}

static WatchPage *
page_of (struct window_fixture *f)
{
  return child_of (f->window, "watch_page");
}

static GtkSingleSelection *
rows_of (struct window_fixture *f)
{
  return GTK_SINGLE_SELECTION (
    gtk_column_view_get_model (child_of (page_of (f), "view")));
}

static void
act (struct window_fixture *f, const char *action)
{
  gtk_widget_activate_action (GTK_WIDGET (page_of (f)), action, NULL);
}

static void
pin (struct window_fixture *f, const char *target)
{
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.pin", "s", target);
}

static void
show_list (struct window_fixture *f, gboolean show)
{
  g_action_group_change_action_state (G_ACTION_GROUP (f->window), "watch-list",
                                      g_variant_new_boolean (show));
  wait_until (gtk_widget_get_mapped (GTK_WIDGET (page_of (f))) == show);
}

/* What is asked for in the popover of the page. */
static void
answer (struct window_fixture *f, const char *text)
{
  TextPopover *popover;

  wait_until (find_widget (page_of (f), TEXT_TYPE_POPOVER) != NULL);
  popover = TEXT_POPOVER (find_widget (page_of (f), TEXT_TYPE_POPOVER));
  gtk_editable_set_text (child_of (popover, "entry"), text);
  g_signal_emit_by_name (child_of (popover, "entry"), "activate");
}

/* The rows' names, one after the other. */
static char *
names (struct window_fixture *f)
{
  g_autoptr (GString) text = g_string_new (NULL);
  GListModel *rows = G_LIST_MODEL (rows_of (f));

  for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
    {
      g_autoptr (WatchItem) item = g_list_model_get_item (rows, i);
      const WatchRow *row = watch_item_get_row (item);

      if (row->heading != NULL)
        g_string_append_printf (text, "[%s]", row->heading);
      else
        g_string_append_printf (text, "%s;", row->target);
    }
  return g_strdup (text->str);
}

#define assert_names(f, expected)         \
  do                                      \
    {                                     \
      g_autofree char *found = names (f); \
      assert_string_equal (found, expected); \
    }                                     \
  while (0)

static struct shmlens_entry *
add_counts (struct window_fixture *f)
{
  uint64_t shape[] = { 6 };
  int32_t values[] = { 10, 11, 12, 13, 14, 15 };
  struct shmlens_entry *entry = NULL;

  assert_int_equal (
    shmlens_array_create (f->segment, "counts", 'i', 1, shape, values, NULL, &entry), 0);
  return entry;
}

static void
entries_elements_and_slices_are_live (void **state)
{
  struct window_fixture *f = *state;
  double loss = 0.5;
  int32_t seven = 7;
  struct shmlens_entry *value = window_fixture_value (f, "loss", 'd', &loss, NULL);
  struct shmlens_entry *counts = add_counts (f);
  WatchPage *page;

  window_fixture_show (f);
  window_fixture_item (f, "loss");
  gtk_widget_activate_action (child_of (f->window, "table"), "entry.pin", NULL);
  pin (f, "counts[3]");
  pin (f, "counts[2:5]");
  assert_true (shows_part (child_of (f->window, "sidebar"), "· 3"));
  show_list (f, TRUE);
  page = page_of (f);
  wait_until (shows (page, "0.5") && shows (page, "13") && shows (page, "[12, 13, 14]"));
  assert_true (shows (page, "counts[2:5]") && shows (page, "3 values"));

  loss = 0.25;
  assert_int_equal (shmlens_entry_store (value, 0, &loss), 0);
  assert_int_equal (shmlens_entry_store (counts, 3, &seven), 0);
  wait_until (shows (page, "0.25") && shows (page, "7") && shows (page, "[12, 7, 14]"));

  /* The segment is open beside it as before. */
  show_list (f, FALSE);
  wait_until (shows (child_of (f->window, "table"), "loss"));
}

static void
what_is_pinned_twice_or_is_not_there_is_said (void **state)
{
  struct window_fixture *f = *state;

  add_counts (f);
  window_fixture_show (f);
  pin (f, "counts");
  pin (f, "counts");
  assert_string_equal (message_bar_get_text (shmlens_window_get_message_bar (f->window)),
                       "“counts” is in the watch list already.");
  pin (f, "counts[6]");
  assert_non_null (strstr (message_bar_get_text (shmlens_window_get_message_bar (f->window)),
                           "out of bounds"));
  assert_true (shows_part (child_of (f->window, "sidebar"), "· 1"));
}

static void
values_are_edited_where_they_stand (void **state)
{
  struct window_fixture *f = *state;
  struct shmlens_entry *counts = add_counts (f);
  EditPopover *popover;
  int32_t now = 0;

  window_fixture_show (f);
  pin (f, "counts[3]");
  show_list (f, TRUE);
  wait_until (shows (page_of (f), "13"));
  act (f, "watch.edit");
  wait_until (find_widget (page_of (f), EDIT_TYPE_POPOVER) != NULL);
  popover = EDIT_POPOVER (find_widget (page_of (f), EDIT_TYPE_POPOVER));
  assert_true (shows (popover, "counts[3] (int32)"));
  assert_string_equal (gtk_editable_get_text (child_of (popover, "entry")), "13");
  gtk_editable_set_text (child_of (popover, "entry"), "21");
  g_signal_emit_by_name (child_of (popover, "apply"), "clicked");
  wait_until (shows (page_of (f), "21"));
  assert_int_equal (shmlens_entry_load (counts, 3, &now), 0);
  assert_int_equal (now, 21);
}

static void
rows_move_into_groups_and_have_notes (void **state)
{
  struct window_fixture *f = *state;

  add_counts (f);
  window_fixture_show (f);
  pin (f, "counts[0]");
  pin (f, "counts[1]");
  show_list (f, TRUE);
  gtk_single_selection_set_selected (rows_of (f), 1);
  act (f, "watch.heading");
  answer (f, "");
  assert_true (shows (page_of (f), "A heading needs a text."));
  answer (f, "Limits");
  assert_names (f, "counts[0];[Limits]counts[1];");
  /* Keys go on from it. */
  wait_until (gtk_window_get_focus (GTK_WINDOW (f->window)) != NULL
              && shows (gtk_window_get_focus (GTK_WINDOW (f->window)), "Limits"));

  gtk_single_selection_set_selected (rows_of (f), 0);
  gtk_widget_activate_action (GTK_WIDGET (page_of (f)), "watch.move-to", "i", 1);
  assert_names (f, "[Limits]counts[1];counts[0];");
  assert_int_equal (gtk_single_selection_get_selected (rows_of (f)), 2);
  act (f, "watch.up");
  act (f, "watch.up");
  act (f, "watch.up");
  assert_names (f, "counts[0];[Limits]counts[1];");
  act (f, "watch.down");
  gtk_widget_activate_action (GTK_WIDGET (page_of (f)), "watch.move-to", "i", -1);
  assert_names (f, "counts[0];[Limits]counts[1];");
  act (f, "watch.note");
  answer (f, "look here");
  wait_until (shows (page_of (f), "look here"));
  act (f, "watch.remove");
  assert_names (f, "[Limits]counts[1];");
  assert_int_equal (gtk_single_selection_get_selected (rows_of (f)), 0);
}

static void
what_is_gone_keeps_its_value_and_comes_back (void **state)
{
  struct window_fixture *f = *state;
  g_autofree char *second = g_strconcat (f->name, "-second", NULL);
  struct shmlens_segment *again = NULL;
  struct shmlens_entry *entry = NULL;
  double loss = 0.5;
  g_autofree char *path = list_path ();
  g_autofree char *shm = g_strconcat ("/dev/shm", f->name, NULL);
  g_autofree char *text = NULL;

  shmlens_segment_detach (f->segment);
  f->segment = NULL;
  g_unlink (shm);
  assert_int_equal (shmlens_segment_create (
                      f->name, &(struct shmlens_segment_attr) { .logical_name = "gui watch" },
                      &f->segment), 0);
  window_fixture_value (f, "loss", 'd', &loss, NULL);
  window_fixture_show (f);
  pin (f, "loss");
  show_list (f, TRUE);
  wait_until (shows (page_of (f), "0.5"));
  shmlens_segment_detach (f->segment);
  f->segment = NULL;
  g_unlink (shm);
  wait_until (shows_part (page_of (f), "removed") && shows (page_of (f), "0.5"));

  /* Another window, later: it is still not there. */
  window_fixture_close (f);
  assert_true (g_file_get_contents (path, &text, NULL, NULL));
  assert_non_null (strstr (text, "value=0.5"));
  f->window = shmlens_window_new (NULL, f->session, NULL);
  gtk_window_present (GTK_WINDOW (f->window));
  show_list (f, TRUE);
  wait_until (shows_part (page_of (f), "is not there now") && shows (page_of (f), "0.5"));

  /* Of another name, but the same program. */
  loss = 0.75;
  assert_int_equal (shmlens_segment_create (
                      second, &(struct shmlens_segment_attr) { .logical_name = "gui watch" },
                      &again), 0);
  assert_int_equal (shmlens_value_create (again, "loss", 'd', &loss, NULL, &entry), 0);
  wait_until (shows (page_of (f), "0.75") && !shows_part (page_of (f), "is not there now"));
  shmlens_segment_detach (again);
}

static void
a_broken_file_is_put_aside_and_said (void **state)
{
  struct window_fixture *f = *state;
  g_autofree char *path = list_path ();
  g_autofree char *directory = g_path_get_dirname (path);
  g_autofree char *aside = g_strconcat (path, ".unreadable-1", NULL);

  g_mkdir_with_parents (directory, 0700);
  assert_true (g_file_set_contents (path, "nonsense", -1, NULL));
  f->window = shmlens_window_new (NULL, f->session, NULL);
  gtk_window_present (GTK_WINDOW (f->window));
  assert_non_null (strstr (message_bar_get_text (shmlens_window_get_message_bar (f->window)),
                           aside));
  assert_true (g_file_test (aside, G_FILE_TEST_EXISTS));
  g_unlink (aside);
}

int
main (void)
{
#define watch_test(name) cmocka_unit_test_setup_teardown (name, begin, window_fixture_end)
  const struct CMUnitTest tests[] = {
    watch_test (entries_elements_and_slices_are_live),
    watch_test (what_is_pinned_twice_or_is_not_there_is_said),
    watch_test (values_are_edited_where_they_stand),
    watch_test (rows_move_into_groups_and_have_notes),
    watch_test (what_is_gone_keeps_its_value_and_comes_back),
    watch_test (a_broken_file_is_put_aside_and_said),
  };
#undef watch_test

  if (!window_fixture_start ())
    return 77;
  return cmocka_run_group_tests (tests, NULL, NULL);
}
