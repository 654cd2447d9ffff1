/* clipboard-text.h - text into the clipboard that takes its time: made on a thread of its own. */
#pragma once

#include <gtk/gtk.h>

#include "array-task.h"

/* Makes the text, on the thread; NULL with an error, also when the task was given up. */
typedef char *(*ClipboardTextFunc) (gpointer data, ArrayTask *task, GError **error);

/* What goes wrong is said in the window's message bar. Belongs to the widget: it is given up when
 * that goes, or something else is copied from it. data: what the text is made of, freed by `free`
 * when the thread has done with it. */
void clipboard_text_copy (GtkWidget *widget, ClipboardTextFunc func, gpointer data,
                          GDestroyNotify free);
