/* entry-clipboard.h - entries into the clipboard, as text for other programs. */
#pragma once

#include <gtk/gtk.h>

#include "entry-item.h"
#include "literal-text.h"

/* As people see them; what is not shown as a whole is read, on a thread of its own. What goes wrong
 * is said in the window's message bar. Belongs to the widget: it is given up when that goes, or
 * something else is copied. items: of EntryItem. */
void entry_clipboard_copy (GtkWidget *widget, GPtrArray *items, enum literal_form form);
