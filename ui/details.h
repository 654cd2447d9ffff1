/* details.h - all that is known of one entry, and what is in it: the fields of a structure, the
 * elements of an array. */
#pragma once

#include <gtk/gtk.h>

#include "entry-item.h"

#define DETAILS_TYPE (details_get_type ())
G_DECLARE_FINAL_TYPE (Details, details, SHMLENS, DETAILS, GtkWidget)

/* Property `narrow`: one below the other instead of side by side. */
void details_set_item (Details *self, EntryItem *item);
/* Gives the focus to what can be edited here. */
void details_focus_content (Details *self);
/* Asks for an index to go to; only for arrays. */
void details_go_to (Details *self);
