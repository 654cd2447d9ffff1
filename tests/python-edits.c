/* Edits from outside among the increments of real Python workers: under the lock none is lost, by
 * whichever way it is taken; without the lock some are. A long run (SHMLENS_LONG) makes the
 * full number. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <glob.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "edit.h"
#include "hold.h"
#include "inspect-error.h"
#include "source.h"

#define NOBODY 65534

/* Two workers count what they add; a line on the standard input ends them, and the sum of what
 * they say is printed beside the counter. */
static const char program[]
  = "import multiprocessing, sys\n"
    "def worker(counter, done, stop, number):\n"
    "    n = 0\n"
    "    while not stop.value:\n"
    "        with counter.get_lock():\n"
    "            counter.value += 1\n"
    "        n += 1\n"
    "        done[number] = n\n"
    "def main():\n"
    "    global counter\n"
    "    context = multiprocessing.get_context(sys.argv[1])\n"
    "    counter = context.Value('q', 0)\n"
    "    done = context.RawArray('q', 2)\n"
    "    stop = context.RawValue('b', 0)\n"
    "    workers = [context.Process(target=worker, args=(counter, done, stop, i)) for i in (0, 1)]\n"
    "    for one in workers: one.start()\n"
    "    while not all(done): pass\n"
    "    print('ready', flush=True)\n"
    "    sys.stdin.readline()\n"
    "    stop.value = 1\n"
    "    for one in workers: one.join()\n"
    "    print(counter.value, sum(done), flush=True)\n"
    "if __name__ == '__main__': main()\n";

/* Puts another counter in place of the first, at a line on the standard input: where it was in
 * shared memory, but not where its object was. */
static const char replacing[]
  = "import ctypes, multiprocessing, sys\n"
    "context = multiprocessing.get_context('spawn')\n"
    "counter = context.Value('q', 1)\n"
    "print('ready', flush=True)\n"
    "sys.stdin.readline()\n"
    "del counter\n"
    "kept = [ctypes.c_longlong() for _ in range(1000)]\n"
    "counter = context.Value('q', 2)\n"
    "print('ready', flush=True)\n"
    "sys.stdin.readline()\n"
    "print(counter.value, 0, flush=True)\n";

/* A process that is forked calls itself something else, as setproctitle does, so that it counts as
 * a program of its own, and takes the lock of its parent for good. */
static const char retitling[]
  = "import ctypes, multiprocessing, sys, time\n"
    "context = multiprocessing.get_context('fork')\n"
    "counter = context.Value('q', 0)\n"
    "def hold():\n"
    "    with open('/proc/self/stat') as stat: words = stat.read().rsplit(')', 1)[1].split()\n"
    "    ctypes.memset(int(words[45]), ord('x'), 6)\n"
    "    counter.get_lock().acquire()\n"
    "    print('ready', flush=True)\n"
    "    time.sleep(60)\n"
    "child = context.Process(target=hold)\n"
    "child.start()\n"
    "sys.stdin.readline()\n"
    "child.kill()\n"
    "child.join()\n"
    "print('ready', flush=True)\n"
    "sys.stdin.readline()\n"
    "with counter.get_lock(): print(counter.value, 0, flush=True)\n";

/* A thread that is not the first has the lock. */
static const char threaded[]
  = "import multiprocessing, sys, threading\n"
    "counter = multiprocessing.get_context('fork').Value('q', 0)\n"
    "def hold():\n"
    "    with counter.get_lock():\n"
    "        print('ready', flush=True)\n"
    "        sys.stdin.readline()\n"
    "thread = threading.Thread(target=hold)\n"
    "thread.start()\n"
    "thread.join()\n"
    "print(counter.value, 0, flush=True)\n";

/* Somebody counts under the lock, and somebody sets what has none. */
static const char counting[]
  = "import ctypes, multiprocessing, sys\n"
    "def worker(counter, lone, stop):\n"
    "    while not stop.value:\n"
    "        with counter.get_lock(): counter.value += 1\n"
    "        lone.value = counter.value\n"
    "def main():\n"
    "    global counter, lone\n"
    "    context = multiprocessing.get_context(sys.argv[1])\n"
    "    counter = context.Value(ctypes.c_longlong, 1000)\n"
    "    lone = context.RawValue(ctypes.c_longlong, 0)\n"
    "    stop = context.RawValue('b', 0)\n"
    "    one = context.Process(target=worker, args=(counter, lone, stop))\n"
    "    one.start()\n"
    "    while lone.value == 0: pass\n"
    "    print('ready', flush=True)\n"
    "    sys.stdin.readline()\n"
    "    stop.value = 1\n"
    "    one.join()\n"
    "    print(0, 0, flush=True)\n"
    "if __name__ == '__main__': main()\n";

static const char waiting[]
  = "import multiprocessing, sys\n"
    "event = multiprocessing.get_context('spawn').Event()\n"
    "print('ready', flush=True)\n"
    "event.wait()\n"
    "event.clear(); event.set()\n"
    "print(1, 0, flush=True)\n";

/* What runs them. */
static const char *python = "python3";

struct target
{
  pid_t pid;
  char script[64];
  FILE *to, *from;
};

static void
start (struct target *target, const char *text, const char *method)
{
  int down[2], up[2], fd;
  gssize length = (gssize) strlen (text);
  char line[64];

  g_strlcpy (target->script, "/tmp/python-edits-XXXXXX", sizeof target->script);
  fd = mkstemp (target->script);
  assert_true (fd >= 0);
  assert_int_equal (write (fd, text, (gsize) length), length);
  close (fd);
  assert_int_equal (pipe (down), 0);
  assert_int_equal (pipe (up), 0);
  target->pid = fork ();
  assert_true (target->pid >= 0);
  if (target->pid == 0)
    {
      prctl (PR_SET_PDEATHSIG, SIGKILL);
      dup2 (down[0], STDIN_FILENO);
      dup2 (up[1], STDOUT_FILENO);
      close (down[1]);
      close (up[0]);
      execlp (python, python, target->script, method, NULL);
      _exit (127);
    }
  close (down[0]);
  close (up[1]);
  target->to = fdopen (down[1], "w");
  target->from = fdopen (up[0], "r");
  assert_non_null (fgets (line, sizeof line, target->from));
  assert_string_equal (line, "ready\n");
}

/* Ends it, and tells by how much the counter is beside what its workers added. */
static gint64
finish (struct target *target)
{
  long long value = 0, sum = -1;

  fputs ("stop\n", target->to);
  fclose (target->to);
  assert_int_equal (fscanf (target->from, "%lld %lld", &value, &sum), 2);
  fclose (target->from);
  waitpid (target->pid, NULL, 0);
  unlink (target->script);
  return value - sum;
}

static guint
number_of_edits (guint standard, guint whole)
{
  return getenv ("SHMLENS_LONG") != NULL ? whole : standard;
}

/* Adds 1 so often. */
static void
add_ones (const struct target *target, enum lock_way way, gboolean unlocked, guint n)
{
  g_autoptr (Registry) registry = registry_new (NULL);
  g_autofree char *id = g_strdup_printf ("pid:%d", (int) target->pid);
  g_autoptr (GError) error = NULL;
  g_autoptr (Attachment) attachment = registry_open (registry, id, &error);
  g_autoptr (EntryInfo) entry = NULL;
  g_autoptr (Edit) edit = NULL;

  if (attachment == NULL)
    fail_msg ("%s", error->message);
  attachment_settle (attachment);
  entry = attachment_find_entry (attachment, "counter");
  assert_non_null (entry);
  assert_int_equal (entry->lock_way, way);
  edit = edit_new (attachment, entry, 0, 1, "+=1");
  edit->timeout_ns = G_GUINT64_CONSTANT (60000000000);
  edit->unlocked = unlocked;
  for (guint i = 0; i < n; i++)
    if (!edit_apply (edit, NULL, NULL, &error))
      fail_msg ("edit %u: %s", i, error->message);
}

/* Runs it as it is, or as an ordinary user in a process of its own. */
static gint64
added (const char *method, enum lock_way way, gboolean unlocked, guint n)
{
  struct target target;

  start (&target, program, method);
  add_ones (&target, way, unlocked, n);
  return finish (&target);
}

static void
by_its_name (void **state)
{
  guint n = number_of_edits (2000, 200000);

  assert_int_equal (added ("spawn", LOCK_WAY_LINKED, FALSE, n), n);
}

static void
by_map_files (void **state)
{
  guint n = number_of_edits (2000, 200000);

  if (geteuid () != 0)
    skip ();
  assert_int_equal (added ("fork", LOCK_WAY_MAP_FILES, FALSE, n), n);
}

static void
by_stopping_as_an_ordinary_user (void **state)
{
  guint n = number_of_edits (60, 5000);
  int status;
  pid_t pid;

  if (geteuid () != 0)
    {
      assert_int_equal (added ("fork", LOCK_WAY_STOP, FALSE, n), n);
      return;
    }
  pid = fork ();
  assert_true (pid >= 0);
  if (pid == 0)
    {
      /* The real Python of a user of its own, and no capability. */
      if (setgroups (0, NULL) < 0 || setgid (NOBODY) < 0 || setuid (NOBODY) < 0)
        _exit (2);
      prctl (PR_SET_DUMPABLE, 1);
      setenv ("HOME", "/nonexistent", 1);
      setenv ("PATH", "/usr/bin:/bin", 1);
      _exit (added ("fork", LOCK_WAY_STOP, FALSE, n) == n ? 0 : 1);
    }
  assert_int_equal (waitpid (pid, &status, 0), pid);
  assert_int_equal (status, 0);
}

/* Looks until it had to be set a few times. */
static void
keep (Attachment *attachment, const char *name, enum hold_kind kind, const char *low)
{
  g_autoptr (EntryInfo) entry = attachment_find_entry (attachment, name);
  g_autoptr (GError) error = NULL;
  struct hold_statistics statistics = { 0 };
  g_autoptr (Hold) hold = NULL;

  assert_non_null (entry);
  hold = hold_new (&(struct hold_place){ attachment, entry, 0, -1, 0 }, kind, low, NULL, TRUE,
                   &error);
  if (hold == NULL)
    fail_msg ("%s", error->message);
  for (guint i = 0; i < 100000 && statistics.writes < 3; i++)
    {
      if (!hold_look (hold, NULL))
        {
          hold_get_statistics (hold, &statistics);
          fail_msg ("%s: %s", python, statistics.reason);
        }
      hold_get_statistics (hold, &statistics);
      /* Let the program come to it. */
      g_usleep (1000);
    }
  assert_true (statistics.writes >= 3);
}

/* Of each Python that is found: under its lock, and where there is none; and it goes on. */
static void
what_python_writes_is_held (void **state)
{
  g_autofree char *pattern
    = g_build_filename (g_get_home_dir (), ".pyenv/versions/3.*/bin/python3", NULL);
  glob_t found;

  glob (pattern, 0, NULL, &found);
  for (gsize i = 0; i <= found.gl_pathc; i++)
    {
      g_autoptr (Registry) registry = registry_new (NULL);
      g_autoptr (Attachment) attachment = NULL;
      g_autofree char *id = NULL;
      struct target target;

      python = i < found.gl_pathc ? found.gl_pathv[i] : "python3";
      start (&target, counting, i % 2 == 0 ? "fork" : "spawn");
      id = g_strdup_printf ("pid:%d", (int) target.pid);
      attachment = registry_open (registry, id, NULL);
      assert_non_null (attachment);
      attachment_settle (attachment);
      keep (attachment, "counter", HOLD_VALUE, "5");
      keep (attachment, "counter", HOLD_DOWN, NULL);
      keep (attachment, "lone", HOLD_VALUE, "-3");
      assert_int_equal (finish (&target), 0);
    }
  globfree (&found);
  python = "python3";
}

/* Whose memory became another object's while it was held: its lock does not guard that one. */
static void
not_into_what_took_its_place (void **state)
{
  g_autoptr (Registry) registry = registry_new (NULL);
  g_autoptr (Attachment) attachment = NULL;
  g_autoptr (EntryInfo) first = NULL, second = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;
  const gint64 nine = 9;
  struct target target;
  char line[64];

  start (&target, replacing, "");
  id = g_strdup_printf ("pid:%d", (int) target.pid);
  attachment = registry_open (registry, id, &error);
  assert_non_null (attachment);
  attachment_settle (attachment);
  first = attachment_find_entry (attachment, "counter");
  assert_non_null (first);
  assert_true (attachment_lock (attachment, first, G_GUINT64_CONSTANT (5000000000), FALSE, NULL,
                                NULL, &error));
  fputs ("go on\n", target.to);
  fflush (target.to);
  assert_non_null (fgets (line, sizeof line, target.from));
  for (guint i = 0; i < 1000 && (second == NULL || second->lock_id == first->lock_id); i++)
    {
      g_clear_pointer (&second, entry_info_unref);
      attachment_look_again (attachment);
      g_usleep (10000);
      attachment_refresh (attachment);
      second = attachment_find_entry (attachment, "counter");
    }
  assert_non_null (second);
  assert_int_not_equal (second->lock_id, first->lock_id);
  assert_int_equal (second->id, first->id);
  assert_false (attachment_store (attachment, first, 0, sizeof nine, &nine, &error));
  assert_int_equal (error->code, INSPECT_ERROR_NOT_FOUND);
  attachment_unlock (attachment, first);
  assert_int_equal (finish (&target), 2);
}

/* How the counter's lock is seen at the last of some looks, which are enough to call a holder
 * dead. */
static enum shmlens_lock_state
seen_state (Attachment *attachment, EntryInfo *entry, guint looks)
{
  LockInfo info = { 0 };

  for (guint i = 0; i < looks && info.state != SHMLENS_LOCK_DEAD; i++)
    {
      g_usleep (10000);
      assert_int_equal (attachment_describe_lock (attachment, entry, &info), 0);
    }
  return info.state;
}

/* A holder that is not known lives all the same; once it does not, its lock can be let go. */
static void
not_called_dead_while_one_that_is_not_known_has_it (void **state)
{
  g_autoptr (Registry) registry = registry_new (NULL);
  g_autoptr (Attachment) attachment = NULL;
  g_autoptr (EntryInfo) entry = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;
  struct target target;
  char line[64];

  if (geteuid () != 0)
    skip ();
  start (&target, retitling, "");
  id = g_strdup_printf ("pid:%d", (int) target.pid);
  attachment = registry_open (registry, id, &error);
  assert_non_null (attachment);
  attachment_settle (attachment);
  entry = attachment_find_entry (attachment, "counter");
  assert_non_null (entry);
  assert_int_equal (entry->n_pids, 1);
  assert_int_equal (seen_state (attachment, entry, 20), SHMLENS_LOCK_HELD);
  assert_false (attachment_release_dead (attachment, entry, &error));
  assert_int_equal (error->code, INSPECT_ERROR_CONDITION);
  g_clear_error (&error);

  fputs ("go on\n", target.to);
  fflush (target.to);
  assert_non_null (fgets (line, sizeof line, target.from));
  assert_int_equal (seen_state (attachment, entry, 1000), SHMLENS_LOCK_DEAD);
  assert_true (attachment_release_dead (attachment, entry, &error));
  assert_int_equal (finish (&target), 0);
}

static void
which_thread_has_it_is_told (void **state)
{
  g_autoptr (Registry) registry = registry_new (NULL);
  g_autoptr (Attachment) attachment = NULL;
  g_autoptr (EntryInfo) entry = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL, *task = NULL;
  struct target target;
  LockInfo info;

  start (&target, threaded, "");
  id = g_strdup_printf ("pid:%d", (int) target.pid);
  attachment = registry_open (registry, id, &error);
  assert_non_null (attachment);
  attachment_settle (attachment);
  entry = attachment_find_entry (attachment, "counter");
  assert_non_null (entry);
  assert_int_equal (attachment_describe_lock (attachment, entry, &info), 0);
  assert_int_equal (info.state, SHMLENS_LOCK_HELD);
  assert_int_equal (info.owner_pid, target.pid);
  /* There are two. */
  assert_int_not_equal (info.owner_tid, 0);
  assert_int_not_equal (info.owner_tid, target.pid);
  task = g_strdup_printf ("/proc/%d/task/%d", (int) target.pid, (int) info.owner_tid);
  assert_true (g_file_test (task, G_FILE_TEST_IS_DIR));
  assert_int_equal (finish (&target), 0);
}

static void
await_futex (pid_t pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/syscall", (int) pid);
  gboolean is_waiting = FALSE;

  for (guint i = 0; i < 6000 && !is_waiting; i++)
    {
      g_autofree char *text = NULL;

      g_usleep (10000);
      is_waiting = g_file_get_contents (path, &text, NULL, NULL) && atoi (text) == SYS_futex;
    }
  assert_true (is_waiting);
}

/* One that cannot say that it woke is waited for but a moment, and not forgotten: it wakes when the
 * event is set again, and the program's own protocol finds all as it should be. */
static void
an_event_can_be_set_again_for_one_that_was_stopped (void **state)
{
  g_autoptr (Registry) registry = registry_new (NULL);
  g_autoptr (Attachment) attachment = NULL;
  g_autoptr (EntryInfo) entry = NULL;
  g_autoptr (Edit) edit = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;
  struct target target;
  int status;

  start (&target, waiting, "");
  await_futex (target.pid);
  id = g_strdup_printf ("pid:%d", (int) target.pid);
  attachment = registry_open (registry, id, &error);
  assert_non_null (attachment);
  attachment_settle (attachment);
  entry = attachment_find_entry (attachment, "event");
  assert_non_null (entry);
  assert_int_equal (entry->lock_way, LOCK_WAY_LINKED);
  assert_int_equal (kill (target.pid, SIGSTOP), 0);
  assert_int_equal (waitpid (target.pid, &status, WUNTRACED), target.pid);
  assert_true (WIFSTOPPED (status));
  edit = edit_new (attachment, entry, 0, 1, "true");
  assert_false (edit_apply (edit, NULL, NULL, &error));
  assert_int_equal (error->code, INSPECT_ERROR_TIMEOUT);
  g_clear_error (&error);
  assert_int_equal (kill (target.pid, SIGCONT), 0);
  await_futex (target.pid);
  if (!edit_apply (edit, NULL, NULL, &error))
    fail_msg ("%s", error->message);
  alarm (60);
  assert_int_equal (finish (&target), 1);
  alarm (0);
}

/* The control: that the sum is exact above is the lock's doing. */
static void
without_the_lock_some_are_lost (void **state)
{
  guint n = 0;
  gboolean is_lost = FALSE;

  for (guint round = 0; round < 20 && !is_lost; round++)
    {
      n = 20000;
      is_lost = added ("fork", geteuid () == 0 ? LOCK_WAY_MAP_FILES : LOCK_WAY_STOP, TRUE, n) != n;
    }
  assert_true (is_lost);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (by_its_name),
    cmocka_unit_test (by_map_files),
    cmocka_unit_test (by_stopping_as_an_ordinary_user),
    cmocka_unit_test (what_python_writes_is_held),
    cmocka_unit_test (not_into_what_took_its_place),
    cmocka_unit_test (not_called_dead_while_one_that_is_not_known_has_it),
    cmocka_unit_test (which_thread_has_it_is_told),
    cmocka_unit_test (an_event_can_be_set_again_for_one_that_was_stopped),
    cmocka_unit_test (without_the_lock_some_are_lost),
  };

  g_set_prgname ("python-edits");
  return cmocka_run_group_tests (tests, NULL, NULL);
}
