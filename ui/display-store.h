/* display-store.h - how people want which entry displayed, and which field of it, remembered in a
 * file in the user's configuration: by what the segment calls itself from run to run, the entry's
 * name and the field's.
 *
 * There is one in a process. On the main thread alone.
 */
#pragma once

#include "display-set.h"
#include "segment-info.h"

/* A set for display_set_unref(); NULL: as the entry itself says. */
DisplaySet *display_store_get (const SegmentInfo *segment, const EntryInfo *entry);
/* Remembers it of the entry (field -1) or of a field; display NULL: no more. FALSE: it is
 * remembered as long as the program runs, but could not be written. */
gboolean display_store_set (const SegmentInfo *segment, const EntryInfo *entry, int field,
                            const Display *display, GError **error);
/* Whether there is nothing in it: then nobody needs to ask. */
gboolean display_store_is_empty (void);
