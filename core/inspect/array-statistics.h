/* array-statistics.h - what the numbers of an array are like: how many, their sum, extremes,
 * mean, spread, and how they are distributed.
 *
 * All but the counts are of the finite numbers alone. Extremes are exact, and so are the sums
 * of integers; what is a double is rounded a few times for thousands of numbers. Pure
 * functions of what they are given; any thread.
 */
#pragma once

#include "array-reader.h"
#include "array-task.h"
#include "number.h"

typedef struct array_statistics ArrayStatistics;

struct array_statistics
{
  struct shmlens_type type;
  guint64 n, n_nan, n_infinite;
  gboolean has_numbers;           /* there are finite ones: the rest means something */
  Number least, most;
  guint64 least_number, most_number;  /* where in the block the first such stands */
  WideInteger whole;              /* the sum, of integers */
  double sum;                     /* of floats; of integers the nearest double */
  double shift, shifted, squares; /* what the mean and the deviation are computed from */
};

/* Of no numbers yet. */
void array_statistics_init (ArrayStatistics *statistics, const struct shmlens_type *type);

/* Adds elements, packed and in this machine's byte order; the first is this number of the
 * block. Bools must be 0 or 1. */
void array_statistics_add (ArrayStatistics *statistics, const void *elements, guint64 n,
                           guint64 number);

/* NAN when there are no finite numbers. The deviation is of the numbers as a whole, not an
 * estimate for what they are a sample of. */
double array_statistics_mean (const ArrayStatistics *statistics);
double array_statistics_deviation (const ArrayStatistics *statistics);

/* As text, exact for extremes and sums of integers; newly allocated. */
char *array_statistics_sum_text (const ArrayStatistics *statistics);

/* Reads a whole block from its beginning. FALSE: it cannot be read, or (CANCELLED) the task was
 * given up. task: may be NULL. */
gboolean array_statistics_read (ArrayReader *reader, ArrayTask *task,
                                ArrayStatistics *ret_statistics, GError **error);

/* The same, and counts the finite numbers into bins of one width. low and high: what the bins
 * go from and to; both NAN: the least and the most, for which it is read twice, and values that
 * went beyond in between are not counted. ret_bins has n_bins. */
gboolean array_statistics_read_bins (ArrayReader *reader, ArrayTask *task,
                                     ArrayStatistics *ret_statistics, double *low, double *high,
                                     guint64 *ret_bins, guint n_bins, GError **error);
