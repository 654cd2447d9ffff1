/* worker.h - a thread of the engine, and how it wakes the main context.
 *
 * With plain pthread mutexes and conditions rather than GLib's, because
 * ThreadSanitizer understands only those.
 */
#pragma once

#include <glib.h>
#include <pthread.h>

/* Starts a thread with this name (15 bytes are kept). Signals are left to the
 * other threads, but for those that this thread's own memory accesses raise. */
void worker_start (pthread_t *ret_thread, const char *name, void *(*run) (void *), void *data);

/* A condition whose time limits are by CLOCK_MONOTONIC. */
void worker_cond_init (pthread_cond_t *cond);
guint64 worker_now_ns (void);

/* A source on the caller's thread-default main context that calls func once after each
 * worker_wake(). End it by g_source_destroy() and g_source_unref(); func's data is then
 * given to `destroy`, once func has returned. */
GSource *worker_source_new (int priority, GSourceFunc func, gpointer data,
                            GDestroyNotify destroy);
/* From any thread, while the source is not destroyed. */
void worker_wake (GSource *source);
/* The same, not before that time (g_get_monotonic_time()). */
void worker_wake_at (GSource *source, gint64 time_us);
