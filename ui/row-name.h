/* row-name.h - what a screen reader is told of the row of a table that the focus is in. */
#pragma once

#include <gtk/gtk.h>

/* What a label or an inscription says, owned by it; NULL of other widgets. */
const char *row_name_text_of (GtkWidget *widget);

/* Gives each row of the window's tables a name when the focus gets into it: what stands in it at
 * that moment. By itself the toolkit (4.8) calls all rows by the name of their type, and naming
 * every row anew as its values change would never be silent. */
void row_name_watch (GtkWindow *window);
