/* copy.c - how fast a consistent copy of a large array is, against memcpy of the same
 * memory into the same buffer.
 *
 * usage: bench-copy [--json] [--quick] [--rounds N] [--mib N]
 *
 * Each round measures memcpy, a slice under the lock, a snapshot without it, and memcpy
 * once more, pinned to one processor, by the processor time used. A ratio nearer to 1
 * than that of the two memcpy says nothing.
 *
 * In rounds of their own, a thread on another processor looks all the time whether the
 * lock is held: told is how long it was seen held by one slice, as a share of that
 * slice's whole time and of the median memcpy's, by the clock on the wall.
 */
#include <err.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "measure.h"
#include "shmlens.h"

static struct shmlens_entry *entry;
static uint64_t length;
static void *buffer;

static void
copy_bare (void)
{
  memcpy (buffer, shmlens_entry_peek (entry), length * sizeof (double));
  /* Whoever reads the buffer might be anywhere. */
  __asm__ volatile ("" : : "r" (buffer) : "memory");
}

static void
copy_slice (void)
{
  if (shmlens_entry_get_slice (entry, 0, length, buffer) != 0)
    errx (1, "%s", shmlens_error ());
}

static void
copy_snapshot (void)
{
  int consistency = shmlens_entry_snapshot (entry, 0, length, buffer);

  if (consistency != SHMLENS_CONSISTENCY_SEQUENCE)
    errx (1, "the snapshot is of no single moment: %d", consistency);
}

static double
spent (void (*copy) (void), clockid_t clock)
{
  double start = measure_seconds (clock);

  copy ();
  return measure_seconds (clock) - start;
}

/* The times from which to which the lock was seen held. */
struct observer
{
  bool ready, end;
  double first, last;
};

static void *
observe (void *data)
{
  struct observer *observer = data;
  struct shmlens_lock *lock = shmlens_entry_lock (entry);

  measure_pin (1);
  __atomic_store_n (&observer->ready, true, __ATOMIC_RELEASE);
  while (!__atomic_load_n (&observer->end, __ATOMIC_ACQUIRE))
    {
      double now = measure_seconds (CLOCK_MONOTONIC);
      struct shmlens_lock_info info;

      shmlens_lock_describe (lock, &info);
      if (info.state != SHMLENS_LOCK_HELD)
        continue;
      observer->last = now;
      if (observer->first == 0)
        observer->first = now;
    }
  return NULL;
}

static void
look_at_lock (struct measure *of_slice, struct measure *of_memcpy)
{
  struct observer observer = { .ready = false };
  pthread_t thread;
  double whole, bare, held;

  if (pthread_create (&thread, NULL, observe, &observer) != 0)
    errx (1, "no thread");
  while (!__atomic_load_n (&observer.ready, __ATOMIC_ACQUIRE))
    usleep (100);
  bare = spent (copy_bare, CLOCK_MONOTONIC);
  whole = spent (copy_slice, CLOCK_MONOTONIC);
  __atomic_store_n (&observer.end, true, __ATOMIC_RELEASE);
  pthread_join (thread, NULL);
  held = observer.last - observer.first;
  /* The observer may not have been running all the while. */
  if (held <= 0)
    return;
  measure_add (of_slice, held / whole);
  measure_add (of_memcpy, held / bare);
}

/* The segment's name goes at once, so that nothing is left whatever happens. */
static void
make_array (void)
{
  struct shmlens_segment *segment;
  char name[64];
  double *elements;
  int result;

  snprintf (name, sizeof name, "/bench-copy-%d", getpid ());
  result = shmlens_segment_create (name, NULL, &segment);
  if (result == 0)
    {
      result = shmlens_array_create (segment, "array", 'd', 1, &length, NULL, NULL, &entry);
      shmlens_segment_unlink (name);
    }
  if (result < 0)
    errx (1, "%s", shmlens_error ());
  elements = shmlens_entry_data (entry);
  for (uint64_t i = 0; i < length; i++)
    elements[i] = (double) i;
  buffer = malloc (length * sizeof (double));
  if (buffer == NULL)
    err (1, "malloc");
  memset (buffer, 1, length * sizeof (double));
}

static void
print_line (const char *what, const struct measure *measure)
{
  printf ("%-42s %6.3f  (%.3f-%.3f)\n", what, measure_quantile (measure, 0.5),
          measure_quantile (measure, 0.25), measure_quantile (measure, 0.75));
}

int
main (int argc, char **argv)
{
  static struct measure speed, slice, snapshot, noise, held_slice, held_memcpy;
  double rounds = 41, mib = 64;
  bool json = false;

  for (int i = 1; i < argc; i++)
    if (strcmp (argv[i], "--json") == 0)
      json = true;
    else if (strcmp (argv[i], "--quick") == 0)
      rounds = 2, mib = 1;
    else if (!measure_option (argc, argv, &i, "--rounds", &rounds)
             && !measure_option (argc, argv, &i, "--mib", &mib))
      errx (1, "usage: bench-copy [--json] [--quick] [--rounds N] [--mib N]");
  if (rounds > MEASURE_ROUNDS_MAX || mib > 4096)
    errx (1, "--rounds: at most %d; --mib: at most 4096", MEASURE_ROUNDS_MAX);
  length = (uint64_t) (mib * (1 << 20) / sizeof (double));
  make_array ();
  measure_pin (0);
  copy_bare ();
  copy_slice ();

  for (unsigned i = 0; i < rounds; i++)
    {
      double before = spent (copy_bare, CLOCK_THREAD_CPUTIME_ID);
      double sliced = spent (copy_slice, CLOCK_THREAD_CPUTIME_ID);
      double snapped = spent (copy_snapshot, CLOCK_THREAD_CPUTIME_ID);
      double after = spent (copy_bare, CLOCK_THREAD_CPUTIME_ID);
      double bare = (before + after) / 2;

      measure_add (&speed, (double) length * sizeof (double) / bare * 1e-9);
      measure_add (&slice, bare / sliced);
      measure_add (&snapshot, bare / snapped);
      measure_add (&noise, before / after);
    }
  if (measure_pin (0) > 1)
    for (unsigned i = 0; i < rounds / 2; i++)
      look_at_lock (&held_slice, &held_memcpy);

  if (json)
    {
      printf ("{\"mib\":%g,\"rounds\":%u,", mib, speed.count);
      measure_print_json ("memcpy_gb_per_s", &speed);
      putchar (',');
      measure_print_json ("slice", &slice);
      putchar (',');
      measure_print_json ("snapshot", &snapshot);
      putchar (',');
      measure_print_json ("noise", &noise);
      putchar (',');
      measure_print_json ("held_of_slice", &held_slice);
      putchar (',');
      measure_print_json ("held_of_memcpy", &held_memcpy);
      puts ("}");
      return 0;
    }
  printf ("%g MiB, %u rounds; medians (quartiles)\n", mib, speed.count);
  print_line ("memcpy, GB/s", &speed);
  print_line ("slice under the lock, of memcpy's speed", &slice);
  print_line ("snapshot, of memcpy's speed", &snapshot);
  print_line ("memcpy, of memcpy's speed (noise)", &noise);
  print_line ("lock held, of the slice's time", &held_slice);
  print_line ("lock held, of memcpy's time", &held_memcpy);
  return 0;
}
