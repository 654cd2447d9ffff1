/* hold-keeper.c - all that is held, looked at by a thread of its own. */
#include "hold-keeper.h"

#include <string.h>
#include <time.h>

#include "worker.h"

struct member
{
  Hold *hold;
  gboolean has_ended;
};

struct hold_keeper
{
  pthread_mutex_t mutex;   /* held during a round, but not while a lock is waited for by others */
  pthread_cond_t cond;
  pthread_t thread;
  GSource *source;
  HoldKeeperChanged changed;
  gpointer changed_data;
  gboolean freed;

  /* Under the mutex. */
  gboolean stop;
  GPtrArray *members;      /* of struct member */
  struct member *current;  /* being looked at, without the mutex */
  gint cancelled;          /* atomic: gives up the current look */
};

static void
member_free (gpointer data)
{
  struct member *member = data;

  hold_unref (member->hold);
  g_free (member);
}

/* Looks at one without the mutex, so that others can be added and released meanwhile. */
static void
look_at (HoldKeeper *keeper, struct member *member, gboolean *news)
{
  gboolean goes_on;

  keeper->current = member;
  pthread_mutex_unlock (&keeper->mutex);
  goes_on = hold_look (member->hold, &keeper->cancelled);
  pthread_mutex_lock (&keeper->mutex);
  keeper->current = NULL;
  member->has_ended = !goes_on;
  *news = *news || !goes_on;
  pthread_cond_broadcast (&keeper->cond);
}

/* Waits until then, or until something is there to be looked at. */
static void
wait_until (HoldKeeper *keeper, guint64 until_ns)
{
  struct timespec limit = { (time_t) (until_ns / 1000000000), (long) (until_ns % 1000000000) };

  if (keeper->members->len == 0)
    pthread_cond_wait (&keeper->cond, &keeper->mutex);
  else
    pthread_cond_timedwait (&keeper->cond, &keeper->mutex, &limit);
}

static void *
hold_keeper_run (void *data)
{
  HoldKeeper *keeper = data;
  guint64 next_ns = 0, news_ns = 0;

  pthread_mutex_lock (&keeper->mutex);
  while (!keeper->stop)
    {
      guint64 now = worker_now_ns ();
      gboolean news = FALSE;

      if (now < next_ns || keeper->members->len == 0)
        {
          wait_until (keeper, next_ns);
          continue;
        }
      next_ns = now + HOLD_KEEPER_INTERVAL_MS * G_GUINT64_CONSTANT (1000000);
      for (guint i = 0; i < keeper->members->len && !keeper->stop; i++)
        {
          struct member *member = keeper->members->pdata[i];

          if (!member->has_ended)
            look_at (keeper, member, &news);
        }
      if (news || now >= news_ns)
        {
          news_ns = now + HOLD_KEEPER_NEWS_MS * G_GUINT64_CONSTANT (1000000);
          worker_wake (keeper->source);
        }
    }
  pthread_mutex_unlock (&keeper->mutex);
  return NULL;
}

/* -------------------------------------------------------- the main context -- */

static gboolean
hold_keeper_dispatch (gpointer data)
{
  HoldKeeper *keeper = data;

  if (!keeper->freed && keeper->changed != NULL)
    keeper->changed (keeper, keeper->changed_data);
  return G_SOURCE_CONTINUE;
}

static void
hold_keeper_finalize (gpointer data)
{
  HoldKeeper *keeper = data;

  pthread_cond_destroy (&keeper->cond);
  pthread_mutex_destroy (&keeper->mutex);
  g_free (keeper);
}

HoldKeeper *
hold_keeper_new (void)
{
  HoldKeeper *keeper = g_new0 (HoldKeeper, 1);

  pthread_mutex_init (&keeper->mutex, NULL);
  worker_cond_init (&keeper->cond);
  keeper->members = g_ptr_array_new_with_free_func (member_free);
  keeper->source = worker_source_new (G_PRIORITY_DEFAULT, hold_keeper_dispatch, keeper,
                                      hold_keeper_finalize);
  worker_start (&keeper->thread, "hold", hold_keeper_run, keeper);
  return keeper;
}

void
hold_keeper_free (HoldKeeper *keeper)
{
  GSource *source;

  if (keeper == NULL)
    return;
  pthread_mutex_lock (&keeper->mutex);
  keeper->stop = TRUE;
  g_atomic_int_set (&keeper->cancelled, TRUE);
  pthread_cond_broadcast (&keeper->cond);
  pthread_mutex_unlock (&keeper->mutex);
  pthread_join (keeper->thread, NULL);

  keeper->freed = TRUE;
  g_ptr_array_unref (keeper->members);
  source = keeper->source;
  g_source_destroy (source);
  g_source_unref (source);
}

/* Waits while it is looked at, for a lock's time limit at most. Under the mutex. The hold may be
 * the last to hold its segment, so it is freed here and not in the thread. */
static void
release (HoldKeeper *keeper, guint index)
{
  struct member *member = keeper->members->pdata[index];

  while (keeper->current == member)
    {
      g_atomic_int_set (&keeper->cancelled, TRUE);
      pthread_cond_wait (&keeper->cond, &keeper->mutex);
    }
  g_atomic_int_set (&keeper->cancelled, keeper->stop);
  g_ptr_array_remove (keeper->members, member);
}

static gboolean
is_same_place (const struct member *member, Hold *hold)
{
  const struct hold_place *a = hold_get_place (member->hold), *b = hold_get_place (hold);

  return a->attachment == b->attachment && a->entry->id == b->entry->id
         && a->element == b->element && a->field == b->field && a->field_index == b->field_index;
}

void
hold_keeper_add (HoldKeeper *keeper, Hold *hold)
{
  struct member *member = g_new0 (struct member, 1);

  member->hold = hold_ref (hold);
  pthread_mutex_lock (&keeper->mutex);
  for (guint i = keeper->members->len; i > 0; i--)
    if (i <= keeper->members->len && is_same_place (keeper->members->pdata[i - 1], hold))
      release (keeper, i - 1);
  g_ptr_array_add (keeper->members, member);
  pthread_cond_broadcast (&keeper->cond);
  pthread_mutex_unlock (&keeper->mutex);
  worker_wake (keeper->source);
}

void
hold_keeper_release (HoldKeeper *keeper, Hold *hold)
{
  pthread_mutex_lock (&keeper->mutex);
  for (guint i = 0; i < keeper->members->len; i++)
    if (((struct member *) keeper->members->pdata[i])->hold == hold)
      {
        release (keeper, i);
        break;
      }
  pthread_mutex_unlock (&keeper->mutex);
  worker_wake (keeper->source);
}

void
hold_keeper_release_all (HoldKeeper *keeper)
{
  pthread_mutex_lock (&keeper->mutex);
  while (keeper->members->len > 0)
    release (keeper, keeper->members->len - 1);
  pthread_mutex_unlock (&keeper->mutex);
  worker_wake (keeper->source);
}

GPtrArray *
hold_keeper_list (HoldKeeper *keeper)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) hold_unref);

  pthread_mutex_lock (&keeper->mutex);
  for (guint i = 0; i < keeper->members->len; i++)
    g_ptr_array_add (list, hold_ref (((struct member *) keeper->members->pdata[i])->hold));
  pthread_mutex_unlock (&keeper->mutex);
  return list;
}

void
hold_keeper_set_changed_func (HoldKeeper *keeper, HoldKeeperChanged func, gpointer user_data)
{
  keeper->changed = func;
  keeper->changed_data = user_data;
}
