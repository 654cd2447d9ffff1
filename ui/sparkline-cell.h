/* sparkline-cell.h - a cell with the last minute of an entry as a small picture. */
#pragma once

#include "entry-cell.h"

#define SPARKLINE_TYPE_CELL (sparkline_cell_get_type ())
G_DECLARE_FINAL_TYPE (SparklineCell, sparkline_cell, SPARKLINE, CELL, EntryCell)

GtkWidget *sparkline_cell_new (void);
