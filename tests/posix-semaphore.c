/* A semaphore of another program, taken from outside. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <grp.h>
#include <sys/ptrace.h>

#include "support/semaphore-fixture.h"

#include "lock-tsan.h"
#include "memory.h"
#include "semaphore-word.h"

static struct fixture fixture;

static int
set_up (void **state)
{
  fixture_begin (&fixture);
  return 0;
}

static int
tear_down (void **state)
{
  fixture_end (&fixture);
  return 0;
}

static int
value_of (sem_t *semaphore)
{
  int value;

  assert_int_equal (sem_getvalue (semaphore, &value), 0);
  return value;
}

static void
assert_looks (PosixSemaphore *semaphore, guint wanted_value, guint wanted_waiters)
{
  guint value = 99, waiters = 99;

  for (guint i = 0; i < 20000; i++)
    {
      assert_int_equal (posix_semaphore_look (semaphore, &value, &waiters), 0);
      if (value == wanted_value && waiters == wanted_waiters)
        return;
      g_usleep (1000);
    }
  fail_msg ("value %u instead of %u, waiters %u instead of %u", value, wanted_value, waiters,
            wanted_waiters);
}

static void
any_other_word_is_refused (void **state)
{
  const struct semaphore_word words[] = {
    { 1, 0, 0 },
    { 1, SEMAPHORE_SHARED, 1 },
    { 1, SEMAPHORE_SHARED | 1, 0 },
    { 0x80000000u, SEMAPHORE_SHARED, 0 },
    { UINT64_MAX, SEMAPHORE_SHARED, 0 },
    { UINT64_MAX, UINT32_MAX, UINT32_MAX },
  };
  const struct semaphore_word largest = { UINT64_MAX ^ 0x80000000u, SEMAPHORE_SHARED, 0 };
  struct semaphore_word copy = largest;
  guint value, waiters;

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      copy = words[i];
      assert_int_equal (semaphore_word_parse (&copy, &value, &waiters), -EBADMSG);
      assert_int_equal (semaphore_word_look (&copy, &value, &waiters), -EBADMSG);
      assert_int_equal (semaphore_word_take (&copy, 0), -EBADMSG);
      assert_int_equal (semaphore_word_post (&copy), -EBADMSG);
      assert_memory_equal (&copy, &words[i], sizeof copy);
    }
  copy = largest;
  assert_int_equal (semaphore_word_look (&copy, &value, &waiters), 0);
  assert_int_equal (value, INT_MAX);
  assert_int_equal (waiters, UINT32_MAX);
  assert_int_equal (semaphore_word_post (&copy), -EOVERFLOW);
  assert_memory_equal (&copy, &largest, sizeof copy);
  assert_int_equal (semaphore_word_take (&copy, 0), 0);
  assert_int_equal (semaphore_word_look (&copy, &value, &waiters), 0);
  assert_int_equal (value, INT_MAX - 1);
  assert_int_equal (waiters, UINT32_MAX);
}

/* The signals that this thread has blocked, a bit each. */
static guint64
blocked_signals (void)
{
  sigset_t set;
  guint64 bits = 0;

  pthread_sigmask (SIG_BLOCK, NULL, &set);
  for (int i = 1; i < 64; i++)
    bits |= (guint64) (sigismember (&set, i) == 1) << i;
  return bits;
}

static void
it_is_taken_and_given_back_as_the_program_does (PosixSemaphore *semaphore)
{
  guint64 before = blocked_signals (), meanwhile;

  assert_looks (semaphore, 1, 0);
  assert_int_equal (posix_semaphore_acquire (semaphore, FIXTURE_SECOND, NULL), 0);
  meanwhile = blocked_signals ();
  assert_true ((meanwhile >> SIGTERM & 1) && (meanwhile >> SIGINT & 1));
  assert_false (meanwhile >> SIGBUS & 1);
  assert_int_equal (value_of (fixture.semaphore), 0);
  assert_looks (semaphore, 0, 0);
  assert_int_equal (posix_semaphore_acquire (semaphore, FIXTURE_SECOND / 100, NULL), -ETIMEDOUT);
  posix_semaphore_release (semaphore);
  assert_true (blocked_signals () == before);
  assert_int_equal (value_of (fixture.semaphore), 1);

  assert_int_equal (posix_semaphore_try_wait (semaphore), 0);
  assert_int_equal (posix_semaphore_try_wait (semaphore), -EAGAIN);
  assert_int_equal (value_of (fixture.semaphore), 0);
  assert_int_equal (posix_semaphore_post (semaphore), 0);
  assert_int_equal (posix_semaphore_post (semaphore), 0);
  assert_int_equal (value_of (fixture.semaphore), 2);
}

static void
one_with_a_name_is_found_by_its_inode (void **state)
{
  g_autoptr (PosixSemaphore) semaphore = NULL;

  fixture_start (&fixture, fixture_sleep);
  semaphore = fixture_open (&fixture);
  assert_int_equal (posix_semaphore_way (semaphore), LOCK_WAY_LINKED);
  assert_null (posix_semaphore_reason (semaphore));
  it_is_taken_and_given_back_as_the_program_does (semaphore);
}

static void
one_without_a_name_is_found_by_its_mapping (void **state)
{
  g_autoptr (PosixSemaphore) semaphore = NULL;

  if (geteuid () != 0)
    skip ();
  fixture_unlink (&fixture);
  fixture_start (&fixture, fixture_sleep);
  semaphore = fixture_open (&fixture);
  assert_int_equal (posix_semaphore_way (semaphore), LOCK_WAY_MAP_FILES);
  assert_null (posix_semaphore_reason (semaphore));
  it_is_taken_and_given_back_as_the_program_does (semaphore);
}

/* One that this process alone could open is none of theirs. */
static void
another_of_the_same_name_is_not_taken_for_it (void **state)
{
  g_autoptr (PosixSemaphore) semaphore = NULL;
  char name[sizeof fixture.name];
  sem_t *other;

  strcpy (name, fixture.name);
  fixture_unlink (&fixture);
  other = sem_open (name, O_CREAT | O_EXCL, 0600, 1);
  assert_ptr_not_equal (other, SEM_FAILED);
  strcpy (fixture.name, name);
  fixture_start (&fixture, fixture_sleep);
  semaphore = fixture_open (&fixture);
  assert_int_not_equal (posix_semaphore_way (semaphore), LOCK_WAY_LINKED);
  if (posix_semaphore_way (semaphore) != LOCK_WAY_NONE)
    {
      assert_int_equal (posix_semaphore_acquire (semaphore, FIXTURE_SECOND, NULL), 0);
      posix_semaphore_release (semaphore);
    }
  assert_int_equal (value_of (other), 1);
  sem_close (other);
}

/* A semaphore that is not at the begin of its file. */
static void
one_amid_a_file_is_found (void **state)
{
  struct posix_semaphore_user user;
  g_autoptr (PosixSemaphore) semaphore = NULL;
  guint8 *base;
  MemoryRegion *region;
  int fd;

  fd = shm_open (fixture.name, O_CREAT | O_EXCL | O_RDWR, 0600);
  assert_true (fd >= 0);
  assert_int_equal (ftruncate (fd, 3 * 4096), 0);
  base = mmap (NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  assert_ptr_not_equal (base, MAP_FAILED);
  assert_int_equal (sem_init ((sem_t *) (base + 4096 + 4064), 1, 7), 0);
  fixture_start (&fixture, fixture_sleep);
  user = fixture.users[0];
  user.address = (guintptr) base + 4096 + 4064;
  fixture.users[0].address = user.address;
  region = fixture_region (&fixture);
  semaphore = posix_semaphore_open ("/dev/shm", region, &user, 1);
  assert_int_equal (posix_semaphore_way (semaphore), LOCK_WAY_LINKED);
  assert_looks (semaphore, 7, 0);
  assert_int_equal (posix_semaphore_acquire (semaphore, FIXTURE_SECOND, NULL), 0);
  assert_looks (semaphore, 6, 0);
  posix_semaphore_release (semaphore);
  memory_region_free (region);
  munmap (base, 3 * 4096);
  close (fd);
  assert_int_equal (shm_unlink (fixture.name), 0);
}

static void
post_wakes_whoever_waits (void **state)
{
  g_autoptr (PosixSemaphore) semaphore = NULL;

  fixture_start (&fixture, fixture_sleep);
  semaphore = fixture_open (&fixture);
  assert_int_equal (posix_semaphore_acquire (semaphore, FIXTURE_SECOND, NULL), 0);
  for (guint i = 0; i < 3; i++)
    fixture_start (&fixture, fixture_hold);
  assert_looks (semaphore, 0, 3);
  posix_semaphore_release (semaphore);
  assert_looks (semaphore, 0, 2);
  assert_int_equal (posix_semaphore_post (semaphore), 0);
  assert_looks (semaphore, 0, 1);
  assert_int_equal (posix_semaphore_post (semaphore), 0);
  assert_looks (semaphore, 0, 0);
}

static void *
cancel_soon (void *cancelled)
{
  g_usleep (20000);
  g_atomic_int_set ((gint *) cancelled, TRUE);
  return NULL;
}

static void
waiting_ends_in_time_or_when_cancelled (void **state)
{
  g_autoptr (PosixSemaphore) semaphore = NULL;
  gint cancelled = FALSE;
  pthread_t thread;
  guint64 before = blocked_signals ();

  fixture_start (&fixture, fixture_hold);
  fixture_await_stage (&fixture, 1);
  semaphore = fixture_open (&fixture);
  assert_int_equal (posix_semaphore_acquire (semaphore, 0, NULL), -ETIMEDOUT);
  assert_int_equal (posix_semaphore_acquire (semaphore, FIXTURE_SECOND / 20, NULL), -ETIMEDOUT);
  assert_int_equal (pthread_create (&thread, NULL, cancel_soon, &cancelled), 0);
  assert_int_equal (posix_semaphore_acquire (semaphore, G_MAXUINT64, &cancelled), -ECANCELED);
  assert_int_equal (pthread_join (thread, NULL), 0);
  assert_true (blocked_signals () == before);
  /* Nobody was enlisted. */
  assert_looks (semaphore, 0, 0);
}

static void
memory_that_goes_away_is_survived (void **state)
{
  g_autoptr (PosixSemaphore) semaphore = NULL;
  g_autofree char *path = g_strdup_printf ("/dev/shm/sem.%s", fixture.name + 1);
  guint64 before = blocked_signals ();
  guint value, waiters;

  memory_install ();
  fixture_start (&fixture, fixture_sleep);
  semaphore = fixture_open (&fixture);
  assert_int_equal (posix_semaphore_acquire (semaphore, FIXTURE_SECOND, NULL), 0);
  /* It may lose its name. */
  fixture_unlink (&fixture);
  posix_semaphore_release (semaphore);
  assert_looks (semaphore, 1, 0);
  fixture_end (&fixture);
  g_clear_pointer (&semaphore, posix_semaphore_unref);

  fixture_begin (&fixture);
  g_free (path);
  path = g_strdup_printf ("/dev/shm/sem.%s", fixture.name + 1);
  fixture_start (&fixture, fixture_sleep);
  semaphore = fixture_open (&fixture);
  assert_int_equal (posix_semaphore_acquire (semaphore, FIXTURE_SECOND, NULL), 0);
  assert_int_equal (truncate (path, 0), 0);
  posix_semaphore_release (semaphore);
  assert_int_equal (posix_semaphore_acquire (semaphore, FIXTURE_SECOND, NULL), -EFAULT);
  assert_int_equal (posix_semaphore_try_wait (semaphore), -EFAULT);
  assert_int_equal (posix_semaphore_post (semaphore), -EFAULT);
  assert_int_equal (posix_semaphore_look (semaphore, &value, &waiters), -EFAULT);
  /* ThreadSanitizer blocks everything in handlers, and one was left by a jump. */
  assert_true (lock_tsan_is_there () || blocked_signals () == before);
  /* Longer again, but nothing of what was there. */
  assert_int_equal (truncate (path, 32), 0);
  assert_int_equal (posix_semaphore_acquire (semaphore, FIXTURE_SECOND, NULL), -EBADMSG);
  assert_int_equal (posix_semaphore_look (semaphore, &value, &waiters), -EBADMSG);
}

/* Raises the counter so often, and tells how many rises were lost. */
static guint64
lost_beside_workers (PosixSemaphore *semaphore, guint times)
{
  guint64 others, sum;

  for (guint i = 0; i < times; i++)
    {
      if (semaphore != NULL)
        assert_int_equal (posix_semaphore_acquire (semaphore, 20 * FIXTURE_SECOND, NULL), 0);
      fixture_raise (&fixture);
      if (semaphore != NULL)
        posix_semaphore_release (semaphore);
    }
  others = fixture_stop (&fixture);
  sum = fixture.page->counter;
  print_message ("%u rises here, %lu of %u workers, %lu in the end\n", times,
                 (unsigned long) others, fixture.n, (unsigned long) sum);
  assert_true (others > 0);
  return times + others - sum;
}

static void
no_update_is_lost_by_its_name (void **state)
{
  g_autoptr (PosixSemaphore) semaphore = NULL;

  fixture_start (&fixture, fixture_work);
  fixture_start (&fixture, fixture_work);
  semaphore = fixture_open (&fixture);
  assert_int_equal (posix_semaphore_way (semaphore), LOCK_WAY_LINKED);
  assert_int_equal (lost_beside_workers (semaphore, fixture_times (10000, 200000)), 0);
}

static void
no_update_is_lost_by_its_mapping (void **state)
{
  g_autoptr (PosixSemaphore) semaphore = NULL;

  if (geteuid () != 0)
    skip ();
  fixture_unlink (&fixture);
  fixture_start (&fixture, fixture_work);
  fixture_start (&fixture, fixture_work);
  semaphore = fixture_open (&fixture);
  assert_int_equal (posix_semaphore_way (semaphore), LOCK_WAY_MAP_FILES);
  assert_int_equal (lost_beside_workers (semaphore, fixture_times (10000, 200000)), 0);
}

static void
without_the_lock_updates_are_lost (void **state)
{
  fixture_start (&fixture, fixture_work);
  fixture_start (&fixture, fixture_work);
  while (fixture_load (&fixture.page->counter) == 0)
    g_usleep (100);
  assert_true (lost_beside_workers (NULL, 2000000) > 0);
}

static void *
raise_some (void *semaphore)
{
  for (guint i = 0; i < 100; i++)
    {
      assert_int_equal (posix_semaphore_acquire (semaphore, 20 * FIXTURE_SECOND, NULL), 0);
      fixture.page->counter++;
      posix_semaphore_release (semaphore);
    }
  return NULL;
}

static void
threads_of_this_process_exclude_each_other (void **state)
{
  g_autoptr (PosixSemaphore) semaphore = NULL;
  pthread_t threads[3];

  fixture_start (&fixture, fixture_sleep);
  semaphore = fixture_open (&fixture);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    assert_int_equal (pthread_create (&threads[i], NULL, raise_some, semaphore), 0);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    assert_int_equal (pthread_join (threads[i], NULL), 0);
  assert_int_equal (fixture.page->counter, 300);
}

/* ------------------------------------------------- as an ordinary user, by stopping -- */

static PosixSemaphore *
open_to_stop (void)
{
  PosixSemaphore *semaphore = fixture_open (&fixture);

  if (posix_semaphore_reason (semaphore) != NULL)
    fail_msg ("%s", posix_semaphore_reason (semaphore));
  assert_int_equal (posix_semaphore_way (semaphore), LOCK_WAY_STOP);
  return semaphore;
}

/* The kernel's letter for what a process does. */
static char
state_of (pid_t pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/stat", pid);
  g_autofree char *text = NULL;

  assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return strrchr (text, ')')[2];
}

static void
await_no_stop (pid_t pid)
{
  for (guint i = 0; state_of (pid) == 't'; i++)
    {
      if (i == 100000)
        fail_msg ("process %d stays stopped", pid);
      g_usleep (100);
    }
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
  gint cancelled = FALSE;
  pthread_t thread;

  fixture_unlink (&fixture);
  fixture_start (&fixture, fixture_hold_and_count);
  fixture_await_stage (&fixture, 1);
  semaphore = open_to_stop ();
  assert_int_equal (posix_semaphore_acquire (semaphore, 0, NULL), -ETIMEDOUT);
  assert_int_equal (posix_semaphore_acquire (semaphore, FIXTURE_SECOND / 20, NULL), -ETIMEDOUT);
  assert_int_equal (pthread_create (&thread, NULL, cancel_soon, &cancelled), 0);
  assert_int_equal (posix_semaphore_acquire (semaphore, G_MAXUINT64, &cancelled), -ECANCELED);
  assert_int_equal (pthread_join (thread, NULL), 0);
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

/* --------------------------------------------------------------------- killed editors -- */

static PosixSemaphore *killed_semaphore;

static void
edit_without_pause (struct fixture *self, guint number)
{
  __atomic_store_n (&self->page->stage, number, __ATOMIC_RELEASE);
  for (;;)
    if (posix_semaphore_acquire (killed_semaphore, FIXTURE_SECOND, NULL) == 0)
      {
        fixture_raise (self);
        posix_semaphore_release (killed_semaphore);
      }
}

/* Whether the workers get on; if not, the semaphore was left taken. */
static gboolean
is_left_taken (void)
{
  guint64 before = fixture_load (&fixture.page->counter);

  for (guint i = 0; fixture_load (&fixture.page->counter) == before; i++)
    {
      if (i >= 1000 && value_of (fixture.semaphore) == 0)
        return TRUE;
      if (i == 100000)
        fail_msg ("the workers do not go on, though the semaphore is free");
      g_usleep (100);
    }
  return FALSE;
}

/* Kills editors at random moments. Returns after how many the semaphore stayed taken. */
static guint
kill_editors (PosixSemaphore *semaphore)
{
  guint kills = fixture_times (50, 500), n_taken = 0;

  killed_semaphore = semaphore;
  srand (4711);
  for (guint i = 0; i < kills; i++)
    {
      pid_t editor = fixture_fork (&fixture, edit_without_pause, i + 1);

      fixture_await_stage (&fixture, i + 1);
      g_usleep ((gulong) (rand () % 4000));
      kill (editor, SIGKILL);
      assert_int_equal (waitpid (editor, NULL, 0), editor);
      if (is_left_taken ())
        {
          n_taken++;
          sem_post (fixture.semaphore);
        }
      for (guint worker = 0; worker < fixture.n; worker++)
        await_no_stop (fixture.pids[worker]);
      assert_in_range (value_of (fixture.semaphore), 0, 1);
    }
  print_message ("%u editors killed that did nothing but edit; %u left the semaphore taken\n",
                 kills, n_taken);
  return n_taken;
}

static void
killed_editors_by_its_name (void **state)
{
  g_autoptr (PosixSemaphore) semaphore = NULL;

  fixture_start (&fixture, fixture_work);
  fixture_start (&fixture, fixture_work);
  semaphore = fixture_open (&fixture);
  kill_editors (semaphore);
  fixture_stop (&fixture);
}

static void
killed_editors_by_its_mapping (void **state)
{
  g_autoptr (PosixSemaphore) semaphore = NULL;

  if (geteuid () != 0)
    skip ();
  fixture_unlink (&fixture);
  fixture_start (&fixture, fixture_work);
  fixture_start (&fixture, fixture_work);
  semaphore = fixture_open (&fixture);
  assert_int_equal (posix_semaphore_way (semaphore), LOCK_WAY_MAP_FILES);
  kill_editors (semaphore);
  fixture_stop (&fixture);
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

#define SEMAPHORE_TEST(name) cmocka_unit_test_setup_teardown (name, set_up, tear_down)

static int
run_as_ordinary_user (void)
{
  const struct CMUnitTest tests[] = {
    SEMAPHORE_TEST (one_with_a_name_is_found_by_its_inode),
    SEMAPHORE_TEST (another_of_the_same_name_is_not_taken_for_it),
    SEMAPHORE_TEST (its_programs_are_stopped_while_it_is_held),
    SEMAPHORE_TEST (it_is_changed_while_they_are_stopped),
    SEMAPHORE_TEST (nobody_is_stopped_while_it_is_taken),
    SEMAPHORE_TEST (no_update_is_lost_by_stopping),
    SEMAPHORE_TEST (children_that_are_forked_meanwhile_are_stopped_too),
    SEMAPHORE_TEST (those_that_have_ended_are_not_needed),
    SEMAPHORE_TEST (a_debugger_is_named),
    SEMAPHORE_TEST (threads_of_this_process_exclude_each_other_by_stopping),
    SEMAPHORE_TEST (killed_editors_by_stopping),
  };

  return cmocka_run_group_tests_name ("as an ordinary user", tests, NULL, NULL);
}

/* By another program, or rather itself: who only takes off its rights may not be traced. */
static void
an_ordinary_user_does_it_by_name_or_by_stopping (void **state)
{
  const uid_t nobody = 65534;
  char *const arguments[] = { (char *) "posix-semaphore", (char *) "--as-ordinary-user", NULL };
  pid_t pid;
  int status;

  if (geteuid () != 0)
    skip ();
  pid = fork ();
  assert_true (pid >= 0);
  if (pid == 0)
    {
      if (setgroups (0, NULL) == 0 && setresgid (nobody, nobody, nobody) == 0
          && setresuid (nobody, nobody, nobody) == 0)
        execv ("/proc/self/exe", arguments);
      _exit (99);
    }
  assert_int_equal (waitpid (pid, &status, 0), pid);
  assert_int_equal (status, 0);
}

int
main (int argc, char **argv)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (any_other_word_is_refused),
    SEMAPHORE_TEST (one_with_a_name_is_found_by_its_inode),
    SEMAPHORE_TEST (one_without_a_name_is_found_by_its_mapping),
    SEMAPHORE_TEST (another_of_the_same_name_is_not_taken_for_it),
    SEMAPHORE_TEST (one_amid_a_file_is_found),
    SEMAPHORE_TEST (post_wakes_whoever_waits),
    SEMAPHORE_TEST (waiting_ends_in_time_or_when_cancelled),
    SEMAPHORE_TEST (memory_that_goes_away_is_survived),
    SEMAPHORE_TEST (no_update_is_lost_by_its_name),
    SEMAPHORE_TEST (no_update_is_lost_by_its_mapping),
    SEMAPHORE_TEST (without_the_lock_updates_are_lost),
    SEMAPHORE_TEST (threads_of_this_process_exclude_each_other),
    SEMAPHORE_TEST (killed_editors_by_its_name),
    SEMAPHORE_TEST (killed_editors_by_its_mapping),
    cmocka_unit_test (an_ordinary_user_does_it_by_name_or_by_stopping),
  };

  if (argc == 2 && strcmp (argv[1], "--as-ordinary-user") == 0)
    return run_as_ordinary_user ();
  return cmocka_run_group_tests (tests, NULL, NULL)
         + (geteuid () != 0 ? run_as_ordinary_user () : 0);
}
