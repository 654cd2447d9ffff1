/* sampler-private.h - what the two halves of the sampler share: its thread
 * (sampler-thread.c) and the main context (sampler.c).
 *
 * A tick: under the mutex the thread takes over which ranges are wanted; without
 * it, it refreshes each segment, reads each watch into a copy that nobody else
 * knows, and compares; under the mutex again it exchanges pointers and puts what
 * differs into the queue, and wakes the main context once. The main context takes
 * one watch after the other from the queue. A watch stands there once: what comes
 * before it is taken replaces what is there.
 *
 * Copies of a watch. `scratch` belongs to the thread. `pending` waits in the
 * queue. `delivered` and `previous` are what the callback gets; the thread reads
 * `delivered` to compare, so it is never written again before two more deliveries
 * made it `spare`, from where the thread takes its next scratch. Of a watch that is sampled
 * directly there are only `scratch`, and `delivered`, which is the thread's too.
 */
#pragma once

#include "sampler.h"
#include "worker.h"

struct copy
{
  guint64 first, last;
  gsize capacity;
  guint8 bytes[];
};

/* A segment with watches on it or its entries. */
struct watched
{
  Attachment *attachment;
  guint references;         /* watches; under the mutex */

  guint64 round;            /* the thread's: when it was refreshed last */
  SegmentInfo *info;        /* as it was then */
  guint64 generation;
  guint64 serial;           /* raised when either is another */
};

struct watch
{
  Sampler *sampler;
  struct watched *watched;
  EntryInfo *entry;         /* NULL: the segment itself is watched */
  SampleFunc func;
  SegmentFunc segment_func;
  gpointer user_data;
  gboolean direct;          /* func is called on the thread, and nothing is queued */

  /* Under the mutex. */
  guint references;
  guint index;              /* in the sampler's list */
  gboolean removed;
  gboolean fresh;           /* its range was never read */
  guint64 first, last;
  Watch *next;              /* in the queue, or among the dead */
  gboolean queued;
  Sample sample;            /* what is pending, but for the elements */
  struct copy *pending, *delivered, *previous, *spare;

  /* The thread's. */
  gboolean due;             /* to be read in this round */
  struct copy *scratch;
  struct copy *newest;      /* pending or delivered: what to compare with */
  Sample seen;              /* what was put into the queue last */
  guint64 seen_serial;
  gboolean was_seen;
  gboolean differs;
  gboolean has_new_copy;
  gint64 held_news_us;
};

struct sampler
{
  pthread_mutex_t mutex;
  pthread_cond_t cond;
  pthread_t thread;
  GSource *source;          /* holds a reference of the sampler */
  gboolean freed;           /* the main context's */

  /* Under the mutex. */
  gboolean stop;
  gboolean paused;
  gboolean kicked;
  double rate;
  guint64 next_ns;          /* when the next tick is due */
  GPtrArray *watches;
  GHashTable *segments;     /* Attachment to struct watched */
  guint64 generation;       /* raised whenever watches is another */
  guint n_fresh;
  Watch *queue_head, *queue_tail;
  guint queue_length;
  Watch *dead;              /* without references, to be freed outside the mutex */
  gboolean woken;
  gint64 rest_until_us;     /* nothing is delivered before */
  TickFunc tick_func;
  gpointer tick_data;
  gboolean tick_pending;
  gint64 tick_us;
  DirectTickFunc direct_tick_func;
  gpointer direct_tick_data;
  struct sampler_statistics statistics;

  /* The thread's. */
  GPtrArray *own;           /* its copy of watches, with references */
  guint64 own_generation;
  guint64 round;
  guint64 told_missed;      /* of statistics.missed, by direct_tick_func */
};

/* Whether these are the elements first <= i < last; not when copy is NULL. */
static inline gboolean
copy_has_range (const struct copy *copy, guint64 first, guint64 last)
{
  return copy != NULL && copy->first == first && copy->last == last;
}

/* Gives up a reference of a watch. Under the mutex; the last one is freed by
 * sampler_unlock(). */
void watch_release (Watch *watch);

/* Gives up the mutex, then frees what is dead: that may unmap memory. */
void sampler_unlock (Sampler *sampler);

/* The thread's function; data is the sampler. */
void *sampler_run (void *data);
