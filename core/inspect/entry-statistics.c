/* entry-statistics.c - what became of one scalar: extremes, mean, changes, rates.
 *
 * Doubles are distances from the first value: a counter that begins at 2^60 has an exact
 * rate, and the mean does not lose what is small beside the values. */
#include "entry-statistics.h"

#include <math.h>

#define N_SPANS 3
/* Into so many parts a span is divided, and so many are kept: one is always old enough. */
#define PARTS 20
#define PARTS_KEPT (PARTS + 2)

static const gint64 spans_us[N_SPANS] = { 1000000, 10000000, 100000000 };

/* The values of a part of a span. */
struct part
{
  gint64 first_us, last_us;
  double first, last;
};

struct parts
{
  guint start, length;
  struct part ring[PARTS_KEPT];
};

struct entry_statistics
{
  gboolean has_last, has_previous, has_extremes, has_origin;
  Number last, previous, minimum, maximum, origin;
  guint64 changes;
  gint64 changed_us;

  gint64 last_us;        /* when the last value came */
  gboolean running;      /* it holds since then */
  double distance;       /* of the last value; not finite: it takes no part */
  double mean;           /* of the distances, over weight_us */
  double weight_us;
  struct parts parts[N_SPANS];
};

EntryStatistics *
entry_statistics_new (void)
{
  return g_new0 (EntryStatistics, 1);
}

void
entry_statistics_free (EntryStatistics *self)
{
  g_free (self);
}

/* How far it is from the first value. */
static double
distance_of (const EntryStatistics *self, const Number *number)
{
  if (number->form == NUMBER_INTEGER)
    return (double) (number->integer - self->origin.integer);
  return number_double (number) - number_double (&self->origin);
}

static struct part *
part_at (const struct parts *parts, guint index)
{
  return (struct part *) &parts->ring[(parts->start + index) % PARTS_KEPT];
}

static void
add_to_parts (struct parts *parts, gint64 part_us, gint64 time_us, double distance)
{
  struct part *newest = parts->length > 0 ? part_at (parts, parts->length - 1) : NULL;

  if (newest != NULL && time_us - newest->first_us < part_us)
    {
      newest->last_us = time_us;
      newest->last = distance;
      return;
    }
  if (parts->length == PARTS_KEPT)
    parts->start = (parts->start + 1) % PARTS_KEPT;
  else
    parts->length++;
  *part_at (parts, parts->length - 1) = (struct part) { time_us, time_us, distance, distance };
}

static void
forget_parts (EntryStatistics *self)
{
  for (guint i = 0; i < N_SPANS; i++)
    self->parts[i].length = 0;
}

/* The time up to now, during which the value was what it was last, goes into the mean. */
static void
weigh (const EntryStatistics *self, gint64 now_us, double *mean, double *weight_us)
{
  double span = (double) (now_us - self->last_us);

  if (!self->running || span <= 0 || !isfinite (self->distance))
    return;
  *weight_us += span;
  *mean += (self->distance - *mean) * (span / *weight_us);
}

static void
add_extremes (EntryStatistics *self, const Number *value)
{
  if (isnan (number_double (value)))
    return;
  if (!self->has_extremes || !number_less_or_equal (&self->minimum, value))
    self->minimum = *value;
  if (!self->has_extremes || !number_less_or_equal (value, &self->maximum))
    self->maximum = *value;
  self->has_extremes = TRUE;
}

void
entry_statistics_add (EntryStatistics *self, gint64 time_us, const Number *value)
{
  if (self->has_last && time_us < self->last_us)
    return;
  if (self->has_last && !number_equal (&self->last, value))
    {
      self->previous = self->last;
      self->has_previous = TRUE;
      self->changes++;
      self->changed_us = time_us;
    }
  weigh (self, time_us, &self->mean, &self->weight_us);
  if (!self->has_origin && isfinite (number_double (value)))
    {
      self->origin = *value;
      self->has_origin = TRUE;
    }
  self->last = *value;
  self->last_us = time_us;
  self->has_last = self->running = TRUE;
  self->distance = self->has_origin ? distance_of (self, value) : NAN;
  add_extremes (self, value);
  if (!isfinite (self->distance))
    forget_parts (self);
  for (guint i = 0; i < N_SPANS && isfinite (self->distance); i++)
    add_to_parts (&self->parts[i], spans_us[i] / PARTS, time_us, self->distance);
}

void
entry_statistics_pause (EntryStatistics *self, gint64 time_us)
{
  weigh (self, time_us, &self->mean, &self->weight_us);
  self->running = FALSE;
  forget_parts (self);
}

void
entry_statistics_reset (EntryStatistics *self, gint64 time_us)
{
  const EntryStatistics before = *self;

  *self = (EntryStatistics) { 0 };
  if (!before.has_last)
    return;
  entry_statistics_add (self, time_us, &before.last);
  self->running = before.running;
}

gboolean
entry_statistics_get (const EntryStatistics *self, enum statistic which, Number *ret_value)
{
  const struct
  {
    gboolean is_there;
    const Number *value;
  } all[] = {
    [STATISTIC_LAST] = { self->has_last, &self->last },
    [STATISTIC_PREVIOUS] = { self->has_previous, &self->previous },
    [STATISTIC_MINIMUM] = { self->has_extremes, &self->minimum },
    [STATISTIC_MAXIMUM] = { self->has_extremes, &self->maximum },
  };

  if (all[which].is_there)
    *ret_value = *all[which].value;
  return all[which].is_there;
}

double
entry_statistics_mean (const EntryStatistics *self, gint64 now_us)
{
  double mean = self->mean, weight_us = self->weight_us;

  weigh (self, now_us, &mean, &weight_us);
  if (weight_us == 0)
    mean = self->distance;
  return self->has_origin && isfinite (mean) ? number_double (&self->origin) + mean : NAN;
}

double
entry_statistics_rate (const EntryStatistics *self, enum statistic_span span, gint64 now_us)
{
  const struct parts *parts = &self->parts[span];
  const gint64 from_us = now_us - spans_us[span];
  gint64 base_us;
  double base;
  guint i = parts->length;

  if (!self->running || parts->length == 0)
    return NAN;
  /* The value that held when the span began. */
  while (i > 0 && part_at (parts, i - 1)->last_us > from_us)
    i--;
  if (i > 0)
    {
      base = part_at (parts, i - 1)->last;
      /* Later than it came, it was the same value still; not the last of its part, though. */
      base_us = MAX (part_at (parts, i - 1)->last_us, from_us - spans_us[span] / PARTS);
    }
  else
    {
      base = part_at (parts, 0)->first;
      base_us = part_at (parts, 0)->first_us;
    }
  if (now_us <= base_us)
    return NAN;
  return (self->distance - base) / ((double) (now_us - base_us) / 1e6);
}

guint64
entry_statistics_changes (const EntryStatistics *self, gint64 *ret_time_us)
{
  if (ret_time_us != NULL)
    *ret_time_us = self->changed_us;
  return self->changes;
}
