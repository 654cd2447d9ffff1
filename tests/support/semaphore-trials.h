/* semaphore-trials.h - what is tried with a semaphore in every way in which it can be taken.
 *
 * To be included after cmocka.h.
 */
#ifndef SHMLENS_TESTS_SEMAPHORE_TRIALS_H
#define SHMLENS_TESTS_SEMAPHORE_TRIALS_H

#include "semaphore-fixture.h"

static struct fixture fixture;

#define SEMAPHORE_TEST(name) cmocka_unit_test_setup_teardown (name, trials_set_up, trials_tear_down)

static inline int
trials_set_up (void **state)
{
  fixture_begin (&fixture);
  return 0;
}

static inline int
trials_tear_down (void **state)
{
  fixture_end (&fixture);
  return 0;
}

static inline int
value_of (sem_t *semaphore)
{
  int value;

  assert_int_equal (sem_getvalue (semaphore, &value), 0);
  return value;
}

static inline void
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

/* The signals that this thread has blocked, a bit each. */
static inline guint64
blocked_signals (void)
{
  sigset_t set;
  guint64 bits = 0;

  pthread_sigmask (SIG_BLOCK, NULL, &set);
  for (int i = 1; i < 64; i++)
    bits |= (guint64) (sigismember (&set, i) == 1) << i;
  return bits;
}

static inline void *
cancel_soon (void *cancelled)
{
  g_usleep (20000);
  g_atomic_int_set ((gint *) cancelled, TRUE);
  return NULL;
}

/* Of one that somebody holds: in time, and when it is given up. */
static inline void
assert_waiting_ends (PosixSemaphore *semaphore)
{
  gint cancelled = FALSE;
  pthread_t thread;

  assert_int_equal (posix_semaphore_acquire (semaphore, 0, NULL), -ETIMEDOUT);
  assert_int_equal (posix_semaphore_acquire (semaphore, FIXTURE_SECOND / 20, NULL), -ETIMEDOUT);
  assert_int_equal (pthread_create (&thread, NULL, cancel_soon, &cancelled), 0);
  assert_int_equal (posix_semaphore_acquire (semaphore, G_MAXUINT64, &cancelled), -ECANCELED);
  assert_int_equal (pthread_join (thread, NULL), 0);
}

/* Raises the counter so often, and tells how many rises were lost. */
static inline guint64
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

static inline void *
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

/* The kernel's letter for what a process does. */
static inline char
state_of (pid_t pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/stat", pid);
  g_autofree char *text = NULL;

  assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return strrchr (text, ')')[2];
}

static inline void
await_no_stop (pid_t pid)
{
  for (guint i = 0; state_of (pid) == 't'; i++)
    {
      if (i == 100000)
        fail_msg ("process %d stays stopped", pid);
      g_usleep (100);
    }
}

static PosixSemaphore *killed_semaphore;

static inline void
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

/* Whether the workers get on; if not, the semaphore was left taken, or given back by one that was
 * killed before it woke those who sleep: then they are woken, and that is counted. */
static inline gboolean
is_left_taken (guint *n_asleep)
{
  guint64 before = fixture_load (&fixture.page->counter);

  for (guint i = 0; fixture_load (&fixture.page->counter) == before; i++)
    {
      if (i >= 1000 && value_of (fixture.semaphore) == 0)
        return TRUE;
      if (i == 20000 && sem_trywait (fixture.semaphore) == 0)
        {
          ++*n_asleep;
          sem_post (fixture.semaphore);
        }
      if (i == 100000)
        fail_msg ("the workers do not go on, though the semaphore is free");
      g_usleep (100);
    }
  return FALSE;
}

/* Kills editors at random moments. Returns after how many the semaphore stayed taken. */
static inline guint
kill_editors (PosixSemaphore *semaphore)
{
  guint kills = fixture_times (50, 500), n_taken = 0, n_asleep = 0;

  killed_semaphore = semaphore;
  srand (4711);
  for (guint i = 0; i < kills; i++)
    {
      pid_t editor = fixture_fork (&fixture, edit_without_pause, i + 1);

      fixture_await_stage (&fixture, i + 1);
      g_usleep ((gulong) (rand () % 4000));
      kill (editor, SIGKILL);
      assert_int_equal (waitpid (editor, NULL, 0), editor);
      if (is_left_taken (&n_asleep))
        {
          n_taken++;
          sem_post (fixture.semaphore);
        }
      for (guint worker = 0; worker < fixture.n; worker++)
        await_no_stop (fixture.pids[worker]);
      assert_in_range (value_of (fixture.semaphore), 0, 1);
    }
  print_message ("%u editors killed that did nothing but edit; %u left the semaphore taken, %u the"
                 " workers asleep\n",
                 kills, n_taken, n_asleep);
  return n_taken;
}

static const char *const python_program
    = "import ctypes, multiprocessing, os, sys\n"
      "multiprocessing.set_start_method('fork')\n"
      "counter = multiprocessing.Value('q', 0)\n"
      "counts = multiprocessing.RawArray('q', 2)\n"
      "stop = multiprocessing.RawValue('b', 0)\n"
      "def work(i):\n"
      "    while not stop.value:\n"
      "        with counter.get_lock(): counter.value += 1\n"
      "        counts[i] += 1\n"
      "workers = [multiprocessing.Process(target=work, args=(i,), daemon=True) for i in range(2)]\n"
      "for worker in workers: worker.start()\n"
      "print(os.getpid(), workers[0].pid, workers[1].pid,\n"
      "      ctypes.addressof(counter.get_obj()), counter.get_lock()._semlock.handle, flush=True)\n"
      "sys.stdin.readline()\n"
      "stop.value = 1\n"
      "for worker in workers: worker.join()\n"
      "print(counter.value, sum(counts), flush=True)\n";

static inline PosixSemaphore *
open_python (const long *pids, guint64 counter, guint64 handle, guint64 **ret_counter)
{
  struct posix_semaphore_user users[3];
  g_autoptr (SemaphoreWays) ways = semaphore_ways_new ("/dev/shm");
  g_autoptr (GPtrArray) regions = NULL;
  PosixSemaphore *semaphore;
  MemoryRegion *arena;
  guint8 *base;
  int fd;

  for (guint i = 0; i < 3; i++)
    {
      users[i].memory = process_memory_open ("/proc", (pid_t) pids[i], NULL);
      users[i].address = handle;
      assert_non_null (users[i].memory);
    }
  regions = process_memory_regions (users[0].memory);
  assert_non_null (regions);
  arena = memory_regions_find (regions, counter);
  assert_non_null (arena);
  fd = process_memory_open_region (users[0].memory, arena, TRUE, TRUE);
  assert_true (fd >= 0);
  base = mmap (NULL, arena->end - arena->start, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
               (off_t) arena->offset);
  close (fd);
  assert_ptr_not_equal (base, MAP_FAILED);
  *ret_counter = (guint64 *) (gpointer) (base + (counter - arena->start));
  semaphore = posix_semaphore_open (ways, memory_regions_find (regions, handle), users, 3);
  for (guint i = 0; i < 3; i++)
    process_memory_unref (users[i].memory);
  return semaphore;
}

static inline void
no_update_of_python_is_lost (enum lock_way way, guint times)
{
  char *arguments[] = { (char *) "python3", (char *) "-c", (char *) python_program, NULL };
  g_autoptr (PosixSemaphore) semaphore = NULL;
  guint64 *counter, place, handle;
  long pids[3], sum, others;
  int in, out;
  FILE *answers;
  GPid pid;

  assert_true (g_spawn_async_with_pipes (NULL, arguments, NULL,
                                         G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, NULL,
                                         NULL, &pid, &in, &out, NULL, NULL));
  answers = fdopen (out, "r");
  assert_int_equal (
      fscanf (answers, "%ld %ld %ld %lu %lu", &pids[0], &pids[1], &pids[2], &place, &handle), 5);
  semaphore = open_python (pids, place, handle, &counter);
  assert_int_equal (posix_semaphore_way (semaphore), way);
  for (guint i = 0; i < times; i++)
    {
      assert_int_equal (posix_semaphore_acquire (semaphore, 20 * FIXTURE_SECOND, NULL), 0);
      __atomic_store_n (counter, fixture_load (counter) + 1, __ATOMIC_RELAXED);
      posix_semaphore_release (semaphore);
    }
  assert_int_equal (write (in, "\n", 1), 1);
  assert_int_equal (fscanf (answers, "%ld %ld", &sum, &others), 2);
  fclose (answers);
  close (in);
  fixture_await_end (pid);
  print_message ("%u rises here, %ld of Python, %ld in the end\n", times, others, sum);
  assert_true (others > 0);
  assert_int_equal (sum, others + times);
}

#endif
