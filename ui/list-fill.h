/* list-fill.h - brings the rows of a list, and takes them away, a few in each frame.
 *
 * A list view makes up to 200 rows at a time whatever is visible, and takes as many away; for a
 * table of many columns either takes several frames' time, in which nothing else is drawn. */
#pragma once

#include <gtk/gtk.h>

/* A list model of the rows that are there. Whoever drops it for good disposes of it first
 * (g_object_run_dispose): no rows come or go any more. */
#define LIST_TYPE_FILL (list_fill_get_type ())
G_DECLARE_FINAL_TYPE (ListFill, list_fill, LIST, FILL, GObject)

/* What was held is gone, and the first rows of the source are there. */
typedef void (*ListFillReady) (ListFill *self, gpointer user_data);

/* widget: what shows the list, for the time of its frames; it outlives the result. source: a list
 * model of objects, or NULL; at first all of it is there. ready may be NULL. */
ListFill *list_fill_new (GtkWidget *widget, GListModel *source, ListFillReady ready,
                         gpointer user_data);

/* Another source (NULL: none): the rows of the old one go, and then the new ones come. */
void list_fill_set_source (ListFill *self, GListModel *source);
/* Owned by self; NULL when there is none. */
GListModel *list_fill_get_source (ListFill *self);

/* Holds what is there, whatever becomes of the source, until either of the two below. */
void list_fill_hold (ListFill *self);
/* What is held goes bit by bit, the last first, or at once when it is little or not on the screen;
 * then the source's rows come, the first ones first. */
void list_fill_restart (ListFill *self);
/* What is held gives way to the source's rows at once: for when most are the same. */
void list_fill_release (ListFill *self);
/* It is held, or on its way out. */
gboolean list_fill_is_held (ListFill *self);

/* When nothing is held: has the first n rows there at once; the others go on coming. */
void list_fill_reach (ListFill *self, guint n);
