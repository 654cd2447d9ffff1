/* plot-series-recorded.c - what a series was before it was sampled, or of what memory has only the
 * extremes: read from recordings. */
#include "plot-series-private.h"

#include "attachment-recording.h"
#include "plot-recorded.h"

/* How much longer a recording that is written has to be before it is read on. */
#define READ_ON_US 1000000

/* From the times of its recording to those since 1970. */
static gint64
offset_of (PlotSeries *self)
{
  const struct recording_head *head
      = recording_file_head (attachment_recording_get_file (self->place.attachment));

  return head->start_wall_us - head->start_us;
}

static void
on_spill (Series *series, const gint64 *times, const double *values, guint n, gpointer user_data)
{
  PlotSeries *self = user_data;

  if (!series_spill_write (self->spill, self->spill_number, times, values, n))
    self->lost_us = MIN (self->lost_us, times[0]);
}

/* What was before, then what was sampled since. */
static void
join (PlotSeries *self, Series *before)
{
  guint64 length = series_length (self->series);

  for (guint64 i = 0; i < length; i++)
    {
      gint64 time_us;
      double value;

      if (series_get (self->series, i, &time_us, &value))
        series_add (before, time_us, value);
    }
  plot_detail_clear (self->detail);
  series_free (self->series);
  self->series = before;
  if (self->spill != NULL)
    series_set_spill (before, on_spill, self);
  series_set_limit (before, self->limit);
}

static void
append (PlotSeries *self, const Series *after)
{
  guint64 length = series_length (after);

  for (guint64 i = 0; i < length; i++)
    {
      gint64 time_us;
      double value;

      if (series_get (after, i, &time_us, &value))
        plot_series_append (self, time_us, value);
    }
}

gboolean
plot_series_is_of_recording (PlotSeries *self)
{
  return self->place.attachment != NULL && attachment_is_recording (self->place.attachment);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PlotSeries) self = user_data;
  g_autoptr (GCancellable) reading = NULL;
  struct plot_recorded recorded;
  gboolean is_first = self->read_us == 0;
  g_autoptr (GError) error = NULL;

  if (!plot_recorded_read_finish (result, &recorded, &error))
    {
      /* Not again: it is damaged, or does not hold the entry. */
      self->read_us = G_MAXINT64;
      if (g_cancellable_is_cancelled (g_task_get_cancellable (G_TASK (result))))
        return;
      g_clear_object (&self->reading);
      /* What is sampled is plotted without what was before. */
      if (!plot_series_is_of_recording (self))
        return;
      g_free (self->failure);
      self->failure = g_strdup (error->message);
      g_signal_emit (self, plot_series_signals[PLOT_SERIES_FAILED], 0);
      plot_series_note_changed (self);
      return;
    }
  reading = g_steal_pointer (&self->reading);
  self->read_us = recorded.end_us;
  self->rounded |= recorded.is_rounded;
  if (is_first)
    join (self, recorded.series);
  else
    {
      append (self, recorded.series);
      series_free (recorded.series);
    }
  self->added++;
  if (plot_series_is_of_recording (self))
    self->now_us = recorded.end_us + offset_of (self);
  if (!is_first)
    return;
  g_signal_emit (self, plot_series_signals[PLOT_SERIES_LOADED], 0);
  plot_series_note_changed (self);
}

static void
read_recording (PlotSeries *self, const char *path, guint64 number, gint64 first_us, gint64 last_us,
                gint64 offset_us)
{
  if (self->reading != NULL)
    return;
  self->reading = g_cancellable_new ();
  plot_recorded_read (path, number, &self->place, first_us, last_us, offset_us, self->limit,
                      self->reading, on_read, g_object_ref (self));
}

/* What there is more of it than was read. */
void
plot_series_read_on (PlotSeries *self)
{
  RecordingFile *file = attachment_recording_get_file (self->place.attachment);

  if (self->read_us == 0 || recording_file_end (file) - self->read_us >= READ_ON_US)
    read_recording (self, attachment_recording_get_path (self->place.attachment),
                    self->place.entry->id, self->read_us != 0 ? self->read_us + 1 : G_MININT64 + 1,
                    G_MAXINT64, offset_of (self));
}

void
plot_series_load (PlotSeries *self, const char *path)
{
  gint64 first_us, last_us;

  if (self->watch == NULL)
    return;
  if (!series_span (self->series, &first_us, &last_us))
    first_us = plot_time (g_get_monotonic_time ());
  read_recording (self, path, 0, G_MININT64 + 1, first_us - plot_time (0), plot_time (0));
}

void
plot_series_set_spill (PlotSeries *self, SeriesSpill *spill)
{
  EntryInfo values = { .name = self->name, .length = 1 };

  if (plot_series_is_of_recording (self))
    return;
  self->spill = spill;
  series_set_spill (self->series, spill != NULL ? on_spill : NULL, self);
  if (spill == NULL)
    {
      plot_detail_clear (self->detail);
      return;
    }
  self->lost_us = G_MAXINT64;
  self->spill_number = series_spill_add (spill, self->name);
  g_clear_pointer (&self->spilled, entry_info_unref);
  shmlens_type_from_code ('d', &values.type);
  self->spilled = entry_info_new (&values);
}

void
plot_series_get_source (PlotSeries *self, struct plot_detail_source *ret_source)
{
  struct plot_detail_source source = { .path = NULL };

  if (plot_series_is_of_recording (self))
    {
      source.path = attachment_recording_get_path (self->place.attachment);
      source.number = self->place.entry->id;
      source.place = self->place;
      source.offset_us = offset_of (self);
    }
  else if (self->spill != NULL)
    {
      source.path = series_spill_get_path (self->spill);
      source.number = self->spill_number;
      source.place = (struct plot_place){ .entry = self->spilled, .field = -1 };
      source.offset_us = plot_time (0);
    }
  *ret_source = source;
}

const Series *
plot_series_look (PlotSeries *self, gint64 first_us, gint64 last_us, guint n_columns)
{
  struct plot_detail_source source;

  plot_series_get_source (self, &source);
  return plot_detail_look (self->detail, self->series, &source, self->limit, first_us, last_us,
                           n_columns);
}

gboolean
plot_series_has_lost (PlotSeries *self, gint64 first_us, gint64 last_us)
{
  return !plot_series_is_of_recording (self)
         && series_is_thinned_between (self->series, MAX (first_us, self->lost_us), last_us);
}

double
plot_series_at (PlotSeries *self, gint64 time_us)
{
  return plot_detail_at (self->detail, self->series, time_us);
}

const char *
plot_series_get_failure (PlotSeries *self)
{
  return self->failure;
}
