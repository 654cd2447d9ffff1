/* dock.h - the lower half of the window: pages about what is open and selected, one of
 * which is seen. */
#pragma once

#include <gtk/gtk.h>

#define DOCK_TYPE (dock_get_type ())
G_DECLARE_FINAL_TYPE (Dock, dock, SHMLENS, DOCK, GtkWidget)

/* Makes a page; the dock takes it over. */
typedef GtkWidget *(*DockMake) (gpointer user_data);

/* Property `page`: the name of the page that is seen; a string, and may be set to a name
 * that is not there yet, as a remembered one is. */

/* Adds a page behind those that are there. It is made when it is first seen, so that the
 * window opens no later for it. name, title: static, the title translated. */
void dock_add (Dock *self, const char *name, const char *title, DockMake make, gpointer user_data);
/* A page that was made; NULL when it was not, or there is none of this name. */
GtkWidget *dock_get_page (Dock *self, const char *name);
/* Makes it when need be, and brings it to sight. The page. */
GtkWidget *dock_show_page (Dock *self, const char *name);
