/* watch-cell.h - a cell of the watch list. */
#pragma once

#include <gtk/gtk.h>

#include "watch-item.h"

#define WATCH_TYPE_CELL (watch_cell_get_type ())
G_DECLARE_FINAL_TYPE (WatchCell, watch_cell, WATCH, CELL, GtkWidget)

enum watch_cell_kind
{
  WATCH_CELL_NAME,      /* of headings their text */
  WATCH_CELL_VALUE,
  WATCH_CELL_SEGMENT,   /* or why it is not there */
  WATCH_CELL_NOTE
};

GtkWidget *watch_cell_new (enum watch_cell_kind kind);
/* NULL: shows nothing. */
void watch_cell_set_item (WatchCell *self, WatchItem *item);
WatchItem *watch_cell_get_item (WatchCell *self);
