/* measure.c - what the measurements share. */
#include "measure.h"

#include <err.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

double
measure_seconds (clockid_t clock)
{
  struct timespec now;

  clock_gettime (clock, &now);
  return (double) now.tv_sec + (double) now.tv_nsec * 1e-9;
}

unsigned
measure_pin (unsigned index)
{
  static cpu_set_t all;
  static unsigned count;
  cpu_set_t one;

  if (count == 0)
    {
      sched_getaffinity (0, sizeof all, &all);
      count = (unsigned) CPU_COUNT (&all);
    }
  index %= count;
  CPU_ZERO (&one);
  for (size_t i = 0; i < CPU_SETSIZE; i++)
    if (CPU_ISSET (i, &all) && index-- == 0)
      CPU_SET (i, &one);
  if (sched_setaffinity (0, sizeof one, &one) != 0)
    err (1, "sched_setaffinity");
  return count;
}

void
measure_add (struct measure *measure, double value)
{
  if (measure->count == MEASURE_ROUNDS_MAX)
    errx (1, "at most %d rounds", MEASURE_ROUNDS_MAX);
  measure->values[measure->count++] = value;
}

static int
compare (const void *left, const void *right)
{
  double a = *(const double *) left, b = *(const double *) right;

  return (a > b) - (a < b);
}

double
measure_quantile (const struct measure *measure, double which)
{
  double sorted[MEASURE_ROUNDS_MAX], place = which * (measure->count - 1);
  unsigned below = (unsigned) place;

  if (measure->count == 0)
    return 0;
  memcpy (sorted, measure->values, measure->count * sizeof *sorted);
  qsort (sorted, measure->count, sizeof *sorted, compare);
  if (below + 1 >= measure->count)
    return sorted[measure->count - 1];
  return sorted[below] + (place - below) * (sorted[below + 1] - sorted[below]);
}

void
measure_print_json (const char *name, const struct measure *measure)
{
  printf ("\"%s\":%.6g,\"%s_quartiles\":[%.6g,%.6g]", name, measure_quantile (measure, 0.5), name,
          measure_quantile (measure, 0.25), measure_quantile (measure, 0.75));
}

bool
measure_option (int argc, char **argv, int *i, const char *name, double *value)
{
  char *end;

  if (strcmp (argv[*i], name) != 0 || *i + 1 >= argc)
    return false;
  *value = strtod (argv[++*i], &end);
  if (end == argv[*i] || *end != '\0' || *value <= 0)
    errx (1, "%s: a number above 0 is wanted", name);
  return true;
}
