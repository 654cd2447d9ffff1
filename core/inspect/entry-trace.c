/* entry-trace.c - the last while of one value, in columns of equal time. */
#include "entry-trace.h"

#include <math.h>

/* least above greatest: nothing is known of it. */
struct column
{
  double least, greatest;
};

static const struct column unknown = { INFINITY, -INFINITY };

struct entry_trace
{
  guint n_columns;
  gint64 column_us;
  gboolean has_last;
  double last;
  gint64 newest;           /* the number of the newest column, counted from the time 0 */
  guint64 serial;
  struct column columns[]; /* a ring: column number modulo n_columns */
};

EntryTrace *
entry_trace_new (guint n_columns, gint64 column_us)
{
  EntryTrace *self;

  n_columns = MAX (n_columns, 1);
  self = g_malloc0 (sizeof *self + n_columns * sizeof self->columns[0]);
  self->n_columns = n_columns;
  self->column_us = MAX (column_us, 1);
  entry_trace_clear (self);
  return self;
}

void
entry_trace_free (EntryTrace *self)
{
  g_free (self);
}

void
entry_trace_clear (EntryTrace *self)
{
  for (guint i = 0; i < self->n_columns; i++)
    self->columns[i] = unknown;
  self->has_last = FALSE;
  self->serial++;
}

static void
put (EntryTrace *self, double value)
{
  struct column *column = &self->columns[self->newest % self->n_columns];

  if (!isfinite (value))
    return;
  column->least = MIN (column->least, value);
  column->greatest = MAX (column->greatest, value);
}

void
entry_trace_advance (EntryTrace *self, gint64 now_us)
{
  const gint64 wanted = MAX (now_us, 0) / self->column_us;

  if (wanted <= self->newest)
    return;
  self->serial++;
  /* Of what lies further back there is no column any more. */
  self->newest = MAX (self->newest, wanted - self->n_columns);
  while (self->newest < wanted)
    {
      self->newest++;
      self->columns[self->newest % self->n_columns] = unknown;
      if (self->has_last)
        put (self, self->last);
    }
}

void
entry_trace_add (EntryTrace *self, gint64 time_us, double value)
{
  if (MAX (time_us, 0) / self->column_us < self->newest)
    return;
  entry_trace_advance (self, time_us);
  self->last = value;
  self->has_last = isfinite (value);
  put (self, value);
}

guint64
entry_trace_get_serial (const EntryTrace *self)
{
  return self->serial;
}

guint
entry_trace_get_n_columns (const EntryTrace *self)
{
  return self->n_columns;
}

gboolean
entry_trace_get (const EntryTrace *self, guint column, double *ret_least, double *ret_greatest)
{
  const struct column *found;
  gint64 number;

  if (column >= self->n_columns)
    return FALSE;
  number = self->newest - (gint64) (self->n_columns - 1 - column);
  if (number < 0)
    return FALSE;
  found = &self->columns[number % self->n_columns];
  if (found->least > found->greatest)
    return FALSE;
  *ret_least = found->least;
  *ret_greatest = found->greatest;
  return TRUE;
}
