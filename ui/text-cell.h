/* text-cell.h - a cell that shows one text about an entry. */
#pragma once

#include "entry-cell.h"

enum text_cell_kind
{
  TEXT_CELL_NAME,
  TEXT_CELL_TYPE,
  TEXT_CELL_LOCK,
  TEXT_CELL_AGE
};

#define TEXT_TYPE_CELL (text_cell_get_type ())
G_DECLARE_FINAL_TYPE (TextCell, text_cell, TEXT, CELL, EntryCell)

GtkWidget *text_cell_new (enum text_cell_kind kind);
