/* lock-history.c - the last minute of a lock, in spans of a ring. */
#include "lock-history.h"

#include <math.h>

struct span
{
  guint8 past;            /* enum lock_past */
  guint16 looks, held;
};

struct lock_history
{
  struct span spans[LOCK_HISTORY_SPANS];
  gint64 newest;          /* the number of the newest span; -1 none */
  guint64 longest_ns;
};

LockHistory *
lock_history_new (void)
{
  LockHistory *self = g_new0 (LockHistory, 1);

  self->newest = -1;
  return self;
}

void
lock_history_free (LockHistory *self)
{
  g_free (self);
}

static struct span *
span_at (LockHistory *self, gint64 number)
{
  return &self->spans[number % LOCK_HISTORY_SPANS];
}

/* What lies between the newest span and this one was not looked at. */
static void
move_on (LockHistory *self, gint64 number)
{
  gint64 first = MAX (self->newest + 1, number - LOCK_HISTORY_SPANS + 1);

  for (gint64 i = first; i <= number; i++)
    *span_at (self, i) = (struct span) { 0 };
  self->newest = number;
}

static enum lock_past
past_of (const LockInfo *info)
{
  switch (info->state)
    {
    case SHMLENS_LOCK_FREE:
      return LOCK_PAST_FREE;
    case SHMLENS_LOCK_HELD:
      return LOCK_PAST_HELD;
    case SHMLENS_LOCK_DEAD:
      return LOCK_PAST_DEAD;
    default:
      return LOCK_PAST_UNKNOWN;
    }
}

void
lock_history_add (LockHistory *self, gint64 time_us, const LockInfo *info)
{
  gint64 number = MAX (time_us, 0) / LOCK_HISTORY_SPAN_US, since;
  enum lock_past past = past_of (info);
  struct span *span;

  if (number < self->newest)
    return;
  if (number > self->newest)
    move_on (self, number);
  span = span_at (self, number);
  span->past = (guint8) MAX (span->past, past);
  if (past == LOCK_PAST_UNKNOWN)
    return;
  if (span->looks < G_MAXUINT16)
    {
      span->looks++;
      span->held += past != LOCK_PAST_FREE;
    }
  if (past != LOCK_PAST_HELD)
    return;

  self->longest_ns = MAX (self->longest_ns, info->held_ns);
  since = MAX (time_us - (gint64) MIN (info->held_ns / 1000, (guint64) G_MAXINT64), 0);
  since /= LOCK_HISTORY_SPAN_US;
  for (gint64 i = MAX (since, number - LOCK_HISTORY_SPANS + 1); i < number; i++)
    if (span_at (self, i)->looks == 0)
      *span_at (self, i) = (struct span) { LOCK_PAST_HELD, 1, 1 };
    else
      span_at (self, i)->past = (guint8) MAX (span_at (self, i)->past, LOCK_PAST_HELD);
}

enum lock_past
lock_history_get (const LockHistory *self, guint back)
{
  if (back >= LOCK_HISTORY_SPANS || self->newest < (gint64) back)
    return LOCK_PAST_UNKNOWN;
  return self->spans[(self->newest - back) % LOCK_HISTORY_SPANS].past;
}

double
lock_history_share (const LockHistory *self)
{
  guint64 looks = 0, held = 0;

  for (guint i = 0; i < LOCK_HISTORY_SPANS; i++)
    {
      looks += self->spans[i].looks;
      held += self->spans[i].held;
    }
  return looks > 0 ? (double) held / (double) looks : NAN;
}

guint64
lock_history_longest_ns (const LockHistory *self)
{
  return self->longest_ns;
}
