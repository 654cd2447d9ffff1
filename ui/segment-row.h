/* segment-row.h - one segment in the sidebar. */
#pragma once

#include <gtk/gtk.h>

#include "segment-item.h"

#define SEGMENT_TYPE_ROW (segment_row_get_type ())
G_DECLARE_FINAL_TYPE (SegmentRow, segment_row, SEGMENT, ROW, GtkWidget)

/* Property `item`. */
GtkWidget *segment_row_new (void);
void segment_row_set_item (SegmentRow *self, SegmentItem *item);
SegmentItem *segment_row_get_item (SegmentRow *self);
