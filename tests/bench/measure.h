/* measure.h - what the measurements share: clocks, processors, medians. */
#pragma once

#include <stdbool.h>
#include <time.h>

#define MEASURE_ROUNDS_MAX 1001

/* One figure, measured once a round. */
struct measure
{
  unsigned count;
  double values[MEASURE_ROUNDS_MAX];
};

double measure_seconds (clockid_t clock);

/* Keeps the calling thread, and what it starts, on one of the processors that the
 * program was started on: 0 the first, 1 the second, and so on from the first again.
 * Returns how many there are. */
unsigned measure_pin (unsigned index);

void measure_add (struct measure *measure, double value);
/* which: 0.5 is the median. */
double measure_quantile (const struct measure *measure, double which);

/* Prints `"NAME":median,"NAME_quartiles":[first,third]`, without a comma around. */
void measure_print_json (const char *name, const struct measure *measure);

/* Takes `--NAME number` at argv[*i], and steps over it. */
bool measure_option (int argc, char **argv, int *i, const char *name, double *value);
