/* array-paste.h - a block of cells as spreadsheets put it into the clipboard, and the edit
 * that writes it. Pure functions; any thread. */
#pragma once

#include "display-set.h"
#include "edit.h"

typedef struct array_paste ArrayPaste;

struct array_paste
{
  guint64 n_rows, n_columns;
  GPtrArray *cells;      /* of char *, row by row */
};

#define ARRAY_PASTE_CELLS_MAX 4000000

/* Rows end with the line. Cells are parted by tabs, where there is one; else by semicolons;
 * else by commas. Cells in double quotes may hold all of these, and so do characters of the form
 * in which people see the elements. BAD_VALUE: rows of different lengths, nothing, more than
 * ARRAY_PASTE_CELLS_MAX, or no text at all.
 *
 * display: that form; NULL: as the entry says. ret_paste: for array_paste_clear(); untouched on
 * failure. */
gboolean array_paste_parse (const char *text, const Display *display, ArrayPaste *ret_paste,
                            GError **error);
void array_paste_clear (ArrayPaste *paste);

/* Makes cells in the form in which people see the elements, or a field of them, texts that edits
 * read. FALSE with BAD_VALUE, as array_paste_edit(); some may have been made then. */
gboolean array_paste_read (ArrayPaste *paste, const DisplaySet *displays, const EntryInfo *entry,
                           int field, GError **error);

/* The edit that sets the elements of the block, which has as many rows and columns as there
 * are cells, or their field (-1: none); NULL with BAD_VALUE when a cell is no value for it:
 * which row and column, counted from 1, its text, and why. Others: as edit_check(). */
Edit *array_paste_edit (const ArrayPaste *paste, Attachment *attachment, EntryInfo *entry,
                        const ArrayBlock *block, int field, GError **error);
