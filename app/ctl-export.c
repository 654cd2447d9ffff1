/* ctl-export.c - shmlensctl export: what a recording holds, or an array now, as CSV or .npy. */
#include "ctl-columns.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#include "attachment-recording.h"
#include "literal-text.h"
#include "npy.h"

struct export
{
  const struct ctl *ctl;
  Attachment *attachment;
  RecordingFile *file;    /* NULL: it lives */
  GPtrArray *columns;     /* of struct ctl_column */
};

static enum ctl_status
fail_file (const char *path)
{
  g_printerr (_("shmlensctl: %s cannot be written: %s; give another place by --output\n"), path,
              g_strerror (errno));
  return CTL_PERMISSION;
}

static gsize
size_of (const struct target *target)
{
  return (gsize) ((target->last - target->first) * target->entry->type.size);
}

/* "DIRECTORY/NAME.npy" of one entry; of several "DIRECTORY/NAME-ENTRY.npy". */
static char *
path_for (const struct export *self, const struct ctl_column *column, const char *ending)
{
  const char *output = self->ctl->output;
  g_autofree char *stem = g_str_has_suffix (output, ".npy")
                            ? g_strndup (output, strlen (output) - strlen (".npy"))
                            : g_strdup (output);
  g_autofree char *name = g_strdup (column->name);

  if (self->columns->len == 1)
    return g_strconcat (stem, ending, NULL);
  return g_strconcat (stem, "-", g_strdelimit (name, "/", '_'), ending, NULL);
}

/* Times and elements of one entry, as they are written. */
struct samples
{
  const struct target *target;
  FILE *elements_file;
  GArray *times;          /* of gint64, microseconds since 1970 */
  gint64 wall_offset_us;
  gboolean failed;
};

static gboolean
write_sample (gint64 time_us, int status, const void *elements, gpointer user_data)
{
  struct samples *samples = user_data;
  const struct target *target = samples->target;
  gsize size = size_of (target);
  gint64 wall_us = time_us + samples->wall_offset_us;

  if (elements == NULL)
    return TRUE;
  if (samples->elements_file != NULL
      && fwrite ((const guint8 *) elements + target->first * target->entry->type.size, 1, size,
                 samples->elements_file)
           != size)
    samples->failed = TRUE;
  g_array_append_val (samples->times, wall_us);
  return !samples->failed;
}

static enum ctl_status
write_bytes (const char *path, const GByteArray *heading, const void *bytes, gsize size)
{
  FILE *file = fopen (path, "we");
  gboolean is_written;

  if (file == NULL)
    return fail_file (path);
  is_written = fwrite (heading->data, 1, heading->len, file) == heading->len
               && fwrite (bytes, 1, size, file) == size;
  if (fclose (file) != 0 || !is_written)
    return fail_file (path);
  return CTL_DONE;
}

/* Elements with a time axis before the others, and the times beside them. */
static enum ctl_status
export_recorded_npy (const struct export *self, const struct ctl_column *column)
{
  const struct target *target = &column->target;
  const struct recording_head *head = recording_file_head (self->file);
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autofree char *path = path_for (self, column, ".npy");
  g_autofree char *time_path = path_for (self, column, ".time.npy");
  g_autoptr (GByteArray) heading = NULL;
  g_autoptr (GByteArray) time_heading = NULL;
  g_autoptr (GError) error = NULL;
  struct samples samples = { .target = target, .times = times,
                             .wall_offset_us = head->start_wall_us - head->start_us };
  guint64 n;

  /* Once to count, since the heading has the number. */
  if (!recording_file_each_sample (self->file, target->entry->id, write_sample, &samples, &error))
    return ctl_fail (error);
  n = times->len;
  heading = npy_heading (target->entry, target->dimensions, target->shape, &n);
  time_heading = npy_integers_heading (n);
  g_array_set_size (times, 0);
  samples.elements_file = fopen (path, "we");
  if (samples.elements_file == NULL
      || fwrite (heading->data, 1, heading->len, samples.elements_file) != heading->len)
    samples.failed = TRUE;
  if (!samples.failed
      && !recording_file_each_sample (self->file, target->entry->id, write_sample, &samples,
                                      &error))
    {
      fclose (samples.elements_file);
      return ctl_fail (error);
    }
  if (samples.elements_file != NULL && fclose (samples.elements_file) != 0)
    samples.failed = TRUE;
  if (samples.failed)
    return fail_file (path);
  return write_bytes (time_path, time_heading, times->data, n * sizeof (gint64));
}

/* What it holds now. NULL after the reason was printed. */
static guint8 *
read_now (const struct export *self, const struct ctl_column *column)
{
  const struct target *target = &column->target;
  guint8 *elements = g_try_malloc (size_of (target) + 8);

  if (elements != NULL
      && attachment_read (self->attachment, target->entry, target->first, target->last, elements)
           >= 0)
    return elements;
  g_free (elements);
  g_printerr (_("shmlensctl: %s cannot be read; list the segment again to see what became of it\n"),
              column->name);
  return NULL;
}

static enum ctl_status
export_npy (const struct export *self)
{
  enum ctl_status status = CTL_DONE;

  if (self->ctl->output == NULL)
    return ctl_usage (_("no file was given to export into; write --output FILE.npy"));
  for (guint i = 0; i < self->columns->len && status == CTL_DONE; i++)
    {
      const struct ctl_column *column = self->columns->pdata[i];
      const struct target *target = &column->target;

      if (target->field >= 0)
        return ctl_usage (_("%s is a field of a structure; export the structure, and take the field"
                            " of it there"),
                          column->name);
      if (self->file != NULL)
        status = export_recorded_npy (self, column);
      else
        {
          g_autofree guint8 *elements = read_now (self, column);
          g_autofree char *path = path_for (self, column, ".npy");
          g_autoptr (GByteArray) heading
            = npy_heading (target->entry, target->dimensions, target->shape, NULL);

          status = elements != NULL ? write_bytes (path, heading, elements, size_of (target))
                                    : CTL_CORRUPT;
        }
    }
  return status;
}

static int
compare_times (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;

  return (x > y) - (x < y);
}

/* "2026-11-28T19:12:03.000250Z" */
static char *
stamp (gint64 wall_us)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (wall_us / G_USEC_PER_SEC);
  g_autofree char *seconds = g_date_time_format (time, "%Y-%m-%dT%H:%M:%S");

  return g_strdup_printf ("%s.%06dZ", seconds, (int) (wall_us % G_USEC_PER_SEC));
}

/* A line for each moment at which any of the columns has another sample: the samples of one tick
 * are a little after each other, and become one line. */
static enum ctl_status
export_recorded_csv (const struct export *self, FILE *out)
{
  const struct recording_head *head = recording_file_head (self->file);
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GString) line = g_string_new ("time");
  g_autoptr (GError) error = NULL;
  gint64 tick_us = head->rate > 0 ? (gint64) (0.5e6 / head->rate) : 0;
  gint64 first_us = G_MININT64;  /* of the samples of this line */

  for (guint i = 0; i < self->columns->len; i++)
    {
      const struct ctl_column *column = self->columns->pdata[i];
      struct samples samples = { .target = &column->target, .times = times };

      ctl_append_heading (line, self->ctl, column);
      if (!recording_file_each_sample (self->file, column->target.entry->id, write_sample,
                                       &samples, &error))
        return ctl_fail (error);
    }
  g_string_append_c (line, '\n');
  fputs (line->str, out);
  g_array_sort (times, compare_times);
  for (guint k = 0; k < times->len; k++)
    {
      gint64 time_us = g_array_index (times, gint64, k);
      g_autofree char *when = stamp (head->start_wall_us + (time_us - head->start_us));

      if (first_us == G_MININT64)
        first_us = time_us;
      if (k + 1 < times->len && g_array_index (times, gint64, k + 1) - first_us <= tick_us)
        continue;
      first_us = G_MININT64;
      attachment_recording_set_time (self->attachment, time_us);
      g_string_assign (line, when);
      for (guint i = 0; i < self->columns->len; i++)
        {
          struct ctl_column *column = self->columns->pdata[i];
          const struct target *target = &column->target;
          g_autofree guint8 *elements = g_malloc (size_of (target) + 8);
          g_autoptr (GString) text = g_string_new (NULL);

          if (attachment_read (self->attachment, target->entry, target->first, target->last,
                               elements)
              >= 0)
            ctl_append_value (text, target, elements);
          g_string_append_c (line, ',');
          literal_append_cell (line, LITERAL_CSV, text->str);
          ctl_column_take_writes (column, self->attachment);
          if (self->ctl->writes)
            ctl_append_writes (line, column);
        }
      g_string_append_c (line, '\n');
      if (fputs (line->str, out) == EOF)
        break;
    }
  return CTL_DONE;
}

/* What lives: the elements of one entry, its last dimension in a line. */
static enum ctl_status
export_live_csv (const struct export *self, FILE *out)
{
  const struct ctl_column *column = self->columns->pdata[0];
  const struct target *target = &column->target;
  g_autofree guint8 *elements = NULL;
  guint64 n = target->last - target->first;
  guint64 width = target->dimensions > 0 && target->field < 0
                    ? target->shape[target->dimensions - 1]
                    : 1;

  if (self->columns->len != 1)
    return ctl_usage (_("of a segment that lives, one entry becomes a CSV file; name one, or write"
                        " --format npy"));
  elements = read_now (self, column);
  if (elements == NULL)
    return CTL_CORRUPT;
  for (guint64 i = 0; i < n; i++)
    {
      g_autofree char *text = entry_info_element_text (
        target->entry, elements + i * target->entry->type.size, target->field);
      g_autoptr (GString) cell = g_string_new (NULL);

      literal_append_cell (cell, LITERAL_CSV, text);
      fputs (cell->str, out);
      fputc ((i + 1) % MAX (width, 1) == 0 ? '\n' : ',', out);
    }
  return CTL_DONE;
}

static enum ctl_status
export_csv (const struct export *self)
{
  FILE *out = self->ctl->output != NULL ? fopen (self->ctl->output, "we") : stdout;
  enum ctl_status status;

  if (out == NULL)
    return fail_file (self->ctl->output);
  status = self->file != NULL ? export_recorded_csv (self, out) : export_live_csv (self, out);
  if (out != stdout && (ferror (out) | (fclose (out) != 0)) != 0 && status == CTL_DONE)
    status = fail_file (self->ctl->output);
  return status;
}

enum ctl_status
ctl_export (const struct ctl *ctl)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) columns = NULL;
  struct ctl_opened opened;
  enum ctl_status status = ctl_open (ctl, NULL, &opened);
  gboolean is_npy = g_strcmp0 (ctl->format, "npy") == 0;

  if (status == CTL_DONE && !is_npy && g_strcmp0 (ctl->format, "csv") != 0)
    status = ctl_usage (_("--format takes csv or npy"));
  if (status == CTL_DONE)
    {
      gboolean is_recording = attachment_is_recording (opened.attachment);
      struct export self = {
        .ctl = ctl,
        .attachment = opened.attachment,
        .file = is_recording ? attachment_recording_get_file (opened.attachment) : NULL,
        .columns = ctl_columns_new (ctl, opened.attachment, &error),
      };

      columns = self.columns;
      if (columns == NULL)
        status = ctl_fail (error);
      else
        status = is_npy ? export_npy (&self) : export_csv (&self);
    }
  ctl_close (&opened);
  return status;
}
