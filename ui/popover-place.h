/* popover-place.h - where a popover opens on a low screen. */
#pragma once

#include <gtk/gtk.h>

/* Moves a popover that is open, and points to this place in its parent: when there is room for it
 * neither above nor below, up over the place, as far as it takes to see all of it. */
void popover_place (GtkPopover *popover, const GdkRectangle *where);

/* Opens it there. */
void popover_popup_at (GtkPopover *popover, const GdkRectangle *where);
