/* recorder.c - samples a segment into a recording.
 *
 * Samples come on the sampler's thread, which is where conditions are evaluated, at the end of
 * each tick. What the two threads share is under the mutex; the sampler's thread holds it only
 * to look at the state and the list of channels. */
#include "recorder.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "inspect-error.h"
#include "recorder-rule.h"
#include "worker.h"

/* How often what there was no room for is tried again. */
#define AGAIN_US 100000

/* An entry that is recorded. */
struct channel
{
  Recorder *recorder;
  EntryInfo *entry;       /* as it is in the segment */
  EntryInfo *recorded;    /* the part of it that is recorded */
  guint64 first;
  guint number;           /* in the recording */
  Watch *watch;           /* the main thread's; NULL: it is gone */

  /* The sampler's thread's: the newest sample, its elements only while nothing is recorded yet. */
  gboolean is_sampled, has_lock;
  gboolean is_recorded, is_lock_recorded;
  gboolean is_lost;       /* there was no room for the newest sample */
  gboolean has_writes, are_writes_recorded;
  guint64 writes;
  int status;
  guint8 *elements;
  LockInfo lock;
};

struct recorder
{
  Attachment *attachment;
  Sampler *sampler;
  Recording *recording;
  RecorderFunc func;
  gpointer user_data;
  GSource *source;
  gboolean takes_all;
  gint64 duration_us;
  struct recorder_rule when, until;
  gint64 last_told_us;
  gint64 again_us;        /* the sampler's thread's */
  enum recorder_state told;  /* what func was told last */

  pthread_mutex_t mutex;
  GPtrArray *channels;    /* of struct channel, which stay until the end */
  enum recorder_state state;
  gint64 start_us, end_us;
  guint64 ticks;
};

static void
channel_free (gpointer data)
{
  struct channel *channel = data;

  entry_info_unref (channel->entry);
  entry_info_unref (channel->recorded);
  g_free (channel->elements);
  g_free (channel);
}

/* What was sampled before the recording began, and will not be sampled again unless it changes. */
static void
keep_sample (struct channel *channel, const Sample *sample)
{
  gsize size = (gsize) (channel->recorded->length * channel->recorded->type.size);

  channel->is_sampled = TRUE;
  channel->status = sample->status;
  channel->has_lock = sample->has_lock;
  channel->lock = sample->lock;
  channel->has_writes = sample->has_writes;
  channel->writes = sample->writes;
  if (sample->status < 0)
    return;
  if (channel->elements == NULL)
    channel->elements = g_malloc (size + 1);
  memcpy (channel->elements, sample->elements, size);
}

static gboolean
locks_differ (const LockInfo *a, const LockInfo *b)
{
  return a->state != b->state || a->owner_pid != b->owner_pid || a->owner_tid != b->owner_tid
         || a->depth != b->depth || a->recoveries != b->recoveries || a->waiters != b->waiters;
}

static void
record_writes (struct channel *channel, gint64 time_us, const Sample *sample)
{
  if (channel->are_writes_recorded
        ? sample->has_writes == channel->has_writes && sample->writes == channel->writes
        : !sample->has_writes)
    return;
  channel->are_writes_recorded
    = recording_add_writes (channel->recorder->recording, channel->number, time_us,
                            sample->has_writes ? &sample->writes : NULL);
  channel->has_writes = sample->has_writes;
  channel->writes = sample->writes;
}

/* A sample is news also for its write counter, or the lock alone. */
static void
record (struct channel *channel, gint64 time_us, const Sample *sample)
{
  Recording *recording = channel->recorder->recording;

  if (sample->changed || !channel->is_recorded || channel->is_lost
      || sample->status != channel->status)
    channel->is_lost = !recording_add_sample (recording, channel->number, time_us, sample->status,
                                              sample->status >= 0 ? sample->elements : NULL);
  if (sample->has_lock
      && (!channel->is_lock_recorded || locks_differ (&sample->lock, &channel->lock)))
    {
      channel->is_lock_recorded
        = recording_add_lock (recording, channel->number, time_us, &sample->lock);
      channel->lock = sample->lock;
      channel->has_lock = TRUE;
    }
  record_writes (channel, time_us, sample);
  channel->is_recorded = TRUE;
  channel->status = sample->status;
}

/* What there was no room for may not change again, and would not be sampled then: it is read once
 * more when there is room. */
static void
record_again (struct channel *channel)
{
  Recorder *self = channel->recorder;
  guint64 length = channel->recorded->length;
  g_autofree guint8 *elements = NULL;
  Sample sample = { .has_lock = channel->has_lock && !channel->is_lock_recorded };

  if ((!channel->is_lost && !sample.has_lock
       && (!channel->has_writes || channel->are_writes_recorded))
      || !recording_has_room (self->recording, channel->number)
      || (elements = g_try_malloc ((gsize) (length * channel->recorded->type.size) + 1)) == NULL)
    return;
  sample.time_us = g_get_monotonic_time ();
  sample.status = attachment_read (self->attachment, channel->entry, channel->first,
                                   channel->first + length, elements);
  sample.elements = elements;
  sample.has_writes = attachment_writes (self->attachment, channel->entry, &sample.writes) == 0;
  sample.has_lock = sample.has_lock
                    && attachment_describe_lock (self->attachment, channel->entry, &sample.lock)
                         == 0;
  if (sample.status >= 0)
    record (channel, sample.time_us, &sample);
}

/* Under the mutex. */
static void
record_lost (Recorder *self, gint64 time_us)
{
  if (time_us - self->again_us < AGAIN_US)
    return;
  self->again_us = time_us;
  for (guint i = 0; i < self->channels->len; i++)
    record_again (self->channels->pdata[i]);
}

static void
note_sample (Watch *watch, const Sample *sample, gpointer user_data)
{
  struct channel *channel = user_data;
  enum recorder_state state = recorder_get_state (channel->recorder);

  if (state == RECORDER_RECORDING)
    record (channel, sample->time_us, sample);
  else if (state == RECORDER_WAITING)
    keep_sample (channel, sample);
}

/* Under the mutex. */
static void
record_kept (Recorder *self)
{
  for (guint i = 0; i < self->channels->len; i++)
    {
      struct channel *channel = self->channels->pdata[i];

      if (channel->is_sampled)
        record (channel, g_get_monotonic_time (),
                &(Sample){ .status = channel->status,
                           .elements = channel->elements,
                           .has_lock = channel->has_lock,
                           .lock = channel->lock,
                           .has_writes = channel->has_writes,
                           .writes = channel->writes });
      g_clear_pointer (&channel->elements, g_free);
    }
}

/* Under the mutex. */
static void
set_state (Recorder *self, enum recorder_state state, gint64 time_us)
{
  self->state = state;
  if (state == RECORDER_RECORDING)
    self->start_us = time_us;
  else
    self->end_us = time_us;
  worker_wake (self->source);
}

static void
note_tick (gint64 time_us, guint64 missed, gpointer user_data)
{
  Recorder *self = user_data;
  gboolean begins = FALSE, ends = FALSE;
  gboolean is_when = recorder_rule_is_met (&self->when, self->attachment);
  gboolean is_until = recorder_rule_is_met (&self->until, self->attachment);

  pthread_mutex_lock (&self->mutex);
  if (self->state == RECORDER_WAITING && is_when)
    {
      begins = TRUE;
      set_state (self, RECORDER_RECORDING, time_us);
      record_kept (self);
    }
  else if (self->state == RECORDER_RECORDING)
    {
      self->ticks++;
      record_lost (self, time_us);
      ends = is_until
             || (self->duration_us > 0 && time_us - self->start_us >= self->duration_us);
      if (ends)
        set_state (self, RECORDER_ENDED, time_us);
      recording_add_tick (self->recording, time_us, missed);
    }
  pthread_mutex_unlock (&self->mutex);
  if (begins)
    recording_add_mark (self->recording, time_us, "start",
                        condition_get_text (self->when.condition));
  if (ends && is_until)
    recording_add_mark (self->recording, time_us, "end",
                        condition_get_text (self->until.condition));
  if (time_us - self->last_told_us >= G_USEC_PER_SEC)
    {
      self->last_told_us = time_us;
      worker_wake (self->source);
    }
}

/* In the main context: the state may be another, or the disk full. */
static gboolean
tell_state (gpointer data)
{
  Recorder *self = data;
  struct recording_statistics statistics;
  enum recorder_state state;

  recording_get_statistics (self->recording, &statistics);
  pthread_mutex_lock (&self->mutex);
  if (statistics.has_failed)
    self->state = RECORDER_FAILED;
  state = self->state;
  pthread_mutex_unlock (&self->mutex);
  if (state != self->told)
    {
      self->told = state;
      if (self->func != NULL)
        self->func (self, state, self->user_data);
    }
  return G_SOURCE_CONTINUE;
}

/* The part of an entry as an entry of its own. */
static EntryInfo *
part_of (const struct target *target, const char *name)
{
  const EntryInfo *entry = target->entry;
  EntryInfo values = *entry;
  gint64 stride = entry->type.size;

  if (target->first == 0 && target->last == entry->length)
    return entry_info_ref (target->entry);
  values.name = (char *) name;
  values.names = NULL;
  values.length = target->last - target->first;
  if (target->field < 0)
    {
      values.dimensions = target->dimensions;
      memcpy (values.shape, target->shape, sizeof values.shape);
    }
  else
    {
      values.dimensions = values.length == 1 ? 0 : 1;
      values.shape[0] = values.length;
    }
  for (guint d = values.dimensions; d-- > 0;)
    {
      values.strides[d] = stride;
      stride *= (gint64) values.shape[d];
    }
  return entry_info_new (&values);
}

static gboolean
can_be_recorded (const struct target *target)
{
  return target->last - target->first <= RECORDING_ELEMENTS_MAX / target->entry->type.size;
}

static void
add_channel (Recorder *self, const struct target *target, const char *name)
{
  struct channel *channel = g_new0 (struct channel, 1);

  channel->recorder = self;
  channel->entry = entry_info_ref (target->entry);
  channel->recorded = part_of (target, name);
  channel->first = target->first;
  channel->number
    = recording_add_entry (self->recording, channel->recorded, g_get_monotonic_time ());
  pthread_mutex_lock (&self->mutex);
  g_ptr_array_add (self->channels, channel);
  pthread_mutex_unlock (&self->mutex);
  channel->watch = sampler_watch_directly (self->sampler, self->attachment, channel->entry,
                                           target->first, target->last, note_sample, channel);
}

/* What a list that has become another lacks, and what is new in it. */
static guint
take_entries (Recorder *self, GPtrArray *entries)
{
  g_autoptr (GHashTable) known = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_autoptr (GHashTable) listed = g_hash_table_new (g_int64_hash, g_int64_equal);
  guint left_out = 0;

  for (guint i = 0; i < entries->len; i++)
    g_hash_table_add (listed, &((EntryInfo *) entries->pdata[i])->id);

  for (guint i = 0; i < self->channels->len; i++)
    {
      struct channel *channel = self->channels->pdata[i];

      if (channel->watch == NULL)
        continue;
      g_hash_table_add (known, &channel->entry->id);
      if (g_hash_table_contains (listed, &channel->entry->id))
        continue;
      sampler_unwatch (self->sampler, channel->watch);
      channel->watch = NULL;
      recording_end_entry (self->recording, channel->number, g_get_monotonic_time ());
    }
  for (guint i = 0; self->takes_all && i < entries->len; i++)
    {
      struct target target = { .entry = entries->pdata[i], .field = -1 };

      target.last = target.entry->length;
      if (g_hash_table_contains (known, &target.entry->id) || target.last == 0)
        continue;
      if (can_be_recorded (&target))
        add_channel (self, &target, target.entry->name);
      else
        left_out++;
    }
  return left_out;
}

static void
note_segment (Attachment *attachment, gpointer user_data)
{
  g_autoptr (GPtrArray) entries = attachment_get_entries (attachment, NULL);

  take_entries (user_data, entries);
}

static void
clear_target (gpointer data)
{
  target_clear (data);
}

/* Before there is a file. */
static GArray *
parse_targets (Attachment *attachment, GPtrArray *targets, GError **error)
{
  g_autoptr (GArray) parsed = g_array_new (FALSE, FALSE, sizeof (struct target));

  g_array_set_clear_func (parsed, clear_target);
  for (guint i = 0; targets != NULL && i < targets->len; i++)
    {
      const char *text = targets->pdata[i];
      struct target target;

      if (!target_parse (attachment, text, &target, error))
        return NULL;
      g_array_append_val (parsed, target);
      if (!can_be_recorded (&target))
        {
          g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_USAGE,
                       _("%s has more than the %d MB that can be recorded of an entry; record a"
                         " part of it, as in %s[0:1000]"),
                       text, RECORDING_ELEMENTS_MAX >> 20, text);
          return NULL;
        }
    }
  return g_steal_pointer (&parsed);
}

/* Ends all but the recording, which is the caller's then. */
static Recording *
recorder_free (Recorder *self)
{
  Recording *recording = self->recording;

  sampler_free (self->sampler);
  if (self->source != NULL)
    {
      g_source_destroy (self->source);
      g_source_unref (self->source);
    }
  recorder_rule_clear (&self->when);
  recorder_rule_clear (&self->until);
  g_ptr_array_unref (self->channels);
  attachment_unref (self->attachment);
  pthread_mutex_destroy (&self->mutex);
  g_free (self);
  return recording;
}

Recorder *
recorder_start (Attachment *attachment, GPtrArray *targets, const char *path,
                const struct recorder_options *options, RecorderFunc func, gpointer user_data,
                guint *ret_left_out, GError **error)
{
  g_autoptr (SegmentInfo) info = attachment_get_info (attachment);
  g_autoptr (GPtrArray) entries = attachment_get_entries (attachment, NULL);
  Recorder *self = g_new0 (Recorder, 1);
  g_autoptr (GArray) parsed = parse_targets (attachment, targets, error);
  guint left_out = 0;

  pthread_mutex_init (&self->mutex, NULL);
  self->attachment = attachment_ref (attachment);
  self->channels = g_ptr_array_new_with_free_func (channel_free);
  self->func = func;
  self->user_data = user_data;
  self->takes_all = targets == NULL;
  self->duration_us = (gint64) (options->duration * G_USEC_PER_SEC);
  if (parsed == NULL || !recorder_rule_parse (&self->when, attachment, options->when, error)
      || !recorder_rule_parse (&self->until, attachment, options->until, error)
      || (self->recording = recording_create (path, info, options->rate, error)) == NULL)
    {
      recorder_free (self);
      return NULL;
    }
  self->source = worker_source_new (G_PRIORITY_DEFAULT, tell_state, self, NULL);
  self->state = self->told = options->when != NULL ? RECORDER_WAITING : RECORDER_RECORDING;
  self->start_us = g_get_monotonic_time ();
  self->sampler = sampler_new ();
  sampler_set_rate (self->sampler, options->rate);
  sampler_set_direct_tick_func (self->sampler, note_tick, self);
  recorder_rule_watch (&self->when, self->sampler, attachment);
  recorder_rule_watch (&self->until, self->sampler, attachment);
  if (self->takes_all)
    left_out = take_entries (self, entries);
  for (guint i = 0; i < parsed->len; i++)
    add_channel (self, &g_array_index (parsed, struct target, i), targets->pdata[i]);
  sampler_watch_segment (self->sampler, attachment, note_segment, self);
  if (ret_left_out != NULL)
    *ret_left_out = left_out;
  return self;
}

gboolean
recorder_stop (Recorder *self, GError **error)
{
  return recording_close (recorder_free (self), error);
}

void
recorder_stop_later (Recorder *self, RecorderStoppedFunc func, gpointer user_data)
{
  recording_close_later (recorder_free (self), func, user_data);
}

enum recorder_state
recorder_get_state (Recorder *self)
{
  enum recorder_state state;

  pthread_mutex_lock (&self->mutex);
  state = self->state;
  pthread_mutex_unlock (&self->mutex);
  return state;
}

double
recorder_get_seconds (Recorder *self)
{
  gint64 us;

  pthread_mutex_lock (&self->mutex);
  us = self->state == RECORDER_WAITING
         ? 0
         : (self->end_us > 0 ? self->end_us : g_get_monotonic_time ()) - self->start_us;
  pthread_mutex_unlock (&self->mutex);
  return (double) us / G_USEC_PER_SEC;
}

void
recorder_add_mark (Recorder *self, const char *kind, const char *text)
{
  recording_add_mark (self->recording, g_get_monotonic_time (), kind, text);
}

void
recorder_get_statistics (Recorder *self, struct recording_statistics *ret_statistics,
                         guint64 *ret_ticks)
{
  recording_get_statistics (self->recording, ret_statistics);
  pthread_mutex_lock (&self->mutex);
  *ret_ticks = self->ticks;
  pthread_mutex_unlock (&self->mutex);
}
