/* foreign-lock.c - what an edit under another program's semaphore takes, and for how long
 * the program stands still meanwhile.
 *
 * usage: bench-foreign-lock [--json] [--quick] [--rounds N]
 *
 * One round is one edit of each kind: the semaphore taken, 8 bytes stored, and given back;
 * by its name, by its mapping, and by stopping one process of four threads, and four of
 * them. Beside it, a bare sem_trywait() and sem_post(). Nobody holds the semaphore. Then the
 * same against two workers that take it all the time.
 *
 * How long the program stands still is told by a thread of its own, that looks at the
 * clock without pause: the longest time between two looks while the edit went on. The noise
 * floor is the same of as long a time without an edit.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "measure.h"
#include "posix-semaphore.h"

#define PROCESSES   4
#define THREADS     4
#define PATIENCE_NS G_GUINT64_CONSTANT (10000000000)

struct shared
{
  guint64 value;
  guint64 longest_ns __attribute__ ((aligned (64))); /* between two looks at the clock */
  guint64 looks;
  guint64 rises[2];
};

enum kind
{
  BARE,
  LINKED,
  MAP_FILES,
  STOP_1,
  STOP_4,
  N_KINDS
};

static const char *const names[] = { "bare", "linked", "map_files", "stop_1", "stop_4" };

static struct shared *shared;

static guint64
now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (guint64) now.tv_sec * 1000000000u + (guint64) now.tv_nsec;
}

static void *
look_at_clock (void *unused)
{
  guint64 before = now_ns ();

  measure_pin (0);
  for (;;)
    {
      guint64 now = now_ns (), longest = __atomic_load_n (&shared->longest_ns, __ATOMIC_RELAXED);

      if (now - before > longest)
        __atomic_compare_exchange_n (&shared->longest_ns, &longest, now - before, FALSE,
                                     __ATOMIC_RELAXED, __ATOMIC_RELAXED);
      __atomic_fetch_add (&shared->looks, 1, __ATOMIC_RELEASE);
      before = now;
    }
  return NULL;
}

static void *
sleep_often (void *unused)
{
  for (;;)
    usleep (1000);
  return NULL;
}

static pid_t
start (gboolean has_clock)
{
  pthread_t thread;
  pid_t pid = fork ();

  if (pid < 0)
    err (1, "fork");
  if (pid > 0)
    return pid;
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  for (unsigned i = 1; i < THREADS; i++)
    if (pthread_create (&thread, NULL, has_clock && i == 1 ? look_at_clock : sleep_often, NULL)
        != 0)
      _exit (1);
  sleep_often (NULL);
  return 0;
}

static pid_t
start_worker (sem_t *semaphore, unsigned number)
{
  pid_t pid = fork ();

  if (pid < 0)
    err (1, "fork");
  if (pid > 0)
    return pid;
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  measure_pin (number);
  for (;;)
    {
      while (sem_wait (semaphore) != 0)
        ;
      /* As long as Python takes, inside and outside. */
      for (volatile unsigned i = 0; i < 150; i++)
        ;
      ++*(volatile guint64 *) &shared->rises[number];
      sem_post (semaphore);
      for (volatile unsigned i = 0; i < 400; i++)
        ;
    }
  return 0;
}

/* Waits until the target's clock has been looked at anew, for what was longest to be told. */
static guint64
longest_since (void)
{
  guint64 looks = __atomic_load_n (&shared->looks, __ATOMIC_ACQUIRE);

  while (__atomic_load_n (&shared->looks, __ATOMIC_ACQUIRE) < looks + 2)
    usleep (50);
  return __atomic_exchange_n (&shared->longest_ns, 0, __ATOMIC_RELAXED);
}

/* way: that is wanted. Root can map everything, but not what another file is. */
static PosixSemaphore *
open_semaphore (enum lock_way way, sem_t *semaphore, const pid_t *pids, guint n)
{
  struct posix_semaphore_user users[PROCESSES];
  g_autoptr (SemaphoreWays) ways = semaphore_ways_new ("/dev/shm");
  g_autoptr (GPtrArray) regions = NULL;
  PosixSemaphore *opened;
  MemoryRegion *region;

  for (guint i = 0; i < n; i++)
    {
      users[i].memory = process_memory_open ("/proc", pids[i], NULL);
      users[i].address = (guintptr) semaphore;
      if (users[i].memory == NULL)
        errx (1, "process %d cannot be read", (int) pids[i]);
    }
  regions = process_memory_regions (users[0].memory);
  region = memory_regions_find (regions, users[0].address);
  region->inode += way == LOCK_WAY_STOP;
  opened = posix_semaphore_open (ways, region, users, n);
  if (posix_semaphore_way (opened) != way && geteuid () == 0)
    errx (1, "the way is %s, not %s", lock_way_name (posix_semaphore_way (opened)),
          lock_way_name (way));
  for (guint i = 0; i < n; i++)
    process_memory_unref (users[i].memory);
  return opened;
}

/* Takes the microseconds of one edit. */
static double
edit (PosixSemaphore *semaphore, sem_t *own)
{
  guint64 begin = now_ns ();

  if (semaphore != NULL && posix_semaphore_acquire (semaphore, PATIENCE_NS, NULL) != 0)
    errx (1, "the semaphore was not obtained");
  while (semaphore == NULL && sem_trywait (own) != 0)
    ;
  __atomic_store_n (&shared->value, begin, __ATOMIC_RELAXED);
  if (semaphore != NULL)
    posix_semaphore_release (semaphore);
  else
    sem_post (own);
  return (double) (now_ns () - begin) * 1e-3;
}

static void
end (const pid_t *pids, guint n, PosixSemaphore **semaphores)
{
  for (guint i = 0; i < n; i++)
    {
      kill (pids[i], SIGKILL);
      waitpid (pids[i], NULL, 0);
    }
  for (guint kind = 0; kind < N_KINDS; kind++)
    g_clear_pointer (&semaphores[kind], posix_semaphore_unref);
}

static void
print (gboolean json, const char *name, const char *what, const struct measure *measure)
{
  g_autofree char *label = g_strconcat (name, "_", what, NULL);

  if (json)
    {
      putchar (',');
      measure_print_json (label, measure);
    }
  else
    printf ("%-28s %10.3f  (%.3f to %.3f)\n", label, measure_quantile (measure, 0.5),
            measure_quantile (measure, 0.25), measure_quantile (measure, 0.75));
}

int
main (int argc, char **argv)
{
  static struct measure times[N_KINDS], still[N_KINDS], noise, contended[N_KINDS];
  PosixSemaphore *semaphores[N_KINDS] = { NULL };
  g_autofree char *name = g_strdup_printf ("/bench-foreign-lock-%d", (int) getpid ());
  double rounds = 300;
  gboolean json = FALSE;
  pid_t pids[PROCESSES], workers[2];
  sem_t *semaphore;

  for (int i = 1; i < argc; i++)
    if (strcmp (argv[i], "--json") == 0)
      json = TRUE;
    else if (strcmp (argv[i], "--quick") == 0)
      rounds = 10;
    else if (!measure_option (argc, argv, &i, "--rounds", &rounds))
      errx (1, "usage: bench-foreign-lock [--json] [--quick] [--rounds N]");
  if (rounds > MEASURE_ROUNDS_MAX)
    errx (1, "--rounds: at most %d", MEASURE_ROUNDS_MAX);
  shared = mmap (NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  semaphore = sem_open (name, O_CREAT | O_EXCL, 0600, 1);
  if (shared == MAP_FAILED || semaphore == SEM_FAILED)
    err (1, "%s", name);
  for (unsigned i = 0; i < PROCESSES; i++)
    pids[i] = start (i == 0);
  measure_pin (1);
  semaphores[LINKED] = open_semaphore (LOCK_WAY_LINKED, semaphore, pids, PROCESSES);
  sem_unlink (name);
  semaphores[MAP_FILES] = open_semaphore (LOCK_WAY_MAP_FILES, semaphore, pids, PROCESSES);
  semaphores[STOP_1] = open_semaphore (LOCK_WAY_STOP, semaphore, pids, 1);
  semaphores[STOP_4] = open_semaphore (LOCK_WAY_STOP, semaphore, pids, PROCESSES);
  for (unsigned round = 0; round < (unsigned) rounds; round++)
    for (unsigned kind = 0; kind < N_KINDS; kind++)
      {
        longest_since ();
        measure_add (&times[kind], edit (semaphores[kind], semaphore));
        measure_add (&still[kind], (double) longest_since () * 1e-3);
        if (kind == BARE)
          {
            usleep (200);
            measure_add (&noise, (double) longest_since () * 1e-3);
          }
      }
  end (pids, PROCESSES, semaphores);

  /* Workers have to be users that are stopped, too. */
  for (unsigned i = 0; i < 2; i++)
    workers[i] = start_worker (semaphore, i);
  semaphores[MAP_FILES] = open_semaphore (LOCK_WAY_MAP_FILES, semaphore, workers, 2);
  semaphores[STOP_4] = open_semaphore (LOCK_WAY_STOP, semaphore, workers, 2);
  for (unsigned round = 0; round < (unsigned) rounds; round++)
    for (unsigned kind = MAP_FILES; kind < N_KINDS; kind++)
      if (semaphores[kind] != NULL)
        {
          measure_add (&contended[kind], edit (semaphores[kind], semaphore));
          usleep (500);
        }
  end (workers, 2, semaphores);

  if (json)
    printf ("{\"rounds\":%g", rounds);
  else
    printf ("%g rounds; medians (quartiles)\n", rounds);
  for (unsigned kind = 0; kind < N_KINDS; kind++)
    {
      print (json, names[kind], "us", &times[kind]);
      print (json, names[kind], "still_us", &still[kind]);
    }
  print (json, "no_edit", "still_us", &noise);
  print (json, "map_files", "contended_us", &contended[MAP_FILES]);
  print (json, "stop", "contended_us", &contended[STOP_4]);
  if (json)
    puts ("}");
  return 0;
}
