/* ctl-record.c - shmlensctl record: a segment into a file, until something ends it. */
#include "ctl.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>

#include "attachment-recording.h"
#include "recorder.h"
#include "sampler.h"

struct recording_run
{
  GMainLoop *loop;
  guint on_signal[2];
};

static void
note_state (Recorder *recorder, enum recorder_state state, gpointer user_data)
{
  struct recording_run *run = user_data;

  if (state == RECORDER_ENDED || state == RECORDER_FAILED)
    g_main_loop_quit (run->loop);
}

static gboolean
note_signal (gpointer user_data)
{
  g_main_loop_quit (((struct recording_run *) user_data)->loop);
  return G_SOURCE_CONTINUE;
}

/* What has become of it, as one line. */
static void
print_outcome (const struct ctl *ctl, double seconds, guint64 ticks,
               const struct recording_statistics *statistics)
{
  Json json;

  if (!ctl->json)
    {
      g_print (_("%s: %.1f s, %" PRIu64 " samples; %" PRIu64 " of %" PRIu64
                 " ticks were missed, %" PRIu64 " samples lost\n"),
               ctl->output, seconds, statistics->samples, statistics->missed_ticks,
               ticks + statistics->missed_ticks, statistics->lost);
      return;
    }
  json_init (&json);
  json_begin_object (&json, NULL);
  json_string (&json, "file", ctl->output);
  json_double (&json, "seconds", seconds, 3);
  json_unsigned (&json, "samples", statistics->samples);
  json_unsigned (&json, "ticks", ticks);
  json_unsigned (&json, "missed_ticks", statistics->missed_ticks);
  json_unsigned (&json, "lost_samples", statistics->lost);
  json_end_object (&json);
  ctl_print_json (&json);
}

static enum ctl_status
record (const struct ctl *ctl, Attachment *attachment)
{
  const struct recorder_options options = { .rate = ctl->rate,
                                            .when = ctl->when,
                                            .until = ctl->until,
                                            .duration = ctl->duration };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) targets = NULL;
  struct recording_run run = { .loop = g_main_loop_new (NULL, FALSE) };
  struct recording_statistics statistics;
  Recorder *recorder;
  guint left_out = 0;
  guint64 ticks;
  double seconds;

  if (ctl->arguments->len > 1)
    targets = g_ptr_array_new ();
  for (guint i = 1; i < ctl->arguments->len; i++)
    g_ptr_array_add (targets, (char *) ctl_argument (ctl, i));
  recorder = recorder_start (attachment, targets, ctl->output, &options, note_state, &run,
                             &left_out, &error);
  if (recorder == NULL)
    {
      g_main_loop_unref (run.loop);
      return ctl_fail (error);
    }
  if (left_out > 0)
    g_printerr (ngettext ("shmlensctl: %u entry of more than %d MB is left out; name a part of it\n",
                          "shmlensctl: %u entries of more than %d MB are left out; name parts of"
                          " them\n",
                          left_out),
                left_out, RECORDING_ELEMENTS_MAX >> 20);
  run.on_signal[0] = g_unix_signal_add (SIGINT, note_signal, &run);
  run.on_signal[1] = g_unix_signal_add (SIGTERM, note_signal, &run);
  g_main_loop_run (run.loop);
  g_source_remove (run.on_signal[0]);
  g_source_remove (run.on_signal[1]);
  g_main_loop_unref (run.loop);
  recorder_get_statistics (recorder, &statistics, &ticks);
  seconds = recorder_get_seconds (recorder);
  if (!recorder_stop (recorder, &error))
    return ctl_fail (error);
  print_outcome (ctl, seconds, ticks, &statistics);
  return CTL_DONE;
}

enum ctl_status
ctl_record (const struct ctl *ctl)
{
  struct ctl_opened opened;
  enum ctl_status status;

  if (ctl->output == NULL)
    return ctl_usage (_("no file was given to record into; write --output FILE.shmrec"));
  if (ctl->rate < SAMPLER_RATE_MIN || ctl->rate > SAMPLER_RATE_MAX)
    return ctl_usage (_("--rate takes %g to %g samples a second"), SAMPLER_RATE_MIN,
                      SAMPLER_RATE_MAX);
  status = ctl_open (ctl, NULL, &opened);
  if (status == CTL_DONE && attachment_is_recording (opened.attachment))
    status = ctl_usage (_("%s is a recording already; copy the file, or export what it holds"),
                        ctl_argument (ctl, 0));
  else if (status == CTL_DONE)
    status = record (ctl, opened.attachment);
  ctl_close (&opened);
  return status;
}
