/* drop-down.h - what a GtkDropDown is called by a screen reader: the toolkit (4.8) tells only of
 * the button inside, which has no name of its own. */
#pragma once

#include <gtk/gtk.h>

static inline void
drop_down_set_name (GtkDropDown *self, const char *name)
{
  gtk_accessible_update_property (
    GTK_ACCESSIBLE (gtk_widget_get_first_child (GTK_WIDGET (self))), GTK_ACCESSIBLE_PROPERTY_LABEL,
    name, -1);
}
