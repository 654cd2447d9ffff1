/* group-popover.h - edits several entries at once: one text for all. */
#pragma once

#include <gtk/gtk.h>

#include "entry-item.h"

#define GROUP_TYPE_POPOVER (group_popover_get_type ())
G_DECLARE_FINAL_TYPE (GroupPopover, group_popover, GROUP, POPOVER, GtkPopover)

/* Set as parent by whoever uses it, who unparents it in dispose. */
GroupPopover *group_popover_new (void);

/* items: of EntryItem, of one session. where: in coordinates of its parent. */
void group_popover_open (GroupPopover *self, GPtrArray *items, const GdkRectangle *where);
