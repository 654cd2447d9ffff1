/* array-block.h - elements of an array that make a rectangle: a range, a plane of it, what
 * is selected in a plane.
 *
 * Its elements are counted through row by row: number i is in row i / n_columns. Any
 * thread.
 */
#pragma once

#include "attachment.h"

typedef struct array_block ArrayBlock;

struct array_block
{
  guint64 first;          /* the element in row 0, column 0 */
  guint64 n_rows, n_columns;
  guint64 row_step, column_step;  /* elements from one to the next */
};

/* The elements first <= i < last, as one row. */
ArrayBlock array_block_range (guint64 first, guint64 last);

/* Whether all of its elements are elements of the entry, and can be counted. */
gboolean array_block_is_within (const ArrayBlock *block, const EntryInfo *entry);

guint64 array_block_n_elements (const ArrayBlock *block);
/* The element of this number. */
guint64 array_block_element (const ArrayBlock *block, guint64 number);
/* How many elements from this number on lie one behind the other in the array. */
guint64 array_block_run (const ArrayBlock *block, guint64 number);

/* Whether it is first <= i < last. */
gboolean array_block_is_range (const ArrayBlock *block, guint64 *ret_first, guint64 *ret_last);

/* Copies the elements from number `from` to below `to`, packed, without a lock: as
 * attachment_read(), whose results it has; of several consistencies the weakest. */
int array_block_read (const ArrayBlock *block, Attachment *attachment, EntryInfo *entry,
                      guint64 from, guint64 to, void *ret_elements);
