/* wrap-box.h - a bar whose parts go on in a line below where they have no room beside each other.
 *
 * For templates, which name it with its parts as children. Also around a text that wraps, alone in
 * a horizontal box: the box asks for its width at the height it got, which a label answers by
 * laying its text out dozens of times, and this one by the width that it has anyway. */
#pragma once

#include <gtk/gtk.h>

#define WRAP_TYPE_BOX (wrap_box_get_type ())
G_DECLARE_FINAL_TYPE (WrapBox, wrap_box, WRAP, BOX, GtkWidget)
