/* sampler.c - the sampler's side in the main context: watches, and handing over. */
#include "sampler-private.h"

#include <time.h>

/* Input goes before samples, and samples before drawing (GDK_PRIORITY_REDRAW is 120),
 * which shows them. */
#define PRIORITY (G_PRIORITY_HIGH_IDLE + 10)

void
watch_release (Watch *watch)
{
  if (--watch->references > 0)
    return;
  watch->next = watch->sampler->dead;
  watch->sampler->dead = watch;
}

static void
watched_free (struct watched *watched)
{
  segment_info_unref (watched->info);
  attachment_unref (watched->attachment);
  g_free (watched);
}

void
sampler_unlock (Sampler *sampler)
{
  Watch *dead = g_steal_pointer (&sampler->dead);

  for (Watch *watch = dead; watch != NULL; watch = watch->next)
    {
      if (--watch->watched->references > 0)
        watch->watched = NULL;
      else
        g_hash_table_remove (sampler->segments, watch->watched->attachment);
    }
  pthread_mutex_unlock (&sampler->mutex);

  while (dead != NULL)
    {
      Watch *watch = dead;

      dead = watch->next;
      if (watch->watched != NULL)
        watched_free (watch->watched);
      entry_info_unref (watch->entry);
      g_free (watch->pending);
      g_free (watch->delivered);
      g_free (watch->previous);
      g_free (watch->spare);
      g_free (watch->scratch);
      g_free (watch);
    }
}

/* Takes the first watch off the queue. Under the mutex; the caller gets the queue's
 * reference. */
static Watch *
dequeue (Sampler *sampler)
{
  Watch *watch = sampler->queue_head;

  sampler->queue_head = watch->next;
  if (sampler->queue_head == NULL)
    sampler->queue_tail = NULL;
  sampler->queue_length--;
  watch->queued = FALSE;
  return watch;
}

/* Makes what is pending the delivered one. Under the mutex. */
static void
take_sample (Watch *watch, Sample *ret_sample)
{
  gboolean is_new = watch->pending != NULL;

  if (is_new)
    {
      /* spare is empty: enqueue() took it when it made the copy pending. */
      watch->spare = watch->previous;
      watch->previous = watch->delivered;
      watch->delivered = g_steal_pointer (&watch->pending);
    }
  *ret_sample = watch->sample;

  if (!copy_has_range (watch->delivered, ret_sample->first, ret_sample->last))
    return;
  ret_sample->elements = watch->delivered->bytes;
  if (is_new && copy_has_range (watch->previous, ret_sample->first, ret_sample->last))
    {
      ret_sample->changed = TRUE;
      ret_sample->previous = watch->previous->bytes;
    }
}

static void
deliver_next (Sampler *sampler)
{
  Watch *watch;
  Sample sample = { 0 };
  gboolean removed;

  pthread_mutex_lock (&sampler->mutex);
  watch = dequeue (sampler);
  removed = watch->removed;
  if (!removed && watch->entry != NULL)
    take_sample (watch, &sample);
  pthread_mutex_unlock (&sampler->mutex);

  if (!removed && watch->entry != NULL)
    watch->func (watch, &sample, watch->user_data);
  else if (!removed)
    watch->segment_func (watch->watched->attachment, watch->user_data);

  pthread_mutex_lock (&sampler->mutex);
  watch_release (watch);
  sampler_unlock (sampler);
}

/* As long as the delivery took: when samples come faster than they can be shown, half of the
 * time is left to what is less urgent, drawing above all. */
static void
rest (Sampler *sampler, gint64 start_us)
{
  gint64 now_us = g_get_monotonic_time ();

  pthread_mutex_lock (&sampler->mutex);
  sampler->rest_until_us = now_us + (now_us - start_us);
  if (sampler->woken)
    worker_wake_at (sampler->source, sampler->rest_until_us);
  pthread_mutex_unlock (&sampler->mutex);
}

static gboolean
sampler_dispatch (gpointer data)
{
  Sampler *sampler = data;
  TickFunc tick_func = NULL;
  gpointer tick_data;
  gint64 tick_us, start_us = g_get_monotonic_time ();
  guint n;

  /* Only what is in the queue now, or a fast clock would keep us here. */
  pthread_mutex_lock (&sampler->mutex);
  sampler->woken = FALSE;
  n = sampler->queue_length;
  if (sampler->tick_pending)
    tick_func = sampler->tick_func;
  tick_data = sampler->tick_data;
  tick_us = sampler->tick_us;
  sampler->tick_pending = FALSE;
  pthread_mutex_unlock (&sampler->mutex);

  for (guint i = 0; i < n && !sampler->freed; i++)
    deliver_next (sampler);
  if (tick_func != NULL && !sampler->freed)
    tick_func (sampler, tick_us, tick_data);
  if (!sampler->freed)
    rest (sampler, start_us);
  return G_SOURCE_CONTINUE;
}

/* Frees what is left once the source is gone: when sampler_free() was called in a
 * callback, after that callback has returned. */
static void
sampler_finalize (gpointer data)
{
  Sampler *sampler = data;

  g_ptr_array_unref (sampler->watches);
  g_ptr_array_unref (sampler->own);
  g_hash_table_unref (sampler->segments);
  pthread_cond_destroy (&sampler->cond);
  pthread_mutex_destroy (&sampler->mutex);
  g_free (sampler);
}

Sampler *
sampler_new (void)
{
  Sampler *sampler = g_new0 (Sampler, 1);

  pthread_mutex_init (&sampler->mutex, NULL);
  worker_cond_init (&sampler->cond);
  sampler->rate = SAMPLER_RATE_DEFAULT;
  sampler->watches = g_ptr_array_new ();
  sampler->own = g_ptr_array_new ();
  sampler->segments = g_hash_table_new (NULL, NULL);
  sampler->source = worker_source_new (PRIORITY, sampler_dispatch, sampler, sampler_finalize);
  worker_start (&sampler->thread, "sampler", sampler_run, sampler);
  return sampler;
}

void
sampler_free (Sampler *sampler)
{
  GSource *source;

  if (sampler == NULL)
    return;
  pthread_mutex_lock (&sampler->mutex);
  sampler->stop = TRUE;
  pthread_cond_signal (&sampler->cond);
  pthread_mutex_unlock (&sampler->mutex);
  pthread_join (sampler->thread, NULL);

  pthread_mutex_lock (&sampler->mutex);
  sampler->freed = TRUE;
  while (sampler->queue_head != NULL)
    watch_release (dequeue (sampler));
  for (guint i = 0; i < sampler->own->len; i++)
    watch_release (sampler->own->pdata[i]);
  for (guint i = 0; i < sampler->watches->len; i++)
    watch_release (sampler->watches->pdata[i]);
  g_ptr_array_set_size (sampler->own, 0);
  g_ptr_array_set_size (sampler->watches, 0);
  sampler_unlock (sampler);

  source = sampler->source;
  g_source_destroy (source);
  g_source_unref (source);
}

void
sampler_set_rate (Sampler *sampler, double hertz)
{
  if (!(hertz >= SAMPLER_RATE_MIN))
    hertz = SAMPLER_RATE_MIN;
  pthread_mutex_lock (&sampler->mutex);
  sampler->rate = MIN (hertz, SAMPLER_RATE_MAX);
  sampler->next_ns = worker_now_ns ();
  pthread_cond_signal (&sampler->cond);
  pthread_mutex_unlock (&sampler->mutex);
}

double
sampler_get_rate (Sampler *sampler)
{
  double rate;

  pthread_mutex_lock (&sampler->mutex);
  rate = sampler->rate;
  pthread_mutex_unlock (&sampler->mutex);
  return rate;
}

void
sampler_set_paused (Sampler *sampler, gboolean paused)
{
  pthread_mutex_lock (&sampler->mutex);
  if (sampler->paused != paused)
    {
      sampler->paused = paused;
      sampler->next_ns = worker_now_ns ();
      pthread_cond_signal (&sampler->cond);
    }
  pthread_mutex_unlock (&sampler->mutex);
}

gboolean
sampler_get_paused (Sampler *sampler)
{
  gboolean paused;

  pthread_mutex_lock (&sampler->mutex);
  paused = sampler->paused;
  pthread_mutex_unlock (&sampler->mutex);
  return paused;
}

void
sampler_kick (Sampler *sampler)
{
  pthread_mutex_lock (&sampler->mutex);
  sampler->kicked = TRUE;
  pthread_cond_signal (&sampler->cond);
  pthread_mutex_unlock (&sampler->mutex);
}

void
sampler_set_tick_func (Sampler *sampler, TickFunc func, gpointer user_data)
{
  pthread_mutex_lock (&sampler->mutex);
  sampler->tick_func = func;
  sampler->tick_data = user_data;
  sampler->tick_pending = FALSE;
  pthread_mutex_unlock (&sampler->mutex);
}

static void
make_fresh (Sampler *sampler, Watch *watch)
{
  if (watch->fresh)
    return;
  watch->fresh = TRUE;
  sampler->n_fresh++;
  pthread_cond_signal (&sampler->cond);
}

static Watch *
add_watch (Sampler *sampler, Attachment *attachment, Watch *watch)
{
  pthread_mutex_lock (&sampler->mutex);
  watch->sampler = sampler;
  watch->watched = g_hash_table_lookup (sampler->segments, attachment);
  if (watch->watched == NULL)
    {
      watch->watched = g_new0 (struct watched, 1);
      watch->watched->attachment = attachment_ref (attachment);
      g_hash_table_insert (sampler->segments, attachment, watch->watched);
    }
  watch->watched->references++;
  watch->references = 1;
  watch->index = sampler->watches->len;
  if (watch->index == 0)
    sampler->next_ns = worker_now_ns ();
  g_ptr_array_add (sampler->watches, watch);
  sampler->generation++;
  make_fresh (sampler, watch);
  pthread_mutex_unlock (&sampler->mutex);
  return watch;
}

void
sampler_set_direct_tick_func (Sampler *sampler, DirectTickFunc func, gpointer user_data)
{
  pthread_mutex_lock (&sampler->mutex);
  sampler->direct_tick_func = func;
  sampler->direct_tick_data = user_data;
  pthread_mutex_unlock (&sampler->mutex);
}

static Watch *
watch_entry (Sampler *sampler, Attachment *attachment, EntryInfo *entry, guint64 first,
             guint64 last, gboolean direct, SampleFunc func, gpointer user_data)
{
  Watch *watch = g_new0 (Watch, 1);

  watch->direct = direct;
  watch->entry = entry_info_ref (entry);
  watch->first = first;
  watch->last = last;
  watch->func = func;
  watch->user_data = user_data;
  return add_watch (sampler, attachment, watch);
}

Watch *
sampler_watch (Sampler *sampler, Attachment *attachment, EntryInfo *entry, guint64 first,
               guint64 last, SampleFunc func, gpointer user_data)
{
  return watch_entry (sampler, attachment, entry, first, last, FALSE, func, user_data);
}

Watch *
sampler_watch_directly (Sampler *sampler, Attachment *attachment, EntryInfo *entry, guint64 first,
                        guint64 last, SampleFunc func, gpointer user_data)
{
  return watch_entry (sampler, attachment, entry, first, last, TRUE, func, user_data);
}

Watch *
sampler_watch_segment (Sampler *sampler, Attachment *attachment, SegmentFunc func,
                       gpointer user_data)
{
  Watch *watch = g_new0 (Watch, 1);

  watch->segment_func = func;
  watch->user_data = user_data;
  return add_watch (sampler, attachment, watch);
}

void
sampler_set_range (Sampler *sampler, Watch *watch, guint64 first, guint64 last)
{
  pthread_mutex_lock (&sampler->mutex);
  if (watch->first != first || watch->last != last)
    {
      watch->first = first;
      watch->last = last;
      make_fresh (sampler, watch);
    }
  pthread_mutex_unlock (&sampler->mutex);
}

void
sampler_unwatch (Sampler *sampler, Watch *watch)
{
  if (watch == NULL)
    return;
  pthread_mutex_lock (&sampler->mutex);
  watch->removed = TRUE;
  g_ptr_array_remove_index_fast (sampler->watches, watch->index);
  if (watch->index < sampler->watches->len)
    ((Watch *) sampler->watches->pdata[watch->index])->index = watch->index;
  sampler->generation++;
  watch_release (watch);
  /* So that the thread lets it go too, however long the next tick is off. */
  pthread_cond_signal (&sampler->cond);
  sampler_unlock (sampler);
}

EntryInfo *
watch_get_entry (Watch *watch)
{
  return watch->entry;
}

Attachment *
watch_get_attachment (Watch *watch)
{
  return watch->watched->attachment;
}

void
sampler_get_statistics (Sampler *sampler, struct sampler_statistics *ret_statistics)
{
  struct timespec used = { 0 };
  clockid_t clock;

  pthread_mutex_lock (&sampler->mutex);
  *ret_statistics = sampler->statistics;
  pthread_mutex_unlock (&sampler->mutex);
  if (pthread_getcpuclockid (sampler->thread, &clock) == 0)
    clock_gettime (clock, &used);
  ret_statistics->cpu_ns = (guint64) used.tv_sec * 1000000000 + used.tv_nsec;
}
