/* wrap-box.h - a bar whose parts go on in a line below where they have no room beside each other.
 *
 * For templates, which name it with its parts as children. */
#pragma once

#include <gtk/gtk.h>

#define WRAP_TYPE_BOX (wrap_box_get_type ())
G_DECLARE_FINAL_TYPE (WrapBox, wrap_box, WRAP, BOX, GtkWidget)
