/* array-find.h - looking for the next element of an array that is what somebody asks for.
 *
 * Any thread; a long array is read in pieces, best by a task.
 */
#pragma once

#include "array-reader.h"
#include "array-task.h"
#include "display.h"
#include "number.h"

typedef struct array_query ArrayQuery;

enum array_query_kind
{
  ARRAY_QUERY_RANGE,       /* from low to high; a value is a range of one */
  ARRAY_QUERY_OTHER,       /* anything but low */
  ARRAY_QUERY_NOT_FINITE,  /* NaN or an infinity */
  ARRAY_QUERY_CHANGED      /* not what it was in a copy */
};

struct array_query
{
  enum array_query_kind kind;
  gboolean has_low, has_high;
  gboolean above_low, below_high;  /* the end itself does not count */
  Number low, high;
};

/* "5", "=5", "!=5", ">0.5", ">=1", "<2", "<=2", "1..2" (both included), and the word "changed" or
 * "nonfinite". NaN is equal to itself. display: values may be given in this form too, if it suits
 * the type; NULL. bits: of a bit field, else 0. Errors: BAD_VALUE. */
gboolean array_query_parse (const struct shmlens_type *type, const Display *display, guint bits,
                            const char *text, ArrayQuery *ret_query, GError **error);

/* What a later "changed" is compared with: all scalars of the block, packed. BAD_VALUE for more
 * than there is memory for, CANCELLED, and the errors of reading. */
#define ARRAY_FIND_COPY_BYTES (256u << 20)
GBytes *array_find_copy (ArrayReader *reader, ArrayTask *task, GError **error);

struct array_found
{
  gboolean found;
  guint64 number;      /* in the block */
  gboolean wrapped;    /* it lies on the other side of where the search began */
};

/* Looks from the element after `from` (before it: backwards) to the end, then from the other end
 * on until `from` itself. copy: of ARRAY_QUERY_CHANGED, of the same block.
 * FALSE: it cannot be read, or (CANCELLED) the task was given up. */
gboolean array_find (ArrayReader *reader, const ArrayQuery *query, GBytes *copy, guint64 from,
                     gboolean backwards, ArrayTask *task, struct array_found *ret_found,
                     GError **error);
