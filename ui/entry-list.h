/* entry-list.h - the entries of one segment, as a list model. */
#pragma once

#include "entry-item.h"

#define ENTRY_TYPE_LIST (entry_list_get_type ())
G_DECLARE_FINAL_TYPE (EntryList, entry_list, ENTRY, LIST, GObject)

/* Follows the segment as long as it lives.
 *
 * Signal `segment-changed`: the state of the segment is another (SegmentInfo). */
EntryList *entry_list_new (Session *session, Attachment *attachment);

Session *entry_list_get_session (EntryList *self);
Attachment *entry_list_get_attachment (EntryList *self);
/* The segment as last seen; owned by the list. */
SegmentInfo *entry_list_get_segment (EntryList *self);
/* The position of the entry of this name, or G_MAXUINT. */
guint entry_list_find (EntryList *self, const char *name);
