/* condition.h - a condition on the entries of a segment, for recordings and alerts:
 *
 *   stop != 0                 loss > 10 and epoch >= 3        not (state == idle)
 *   counts[3] == 7            done >= total                   pos.x < -0.5
 *   changed(counts)           lock(done)                      lock(done) > 1   dead(done)
 *
 * Left of a comparison stands one element or field (target.h says how they are named;
 * names with odd characters in quotes), right of it a number, true, false, nan, a
 * character in quotes, a label of the left one, or another element. Alone, an element
 * means that it is not 0. Integers of 64 bits are exact, also against fractions; a
 * literal beside a float32 is a float32. changed() takes any range. lock() is for how
 * many seconds the entry's lock is held, alone whether it is held; dead() whether its
 * holder has died. "not" binds before "and", "and" before "or".
 *
 * The condition is fed with what was sampled and never reads by itself. Not safe to be
 * used by several threads at once.
 */
#pragma once

#include "target.h"

typedef struct condition Condition;

enum condition_use
{
  CONDITION_VALUE,   /* fed with one element */
  CONDITION_CHANGED, /* fed with whether the range changed */
  CONDITION_LOCK     /* fed with the state of the entry's lock */
};

/* What is to be fed. The same element can stand here more than once. */
struct condition_operand
{
  enum condition_use use;
  struct target target;
};

/* Errors, with the character at which: USAGE it cannot be read, or compares what cannot
 * be compared; NOT_FOUND no such entry, field or element, with near names. */
Condition *condition_parse (Attachment *attachment, const char *text, GError **error);
void condition_free (Condition *condition);

/* As it was written. */
const char *condition_get_text (const Condition *condition);
guint condition_n_operands (const Condition *condition);
const struct condition_operand *condition_get_operand (const Condition *condition, guint index);

/* The elements of the operand's target, or NULL when they cannot be read: what depends on
 * them is then unknown. changed: they differ from those before. A change counts until the
 * next condition_evaluate(). */
void condition_feed (Condition *condition, guint operand, const void *elements, gboolean changed);
/* NULL: nothing is known of the lock. */
void condition_feed_lock (Condition *condition, guint operand, const LockInfo *lock);

/* Whether it is met; not when that depends on what is unknown. */
gboolean condition_evaluate (Condition *condition);

/* Tells the moments at which something begins to be so, for alerts: once when it begins,
 * and not again before it was otherwise for rearm_us on end. */
struct condition_edge
{
  gboolean fired;
  gboolean is_off;      /* it was otherwise since off_us */
  gint64 off_us;
};
gboolean condition_edge_update (struct condition_edge *edge, gboolean is_met, gint64 time_us,
                                gint64 rearm_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Condition, condition_free)
