/* array-rows.h - the visible part of an array, as rows of cells with text.
 *
 * Rows of an array of one dimension are wrapped; those of several dimensions are of a plane
 * of it; those of an array of structures are its elements, with a cell for each
 * field. Only rows that are shown are sampled, each by a watch of its own, so that the
 * cost follows what is visible, however long and wide the array is. No GTK.
 */
#pragma once

#include "array-cell.h"
#include "array-plane.h"
#include "sampler.h"

typedef struct array_rows ArrayRows;

/* Called when cells of a row that is shown have new text. */
typedef void (*ArrayRowsChanged) (ArrayRows *rows, guint64 row, gpointer user_data);

/* The sampler must outlive it. */
ArrayRows *array_rows_new (Sampler *sampler, Attachment *attachment, EntryInfo *entry,
                           ArrayRowsChanged changed, gpointer user_data);
void array_rows_free (ArrayRows *rows);

/* Shows another plane of an array of several dimensions; no effect on others. */
void array_rows_set_plane (ArrayRows *rows, const ArrayPlane *plane);
const ArrayPlane *array_rows_get_plane (ArrayRows *rows);

/* The forms in which cells are shown; NULL: as the entry says. */
void array_rows_set_displays (ArrayRows *rows, DisplaySet *displays);

/* How many cells a row of an array of one dimension has; no effect on others. */
void array_rows_set_wrap (ArrayRows *rows, guint columns);
guint64 array_rows_n_rows (ArrayRows *rows);
guint64 array_rows_n_columns (ArrayRows *rows);
gboolean array_rows_can_wrap (ArrayRows *rows);

/* The element in a cell, and its field (-1 none). FALSE: there is none, in the
 * last row. And back, for an element of the plane. */
gboolean array_rows_element (ArrayRows *rows, guint64 row, guint64 column, guint64 *ret_index,
                             int *ret_field);
void array_rows_cell_of (ArrayRows *rows, guint64 index, int field, guint64 *ret_row,
                         guint64 *ret_column);

/* What stands before a row, "120" or "[3]", and above a column. Newly allocated. */
char *array_rows_row_title (ArrayRows *rows, guint64 row);
char *array_rows_column_title (ArrayRows *rows, guint64 column);
/* The most characters a row's title has. */
guint array_rows_title_width (ArrayRows *rows);
/* The characters a cell has room for. */
guint array_rows_cell_width (ArrayRows *rows);

/* Shows the rows first <= r < last and of them the columns from first_column to below
 * last_column. Cheap when nothing differs. */
void array_rows_show (ArrayRows *rows, guint64 first, guint64 last, guint64 first_column,
                      guint64 last_column);

/* A cell that is shown; NULL when it has not been read yet. Owned by rows. */
const ArrayCell *array_rows_get (ArrayRows *rows, guint64 row, guint64 column);

/* Exact text of a cell; NULL when it has not been read yet. in_form: as it is shown, else as the
 * entry says. Newly allocated. */
char *array_rows_get_exact (ArrayRows *rows, guint64 row, guint64 column, gboolean in_form);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ArrayRows, array_rows_free)
