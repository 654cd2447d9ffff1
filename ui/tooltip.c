/* tooltip.c - tooltips that are set again and again. */
#include "tooltip.h"

void
tooltip_set_text (GtkWidget *widget, const char *text)
{
  if (g_strcmp0 (gtk_widget_get_tooltip_text (widget), text) != 0)
    gtk_widget_set_tooltip_text (widget, text);
}
