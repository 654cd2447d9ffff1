/* The page of locks: who has which, and what is said of one that is held long. */
#include "window-fixture.h"

#include "dock.h"
#include "lock-page.h"
#include "message-bar.h"
#include "release-dialog.h"

static GtkWidget *
show_locks (struct window_fixture *f)
{
  GtkWidget *page;

  window_fixture_show (f);
  page = dock_show_page (child_of (f->window, "dock"), "locks");
  wait_until (gtk_widget_get_mapped (page));
  return page;
}

static void
each_lock_stands_once_with_its_holder (void **state)
{
  struct window_fixture *f = *state;
  struct shmlens_entry *first = window_fixture_value (f, "first", 'i', NULL, NULL);
  const struct shmlens_entry_attr same = { .lock = shmlens_entry_lock (first) };
  g_autofree char *who = NULL;
  GtkWidget *page;
  pid_t holder;

  window_fixture_value (f, "second", 'i', NULL, &same);
  window_fixture_value (f, "alone", 'i', NULL, NULL);
  page = show_locks (f);
  wait_until (shows (page, "first, second") && shows (page, "alone") && shows (page, "free"));
  assert_false (shows (page, "second"));
  assert_true (shows (page, "Your own edits have not had to wait for a lock."));

  holder = window_fixture_hold_lock (f, "second", FALSE);
  who = g_strdup_printf ("(%d)", (int) holder);
  wait_until (shows (page, "held") && shows_part (page, who));
  assert_true (shows (page, "free"));
  window_fixture_end_process (holder);
  wait_until (shows (page, "holder died"));
  wait_until (window_fixture_says (f, "The holder of the lock of first, second has died"));
}

static void
one_that_is_held_long_is_told_once (void **state)
{
  struct window_fixture *f = *state;
  g_autofree char *who = NULL;
  pid_t holder;

  window_fixture_value (f, "n", 'i', NULL, NULL);
  g_object_set (f->session, "lock-notice", 0.3, NULL);
  show_locks (f);
  holder = window_fixture_hold_lock (f, "n", FALSE);
  who = g_strdup_printf ("(%d)", (int) holder);
  wait_until (window_fixture_says (f, "The lock of n has been held by ") && window_fixture_says (f, who));
  message_bar_close (shmlens_window_get_message_bar (f->window));
  run_main_loop_for (500);
  assert_null (message_bar_get_text (shmlens_window_get_message_bar (f->window)));
  window_fixture_end_process (holder);
}

static gpointer
dialog (void)
{
  return find_dialog (RELEASE_TYPE_DIALOG);
}

static void
a_dead_holder_s_lock_is_recovered_when_confirmed (void **state)
{
  struct window_fixture *f = *state;
  struct shmlens_entry *first = window_fixture_value (f, "first", 'i', NULL, NULL);
  const struct shmlens_entry_attr same = { .lock = shmlens_entry_lock (first) };
  g_autofree char *who = NULL;
  GtkWidget *page;
  pid_t holder;

  window_fixture_value (f, "second", 'i', NULL, &same);
  page = show_locks (f);
  wait_until (shows (page, "first, second") && shows (page, "free"));
  assert_false (shows (page, "Recover…"));
  holder = window_fixture_hold_lock (f, "second", FALSE);
  who = g_strdup_printf ("(%d)", (int) holder);
  wait_until (shows_part (page, who));
  window_fixture_end_process (holder);
  wait_until (shows (page, "The holder of the lock of first, second has died."));

  /* Nothing happens unless it is confirmed. */
  for (guint i = 0; i < 2; i++)
    {
      g_signal_emit_by_name (find_widget (child_of (page, "dead_box"), GTK_TYPE_BUTTON), "clicked");
      wait_until (dialog () != NULL && gtk_widget_get_mapped (dialog ()));
      assert_true (shows_part (dialog (), who) && shows_part (dialog (), "has died"));
      assert_true (shows_part (dialog (), "half written: first, second."));
      if (i == 0)
        gtk_window_close (dialog ());
      else
        g_signal_emit_by_name (child_of (dialog (), "release"), "clicked");
      wait_until (dialog () == NULL);
      assert_true (i > 0 || shows (page, "holder died"));
    }
  wait_until (shows (page, "free") && !shows_part (page, "has died"));
  assert_int_equal (shmlens_lock_acquire (shmlens_entry_lock (first)), 0);
  assert_int_equal (shmlens_lock_release (shmlens_entry_lock (first)), 0);
}

static void
a_segment_without_locks_says_so (void **state)
{
  struct window_fixture *f = *state;
  const struct shmlens_entry_attr none = { .flags = SHMLENS_NO_LOCK };

  window_fixture_value (f, "n", 'i', NULL, &none);
  wait_until (shows_part (show_locks (f), "has a lock that can be seen"));
}

static void
what_was_told_of_another_segment_s_lock_is_taken_back (void **state)
{
  struct window_fixture *f = *state;
  g_autofree char *other = g_strconcat (f->name, "-other", NULL);
  MessageBar *bar;
  struct shmlens_segment *segment;
  struct shmlens_entry *entry;

  assert_int_equal (shmlens_segment_create (other, NULL, &segment), 0);
  assert_int_equal (shmlens_value_create (segment, "far", 'i', NULL, NULL, &entry), 0);
  window_fixture_value (f, "n", 'i', NULL, NULL);
  window_fixture_show (f);
  bar = shmlens_window_get_message_bar (f->window);
  window_fixture_hold_lock (f, "n", TRUE);
  wait_until (window_fixture_says (f, "The holder of the lock of n has died"));
  shmlens_window_open (f->window, other, NULL);
  wait_until (shows (child_of (f->window, "table"), "far"));
  assert_null (message_bar_get_text (bar));

  /* What was said of something else stays. */
  shmlens_window_open (f->window, f->name, NULL);
  wait_until (window_fixture_says (f, "The holder of the lock of n has died"));
  message_bar_say (bar, MESSAGE_NOTICE, "Done.");
  shmlens_window_open (f->window, other, NULL);
  wait_until (shows (child_of (f->window, "table"), "far"));
  assert_true (window_fixture_says (f, "Done."));
  shmlens_segment_detach (segment);
}

/* More than are taken away in one frame. */
#define MANY 100

/* The page, which shows them, and its rows. */
static GtkWidget *
show_many_locks (struct window_fixture *f, GListModel **ret_rows)
{
  GtkWidget *page;

  for (guint i = 0; i < MANY; i++)
    {
      g_autofree char *name = g_strdup_printf ("n%u", i);

      window_fixture_value (f, name, 'i', NULL, NULL);
    }
  page = show_locks (f);
  *ret_rows = G_LIST_MODEL (gtk_column_view_get_model (child_of (page, "view")));
  wait_until (g_list_model_get_n_items (*ret_rows) == MANY);
  return page;
}

/* The rows are not unmapped for a moment without locks, in which all would go at once. */
static void
a_page_that_is_shown_goes_over_to_other_locks (void **state)
{
  struct window_fixture *f = *state;
  g_autoptr (LockItem) item = NULL;
  g_autoptr (EntryList) entries = NULL;
  g_autoptr (LockList) locks = NULL;
  GListModel *rows;
  GtkWidget *page = show_many_locks (f, &rows);

  item = g_list_model_get_item (rows, 0);
  entries = entry_list_new (f->session, lock_item_get_attachment (item));
  locks = lock_list_new (entries);
  lock_page_set_list (LOCK_PAGE (page), locks);
  assert_int_equal (g_list_model_get_n_items (rows), MANY);
  wait_until (g_list_model_get_n_items (rows) < MANY);
  wait_until (g_list_model_get_n_items (rows) == MANY);
}

static void
a_page_that_is_hidden_keeps_no_lock_of_before (void **state)
{
  struct window_fixture *f = *state;
  GListModel *rows;
  GtkWidget *page = show_many_locks (f, &rows);

  lock_page_set_list (LOCK_PAGE (page), NULL);
  dock_show_page (child_of (f->window, "dock"), "details");
  wait_until (!gtk_widget_get_mapped (child_of (page, "view")));
  assert_int_equal (g_list_model_get_n_items (rows), 0);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    window_test (each_lock_stands_once_with_its_holder),
    window_test (one_that_is_held_long_is_told_once),
    window_test (a_dead_holder_s_lock_is_recovered_when_confirmed),
    window_test (a_segment_without_locks_says_so),
    window_test (what_was_told_of_another_segment_s_lock_is_taken_back),
    window_test (a_page_that_is_shown_goes_over_to_other_locks),
    window_test (a_page_that_is_hidden_keeps_no_lock_of_before),
  };

  if (!window_fixture_start ())
    return 77;
  return cmocka_run_group_tests (tests, NULL, NULL);
}
