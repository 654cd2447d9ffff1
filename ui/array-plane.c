/* array-plane.c - which two axes of an array are shown, and where the others stand. */
#include "array-plane.h"

#include <errno.h>
#include <string.h>

/* Elements from one to the next along an axis. */
static guint64
axis_step (const EntryInfo *entry, guint axis)
{
  guint64 step = 1;

  for (guint i = axis + 1; i < entry->dimensions; i++)
    step *= entry->shape[i];
  return step;
}

static guint64
axis_index (const EntryInfo *entry, guint axis, guint64 index)
{
  guint64 step = axis_step (entry, axis);

  return step == 0 || entry->shape[axis] == 0 ? 0 : index / step % entry->shape[axis];
}

ArrayPlane
array_plane_of (const EntryInfo *entry)
{
  ArrayPlane plane = { 0 };

  if (entry->dimensions > 1)
    {
      plane.row_axis = entry->dimensions - 2;
      plane.column_axis = entry->dimensions - 1;
    }
  return plane;
}

ArrayBlock
array_plane_block (const ArrayPlane *plane, const EntryInfo *entry)
{
  ArrayBlock block;

  if (entry->dimensions <= 1)
    return array_block_range (0, entry->length);
  block = (ArrayBlock){ .n_rows = entry->shape[plane->row_axis],
                        .n_columns = entry->shape[plane->column_axis],
                        .row_step = axis_step (entry, plane->row_axis),
                        .column_step = axis_step (entry, plane->column_axis) };
  for (guint i = 0; i < entry->dimensions; i++)
    if (i != plane->row_axis && i != plane->column_axis)
      block.first += plane->indices[i] * axis_step (entry, i);
  return block;
}

void
array_plane_aim (ArrayPlane *plane, const EntryInfo *entry, guint64 index, guint64 *ret_row,
                 guint64 *ret_column)
{
  *ret_row = 0;
  *ret_column = index;
  if (entry->dimensions <= 1)
    return;
  for (guint i = 0; i < entry->dimensions; i++)
    if (i == plane->row_axis)
      *ret_row = axis_index (entry, i, index);
    else if (i == plane->column_axis)
      *ret_column = axis_index (entry, i, index);
    else
      plane->indices[i] = axis_index (entry, i, index);
}

gboolean
array_plane_has (const ArrayPlane *plane, const EntryInfo *entry, guint64 index)
{
  for (guint i = 0; entry->dimensions > 1 && i < entry->dimensions; i++)
    if (i != plane->row_axis && i != plane->column_axis
        && plane->indices[i] != axis_index (entry, i, index))
      return FALSE;
  return TRUE;
}

gboolean
array_plane_read_index (const EntryInfo *info, const char *text, guint64 *ret_index)
{
  guint64 numbers[SHMLENS_DIMENSIONS_MAX], index = 0;
  const guint64 *shape = info->shape;
  guint n = 0;

  while (*text != '\0')
    {
      gboolean negative = *text == '-';
      char *end;
      guint64 number;

      if (!negative && !g_ascii_isdigit (*text))
        {
          if (strchr ("[] ,;", *text++) == NULL)
            return FALSE;
          continue;
        }
      if (n == SHMLENS_DIMENSIONS_MAX)
        return FALSE;
      errno = 0;
      number = g_ascii_strtoull (text + negative, &end, 10);
      if (errno != 0 || end == text + negative)
        return FALSE;
      numbers[n] = negative ? -number : number;
      text = end;
      n++;
    }
  /* One number goes through the array in C order. */
  if (n == 1)
    shape = &info->length;
  else if (n != info->dimensions)
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      guint64 number = (gint64) numbers[i] < 0 ? numbers[i] + shape[i] : numbers[i];

      if (number >= shape[i])
        return FALSE;
      index = index * shape[i] + number;
    }
  *ret_index = index;
  return n > 0;
}
