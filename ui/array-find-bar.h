/* array-find-bar.h - looks for elements of an array: a value, a range, what is not finite, what
 * changed. The array is read on a thread of its own. */
#pragma once

#include <gtk/gtk.h>

#include "array-grid.h"
#include "entry-item.h"

#define ARRAY_TYPE_FIND_BAR (array_find_bar_get_type ())
G_DECLARE_FINAL_TYPE (ArrayFindBar, array_find_bar, ARRAY, FIND_BAR, GtkWidget)

/* Where what is found is shown; must outlive the bar or the next call. */
void array_find_bar_set_grid (ArrayFindBar *self, ArrayGrid *grid);
/* Whose elements; NULL none. What was being looked for is given up. */
void array_find_bar_set_item (ArrayFindBar *self, EntryItem *item);
/* Shows it and takes the focus. */
void array_find_bar_open (ArrayFindBar *self);
/* Looks for the next from the current cell on. */
void array_find_bar_go (ArrayFindBar *self, gboolean backwards);
