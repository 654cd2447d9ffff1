/* array-plane-bar.h - chooses the plane of an array of more than two dimensions that is shown:
 * which axes are rows and columns, and where the others stand. */
#pragma once

#include <gtk/gtk.h>

#include "array-plane.h"

#define ARRAY_TYPE_PLANE_BAR (array_plane_bar_get_type ())
G_DECLARE_FINAL_TYPE (ArrayPlaneBar, array_plane_bar, ARRAY, PLANE_BAR, GtkWidget)

/* Signal `chosen` (): another plane was chosen. */

/* Hides itself where there is nothing to choose: entry NULL, fewer dimensions, structures. */
void array_plane_bar_set (ArrayPlaneBar *self, EntryInfo *entry, const ArrayPlane *plane);
void array_plane_bar_get (ArrayPlaneBar *self, ArrayPlane *ret_plane);
