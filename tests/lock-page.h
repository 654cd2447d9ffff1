/* lock-page.h - for the tests of locks: a lock and what it guards, in memory that
 * children share; children that take it, and ways to wait for them and kill them. */
#ifndef SHMLENS_TESTS_LOCK_PAGE_H
#define SHMLENS_TESTS_LOCK_PAGE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lock.h"
#include "segment.h"
#include "shmlens.h"

#define LOCK_PAGE_WORKERS 4

struct lock_page
{
  struct format_lock lock;
  struct format_lock other;
  uint64_t first;             /* equal to second whenever nobody holds the lock */
  uint64_t second;
  uint64_t commits[LOCK_PAGE_WORKERS];
  uint32_t inside[LOCK_PAGE_WORKERS];
  uint32_t stage;             /* a child tells how far it is */
  uint32_t stop;
  uint32_t torn;              /* a pair that should have been equal was not */
};

static struct lock_page *page;
static struct shmlens_segment segment;
static struct shmlens_lock lock;
static struct shmlens_lock other;

static int
set_up (void **state)
{
  page = mmap (NULL, sizeof *page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  assert_ptr_not_equal (page, MAP_FAILED);
  lock_initialise (&page->lock);
  lock_initialise (&page->other);
  strcpy (segment.name, "/made-up");
  segment.base = (uint8_t *) page;
  lock = (struct shmlens_lock) {
    .shared = &page->lock,
    .segment = &segment,
    .slot = 7,
    .writable = true,
    .same_namespace = true,
  };
  other = lock;
  other.shared = &page->other;
  other.slot = 8;
  return 0;
}

static int
tear_down (void **state)
{
  return munmap (page, sizeof *page);
}

#define LOCK_TEST(name) cmocka_unit_test_setup_teardown (name, set_up, tear_down)

static inline struct shmlens_lock_info
describe (void)
{
  struct shmlens_lock_info info;

  shmlens_lock_describe (&lock, &info);
  return info;
}

static inline void
reach (uint32_t stage)
{
  __atomic_store_n (&page->stage, stage, __ATOMIC_RELEASE);
}

/* Waits until a child has come so far; fails after 10 s. */
static inline void
await_stage (uint32_t stage)
{
  for (unsigned i = 0; i < 100000; i++)
    {
      if (__atomic_load_n (&page->stage, __ATOMIC_ACQUIRE) == stage)
        return;
      usleep (100);
    }
  fail_msg ("the child did not reach stage %u", stage);
}

/* A child that ends with its parent, or after a minute, whatever happens. */
static inline pid_t
start_child (void (*work) (unsigned), unsigned number)
{
  pid_t pid = fork ();

  assert_true (pid >= 0);
  if (pid == 0)
    {
      alarm (getenv ("SHMLENS_LONG") != NULL ? 1800 : 60);
      work (number);
      _exit (0);
    }
  return pid;
}

static inline void
kill_child (pid_t pid)
{
  assert_int_equal (kill (pid, SIGKILL), 0);
  assert_int_equal (waitpid (pid, NULL, 0), pid);
}

/* Waits for a child that should end by itself and well; fails after 20 s. */
static inline void
await_end (pid_t pid)
{
  int status;

  for (unsigned i = 0; i < 20000; i++)
    {
      pid_t ended = waitpid (pid, &status, WNOHANG);

      assert_true (ended >= 0);
      if (ended == pid)
        {
          assert_int_equal (status, 0);
          return;
        }
      usleep (1000);
    }
  kill_child (pid);
  fail_msg ("a child hangs");
}

/* Takes the lock, which must not take long. */
static inline int
take_soon (struct shmlens_lock *which)
{
  return shmlens_lock_acquire_timed (which, 10000000000);
}

static inline void
hold_until_killed (unsigned times)
{
  for (unsigned i = 0; i < times; i++)
    if (shmlens_lock_acquire (&lock) < 0)
      _exit (1);
  reach (1);
  for (;;)
    pause ();
}

/* A child that has taken the lock so often and keeps it until it is killed. */
static inline pid_t
start_holder (unsigned times)
{
  pid_t pid = start_child (hold_until_killed, times);

  await_stage (1);
  reach (0);
  return pid;
}

static inline uint64_t
monotonic_us (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (uint64_t) now.tv_sec * 1000000u + (uint64_t) now.tv_nsec / 1000u;
}

/* Holds the lock for 1 ms and takes it again at once. */
static inline void
be_greedy (unsigned number)
{
  while (__atomic_load_n (&page->stop, __ATOMIC_RELAXED) == 0)
    {
      uint64_t begin = monotonic_us ();

      if (shmlens_lock_acquire (&lock) < 0)
        _exit (1);
      while (monotonic_us () - begin < 1000)
        ;
      if (shmlens_lock_release (&lock) < 0)
        _exit (1);
      reach (1);
    }
}

/* One change of what the lock guards, made by the thread that holds it, which may
 * be killed anywhere in it. `was_told`: the holder before died. */
static inline void
change_pair (unsigned number, int was_told)
{
  volatile uint64_t *first = &page->first, *second = &page->second;

  __atomic_store_n (&page->inside[number], 1, __ATOMIC_RELAXED);
  if (was_told)
    *second = *first;
  else if (*first != *second)
    __atomic_store_n (&page->torn, 1, __ATOMIC_RELAXED);
  ++*first;
  for (volatile unsigned i = 0; i < 200; i++)
    ;
  ++*(volatile uint64_t *) &page->commits[number];
  for (volatile unsigned i = 0; i < 200; i++)
    ;
  ++*second;
  __atomic_store_n (&page->inside[number], 0, __ATOMIC_RELAXED);
}

static inline void
change_pairs (unsigned number)
{
  while (__atomic_load_n (&page->stop, __ATOMIC_RELAXED) == 0)
    {
      int result = take_soon (&lock);

      if (result < 0)
        _exit (1);
      change_pair (number, result);
      if (shmlens_lock_release (&lock) < 0)
        _exit (1);
    }
}

/* So many kills in a standard run, and in a long one. */
static inline unsigned
kills (void)
{
  const char *text = getenv ("SHMLENS_LONG");

  return text != NULL && strcmp (text, "") != 0 && strcmp (text, "0") != 0 ? 5000 : 1000;
}

/* Kills the children of the first `victims` numbers again and again, at random
 * moments, and starts new ones in their place; then stops all, and judges what they
 * left: nobody hung, each death inside was told, nothing committed was lost. */
static inline void
kill_at_random (void (*work[]) (unsigned), unsigned count, unsigned victims)
{
  pid_t children[LOCK_PAGE_WORKERS];
  unsigned died_inside = 0, recoveries, done = 0;
  uint64_t sum = 0;

  srand (4711);
  for (unsigned i = 0; i < count; i++)
    children[i] = start_child (work[i], i);
  /* Where children are slow to begin, they are let live longer, and more of them die. */
  for (; done < kills () || (died_inside == 0 && done < 4 * kills ()); done++)
    {
      unsigned victim = done % victims;
      unsigned life_us = died_inside == 0 && done >= kills () / 10 ? 20000 : 2000;

      usleep ((useconds_t) ((unsigned) rand () % life_us));
      kill_child (children[victim]);
      died_inside += __atomic_exchange_n (&page->inside[victim], 0, __ATOMIC_RELAXED);
      children[victim] = start_child (work[victim], victim);
    }
  __atomic_store_n (&page->stop, 1, __ATOMIC_RELAXED);
  for (unsigned i = 0; i < count; i++)
    await_end (children[i]);

  assert_int_equal (page->torn, 0);
  recoveries = describe ().recoveries;
  for (unsigned i = 0; i < count; i++)
    sum += page->commits[i];
  print_message ("%u kills, %u of them inside for sure, %u told; %lu changes\n", done,
                 died_inside, recoveries, (unsigned long) page->first);
  assert_true (died_inside > 0);
  assert_in_range (recoveries, died_inside, done);
  assert_in_range (page->first, sum, sum + recoveries);
  assert_true (take_soon (&lock) >= 0);
  assert_int_equal (shmlens_lock_release (&lock), 0);
}

#endif
