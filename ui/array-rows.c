/* array-rows.c - the visible part of an array, as rows of cells with text. */
#include "array-rows.h"

#include <string.h>

/* A row that is shown. Rows share slots by their number modulo the number of slots,
 * so that scrolling by a row moves one watch. */
struct slot
{
  ArrayRows *rows;
  struct run *runs;     /* n_runs */
  guint n_runs;
  guint64 row;
  guint64 first_column;
  guint64 n_cells;
  ArrayCell *cells;     /* n_cells */
  guint8 *elements;     /* the newest samples', for exact text */
};

/* Cells whose elements lie one behind the other: all of a row; or just one, where the
 * columns of a plane lie apart. */
struct run
{
  struct slot *slot;
  Watch *watch;
  guint64 first, n;     /* cells */
  gboolean filled;
};

struct array_rows
{
  Sampler *sampler;
  Attachment *attachment;
  EntryInfo *entry;
  ArrayRowsChanged changed;
  gpointer user_data;
  DisplaySet *displays; /* NULL: as the entry says */
  GString *text;        /* of the cell that is made: used again for each */
  guint cell_width;
  guint wrap;
  ArrayPlane plane;
  ArrayBlock block;     /* the plane's elements */
  guint64 n_rows;
  guint64 n_columns;
  guint64 first, last;  /* rows shown */
  guint64 first_column, last_column;
  GPtrArray *slots;     /* of struct slot */
};

static void
drop_runs (struct slot *slot)
{
  for (guint i = 0; i < slot->n_runs; i++)
    if (slot->runs[i].watch != NULL)
      sampler_unwatch (slot->rows->sampler, slot->runs[i].watch);
  g_clear_pointer (&slot->runs, g_free);
  slot->n_runs = 0;
}

static void
slot_free (gpointer data)
{
  struct slot *slot = data;

  drop_runs (slot);
  g_free (slot->cells);
  g_free (slot->elements);
  g_free (slot);
}

static void
drop_slots (ArrayRows *rows)
{
  g_ptr_array_set_size (rows->slots, 0);
  rows->first = rows->last = 0;
}

static void
measure (ArrayRows *rows)
{
  const EntryInfo *entry = rows->entry;

  rows->cell_width = array_cell_width (entry, rows->displays);
  if (entry->n_fields > 0)
    {
      rows->n_columns = entry->n_fields;
      rows->n_rows = entry->length;
    }
  else if (entry->dimensions > 1)
    {
      rows->block = array_plane_block (&rows->plane, entry);
      rows->n_columns = rows->block.n_columns;
      rows->n_rows = entry->length > 0 ? rows->block.n_rows : 0;
    }
  else
    {
      rows->n_columns = MAX (rows->wrap, 1);
      rows->n_rows = entry->length / rows->n_columns + (entry->length % rows->n_columns != 0);
    }
}

ArrayRows *
array_rows_new (Sampler *sampler, Attachment *attachment, EntryInfo *entry,
                ArrayRowsChanged changed, gpointer user_data)
{
  ArrayRows *rows = g_new0 (ArrayRows, 1);

  rows->sampler = sampler;
  rows->attachment = attachment_ref (attachment);
  rows->entry = entry_info_ref (entry);
  rows->changed = changed;
  rows->user_data = user_data;
  rows->wrap = 10;
  rows->plane = array_plane_of (entry);
  rows->slots = g_ptr_array_new_with_free_func (slot_free);
  rows->text = g_string_new (NULL);
  measure (rows);
  return rows;
}

void
array_rows_free (ArrayRows *rows)
{
  if (rows == NULL)
    return;
  g_ptr_array_unref (rows->slots);
  attachment_unref (rows->attachment);
  entry_info_unref (rows->entry);
  display_set_unref (rows->displays);
  g_string_free (rows->text, TRUE);
  g_free (rows);
}

void
array_rows_set_displays (ArrayRows *rows, DisplaySet *displays)
{
  if (!display_set_replace (&rows->displays, displays))
    return;
  drop_slots (rows);
  measure (rows);
}

gboolean
array_rows_can_wrap (ArrayRows *rows)
{
  return rows->entry->n_fields == 0 && rows->entry->dimensions <= 1;
}

void
array_rows_set_wrap (ArrayRows *rows, guint columns)
{
  if (!array_rows_can_wrap (rows) || columns == rows->wrap)
    return;
  rows->wrap = MAX (columns, 1);
  drop_slots (rows);
  measure (rows);
}

void
array_rows_set_plane (ArrayRows *rows, const ArrayPlane *plane)
{
  if (rows->entry->n_fields > 0 || rows->entry->dimensions <= 1)
    return;
  rows->plane = *plane;
  drop_slots (rows);
  measure (rows);
}

const ArrayPlane *
array_rows_get_plane (ArrayRows *rows)
{
  return &rows->plane;
}

guint64
array_rows_n_rows (ArrayRows *rows)
{
  return rows->n_rows;
}

guint64
array_rows_n_columns (ArrayRows *rows)
{
  return rows->n_columns;
}

gboolean
array_rows_element (ArrayRows *rows, guint64 row, guint64 column, guint64 *ret_index,
                    int *ret_field)
{
  gboolean fields = rows->entry->n_fields > 0;
  guint64 index;

  if (row >= rows->n_rows || column >= rows->n_columns)
    return FALSE;
  index = fields                         ? row
          : rows->entry->dimensions <= 1 ? row * rows->n_columns + column
                                         : rows->block.first + row * rows->block.row_step
                                             + column * rows->block.column_step;
  if (index >= rows->entry->length)
    return FALSE;
  *ret_index = index;
  *ret_field = fields ? (int) column : -1;
  return TRUE;
}

void
array_rows_cell_of (ArrayRows *rows, guint64 index, int field, guint64 *ret_row,
                    guint64 *ret_column)
{
  gboolean fields = rows->entry->n_fields > 0;
  ArrayPlane plane = rows->plane;

  if (!fields && rows->entry->dimensions > 1)
    {
      array_plane_aim (&plane, rows->entry, index, ret_row, ret_column);
      return;
    }
  *ret_row = fields ? index : index / rows->n_columns;
  *ret_column = fields ? (guint64) MAX (field, 0) : index % rows->n_columns;
}

char *
array_rows_row_title (ArrayRows *rows, guint64 row)
{
  const EntryInfo *entry = rows->entry;

  if (entry->n_fields > 0 && entry->dimensions > 1)
    return entry_info_place_text (entry, row);
  if (entry->dimensions <= 1)
    return g_strdup_printf ("%" G_GUINT64_FORMAT,
                            entry->n_fields > 0 ? row : row * rows->n_columns);
  return g_strdup_printf ("[%" G_GUINT64_FORMAT "]", row);
}

char *
array_rows_column_title (ArrayRows *rows, guint64 column)
{
  if (rows->entry->n_fields > 0)
    return g_strdup (rows->entry->fields[column].name);
  return g_strdup_printf (array_rows_can_wrap (rows) ? "+%" G_GUINT64_FORMAT
                                                     : "%" G_GUINT64_FORMAT,
                          column);
}

guint
array_rows_title_width (ArrayRows *rows)
{
  g_autofree char *last = NULL;

  if (rows->n_rows == 0)
    return 1;
  last = array_rows_row_title (rows, rows->n_rows - 1);
  return (guint) strlen (last);
}

guint
array_rows_cell_width (ArrayRows *rows)
{
  return rows->cell_width;
}

/* Where a cell's element lies in the row's sample: structures have one for all. */
static gsize
element_offset (const struct slot *slot, guint64 cell)
{
  const EntryInfo *entry = slot->rows->entry;

  return entry->n_fields > 0 ? 0 : (gsize) cell * entry->type.size;
}

static int
field_of (const struct slot *slot, guint64 cell)
{
  return slot->rows->entry->n_fields > 0 ? (int) (slot->first_column + cell) : -1;
}

static gsize
cells_size (const struct slot *slot, guint64 n_cells)
{
  const EntryInfo *entry = slot->rows->entry;

  return (gsize) (entry->n_fields > 0 ? 1 : n_cells) * entry->type.size;
}

static void
note_sample (Watch *watch, const Sample *sample, gpointer user_data)
{
  struct run *run = user_data;
  struct slot *slot = run->slot;
  const EntryInfo *entry = slot->rows->entry;
  gsize size = cells_size (slot, run->n);
  guint8 *elements = slot->elements + element_offset (slot, run->first);
  guint64 index;
  int field;

  /* A sample of the range before may still be under way. */
  if (sample->elements == NULL
      || !array_rows_element (slot->rows, slot->row, slot->first_column + run->first, &index,
                              &field)
      || sample->first != index || (sample->last - sample->first) * entry->type.size != size)
    return;
  for (guint64 i = 0; i < run->n; i++)
    {
      ArrayCell *cell = &slot->cells[run->first + i];
      const guint8 *element = (const guint8 *) sample->elements + element_offset (slot, i);
      ArrayCell before = *cell;

      if (run->filled
          && memcmp (element, elements + element_offset (slot, i), entry->type.size) == 0)
        continue;
      array_cell_fill (cell, entry, slot->rows->displays, element, field_of (slot, run->first + i),
                       slot->rows->cell_width, slot->rows->text);
      if (run->filled && (entry->n_fields == 0 || strcmp (before.text, cell->text) != 0))
        cell->changed_us = sample->time_us;
    }
  memcpy (elements, sample->elements, size);
  run->filled = TRUE;
  slot->rows->changed (slot->rows, slot->row, slot->rows->user_data);
}

static void
aim_run (struct slot *slot, struct run *run, guint64 first, guint64 n)
{
  ArrayRows *rows = slot->rows;
  guint64 index = 0, last;
  int field;

  *run = (struct run) { .slot = slot, .watch = run->watch, .first = first, .n = n };
  array_rows_element (rows, slot->row, slot->first_column + first, &index, &field);
  last = index + (rows->entry->n_fields > 0 ? 1 : n);
  if (run->watch == NULL)
    run->watch = sampler_watch (rows->sampler, rows->attachment, rows->entry, index, last,
                                note_sample, run);
  else
    sampler_set_range (rows->sampler, run->watch, index, last);
}

/* Points a slot at a row; what it showed before is forgotten. */
static void
aim_slot (struct slot *slot, guint64 row)
{
  ArrayRows *rows = slot->rows;
  const EntryInfo *entry = rows->entry;
  guint64 index, last_column = MIN (rows->last_column, rows->n_columns);
  gboolean apart = entry->n_fields == 0 && entry->dimensions > 1 && rows->block.column_step != 1;
  guint n_runs;
  int field;

  slot->row = row;
  slot->first_column = rows->first_column;
  slot->n_cells = 0;
  if (!array_rows_element (rows, row, slot->first_column, &index, &field)
      || last_column <= slot->first_column)
    {
      drop_runs (slot);
      return;
    }
  slot->n_cells = last_column - slot->first_column;
  if (array_rows_can_wrap (rows))
    slot->n_cells = MIN (slot->n_cells, entry->length - index);
  n_runs = apart ? (guint) slot->n_cells : 1;
  if (n_runs != slot->n_runs)
    {
      drop_runs (slot);
      slot->runs = g_new0 (struct run, n_runs);
      slot->n_runs = n_runs;
    }
  slot->cells = g_renew (ArrayCell, slot->cells, slot->n_cells);
  memset (slot->cells, 0, slot->n_cells * sizeof *slot->cells);
  slot->elements = g_realloc (slot->elements, cells_size (slot, slot->n_cells));
  for (guint i = 0; i < n_runs; i++)
    aim_run (slot, &slot->runs[i], apart ? i : 0, apart ? 1 : slot->n_cells);
}

static struct slot *
slot_of (ArrayRows *rows, guint64 row)
{
  return g_ptr_array_index (rows->slots, row % rows->slots->len);
}

void
array_rows_show (ArrayRows *rows, guint64 first, guint64 last, guint64 first_column,
                 guint64 last_column)
{
  gboolean columns_differ
    = first_column != rows->first_column || last_column != rows->last_column;

  last = MIN (last, rows->n_rows);
  first = MIN (first, last);
  if (last - first > rows->slots->len)
    {
      drop_slots (rows);
      for (guint64 i = first; i < last; i++)
        {
          struct slot *slot = g_new0 (struct slot, 1);

          slot->rows = rows;
          slot->row = G_MAXUINT64;
          g_ptr_array_add (rows->slots, slot);
        }
    }
  rows->first = first;
  rows->last = last;
  rows->first_column = first_column;
  rows->last_column = last_column;
  for (guint i = 0; columns_differ && i < rows->slots->len; i++)
    ((struct slot *) rows->slots->pdata[i])->row = G_MAXUINT64;
  for (guint64 row = first; row < last; row++)
    if (slot_of (rows, row)->row != row)
      aim_slot (slot_of (rows, row), row);
}

static struct slot *
filled_slot (ArrayRows *rows, guint64 row, guint64 column)
{
  struct slot *slot = rows->slots->len > 0 ? slot_of (rows, row) : NULL;
  guint64 place;

  if (slot == NULL || slot->row != row || column < slot->first_column
      || column - slot->first_column >= slot->n_cells)
    return NULL;
  place = column - slot->first_column;
  return slot->runs[slot->n_runs > 1 ? place : 0].filled ? slot : NULL;
}

const ArrayCell *
array_rows_get (ArrayRows *rows, guint64 row, guint64 column)
{
  struct slot *slot = filled_slot (rows, row, column);

  return slot != NULL ? &slot->cells[column - slot->first_column] : NULL;
}

char *
array_rows_get_exact (ArrayRows *rows, guint64 row, guint64 column, gboolean in_form)
{
  struct slot *slot = filled_slot (rows, row, column);
  GString *text;

  if (slot == NULL)
    return NULL;
  text = g_string_new (NULL);
  entry_info_append_element (rows->entry, in_form ? rows->displays : NULL,
                             slot->elements + element_offset (slot, column - slot->first_column),
                             field_of (slot, column - slot->first_column), text);
  return g_string_free (text, FALSE);
}
