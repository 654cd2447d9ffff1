/* worker.c - a thread of the engine, and how it wakes the main context. */
#include "worker.h"

#include <signal.h>
#include <time.h>

void
worker_start (pthread_t *ret_thread, const char *name, void *(*run) (void *), void *data)
{
  static const int own[] = { SIGBUS, SIGSEGV, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS };
  sigset_t blocked, before;
  char short_name[16];
  int code;

  sigfillset (&blocked);
  for (guint i = 0; i < G_N_ELEMENTS (own); i++)
    sigdelset (&blocked, own[i]);
  pthread_sigmask (SIG_BLOCK, &blocked, &before);
  code = pthread_create (ret_thread, NULL, run, data);
  pthread_sigmask (SIG_SETMASK, &before, NULL);
  /* As when GLib finds no memory: nothing works without its threads. */
  g_assert (code == 0);
  g_strlcpy (short_name, name, sizeof short_name);
  pthread_setname_np (*ret_thread, short_name);
}

void
worker_cond_init (pthread_cond_t *cond)
{
  pthread_condattr_t attr;

  pthread_condattr_init (&attr);
  pthread_condattr_setclock (&attr, CLOCK_MONOTONIC);
  pthread_cond_init (cond, &attr);
  pthread_condattr_destroy (&attr);
}

guint64
worker_now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (guint64) now.tv_sec * 1000000000 + now.tv_nsec;
}

static gboolean
worker_source_dispatch (GSource *source, GSourceFunc func, gpointer data)
{
  /* Before func looks at what is there: a wake from now on is another call. */
  g_source_set_ready_time (source, -1);
  return func (data);
}

GSource *
worker_source_new (int priority, GSourceFunc func, gpointer data, GDestroyNotify destroy)
{
  static GSourceFuncs funcs = { .dispatch = worker_source_dispatch };
  GSource *source = g_source_new (&funcs, sizeof *source);

  g_source_set_priority (source, priority);
  g_source_set_callback (source, func, data, destroy);
  g_source_attach (source, g_main_context_get_thread_default ());
  return source;
}

void
worker_wake (GSource *source)
{
  g_source_set_ready_time (source, 0);
}

void
worker_wake_at (GSource *source, gint64 time_us)
{
  g_source_set_ready_time (source, time_us);
}
