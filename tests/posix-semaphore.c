/* A semaphore of another program, taken from outside. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/semaphore-fixture.h"

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
  assert_true (blocked_signals () == before);
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
raise_in_a_thread (void *semaphore)
{
  for (guint i = 0; i < 2000; i++)
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
    assert_int_equal (pthread_create (&threads[i], NULL, raise_in_a_thread, semaphore), 0);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    assert_int_equal (pthread_join (threads[i], NULL), 0);
  assert_int_equal (fixture.page->counter, 6000);
}

#define SEMAPHORE_TEST(name) cmocka_unit_test_setup_teardown (name, set_up, tear_down)

int
main (void)
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
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
