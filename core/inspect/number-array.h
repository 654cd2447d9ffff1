/* number-array.h - the same operation on many elements, fast enough to be done under
 * a lock. */
#pragma once

#include "number.h"

/* Computes elements in place, in order, until one is not plainly right: a result that
 * the type cannot hold, that is beyond minimum or maximum (NULL: no limit), or is no
 * finite number. Returns how many were done; that one is for number_compute() to judge.
 * Nothing is done when the operand is no number of the type.
 *
 * elements: in this machine's byte order, naturally aligned. */
guint64 number_compute_array (enum number_operation operation, const struct shmlens_type *type,
                              void *elements, guint64 n, const Number *operand,
                              const Number *minimum, const Number *maximum);
