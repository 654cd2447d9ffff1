/* snapshot-compare.h - what differs between two snapshots: entries by their names, elements
 * by their values. A pure function of both; safe from any thread.
 */
#pragma once

#include "snapshot.h"

/* Numbers that are no further apart than `absolute`, or than `relative` times the larger
 * of both, count as equal. NaN equals NaN, 0.0 equals -0.0. All zero: values are equal or not. */
struct snapshot_tolerance
{
  double absolute, relative;
};

enum snapshot_change
{
  SNAPSHOT_ELEMENTS,   /* elements differ: the ranges say which */
  SNAPSHOT_ONLY_A,     /* not in the other */
  SNAPSHOT_ONLY_B,
  SNAPSHOT_TYPE,       /* another type, shape or fields: not comparable */
  SNAPSHOT_NOT_READ    /* left out of one of them, which says why */
};

/* Elements first <= i < last, `count` of which differ: all of them, unless there are so many
 * ranges that the last one stands for the rest. */
struct snapshot_range
{
  int field;           /* of structures: which; -1 the element itself */
  guint64 first, last;
  guint64 count;
  double largest;      /* the largest difference; NAN where there is none: text, bytes, NaN */
};

#define SNAPSHOT_RANGES_MAX 256

typedef struct snapshot_difference SnapshotDifference;

struct snapshot_difference
{
  enum snapshot_change change;
  const SnapshotEntry *a, *b;  /* of the snapshots; NULL: not in this one */
  guint64 count;               /* elements (of structures: fields of elements) that differ */
  double largest;
  GArray *ranges;              /* of struct snapshot_range; NULL unless SNAPSHOT_ELEMENTS */
};

/* Only what differs, as SnapshotDifference: in the order of a, then what is only in b. The
 * caller owns the array; it points into both snapshots, which must live as long. `names`:
 * only these entries; NULL: all. tolerance: NULL is all zero. */
GPtrArray *snapshot_compare (Snapshot *a, Snapshot *b, const struct snapshot_tolerance *tolerance,
                             const char *const *names);

/* Whether elements of one may be written where those of the other are: type, shape, byte order
 * and fields are the same. */
gboolean snapshot_is_same_type (const EntryInfo *a, const EntryInfo *b);

/* For people: where a range is ("counts[2:5]", "grid[0][1]", "robots[3].x"); an element of it in
 * one of the snapshots; and how much it is more in b ("+2", "-0.5"; NULL where there is nothing to
 * subtract). Newly allocated. */
char *snapshot_range_name (const SnapshotDifference *difference,
                           const struct snapshot_range *range);
char *snapshot_element_text (const SnapshotEntry *entry, int field, guint64 index);
char *snapshot_difference_text (const SnapshotDifference *difference, int field, guint64 index);
