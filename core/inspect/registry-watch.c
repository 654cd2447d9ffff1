/* registry-watch.c - noticing that segments come, go and change, on a thread.
 *
 * Names are told by inotify. Who maps what is told by nothing: new and ended
 * processes are seen in the difference of the process list each second; an old process
 * that maps something must open it first, which inotify tells too, but not who it
 * was, and so all are looked at again, though never for more than a fiftieth of the
 * time. What changes inside a segment the sources know.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "registry.h"
#include "worker.h"

#define TICK_MS 1000
/* Events come in bursts: a list is made at once, the next one after so long. */
#define PAUSE_US (50 * 1000)
/* A look at all processes may take one part in so many. */
#define SHARE 50

#define NAMES (IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB | IN_MODIFY)
#define USERS (IN_OPEN | IN_CLOSE)

struct registry_watch
{
  gatomicrefcount references;   /* the registry's, and one for each list under way */
  Registry *registry;           /* used by the thread, and on the context until stopped */
  RegistryChanged changed;
  gpointer user_data;
  gboolean is_stopped;          /* on the context */
  pthread_t thread;
  int wake_fd, inotify_fd;
  ProcessTable *processes;
  GPtrArray *list;              /* the last one handed over */
};

static void
watch_unref (struct registry_watch *watch)
{
  if (g_atomic_ref_count_dec (&watch->references))
    g_free (watch);
}

struct delivery
{
  struct registry_watch *watch;
  GPtrArray *list;
};

static gboolean
deliver (gpointer data)
{
  struct delivery *delivery = data;
  struct registry_watch *watch = delivery->watch;

  if (!watch->is_stopped)
    watch->changed (watch->registry, delivery->list, watch->user_data);
  return G_SOURCE_REMOVE;
}

static void
delivery_free (gpointer data)
{
  struct delivery *delivery = data;

  watch_unref (delivery->watch);
  g_ptr_array_unref (delivery->list);
  g_free (delivery);
}

static gboolean
lists_equal (const GPtrArray *a, const GPtrArray *b)
{
  if (a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++)
    if (!segment_info_equal (a->pdata[i], b->pdata[i]))
      return FALSE;
  return TRUE;
}

static void
hand_over (struct registry_watch *watch)
{
  GPtrArray *list = registry_list_by (watch->registry, NULL, watch->processes);
  struct delivery *delivery;
  GSource *source;

  if (watch->list != NULL && lists_equal (list, watch->list))
    {
      g_ptr_array_unref (list);
      return;
    }
  g_clear_pointer (&watch->list, g_ptr_array_unref);
  watch->list = list;

  delivery = g_new (struct delivery, 1);
  g_atomic_ref_count_inc (&watch->references);
  delivery->watch = watch;
  delivery->list = g_ptr_array_ref (list);
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, deliver, delivery, delivery_free);
  g_source_attach (source, watch->registry->context);
  g_source_unref (source);
}

/* What the events that have come are about, as a mask. */
static guint32
read_events (int fd)
{
  char buffer[16 * 1024] __attribute__ ((aligned (__alignof__ (struct inotify_event))));
  guint32 mask = 0;
  gssize length;

  while ((length = read (fd, buffer, sizeof buffer)) > 0)
    for (gssize position = 0; position < length;)
      {
        const struct inotify_event *event = (gconstpointer) (buffer + position);

        mask |= event->mask;
        position += sizeof *event + event->len;
      }
  /* Some were lost: anything may have happened. */
  if (mask & IN_Q_OVERFLOW)
    mask |= NAMES | USERS;
  return mask;
}

static gboolean
sources_changed (Registry *registry)
{
  gboolean changed = FALSE;

  pthread_mutex_lock (&registry->mutex);
  for (guint i = 0; i < registry->n_sources && !changed; i++)
    if (registry->sources[i]->class->changed != NULL)
      changed = registry->sources[i]->class->changed (registry->sources[i]);
  pthread_mutex_unlock (&registry->mutex);
  return changed;
}

static int
milliseconds_until (gint64 time)
{
  gint64 left = time - g_get_monotonic_time ();

  return left <= 0 ? 0 : (int) MIN (left / 1000 + 1, TICK_MS);
}

static void *
watch_thread (void *data)
{
  struct registry_watch *watch = data;
  struct pollfd polls[] = { { watch->wake_fd, POLLIN, 0 }, { watch->inotify_fd, POLLIN, 0 } };
  gint64 now = g_get_monotonic_time ();
  gint64 tick = now, list_at = now, look_at = now;
  gboolean wants_list = TRUE, wants_look = TRUE;

  for (;;)
    {
      gint64 next = tick;

      if (wants_look && look_at <= now)
        {
          gint64 start = now;

          wants_list |= process_table_update (watch->processes, TRUE);
          wants_look = FALSE;
          now = g_get_monotonic_time ();
          look_at = now + (now - start) * SHARE;
          tick = now + TICK_MS * 1000;
        }
      else if (tick <= now)
        {
          wants_list |= process_table_update (watch->processes, FALSE)
                        || sources_changed (watch->registry) || watch->inotify_fd < 0;
          now = g_get_monotonic_time ();
          tick = now + TICK_MS * 1000;
        }
      if (wants_list && list_at <= now)
        {
          hand_over (watch);
          wants_list = FALSE;
          now = g_get_monotonic_time ();
          list_at = now + PAUSE_US;
        }

      next = tick;
      if (wants_list)
        next = MIN (next, list_at);
      if (wants_look)
        next = MIN (next, look_at);
      if (poll (polls, G_N_ELEMENTS (polls), milliseconds_until (next)) > 0)
        {
          guint32 mask;

          if (polls[0].revents != 0)
            break;
          mask = read_events (watch->inotify_fd);
          wants_list |= (mask & NAMES) != 0;
          wants_look |= (mask & (USERS | IN_CREATE)) != 0;
        }
      now = g_get_monotonic_time ();
    }
  return NULL;
}

void
registry_watch (Registry *self, RegistryChanged changed, gpointer user_data)
{
  struct registry_watch *watch;

  g_return_if_fail (self->watch == NULL);
  watch = g_new0 (struct registry_watch, 1);
  g_atomic_ref_count_init (&watch->references);
  watch->registry = self;
  watch->changed = changed;
  watch->user_data = user_data;
  watch->processes = registry_processes (self);
  watch->wake_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  watch->inotify_fd = inotify_init1 (IN_CLOEXEC | IN_NONBLOCK);
  /* Without inotify (its limits are per user) the tick is left. */
  if (watch->inotify_fd >= 0)
    inotify_add_watch (watch->inotify_fd, self->directory->path, NAMES | USERS);
  self->watch = watch;
  worker_start (&watch->thread, "shmlens-watch", watch_thread, watch);
}

void
registry_unwatch (Registry *self)
{
  struct registry_watch *watch = g_steal_pointer (&self->watch);
  guint64 one = 1;

  if (watch == NULL)
    return;
  /* Lists under way find this; both happen on the context. */
  watch->is_stopped = TRUE;
  while (write (watch->wake_fd, &one, sizeof one) < 0 && errno == EINTR)
    ;
  pthread_join (watch->thread, NULL);
  close (watch->wake_fd);
  if (watch->inotify_fd >= 0)
    close (watch->inotify_fd);
  process_table_free (watch->processes);
  g_clear_pointer (&watch->list, g_ptr_array_unref);
  watch_unref (watch);
}
