/* plot-column.c - all samples of a series, one after the other.
 *
 * Of the recording some are read at a time, in the order of time; what is newer than its last one
 * comes from memory. */
#include "plot-column.h"

#include <glib/gi18n.h>
#include <math.h>

#include "inspect-error.h"
#include "recording-file.h"

#define SAMPLES_AT_ONCE (1 << 18)
/* How long what memory has lost may be on its way into the file. */
#define WRITTEN_US (2 * G_USEC_PER_SEC)
#define AGAIN_US 20000

struct plot_column
{
  Series *memory;
  char *path;              /* NULL: all is in memory, or what was read is at its end */
  guint64 number;
  struct plot_place place;
  gint64 offset_us;

  guint64 n_older, next_older;  /* in memory: what the recording begins after */
  Series *read;            /* what comes next of the recording; NULL: nothing was read yet */
  guint64 next;            /* in read, or in memory */
  gint64 last_us;          /* of the newest that was given */
};

PlotColumn *
plot_column_new (PlotSeries *series)
{
  PlotColumn *self = g_new0 (PlotColumn, 1);
  struct plot_detail_source source;

  self->memory = series_copy (plot_series_get_series (series));
  self->last_us = G_MININT64 + 1;
  plot_series_get_source (series, &source);
  if (source.path == NULL
      || !series_is_thinned_between (self->memory, G_MININT64, G_MAXINT64))
    return self;
  self->path = g_strdup (source.path);
  self->number = source.number;
  self->place = source.place;
  self->place.attachment = NULL;
  entry_info_ref (self->place.entry);
  self->offset_us = source.offset_us;
  return self;
}

void
plot_column_free (PlotColumn *self)
{
  if (self == NULL)
    return;
  series_free (self->memory);
  series_free (self->read);
  if (self->place.entry != NULL)
    entry_info_unref (self->place.entry);
  g_free (self->path);
  g_free (self);
}

struct reading
{
  PlotColumn *column;
  gint64 first_us, end_us;
};

static gboolean
take_sample (gint64 time_us, int status, const void *elements, gpointer user_data)
{
  struct reading *reading = user_data;
  const struct plot_place *place = &reading->column->place;
  gboolean is_rounded = FALSE;
  double value = NAN;

  if (time_us < reading->first_us)
    return TRUE;
  if (time_us > reading->end_us)
    return FALSE;
  if (elements != NULL)
    value = plot_place_value (place,
                              (const guint8 *) elements + place->element * place->entry->type.size,
                              &is_rounded);
  series_add (reading->column->read, time_us + reading->column->offset_us, value);
  return series_length (reading->column->read) < SAMPLES_AT_ONCE;
}

/* The file may be another by now: what is read is what it says itself. */
static gboolean
take_entry (PlotColumn *self, RecordingFile *file, GError **error)
{
  const RecordedEntry *entry = recording_file_find_entry (file, self->number);

  if (entry != NULL)
    {
      entry_info_unref (self->place.entry);
      self->place.entry = entry_info_ref (entry->info);
      if (plot_place_is_number (&self->place))
        return TRUE;
    }
  g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND,
               _("%s is no longer the file that was plotted; plot anew"), self->path);
  return FALSE;
}

/* What comes next of the recording; nothing is at its end. */
static gboolean
read_on (PlotColumn *self, GError **error)
{
  g_autoptr (RecordingFile) file = recording_file_open (self->path, error);
  struct reading reading = { .column = self, .first_us = G_MININT64 + 1 };
  gboolean is_first = self->read == NULL;
  gint64 first_us = G_MININT64, last_us;

  if (file == NULL || !take_entry (self, file, error))
    return FALSE;
  if (!is_first)
    reading.first_us = self->last_us - self->offset_us + 1;
  reading.end_us = recording_file_end (file);
  series_free (self->read);
  self->read = series_new (G_MAXSIZE);
  self->next = 0;
  if (!recording_file_each_sample_between (file, self->number, reading.first_us, G_MAXINT64,
                                           take_sample, &reading, error))
    return FALSE;
  if (is_first && series_span (self->read, &first_us, &last_us))
    self->n_older = series_find (self->memory, first_us);
  return TRUE;
}

gboolean
plot_column_next (PlotColumn *self, gint64 *ret_time_us, double *ret_value, GError **error)
{
  gboolean is_given;

  if (self->path != NULL && (self->read == NULL || self->next == series_length (self->read)))
    {
      gint64 until_us = g_get_monotonic_time () + WRITTEN_US;

      for (;;)
        {
          if (!read_on (self, error))
            return FALSE;
          if (series_length (self->read) > 0
              || !series_is_thinned_between (self->memory, self->last_us + 1, G_MAXINT64)
              || g_get_monotonic_time () > until_us)
            break;
          g_usleep (AGAIN_US);
        }
      if (series_length (self->read) == 0)
        {
          g_clear_pointer (&self->path, g_free);
          self->next = series_find (self->memory, self->last_us + 1);
        }
    }
  if (self->next_older < self->n_older)
    return series_get (self->memory, self->next_older++, ret_time_us, ret_value);
  is_given = series_get (self->path != NULL ? self->read : self->memory, self->next, ret_time_us,
                         ret_value);
  if (is_given)
    {
      self->next++;
      self->last_us = *ret_time_us;
    }
  return is_given;
}
