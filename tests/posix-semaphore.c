/* A semaphore of another program, taken from outside. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <linux/sched.h>
#include <sys/syscall.h>

#include "support/semaphore-trials.h"

#include "lock-tsan.h"
#include "memory.h"

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

/* Opens the fixture's semaphore by what was learnt before, tells how, and that it is that one. */
static enum lock_way
way_by (SemaphoreWays *ways, const MemoryRegion *region)
{
  g_autoptr (PosixSemaphore) semaphore
      = posix_semaphore_open (ways, region, fixture.users, fixture.n);
  enum lock_way way = posix_semaphore_way (semaphore);

  if (way == LOCK_WAY_LINKED || way == LOCK_WAY_MAP_FILES)
    {
      assert_int_equal (value_of (fixture.semaphore), 1);
      assert_int_equal (posix_semaphore_acquire (semaphore, FIXTURE_SECOND, NULL), 0);
      assert_int_equal (value_of (fixture.semaphore), 0);
      posix_semaphore_release (semaphore);
    }
  return way;
}

static void
names_that_were_listed_are_compared_when_they_are_used (void **state)
{
  g_autoptr (SemaphoreWays) ways = semaphore_ways_new ("/dev/shm");
  g_autofree char *first = g_strdup_printf ("/dev/shm/sem.%s", fixture.name + 1);
  g_autofree char *second = g_strconcat (first, "-2", NULL);
  sem_t *other;
  MemoryRegion *region;
  char name[sizeof fixture.name];

  fixture_start (&fixture, fixture_sleep);
  region = fixture_region (&fixture);
  assert_int_equal (way_by (ways, region), LOCK_WAY_LINKED);

  /* It has another name by now, and another has its name. */
  strcpy (name, fixture.name);
  assert_int_equal (link (first, second), 0);
  fixture_unlink (&fixture);
  other = sem_open (name, O_CREAT | O_EXCL, 0600, 1);
  assert_ptr_not_equal (other, SEM_FAILED);
  assert_int_equal (way_by (ways, region), LOCK_WAY_LINKED);

  /* It has none. */
  assert_int_equal (unlink (second), 0);
  assert_int_not_equal (way_by (ways, region), LOCK_WAY_LINKED);
  assert_int_equal (value_of (other), 1);
  sem_close (other);
  assert_int_equal (sem_unlink (name), 0);
  memory_region_free (region);
}

static void
names_are_listed_once (void **state)
{
  g_autoptr (SemaphoreWays) ways = semaphore_ways_new ("/dev/shm");
  MemoryRegion *region;

  assert_int_equal (semaphore_ways_open_name (ways, 0, 0), -ENOENT);
  fixture_end (&fixture);
  fixture_begin (&fixture);
  fixture_start (&fixture, fixture_sleep);
  region = fixture_region (&fixture);
  assert_int_not_equal (way_by (ways, region), LOCK_WAY_LINKED);
  memory_region_free (region);
}

/* When it is told to, it has something else where the semaphore was. */
static void
replace_mapping (struct fixture *self, guint number)
{
  while (__atomic_load_n (&self->page->stop, __ATOMIC_ACQUIRE) == 0)
    g_usleep (100);
  if (mmap ((void *) ((guintptr) self->semaphore / 4096 * 4096), 4096, PROT_READ | PROT_WRITE,
            MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0)
      == MAP_FAILED)
    _exit (1);
  __atomic_store_n (&self->page->stage, 1, __ATOMIC_RELEASE);
  fixture_sleep (self, number);
}

static void
a_mapping_that_was_replaced_is_not_taken_for_it (void **state)
{
  g_autoptr (SemaphoreWays) ways = semaphore_ways_new ("/dev/shm");
  g_autoptr (PosixSemaphore) semaphore = NULL;
  MemoryRegion *region;

  if (geteuid () != 0)
    skip ();
  fixture_unlink (&fixture);
  fixture_start (&fixture, replace_mapping);
  fixture_start (&fixture, fixture_sleep);
  region = fixture_region (&fixture);
  assert_int_equal (way_by (ways, region), LOCK_WAY_MAP_FILES);

  /* The other one has it still. */
  __atomic_store_n (&fixture.page->stop, 1, __ATOMIC_RELEASE);
  fixture_await_stage (&fixture, 1);
  assert_int_equal (way_by (ways, region), LOCK_WAY_MAP_FILES);

  /* Nobody has. */
  fixture_kill (&fixture, 1);
  semaphore = posix_semaphore_open (ways, region, fixture.users, fixture.n);
  assert_int_equal (posix_semaphore_way (semaphore), LOCK_WAY_STOP);
  assert_int_equal (posix_semaphore_acquire (semaphore, FIXTURE_SECOND, NULL), -EBADMSG);
  assert_int_equal (value_of (fixture.semaphore), 1);
  memory_region_free (region);
}

/* A child that has got the id of one that has ended. FALSE: it cannot be had here. */
static gboolean
fork_again (pid_t pid)
{
  struct clone_args arguments = {
    .exit_signal = SIGCHLD,
    .set_tid = (guintptr) &pid,
    .set_tid_size = 1,
  };
  long result = syscall (SYS_clone3, &arguments, sizeof arguments);

  if (result == 0)
    {
      prctl (PR_SET_PDEATHSIG, SIGKILL);
      alarm (550);
      for (;;)
        pause ();
    }
  return result == pid;
}

static void
a_process_that_has_got_its_id_is_not_taken_for_it (void **state)
{
  g_autoptr (SemaphoreWays) ways = semaphore_ways_new ("/dev/shm");
  MemoryRegion *region;
  pid_t pid;

  if (geteuid () != 0)
    skip ();
  fixture_unlink (&fixture);
  fixture_start (&fixture, fixture_sleep);
  region = fixture_region (&fixture);
  /* What no file is cannot be mapped, and is only to be had by stopping. */
  region->inode++;
  assert_int_equal (way_by (ways, region), LOCK_WAY_STOP);
  pid = fixture.pids[0];
  fixture_kill (&fixture, 0);
  /* When a process was started is told in ticks: it is not in the same one. */
  g_usleep ((gulong) (2 * G_USEC_PER_SEC / sysconf (_SC_CLK_TCK)));
  if (fork_again (pid))
    {
      g_autoptr (PosixSemaphore) semaphore
          = posix_semaphore_open (ways, region, fixture.users, fixture.n);

      fixture.pids[0] = pid;
      assert_int_equal (posix_semaphore_acquire (semaphore, FIXTURE_SECOND, NULL), -ESRCH);
      assert_int_equal (posix_semaphore_post (semaphore), -ESRCH);
      assert_int_equal (value_of (fixture.semaphore), 1);
    }
  memory_region_free (region);
}

/* A semaphore that is not at the begin of its file. */
static void
one_amid_a_file_is_found (void **state)
{
  struct posix_semaphore_user user;
  g_autoptr (SemaphoreWays) ways = semaphore_ways_new ("/dev/shm");
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
  semaphore = posix_semaphore_open (ways, region, &user, 1);
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

static void
waiting_ends_in_time_or_when_cancelled (void **state)
{
  g_autoptr (PosixSemaphore) semaphore = NULL;
  guint64 before = blocked_signals ();

  fixture_start (&fixture, fixture_hold);
  fixture_await_stage (&fixture, 1);
  semaphore = fixture_open (&fixture);
  assert_waiting_ends (semaphore);
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
no_update_of_python_is_lost_by_its_mapping (void **state)
{
  if (geteuid () != 0)
    skip ();
  no_update_of_python_is_lost (LOCK_WAY_MAP_FILES, fixture_times (10000, 200000));
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    SEMAPHORE_TEST (one_with_a_name_is_found_by_its_inode),
    SEMAPHORE_TEST (one_without_a_name_is_found_by_its_mapping),
    SEMAPHORE_TEST (another_of_the_same_name_is_not_taken_for_it),
    SEMAPHORE_TEST (names_that_were_listed_are_compared_when_they_are_used),
    SEMAPHORE_TEST (names_are_listed_once),
    SEMAPHORE_TEST (a_mapping_that_was_replaced_is_not_taken_for_it),
    SEMAPHORE_TEST (a_process_that_has_got_its_id_is_not_taken_for_it),
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
    cmocka_unit_test (no_update_of_python_is_lost_by_its_mapping),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
