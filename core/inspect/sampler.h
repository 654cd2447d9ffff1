/* sampler.h - one clock and one thread that copies what is visible.
 *
 * Each tick the thread copies the elements that somebody watches, compares them
 * with the copy before, and hands what differs to the main context in one go.
 * Callbacks run on the context the sampler was made on and get copies that stay
 * valid during the call. The thread never waits for a program's lock, and sleeps
 * while nothing is watched or the sampler is paused.
 *
 * A main loop that is late gets the newest sample of each watch, never a queue of
 * old ones. A watch keeps two copies of its elements, up to four while they change;
 * one over very many elements delays the other watches of its tick, so watch what
 * is visible.
 *
 * All functions on the thread that runs the context, unless they say otherwise;
 * all of them also from within callbacks.
 */
#pragma once

#include "attachment.h"

typedef struct sampler Sampler;
typedef struct watch Watch;
typedef struct sample Sample;

struct sample
{
  gint64 time_us;              /* g_get_monotonic_time() of the copy */
  int status;                  /* enum shmlens_consistency, or -errno: then `elements` are
                                * the last ones that could be read */
  guint64 first, last;         /* which elements these are */
  const void *elements;        /* packed; NULL when nothing of this range was ever read */
  gboolean changed;            /* the elements changed since the call before; not set by the first
                                * sample of a range */
  const void *previous;        /* when changed: the elements of the call before; else NULL */
  gboolean has_writes;
  guint64 writes;              /* the entry's write counter */
  gboolean has_lock;
  LockInfo lock;
};

/* The first sample of a range, and whenever the elements, their status, the write
 * counter or the lock differ from the last call. How long a lock is held is
 * brought up to date once a second. */
typedef void (*SampleFunc) (Watch *watch, const Sample *sample, gpointer user_data);

/* A watched segment's state or its entries changed (attachment_get_… have them);
 * also once at first. */
typedef void (*SegmentFunc) (Attachment *attachment, gpointer user_data);

/* A tick was handed over: called once after the callbacks of that tick, also when
 * nothing differed. Ticks for which the main loop was late come as one. */
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
 * sampler_unwatch(). The first sample comes at once, also when paused. */
Watch *sampler_watch (Sampler *sampler, Attachment *attachment, EntryInfo *entry, guint64 first,
                      guint64 last, SampleFunc func, gpointer user_data);
/* For recording, which may miss nothing: func is called on the sampler's own thread, at once, for
 * each sample that differs, and none is replaced by a newer one. It has to be quick, and calls no
 * function of the sampler. A call can be under way while sampler_unwatch() returns: what func uses
 * stays until sampler_free(). */
Watch *sampler_watch_directly (Sampler *sampler, Attachment *attachment, EntryInfo *entry,
                               guint64 first, guint64 last, SampleFunc func, gpointer user_data);

/* The same for ticks: on the sampler's thread after the samples of each; missed: the ticks that
 * were skipped before it. To be set before the first watch. */
typedef void (*DirectTickFunc) (gint64 time_us, guint64 missed, gpointer user_data);
void sampler_set_direct_tick_func (Sampler *sampler, DirectTickFunc func, gpointer user_data);

/* Another range, for example after scrolling: it is read at once, also when paused.
 * Cheap; may be called each frame, and from any thread. */
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
