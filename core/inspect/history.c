/* history.c - a fixed ring of (time, value) of one watched entry. */
#include "history.h"

#include <math.h>

struct point
{
  gint64 time_us;
  double value;
};

struct history
{
  guint capacity;
  guint start;   /* where the oldest is */
  guint length;
  struct point *points;
};

History *
history_new (guint capacity)
{
  History *history = g_new0 (History, 1);

  history->capacity = MAX (capacity, 1);
  history->points = g_new (struct point, history->capacity);
  return history;
}

void
history_free (History *history)
{
  if (history == NULL)
    return;
  g_free (history->points);
  g_free (history);
}

static struct point *
history_point (const History *history, guint index)
{
  return &history->points[((guint64) history->start + index) % history->capacity];
}

void
history_add (History *history, gint64 time_us, double value)
{
  if (history->length > 0 && time_us < history_point (history, history->length - 1)->time_us)
    return;
  if (history->length == history->capacity)
    history->start = ((guint64) history->start + 1) % history->capacity;
  else
    history->length++;
  *history_point (history, history->length - 1) = (struct point) { time_us, value };
}

void
history_clear (History *history)
{
  history->start = history->length = 0;
}

guint
history_length (const History *history)
{
  return history->length;
}

gboolean
history_get (const History *history, guint index, gint64 *ret_time_us, double *ret_value)
{
  const struct point *point;

  if (index >= history->length)
    return FALSE;
  point = history_point (history, index);
  if (ret_time_us != NULL)
    *ret_time_us = point->time_us;
  if (ret_value != NULL)
    *ret_value = point->value;
  return TRUE;
}

double
history_rate (const History *history, gint64 span_us)
{
  const struct point *newest, *from;
  guint low = 0, high;

  if (history->length < 2)
    return NAN;
  newest = history_point (history, history->length - 1);

  /* The last point that is old enough; the first point when none is. */
  high = history->length - 1;
  while (low + 1 < high)
    {
      guint middle = low + (high - low) / 2;

      if (newest->time_us - history_point (history, middle)->time_us >= span_us)
        low = middle;
      else
        high = middle;
    }
  from = history_point (history, low);
  if (newest->time_us == from->time_us)
    return NAN;
  return (newest->value - from->value) / ((newest->time_us - from->time_us) / 1e6);
}
