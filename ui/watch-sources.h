/* watch-sources.h - the segments that rows of a list mean, each found and opened once however
 * many rows mean it, and let go when none does any more.
 */
#pragma once

#include "watch-source.h"

#define WATCH_TYPE_SOURCES (watch_sources_get_type ())
G_DECLARE_FINAL_TYPE (WatchSources, watch_sources, WATCH, SOURCES, GObject)

/* Tells the segments that are meant now, each by watch_sources_want(). */
typedef void (*WatchSourcesName) (WatchSources *sources, gpointer user_data);

/* sampler: that follows what is opened; it has to outlive this. segments: among which they are
 * looked for. changed: what is there of one is another, or it was looked for. Neither function is
 * called any more after watch_sources_close(). */
WatchSources *watch_sources_new (Session *session, Sampler *sampler, SegmentList *segments,
                                 WatchSourcesName name, WatchSourceChanged changed,
                                 gpointer user_data);
void watch_sources_close (WatchSources *self);

/* Whether they are looked for and followed; at first not. */
void watch_sources_set_active (WatchSources *self, gboolean active);
/* What is meant is another. */
void watch_sources_look_soon (WatchSources *self);

/* Only within WatchSourcesName. */
void watch_sources_want (WatchSources *self, const char *key, const char *title);
/* Owned by this; NULL: nothing means it. */
WatchSource *watch_sources_find (WatchSources *self, const char *key);
