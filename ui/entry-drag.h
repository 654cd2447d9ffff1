/* entry-drag.h - entries that are dragged out of the table, and the one under the pointer. */
#pragma once

#include <gtk/gtk.h>

#include "entry-item.h"

/* The entry whose cell is at this place of the view; NULL. */
EntryItem *entry_drag_find (GtkWidget *view, double x, double y);

/* From now on the name of an entry can be dragged out of the view as text, to whatever takes
 * some. */
void entry_drag_start_from (GtkWidget *view);
