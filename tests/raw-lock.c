/* How the inspector takes a robust lock. */
#include "lock-page.h"

#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sys/syscall.h>

#include "memory.h"
#include "raw-lock.h"

#define SECOND G_GUINT64_CONSTANT (1000000000)

static struct robust_list_head *
own_list (void)
{
  struct robust_list_head *list;
  size_t size;

  assert_int_equal (syscall (SYS_get_robust_list, 0, &list, &size), 0);
  return list;
}

static void
it_is_taken_as_workers_take_it (void **state)
{
  struct lock_words *words = (struct lock_words *) page->lock.mutex;
  struct shmlens_lock_info info;

  assert_int_equal (raw_lock_acquire (&page->lock, SECOND, FALSE, NULL), 0);
  assert_true (raw_lock_is_held (&page->lock));
  assert_false (raw_lock_is_held (&page->other));
  info = describe ();
  assert_int_equal (info.state, SHMLENS_LOCK_HELD);
  assert_int_equal (info.owner_pid, getpid ());
  assert_int_equal (info.owner_tid, syscall (SYS_gettid));
  assert_int_equal (info.depth, 1);
  assert_int_equal (page->lock.sequence, 1);
  assert_ptr_equal (own_list ()->list_op_pending, &words->next);
  assert_int_equal (words->next, 0);
  assert_int_equal (words->previous, 0);
  assert_int_equal (raw_lock_acquire (&page->other, SECOND, FALSE, NULL), -EDEADLK);

  assert_int_equal (raw_lock_release (&page->lock), 0);
  assert_false (raw_lock_is_held (&page->lock));
  assert_int_equal (describe ().state, SHMLENS_LOCK_FREE);
  assert_int_equal (page->lock.sequence, 2);
  assert_null (own_list ()->list_op_pending);
  assert_int_equal (shmlens_lock_acquire (&lock), 0);
  assert_int_equal (shmlens_lock_release (&lock), 0);
}

static void
anything_but_our_kind_of_lock_is_refused (void **state)
{
  struct lock_words *words = (struct lock_words *) page->lock.mutex;
  struct lock_words before;
  const uint32_t kinds[] = { 0, 1, 2, 16, 17, 128, 144, 0x91 | 32, 0x91 | 64, UINT32_MAX };

  for (unsigned i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      words->kind = kinds[i];
      before = *words;
      assert_int_equal (raw_lock_acquire (&page->lock, 0, TRUE, NULL), -EBADMSG);
      assert_memory_equal (&before, words, sizeof before);
    }
  words->kind = LOCK_KIND;
  words->owner = LOCK_NOT_RECOVERABLE;
  assert_int_equal (raw_lock_acquire (&page->lock, 0, TRUE, NULL), -EBADMSG);
  assert_int_equal (words->word, 0);
  assert_int_equal (words->owner, LOCK_NOT_RECOVERABLE);
  assert_null (own_list ()->list_op_pending);
}

static void
another_holder_is_waited_for_no_longer_than_told (void **state)
{
  pid_t child = start_holder (1);

  assert_int_equal (raw_lock_acquire (&page->lock, 0, FALSE, NULL), -ETIMEDOUT);
  assert_int_equal (raw_lock_acquire (&page->lock, SECOND / 20, FALSE, NULL), -ETIMEDOUT);
  assert_int_equal (page->lock.plea, 0);
  assert_null (own_list ()->list_op_pending);
  kill_child (child);
}

static void *
cancel_soon (void *cancelled)
{
  while (__atomic_load_n (&page->lock.plea, __ATOMIC_RELAXED) == 0)
    usleep (100);
  g_atomic_int_set ((gint *) cancelled, TRUE);
  return NULL;
}

static void
waiting_can_be_cancelled (void **state)
{
  gint cancelled = FALSE;
  pid_t child = start_holder (1);
  pthread_t thread;

  assert_int_equal (pthread_create (&thread, NULL, cancel_soon, &cancelled), 0);
  assert_int_equal (raw_lock_acquire (&page->lock, G_MAXUINT64, FALSE, &cancelled), -ECANCELED);
  assert_int_equal (pthread_join (thread, NULL), 0);
  assert_int_equal (page->lock.plea, 0);
  kill_child (child);
}

static void
a_dead_holder_is_left_to_the_workers_unless_recovery_is_asked_for (void **state)
{
  kill_child (start_holder (2));
  assert_int_equal (raw_lock_acquire (&page->lock, SECOND, FALSE, NULL), -EOWNERDEAD);
  assert_int_equal (describe ().state, SHMLENS_LOCK_DEAD);
  assert_int_equal (take_soon (&lock), 1);
  assert_int_equal (shmlens_lock_release (&lock), 0);

  kill_child (start_holder (2));
  assert_int_equal (raw_lock_acquire (&page->lock, SECOND, TRUE, NULL), 1);
  assert_int_equal (describe ().recoveries, 2);
  assert_int_equal (describe ().depth, 1);
  assert_int_equal (raw_lock_release (&page->lock), 0);
  assert_int_equal (shmlens_lock_acquire (&lock), 0);
  assert_int_equal (shmlens_lock_release (&lock), 0);
}

static void
hold_raw (unsigned number)
{
  if (raw_lock_acquire (&page->lock, SECOND, FALSE, NULL) == 0)
    reach (1);
  for (;;)
    pause ();
}

static void
a_killed_editor_is_a_dead_holder_to_the_workers (void **state)
{
  pid_t child = start_child (hold_raw, 0);

  await_stage (1);
  assert_int_equal (shmlens_lock_try_acquire (&lock), -EBUSY);
  kill_child (child);
  assert_int_equal (describe ().owner_pid, child);
  assert_int_equal (take_soon (&lock), 1);
  assert_int_equal (shmlens_lock_release (&lock), 0);
}

/* A lock in a file of its own, its second line in a second page. */
static struct format_lock *
map_file (int *ret_fd)
{
  uint8_t *memory;
  struct format_lock *shared;

  *ret_fd = memfd_create ("raw-lock-test", MFD_CLOEXEC);
  assert_true (*ret_fd >= 0);
  assert_int_equal (ftruncate (*ret_fd, 8192), 0);
  memory = mmap (NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, *ret_fd, 0);
  assert_ptr_not_equal (memory, MAP_FAILED);
  shared = (struct format_lock *) (memory + 4096 - 64);
  lock_initialise (shared);
  return shared;
}

static void
memory_that_goes_away_is_survived (void **state)
{
  struct format_lock *shared;
  int fd;

  memory_install ();
  shared = map_file (&fd);
  assert_int_equal (raw_lock_acquire (shared, SECOND, FALSE, NULL), 0);
  assert_int_equal (ftruncate (fd, 0), 0);
  assert_int_equal (raw_lock_release (shared), -EFAULT);
  assert_null (own_list ()->list_op_pending);
  assert_int_equal (raw_lock_acquire (shared, SECOND, FALSE, NULL), -EFAULT);
  assert_null (own_list ()->list_op_pending);
  munmap ((uint8_t *) shared + 64 - 4096, 8192);
  close (fd);

  /* Only the second line is gone, which is written when a dead one is replaced. */
  shared = map_file (&fd);
  ((struct lock_words *) shared->mutex)->word = LOCK_OWNER_DIED;
  assert_int_equal (ftruncate (fd, 4096), 0);
  assert_int_equal (raw_lock_acquire (shared, SECOND, TRUE, NULL), -EFAULT);
  assert_int_equal (((struct lock_words *) shared->mutex)->word, 0);
  assert_null (own_list ()->list_op_pending);
  munmap ((uint8_t *) shared + 64 - 4096, 8192);
  close (fd);

  assert_int_equal (raw_lock_acquire (&page->lock, SECOND, FALSE, NULL), 0);
  assert_int_equal (raw_lock_release (&page->lock), 0);
}

static void
let_go_without_waking (unsigned number)
{
  while (__atomic_load_n (&page->lock.plea, __ATOMIC_RELAXED) == 0)
    usleep (100);
  __atomic_store_n (&((struct lock_words *) page->lock.mutex)->word, 0, __ATOMIC_RELEASE);
}

static void
who_does_not_wake_waiters_is_found_out (void **state)
{
  pid_t child;

  ((struct lock_words *) page->lock.mutex)->word = LOCK_THREAD_MASK;
  child = start_child (let_go_without_waking, 0);
  assert_int_equal (raw_lock_acquire (&page->lock, 10 * SECOND, FALSE, NULL), 0);
  assert_int_equal (raw_lock_release (&page->lock), 0);
  await_end (child);
}

static void
a_word_that_was_overwritten_is_not_released (void **state)
{
  uint32_t *word = &((struct lock_words *) page->lock.mutex)->word;

  assert_int_equal (raw_lock_acquire (&page->lock, SECOND, FALSE, NULL), 0);
  *word = LOCK_THREAD_MASK;
  assert_int_equal (raw_lock_release (&page->lock), 0);
  assert_int_equal (*word, LOCK_THREAD_MASK);
  assert_null (own_list ()->list_op_pending);
}

#define CHANGES 20000

static void
change_so_often (unsigned number)
{
  for (unsigned i = 0; i < CHANGES; i++)
    {
      if (shmlens_lock_acquire (&lock) != 0)
        _exit (1);
      ++*(volatile uint64_t *) &page->first;
      if (shmlens_lock_release (&lock) != 0)
        _exit (1);
    }
}

static void
no_wake_up_between_workers_and_editor_is_lost (void **state)
{
  pid_t children[] = { start_child (change_so_often, 0), start_child (change_so_often, 1) };

  for (unsigned i = 0; i < CHANGES; i++)
    {
      assert_int_equal (raw_lock_acquire (&page->lock, 10 * SECOND, FALSE, NULL), 0);
      ++*(volatile uint64_t *) &page->first;
      assert_int_equal (raw_lock_release (&page->lock), 0);
    }
  for (unsigned i = 0; i < G_N_ELEMENTS (children); i++)
    await_end (children[i]);
  assert_int_equal (page->first, 3 * CHANGES);
  assert_int_equal (page->lock.sequence, 6 * CHANGES);
  assert_int_equal (((struct lock_words *) page->lock.mutex)->users, 0);
}

static void
a_greedy_worker_lets_an_edit_in (void **state)
{
  pid_t child = start_child (be_greedy, 0);
  uint64_t worst = 0;

  await_stage (1);
  for (unsigned i = 0; i < 200; i++)
    {
      uint64_t begin = monotonic_us (), took;

      assert_int_equal (raw_lock_acquire (&page->lock, 2 * SECOND, FALSE, NULL), 0);
      took = monotonic_us () - begin;
      worst = MAX (worst, took);
      assert_int_equal (raw_lock_release (&page->lock), 0);
    }
  print_message ("worst of 200 waits: %lu us\n", (unsigned long) worst);
  __atomic_store_n (&page->stop, 1, __ATOMIC_RELAXED);
  await_end (child);
}

static void
edit_pairs (unsigned number)
{
  while (__atomic_load_n (&page->stop, __ATOMIC_RELAXED) == 0)
    {
      int result = raw_lock_acquire (&page->lock, 10 * SECOND, FALSE, NULL);

      if (result == -EOWNERDEAD)
        continue;
      if (result < 0)
        _exit (1);
      change_pair (number, result);
      raw_lock_release (&page->lock);
    }
}

/* Leaves the lock to the editors most of the time. */
static void
change_pairs_calmly (unsigned number)
{
  while (__atomic_load_n (&page->stop, __ATOMIC_RELAXED) == 0)
    {
      int result = take_soon (&lock);

      if (result < 0)
        _exit (1);
      change_pair (number, result);
      shmlens_lock_release (&lock);
      usleep (100);
    }
}

static void
killed_editors_leave_the_lock_and_the_changes_whole (void **state)
{
  void (*work[]) (unsigned) = { edit_pairs, change_pairs_calmly, change_pairs_calmly };

  kill_at_random (work, 3, 1);
}

static void
killed_editors_and_workers_leave_the_lock_and_the_changes_whole (void **state)
{
  void (*work[]) (unsigned) = { edit_pairs, change_pairs, change_pairs };

  kill_at_random (work, 3, 2);
}

static uint64_t plain;

static void *
edit_in_a_thread (void *unused)
{
  for (unsigned i = 0; i < 5000; i++)
    {
      assert_int_equal (raw_lock_acquire (&page->lock, 10 * SECOND, FALSE, NULL), 0);
      plain++;
      assert_int_equal (raw_lock_release (&page->lock), 0);
    }
  return NULL;
}

static void *
work_in_a_thread (void *unused)
{
  for (unsigned i = 0; i < 5000; i++)
    {
      assert_int_equal (shmlens_lock_acquire (&lock), 0);
      plain++;
      assert_int_equal (shmlens_lock_release (&lock), 0);
    }
  return NULL;
}

static void
threads_of_one_process_exclude_each_other (void **state)
{
  pthread_t threads[4];

  plain = 0;
  for (unsigned i = 0; i < 4; i++)
    assert_int_equal (
      pthread_create (&threads[i], NULL, i % 2 ? work_in_a_thread : edit_in_a_thread, NULL), 0);
  for (unsigned i = 0; i < 4; i++)
    assert_int_equal (pthread_join (threads[i], NULL), 0);
  assert_int_equal (plain, 20000);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    LOCK_TEST (it_is_taken_as_workers_take_it),
    LOCK_TEST (anything_but_our_kind_of_lock_is_refused),
    LOCK_TEST (another_holder_is_waited_for_no_longer_than_told),
    LOCK_TEST (waiting_can_be_cancelled),
    LOCK_TEST (a_dead_holder_is_left_to_the_workers_unless_recovery_is_asked_for),
    LOCK_TEST (a_killed_editor_is_a_dead_holder_to_the_workers),
    LOCK_TEST (memory_that_goes_away_is_survived),
    LOCK_TEST (who_does_not_wake_waiters_is_found_out),
    LOCK_TEST (a_word_that_was_overwritten_is_not_released),
    LOCK_TEST (no_wake_up_between_workers_and_editor_is_lost),
    LOCK_TEST (a_greedy_worker_lets_an_edit_in),
    LOCK_TEST (killed_editors_leave_the_lock_and_the_changes_whole),
    LOCK_TEST (killed_editors_and_workers_leave_the_lock_and_the_changes_whole),
    LOCK_TEST (threads_of_one_process_exclude_each_other),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
