/* list-scroll.h - brings the selected row of a list onto the screen. */
#pragma once

#include <gtk/gtk.h>

/* Scrolls to the row that is selected by then, as soon as the list is on the screen and its
 * rows have their places: before, the toolkit would show the wrong ones. Once only: whoever
 * scrolls away afterwards is not brought back.
 *
 * list: of a GtkSingleSelection; of a column view its last child. */
void list_scroll_to_selected (GtkListView *list);
