/* segment-list.h - the segments there are, as a list model. */
#pragma once

#include <gio/gio.h>

#include "segment-item.h"

#define SEGMENT_TYPE_LIST (segment_list_get_type ())
G_DECLARE_FINAL_TYPE (SegmentList, segment_list, SEGMENT, LIST, GObject)

/* Property `loaded`: whether the list was filled at least once. */
SegmentList *segment_list_new (void);

/* Makes the list what `segments` (SegmentInfo) says, in its order: items of
 * segments that stay are kept, and what did not change is not reported. */
void segment_list_update (SegmentList *self, GPtrArray *segments);

gboolean segment_list_is_loaded (SegmentList *self);

/* The position of the segment with this id or name ("shm:/name", "/name", "name", "pid:4711":
 * also when that process belongs to a program, or started it); G_MAXUINT when it is not
 * there. */
guint segment_list_find (SegmentList *self, const char *id);
