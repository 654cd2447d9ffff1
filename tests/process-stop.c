/* All threads of some processes stopped for a moment, and never for longer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lock-tsan.h"
#include "process-stop.h"
#include "process.h"
#include "stop-refusal.h"

#define TARGETS 4
#define THREADS 4

struct page
{
  guint64 beats[TARGETS][THREADS + 1]; /* a thread that is not stopped goes on counting */
  guint64 signals;
  guint32 stage;
  guint32 failed;
  sem_t semaphore;
  guint64 word;
};

static struct page *page;
static pid_t targets[TARGETS];
static ProcessMemory *memories[TARGETS];
static guint n_targets;

/* Editors are forked while other threads of this process run, and have threads themselves. */
const char *__tsan_default_options (void);

const char *
__tsan_default_options (void)
{
  return "die_after_fork=0";
}

static guint
times (guint few, guint many)
{
  const char *text = getenv ("SHMLENS_LONG");

  return text != NULL && strcmp (text, "") != 0 && strcmp (text, "0") != 0 ? many : few;
}

static int
set_up (void **state)
{
  page = mmap (NULL, sizeof *page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  assert_ptr_not_equal (page, MAP_FAILED);
  assert_int_equal (sem_init (&page->semaphore, 1, 0), 0);
  return 0;
}

static void
kill_target (guint number)
{
  if (targets[number] != 0)
    {
      kill (targets[number], SIGKILL);
      assert_int_equal (waitpid (targets[number], NULL, 0), targets[number]);
      targets[number] = 0;
    }
}

static ProcessStop *held; /* also when a test fails */

static void
let_go (ProcessStop *stop)
{
  held = NULL;
  process_stop_end (stop);
}

static int
tear_down (void **state)
{
  if (held != NULL)
    let_go (held);
  for (guint i = 0; i < n_targets; i++)
    {
      kill_target (i);
      process_memory_unref (memories[i]);
    }
  n_targets = 0;
  return munmap (page, sizeof *page);
}

static void
beat (guint64 *counter)
{
  __atomic_store_n (counter, __atomic_load_n (counter, __ATOMIC_RELAXED) + 1, __ATOMIC_RELAXED);
}

/* Works a little and sleeps a little, for ever. */
static void *
go_on (void *counter)
{
  for (;;)
    {
      for (guint i = 0; i < 200; i++)
        beat (counter);
      usleep (50);
    }
  return NULL;
}

static void
start_threads (guint number, guint n)
{
  pthread_t thread;

  for (guint i = 0; i < n; i++)
    if (pthread_create (&thread, NULL, go_on, &page->beats[number][i]) != 0)
      _exit (1);
}

static void
work_in_threads (guint number)
{
  start_threads (number, THREADS);
  go_on (&page->beats[number][THREADS]);
}

static void
end_first_thread (guint number)
{
  start_threads (number, THREADS);
  while (__atomic_load_n (&page->stage, __ATOMIC_ACQUIRE) == 0)
    usleep (100);
  pthread_exit (NULL);
}

/* Ends with its parent, or after some minutes, whatever happens. */
static pid_t
start_child (void (*work) (guint number), guint number)
{
  pid_t parent = getpid (), pid = fork ();

  assert_true (pid >= 0);
  if (pid == 0)
    {
      prctl (PR_SET_PDEATHSIG, SIGKILL);
      if (getppid () != parent)
        _exit (1);
      alarm (550);
      work (number);
      _exit (0);
    }
  return pid;
}

static void
start (void (*work) (guint number))
{
  g_autoptr (GError) error = NULL;

  targets[n_targets] = start_child (work, n_targets);
  memories[n_targets] = process_memory_open ("/proc", targets[n_targets], &error);
  assert_null (error);
  n_targets++;
}

static guint64
beats_of (guint number, guint thread)
{
  return __atomic_load_n (&page->beats[number][thread], __ATOMIC_RELAXED);
}

/* Waits until each of the threads has gone on. */
static void
await_beats (guint n)
{
  for (guint number = 0; number < n_targets; number++)
    for (guint thread = 0; thread < n; thread++)
      {
        guint64 before = beats_of (number, thread);

        for (guint i = 0; beats_of (number, thread) == before; i++)
          {
            if (i == 200000)
              fail_msg ("thread %u of process %u does not go on", thread, number);
            usleep (100);
          }
      }
}

static void
await_stage (guint32 stage)
{
  for (guint i = 0; __atomic_load_n (&page->stage, __ATOMIC_ACQUIRE) != stage; i++)
    {
      if (i == 200000)
        fail_msg ("stage %u was not reached", stage);
      usleep (100);
    }
}

/* Tries as often as it is asked to try again: a busy machine may lack the time to stop all. */
static int
begin_soon (guint n, ProcessStopCheck check, gpointer data, ProcessStop **ret_stop)
{
  for (guint i = 0; i < 2000; i++)
    {
      int result = process_stop_begin (memories, n, check, data, ret_stop);

      if (result != -EAGAIN && result != -EBUSY)
        return result;
      usleep (200);
    }
  fail_msg ("it was not stopped in 2000 tries");
  return -EAGAIN;
}

static ProcessStop *
stop_soon (guint n)
{
  ProcessStop *stop = NULL;
  int result = begin_soon (n, NULL, NULL, &stop);

  if (result != 0)
    fail_msg ("it could not be stopped: %s", strerror (-result));
  return held = stop;
}

static void
assert_stands_still (void)
{
  struct page before;

  memcpy (&before, page, sizeof before);
  for (guint i = 0; i < 5; i++)
    {
      usleep (100);
      assert_memory_equal (before.beats, page->beats, sizeof before.beats);
    }
}

static void
all_threads_stop_and_go_on (void **state)
{
  for (guint n = 1; n <= TARGETS; n++)
    {
      start (work_in_threads);
      await_beats (THREADS + 1);
      for (guint i = 0; i < 10; i++)
        {
          ProcessStop *stop = stop_soon (n);

          assert_stands_still ();
          let_go (stop);
          await_beats (THREADS + 1);
        }
    }
  for (guint i = 0; i < TARGETS; i++)
    assert_int_equal (stop_refusal_tracer (memories[i]), 0);
}

static char
state_of (pid_t pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/stat", pid);
  g_autofree char *text = NULL;

  assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return strrchr (text, ')')[2];
}

static void
await_state (pid_t pid, char wanted)
{
  for (guint i = 0; state_of (pid) != wanted; i++)
    {
      if (i == 100000)
        fail_msg ("process %d is in state %c, not %c", pid, state_of (pid), wanted);
      usleep (100);
    }
}

static void
one_whose_first_thread_has_ended_is_stopped_too (void **state)
{
  start (end_first_thread);
  __atomic_store_n (&page->stage, 1, __ATOMIC_RELEASE);
  await_state (targets[0], 'Z');
  await_beats (THREADS);
  for (guint i = 0; i < 10; i++)
    {
      ProcessStop *stop = stop_soon (1);

      assert_stands_still ();
      let_go (stop);
      await_beats (THREADS);
    }
}

static int
refuse (ProcessStop *stop, gpointer data)
{
  guint64 *seen = data;

  assert_int_equal (process_stop_peek (stop, 0, (guintptr) &page->word, seen), 0);
  assert_int_equal (process_stop_poke (stop, 0, (guintptr) &page->word, *seen + 1), 0);
  assert_int_equal (process_stop_peek (stop, 0, 8, seen), -EFAULT);
  assert_int_equal (process_stop_poke (stop, 0, 8, 1), -EFAULT);
  return -ENODATA;
}

static void
all_go_on_when_it_was_no_good_moment (void **state)
{
  ProcessStop *stop = NULL;
  guint64 seen = 0;

  start (work_in_threads);
  page->word = UINT64_MAX - 1;
  await_beats (THREADS + 1);
  assert_int_equal (begin_soon (1, refuse, &seen, &stop), -ENODATA);
  assert_null (stop);
  assert_true (seen == UINT64_MAX - 1);
  assert_true (page->word == UINT64_MAX);
  await_beats (THREADS + 1);
}

static void
what_a_signal_has_stopped_stays_stopped (void **state)
{
  int status;

  start (work_in_threads);
  await_beats (THREADS + 1);
  assert_int_equal (kill (targets[0], SIGSTOP), 0);
  assert_int_equal (waitpid (targets[0], &status, WUNTRACED), targets[0]);
  assert_true (WIFSTOPPED (status) && WSTOPSIG (status) == SIGSTOP);
  for (guint i = 0; i < 5; i++)
    {
      let_go (stop_soon (1));
      await_state (targets[0], 'T');
      assert_stands_still ();
      assert_int_equal (stop_refusal_tracer (memories[0]), 0);
    }
  /* The same if who stops it is killed. */
  for (guint i = 0; i < 5; i++)
    {
      pid_t editor = fork ();

      if (editor == 0)
        {
          stop_soon (1);
          kill (getpid (), SIGKILL);
        }
      assert_int_equal (waitpid (editor, NULL, 0), editor);
      await_state (targets[0], 'T');
      assert_stands_still ();
    }
  assert_int_equal (kill (targets[0], SIGCONT), 0);
  await_beats (THREADS + 1);
}

static void
trace_target (guint number)
{
  if (ptrace (PTRACE_SEIZE, targets[0], NULL, NULL) != 0)
    _exit (1);
  __atomic_store_n (&page->stage, 1, __ATOMIC_RELEASE);
  for (;;)
    pause ();
}

static void
what_a_debugger_has_is_left_to_it (void **state)
{
  g_autofree char *refusal = NULL;
  ProcessStop *stop = NULL;
  pid_t debugger;

  start (work_in_threads);
  start (work_in_threads);
  await_beats (THREADS + 1);
  assert_null (stop_refusal_sentence (memories[0]));
  debugger = start_child (trace_target, 0);
  await_stage (1);
  assert_int_equal (stop_refusal_tracer (memories[0]), debugger);
  refusal = stop_refusal_sentence (memories[0]);
  assert_non_null (strstr (refusal, "traces it"));
  assert_int_equal (process_stop_begin (memories, 1, NULL, NULL, &stop), -EBUSY);
  assert_int_equal (process_stop_begin (memories, 2, NULL, NULL, &stop), -EBUSY);
  await_beats (THREADS + 1);
  kill (debugger, SIGKILL);
  assert_int_equal (waitpid (debugger, NULL, 0), debugger);
  let_go (stop_soon (2));
}

static void
with_one_that_has_ended_none_is_stopped (void **state)
{
  ProcessStop *stop = NULL;

  start (work_in_threads);
  start (work_in_threads);
  await_beats (THREADS + 1);
  kill (targets[1], SIGKILL);
  await_state (targets[1], 'Z');
  /* While its threads end, it is to be tried again. */
  assert_int_equal (begin_soon (2, NULL, NULL, &stop), -ESRCH);
  kill_target (1);
  assert_int_equal (process_stop_begin (memories, 2, NULL, NULL, &stop), -ESRCH);
  n_targets = 1;
  await_beats (THREADS + 1);
  n_targets = 2;
}

/* Waits for a child of its own, which is then the target. */
static void
be_parent (guint number)
{
  pid_t child = start_child (work_in_threads, number);
  int status;

  __atomic_store_n (&page->stage, (guint32) child, __ATOMIC_RELEASE);
  if (waitpid (child, &status, 0) != child || !WIFSIGNALED (status))
    _exit (1);
  __atomic_store_n (&page->stage, 1, __ATOMIC_RELEASE);
  for (;;)
    pause ();
}

static void
one_that_is_killed_meanwhile_ends (void **state)
{
  pid_t parent = start_child (be_parent, 0);
  g_autoptr (ProcessMemory) memory = NULL;
  ProcessStop *stop;
  guint32 child;

  while ((child = __atomic_load_n (&page->stage, __ATOMIC_ACQUIRE)) == 0)
    usleep (100);
  memory = process_memory_open ("/proc", (pid_t) child, NULL);
  assert_non_null (memory);
  memories[0] = memory;
  stop = stop_soon (1);
  assert_int_equal (kill ((pid_t) child, SIGKILL), 0);
  usleep (1000);
  let_go (stop);
  /* Its parent is told, though it was traced when it died. */
  await_stage (1);
  kill (parent, SIGKILL);
  assert_int_equal (waitpid (parent, NULL, 0), parent);
}

static void *
end_at_once (void *counter)
{
  beat (counter);
  return NULL;
}

/* Two threads that make one after another. */
static void *
make_threads (void *counter)
{
  for (;;)
    {
      pthread_t thread;

      if (pthread_create (&thread, NULL, end_at_once, counter) != 0)
        _exit (1);
      pthread_join (thread, NULL);
    }
  return NULL;
}

static void
make_threads_in_threads (guint number)
{
  pthread_t thread;

  if (pthread_create (&thread, NULL, make_threads, &page->beats[number][0]) != 0)
    _exit (1);
  make_threads (&page->beats[number][1]);
}

static void
threads_that_come_and_go_are_all_caught (void **state)
{
  start (make_threads_in_threads);
  await_beats (2);
  for (guint i = 0; i < times (100, 2000); i++)
    {
      ProcessStop *stop = stop_soon (1);
      struct page before;

      memcpy (&before, page, sizeof before);
      usleep (300);
      assert_memory_equal (before.beats, page->beats, sizeof before.beats);
      let_go (stop);
    }
  await_beats (2);
}

static void
count_signal (int number)
{
  __atomic_fetch_add (&page->signals, 1, __ATOMIC_RELAXED);
}

static void
count_signals (guint number)
{
  signal (SIGRTMIN + 3, count_signal);
  work_in_threads (number);
}

static gint is_ending;

static void *
send_signals (void *unused)
{
  guint64 *sent = g_new0 (guint64, 1);

  while (!g_atomic_int_get (&is_ending))
    if (sigqueue (targets[0], SIGRTMIN + 3, (union sigval){ 0 }) == 0 && ++*sent % 8 == 0)
      usleep (100);
  return sent;
}

static void
await_signals (guint64 sent)
{
  for (guint i = 0; __atomic_load_n (&page->signals, __ATOMIC_RELAXED) != sent; i++)
    {
      if (i == 50000)
        fail_msg ("%lu of %lu signals came", (unsigned long) page->signals, (unsigned long) sent);
      usleep (100);
    }
}

static void
no_signal_is_lost (void **state)
{
  g_autofree guint64 *sent = NULL;
  void *result;
  pthread_t thread;

  start (count_signals);
  await_beats (THREADS + 1);
  is_ending = FALSE;
  assert_int_equal (pthread_create (&thread, NULL, send_signals, NULL), 0);
  for (guint i = 0; i < times (200, 2000); i++)
    let_go (stop_soon (1));
  /* Nor when who stops it is killed. */
  for (guint i = 0; i < times (50, 500); i++)
    {
      pid_t editor = fork ();

      if (editor == 0)
        {
          stop_soon (1);
          kill (getpid (), SIGKILL);
        }
      assert_int_equal (waitpid (editor, NULL, 0), editor);
    }
  g_atomic_int_set (&is_ending, TRUE);
  assert_int_equal (pthread_join (thread, &result), 0);
  sent = result;
  /* A program under ThreadSanitizer is handed one of several that came together. */
  if (!lock_tsan_is_there ())
    await_signals (*sent);
  print_message ("%lu signals\n", (unsigned long) *sent);
}

static void *
wait_for_semaphore (void *unused)
{
  if (sem_wait (&page->semaphore) != 0)
    __atomic_store_n (&page->failed, 1, __ATOMIC_RELAXED);
  return NULL;
}

static void *
wait_for_semaphore_timed (void *unused)
{
  struct timespec until;

  clock_gettime (CLOCK_REALTIME, &until);
  until.tv_sec += 500;
  if (sem_timedwait (&page->semaphore, &until) != 0)
    __atomic_store_n (&page->failed, 1, __ATOMIC_RELAXED);
  return NULL;
}

static void
wait_in_many_ways (guint number)
{
  const struct timespec time = { 0, 200000000 };
  pthread_t threads[2];
  int ends[2];
  char byte;

  if (pipe (ends) != 0 || pthread_create (&threads[0], NULL, wait_for_semaphore, NULL) != 0
      || pthread_create (&threads[1], NULL, wait_for_semaphore_timed, NULL) != 0)
    _exit (1);
  if (fork () == 0)
    {
      usleep (200000);
      _exit (write (ends[1], "", 1) == 1 ? 0 : 1);
    }
  __atomic_store_n (&page->stage, 1, __ATOMIC_RELEASE);
  if (read (ends[0], &byte, 1) != 1 || nanosleep (&time, NULL) != 0)
    _exit (1);
  pthread_join (threads[0], NULL);
  pthread_join (threads[1], NULL);
  _exit (page->failed ? 1 : 0);
}

static void
waits_of_the_program_go_on (void **state)
{
  int status;

  start (wait_in_many_ways);
  await_stage (1);
  for (guint i = 0; i < 100; i++)
    {
      let_go (stop_soon (1));
      usleep (2000);
    }
  sem_post (&page->semaphore);
  sem_post (&page->semaphore);
  assert_int_equal (waitpid (targets[0], &status, 0), targets[0]);
  targets[0] = 0;
  assert_int_equal (status, 0);
}

/* Waits in vfork() until its child ends, and cannot be stopped meanwhile. */
static void *
wait_for_vfork (void *unused)
{
  if (syscall (SYS_vfork) == 0)
    {
      __atomic_store_n (&page->stage, 1, __ATOMIC_RELEASE);
      while (__atomic_load_n (&page->stage, __ATOMIC_ACQUIRE) == 1)
        ;
      syscall (SYS_exit, 0);
    }
  __atomic_store_n (&page->stage, 3, __ATOMIC_RELEASE);
  return NULL;
}

static void
start_vfork (guint number)
{
  pthread_t thread;

  start_threads (number, 1);
  if (pthread_create (&thread, NULL, wait_for_vfork, NULL) != 0)
    _exit (1);
  go_on (&page->beats[number][1]);
}

static void
what_cannot_be_stopped_now_is_let_alone (void **state)
{
  ProcessStop *stop = NULL;

  start (start_vfork);
  await_stage (1);
  for (guint i = 0; i < 20; i++)
    {
      assert_int_equal (process_stop_begin (memories, 1, NULL, NULL, &stop), -EAGAIN);
      await_beats (2);
    }
  assert_int_equal (stop_refusal_tracer (memories[0]), 0);
  __atomic_store_n (&page->stage, 2, __ATOMIC_RELEASE);
  await_stage (3);
  await_beats (2);
  let_go (stop_soon (1));
}

static void
stop_again_and_again (guint number)
{
  for (;;)
    {
      ProcessStop *stop = NULL;

      if (process_stop_begin (memories, n_targets, NULL, NULL, &stop) == 0)
        let_go (stop);
      __atomic_store_n (&page->stage, number, __ATOMIC_RELEASE);
      usleep ((useconds_t) (rand () % 50));
    }
}

static void
a_killed_editor_leaves_nobody_stopped (void **state)
{
  guint n_traced = 0, kills = times (50, 500);

  start (work_in_threads);
  start (make_threads_in_threads);
  srand (4711);
  for (guint i = 0; i < kills; i++)
    {
      pid_t editor = start_child (stop_again_and_again, i + 1);

      await_stage (i + 1);
      usleep ((useconds_t) (rand () % 3000));
      kill (editor, SIGSTOP);
      n_traced += stop_refusal_tracer (memories[0]) == editor
                  || stop_refusal_tracer (memories[1]) == editor;
      kill (editor, SIGKILL);
      assert_int_equal (waitpid (editor, NULL, 0), editor);
      await_beats (2);
      assert_int_equal (stop_refusal_tracer (memories[0]), 0);
      assert_int_equal (stop_refusal_tracer (memories[1]), 0);
    }
  await_beats (2);
  print_message ("%u editors killed, %u of them while they traced; nobody stays stopped\n", kills,
                 n_traced);
  assert_true (n_traced > 0);
}

/* Starts threads, and replaces itself by itself, again and again. */
static int
replace_itself (const char *fd)
{
  char *const arguments[] = { (char *) "again", (char *) "--replace", (char *) fd, NULL };
  pthread_t thread;
  guint64 beats = 0;

  if (write (atoi (fd), "", 1) != 1)
    return 1;
  for (guint i = 0; i < 3; i++)
    if (pthread_create (&thread, NULL, go_on, &beats) != 0)
      return 1;
  usleep (200);
  execv ("/proc/self/exe", arguments);
  return 1;
}

static int replaced[2];

static void
start_replacing (guint number)
{
  g_autofree char *fd = g_strdup_printf ("%d", replaced[1]);
  char *const arguments[] = { (char *) "again", (char *) "--replace", fd, NULL };

  close (replaced[0]);
  execv ("/proc/self/exe", arguments);
}

static void
one_that_replaces_itself_goes_on (void **state)
{
  guint stops = 0;
  char bytes[64];

  assert_int_equal (pipe (replaced), 0);
  start (start_replacing);
  close (replaced[1]);
  for (guint i = 0; i < times (300, 5000); i++)
    {
      ProcessStop *stop = NULL;

      if (process_stop_begin (memories, 1, NULL, NULL, &stop) == 0)
        {
          let_go (stop);
          stops++;
        }
      /* It came so far again. */
      assert_true (read (replaced[0], bytes, i % 4 == 0 ? 1 : 0) == (i % 4 == 0 ? 1 : 0));
    }
  close (replaced[0]);
  print_message ("%u stops\n", stops);
  assert_true (stops > 0);
}

#define STOP_TEST(name) cmocka_unit_test_setup_teardown (name, set_up, tear_down)

int
main (int argc, char **argv)
{
  const struct CMUnitTest tests[] = {
    STOP_TEST (all_threads_stop_and_go_on),
    STOP_TEST (one_whose_first_thread_has_ended_is_stopped_too),
    STOP_TEST (all_go_on_when_it_was_no_good_moment),
    STOP_TEST (what_a_signal_has_stopped_stays_stopped),
    STOP_TEST (what_a_debugger_has_is_left_to_it),
    STOP_TEST (with_one_that_has_ended_none_is_stopped),
    STOP_TEST (one_that_is_killed_meanwhile_ends),
    STOP_TEST (threads_that_come_and_go_are_all_caught),
    STOP_TEST (no_signal_is_lost),
    STOP_TEST (waits_of_the_program_go_on),
    STOP_TEST (what_cannot_be_stopped_now_is_let_alone),
    STOP_TEST (a_killed_editor_leaves_nobody_stopped),
    STOP_TEST (one_that_replaces_itself_goes_on),
  };

  if (argc == 3 && strcmp (argv[1], "--replace") == 0)
    return replace_itself (argv[2]);
  return cmocka_run_group_tests (tests, NULL, NULL);
}
