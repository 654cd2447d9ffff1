/* sidebar-heading.h - the row of a heading in the sidebar: what stands below it, and whether
 * that is shown. */
#pragma once

#include <gtk/gtk.h>

#include "sidebar-group.h"

#define SIDEBAR_TYPE_HEADING (sidebar_heading_get_type ())
G_DECLARE_FINAL_TYPE (SidebarHeading, sidebar_heading, SIDEBAR, HEADING, GtkWidget)

/* Signal `clicked`: asks to expand or collapse it. */
GtkWidget *sidebar_heading_new (void);
/* NULL shows nothing. */
void sidebar_heading_set_group (SidebarHeading *self, SidebarGroup *group);
SidebarGroup *sidebar_heading_get_group (SidebarHeading *self);
