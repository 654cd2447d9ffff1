/* lock-history.h - the last minute of a lock, as looks at it tell.
 *
 * Pure: no clock, no thread of its own. A lock that says since when it is held is held
 * from then on, also between two looks.
 */
#pragma once

#include "lock-info.h"

typedef struct lock_history LockHistory;

/* What a span of time was; of several the last that stands here. */
enum lock_past
{
  LOCK_PAST_UNKNOWN, /* nobody looked */
  LOCK_PAST_FREE,
  LOCK_PAST_HELD,
  LOCK_PAST_DEAD     /* its holder had died */
};

#define LOCK_HISTORY_SPANS 240
#define LOCK_HISTORY_SPAN_US 250000

LockHistory *lock_history_new (void);
void lock_history_free (LockHistory *self);

/* A look at the lock at a time (g_get_monotonic_time()); one older than the last is left out. */
void lock_history_add (LockHistory *self, gint64 time_us, const LockInfo *info);

/* What the span was that lies `back` spans before the one of the last look: 0 that one itself. */
enum lock_past lock_history_get (const LockHistory *self, guint back);
/* How much of the looks of the last minute found it held, 0 to 1; NAN before the first. */
double lock_history_share (const LockHistory *self);
/* The longest that it was seen held since the beginning. */
guint64 lock_history_longest_ns (const LockHistory *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LockHistory, lock_history_free)
