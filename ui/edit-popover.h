/* edit-popover.h - edits one value where it stands. */
#pragma once

#include <gtk/gtk.h>

#include "array-block.h"
#include "entry-item.h"

#define EDIT_TYPE_POPOVER (edit_popover_get_type ())
G_DECLARE_FINAL_TYPE (EditPopover, edit_popover, EDIT, POPOVER, GtkPopover)

/* Set as parent by whoever uses it, who unparents it in dispose. */
EditPopover *edit_popover_new (void);

/* Opens it with the value as it is now. field: index, or -1 the element itself.
 * where: in coordinates of its parent. */
void edit_popover_open (EditPopover *self, EntryItem *item, int field, const GdkRectangle *where);
/* The same with the text that it has now, of an entry that is not looked at. */
void edit_popover_open_text (EditPopover *self, EntryItem *item, int field, const char *text,
                             const GdkRectangle *where);
/* The same for one element of an array, that reads `text` now. */
void edit_popover_open_element (EditPopover *self, EntryItem *item, guint64 index, int field,
                                const char *text, const GdkRectangle *where);
/* The same for several elements of an array: one value for all, "+=5", or "0:2" for a ramp that
 * begins with 0 in steps of 2. */
void edit_popover_open_block (EditPopover *self, EntryItem *item, const ArrayBlock *block,
                              int field, const GdkRectangle *where);
