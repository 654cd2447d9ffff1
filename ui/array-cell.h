/* array-cell.h - the short text of a cell in the grid: one element of an array, or a field of it.
 * No GTK. */
#pragma once

#include "display-set.h"

typedef struct array_cell ArrayCell;

/* 64 bits in groups, and what ends a text that is cut. */
#define ARRAY_CELL_TEXT 80

struct array_cell
{
  char text[ARRAY_CELL_TEXT];  /* short enough to draw: numbers may be rounded, texts cut */
  gint64 changed_us;           /* g_get_monotonic_time() when it last changed; 0 never seen to */
};

/* The characters that cells of this array have room for; displays: in these forms, NULL: as the
 * entry says. */
guint array_cell_width (const EntryInfo *entry, const DisplaySet *displays);

/* Makes the text of an element (field -1) or a field of it. width: as array_cell_width() has it.
 * scratch: used again for each cell, so that no memory is asked for while numbers run by. */
void array_cell_fill (ArrayCell *cell, const EntryInfo *entry, const DisplaySet *displays,
                      const void *element, int field, guint width, GString *scratch);
