/* value-cell.h - the cell with an entry's value: text, a bar, a switch. */
#pragma once

#include "entry-cell.h"

#define VALUE_TYPE_CELL (value_cell_get_type ())
G_DECLARE_FINAL_TYPE (ValueCell, value_cell, VALUE, CELL, EntryCell)

/* Turning the switch activates the action `entry.write` with the name of the entry
 * and "true" or "false". */
GtkWidget *value_cell_new (void);
