/* tooltip.h - tooltips that are set again and again. */
#pragma once

#include <gtk/gtk.h>

/* As gtk_widget_set_tooltip_text(), which asks the display where the pointer is each time, but
 * does nothing when it is the same text; text may be NULL. */
void tooltip_set_text (GtkWidget *widget, const char *text);
