/* text-cell.h - a cell that shows one text about an entry. */
#pragma once

#include "entry-cell.h"

enum text_cell_kind
{
  TEXT_CELL_NAME,
  TEXT_CELL_TYPE,
  TEXT_CELL_LOCK,
  TEXT_CELL_AGE,
  TEXT_CELL_STATISTIC
};

#define TEXT_TYPE_CELL (text_cell_get_type ())
G_DECLARE_FINAL_TYPE (TextCell, text_cell, TEXT, CELL, EntryCell)

/* statistic: which one, of TEXT_CELL_STATISTIC. */
GtkWidget *text_cell_new (enum text_cell_kind kind, enum entry_statistic statistic);
