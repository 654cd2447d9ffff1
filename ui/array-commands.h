/* array-commands.h - what is done with the selected elements of an array: copied as text, pasted
 * over. Says in the window's message bar what went wrong. */
#pragma once

#include "array-copy.h"
#include "array-grid.h"
#include "entry-item.h"

/* Into the clipboard, read on a thread of its own: a large selection takes its time. */
void array_commands_copy (ArrayGrid *grid, EntryItem *item, enum literal_form form);

/* What a spreadsheet put into the clipboard, from the first selected cell on; a single cell
 * fills the selection. One edit: it waits for the lock, and is undone as a whole. */
void array_commands_paste (ArrayGrid *grid, EntryItem *item);
/* The same with a text. */
void array_commands_paste_text (ArrayGrid *grid, EntryItem *item, const char *text);
