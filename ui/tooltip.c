/* tooltip.c - tooltips that are set again and again. */
#include "tooltip.h"

#include "sentence.h"

void
tooltip_set_text (GtkWidget *widget, const char *text)
{
  g_autofree char *isolated = text != NULL ? sentence_isolate (text) : NULL;

  if (g_strcmp0 (gtk_widget_get_tooltip_text (widget), isolated) != 0)
    gtk_widget_set_tooltip_text (widget, isolated);
}
