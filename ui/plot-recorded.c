/* plot-recorded.c - what a number was by a recording. */
#include "plot-recorded.h"

#include <glib/gi18n.h>
#include <math.h>

#include "inspect-error.h"
#include "recording-file.h"

struct task
{
  char *path;
  guint64 number;
  struct plot_place place;
  gint64 first_us, last_us, offset_us;
  struct plot_recorded result;
  double newest;
  gboolean has_newest;
  GCancellable *cancellable;
};

static void
task_free (gpointer data)
{
  struct task *self = data;

  g_free (self->path);
  entry_info_unref (self->place.entry);
  series_free (self->result.series);
  g_clear_object (&self->cancellable);
  g_free (self);
}

static void
add (struct task *self, gint64 time_us, double value)
{
  if (time_us > self->result.end_us)
    return;
  if (self->has_newest && (value == self->newest || (isnan (value) && isnan (self->newest))))
    return;
  self->has_newest = TRUE;
  self->newest = value;
  series_add (self->result.series, time_us + self->offset_us, value);
}

/* The element of interest lies behind those before it. */
static gboolean
take_sample (gint64 time_us, int status, const void *elements, gpointer user_data)
{
  struct task *self = user_data;
  const guint8 *element = elements;
  double value = NAN;

  if (element != NULL)
    value = plot_place_value (&self->place,
                              element + self->place.element * self->place.entry->type.size,
                              &self->result.is_rounded);
  add (self, MAX (time_us, self->first_us), value);
  return !g_cancellable_is_cancelled (self->cancellable);
}

static gboolean
is_alike (const EntryInfo *a, const EntryInfo *b)
{
  return a->type.kind == b->type.kind && a->type.size == b->type.size && a->length == b->length
         && a->n_fields == b->n_fields;
}

/* By its number, else the newest that it may be. */
static const RecordedEntry *
find_entry (RecordingFile *file, const struct task *self)
{
  GPtrArray *entries = recording_file_entries (file);

  if (self->number != 0)
    return recording_file_find_entry (file, self->number);
  for (guint i = entries->len; i-- > 0;)
    {
      const RecordedEntry *entry = entries->pdata[i];

      if (g_str_equal (entry->info->name, self->place.entry->name)
          && is_alike (entry->info, self->place.entry))
        return entry;
    }
  return NULL;
}

static void
read_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  struct task *self = task_data;
  GError *error = NULL;
  g_autoptr (RecordingFile) file = recording_file_open (self->path, &error);
  const RecordedEntry *entry = file != NULL ? find_entry (file, self) : NULL;

  if (entry != NULL)
    {
      entry_info_unref (self->place.entry);
      self->place.entry = entry_info_ref (entry->info);
      self->first_us = MAX (self->first_us, recording_file_head (file)->start_us);
      self->result.end_us = recording_file_end (file);
    }
  if (file != NULL && (entry == NULL || !plot_place_is_number (&self->place)))
    g_set_error (&error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND,
                 _("%s does not hold %s; plot one of the entries that it holds"), self->path,
                 self->place.entry->name);
  if (error == NULL
      && recording_file_each_sample_between (file, entry->info->id, self->first_us, self->last_us,
                                             take_sample, self, &error))
    {
      if (entry->gone_us < self->last_us)
        add (self, entry->gone_us, NAN);
      g_task_return_boolean (task, TRUE);
    }
  else
    g_task_return_error (task, error);
}

void
plot_recorded_read (const char *path, guint64 number, const struct plot_place *place,
                    gint64 first_us, gint64 last_us, gint64 offset_us, gsize limit,
                    GCancellable *cancellable, GAsyncReadyCallback func, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, func, user_data);
  struct task *self = g_new0 (struct task, 1);

  self->path = g_strdup (path);
  self->number = number;
  self->place = *place;
  self->place.attachment = NULL;
  entry_info_ref (self->place.entry);
  self->first_us = first_us;
  self->last_us = last_us;
  self->offset_us = offset_us;
  self->result.series = series_new (limit);
  self->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  g_task_set_task_data (task, self, task_free);
  g_task_run_in_thread (task, read_in_thread);
}

gboolean
plot_recorded_read_finish (GAsyncResult *result, struct plot_recorded *ret_recorded,
                           GError **error)
{
  struct task *self = g_task_get_task_data (G_TASK (result));

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  *ret_recorded = self->result;
  self->result.series = NULL;
  return TRUE;
}
