/* A semaphore that has no name, taken by an ordinary user: its programs are stopped. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <grp.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

#include "support/semaphore-trials.h"

#include "lock-tsan.h"

#define NOBODY 65534

static PosixSemaphore *
open_to_stop (void)
{
  PosixSemaphore *semaphore = fixture_open (&fixture);

  if (posix_semaphore_reason (semaphore) != NULL)
    fail_msg ("%s", posix_semaphore_reason (semaphore));
  assert_int_equal (posix_semaphore_way (semaphore), LOCK_WAY_STOP);
  return semaphore;
}

static void
its_programs_are_stopped_while_it_is_held (void **state)
{
  g_autoptr (PosixSemaphore) semaphore = NULL;
  guint64 before = blocked_signals ();

  fixture_unlink (&fixture);
  fixture_start (&fixture, fixture_sleep);
  fixture_start (&fixture, fixture_work);
  semaphore = open_to_stop ();
  for (guint i = 0; i < 20; i++)
    {
      guint64 count;

      assert_int_equal (posix_semaphore_acquire (semaphore, 10 * FIXTURE_SECOND, NULL), 0);
      assert_true (blocked_signals () >> SIGTERM & 1);
      assert_int_equal (state_of (fixture.pids[0]), 't');
      assert_int_equal (state_of (fixture.pids[1]), 't');
      assert_int_equal (value_of (fixture.semaphore), 1);
      count = fixture_load (&fixture.page->counter);
      g_usleep (500);
      assert_true (count == fixture_load (&fixture.page->counter));
      posix_semaphore_release (semaphore);
      assert_true (blocked_signals () == before);
      await_no_stop (fixture.pids[0]);
      while (count == fixture_load (&fixture.page->counter))
        g_usleep (100);
    }
}

static void
it_is_changed_while_they_are_stopped (void **state)
{
  g_autoptr (PosixSemaphore) semaphore = NULL;

  fixture_unlink (&fixture);
  fixture_start (&fixture, fixture_sleep);
  semaphore = open_to_stop ();
  assert_looks (semaphore, 1, 0);
  assert_int_equal (posix_semaphore_try_wait (semaphore), 0);
  assert_int_equal (posix_semaphore_try_wait (semaphore), -EAGAIN);
  assert_int_equal (posix_semaphore_wait (semaphore, FIXTURE_SECOND / 50, NULL), -ETIMEDOUT);
  assert_int_equal (value_of (fixture.semaphore), 0);
  assert_int_equal (posix_semaphore_post (semaphore), 0);
  assert_int_equal (value_of (fixture.semaphore), 1);
  assert_int_equal (posix_semaphore_wait (semaphore, FIXTURE_SECOND, NULL), 0);
  g_clear_pointer (&semaphore, posix_semaphore_unref);

  /* Those who wait are stopped too, and look again as they go on. */
  for (guint i = 0; i < 3; i++)
    fixture_start (&fixture, fixture_hold);
  semaphore = open_to_stop ();
  for (guint i = 3; i > 0; i--)
    {
      assert_looks (semaphore, 0, i);
      assert_int_equal (posix_semaphore_post (semaphore), 0);
    }
  assert_looks (semaphore, 0, 0);
  assert_int_equal (posix_semaphore_post (semaphore), 0);
  assert_looks (semaphore, 1, 0);
}

static void
nobody_is_stopped_while_it_is_taken (void **state)
{
  g_autoptr (PosixSemaphore) semaphore = NULL;

  fixture_unlink (&fixture);
  fixture_start (&fixture, fixture_hold_and_count);
  fixture_await_stage (&fixture, 1);
  semaphore = open_to_stop ();
  assert_waiting_ends (semaphore);
  assert_int_equal (fixture.page->interruptions, 0);
  /* Which would have been seen. */
  assert_int_equal (posix_semaphore_post (semaphore), 0);
  while (__atomic_load_n (&fixture.page->interruptions, __ATOMIC_RELAXED) == 0)
    g_usleep (100);
}

static void
no_update_is_lost_by_stopping (void **state)
{
  g_autoptr (PosixSemaphore) semaphore = NULL;

  fixture_unlink (&fixture);
  fixture_start (&fixture, fixture_work);
  fixture_start (&fixture, fixture_work);
  semaphore = open_to_stop ();
  assert_int_equal (lost_beside_workers (semaphore, fixture_times (300, 5000)), 0);
}

/* Works, and lets children work for it, which each raise the counter some times. */
static void
fork_workers (struct fixture *self, guint number)
{
  while (__atomic_load_n (&self->page->stop, __ATOMIC_RELAXED) == 0)
    {
      pid_t pid = fork ();

      if (pid == 0)
        {
          prctl (PR_SET_PDEATHSIG, SIGKILL);
          for (guint i = 0; i < 300; i++)
            {
              sem_wait (self->semaphore);
              fixture_raise (self);
              __atomic_store_n (&self->page->counts[number], self->page->counts[number] + 1,
                                __ATOMIC_RELAXED);
              sem_post (self->semaphore);
            }
          _exit (0);
        }
      if (pid < 0 || waitpid (pid, NULL, 0) != pid)
        _exit (1);
    }
}

static void
children_that_are_forked_meanwhile_are_stopped_too (void **state)
{
  g_autoptr (PosixSemaphore) semaphore = NULL;

  fixture_unlink (&fixture);
  fixture_start (&fixture, fork_workers);
  fixture_start (&fixture, fixture_work);
  semaphore = open_to_stop ();
  assert_int_equal (lost_beside_workers (semaphore, fixture_times (300, 5000)), 0);
}

static void
those_that_have_ended_are_not_needed (void **state)
{
  g_autoptr (PosixSemaphore) semaphore = NULL;

  fixture_unlink (&fixture);
  for (guint i = 0; i < 3; i++)
    fixture_start (&fixture, fixture_sleep);
  semaphore = open_to_stop ();
  for (guint i = 0; i < 3; i++)
    {
      assert_int_equal (posix_semaphore_acquire (semaphore, 10 * FIXTURE_SECOND, NULL), 0);
      posix_semaphore_release (semaphore);
      fixture_kill (&fixture, i);
    }
  assert_int_equal (posix_semaphore_acquire (semaphore, 10 * FIXTURE_SECOND, NULL), -ESRCH);
  assert_int_equal (posix_semaphore_post (semaphore), -ESRCH);
}

/* What was learnt of one semaphore's processes is used for others; that they end is seen. */
static void
those_that_end_between_two_that_are_opened_are_not_needed (void **state)
{
  g_autoptr (SemaphoreWays) ways = semaphore_ways_new ("/dev/shm");
  g_autoptr (PosixSemaphore) first = NULL, second = NULL;
  MemoryRegion *region;

  fixture_unlink (&fixture);
  fixture_start (&fixture, fixture_sleep);
  fixture_start (&fixture, fork_workers);
  region = fixture_region (&fixture);
  first = posix_semaphore_open (ways, region, fixture.users, fixture.n);
  assert_int_equal (posix_semaphore_way (first), LOCK_WAY_STOP);
  fixture_kill (&fixture, 0);
  second = posix_semaphore_open (ways, region, fixture.users, fixture.n);
  assert_int_equal (posix_semaphore_way (second), LOCK_WAY_STOP);
  /* The children of the other are forked all the time. */
  while (fixture_load (&fixture.page->counter) == 0)
    g_usleep (100);
  assert_int_equal (lost_beside_workers (second, 50), 0);
  memory_region_free (region);
}

static void
trace_first (struct fixture *self, guint number)
{
  if (ptrace (PTRACE_SEIZE, self->pids[0], NULL, NULL) != 0)
    _exit (1);
  __atomic_store_n (&self->page->stage, 1, __ATOMIC_RELEASE);
  fixture_sleep (self, number);
}

static void
a_debugger_is_named (void **state)
{
  g_autoptr (PosixSemaphore) semaphore = NULL;
  g_autofree char *refusal = NULL, *wanted = NULL;
  pid_t debugger;

  fixture_unlink (&fixture);
  fixture_start (&fixture, fixture_sleep);
  semaphore = open_to_stop ();
  debugger = fixture_fork (&fixture, trace_first, 0);
  fixture_await_stage (&fixture, 1);
  assert_int_equal (posix_semaphore_acquire (semaphore, 10 * FIXTURE_SECOND, NULL), -EPERM);
  refusal = posix_semaphore_refusal (semaphore);
  wanted = g_strdup_printf ("process %d (", debugger);
  assert_non_null (strstr (refusal, wanted));
  assert_null (posix_semaphore_reason (semaphore));
  kill (debugger, SIGKILL);
  assert_int_equal (waitpid (debugger, NULL, 0), debugger);
  assert_int_equal (posix_semaphore_acquire (semaphore, 10 * FIXTURE_SECOND, NULL), 0);
  posix_semaphore_release (semaphore);
}

/* As some containers do. Returns whether it is so from now on. */
static gboolean
forbid_ptrace (void)
{
  struct sock_filter filter[] = {
    BPF_STMT (BPF_LD | BPF_W | BPF_ABS, offsetof (struct seccomp_data, nr)),
    BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, SYS_ptrace, 0, 1),
    BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
    BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = { G_N_ELEMENTS (filter), filter };

  return prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
         && prctl (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

static void
open_in_container (struct fixture *self, guint number)
{
  SemaphoreWays *ways = semaphore_ways_new ("/dev/shm");
  PosixSemaphore *semaphore;
  const char *reason;
  guint value, waiters;

  if (!forbid_ptrace ())
    _exit (1);
  /* The first to be opened asks, and the second is told the same. */
  posix_semaphore_unref (fixture_open_by (self, ways));
  semaphore = fixture_open_by (self, ways);
  semaphore_ways_free (ways);
  reason = posix_semaphore_reason (semaphore);
  if (posix_semaphore_way (semaphore) != LOCK_WAY_NONE || reason == NULL)
    _exit (2);
  if (strstr (reason, "seccomp") == NULL || strstr (reason, "unlocked edit") == NULL)
    _exit (3);
  if (posix_semaphore_acquire (semaphore, 0, NULL) != -EPERM
      || posix_semaphore_try_wait (semaphore) != -EPERM
      || posix_semaphore_post (semaphore) != -EPERM)
    _exit (4);
  if (posix_semaphore_look (semaphore, &value, &waiters) != 0 || value != 1)
    _exit (5);
  posix_semaphore_unref (semaphore);
}

static void
a_container_that_forbids_it_is_named (void **state)
{
  fixture_unlink (&fixture);
  fixture_start (&fixture, fixture_sleep);
  fixture_await_end (fixture_fork (&fixture, open_in_container, 0));
}

static void
threads_of_this_process_exclude_each_other_by_stopping (void **state)
{
  g_autoptr (PosixSemaphore) semaphore = NULL;
  pthread_t threads[3];

  fixture_unlink (&fixture);
  fixture_start (&fixture, fixture_sleep);
  semaphore = open_to_stop ();
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    assert_int_equal (pthread_create (&threads[i], NULL, raise_some, semaphore), 0);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    assert_int_equal (pthread_join (threads[i], NULL), 0);
  assert_int_equal (fixture.page->counter, 300);
}

static void
killed_editors_by_stopping (void **state)
{
  g_autoptr (PosixSemaphore) semaphore = NULL;

  /* Which knows no threads in forked processes. */
  if (lock_tsan_is_there ())
    skip ();
  fixture_unlink (&fixture);
  fixture_start (&fixture, fixture_work);
  fixture_start (&fixture, fixture_work);
  semaphore = open_to_stop ();
  assert_int_equal (kill_editors (semaphore), 0);
  fixture_stop (&fixture);
}

static void
no_update_of_python_is_lost_by_stopping (void **state)
{
  no_update_of_python_is_lost (LOCK_WAY_STOP, fixture_times (100, 5000));
}

static void
one_with_a_name_is_taken_by_it (void **state)
{
  g_autoptr (PosixSemaphore) semaphore = NULL;

  fixture_start (&fixture, fixture_work);
  fixture_start (&fixture, fixture_work);
  semaphore = fixture_open (&fixture);
  assert_int_equal (posix_semaphore_way (semaphore), LOCK_WAY_LINKED);
  assert_int_equal (lost_beside_workers (semaphore, 1000), 0);
}

/* As another program, or rather itself: who only takes off its rights may not be traced. */
static int
start_again_as_nobody (char **argv)
{
  if (setgroups (0, NULL) == 0 && setresgid (NOBODY, NOBODY, NOBODY) == 0
      && setresuid (NOBODY, NOBODY, NOBODY) == 0)
    execv ("/proc/self/exe", argv);
  return 99;
}

int
main (int argc, char **argv)
{
  const struct CMUnitTest tests[] = {
    SEMAPHORE_TEST (one_with_a_name_is_taken_by_it),
    SEMAPHORE_TEST (its_programs_are_stopped_while_it_is_held),
    SEMAPHORE_TEST (it_is_changed_while_they_are_stopped),
    SEMAPHORE_TEST (nobody_is_stopped_while_it_is_taken),
    SEMAPHORE_TEST (no_update_is_lost_by_stopping),
    SEMAPHORE_TEST (children_that_are_forked_meanwhile_are_stopped_too),
    SEMAPHORE_TEST (those_that_have_ended_are_not_needed),
    SEMAPHORE_TEST (those_that_end_between_two_that_are_opened_are_not_needed),
    SEMAPHORE_TEST (a_debugger_is_named),
    SEMAPHORE_TEST (a_container_that_forbids_it_is_named),
    SEMAPHORE_TEST (threads_of_this_process_exclude_each_other_by_stopping),
    SEMAPHORE_TEST (killed_editors_by_stopping),
    cmocka_unit_test (no_update_of_python_is_lost_by_stopping),
  };

  if (geteuid () == 0)
    return start_again_as_nobody (argv);
  return cmocka_run_group_tests (tests, NULL, NULL);
}
