/* series-spill.c - where series go on when memory is full.
 *
 * Samples wait in a batch under the mutex; the writer takes all of it away at once, and writes
 * without the mutex. The writer is waited for by nobody: whoever frees the spill removes the file
 * under it, and what they share is freed by the one who is last. */
#include "series-spill.h"

#include <glib/gi18n-lib.h>
#include <sys/statvfs.h>

#include "inspect-error.h"
#include "recording-private.h"
#include "sampler.h"
#include "scratch-directory.h"
#include "worker.h"

/* What may wait: a disk is slow, or all series have to become smaller at once. */
#define WAITING_BYTES_MAX (128u << 20)
#define SAMPLE_BYTES (sizeof (gint64) + sizeof (double) + 1)

struct series_spill
{
  int references; /* atomic */
  char *root;
  guint64 limit;
  gint64 times_us;
  SeriesSpillFailedFunc func;
  gpointer user_data;
  GSource *source;
  gboolean is_started; /* the writer */
  GArray *newest_us;   /* of gint64: of each number what was written last */
  gint64 end_us;       /* of all */

  pthread_mutex_t mutex;
  pthread_cond_t cond;

  /* Under the mutex. */
  struct recording_batch waiting;
  char *directory, *path; /* set once */
  int lock;
  guint64 written;
  GError *failure; /* set once */
  gboolean stop;

  /* The writer's. */
  struct recording_writer writer;
  guint64 bytes;
};

static void
unref (SeriesSpill *self)
{
  if (__atomic_sub_fetch (&self->references, 1, __ATOMIC_ACQ_REL) > 0)
    return;
  recording_batch_clear (&self->waiting);
  pthread_cond_destroy (&self->cond);
  pthread_mutex_destroy (&self->mutex);
  g_clear_error (&self->failure);
  g_array_unref (self->newest_us);
  g_free (self->directory);
  g_free (self->path);
  g_free (self->root);
  g_free (self);
}

/* Takes the error over. Under the mutex. */
static void
fail (SeriesSpill *self, GError *error)
{
  if (self->failure != NULL || self->stop)
    {
      g_error_free (error);
      return;
    }
  self->failure = error;
  worker_wake (self->source);
}

/* In the main context. */
static gboolean
tell_failure (gpointer data)
{
  SeriesSpill *self = data;
  const GError *error;

  pthread_mutex_lock (&self->mutex);
  error = self->failure;
  pthread_mutex_unlock (&self->mutex);
  if (error != NULL && self->func != NULL)
    self->func (error, self->user_data);
  return G_SOURCE_CONTINUE;
}

static gboolean
open_file (SeriesSpill *self, GError **error)
{
  g_autoptr (SegmentInfo) segment = segment_info_new (&(SegmentInfo){
      .id = (char *) "plots", .name = (char *) "plots", .title = (char *) "plots", .kind = "plots" });
  struct statvfs disk;
  int lock;
  g_autofree char *directory = scratch_directory_new (self->root, &lock, error);
  g_autofree char *path = NULL;
  gboolean is_open;

  if (directory == NULL)
    return FALSE;
  if (statvfs (directory, &disk) == 0)
    self->limit = MIN (self->limit, (guint64) disk.f_bavail * disk.f_frsize / 4);
  path = g_build_filename (directory, "plots.shmrec", NULL);
  /* Nothing in it is older than the machine's clock. */
  is_open = recording_writer_open (&self->writer, path, segment, SAMPLER_RATE_MAX, 0, error);
  pthread_mutex_lock (&self->mutex);
  if (!is_open || self->stop)
    {
      scratch_directory_remove (directory, lock);
      is_open = FALSE;
    }
  else
    {
      self->directory = g_steal_pointer (&directory);
      self->path = g_steal_pointer (&path);
      self->lock = lock;
    }
  pthread_mutex_unlock (&self->mutex);
  return is_open;
}

static gboolean
write_batch (SeriesSpill *self, const struct recording_batch *batch, GError **error)
{
  if (self->writer.database == NULL && !open_file (self, error))
    return FALSE;
  if (self->bytes + batch->bytes > self->limit)
    {
      g_autofree char *size = g_format_size (self->limit);

      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_PERMISSION,
                   _("%s holds the %s that plots may take of the disk; remove all plots and plot"
                     " anew to begin with an empty one"),
                   self->path, size);
      return FALSE;
    }
  self->bytes += batch->bytes;
  return recording_writer_write (&self->writer, batch, error);
}

static void *
write_all (void *data)
{
  SeriesSpill *self = data;

  pthread_mutex_lock (&self->mutex);
  while (!self->stop && self->failure == NULL)
    {
      struct recording_batch batch;
      GError *error = NULL;
      gboolean is_written;

      if (self->waiting.runs->len == 0)
        {
          pthread_cond_wait (&self->cond, &self->mutex);
          continue;
        }
      batch = self->waiting;
      recording_batch_init (&self->waiting);
      pthread_mutex_unlock (&self->mutex);
      is_written = write_batch (self, &batch, &error);
      pthread_mutex_lock (&self->mutex);
      if (is_written)
        self->written += batch.bytes / SAMPLE_BYTES;
      else if (error != NULL)
        fail (self, error);
      recording_batch_clear (&batch);
    }
  pthread_mutex_unlock (&self->mutex);
  if (self->writer.path != NULL)
    recording_writer_close (&self->writer, FALSE);
  unref (self);
  return NULL;
}

SeriesSpill *
series_spill_new (const char *root, guint64 limit, gint64 times_us, SeriesSpillFailedFunc func,
                  gpointer user_data)
{
  SeriesSpill *self = g_new0 (SeriesSpill, 1);

  self->references = 1;
  self->root = g_strdup (root);
  self->limit = limit;
  self->times_us = times_us;
  self->func = func;
  self->user_data = user_data;
  self->lock = -1;
  self->newest_us = g_array_new (FALSE, TRUE, sizeof (gint64));
  pthread_mutex_init (&self->mutex, NULL);
  worker_cond_init (&self->cond);
  recording_batch_init (&self->waiting);
  self->source = worker_source_new (G_PRIORITY_DEFAULT, tell_failure, self, NULL);
  return self;
}

void
series_spill_free (SeriesSpill *self)
{
  if (self == NULL)
    return;
  pthread_mutex_lock (&self->mutex);
  self->stop = TRUE;
  if (self->directory != NULL)
    scratch_directory_remove (self->directory, self->lock);
  pthread_cond_signal (&self->cond);
  pthread_mutex_unlock (&self->mutex);
  g_source_destroy (self->source);
  g_source_unref (self->source);
  unref (self);
}

guint
series_spill_add (SeriesSpill *self, const char *name)
{
  EntryInfo values = { .name = (char *) name, .length = 1 };
  struct recording_added added = { .entry = self->newest_us->len + 1 };

  shmlens_type_from_code ('d', &values.type);
  added.info = entry_info_new (&values);
  g_array_set_size (self->newest_us, added.entry);
  pthread_mutex_lock (&self->mutex);
  g_array_append_val (self->waiting.added, added);
  pthread_mutex_unlock (&self->mutex);
  return added.entry;
}

/* Of a recording times differ; of a series some may not. */
static struct recording_run *
make_run (SeriesSpill *self, guint number, const gint64 *times, const double *values, guint n)
{
  struct recording_run *run = g_new0 (struct recording_run, 1);
  gint64 *newest = &g_array_index (self->newest_us, gint64, number - 1);

  run->entry = number;
  run->n = n;
  run->times = g_byte_array_sized_new (n * sizeof (gint64));
  run->statuses = g_byte_array_sized_new (n);
  run->elements = g_byte_array_sized_new (n * sizeof (double));
  for (guint i = 0; i < n; i++)
    {
      static const guint8 status = SHMLENS_CONSISTENCY_ATOMIC;
      gint64 time_us = MAX (times[i] - self->times_us, *newest + 1);
      gint64 little = GINT64_TO_LE (time_us);

      *newest = time_us;
      run->start_us = i == 0 ? time_us : run->start_us;
      run->end_us = time_us;
      g_byte_array_append (run->times, (const guint8 *) &little, sizeof little);
      g_byte_array_append (run->statuses, &status, 1);
    }
  g_byte_array_append (run->elements, (const guint8 *) values, n * sizeof *values);
  return run;
}

gboolean
series_spill_write (SeriesSpill *self, guint number, const gint64 *times, const double *values,
                    guint n)
{
  gsize bytes = n * SAMPLE_BYTES;
  gboolean is_taken;

  pthread_mutex_lock (&self->mutex);
  if (self->failure == NULL && self->waiting.bytes + bytes > WAITING_BYTES_MAX)
    fail (self, g_error_new (INSPECT_ERROR, INSPECT_ERROR_PERMISSION,
                             _("the disk under %s is too slow for what is sampled; sample less"
                               " often, or plot less"),
                             self->root));
  is_taken = self->failure == NULL;
  if (is_taken && n > 0)
    {
      struct recording_run *run = make_run (self, number, times, values, n);

      g_ptr_array_add (self->waiting.runs, run);
      self->waiting.bytes += bytes;
      self->end_us = MAX (self->end_us, run->end_us);
      self->waiting.end_us = self->end_us;
      pthread_cond_signal (&self->cond);
    }
  pthread_mutex_unlock (&self->mutex);
  if (!self->is_started)
    {
      pthread_t thread;

      self->is_started = TRUE;
      __atomic_add_fetch (&self->references, 1, __ATOMIC_RELAXED);
      worker_start (&thread, "spill", write_all, self);
      pthread_detach (thread);
    }
  return is_taken;
}

const char *
series_spill_get_path (SeriesSpill *self)
{
  const char *path;

  pthread_mutex_lock (&self->mutex);
  path = self->written > 0 ? self->path : NULL;
  pthread_mutex_unlock (&self->mutex);
  return path;
}

guint64
series_spill_get_written (SeriesSpill *self)
{
  guint64 written;

  pthread_mutex_lock (&self->mutex);
  written = self->written;
  pthread_mutex_unlock (&self->mutex);
  return written;
}
