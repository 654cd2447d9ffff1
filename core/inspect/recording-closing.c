/* recording-closing.c - ending recordings without waiting for the disk. */
#include "recording-closing.h"

#include "worker.h"

struct closing
{
  Recording *recording;
  RecordingClosedFunc func;
  gpointer user_data;
  struct recording_statistics statistics;
  GSource *source;
  pthread_t thread;
  GError *error;     /* the thread's, until it has ended */
};

/* Of struct closing; NULL: none. */
static GPtrArray *all;

static void *
close_recording (void *data)
{
  struct closing *self = data;

  recording_close (self->recording, &self->error);
  worker_wake (self->source);
  return NULL;
}

static void
finish (struct closing *self)
{
  pthread_join (self->thread, NULL);
  g_ptr_array_remove (all, self);
  if (all->len == 0)
    g_clear_pointer (&all, g_ptr_array_unref);
  g_source_destroy (self->source);
  g_source_unref (self->source);
  if (self->func != NULL)
    self->func (&self->statistics, self->error, self->user_data);
  g_clear_error (&self->error);
  g_free (self);
}

static gboolean
note_closed (gpointer data)
{
  finish (data);
  return G_SOURCE_REMOVE;
}

void
recording_close_later (Recording *recording, RecordingClosedFunc func, gpointer user_data)
{
  struct closing *self = g_new0 (struct closing, 1);

  self->recording = recording;
  self->func = func;
  self->user_data = user_data;
  recording_get_statistics (recording, &self->statistics);
  if (all == NULL)
    all = g_ptr_array_new ();
  g_ptr_array_add (all, self);
  self->source = worker_source_new (G_PRIORITY_DEFAULT, note_closed, self, NULL);
  worker_start (&self->thread, "closing", close_recording, self);
}

void
recording_wait_closed (void)
{
  while (all != NULL)
    finish (all->pdata[0]);
}
