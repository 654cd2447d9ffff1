/* segment-item.h - a segment in the list: the same object as long as the segment is
 * there, whatever happens to it. */
#pragma once

#include <glib-object.h>

#include "segment-info.h"

#define SEGMENT_TYPE_ITEM (segment_item_get_type ())
G_DECLARE_FINAL_TYPE (SegmentItem, segment_item, SEGMENT, ITEM, GObject)

/* Properties: `id`, and `info` (a pointer), notified when it is another. */
SegmentItem *segment_item_new (SegmentInfo *info);

/* Owned by the item. */
SegmentInfo *segment_item_get_info (SegmentItem *self);
const char *segment_item_get_id (SegmentItem *self);
/* Whether nobody describes what is in it, but a type can be given by hand. */
gboolean segment_item_is_raw (SegmentItem *self);
/* Whether it is a program, all of whose memory stands in one list. */
gboolean segment_item_is_program (SegmentItem *self);
void segment_item_set_info (SegmentItem *self, SegmentInfo *info);
