/* wrap-layout.h - a layout of lines: what has no room beside what is before it goes below. */
#pragma once

#include <gtk/gtk.h>

#define WRAP_TYPE_LAYOUT (wrap_layout_get_type ())
G_DECLARE_FINAL_TYPE (WrapLayout, wrap_layout, WRAP, LAYOUT, GtkLayoutManager)

/* Asks for the width of its widest child, and uses what it gets. What a line has left goes to those
 * in it that expand. column_spacing is between two of a line, row_spacing between two lines. */
GtkLayoutManager *wrap_layout_new (int column_spacing, int row_spacing);
