/* How fast a locked increment is, against a bare robust recursive mutex around an
 * int.
 *
 * usage: bench-lock [--json] [--quick] [--rounds N] [--ms N] [--processes 1|2]
 *
 * Each round measures bare, ours, and bare once more, one after the other, with
 * the processes pinned to processors. Told are the medians over all rounds, and of
 * the two bare measurements how much they differ: a ratio nearer to 1 than that
 * says nothing. One process alone is measured by the processor time it used, two
 * that contend by the clock on the wall, since they sleep.
 */
#include <err.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "measure.h"
#include "shmlens.h"

#define PROCESSES_MAX 2

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

/* Runs in a child: its rate, in increments a second. */
static double
run (void (*increment) (unsigned), unsigned processes, unsigned index)
{
  clockid_t clock = processes == 1 ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC;
  uint64_t count = 0;
  double begin, end, now;

  measure_pin (index);
  increment (1000);
  __atomic_fetch_add (&shared->ready, 1, __ATOMIC_ACQ_REL);
  while (__atomic_load_n (&shared->go, __ATOMIC_ACQUIRE) == 0)
    usleep (20);
  begin = measure_seconds (clock);
  end = begin + milliseconds * 1e-3;
  do
    {
      increment (2000);
      count += 2000;
    }
  while ((now = measure_seconds (clock)) < end);
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

static void
report (unsigned processes, unsigned rounds, bool json)
{
  struct measure bare = { 0 }, ours = { 0 }, ratio = { 0 }, noise = { 0 };

  for (unsigned i = 0; i < rounds; i++)
    {
      double first = measure (bare_increment, processes);
      double between = measure (our_increment, processes);
      double again = measure (bare_increment, processes);

      measure_add (&bare, first);
      measure_add (&ours, between);
      measure_add (&ratio, between / ((first + again) / 2));
      measure_add (&noise, again / first);
    }
  if (json)
    {
      printf ("{\"processes\":%u,", processes);
      measure_print_json ("bare_per_s", &bare);
      putchar (',');
      measure_print_json ("ours_per_s", &ours);
      putchar (',');
      measure_print_json ("ratio", &ratio);
      putchar (',');
      measure_print_json ("noise", &noise);
      puts ("}");
      return;
    }
  printf ("%9u  %9.2f  %9.2f  %6.3f  %5.3f-%5.3f  %6.3f  %5.3f-%5.3f\n", processes,
          measure_quantile (&bare, 0.5) * 1e-6, measure_quantile (&ours, 0.5) * 1e-6,
          measure_quantile (&ratio, 0.5), measure_quantile (&ratio, 0.25),
          measure_quantile (&ratio, 0.75), measure_quantile (&noise, 0.5),
          measure_quantile (&noise, 0.25), measure_quantile (&noise, 0.75));
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

int
main (int argc, char **argv)
{
  double rounds = 31, ms = milliseconds, only = 0;
  bool json = false;

  for (int i = 1; i < argc; i++)
    if (strcmp (argv[i], "--json") == 0)
      json = true;
    else if (strcmp (argv[i], "--quick") == 0)
      rounds = 2, ms = 2;
    else if (!measure_option (argc, argv, &i, "--rounds", &rounds)
             && !measure_option (argc, argv, &i, "--ms", &ms)
             && !measure_option (argc, argv, &i, "--processes", &only))
      errx (1, "usage: bench-lock [--json] [--quick] [--rounds N] [--ms N] [--processes 1|2]");
  if (rounds > MEASURE_ROUNDS_MAX)
    errx (1, "--rounds: at most %d", MEASURE_ROUNDS_MAX);
  milliseconds = (unsigned) ms;

  if (measure_pin (0) < PROCESSES_MAX)
    errx (77, "needs two processors");
  make_bare ();
  make_ours ();
  if (!json)
    printf ("processes  bare M/s  ours M/s    ratio  (quartiles)  noise  (quartiles)\n");
  for (unsigned processes = 1; processes <= PROCESSES_MAX; processes++)
    if (only == 0 || only == processes)
      report (processes, (unsigned) rounds, json);
  return 0;
}
