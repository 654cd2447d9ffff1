/* entry-cell.h - base of the table's cells: shows something of an entry, and does so only
 * while it is on the screen. */
#pragma once

#include <gtk/gtk.h>

#include "entry-item.h"

#define ENTRY_TYPE_CELL (entry_cell_get_type ())
G_DECLARE_DERIVABLE_TYPE (EntryCell, entry_cell, ENTRY, CELL, GtkWidget)

struct _EntryCellClass
{
  GtkWidgetClass parent_class;

  /* Makes the widgets that it shows with, once, before it shows something. NULL: it has none. */
  void (*make_parts) (EntryCell *self);

  /* Shows the item. property: which of its properties is another; NULL: look at all,
   * the item itself is another. */
  void (*update) (EntryCell *self, EntryItem *item, const char *property);
};

/* NULL: shows nothing. */
void entry_cell_set_item (EntryCell *self, EntryItem *item);
EntryItem *entry_cell_get_item (EntryCell *self);
