/* ctl-replay.c - shmlensctl replay: a recording printed as watch prints what lives. */
#include "ctl-columns.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "attachment-recording.h"

/* What the recording holds at its time, into the columns. */
static void
take_columns (Attachment *attachment, GPtrArray *columns)
{
  for (guint i = 0; i < columns->len; i++)
    {
      struct ctl_column *column = columns->pdata[i];
      const struct target *target = &column->target;
      gsize size = (gsize) ((target->last - target->first) * target->entry->type.size);
      g_autofree guint8 *elements = g_try_malloc (size + 8);
      int status = elements != NULL ? attachment_read (attachment, target->entry, target->first,
                                                       target->last, elements)
                                    : -1;

      ctl_column_set (column, status >= 0 ? elements : NULL);
      ctl_column_take_writes (column, attachment);
    }
}

/* Alerts and notes between two lines, and what was not recorded. */
static void
print_marks (RecordingFile *file, GArray *marks, GArray *holes, gint64 after_us, gint64 to_us)
{
  const struct recording_head *head = recording_file_head (file);

  for (guint i = 0; i < marks->len; i++)
    {
      const struct recording_mark *mark = &g_array_index (marks, struct recording_mark, i);

      if (mark->time_us > after_us && mark->time_us <= to_us)
        /* Translators: a kind ("alert"), what it was, when. */
        g_printerr (_("shmlensctl: %s: %s (after %.3f s)\n"), mark->kind, mark->text,
                    (double) (mark->time_us - head->start_us) / 1e6);
    }
  for (guint i = 0; i < holes->len; i++)
    {
      const struct recording_hole *hole = &g_array_index (holes, struct recording_hole, i);

      if (hole->start_us > after_us && hole->start_us <= to_us)
        g_printerr (_("shmlensctl: gap: %" PRIu64 " ticks and %" PRIu64
                      " samples are missing between %.3f s and %.3f s\n"),
                    hole->ticks, hole->samples, (double) (hole->start_us - head->start_us) / 1e6,
                    (double) (hole->end_us - head->start_us) / 1e6);
    }
}

static enum ctl_status
replay (const struct ctl *ctl, Attachment *attachment, GPtrArray *columns)
{
  RecordingFile *file = attachment_recording_get_file (attachment);
  const struct recording_head *head = recording_file_head (file);
  g_autoptr (GArray) marks = recording_file_marks (file);
  g_autoptr (GArray) holes = recording_file_holes (file);
  gint64 end_us = recording_file_end (file), step_us = MAX ((gint64) (ctl->interval * 1e6), 1000);
  gint64 time_us = head->start_us + (gint64) (ctl->at * 1e6), before_us = time_us - step_us;

  if (time_us > end_us)
    return ctl_usage (_("--at: the recording is over after %.3f s; give an earlier time"),
                      (double) (end_us - head->start_us) / 1e6);
  if (ctl->csv)
    ctl_columns_print_heading (ctl, columns);
  for (guint64 line = 1;; line++)
    {
      attachment_recording_set_time (attachment, time_us);
      take_columns (attachment, columns);
      print_marks (file, marks, holes, before_us, time_us);
      ctl_columns_print (ctl, columns, head->start_wall_us + (time_us - head->start_us));
      if (fflush (stdout) != 0 || (ctl->count > 0 && line >= ctl->count) || time_us >= end_us)
        return CTL_DONE;
      before_us = time_us;
      time_us = MIN (time_us + step_us, end_us);
      if (ctl->speed > 0)
        g_usleep ((gulong) MIN ((double) (time_us - before_us) / ctl->speed, 1e12));
    }
}

enum ctl_status
ctl_replay (const struct ctl *ctl)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) columns = NULL;
  struct ctl_opened opened;
  enum ctl_status status = ctl_open (ctl, NULL, &opened);

  if (status == CTL_DONE && !attachment_is_recording (opened.attachment))
    status = ctl_usage (_("%s is no recording, but lives; shmlensctl watch shows it"),
                        ctl_argument (ctl, 0));
  if (status == CTL_DONE)
    {
      columns = ctl_columns_new (ctl, opened.attachment, &error);
      status = columns != NULL ? replay (ctl, opened.attachment, columns) : ctl_fail (error);
    }
  ctl_close (&opened);
  return status;
}
