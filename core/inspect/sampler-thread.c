/* sampler-thread.c - the sampler's thread: the clock, reading and comparing. */
#include "sampler-private.h"

#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

/* How often the time for which a lock is held counts as news. */
#define HELD_NEWS_US 1000000
/* A copy this much larger than needed is given back. */
#define SURPLUS_BYTES 65536

static gboolean
locks_differ (const LockInfo *a, const LockInfo *b)
{
  return a->kind != b->kind || a->state != b->state || a->owner_pid != b->owner_pid
         || a->owner_tid != b->owner_tid || a->owner_start_time != b->owner_start_time
         || a->depth != b->depth || a->recoveries != b->recoveries;
}

static void
refresh_segment (Sampler *sampler, struct watched *watched)
{
  g_autoptr (SegmentInfo) info = NULL;
  g_autoptr (GPtrArray) entries = NULL;
  guint64 generation;

  if (watched->round == sampler->round)
    return;
  watched->round = sampler->round;

  /* Compared here, because others refresh the attachment as well. */
  attachment_refresh (watched->attachment);
  info = attachment_get_info (watched->attachment);
  entries = attachment_get_entries (watched->attachment, &generation);
  if (info == watched->info && generation == watched->generation)
    return;
  segment_info_unref (watched->info);
  watched->info = g_steal_pointer (&info);
  watched->generation = generation;
  watched->serial++;
}

/* Room for the range in the scratch copy; a steady watch has it already. */
static gboolean
prepare_scratch (Watch *watch, guint64 first, guint64 last)
{
  guint64 length = last > first ? last - first : 0;
  gsize bytes, size;

  if (!g_size_checked_mul (&bytes, length, watch->entry->type.size)
      || !g_size_checked_add (&size, bytes, sizeof (struct copy)))
    return FALSE;
  if (watch->scratch != NULL
      && (watch->scratch->capacity < bytes || watch->scratch->capacity / 2 > bytes + SURPLUS_BYTES))
    g_clear_pointer (&watch->scratch, g_free);
  if (watch->scratch == NULL)
    {
      watch->scratch = g_try_malloc (size);
      if (watch->scratch == NULL)
        return FALSE;
      watch->scratch->capacity = bytes;
    }
  watch->scratch->first = first;
  watch->scratch->last = last;
  return TRUE;
}

static void
read_elements (Watch *watch, Sample *sample)
{
  Attachment *attachment = watch->watched->attachment;
  const struct copy *newest = watch->newest;

  watch->has_new_copy = FALSE;
  if (!prepare_scratch (watch, sample->first, sample->last))
    {
      sample->status = -ENOMEM;
      return;
    }
  sample->status = attachment_read (attachment, watch->entry, sample->first, sample->last,
                                    watch->scratch->bytes);
  if (sample->status < 0)
    return;
  if (!copy_has_range (newest, sample->first, sample->last))
    watch->has_new_copy = TRUE;
  else if (memcmp (newest->bytes, watch->scratch->bytes,
                   (sample->last - sample->first) * watch->entry->type.size)
           != 0)
    watch->has_new_copy = TRUE;
}

static void
sample_entry (Watch *watch)
{
  Attachment *attachment = watch->watched->attachment;
  const Sample *seen = &watch->seen;
  Sample sample = { .first = seen->first, .last = seen->last };
  gboolean held;

  sample.time_us = g_get_monotonic_time ();
  read_elements (watch, &sample);
  sample.has_writes = attachment_writes (attachment, watch->entry, &sample.writes) == 0;
  sample.has_lock = watch->entry->lock_kind != LOCK_NONE
                    && attachment_describe_lock (attachment, watch->entry, &sample.lock) == 0;
  held = sample.has_lock && sample.lock.held_ns != seen->lock.held_ns
         && sample.time_us - watch->held_news_us >= HELD_NEWS_US;

  watch->differs = !watch->was_seen || watch->has_new_copy || sample.status != seen->status
                   || sample.has_writes != seen->has_writes
                   || (sample.has_writes && sample.writes != seen->writes)
                   || sample.has_lock != seen->has_lock
                   || (sample.has_lock && locks_differ (&sample.lock, &seen->lock)) || held;
  if (!watch->differs)
    return;
  watch->seen = sample;
  watch->was_seen = TRUE;
  watch->held_news_us = sample.time_us;
}

static void
sample_watch (Sampler *sampler, Watch *watch)
{
  refresh_segment (sampler, watch->watched);
  if (watch->entry != NULL)
    {
      sample_entry (watch);
      return;
    }
  watch->differs = watch->seen_serial != watch->watched->serial;
  watch->seen_serial = watch->watched->serial;
}

/* Takes over which watches there are. Under the mutex. */
static void
take_watches (Sampler *sampler)
{
  if (sampler->own_generation == sampler->generation)
    return;
  sampler->own_generation = sampler->generation;
  for (guint i = 0; i < sampler->own->len; i++)
    watch_release (sampler->own->pdata[i]);
  g_ptr_array_set_size (sampler->own, 0);
  for (guint i = 0; i < sampler->watches->len; i++)
    {
      Watch *watch = sampler->watches->pdata[i];

      watch->references++;
      g_ptr_array_add (sampler->own, watch);
    }
}

/* Takes over what to read in this round. Under the mutex. */
static void
take_ranges (Sampler *sampler, gboolean only_fresh)
{
  sampler->n_fresh = 0;
  for (guint i = 0; i < sampler->own->len; i++)
    {
      Watch *watch = sampler->own->pdata[i];

      watch->due = !watch->removed && (watch->fresh || !only_fresh);
      if (!watch->due)
        continue;
      if (watch->first != watch->seen.first || watch->last != watch->seen.last)
        {
          watch->seen.first = watch->first;
          watch->seen.last = watch->last;
          watch->was_seen = FALSE;
        }
      watch->fresh = FALSE;
      if (watch->scratch == NULL)
        watch->scratch = g_steal_pointer (&watch->spare);
    }
}

/* Under the mutex. */
static void
enqueue (Sampler *sampler, Watch *watch)
{
  if (watch->entry != NULL)
    watch->sample = watch->seen;
  if (watch->has_new_copy)
    {
      struct copy *replaced = watch->pending;

      watch->newest = watch->pending = watch->scratch;
      watch->scratch = replaced != NULL ? replaced : g_steal_pointer (&watch->spare);
    }
  if (watch->queued)
    return;
  watch->queued = TRUE;
  watch->references++;
  watch->next = NULL;
  if (sampler->queue_tail != NULL)
    sampler->queue_tail->next = watch;
  else
    sampler->queue_head = watch;
  sampler->queue_tail = watch;
  sampler->queue_length++;
}

/* Without the mutex: nobody else knows these copies. */
static void
hand_over_directly (Watch *watch)
{
  Sample sample = watch->seen;
  struct copy *before = watch->delivered;

  if (watch->has_new_copy)
    {
      watch->newest = watch->delivered = watch->scratch;
      watch->scratch = before;
      sample.changed = copy_has_range (before, sample.first, sample.last);
      sample.previous = sample.changed ? before->bytes : NULL;
    }
  if (copy_has_range (watch->delivered, sample.first, sample.last))
    sample.elements = watch->delivered->bytes;
  watch->func (watch, &sample, watch->user_data);
}

static void
tell_tick (Sampler *sampler, gint64 time_us, guint64 missed)
{
  if (sampler->direct_tick_func != NULL)
    sampler->direct_tick_func (time_us, missed - sampler->told_missed, sampler->direct_tick_data);
  sampler->told_missed = missed;
}

/* One round: called and left with the mutex held, which it gives up to read. */
static void
sampler_round (Sampler *sampler, gboolean only_fresh)
{
  gint64 time_us = g_get_monotonic_time ();
  guint64 missed = sampler->statistics.missed;

  take_ranges (sampler, only_fresh);
  sampler_unlock (sampler);

  sampler->round++;
  for (guint i = 0; i < sampler->own->len; i++)
    {
      Watch *watch = sampler->own->pdata[i];

      if (watch->due)
        sample_watch (sampler, watch);
      if (watch->due && watch->differs && watch->direct)
        hand_over_directly (watch);
    }
  if (!only_fresh)
    tell_tick (sampler, time_us, missed);

  pthread_mutex_lock (&sampler->mutex);
  for (guint i = 0; i < sampler->own->len; i++)
    {
      Watch *watch = sampler->own->pdata[i];

      if (watch->due && watch->differs && !watch->removed && !watch->direct)
        enqueue (sampler, watch);
    }
  if (!only_fresh)
    {
      sampler->statistics.ticks++;
      sampler->tick_pending |= sampler->tick_func != NULL;
      sampler->tick_us = time_us;
    }
  if (!sampler->woken && (sampler->queue_head != NULL || sampler->tick_pending))
    {
      sampler->woken = TRUE;
      worker_wake_at (sampler->source, sampler->rest_until_us);
    }
}

/* Moves the clock past now, by whole periods: it neither drifts nor catches up. */
static void
advance_clock (Sampler *sampler, guint64 now)
{
  guint64 period = 1e9 / sampler->rate;
  guint64 skipped = (now - sampler->next_ns) / period;

  sampler->statistics.missed += skipped;
  sampler->next_ns += (skipped + 1) * period;
}

static void
wait_until (Sampler *sampler, guint64 time_ns)
{
  struct timespec until = { time_ns / 1000000000, time_ns % 1000000000 };

  pthread_cond_timedwait (&sampler->cond, &sampler->mutex, &until);
}

void *
sampler_run (void *data)
{
  Sampler *sampler = data;

  /* The kernel may be 50 us late on purpose otherwise. */
  prctl (PR_SET_TIMERSLACK, 1L);

  pthread_mutex_lock (&sampler->mutex);
  while (!sampler->stop)
    {
      guint64 now = worker_now_ns ();
      gboolean runs = !sampler->paused && sampler->watches->len > 0;

      take_watches (sampler);
      if (sampler->dead != NULL)
        {
          sampler_unlock (sampler);
          pthread_mutex_lock (&sampler->mutex);
        }
      else if (runs && now >= sampler->next_ns)
        {
          advance_clock (sampler, now);
          sampler->kicked = FALSE;
          sampler_round (sampler, FALSE);
        }
      else if (sampler->kicked)
        {
          sampler->kicked = FALSE;
          sampler_round (sampler, FALSE);
        }
      else if (sampler->n_fresh > 0)
        sampler_round (sampler, TRUE);
      else if (runs)
        wait_until (sampler, sampler->next_ns);
      else
        pthread_cond_wait (&sampler->cond, &sampler->mutex);
    }
  pthread_mutex_unlock (&sampler->mutex);
  return NULL;
}
