/* plot-detail.c - what a series was in a span of which only the extremes are in memory. */
#include "plot-detail.h"

#include "plot-recorded.h"

/* With so many samples for each column extremes draw the same picture as all there were. */
#define SAMPLES_PER_COLUMN 4
/* What is read again is a part of a span that was read before, and was too much to be kept. */
#define NARROWER 4
/* How soon what was not in the file yet is looked for again. */
#define AGAIN_US G_USEC_PER_SEC

struct plot_detail
{
  PlotDetailFunc func;
  gpointer user_data;

  Series *series;           /* NULL: nothing was read */
  gint64 first_us, last_us; /* of what span it knows all */
  gboolean is_open;         /* it goes on as memory does */

  GCancellable *reading; /* NULL: nothing is */
  const Series *memory;  /* while it is read: what has the newest */
  gint64 asked_first_us, asked_last_us;
  gint64 asked_us; /* when; 0: never */
};

PlotDetail *
plot_detail_new (PlotDetailFunc func, gpointer user_data)
{
  PlotDetail *self = g_new0 (PlotDetail, 1);

  self->func = func;
  self->user_data = user_data;
  return self;
}

void
plot_detail_clear (PlotDetail *self)
{
  if (self->reading != NULL)
    g_cancellable_cancel (self->reading);
  g_clear_object (&self->reading);
  g_clear_pointer (&self->series, series_free);
  self->asked_us = 0;
}

void
plot_detail_free (PlotDetail *self)
{
  if (self == NULL)
    return;
  plot_detail_clear (self);
  g_free (self);
}

static gboolean
tells_enough (const Series *series, gint64 first_us, gint64 last_us, guint n_columns)
{
  return !series_is_thinned_between (series, first_us, last_us)
         || series_find (series, last_us) - series_find (series, first_us)
                >= (guint64) n_columns * SAMPLES_PER_COLUMN;
}

/* What is not in the file is in memory, where it is newer; what of it was thinned nobody knows. */
static void
take_rest (PlotDetail *self, const Series *memory)
{
  guint64 length = series_length (memory), i;
  gint64 first_us = self->asked_last_us, last_us = self->asked_first_us - 1, time_us;
  double value;

  series_span (self->series, &first_us, &last_us);
  self->first_us = series_is_thinned_between (memory, self->asked_first_us, first_us)
                       ? first_us
                       : self->asked_first_us;
  if (series_is_thinned_between (memory, last_us + 1, self->asked_last_us))
    {
      self->last_us = last_us + 1;
      self->is_open = FALSE;
      return;
    }
  for (i = series_find (memory, last_us + 1);
       i < length && series_get (memory, i, &time_us, &value) && time_us < self->asked_last_us; i++)
    series_add (self->series, time_us, value);
  self->last_us = self->asked_last_us;
  self->is_open = i == length;
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GCancellable *reading = g_task_get_cancellable (G_TASK (result));
  PlotDetail *self = user_data;
  struct plot_recorded recorded;

  /* When it was cancelled, self may be gone. */
  if (!plot_recorded_read_finish (result, &recorded, NULL))
    {
      if (!g_cancellable_is_cancelled (reading))
        g_clear_object (&self->reading);
      return;
    }
  g_clear_object (&self->reading);
  g_clear_pointer (&self->series, series_free);
  self->series = recorded.series;
  take_rest (self, self->memory);
  if (self->func != NULL)
    self->func (self->user_data);
}

static gboolean
covers (const PlotDetail *self, gint64 first_us, gint64 last_us)
{
  return self->series != NULL && first_us >= self->first_us
         && (self->is_open || last_us <= self->last_us);
}

/* Whether it was asked for, and asking again would not tell more. */
static gboolean
is_asked (const PlotDetail *self, gint64 first_us, gint64 last_us)
{
  if (self->asked_us == 0 || first_us < self->asked_first_us || last_us > self->asked_last_us)
    return FALSE;
  if (self->last_us < self->asked_last_us && !self->is_open && self->reading == NULL
      && last_us > self->last_us)
    return g_get_monotonic_time () - self->asked_us < AGAIN_US;
  return last_us - first_us > (self->asked_last_us - self->asked_first_us) / NARROWER;
}

static void
ask (PlotDetail *self, const Series *memory, const struct plot_detail_source *source, gsize limit,
     gint64 first_us, gint64 last_us)
{
  gint64 margin_us = (last_us - first_us) / 2;

  if (self->reading != NULL)
    {
      g_cancellable_cancel (self->reading);
      g_clear_object (&self->reading);
    }
  self->memory = memory;
  self->asked_first_us = first_us - margin_us;
  self->asked_last_us = last_us + margin_us;
  self->asked_us = g_get_monotonic_time ();
  self->reading = g_cancellable_new ();
  plot_recorded_read (source->path, source->number, &source->place,
                      self->asked_first_us - source->offset_us,
                      self->asked_last_us - source->offset_us, source->offset_us, limit,
                      self->reading, on_read, self);
}

const Series *
plot_detail_look (PlotDetail *self, const Series *memory, const struct plot_detail_source *source,
                  gsize limit, gint64 first_us, gint64 last_us, guint n_columns)
{
  gboolean is_covered = covers (self, first_us, last_us);

  if (tells_enough (memory, first_us, last_us, n_columns))
    return memory;
  if (source->path != NULL
      && !(is_covered && tells_enough (self->series, first_us, last_us, n_columns))
      && !is_asked (self, first_us, last_us))
    ask (self, memory, source, limit, first_us, last_us);
  return is_covered ? self->series : memory;
}

double
plot_detail_at (const PlotDetail *self, const Series *memory, gint64 time_us)
{
  return series_at (covers (self, time_us, time_us) ? self->series : memory, time_us);
}

void
plot_detail_add (PlotDetail *self, gint64 time_us, double value)
{
  if (self->series != NULL && self->is_open)
    series_add (self->series, time_us, value);
}
