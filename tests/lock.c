/* The robust recursive lock. */
#include "lock-page.h"

#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sys/syscall.h>

#include "lock-list.h"
#include "lock-tsan.h"

static void
a_thread_takes_it_as_often_as_it_likes (void **state)
{
  for (uint32_t depth = 1; depth <= 3; depth++)
    {
      assert_int_equal (shmlens_lock_acquire (&lock), 0);
      assert_int_equal (describe ().depth, depth);
      assert_true (shmlens_lock_is_mine (&lock));
      assert_int_equal (page->lock.sequence, 1);
    }
  assert_int_equal (shmlens_lock_release (&lock), 0);
  assert_int_equal (shmlens_lock_release (&lock), 0);
  assert_int_equal (page->lock.sequence, 1);
  assert_true (shmlens_lock_is_mine (&lock));
  assert_int_equal (shmlens_lock_release (&lock), 0);
  assert_false (shmlens_lock_is_mine (&lock));
  assert_int_equal (page->lock.sequence, 2);
  assert_int_equal (describe ().state, SHMLENS_LOCK_FREE);
}

static void
who_does_not_hold_it_cannot_release_it (void **state)
{
  pid_t child;

  assert_int_equal (shmlens_lock_release (&lock), -EPERM);
  assert_string_equal (shmlens_error (),
                       "lock 7 of \"/made-up\": this thread does not hold it; release it as often "
                       "as it was taken, in the thread that took it");
  child = start_holder (1);
  assert_int_equal (shmlens_lock_release (&lock), -EPERM);
  assert_false (shmlens_lock_is_mine (&lock));
  assert_int_equal (describe ().state, SHMLENS_LOCK_HELD);
  kill_child (child);
}

static void
another_holder_is_waited_for_no_longer_than_told (void **state)
{
  pid_t child = start_holder (2);
  struct shmlens_lock_info info = describe ();

  assert_int_equal (info.kind, SHMLENS_LOCK_ROBUST);
  assert_int_equal (info.state, SHMLENS_LOCK_HELD);
  assert_int_equal (info.owner_pid, child);
  assert_int_equal (info.owner_tid, child);
  assert_int_equal (info.depth, 2);
  assert_int_equal (shmlens_lock_try_acquire (&lock), -EBUSY);
  assert_non_null (strstr (shmlens_error (), "holds it"));
  assert_int_equal (shmlens_lock_acquire_timed (&lock, 0), -ETIMEDOUT);
  assert_int_equal (shmlens_lock_acquire_timed (&lock, 20000000), -ETIMEDOUT);
  assert_int_equal (page->lock.plea, 0);
  assert_true (describe ().held_ns >= 8000000);
  kill_child (child);
}

static void
a_dead_holder_is_told_once_and_counted (void **state)
{
  pid_t child = start_holder (2);

  kill_child (child);
  assert_int_equal (describe ().state, SHMLENS_LOCK_DEAD);
  assert_int_equal (describe ().owner_pid, child);
  assert_int_equal (describe ().owner_tid, child);
  assert_int_equal (describe ().recoveries, 0);

  assert_int_equal (take_soon (&lock), 1);
  assert_int_equal (describe ().state, SHMLENS_LOCK_HELD);
  assert_int_equal (describe ().owner_pid, getpid ());
  assert_int_equal (describe ().depth, 1);
  assert_int_equal (describe ().recoveries, 1);
  assert_int_equal (page->lock.sequence % 2, 1);
  assert_int_equal (shmlens_lock_release (&lock), 0);
  assert_int_equal (page->lock.sequence % 2, 0);
  assert_int_equal (describe ().state, SHMLENS_LOCK_FREE);

  assert_int_equal (shmlens_lock_try_acquire (&lock), 0);
  assert_int_equal (shmlens_lock_release (&lock), 0);
}

static void
what_cannot_be_locked_says_why (void **state)
{
  lock.writable = false;
  assert_int_equal (shmlens_lock_acquire (&lock), -EROFS);
  assert_int_equal (shmlens_lock_try_acquire (&lock), -EROFS);
  assert_int_equal (shmlens_lock_acquire_timed (&lock, 1), -EROFS);
  assert_int_equal (shmlens_lock_release (&lock), -EROFS);
  assert_non_null (strstr (shmlens_error (), "attach it read-write"));
  lock.writable = true;
  lock.same_namespace = false;
  assert_int_equal (shmlens_lock_acquire (&lock), -EXDEV);
  assert_non_null (strstr (shmlens_error (), "PID namespace"));
  assert_false (shmlens_lock_is_mine (&lock));
  assert_int_equal (shmlens_lock_acquire (NULL), -EINVAL);
  assert_int_equal (shmlens_lock_try_acquire (NULL), -EINVAL);
  assert_int_equal (shmlens_lock_acquire_timed (NULL, 1), -EINVAL);
  assert_int_equal (shmlens_lock_release (NULL), -EINVAL);
  assert_false (shmlens_lock_is_mine (NULL));
}

static void
a_child_after_fork_is_another_holder (void **state)
{
  pid_t child;
  int status;

  assert_int_equal (shmlens_lock_acquire (&lock), 0);
  child = fork ();
  assert_true (child >= 0);
  if (child == 0)
    _exit (shmlens_lock_is_mine (&lock)                             ? 1
           : shmlens_lock_try_acquire (&lock) != -EBUSY             ? 2
           : shmlens_lock_release (&lock) != -EPERM                 ? 3
           : shmlens_lock_acquire_timed (&lock, 1000) != -ETIMEDOUT ? 4
                                                                    : 0);
  assert_int_equal (waitpid (child, &status, 0), child);
  assert_int_equal (status, 0);
  assert_int_equal (shmlens_lock_release (&lock), 0);
}

static void
release_after_a_while (unsigned number)
{
  assert_int_equal (shmlens_lock_acquire (&lock), 0);
  reach (1);
  while (__atomic_load_n (&page->lock.plea, __ATOMIC_RELAXED) == 0)
    usleep (100);
  if (shmlens_lock_release (&lock) < 0)
    _exit (1);
}

static void
who_waits_gets_it_when_it_is_released (void **state)
{
  pid_t child = start_child (release_after_a_while, 0);

  await_stage (1);
  assert_int_equal (shmlens_lock_acquire (&lock), 0);
  assert_int_equal (page->lock.plea, 0);
  await_end (child);
  assert_int_equal (shmlens_lock_release (&lock), 0);
}

static void
several_are_released_in_any_order (void **state)
{
  assert_int_equal (shmlens_lock_acquire (&lock), 0);
  assert_int_equal (shmlens_lock_acquire (&other), 0);
  assert_int_equal (shmlens_lock_release (&lock), 0);
  assert_int_equal (shmlens_lock_acquire (&lock), 0);
  assert_int_equal (shmlens_lock_release (&other), 0);
  assert_int_equal (shmlens_lock_release (&lock), 0);
  assert_int_equal (describe ().state, SHMLENS_LOCK_FREE);
  assert_int_equal (page->lock.sequence, 4);
  assert_int_equal (page->other.sequence, 2);
}

static pthread_mutex_t *
make_robust (int protocol)
{
  pthread_mutex_t *mutex = mmap (NULL, sizeof *mutex, PROT_READ | PROT_WRITE,
                                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  pthread_mutexattr_t attr;

  assert_ptr_not_equal (mutex, MAP_FAILED);
  pthread_mutexattr_init (&attr);
  pthread_mutexattr_setrobust (&attr, PTHREAD_MUTEX_ROBUST);
  pthread_mutexattr_setpshared (&attr, PTHREAD_PROCESS_SHARED);
  pthread_mutexattr_setprotocol (&attr, protocol);
  assert_int_equal (pthread_mutex_init (mutex, &attr), 0);
  return mutex;
}

static pthread_mutex_t *robust[2];

/* Ours and the program's own, taken and released in turns; two of each are held
 * in the end. */
static void
mix_and_die (unsigned number)
{
  bool well = true;

  for (unsigned i = 0; i < 3; i++)
    {
      well &= pthread_mutex_lock (robust[0]) == 0 && shmlens_lock_acquire (&lock) == 0
              && pthread_mutex_lock (robust[1]) == 0 && shmlens_lock_acquire (&other) == 0;
      if (i == 2)
        break;
      well &= pthread_mutex_unlock (robust[i]) == 0 && shmlens_lock_release (&lock) == 0
              && pthread_mutex_unlock (robust[1 - i]) == 0 && shmlens_lock_release (&other) == 0;
    }
  reach (well ? 1 : 2);
  for (;;)
    pause ();
}

static void
who_dies_lets_go_all_it_held (void **state)
{
  pid_t child;

  robust[0] = make_robust (PTHREAD_PRIO_NONE);
  robust[1] = make_robust (PTHREAD_PRIO_INHERIT);
  child = start_child (mix_and_die, 0);
  await_stage (1);
  kill_child (child);
  assert_int_equal (take_soon (&lock), 1);
  assert_int_equal (take_soon (&other), 1);
  assert_int_equal (shmlens_lock_release (&lock), 0);
  assert_int_equal (shmlens_lock_release (&other), 0);
  for (unsigned i = 0; i < 2; i++)
    {
      assert_int_equal (pthread_mutex_lock (robust[i]), EOWNERDEAD);
      assert_int_equal (pthread_mutex_consistent (robust[i]), 0);
      assert_int_equal (pthread_mutex_unlock (robust[i]), 0);
      munmap (robust[i], sizeof *robust[i]);
    }
}

static void
this_glibc_keeps_its_list_as_expected (void **state)
{
  if (lock_tsan_is_there ())
    skip ();
  assert_non_null (lock_list_find ());
  assert_int_equal (shmlens_lock_acquire (&lock), 0);
  assert_non_null (lock_list_find ());
  assert_int_equal (shmlens_lock_release (&lock), 0);
}

static void
an_unusable_lock_is_not_taken (void **state)
{
  pid_t child = start_holder (1);

  kill_child (child);
  assert_int_equal (pthread_mutex_lock ((pthread_mutex_t *) page->lock.mutex), EOWNERDEAD);
  assert_int_equal (pthread_mutex_unlock ((pthread_mutex_t *) page->lock.mutex), 0);
  assert_int_equal (shmlens_lock_acquire (&lock), -ENOTRECOVERABLE);
  assert_int_equal (shmlens_lock_try_acquire (&lock), -ENOTRECOVERABLE);
  assert_false (shmlens_lock_is_mine (&lock));
}

static void
a_greedy_worker_lets_others_in (void **state)
{
  pid_t child = start_child (be_greedy, 0);
  uint64_t worst = 0;

  await_stage (1);
  for (unsigned i = 0; i < 100; i++)
    {
      uint64_t begin = monotonic_us (), took;

      assert_int_equal (shmlens_lock_acquire_timed (&lock, 2000000000), 0);
      took = monotonic_us () - begin;
      worst = took > worst ? took : worst;
      assert_int_equal (shmlens_lock_release (&lock), 0);
    }
  print_message ("worst of 100 waits: %lu us\n", (unsigned long) worst);
  __atomic_store_n (&page->stop, 1, __ATOMIC_RELAXED);
  await_end (child);
}

static void
pause_for_good (unsigned number)
{
  for (;;)
    pause ();
}

static void
a_plea_that_is_not_followed_up_is_struck_out (void **state)
{
  pid_t child = start_child (pause_for_good, 0);
  uint64_t begin = monotonic_us ();
  unsigned releases = 0;

  page->lock.plea = (uint32_t) child;
  while (page->lock.plea != 0 && monotonic_us () - begin < 10000000)
    {
      releases++;
      assert_int_equal (shmlens_lock_acquire (&lock), 0);
      assert_int_equal (shmlens_lock_release (&lock), 0);
    }
  assert_int_equal (page->lock.plea, 0);
  assert_true (releases > 1);

  kill_child (child);
  page->lock.plea = (uint32_t) child;
  assert_int_equal (shmlens_lock_acquire (&lock), 0);
  assert_int_equal (shmlens_lock_release (&lock), 0);
  assert_int_equal (page->lock.plea, 0);
}

static void
write_pairs (unsigned number)
{
  for (unsigned i = 0; i < 30000; i++)
    {
      if (shmlens_lock_acquire (&lock) < 0)
        _exit (1);
      __atomic_store_n (&page->first, page->first + 1, __ATOMIC_RELAXED);
      __atomic_store_n (&page->second, page->second + 1, __ATOMIC_RELAXED);
      shmlens_lock_release (&lock);
      if (i % 16 == 0)
        sched_yield ();
    }
  reach (1);
}

static void
a_reader_by_sequence_never_sees_half_a_change (void **state)
{
  pid_t child = start_child (write_pairs, 0);
  uint64_t whole = 0, disturbed = 0;

  while (__atomic_load_n (&page->stage, __ATOMIC_ACQUIRE) == 0)
    {
      uint64_t first, second;
      uint32_t sequence;

      if (!lock_read_begin (&page->lock, &sequence))
        continue;
      first = __atomic_load_n (&page->first, __ATOMIC_RELAXED);
      second = __atomic_load_n (&page->second, __ATOMIC_RELAXED);
      if (!lock_read_end (&page->lock, sequence))
        disturbed++;
      else
        {
          whole++;
          assert_int_equal (first, second);
        }
    }
  await_end (child);
  assert_true (whole > 0);
  assert_int_equal (page->lock.sequence, 60000);
  print_message ("%lu whole copies, %lu disturbed\n", (unsigned long) whole,
                 (unsigned long) disturbed);
}

static uint64_t plain;

static void *
count_in_a_thread (void *unused)
{
  for (unsigned i = 0; i < 20000; i++)
    {
      assert_int_equal (i % 2 ? shmlens_lock_acquire (&lock)
                              : shmlens_lock_acquire_timed (&lock, 10000000000), 0);
      plain++;
      assert_int_equal (shmlens_lock_release (&lock), 0);
    }
  return NULL;
}

static void
threads_of_one_process_exclude_each_other (void **state)
{
  pthread_t threads[3];

  plain = 0;
  for (unsigned i = 0; i < 3; i++)
    assert_int_equal (pthread_create (&threads[i], NULL, count_in_a_thread, NULL), 0);
  for (unsigned i = 0; i < 3; i++)
    assert_int_equal (pthread_join (threads[i], NULL), 0);
  assert_int_equal (plain, 60000);
}

static void
killed_workers_leave_the_lock_and_the_changes_whole (void **state)
{
  void (*work[]) (unsigned) = { change_pairs, change_pairs };

  kill_at_random (work, 2, 2);
}

static void
a_copy_is_described_without_trust (void **state)
{
  const struct format_attacher attachers[]
    = { { .pid = 5, .start_time = 50 }, { .pid = 6, .start_time = 60 } };
  struct format_lock copy = page->lock;
  struct lock_words *words = (struct lock_words *) copy.mutex;
  struct shmlens_lock_info info;

  words->word = 17 | LOCK_WAITERS;
  words->owner = 17;
  words->count = 3;
  copy.holder_pid = 6;
  copy.sequence = 9;
  copy.since_ms = UINT32_MAX - 9;
  copy.recoveries = 2;
  lock_describe_copy (&copy, attachers, 2, 90, &info);
  assert_int_equal (info.state, SHMLENS_LOCK_HELD);
  assert_int_equal (info.owner_tid, 17);
  assert_int_equal (info.owner_pid, 6);
  assert_int_equal (info.owner_start_time, 60);
  assert_int_equal (info.depth, 3);
  assert_int_equal (info.held_ns, 100000000);
  assert_int_equal (info.recoveries, 2);

  /* A clock that seems to go back, and a holder that nobody knows. */
  copy.since_ms = 100;
  copy.holder_pid = 7;
  lock_describe_copy (&copy, attachers, 2, 90, &info);
  assert_int_equal (info.held_ns, 0);
  assert_int_equal (info.owner_start_time, 0);

  /* Between the word and the notes: they are the last holder's. */
  copy.sequence = 10;
  lock_describe_copy (&copy, NULL, 0, 90, &info);
  assert_int_equal (info.state, SHMLENS_LOCK_HELD);
  assert_int_equal (info.owner_pid, 0);

  copy.sequence = 11;
  words->word = LOCK_OWNER_DIED;
  lock_describe_copy (&copy, attachers, 2, 200, &info);
  assert_int_equal (info.state, SHMLENS_LOCK_DEAD);
  assert_int_equal (info.owner_tid, 17);
  assert_int_equal (info.owner_pid, 7);

  memset (&copy, 0xff, sizeof copy);
  lock_describe_copy (&copy, attachers, 2, 200, &info);
  assert_int_equal (info.state, SHMLENS_LOCK_DEAD);
  assert_true (info.owner_pid >= 0 && info.owner_tid >= 0);
  shmlens_lock_describe (NULL, &info);
  assert_int_equal (info.kind, SHMLENS_LOCK_NONE);
}

static void
a_holder_that_is_gone_without_a_trace_counts_as_dead (void **state)
{
  struct lock_words *words = (struct lock_words *) page->lock.mutex;
  pid_t child = start_holder (1);
  uint32_t word = words->word;

  kill_child (child);
  words->word = word;
  assert_int_equal (describe ().state, SHMLENS_LOCK_DEAD);
  lock.same_namespace = false;
  assert_int_equal (describe ().state, SHMLENS_LOCK_HELD);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    LOCK_TEST (a_thread_takes_it_as_often_as_it_likes),
    LOCK_TEST (who_does_not_hold_it_cannot_release_it),
    LOCK_TEST (another_holder_is_waited_for_no_longer_than_told),
    LOCK_TEST (a_dead_holder_is_told_once_and_counted),
    LOCK_TEST (what_cannot_be_locked_says_why),
    LOCK_TEST (a_child_after_fork_is_another_holder),
    LOCK_TEST (who_waits_gets_it_when_it_is_released),
    LOCK_TEST (several_are_released_in_any_order),
    LOCK_TEST (who_dies_lets_go_all_it_held),
    LOCK_TEST (this_glibc_keeps_its_list_as_expected),
    LOCK_TEST (an_unusable_lock_is_not_taken),
    LOCK_TEST (a_greedy_worker_lets_others_in),
    LOCK_TEST (a_plea_that_is_not_followed_up_is_struck_out),
    LOCK_TEST (a_reader_by_sequence_never_sees_half_a_change),
    LOCK_TEST (threads_of_one_process_exclude_each_other),
    LOCK_TEST (killed_workers_leave_the_lock_and_the_changes_whole),
    LOCK_TEST (a_copy_is_described_without_trust),
    LOCK_TEST (a_holder_that_is_gone_without_a_trace_counts_as_dead),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
