/* A running Python program in the window: what its objects are, and a lock whose holder has
 * died. */
#include "window-fixture.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "entry-table.h"
#include "release-dialog.h"

#define ANY_WAY -1

static const char script[]
  = "import multiprocessing as mp, os, signal, sys\n"
    "lock = mp.Lock()\n"
    "held = mp.Value('i', 5, lock=lock)\n"
    "other = mp.Value('d', 1.5, lock=lock)\n"
    "dead = mp.Value('i', 3)\n"
    /* Its semaphore keeps its name, by which any user can reach it. */
    "linked = mp.get_context('spawn').Value('i', 7)\n"
    "jobs = mp.Queue(5)\n"
    "ready = mp.Event()\n"
    "places = mp.BoundedSemaphore(10)\n"
    "def die():\n"
    "    dead.get_lock().acquire()\n"
    "    linked.get_lock().acquire()\n"
    "    os.kill(os.getpid(), signal.SIGKILL)\n"
    "def wait():\n"
    "    with lock: pass\n"
    "if __name__ == '__main__':\n"
    "    process = mp.get_context('fork').Process(target=die)\n"
    "    process.start(); process.join()\n"
    "    jobs.put(1); jobs.put(2)\n"
    "    jobs.cancel_join_thread()\n"
    "    lock.acquire()\n"
    "    process = mp.get_context('fork').Process(target=wait)\n"
    "    process.start()\n"
    "    print('ready', flush=True)\n"
    "    sys.stdin.read()\n"
    "    lock.release()\n"
    "    process.join()\n";

static struct
{
  GPid pid;
  int input;
} program;

/* Starts it, and shows it in a window. */
static void
show_program (struct window_fixture *f, const char *entry)
{
  const char *arguments[] = { "python3", "-c", script, NULL };
  g_autofree char *id = NULL;
  char answer;
  int output;

  assert_true (g_spawn_async_with_pipes (NULL, (char **) arguments, NULL,
                                         G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, NULL,
                                         NULL, &program.pid, &program.input, &output, NULL, NULL));
  do
    assert_int_equal (read (output, &answer, 1), 1);
  while (answer != '\n');
  close (output);
  id = g_strdup_printf ("pid:%d", (int) program.pid);
  f->window = shmlens_window_new (NULL, f->session, NULL);
  shmlens_window_open (f->window, id, entry);
  gtk_window_present (GTK_WINDOW (f->window));
  wait_until (shows_part (f->window, "entries") && shows (f->window, "places"));
}

/* It ends by itself when nobody talks to it any more. */
static void
end_program (void)
{
  close (program.input);
  assert_int_equal (waitpid (program.pid, NULL, 0), program.pid);
  program.pid = 0;
}

static int
end (void **state)
{
  if (program.pid != 0)
    end_program ();
  return window_fixture_end (state);
}

static void
objects_are_told_in_words (void **state)
{
  struct window_fixture *f = *state;
  gpointer details;

  show_program (f, NULL);
  details = window_fixture_details (f);
  window_fixture_item (f, "jobs");
  wait_until (shows (details, "2 of 5") && shows (details, "Queue"));
  assert_true (shows_part (details, "puts in") || shows_part (details, "put in"));
  wait_until (find_widget (f->window, GTK_TYPE_PROGRESS_BAR) != NULL);
  assert_true (gtk_progress_bar_get_fraction (
                 GTK_PROGRESS_BAR (find_widget (f->window, GTK_TYPE_PROGRESS_BAR)))
               == 0.4);

  window_fixture_item (f, "places");
  wait_until (shows (details, "10 of 10 free") && shows (details, "BoundedSemaphore"));
  window_fixture_item (f, "ready");
  wait_until (shows (details, "clear") && shows_part (details, "processes wait until it is set"));
  assert_non_null (find_widget (f->window, GTK_TYPE_SWITCH));
}

static void
who_has_a_lock_and_who_waits_is_told (void **state)
{
  struct window_fixture *f = *state;
  g_autofree char *holder = NULL;
  gpointer details;

  show_program (f, "held");
  holder = g_strdup_printf ("(%d) for at least", (int) program.pid);
  details = window_fixture_details (f);
  wait_until (shows_part (details, holder) && shows_part (details, "1 waits for it"));
  wait_until (shows_part (details, "Waiting: "));
  assert_true (shows (details, "On the same lock: lock, other"));
  assert_true (shows (details, "semaphore, not recursive"));
  assert_false (shows_part (details, "has died"));
}

static GtkWidget *
dialog (void)
{
  return find_dialog (RELEASE_TYPE_DIALOG);
}

/* way: how the lock is reached; ANY_WAY: as this user can. */
static void
release_dead (struct window_fixture *f, const char *entry, int way)
{
  gpointer details, panel;

  show_program (f, entry);
  details = window_fixture_details (f);
  if (way != ANY_WAY)
    assert_int_equal (entry_item_get_info (window_fixture_item (f, entry))->lock_way, way);
  panel = child_of (details, "lock_panel");
  wait_until (shows_part (details, "Its holder has died"));
  assert_null (dialog ());
  g_signal_emit_by_name (child_of (panel, "release"), "clicked");
  wait_until (dialog () != NULL && gtk_widget_get_mapped (dialog ()));
  assert_true (shows_part (dialog (), entry) && shows_part (dialog (), "half written"));

  /* Nothing happens unless it is confirmed. */
  gtk_window_close (GTK_WINDOW (dialog ()));
  wait_until (dialog () == NULL);
  assert_true (shows_part (details, "Its holder has died"));

  g_signal_emit_by_name (child_of (panel, "release"), "clicked");
  wait_until (dialog () != NULL);
  g_signal_emit_by_name (child_of (dialog (), "release"), "clicked");
  wait_until (dialog () == NULL);
  wait_until (!shows_part (details, "has died") && shows (details, "free"));
}

static void
a_dead_holder_s_lock_is_released_when_confirmed (void **state)
{
  release_dead (*state, "dead", ANY_WAY);
}

static void
one_whose_semaphore_has_a_name_is_released_by_it (void **state)
{
  release_dead (*state, "linked", LOCK_WAY_LINKED);
}

static void
a_living_holder_s_lock_is_not_released (void **state)
{
  struct window_fixture *f = *state;
  ReleaseDialog *dialog;
  EntryItem *item;

  show_program (f, NULL);
  item = window_fixture_item (f, "held");
  dialog = release_dialog_new (GTK_WINDOW (f->window), f->session, entry_item_get_attachment (item),
                               entry_item_get_info (item), "");
  gtk_window_present (GTK_WINDOW (dialog));
  g_signal_emit_by_name (child_of (dialog, "release"), "clicked");
  wait_until (shows_part (dialog, "which lives"));
  gtk_window_destroy (GTK_WINDOW (dialog));
  wait_until (shows (f->window, "5"));
}

/* Whether it is selected, and has this value. */
static gboolean
has_selected (struct window_fixture *f, const char *name, const char *value)
{
  EntryItem *item = entry_table_get_selected (child_of (f->window, "table"));

  return item != NULL && g_str_equal (entry_item_get_info (item)->name, name)
         && g_strcmp0 (entry_item_get_value (item), value) == 0;
}

static void
a_program_that_has_ended_keeps_its_last_values (void **state)
{
  struct window_fixture *f = *state;
  g_autofree char *id = NULL;

  show_program (f, "other");
  id = g_strdup_printf ("pid:%d", (int) program.pid);
  wait_until (shows (f->window, "1.5") && segment_shows (f, id, id));
  assert_false (segment_shows (f, id, "ended"));
  end_program ();
  wait_until (gtk_widget_get_mapped (child_of (f->window, "banner")));
  wait_until (segment_shows (f, id, "ended"));
  wait_until (has_selected (f, "other", "1.5"));

  /* There is nothing more to look at. */
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.look-again", NULL);
  run_main_loop_for (300);
  assert_true (has_selected (f, "other", "1.5"));
}

static void
names_stay_while_the_program_is_looked_through_again (void **state)
{
  struct window_fixture *f = *state;

  show_program (f, NULL);
  wait_until (shows (f->window, "other") && !shows_part (f->window, " @ "));
  for (guint i = 0; i < 100; i++)
    {
      if (i % 10 == 0)
        gtk_widget_activate_action (GTK_WIDGET (f->window), "win.look-again", NULL);
      run_main_loop_for (10);
      assert_false (shows_part (f->window, " @ "));
      assert_true (shows (f->window, "other"));
    }
}

int
main (void)
{
#define program_test(name) cmocka_unit_test_setup_teardown (name, window_fixture_begin, end)
  const struct CMUnitTest tests[] = {
    program_test (objects_are_told_in_words),
    program_test (who_has_a_lock_and_who_waits_is_told),
    program_test (a_dead_holder_s_lock_is_released_when_confirmed),
    program_test (one_whose_semaphore_has_a_name_is_released_by_it),
    program_test (a_living_holder_s_lock_is_not_released),
    program_test (names_stay_while_the_program_is_looked_through_again),
    program_test (a_program_that_has_ended_keeps_its_last_values),
  };

  if (!window_fixture_start ())
    return 77;
  return cmocka_run_group_tests (tests, NULL, NULL);
}
