/* array-kernel.h - the innermost loops over the numbers of an array, as fast as memory
 * gives them. Built with all optimisation, and chosen by what the processor has.
 *
 * Elements: packed, in this machine's byte order, naturally aligned, of a type whose kind is
 * bool (each 0 or 1), signed, unsigned or float. Any thread.
 */
#pragma once

#include "number.h"

/* How many elements these take at most. */
#define ARRAY_KERNEL_ELEMENTS 4096

struct array_kernel_sums
{
  guint64 n_nan, n_infinite;
  WideInteger whole;       /* the sum of integers, exact */
  double sum;              /* of the finite ones */
  double shifted, squares; /* of their differences from the shift, and of the squares of these */
  Number least, most;      /* of the finite ones; meaningless when there are none */
};

void array_kernel_sum (const struct shmlens_type *type, const void *elements, guint64 n,
                       double shift, struct array_kernel_sums *ret_sums);

/* As doubles, which integers of 64 bits may be rounded to; NaN stays NaN. */
void array_kernel_to_double (const struct shmlens_type *type, const void *elements, guint64 n,
                             double *ret_doubles);

/* The least and the most of the finite ones, in a range that is widened: begin with INFINITY
 * and -INFINITY. */
void array_kernel_range (const double *numbers, guint64 n, double *least, double *most);

/* Counts into bins of one width those from low to high, both included. */
void array_kernel_count (const double *numbers, guint64 n, double low, double high,
                         guint64 *bins, guint n_bins);
