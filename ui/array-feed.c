/* array-feed.c - an array's elements, read again and again. */
#include "array-feed.h"

#include <string.h>

#define INTERVAL_MS 100
/* The time that is spent is at most one part of this many. */
#define SHARE 5
#define INTERVAL_MAX_MS 60000

struct array_feed
{
  ArrayFeedRun run;
  ArrayFeedDone done;
  gpointer user_data;
  Session *session;
  Attachment *attachment;
  EntryInfo *entry;        /* NULL: none */
  ArrayBlock block;
  int field;
  ArrayReader *reader;     /* NULL: no numbers */
  gboolean active;
  guint timeout;
  ArrayTask *task;         /* the reader and the error are the thread's then */
  GError *error;
  gint64 begun_us;
};

static void start (ArrayFeed *feed);

ArrayFeed *
array_feed_new (ArrayFeedRun run, ArrayFeedDone done, gpointer user_data)
{
  ArrayFeed *feed = g_new0 (ArrayFeed, 1);

  feed->run = run;
  feed->done = done;
  feed->user_data = user_data;
  return feed;
}

void
array_feed_hold (ArrayFeed *feed)
{
  g_clear_handle_id (&feed->timeout, g_source_remove);
  g_clear_pointer (&feed->task, array_task_free);
  g_clear_error (&feed->error);
}

static void
clear (ArrayFeed *feed)
{
  array_feed_hold (feed);
  g_clear_pointer (&feed->reader, array_reader_free);
  g_clear_pointer (&feed->attachment, attachment_unref);
  g_clear_pointer (&feed->entry, entry_info_unref);
  g_clear_object (&feed->session);
}

void
array_feed_free (ArrayFeed *feed)
{
  if (feed == NULL)
    return;
  clear (feed);
  g_free (feed);
}

static gboolean
start_again (gpointer user_data)
{
  ArrayFeed *feed = user_data;

  if (sampler_get_paused (session_get_sampler (feed->session)))
    return G_SOURCE_CONTINUE;
  feed->timeout = 0;
  start (feed);
  return G_SOURCE_REMOVE;
}

static void
note_done (ArrayTask *task, gpointer data)
{
  ArrayFeed *feed = data;
  g_autoptr (GError) error = g_steal_pointer (&feed->error);
  gint64 spent_ms = (g_get_monotonic_time () - feed->begun_us) / 1000;

  g_clear_pointer (&feed->task, array_task_free);
  feed->timeout = g_timeout_add (
    (guint) CLAMP (spent_ms * SHARE, INTERVAL_MS - MIN (spent_ms, INTERVAL_MS / 2), INTERVAL_MAX_MS),
    start_again, feed);
  feed->done (error, feed->user_data);
}

static void
run (ArrayTask *task, gpointer data)
{
  ArrayFeed *feed = data;

  array_reader_rewind (feed->reader);
  feed->run (feed->reader, task, feed->user_data, &feed->error);
}

static void
start (ArrayFeed *feed)
{
  feed->begun_us = g_get_monotonic_time ();
  feed->task = array_task_new (run, note_done, feed);
}

void
array_feed_restart (ArrayFeed *feed)
{
  array_feed_hold (feed);
  if (feed->active && feed->reader != NULL)
    start (feed);
}

gboolean
array_feed_is (ArrayFeed *feed, EntryInfo *entry, const ArrayBlock *block, int field)
{
  return entry == feed->entry
         && (entry == NULL
             || (field == feed->field && memcmp (block, &feed->block, sizeof *block) == 0));
}

void
array_feed_set (ArrayFeed *feed, Session *session, Attachment *attachment, EntryInfo *entry,
                const ArrayBlock *block, int field)
{
  g_autoptr (GError) error = NULL;

  if (array_feed_is (feed, entry, block, field))
    return;
  clear (feed);
  if (entry == NULL)
    return;
  feed->session = g_object_ref (session);
  feed->attachment = attachment_ref (attachment);
  feed->entry = entry_info_ref (entry);
  feed->block = *block;
  feed->field = field;
  feed->reader = array_reader_new (attachment, entry, field, block, &error);
  if (feed->reader == NULL)
    feed->done (error, feed->user_data);
  array_feed_restart (feed);
}

gboolean
array_feed_get (ArrayFeed *feed, Attachment **ret_attachment, EntryInfo **ret_entry,
                ArrayBlock *ret_block, int *ret_field)
{
  if (feed->reader == NULL)
    return FALSE;
  *ret_attachment = feed->attachment;
  *ret_entry = feed->entry;
  *ret_block = feed->block;
  *ret_field = feed->field;
  return TRUE;
}

void
array_feed_set_active (ArrayFeed *feed, gboolean active)
{
  if (active == feed->active)
    return;
  feed->active = active;
  array_feed_restart (feed);
}
