/* array-grid.h - the elements of one array, of any length, as a grid that scrolls.
 *
 * GtkListView and GtkColumnView end at 2^31 pixels; this is one widget that draws the
 * cells that are seen, and scrolls by adjustments in double pixels, which are exact up
 * to 1e12 rows. It goes into a GtkScrolledWindow.
 */
#pragma once

#include <gtk/gtk.h>

#include "array-plane.h"
#include "display-set.h"
#include "sampler.h"

#define ARRAY_TYPE_GRID (array_grid_get_type ())
G_DECLARE_FINAL_TYPE (ArrayGrid, array_grid, ARRAY, GRID, GtkWidget)

/* Signals: `activate` (guint64 index, int field) when a cell is to be edited: Enter, F2, a
 * double click; `cursor-moved` () when the current cell or the selection is another, or the
 * cell's text; `plane-changed` (). */
GtkWidget *array_grid_new (void);

/* Shows an array, from its first element; entry NULL shows nothing. The sampler must
 * outlive the widget or the next call. */
void array_grid_set_array (ArrayGrid *self, Sampler *sampler, Attachment *attachment,
                           EntryInfo *entry);

/* The forms in which cells are shown; NULL: as the entry says, which it is for each new array. */
void array_grid_set_displays (ArrayGrid *self, DisplaySet *displays);

/* Another plane of an array of several dimensions; FALSE where there are none. */
void array_grid_set_plane (ArrayGrid *self, const ArrayPlane *plane);
gboolean array_grid_get_plane (ArrayGrid *self, ArrayPlane *ret_plane);

/* What is selected, at least the current cell: elements, and of structures the fields from
 * *ret_field on (else -1). FALSE when the array is empty. */
gboolean array_grid_get_selection (ArrayGrid *self, ArrayBlock *ret_block, int *ret_field,
                                   guint *ret_n_fields);
/* Selects from an element to another, all fields. */
void array_grid_select (ArrayGrid *self, guint64 first, guint64 last);

/* Whether cells that have just changed are marked. */
void array_grid_set_mark_changes (ArrayGrid *self, gboolean mark_changes);

/* The current element, and its field (-1: none). FALSE when the array is empty. */
gboolean array_grid_get_cursor (ArrayGrid *self, guint64 *ret_index, int *ret_field);
/* Selects an element and scrolls to it. */
void array_grid_go_to (ArrayGrid *self, guint64 index, int field);
/* Where the selected cell is, to point a popover at; FALSE when it is not in sight. */
gboolean array_grid_get_cursor_area (ArrayGrid *self, GdkRectangle *ret_area);
/* Its exact text, as the entry says; and in the form in which it is shown. Newly allocated; NULL
 * when it is not in sight or not read yet. */
char *array_grid_get_cursor_text (ArrayGrid *self);
char *array_grid_get_cursor_shown (ArrayGrid *self);
