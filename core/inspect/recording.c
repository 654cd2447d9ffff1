/* recording.c - writing what is sampled into a file.
 *
 * Under the mutex, samples are appended to the run of their entry, marks and gaps to theirs.
 * The writer takes all of it away at once, and writes without the mutex. */
#include "recording.h"

#include <errno.h>
#include <string.h>

#include "recording-private.h"
#include "worker.h"

#define FLUSH_NS G_GUINT64_CONSTANT (500000000)
/* So much wakes the writer early, and so much is the most that waits. */
#define WAITING_BYTES_EAGER (8u << 20)
#define WAITING_BYTES_MAX (128u << 20)
/* A run is not longer than this, so that one sample is read again quickly. */
#define RUN_BYTES (1u << 20)
/* An entry that does not change is written again after so long, when it is small. */
#define KEY_US 10000000
#define KEY_BYTES_MAX 65536
/* What a waiting sample costs besides its elements, about. */
#define SAMPLE_BYTES 9
/* What it costs to note that one was lost. */
#define LOST_BYTES 64

struct channel
{
  gsize size;
  gint64 last_us;          /* of the newest sample */
  int last_status;
  guint8 *last;            /* its elements, when they are few; NULL: none yet */
  struct recording_run *run[RECORDING_KINDS];
  gboolean is_lost;        /* the newest sample: what it is is not known until the next */
  gboolean is_lock_lost;
  gboolean are_writes_lost;
};

struct recording
{
  pthread_mutex_t mutex;
  pthread_cond_t cond;
  pthread_t thread;

  /* Under the mutex. */
  GPtrArray *channels;     /* of struct channel */
  struct recording_batch waiting;
  gsize waiting_bytes;     /* also of what the writer has taken, until it is written */
  gint64 tick_us;          /* up to when it was recorded */
  struct recording_gap gap;  /* samples that were lost since the last flush */
  struct recording_statistics statistics;
  gboolean stop;

  /* The writer's. */
  struct recording_writer writer;
  GError *failure;
};

static void
channel_free (gpointer data)
{
  struct channel *channel = data;

  for (guint i = 0; i < RECORDING_KINDS; i++)
    if (channel->run[i] != NULL)
      recording_run_free (channel->run[i]);
  g_free (channel->last);
  g_free (channel);
}

static void
append_integer (GByteArray *bytes, gint64 value)
{
  gint64 little = GINT64_TO_LE (value);

  g_byte_array_append (bytes, (const guint8 *) &little, sizeof little);
}

static void
append_word (GByteArray *bytes, guint32 value)
{
  guint32 little = GUINT32_TO_LE (value);

  g_byte_array_append (bytes, (const guint8 *) &little, sizeof little);
}

static void
end_run (Recording *self, struct recording_run **run)
{
  if (*run != NULL)
    g_ptr_array_add (self->waiting.runs, g_steal_pointer (run));
}

/* Under the mutex. */
static gboolean
has_room (const Recording *self, gsize bytes)
{
  return !self->statistics.has_failed && self->waiting_bytes + bytes <= WAITING_BYTES_MAX;
}

/* Under the mutex. */
static void
take_room (Recording *self, gsize bytes)
{
  self->waiting_bytes += bytes;
  self->waiting.bytes += bytes;
  if (self->waiting_bytes > WAITING_BYTES_EAGER)
    pthread_cond_signal (&self->cond);
}

/* Whether there is room for it; counts what is lost. Under the mutex. */
static gboolean
reserve (Recording *self, gint64 time_us, gsize bytes)
{
  if (has_room (self, bytes))
    {
      take_room (self, bytes);
      return TRUE;
    }
  if (self->gap.samples++ == 0)
    self->gap.start_us = time_us;
  self->gap.end_us = time_us;
  self->statistics.lost++;
  return FALSE;
}

static struct recording_run *
sample_run_new (guint entry, gint64 time_us)
{
  struct recording_run *run = g_new0 (struct recording_run, 1);

  run->entry = entry;
  run->start_us = time_us;
  run->times = g_byte_array_new ();
  run->statuses = g_byte_array_new ();
  run->elements = g_byte_array_new ();
  return run;
}

static void
append_sample (struct recording_run *run, gint64 time_us, int status)
{
  guint8 kept = (guint8) (gint8) CLAMP (status, -127, 127);

  run->n++;
  run->end_us = time_us;
  append_integer (run->times, time_us);
  g_byte_array_append (run->statuses, &kept, 1);
}

/* That what the entry is from now on is not known, without any elements: it takes no room to
 * speak of. Under the mutex. */
static void
add_lost (Recording *self, guint entry, gint64 time_us)
{
  struct channel *channel = self->channels->pdata[entry - 1];

  if (channel->is_lost || self->statistics.has_failed)
    return;
  end_run (self, &channel->run[RECORDING_SAMPLES]);
  channel->run[RECORDING_SAMPLES] = sample_run_new (entry, time_us);
  append_sample (channel->run[RECORDING_SAMPLES], time_us, -ENOBUFS);
  end_run (self, &channel->run[RECORDING_SAMPLES]);
  take_room (self, LOST_BYTES);
  channel->is_lost = TRUE;
  channel->last_us = time_us;
}

/* FALSE: there is no room for it. Under the mutex. */
static gboolean
add_sample (Recording *self, guint entry, gint64 time_us, int status, const void *elements)
{
  struct channel *channel = self->channels->pdata[entry - 1];
  struct recording_run *run;

  if (channel->last_us != 0 && time_us <= channel->last_us)
    return TRUE;
  if (!reserve (self, time_us, channel->size + SAMPLE_BYTES))
    {
      add_lost (self, entry, time_us);
      return FALSE;
    }
  if (channel->run[RECORDING_SAMPLES] == NULL)
    channel->run[RECORDING_SAMPLES] = sample_run_new (entry, time_us);
  run = channel->run[RECORDING_SAMPLES];
  append_sample (run, time_us, status);
  if (elements != NULL)
    g_byte_array_append (run->elements, elements, (guint) channel->size);
  else
    {
      guint length = run->elements->len;

      g_byte_array_set_size (run->elements, length + (guint) channel->size);
      memset (run->elements->data + length, 0, channel->size);
    }
  if (run->elements->len >= RUN_BYTES)
    end_run (self, &channel->run[RECORDING_SAMPLES]);
  self->tick_us = MAX (self->tick_us, time_us);
  channel->last_us = time_us;
  channel->last_status = status;
  channel->is_lost = FALSE;
  self->statistics.samples++;
  return TRUE;
}

gboolean
recording_add_sample (Recording *self, guint entry, gint64 time_us, int status,
                      const void *elements)
{
  struct channel *channel;
  gboolean is_added;

  pthread_mutex_lock (&self->mutex);
  channel = self->channels->pdata[entry - 1];
  is_added = add_sample (self, entry, time_us, elements == NULL && status >= 0 ? -1 : status,
                         elements);
  if (is_added && elements != NULL && channel->size <= KEY_BYTES_MAX)
    {
      if (channel->last == NULL)
        channel->last = g_malloc (channel->size + 1);
      memcpy (channel->last, elements, channel->size);
    }
  pthread_mutex_unlock (&self->mutex);
  return is_added;
}

gboolean
recording_has_room (Recording *self, guint entry)
{
  gboolean has;

  pthread_mutex_lock (&self->mutex);
  has = has_room (self, ((struct channel *) self->channels->pdata[entry - 1])->size + SAMPLE_BYTES);
  pthread_mutex_unlock (&self->mutex);
  return has;
}

/* Begins a state in the run of its kind. Under the mutex. */
static struct recording_run *
begin_state (struct channel *channel, enum recording_kind kind, guint entry, gint64 time_us)
{
  struct recording_run *run = channel->run[kind];

  if (run == NULL)
    {
      run = channel->run[kind] = g_new0 (struct recording_run, 1);
      run->kind = kind;
      run->entry = entry;
      run->start_us = time_us;
      run->states = g_byte_array_new ();
    }
  run->n++;
  run->end_us = time_us;
  append_integer (run->states, time_us);
  return run;
}

/* Under the mutex. */
static void
append_lock (Recording *self, guint entry, gint64 time_us, const LockInfo *lock)
{
  struct channel *channel = self->channels->pdata[entry - 1];
  struct recording_run *run = begin_state (channel, RECORDING_LOCKS, entry, time_us);

  append_integer (run->states, (gint64) lock->held_ns);
  append_word (run->states, (guint32) lock->owner_pid);
  append_word (run->states, (guint32) lock->owner_tid);
  append_word (run->states, lock->depth);
  append_word (run->states, lock->recoveries);
  append_word (run->states, (guint32) lock->state);
  append_word (run->states, (guint32) lock->waiters);
  if (run->states->len >= RUN_BYTES)
    end_run (self, &channel->run[RECORDING_LOCKS]);
}

/* Whether a state of this time may follow. */
static gboolean
is_newer (const struct recording_run *run, gint64 time_us)
{
  return run == NULL || time_us > run->end_us;
}

gboolean
recording_add_lock (Recording *self, guint entry, gint64 time_us, const LockInfo *lock)
{
  static const LockInfo unknown = { .state = SHMLENS_LOCK_UNKNOWN, .waiters = -1 };
  struct channel *channel;
  gboolean is_added = TRUE;

  pthread_mutex_lock (&self->mutex);
  channel = self->channels->pdata[entry - 1];
  if (is_newer (channel->run[RECORDING_LOCKS], time_us))
    {
      is_added = reserve (self, time_us, RECORDING_LOCK_BYTES);
      if (is_added)
        append_lock (self, entry, time_us, lock);
      else if (!channel->is_lock_lost && !self->statistics.has_failed)
        {
          append_lock (self, entry, time_us, &unknown);
          take_room (self, RECORDING_LOCK_BYTES);
        }
      channel->is_lock_lost = !is_added;
    }
  pthread_mutex_unlock (&self->mutex);
  return is_added;
}

/* Under the mutex. */
static void
append_writes (Recording *self, guint entry, gint64 time_us, guint64 writes)
{
  struct channel *channel = self->channels->pdata[entry - 1];
  struct recording_run *run = begin_state (channel, RECORDING_WRITES, entry, time_us);

  append_integer (run->states, (gint64) writes);
  if (run->states->len >= RUN_BYTES)
    end_run (self, &channel->run[RECORDING_WRITES]);
}

gboolean
recording_add_writes (Recording *self, guint entry, gint64 time_us, const guint64 *writes)
{
  struct channel *channel;
  gboolean is_added = TRUE;

  pthread_mutex_lock (&self->mutex);
  channel = self->channels->pdata[entry - 1];
  if (is_newer (channel->run[RECORDING_WRITES], time_us))
    {
      is_added = has_room (self, RECORDING_WRITES_BYTES);
      if (is_added || (!channel->are_writes_lost && !self->statistics.has_failed))
        {
          take_room (self, RECORDING_WRITES_BYTES);
          append_writes (self, entry, time_us,
                         is_added && writes != NULL ? *writes : RECORDING_WRITES_UNKNOWN);
        }
      channel->are_writes_lost = !is_added;
    }
  pthread_mutex_unlock (&self->mutex);
  return is_added;
}

guint
recording_add_entry (Recording *self, EntryInfo *info, gint64 time_us)
{
  struct channel *channel = g_new0 (struct channel, 1);
  struct recording_added added = { .info = entry_info_ref (info), .first_us = time_us };

  channel->size = (gsize) (info->length * info->type.size);
  pthread_mutex_lock (&self->mutex);
  g_ptr_array_add (self->channels, channel);
  added.entry = self->channels->len;
  g_array_append_val (self->waiting.added, added);
  pthread_mutex_unlock (&self->mutex);
  return added.entry;
}

void
recording_end_entry (Recording *self, guint entry, gint64 time_us)
{
  struct recording_gone gone = { entry, time_us };
  struct channel *channel;

  pthread_mutex_lock (&self->mutex);
  channel = self->channels->pdata[entry - 1];
  g_clear_pointer (&channel->last, g_free);
  g_array_append_val (self->waiting.gone, gone);
  pthread_mutex_unlock (&self->mutex);
}

void
recording_add_mark (Recording *self, gint64 time_us, const char *kind, const char *text)
{
  struct recording_note note = { time_us, g_strdup (kind), g_utf8_make_valid (text, -1) };

  pthread_mutex_lock (&self->mutex);
  g_array_append_val (self->waiting.notes, note);
  pthread_mutex_unlock (&self->mutex);
}

void
recording_add_tick (Recording *self, gint64 time_us, guint64 missed)
{
  struct recording_gap gap = { .end_us = time_us, .ticks = (gint64) missed };

  pthread_mutex_lock (&self->mutex);
  gap.start_us = self->tick_us;
  if (missed > 0)
    g_array_append_val (self->waiting.gaps, gap);
  self->statistics.missed_ticks += missed;
  self->tick_us = MAX (self->tick_us, time_us);
  pthread_mutex_unlock (&self->mutex);
}

void
recording_get_statistics (Recording *self, struct recording_statistics *ret_statistics)
{
  pthread_mutex_lock (&self->mutex);
  *ret_statistics = self->statistics;
  pthread_mutex_unlock (&self->mutex);
}

/* Under the mutex: everything that waits, and what has not been written for long. */
static void
take_batch (Recording *self, struct recording_batch *ret_batch)
{
  for (guint i = 0; i < self->channels->len; i++)
    {
      struct channel *channel = self->channels->pdata[i];

      if (channel->last != NULL && channel->last_status >= 0 && !channel->is_lost
          && self->tick_us - channel->last_us >= KEY_US)
        add_sample (self, i + 1, self->tick_us, channel->last_status, channel->last);
      for (guint kind = 0; kind < RECORDING_KINDS; kind++)
        end_run (self, &channel->run[kind]);
    }
  if (self->gap.samples > 0)
    g_array_append_val (self->waiting.gaps, self->gap);
  self->gap = (struct recording_gap){ .samples = 0 };
  self->waiting.end_us = self->tick_us;
  *ret_batch = self->waiting;
  recording_batch_init (&self->waiting);
}

/* Called and left with the mutex held. */
static void
flush (Recording *self)
{
  struct recording_batch batch;
  gboolean is_written;

  take_batch (self, &batch);
  pthread_mutex_unlock (&self->mutex);
  is_written = self->failure == NULL && recording_writer_write (&self->writer, &batch, &self->failure);
  recording_batch_clear (&batch);
  pthread_mutex_lock (&self->mutex);
  self->waiting_bytes -= batch.bytes;
  if (is_written)
    self->statistics.written_bytes += batch.bytes;
  else
    self->statistics.has_failed = TRUE;
}

static void *
write_all (void *data)
{
  Recording *self = data;
  guint64 due_ns = worker_now_ns () + FLUSH_NS;

  pthread_mutex_lock (&self->mutex);
  while (!self->stop)
    {
      struct timespec until = { (time_t) (due_ns / 1000000000), (long) (due_ns % 1000000000) };

      if (worker_now_ns () < due_ns && self->waiting_bytes <= WAITING_BYTES_EAGER)
        {
          pthread_cond_timedwait (&self->cond, &self->mutex, &until);
          continue;
        }
      due_ns = worker_now_ns () + FLUSH_NS;
      flush (self);
    }
  flush (self);
  pthread_mutex_unlock (&self->mutex);
  return NULL;
}

static void
recording_free (Recording *self)
{
  recording_writer_close (&self->writer, self->failure == NULL && self->stop);
  recording_batch_clear (&self->waiting);
  g_ptr_array_unref (self->channels);
  pthread_cond_destroy (&self->cond);
  pthread_mutex_destroy (&self->mutex);
  g_clear_error (&self->failure);
  g_free (self);
}

Recording *
recording_create (const char *path, const SegmentInfo *segment, double rate, GError **error)
{
  Recording *self = g_new0 (Recording, 1);

  pthread_mutex_init (&self->mutex, NULL);
  worker_cond_init (&self->cond);
  self->channels = g_ptr_array_new_with_free_func (channel_free);
  recording_batch_init (&self->waiting);
  self->tick_us = g_get_monotonic_time ();
  if (!recording_writer_open (&self->writer, path, segment, rate, self->tick_us, error))
    {
      recording_free (self);
      return NULL;
    }
  worker_start (&self->thread, "recording", write_all, self);
  return self;
}

gboolean
recording_close (Recording *self, GError **error)
{
  gboolean is_whole;

  pthread_mutex_lock (&self->mutex);
  self->stop = TRUE;
  pthread_cond_signal (&self->cond);
  pthread_mutex_unlock (&self->mutex);
  pthread_join (self->thread, NULL);

  is_whole = self->failure == NULL;
  if (!is_whole)
    g_propagate_error (error, g_error_copy (self->failure));
  recording_free (self);
  return is_whole;
}
