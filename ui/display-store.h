/* display-store.h - how people want which entry displayed, remembered in a file in the user's
 * configuration: by what the segment calls itself from run to run, and the entry's name.
 *
 * There is one in a process. On the main thread alone.
 */
#pragma once

#include "display.h"
#include "segment-info.h"

/* Owned by the store, until it is set anew; NULL: as the entry itself says. */
const Display *display_store_get (const SegmentInfo *segment, const char *entry);
/* Remembers it; display NULL: no more. FALSE: it is remembered as long as the program runs,
 * but could not be written. */
gboolean display_store_set (const SegmentInfo *segment, const char *entry,
                            const Display *display, GError **error);
/* Whether there is nothing in it: then nobody needs to ask. */
gboolean display_store_is_empty (void);
