/* list-fill.h - fills a list with rows bit by bit, a few in each frame.
 *
 * A list view makes up to 200 rows at a time whatever is visible, which for a table of many
 * columns takes several frames' time; nothing else is drawn meanwhile. */
#pragma once

#include <gtk/gtk.h>

typedef struct list_fill ListFill;

/* widget: what shows the list, for the time of its frames; it outlives the result. At first
 * all of model, which may be NULL, is there. */
ListFill *list_fill_new (GtkWidget *widget, GListModel *model);
void list_fill_free (ListFill *self);

/* The rows that are there; owned by self. */
GListModel *list_fill_get_model (ListFill *self);
/* What they are of; owned by self. */
GListModel *list_fill_get_source (ListFill *self);

/* Takes all rows away; they come again from the next frame on, the first ones first. */
void list_fill_restart (ListFill *self);
/* Has the first n rows there at once, and those of a frame at least; the others go on coming. */
void list_fill_reach (ListFill *self, guint n);
/* Another model (NULL: none), for a list that nothing else knows by its rows: those of the old one
 * are taken away bit by bit, and then the new ones come so. */
void list_fill_set_model (ListFill *self, GListModel *model);
