/* entry-statistics.h - what became of one scalar: extremes, mean, changes, rates.
 *
 * It is fed with a value whenever that is another, or at each look; between two of them the
 * value is taken to have stayed what it was. So the mean is one over time, and a value that
 * stands still has a rate of nothing, whoever samples it how often. Memory is bounded,
 * and the cost of each call, too.
 *
 * NaN takes no part in the extremes, the mean and the rates; infinities none in the last
 * two. Integers of 64 bits stay exact but for mean and rates. Times ascend: a value older
 * than the last is left out. Not safe between threads by itself.
 */
#pragma once

#include "number.h"

typedef struct entry_statistics EntryStatistics;

enum statistic
{
  STATISTIC_LAST,
  STATISTIC_PREVIOUS,  /* before the last change */
  STATISTIC_MINIMUM,
  STATISTIC_MAXIMUM
};

enum statistic_span
{
  STATISTIC_1_S,
  STATISTIC_10_S,
  STATISTIC_100_S
};

EntryStatistics *entry_statistics_new (void);
void entry_statistics_free (EntryStatistics *self);

/* The value at this time. All values of one series are of one form. */
void entry_statistics_add (EntryStatistics *self, gint64 time_us, const Number *value);
/* Nobody looks from now on until the next value: what was meanwhile is in no mean and no
 * rate. */
void entry_statistics_pause (EntryStatistics *self, gint64 time_us);
/* Begins anew at this time, with the value as it is. */
void entry_statistics_reset (EntryStatistics *self, gint64 time_us);

/* FALSE: there is none yet; ret_value is untouched then. */
gboolean entry_statistics_get (const EntryStatistics *self, enum statistic which,
                               Number *ret_value);
/* Over the time that was looked at, up to now; NAN when there was none. */
double entry_statistics_mean (const EntryStatistics *self, gint64 now_us);
/* Change per second over the last 1, 10 or 100 seconds, or since the start when that is
 * less; exact to a twentieth. NAN when it is not known. */
double entry_statistics_rate (const EntryStatistics *self, enum statistic_span span,
                              gint64 now_us);
/* How often it was another value than before, and when last (0: never). */
guint64 entry_statistics_changes (const EntryStatistics *self, gint64 *ret_time_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EntryStatistics, entry_statistics_free)
