/* sidebar-model.h - the rows of the sidebar: segments below the heading of their kind,
 * those of one program together.
 *
 * Items are SidebarGroup and SegmentItem, the same objects as long as they are there. What
 * did not change is not reported, and costs nothing.
 */
#pragma once

#include "segment-list.h"
#include "sidebar-group.h"

#define SIDEBAR_TYPE_MODEL (sidebar_model_get_type ())
G_DECLARE_FINAL_TYPE (SidebarModel, sidebar_model, SIDEBAR, MODEL, GObject)

/* Property `collapsed` (strings): the names of the groups that are collapsed. */
SidebarModel *sidebar_model_new (void);

/* NULL: empties it. */
void sidebar_model_set_list (SidebarModel *self, SegmentList *list);

/* Only segments for each word of which something of this contains it: the name, the title,
 * the name of one of its processes; or the id of one begins with it. Groups with such
 * segments are expanded meanwhile. NULL or "": all. */
void sidebar_model_set_filter (SidebarModel *self, const char *text);

void sidebar_model_set_group_collapsed (SidebarModel *self, SidebarGroup *group,
                                        gboolean collapsed);

/* The group of a row, which may be one itself. Owned by the model. */
SidebarGroup *sidebar_model_group_of (SidebarModel *self, gpointer item);

/* The place of a row; G_MAXUINT when it is not shown. */
guint sidebar_model_find (SidebarModel *self, gpointer item);
/* The place of the first segment; G_MAXUINT when none is shown. */
guint sidebar_model_first_segment (SidebarModel *self);
