/* array-block.c - elements of an array that make a rectangle. */
#include "array-block.h"

#include <string.h>

/* Columns nearer to each other than this are read with what lies between them. */
#define NEAR_BYTES 256
/* How much is read at once for that. */
#define SPAN_BYTES 16384

ArrayBlock
array_block_range (guint64 first, guint64 last)
{
  guint64 n = last - first;

  return (ArrayBlock){ .first = first, .n_rows = 1, .n_columns = n, .row_step = n,
                       .column_step = 1 };
}

gboolean
array_block_is_within (const ArrayBlock *block, const EntryInfo *entry)
{
  guint64 n, down, right, last;

  if (block->n_rows == 0 || block->n_columns == 0)
    return block->first <= entry->length;
  return !__builtin_mul_overflow (block->n_rows, block->n_columns, &n) && n <= entry->length
         && !__builtin_mul_overflow (block->n_rows - 1, block->row_step, &down)
         && !__builtin_mul_overflow (block->n_columns - 1, block->column_step, &right)
         && !__builtin_add_overflow (down, right, &last)
         && !__builtin_add_overflow (last, block->first, &last) && last < entry->length;
}

guint64
array_block_n_elements (const ArrayBlock *block)
{
  return block->n_rows * block->n_columns;
}

guint64
array_block_element (const ArrayBlock *block, guint64 number)
{
  if (block->n_columns == 0)
    return block->first;
  return block->first + number / block->n_columns * block->row_step
         + number % block->n_columns * block->column_step;
}

gboolean
array_block_is_range (const ArrayBlock *block, guint64 *ret_first, guint64 *ret_last)
{
  if ((block->n_columns > 1 && block->column_step != 1)
      || (block->n_rows > 1 && block->row_step != block->n_columns))
    return FALSE;
  *ret_first = block->first;
  *ret_last = block->first + array_block_n_elements (block);
  return TRUE;
}

guint64
array_block_run (const ArrayBlock *block, guint64 number)
{
  guint64 n = array_block_n_elements (block), first, last;

  if (number >= n)
    return 0;
  if (array_block_is_range (block, &first, &last))
    return n - number;
  return block->column_step == 1 ? block->n_columns - number % block->n_columns : 1;
}

/* The greater number is the less certain; errors are below 0. */
static int
weaker (int a, int b)
{
  return a < 0 ? a : b < 0 ? b : MAX (a, b);
}

/* Columns that lie near to each other, from one row. */
static int
read_near (const ArrayBlock *block, Attachment *attachment, EntryInfo *entry, guint64 first,
           guint64 n, guint8 *ret_elements)
{
  guint8 span[SPAN_BYTES];
  gsize size = entry->type.size;
  int status
    = attachment_read (attachment, entry, first, first + (n - 1) * block->column_step + 1, span);

  for (guint64 i = 0; i < n; i++)
    memcpy (ret_elements + i * size, span + i * block->column_step * size, size);
  return status;
}

int
array_block_read (const ArrayBlock *block, Attachment *attachment, EntryInfo *entry, guint64 from,
                  guint64 to, void *ret_elements)
{
  gsize size = entry->type.size;
  guint8 *at = ret_elements;
  int status = 0;

  while (from < to && status >= 0)
    {
      guint64 first = array_block_element (block, from);
      guint64 n = MIN (array_block_run (block, from), to - from);

      if (block->column_step > 1 && block->column_step <= NEAR_BYTES / MAX (size, 1))
        {
          n = MIN (block->n_columns - from % block->n_columns, to - from);
          n = MIN (n, SPAN_BYTES / size / block->column_step);
          status = weaker (status, read_near (block, attachment, entry, first, n, at));
        }
      else
        status = weaker (status, attachment_read (attachment, entry, first, first + n, at));
      at += n * size;
      from += n;
    }
  return status;
}
