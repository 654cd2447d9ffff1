/* sampler.h - one clock and one thread that copies what is visible.
 *
 * Each tick the thread copies the elements that somebody watches, compares them
 * with the copy before, and hands what differs to the main context in one go.
 * Callbacks run on the context the sampler was made on and get copies that stay
 * valid during the call. The thread never waits for a lock.
 */
#pragma once

#include "attachment.h"

typedef struct sampler Sampler;
typedef struct watch Watch;
typedef struct sample Sample;

struct sample
{
  gint64 time_us;              /* g_get_monotonic_time() of the copy */
  int status;                  /* enum shmlens_consistency, or -errno: then `elements` are the last ones */
  guint64 first, last;         /* which elements these are */
  const void *elements;        /* packed; NULL when nothing was ever read */
  gboolean changed;            /* differs from the sample before */
  gboolean has_writes;
  guint64 writes;              /* the entry's write counter */
  gboolean has_lock;
  struct shmlens_lock_info lock;
};

/* A watched entry differs from the last call, or its lock or status does. */
typedef void (*SampleFunc) (Watch *watch, const Sample *sample, gpointer user_data);

/* A watched segment's state or its entries changed (attachment_get_… have them). */
typedef void (*SegmentFunc) (Attachment *attachment, gpointer user_data);

/* A tick was handed over: called once after the callbacks of that tick, also when
 * nothing differed. */
typedef void (*TickFunc) (Sampler *sampler, gint64 time_us, gpointer user_data);

#define SAMPLER_RATE_MIN 1.0
#define SAMPLER_RATE_MAX 1000.0
#define SAMPLER_RATE_DEFAULT 10.0

/* Results come on the thread-default main context of the caller. */
Sampler *sampler_new (void);
/* Stops the thread; no callback comes afterwards. */
void sampler_free (Sampler *sampler);

void sampler_set_rate (Sampler *sampler, double hertz);
double sampler_get_rate (Sampler *sampler);
void sampler_set_paused (Sampler *sampler, gboolean paused);
gboolean sampler_get_paused (Sampler *sampler);
/* One tick as soon as possible, also when paused: after an edit. */
void sampler_kick (Sampler *sampler);
void sampler_set_tick_func (Sampler *sampler, TickFunc func, gpointer user_data);

/* Watches the elements first <= i < last of an entry. Owned by the sampler until
 * sampler_unwatch(). The first sample comes with the next tick. */
Watch *sampler_watch (Sampler *sampler, Attachment *attachment, EntryInfo *entry, guint64 first,
                      guint64 last, SampleFunc func, gpointer user_data);
/* Another range, for example after scrolling. Cheap; may be called each frame. */
void sampler_set_range (Sampler *sampler, Watch *watch, guint64 first, guint64 last);
/* After this returns, func is not called again. */
void sampler_unwatch (Sampler *sampler, Watch *watch);
EntryInfo *watch_get_entry (Watch *watch);
Attachment *watch_get_attachment (Watch *watch);

/* Watches a segment's state and entries (refreshed at each tick). */
Watch *sampler_watch_segment (Sampler *sampler, Attachment *attachment, SegmentFunc func,
                              gpointer user_data);

/* How the sampler itself does: ticks made, ticks missed because one took too long,
 * nanoseconds of processor time its thread has used. */
struct sampler_statistics
{
  guint64 ticks, missed, cpu_ns;
};
void sampler_get_statistics (Sampler *sampler, struct sampler_statistics *ret_statistics);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Sampler, sampler_free)
