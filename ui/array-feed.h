/* array-feed.h - an array's elements, read again and again on a thread of their own, for what
 * draws them. No GTK.
 *
 * At most ten times a second; a long array less often, so that a fifth of a processor is spent
 * on it at most. While the session is paused only when asked anew. Main context only. */
#pragma once

#include "array-reader.h"
#include "array-task.h"
#include "session.h"

typedef struct array_feed ArrayFeed;

/* On the thread: reads the elements and computes what is to be drawn. What it writes to is its
 * own until `done`. FALSE: it could not. */
typedef gboolean (*ArrayFeedRun) (ArrayReader *reader, ArrayTask *task, gpointer user_data,
                                  GError **error);
/* In the main context: it was computed (error NULL), or why not. */
typedef void (*ArrayFeedDone) (const GError *error, gpointer user_data);

ArrayFeed *array_feed_new (ArrayFeedRun run, ArrayFeedDone done, gpointer user_data);
void array_feed_free (ArrayFeed *feed);

/* Which elements; entry NULL: none. Begins anew unless they are the same. */
void array_feed_set (ArrayFeed *feed, Session *session, Attachment *attachment, EntryInfo *entry,
                     const ArrayBlock *block, int field);
/* Whether that is what is set already. */
gboolean array_feed_is (ArrayFeed *feed, EntryInfo *entry, const ArrayBlock *block, int field);
/* What is set; FALSE when that is nothing, or no numbers. */
gboolean array_feed_get (ArrayFeed *feed, Attachment **ret_attachment, EntryInfo **ret_entry,
                         ArrayBlock *ret_block, int *ret_field);

/* Only what is on the screen is to be read. */
void array_feed_set_active (ArrayFeed *feed, gboolean active);
/* Waits until the thread lets go what it works with, so that it can be changed; then begins
 * anew. */
void array_feed_hold (ArrayFeed *feed);
void array_feed_restart (ArrayFeed *feed);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ArrayFeed, array_feed_free)
