/* ctl-watch.c - shmlensctl watch: the engine's sampler, printed line by line. */
#include "ctl.h"

#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "inspect-error.h"
#include "sampler.h"

/* Elements printed of an array that was not narrowed by [a:b]. */
#define WATCH_ELEMENTS 16

struct column
{
  char *name;             /* as it was written on the command line */
  struct target target;
  gboolean sampled;
  char *text;             /* of the newest sample; NULL when it could not be read */
  char *json;
};

struct watching
{
  const struct ctl *ctl;
  Attachment *attachment;
  GMainLoop *loop;
  GPtrArray *columns;     /* of struct column */
  guint64 lines;
  gint64 due_us;          /* when the next line is */
  gboolean interrupted;
};

static void
column_free (gpointer data)
{
  struct column *column = data;

  target_clear (&column->target);
  g_free (column->name);
  g_free (column->text);
  g_free (column->json);
  g_free (column);
}

static void
note_sample (Watch *watch, const Sample *sample, gpointer user_data)
{
  struct column *column = user_data;
  GString *text;
  Json json;

  column->sampled = TRUE;
  g_clear_pointer (&column->text, g_free);
  g_clear_pointer (&column->json, g_free);
  if (sample->elements == NULL || sample->status < 0)
    return;
  text = g_string_new (NULL);
  ctl_append_value (text, &column->target, sample->elements);
  column->text = g_string_free (text, FALSE);
  json_init (&json);
  ctl_json_value (&json, NULL, &column->target, sample->elements);
  column->json = json_finish (&json);
}

/* A field of comma separated values: quoted when it must be. */
static void
append_csv (GString *line, const char *text)
{
  if (strpbrk (text, ",\"\n\r") == NULL)
    {
      g_string_append (line, text);
      return;
    }
  g_string_append_c (line, '"');
  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p == '"')
        g_string_append_c (line, '"');
      g_string_append_c (line, *p);
    }
  g_string_append_c (line, '"');
}

static char *
time_text (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();

  return g_strdup_printf ("%02d:%02d:%02d.%03d", g_date_time_get_hour (now),
                          g_date_time_get_minute (now), g_date_time_get_second (now),
                          g_date_time_get_microsecond (now) / 1000);
}

static void
print_line (struct watching *watching)
{
  g_autoptr (GString) line = g_string_new (NULL);
  g_autofree char *now = time_text ();

  if (watching->ctl->json)
    g_string_append_printf (line, "{\"time\": \"%s\", \"values\": [", now);
  else
    g_string_append (line, now);
  for (guint i = 0; i < watching->columns->len; i++)
    {
      const struct column *column = g_ptr_array_index (watching->columns, i);

      if (watching->ctl->json)
        g_string_append_printf (line, "%s%s", i > 0 ? ", " : "",
                                column->json != NULL ? column->json : "null");
      else if (watching->ctl->csv)
        {
          g_string_append_c (line, ',');
          append_csv (line, column->text != NULL ? column->text : "");
        }
      else
        g_string_append_printf (line, "  %s=%s", column->name,
                                column->text != NULL ? column->text : "?");
    }
  if (watching->ctl->json)
    g_string_append (line, "]}");
  puts (line->str);
}

/* The first tick can come between the first samples. */
static gboolean
all_are_sampled (const struct watching *watching)
{
  for (guint i = 0; i < watching->columns->len; i++)
    {
      const struct column *column = g_ptr_array_index (watching->columns, i);

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
  print_line (watching);
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

static gboolean
add_column (struct watching *watching, const char *text, GError **error)
{
  struct column *column = g_new0 (struct column, 1);

  column->name = g_strdup (text);
  if (!target_parse (watching->attachment, text, &column->target, error))
    {
      column->target.entry = NULL;
      column_free (column);
      return FALSE;
    }
  g_ptr_array_add (watching->columns, column);
  return TRUE;
}

/* Every entry, long arrays by their first elements. */
static gboolean
add_all_columns (struct watching *watching, GError **error)
{
  g_autoptr (GPtrArray) entries = attachment_get_entries (watching->attachment, NULL);

  for (guint i = 0; i < entries->len; i++)
    {
      const EntryInfo *entry = g_ptr_array_index (entries, i);
      struct column *column;

      if (!add_column (watching, entry->name, error))
        return FALSE;
      column = g_ptr_array_index (watching->columns, watching->columns->len - 1);
      if (entry->length > WATCH_ELEMENTS && entry->type.kind != SHMLENS_KIND_CHAR)
        {
          column->target.last = WATCH_ELEMENTS;
          column->target.dimensions = 1;
          column->target.shape[0] = WATCH_ELEMENTS;
        }
    }
  return TRUE;
}

static void
print_heading (const struct watching *watching)
{
  g_autoptr (GString) line = g_string_new ("time");

  for (guint i = 0; i < watching->columns->len; i++)
    {
      const struct column *column = g_ptr_array_index (watching->columns, i);

      g_string_append_c (line, ',');
      append_csv (line, column->name);
    }
  puts (line->str);
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
      struct column *column = g_ptr_array_index (watching->columns, i);

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
                                   .columns = g_ptr_array_new_with_free_func (column_free) };
      gboolean added = TRUE;

      if (ctl->arguments->len == 1)
        added = add_all_columns (&watching, &error);
      for (guint i = 1; i < ctl->arguments->len && added; i++)
        added = add_column (&watching, ctl_argument (ctl, i), &error);
      if (!added)
        status = ctl_fail (error);
      else
        {
          if (ctl->csv)
            print_heading (&watching);
          run (&watching);
        }
      g_ptr_array_unref (watching.columns);
    }
  ctl_close (&opened);
  return status;
}
