/* The page of locks: who has which, and what is said of one that is held long. */
#include "window-fixture.h"

#include "dock.h"
#include "lock-page.h"
#include "message-bar.h"

static GtkWidget *
show_locks (struct window_fixture *f)
{
  GtkWidget *page;

  window_fixture_show (f);
  page = dock_show_page (child_of (f->window, "dock"), "locks");
  wait_until (gtk_widget_get_mapped (page));
  return page;
}

static gboolean
says (struct window_fixture *f, const char *part)
{
  const char *text = message_bar_get_text (shmlens_window_get_message_bar (f->window));

  return text != NULL && strstr (text, part) != NULL;
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
  wait_until (says (f, "The holder of the lock of first, second has died"));
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
  wait_until (says (f, "The lock of n has been held by ") && says (f, who));
  message_bar_close (shmlens_window_get_message_bar (f->window));
  run_main_loop_for (500);
  assert_null (message_bar_get_text (shmlens_window_get_message_bar (f->window)));
  window_fixture_end_process (holder);
}

static void
a_segment_without_locks_says_so (void **state)
{
  struct window_fixture *f = *state;
  const struct shmlens_entry_attr none = { .flags = SHMLENS_NO_LOCK };

  window_fixture_value (f, "n", 'i', NULL, &none);
  wait_until (shows_part (show_locks (f), "has a lock that can be seen"));
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    window_test (each_lock_stands_once_with_its_holder),
    window_test (one_that_is_held_long_is_told_once),
    window_test (a_segment_without_locks_says_so),
  };

  if (!window_fixture_start ())
    return 77;
  return cmocka_run_group_tests (tests, NULL, NULL);
}
