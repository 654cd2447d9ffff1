/* watch-source.h - a segment that rows of the watch list mean: found again whenever it comes
 * back, opened and followed as long as somebody looks.
 */
#pragma once

#include "segment-list.h"
#include "session.h"

typedef struct watch_source WatchSource;

/* What is there is another: the attachment, its entries, or why there is none. */
typedef void (*WatchSourceChanged) (WatchSource *source, gpointer user_data);

/* sampler: that follows it, and has to outlive it. key: as watch_list_key() has it; title: of the
 * segment, for people. */
WatchSource *watch_source_new (Session *session, Sampler *sampler, const char *key,
                               const char *title, WatchSourceChanged changed, gpointer user_data);
/* No callback comes afterwards. */
void watch_source_free (WatchSource *self);

const char *watch_source_get_key (WatchSource *self);
/* NULL: there is none now, and the reason says why. */
Attachment *watch_source_get_attachment (WatchSource *self);
const char *watch_source_get_reason (WatchSource *self);

/* The segments that there are are others: opens the one that is meant when it is another. */
void watch_source_look (WatchSource *self, SegmentList *segments);
/* Whether changes of the segment are followed. */
void watch_source_set_active (WatchSource *self, gboolean active);
