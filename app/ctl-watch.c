/* ctl-watch.c - shmlensctl watch: the engine's sampler, printed line by line. */
#include "ctl-columns.h"

#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>

#include "sampler.h"

struct watching
{
  const struct ctl *ctl;
  Attachment *attachment;
  GMainLoop *loop;
  GPtrArray *columns;     /* of struct ctl_column */
  guint64 lines;
  gint64 due_us;          /* when the next line is */
  gboolean interrupted;
};

static void
note_sample (Watch *watch, const Sample *sample, gpointer user_data)
{
  struct ctl_column *column = user_data;

  ctl_column_set (column, sample->status >= 0 ? sample->elements : NULL);
  column->has_writes = sample->has_writes;
  column->writes = sample->writes;
}

/* The first tick can come between the first samples. */
static gboolean
all_are_sampled (const struct watching *watching)
{
  for (guint i = 0; i < watching->columns->len; i++)
    {
      const struct ctl_column *column = g_ptr_array_index (watching->columns, i);

      if (!column->sampled)
        return FALSE;
    }
  return TRUE;
}

/* The sampler may tick more often than lines are asked for. */
static void
note_tick (Sampler *sampler, gint64 time_us, gpointer user_data)
{
  struct watching *watching = user_data;
  gint64 interval_us = (gint64) (watching->ctl->interval * 1e6);

  if (!all_are_sampled (watching))
    return;
  if (watching->due_us == 0)
    watching->due_us = time_us;
  /* A tick comes a little before or after its time. */
  if (time_us < watching->due_us - interval_us / 10)
    return;
  watching->due_us = MAX (watching->due_us + interval_us, time_us);
  ctl_columns_print (watching->ctl, watching->columns, g_get_real_time ());
  if (fflush (stdout) != 0
      || (watching->ctl->count > 0 && ++watching->lines >= watching->ctl->count))
    g_main_loop_quit (watching->loop);
}

static gboolean
note_interrupt (gpointer user_data)
{
  struct watching *watching = user_data;

  watching->interrupted = TRUE;
  g_main_loop_quit (watching->loop);
  return G_SOURCE_REMOVE;
}

static void
note_segment (Attachment *attachment, gpointer user_data)
{
  g_autoptr (SegmentInfo) info = attachment_get_info (attachment);

  if (info->reason != NULL)
    g_printerr ("shmlensctl: %s\n", info->reason);
}

static void
run (struct watching *watching)
{
  g_autoptr (Sampler) sampler = sampler_new ();
  guint on_interrupt = g_unix_signal_add (SIGINT, note_interrupt, watching);

  watching->loop = g_main_loop_new (NULL, FALSE);
  sampler_set_rate (sampler, CLAMP (1.0 / MAX (watching->ctl->interval, 1e-6), SAMPLER_RATE_MIN,
                                    SAMPLER_RATE_MAX));
  sampler_set_tick_func (sampler, note_tick, watching);
  sampler_watch_segment (sampler, watching->attachment, note_segment, watching);
  for (guint i = 0; i < watching->columns->len; i++)
    {
      struct ctl_column *column = g_ptr_array_index (watching->columns, i);

      sampler_watch (sampler, watching->attachment, column->target.entry, column->target.first,
                     column->target.last, note_sample, column);
    }
  sampler_kick (sampler);  /* a tick with all of them */
  g_main_loop_run (watching->loop);
  g_main_loop_unref (watching->loop);
  if (!watching->interrupted)
    g_source_remove (on_interrupt);
}

enum ctl_status
ctl_watch (const struct ctl *ctl)
{
  g_autoptr (GError) error = NULL;
  struct ctl_opened opened;
  enum ctl_status status = ctl_open (ctl, NULL, &opened);

  if (status == CTL_DONE)
    {
      struct watching watching = { .ctl = ctl,
                                   .attachment = opened.attachment,
                                   .columns = ctl_columns_new (ctl, opened.attachment, &error) };

      if (watching.columns == NULL)
        status = ctl_fail (error);
      else
        {
          if (ctl->csv)
            ctl_columns_print_heading (ctl, watching.columns);
          run (&watching);
          g_ptr_array_unref (watching.columns);
        }
    }
  ctl_close (&opened);
  return status;
}
