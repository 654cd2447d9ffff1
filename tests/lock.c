/* The robust recursive lock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lock.h"
#include "segment.h"
#include "shmlens.h"

/* A lock and what it guards, in memory that children share. */
struct page
{
  struct format_lock lock;
  uint32_t stage;  /* a child tells how far it is */
  uint64_t pair[2];
  uint64_t count;
};

static struct page *page;
static struct shmlens_segment segment;
static struct shmlens_lock lock;

static int
set_up (void **state)
{
  page = mmap (NULL, sizeof *page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  assert_ptr_not_equal (page, MAP_FAILED);
  lock_initialise (&page->lock);
  strcpy (segment.name, "/made-up");
  segment.base = (uint8_t *) page;
  lock = (struct shmlens_lock) {
    .shared = &page->lock,
    .segment = &segment,
    .slot = 7,
    .writable = true,
    .same_namespace = true,
  };
  return 0;
}

static int
tear_down (void **state)
{
  return munmap (page, sizeof *page);
}

static struct shmlens_lock_info
describe (void)
{
  struct shmlens_lock_info info;

  shmlens_lock_describe (&lock, &info);
  return info;
}

static void
reach (uint32_t stage)
{
  __atomic_store_n (&page->stage, stage, __ATOMIC_RELEASE);
}

/* Waits until a child has come so far; fails after 10 s. */
static void
await (uint32_t stage)
{
  for (unsigned i = 0; i < 100000; i++)
    {
      if (__atomic_load_n (&page->stage, __ATOMIC_ACQUIRE) == stage)
        return;
      usleep (100);
    }
  fail_msg ("the child did not reach stage %u", stage);
}

/* A child that takes the lock `times` times and keeps it until it is killed. */
static pid_t
start_holder (unsigned times)
{
  pid_t pid = fork ();

  assert_true (pid >= 0);
  if (pid > 0)
    {
      await (1);
      reach (0);
      return pid;
    }
  for (unsigned i = 0; i < times; i++)
    if (shmlens_lock_acquire (&lock) < 0)
      _exit (1);
  reach (1);
  for (;;)
    pause ();
}

static void
kill_child (pid_t pid)
{
  assert_int_equal (kill (pid, SIGKILL), 0);
  assert_int_equal (waitpid (pid, NULL, 0), pid);
}

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

  assert_int_equal (shmlens_lock_acquire (&lock), 1);
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

int
main (void)
{
#define LOCK_TEST(name) cmocka_unit_test_setup_teardown (name, set_up, tear_down)
  const struct CMUnitTest tests[] = {
    LOCK_TEST (a_thread_takes_it_as_often_as_it_likes),
    LOCK_TEST (who_does_not_hold_it_cannot_release_it),
    LOCK_TEST (another_holder_is_waited_for_no_longer_than_told),
    LOCK_TEST (a_dead_holder_is_told_once_and_counted),
    LOCK_TEST (what_cannot_be_locked_says_why),
    LOCK_TEST (a_child_after_fork_is_another_holder),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
