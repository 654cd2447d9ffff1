/* tab-focus.h - where Tab goes: around the window, past the rows of a list. */
#pragma once

#include <gtk/gtk.h>

/* Lets Tab leave a list, within which one goes by the arrows. By itself it would go through all
 * rows; since GTK 4.12 the toolkit's lists have a property for this (tab-behavior). */
void tab_focus_leave_list (GtkWidget *list);

/* Moves the focus to what comes after a widget, or with GTK_DIR_TAB_BACKWARD before it, as if
 * nothing in it could have the focus. FALSE: there is nothing else. */
gboolean tab_focus_leave (GtkWidget *widget, GtkDirectionType direction);

/* The `focus` of a widget that has a grab_focus of its own. The toolkit's, when it goes backwards
 * and out of the widget, would grab the focus in the end, and it could not be left. */
gboolean tab_focus_children (GtkWidget *widget, GtkDirectionType direction);
/* The same of one that is a table: it is entered by its grab_focus, so that a row has the focus
 * and not what is in it. */
gboolean tab_focus_table (GtkWidget *widget, GtkDirectionType direction);
