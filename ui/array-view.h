/* array-view.h - the elements of an array: the grid, where one is, going elsewhere, editing. */
#pragma once

#include <gtk/gtk.h>

#include "entry-item.h"

#define ARRAY_TYPE_VIEW (array_view_get_type ())
G_DECLARE_FINAL_TYPE (ArrayView, array_view, ARRAY, VIEW, GtkWidget)

/* NULL shows nothing. */
void array_view_set_item (ArrayView *self, EntryItem *item);
/* Gives the focus to the entry for an index. */
void array_view_ask_index (ArrayView *self);
/* Goes to "12", "-1", "3, 4", "[3][4]"; FALSE when there is no such element. */
gboolean array_view_go_to (ArrayView *self, const char *text);
