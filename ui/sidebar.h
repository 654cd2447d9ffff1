/* sidebar.h - the list of segments. */
#pragma once

#include <gtk/gtk.h>

#include "segment-list.h"

#define SIDEBAR_TYPE (sidebar_get_type ())
G_DECLARE_FINAL_TYPE (Sidebar, sidebar, SHMLENS, SIDEBAR, GtkWidget)

/* Signals: `selected` (SegmentItem), never NULL: a segment that goes while it is selected
 * leaves nothing selected, silently; `activated` (SegmentItem). */

/* Segments stand below headings of their kind, as SidebarModel orders them. */
void sidebar_set_list (Sidebar *self, SegmentList *list);
/* Remembers which groups are collapsed. */
void sidebar_set_settings (Sidebar *self, GSettings *settings);
/* Also a segment that a filter or a collapsed group hides, which then shows it. FALSE when there
 * is no such segment ("shm:/name", "/name", "name"). */
gboolean sidebar_select (Sidebar *self, const char *id);
void sidebar_select_first (Sidebar *self);
void sidebar_unselect (Sidebar *self);
/* How many values the watch list has, which is opened from here. */
void sidebar_set_watched (Sidebar *self, guint n);
