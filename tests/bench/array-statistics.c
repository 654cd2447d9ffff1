/* array-statistics.c - how fast an array's statistics are, against a bare sum over the same
 * memory.
 *
 * usage: bench-array-statistics [--json] [--quick] [--rounds N] [--mib N]
 *
 * Each round measures a bare sum of doubles, all statistics of them, and the bare sum once
 * more, pinned to one processor, by the processor time used. The bare sum is in lanes like
 * the statistics; both are bound by the memory when it is longer than the caches.
 */
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array-statistics.h"
#include "measure.h"

#define LANES 16

static double *numbers;
static guint64 length;

/* In lanes, so that additions do not wait for each other. */
static double
bare_sum (void)
{
  double lanes[LANES] = { 0 }, sum = 0;

  for (guint64 i = 0; i + LANES <= length; i += LANES)
    for (guint j = 0; j < LANES; j++)
      lanes[j] += numbers[i + j];
  for (guint j = 0; j < LANES; j++)
    sum += lanes[j];
  return sum;
}

static double
spent_on_sum (double *ret_sum)
{
  double start = measure_seconds (CLOCK_THREAD_CPUTIME_ID);

  *ret_sum = bare_sum ();
  return measure_seconds (CLOCK_THREAD_CPUTIME_ID) - start;
}

static double
spent_on_statistics (ArrayStatistics *statistics)
{
  struct shmlens_type type;
  double start = measure_seconds (CLOCK_THREAD_CPUTIME_ID);

  shmlens_type_from_code ('d', &type);
  array_statistics_init (statistics, &type);
  array_statistics_add (statistics, numbers, length, 0);
  return measure_seconds (CLOCK_THREAD_CPUTIME_ID) - start;
}

int
main (int argc, char **argv)
{
  static struct measure ratio, noise, speed;
  double rounds = 21, mib = 256;
  bool json = false;

  for (int i = 1; i < argc; i++)
    if (strcmp (argv[i], "--json") == 0)
      json = true;
    else if (strcmp (argv[i], "--quick") == 0)
      rounds = 2, mib = 1;
    else if (!measure_option (argc, argv, &i, "--rounds", &rounds)
             && !measure_option (argc, argv, &i, "--mib", &mib))
      errx (1, "usage: bench-array-statistics [--json] [--quick] [--rounds N] [--mib N]");
  if (rounds > MEASURE_ROUNDS_MAX || mib > 4096)
    errx (1, "--rounds: at most %d; --mib: at most 4096", MEASURE_ROUNDS_MAX);
  length = (guint64) (mib * (1 << 20) / sizeof (double));
  numbers = malloc (length * sizeof (double));
  if (numbers == NULL)
    err (1, "malloc");
  for (guint64 i = 0; i < length; i++)
    numbers[i] = (double) (i * 7 % 1000003);
  measure_pin (0);

  for (unsigned i = 0; i < rounds; i++)
    {
      ArrayStatistics statistics;
      double sum, before = spent_on_sum (&sum), all = spent_on_statistics (&statistics);
      double after = spent_on_sum (&sum);

      if (statistics.sum != sum)
        errx (1, "the sums differ: %g, %g", statistics.sum, sum);
      measure_add (&ratio, (before + after) / 2 / all);
      measure_add (&noise, before / after);
      measure_add (&speed, (double) length * sizeof (double) / all * 1e-9);
    }
  free (numbers);
  if (json)
    {
      printf ("{\"mib\":%g,\"rounds\":%u,", mib, ratio.count);
      measure_print_json ("ratio", &ratio);
      putchar (',');
      measure_print_json ("gb_per_s", &speed);
      putchar (',');
      measure_print_json ("noise", &noise);
      puts ("}");
      return 0;
    }
  printf ("%g MiB, %u rounds; medians\n", mib, ratio.count);
  printf ("statistics, of a bare sum's speed  %6.3f  (%.3f-%.3f)\n", measure_quantile (&ratio, 0.5),
          measure_quantile (&ratio, 0.25), measure_quantile (&ratio, 0.75));
  printf ("statistics, GB/s                   %6.2f\n", measure_quantile (&speed, 0.5));
  printf ("bare sum, of its speed (noise)     %6.3f\n", measure_quantile (&noise, 0.5));
  return 0;
}
