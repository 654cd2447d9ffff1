/* What Python programs have is counted, again when it changes, and not looked through twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "python-counter.h"
#include "python-program.h"

#define SECONDS (60 * G_USEC_PER_SEC)

/* Makes another at each line, without mapping anything else. */
static const char script[]
  = "import multiprocessing, sys\n"
    "kept = []\n"
    "while True:\n"
    "    kept.append(multiprocessing.RawValue('i', 1))\n"
    "    print('ready', flush=True)\n"
    "    if not sys.stdin.readline(): break\n";

struct fixture
{
  pid_t pid;
  FILE *to, *from;
  ProcessTable *table;
  PythonCounter *counter;
};

static void
await_program (struct fixture *fixture)
{
  char line[64];

  assert_non_null (fgets (line, sizeof line, fixture->from));
  assert_string_equal (line, "ready\n");
}

static int
set_up (void **state)
{
  struct fixture *fixture = g_new0 (struct fixture, 1);
  int down[2], up[2];

  assert_int_equal (pipe (down), 0);
  assert_int_equal (pipe (up), 0);
  fixture->pid = fork ();
  assert_true (fixture->pid >= 0);
  if (fixture->pid == 0)
    {
      prctl (PR_SET_PDEATHSIG, SIGKILL);
      dup2 (down[0], STDIN_FILENO);
      dup2 (up[1], STDOUT_FILENO);
      close (down[1]);
      close (up[0]);
      execlp ("python3", "python3", "-c", script, NULL);
      _exit (127);
    }
  close (down[0]);
  close (up[1]);
  fixture->to = fdopen (down[1], "w");
  fixture->from = fdopen (up[0], "r");
  await_program (fixture);
  fixture->table = process_table_new ("/proc", 0);
  fixture->counter = python_counter_new ("/dev/shm", "/proc");
  *state = fixture;
  return 0;
}

static int
tear_down (void **state)
{
  struct fixture *fixture = *state;

  python_counter_free (fixture->counter);
  process_table_free (fixture->table);
  fclose (fixture->to);
  fclose (fixture->from);
  waitpid (fixture->pid, NULL, 0);
  g_free (fixture);
  return 0;
}

static void
set (struct fixture *fixture)
{
  g_autoptr (GPtrArray) all = NULL, own = g_ptr_array_new ();
  gpointer tree;

  process_table_update (fixture->table, TRUE);
  all = python_trees (fixture->table, "/proc");
  tree = (gpointer) python_trees_find (all, fixture->pid);
  if (tree != NULL)
    g_ptr_array_add (own, tree);
  python_counter_set (fixture->counter, own);
}

static guint
n_entries (struct fixture *fixture)
{
  PythonCount count;

  assert_true (python_counter_get (fixture->counter, fixture->pid, &count));
  assert_true (count.is_known);
  assert_null (count.refusal);
  return count.n_entries;
}

static void
what_comes_without_a_mapping_is_counted_too (void **state)
{
  struct fixture *fixture = *state;
  gboolean has_changed = FALSE;

  set (fixture);
  assert_true (python_counter_wait (fixture->counter, SECONDS, TRUE));
  assert_int_equal (n_entries (fixture), 1);
  set (fixture);
  assert_false (python_counter_changed (fixture->counter));

  fputs ("\n", fixture->to);
  fflush (fixture->to);
  await_program (fixture);
  for (guint i = 0; i < 6000 && !has_changed; i++)
    {
      has_changed = python_counter_changed (fixture->counter);
      g_usleep (10000);
    }
  assert_true (has_changed);
  assert_int_equal (n_entries (fixture), 2);
  set (fixture);
  assert_false (python_counter_changed (fixture->counter));
}

static void
one_that_has_ended_is_forgotten (void **state)
{
  struct fixture *fixture = *state;
  PythonCount count;

  set (fixture);
  kill (fixture->pid, SIGKILL);
  waitpid (fixture->pid, NULL, 0);
  set (fixture);
  assert_true (python_counter_wait (fixture->counter, SECONDS, TRUE));
  assert_false (python_counter_get (fixture->counter, fixture->pid, &count));
  assert_null (python_counter_take (fixture->counter, fixture->pid));
}

static char *
report_of (PythonProgram *program)
{
  g_autoptr (PythonSnapshot) snapshot = python_program_snapshot (program);

  assert_int_equal (snapshot->reports->len, 1);
  return g_strdup (snapshot->reports->pdata[0]);
}

static void
what_was_looked_through_is_not_again (void **state)
{
  struct fixture *fixture = *state;
  PythonMember *looked;
  g_autoptr (PythonProgram) first = NULL, second = NULL;
  g_autofree char *same = NULL, *other = NULL;

  set (fixture);
  assert_true (python_counter_wait (fixture->counter, SECONDS, TRUE));
  looked = python_counter_take (fixture->counter, fixture->pid);
  assert_non_null (looked);
  assert_null (python_counter_take (fixture->counter, fixture->pid));
  /* So that it is known again. */
  looked->process->scan->bytes = 987000000;
  first = python_program_new ("/dev/shm", "/proc", fixture->pid, looked, NULL);
  same = report_of (first);
  assert_non_null (strstr (same, "987.0 MB looked through"));

  /* What has changed since is. */
  set (fixture);
  fputs ("\n", fixture->to);
  fflush (fixture->to);
  await_program (fixture);
  for (guint i = 0; i < 6000 && !python_counter_changed (fixture->counter); i++)
    g_usleep (10000);
  looked = python_counter_take (fixture->counter, fixture->pid);
  assert_non_null (looked);
  looked->process->scan->bytes = 987000000;
  fputs ("\n", fixture->to);
  fflush (fixture->to);
  await_program (fixture);
  second = python_program_new ("/dev/shm", "/proc", fixture->pid, looked, NULL);
  other = report_of (second);
  assert_null (strstr (other, "987.0 MB looked through"));
}

/* Else one could end this process while another thread holds a lock of a program. */
static void
threads_leave_signals_to_the_first (void **state)
{
  struct fixture *fixture = *state;
  g_autoptr (PythonProgram) program = NULL;
  g_autoptr (GDir) tasks = g_dir_open ("/proc/self/task", 0, NULL);
  const char *name;
  guint n = 0;

  set (fixture);
  program = python_program_new ("/dev/shm", "/proc", fixture->pid, NULL, NULL);
  assert_non_null (program);
  while ((name = g_dir_read_name (tasks)) != NULL)
    {
      g_autofree char *path = g_strdup_printf ("/proc/self/task/%s/status", name);
      g_autofree char *text = NULL;
      const char *blocked;

      if (atoi (name) == getpid () || !g_file_get_contents (path, &text, NULL, NULL))
        continue;
      blocked = strstr (text, "\nSigBlk:\t");
      assert_non_null (blocked);
      assert_true (g_ascii_strtoull (blocked + 9, NULL, 16) >> (SIGTERM - 1) & 1);
      n++;
    }
  assert_true (n >= 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown (name, set_up, tear_down)

int
main (void)
{
  const struct CMUnitTest tests[] = {
    TEST (what_comes_without_a_mapping_is_counted_too),
    TEST (one_that_has_ended_is_forgotten),
    TEST (threads_leave_signals_to_the_first),
    TEST (what_was_looked_through_is_not_again),
  };

  if (system ("python3 -c 'import multiprocessing.sharedctypes' 2>/dev/null") != 0)
    return 77;
  return cmocka_run_group_tests (tests, NULL, NULL);
}
