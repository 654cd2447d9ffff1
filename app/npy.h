/* npy.h - files of numpy arrays (.npy, version 1.0): the heading; the elements follow as they lie
 * in memory. */
#pragma once

#include "entry-info.h"

/* The heading for n times the shape. n: length of a time axis before the others; NULL: none.
 * A structure becomes a structured type, when its fields lie one behind the other; else raw
 * bytes. The caller owns it. */
GByteArray *npy_heading (const EntryInfo *entry, guint dimensions, const guint64 *shape,
                         const guint64 *n);
/* The heading of n 64-bit integers. */
GByteArray *npy_integers_heading (guint64 n);
