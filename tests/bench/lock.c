/* How fast a locked increment is, against a bare robust recursive mutex around an
 * int.
 *
 * usage: bench-lock [--json] [--rounds N] [--ms N] [--processes 1|2]
 *
 * Each round measures bare, ours, and bare once more, one after the other, with
 * the processes pinned to processors. Told are the medians over all rounds, and of
 * the two bare measurements how much they differ: a ratio nearer to 1 than that
 * says nothing. One process alone is measured by the processor time it used, two
 * that contend by the clock on the wall, since they sleep.
 */
#include <err.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "shmlens.h"

#define PROCESSES_MAX 2
#define ROUNDS_MAX 1001

struct bare
{
  pthread_mutex_t mutex;
  int value;
} __attribute__ ((aligned (64)));

struct shared
{
  struct bare bare;
  uint32_t ready __attribute__ ((aligned (64)));
  uint32_t go __attribute__ ((aligned (64)));
  double rates[PROCESSES_MAX] __attribute__ ((aligned (64)));
};

static struct shared *shared;
static struct shmlens_entry *entry;
static unsigned milliseconds = 20;
static long processors[PROCESSES_MAX];

static void
bare_increment (unsigned times)
{
  for (unsigned i = 0; i < times; i++)
    {
      pthread_mutex_lock (&shared->bare.mutex);
      ++*(volatile int *) &shared->bare.value;
      pthread_mutex_unlock (&shared->bare.mutex);
    }
}

static void
our_increment (unsigned times)
{
  struct shmlens_lock *lock = shmlens_entry_lock (entry);
  volatile int *value = shmlens_entry_data (entry);

  for (unsigned i = 0; i < times; i++)
    {
      shmlens_lock_acquire (lock);
      ++*value;
      shmlens_entry_commit (entry);
      shmlens_lock_release (lock);
    }
}

static double
seconds (clockid_t clock)
{
  struct timespec now;

  clock_gettime (clock, &now);
  return (double) now.tv_sec + (double) now.tv_nsec * 1e-9;
}

static void
pin (long processor)
{
  cpu_set_t set;

  CPU_ZERO (&set);
  CPU_SET ((size_t) processor, &set);
  sched_setaffinity (0, sizeof set, &set);
}

/* Runs in a child: its rate, in increments a second. */
static double
run (void (*increment) (unsigned), unsigned processes, unsigned index)
{
  clockid_t clock = processes == 1 ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC;
  uint64_t count = 0;
  double begin, end, now;

  pin (processors[index]);
  increment (1000);
  __atomic_fetch_add (&shared->ready, 1, __ATOMIC_ACQ_REL);
  while (__atomic_load_n (&shared->go, __ATOMIC_ACQUIRE) == 0)
    usleep (20);
  begin = seconds (clock);
  end = begin + milliseconds * 1e-3;
  do
    {
      increment (2000);
      count += 2000;
    }
  while ((now = seconds (clock)) < end);
  return (double) count / (now - begin);
}

/* The rate of all processes together. */
static double
measure (void (*increment) (unsigned), unsigned processes)
{
  pid_t children[PROCESSES_MAX];
  double sum = 0;

  shared->ready = shared->go = 0;
  for (unsigned i = 0; i < processes; i++)
    {
      children[i] = fork ();
      if (children[i] < 0)
        err (1, "fork");
      if (children[i] == 0)
        {
          shared->rates[i] = run (increment, processes, i);
          _exit (0);
        }
    }
  while (__atomic_load_n (&shared->ready, __ATOMIC_ACQUIRE) < processes)
    usleep (50);
  __atomic_store_n (&shared->go, 1, __ATOMIC_RELEASE);
  for (unsigned i = 0; i < processes; i++)
    {
      waitpid (children[i], NULL, 0);
      sum += shared->rates[i];
    }
  return sum;
}

static int
compare (const void *left, const void *right)
{
  double a = *(const double *) left, b = *(const double *) right;

  return (a > b) - (a < b);
}

static double
quantile (const double *values, unsigned count, double which)
{
  double sorted[ROUNDS_MAX];

  memcpy (sorted, values, count * sizeof *values);
  qsort (sorted, count, sizeof *sorted, compare);
  return sorted[(unsigned) (which * (count - 1) + 0.5)];
}

static void
report (unsigned processes, unsigned rounds, bool json)
{
  static double bare[ROUNDS_MAX], ours[ROUNDS_MAX], ratio[ROUNDS_MAX], noise[ROUNDS_MAX];

  for (unsigned i = 0; i < rounds; i++)
    {
      double again;

      bare[i] = measure (bare_increment, processes);
      ours[i] = measure (our_increment, processes);
      again = measure (bare_increment, processes);
      ratio[i] = ours[i] / ((bare[i] + again) / 2);
      noise[i] = again / bare[i];
    }
  printf (json ? "{\"processes\":%u,\"bare_per_s\":%.0f,\"ours_per_s\":%.0f,\"ratio\":%.3f,"
                 "\"ratio_quartiles\":[%.3f,%.3f],\"noise\":%.3f,\"noise_quartiles\":[%.3f,%.3f]}"
               : "%9u  %9.2f  %9.2f  %6.3f  %5.3f-%5.3f  %6.3f  %5.3f-%5.3f\n",
          processes, quantile (bare, rounds, 0.5) * (json ? 1 : 1e-6),
          quantile (ours, rounds, 0.5) * (json ? 1 : 1e-6), quantile (ratio, rounds, 0.5),
          quantile (ratio, rounds, 0.25), quantile (ratio, rounds, 0.75),
          quantile (noise, rounds, 0.5), quantile (noise, rounds, 0.25),
          quantile (noise, rounds, 0.75));
}

static void
make_bare (void)
{
  pthread_mutexattr_t attr;

  shared = mmap (NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED)
    err (1, "mmap");
  pthread_mutexattr_init (&attr);
  pthread_mutexattr_settype (&attr, PTHREAD_MUTEX_RECURSIVE);
  pthread_mutexattr_setpshared (&attr, PTHREAD_PROCESS_SHARED);
  pthread_mutexattr_setrobust (&attr, PTHREAD_MUTEX_ROBUST);
  pthread_mutex_init (&shared->bare.mutex, &attr);
}

/* The segment's name goes at once, so that nothing is left whatever happens. */
static void
make_ours (void)
{
  struct shmlens_segment *segment;
  char name[64];
  int result;

  snprintf (name, sizeof name, "/bench-lock-%d", getpid ());
  result = shmlens_segment_create (name, NULL, &segment);
  if (result == 0)
    {
      result = shmlens_value_create (segment, "count", 'i', NULL, NULL, &entry);
      shmlens_segment_unlink (name);
    }
  if (result < 0)
    errx (1, "%s", shmlens_error ());
}

static void
find_processors (void)
{
  cpu_set_t set;
  unsigned found = 0;

  sched_getaffinity (0, sizeof set, &set);
  for (long i = 0; i < CPU_SETSIZE && found < PROCESSES_MAX; i++)
    if (CPU_ISSET ((size_t) i, &set))
      processors[found++] = i;
  if (found < PROCESSES_MAX)
    errx (77, "needs two processors");
}

int
main (int argc, char **argv)
{
  unsigned rounds = 31;
  unsigned only = 0;
  bool json = false;

  for (int i = 1; i < argc; i++)
    if (strcmp (argv[i], "--json") == 0)
      json = true;
    else if (strcmp (argv[i], "--rounds") == 0 && i + 1 < argc)
      rounds = (unsigned) atoi (argv[++i]);
    else if (strcmp (argv[i], "--ms") == 0 && i + 1 < argc)
      milliseconds = (unsigned) atoi (argv[++i]);
    else if (strcmp (argv[i], "--processes") == 0 && i + 1 < argc)
      only = (unsigned) atoi (argv[++i]);
    else
      errx (1, "usage: bench-lock [--json] [--rounds N] [--ms N] [--processes 1|2]");
  if (rounds < 1 || rounds > ROUNDS_MAX || milliseconds < 1)
    errx (1, "--rounds: 1 to %u; --ms: 1 or more", ROUNDS_MAX);

  find_processors ();
  make_bare ();
  make_ours ();
  if (!json)
    printf ("processes  bare M/s  ours M/s    ratio  (quartiles)  noise  (quartiles)\n");
  for (unsigned processes = 1; processes <= PROCESSES_MAX; processes++)
    if (only == 0 || only == processes)
      report (processes, rounds, json);
  return 0;
}
