/* plot-export.c - plots as files. */
#include "plot-export.h"

#include <cairo-svg.h>
#include <glib/gi18n.h>
#include <math.h>
#include <time.h>

#include "literal-text.h"
#include "plot-column.h"

#define WIDTH 1000
#define HEIGHT 600
#define SCALE 2              /* of a PNG */
#define BLOCK (1024 * 1024)  /* bytes, written at once */

/* A series as it is written. */
struct column
{
  PlotColumn *samples;
  struct shmlens_type type;
  char *heading;
  gint64 now_us;         /* after that nothing is known */
  double value;
  gint64 next_us;        /* when it becomes next_value; G_MAXINT64: not any more */
  double next_value;
};

static void
clear_column (gpointer data)
{
  struct column *column = data;

  plot_column_free (column->samples);
  g_free (column->heading);
}

static cairo_status_t
write_to_stream (void *closure, const unsigned char *bytes, unsigned length)
{
  return g_output_stream_write_all (closure, bytes, length, NULL, NULL, NULL)
           ? CAIRO_STATUS_SUCCESS
           : CAIRO_STATUS_WRITE_ERROR;
}

/* Closing would put what there is of it in the place of the file that was there; closing that
 * is cancelled leaves that file alone. */
static void
give_up (GFileOutputStream *stream)
{
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();

  g_cancellable_cancel (cancelled);
  g_output_stream_close (G_OUTPUT_STREAM (stream), cancelled, NULL);
}

static void
draw (GskRenderNode *node, cairo_surface_t *surface)
{
  cairo_t *cr = cairo_create (surface);

  if (node != NULL)
    gsk_render_node_draw (node, cr);
  cairo_destroy (cr);
}

gboolean
plot_export_picture (PlotView *view, GFile *file, GError **error)
{
  g_autofree char *name = g_file_get_basename (file);
  g_autoptr (GFileOutputStream) stream
    = g_file_replace (file, NULL, FALSE, G_FILE_CREATE_NONE, NULL, error);
  GskRenderNode *node;
  cairo_surface_t *surface;
  cairo_status_t status;

  if (stream == NULL)
    return FALSE;
  node = plot_view_print (view, WIDTH, HEIGHT);
  if (g_str_has_suffix (name, ".svg"))
    {
      surface = cairo_svg_surface_create_for_stream (write_to_stream, stream, WIDTH, HEIGHT);
      draw (node, surface);
      cairo_surface_finish (surface);
      status = cairo_surface_status (surface);
    }
  else
    {
      surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, WIDTH * SCALE, HEIGHT * SCALE);
      cairo_surface_set_device_scale (surface, SCALE, SCALE);
      draw (node, surface);
      status = cairo_surface_write_to_png_stream (surface, write_to_stream, stream);
    }
  cairo_surface_destroy (surface);
  g_clear_pointer (&node, gsk_render_node_unref);
  if (status != CAIRO_STATUS_SUCCESS)
    {
      give_up (stream);
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                   _("“%s” could not be written: %s; save it elsewhere"), name,
                   cairo_status_to_string (status));
      return FALSE;
    }
  return g_output_stream_close (G_OUTPUT_STREAM (stream), NULL, error);
}

/* As ISO 8601, with the difference to universal time. */
static void
append_time (GString *text, gint64 time_us)
{
  time_t seconds = (time_t) floor ((double) time_us / 1e6);
  struct tm local;
  char buffer[48];

  if (localtime_r (&seconds, &local) == NULL)
    return;
  strftime (buffer, sizeof buffer, "%Y-%m-%dT%H:%M:%S", &local);
  g_string_append (text, buffer);
  g_string_append_printf (text, ".%06d", (int) (time_us - (gint64) seconds * 1000000));
  strftime (buffer, sizeof buffer, "%z", &local);
  g_string_append (text, buffer);
}

static gboolean
read_next (struct column *column, GError **error)
{
  GError *own_error = NULL;

  if (!plot_column_next (column->samples, &column->next_us, &column->next_value, &own_error))
    column->next_us = G_MAXINT64;
  if (own_error == NULL)
    return TRUE;
  g_propagate_error (error, own_error);
  return FALSE;
}

/* The next time at which one of them changes; G_MAXINT64: they do not any more. */
static gint64
find_next (GArray *columns)
{
  gint64 time_us = G_MAXINT64;

  for (guint i = 0; i < columns->len; i++)
    time_us = MIN (time_us, g_array_index (columns, struct column, i).next_us);
  return time_us;
}

/* The values of all at this time. */
static gboolean
append_row (GArray *columns, gint64 time_us, GString *text, GError **error)
{
  append_time (text, time_us);
  for (guint i = 0; i < columns->len; i++)
    {
      struct column *column = &g_array_index (columns, struct column, i);
      char value[64];

      while (column->next_us == time_us)
        {
          column->value = column->next_value;
          if (!read_next (column, error))
            return FALSE;
        }
      plot_number_text (&column->type, time_us <= column->now_us ? column->value : NAN, value);
      g_string_append_c (text, ',');
      g_string_append (text, value);
    }
  g_string_append_c (text, '\n');
  return TRUE;
}

static gboolean
write_columns (GArray *columns, GOutputStream *stream, GError **error)
{
  g_autoptr (GString) text = g_string_sized_new (BLOCK + 4096);
  gint64 time_us;

  g_string_append (text, "time");
  for (guint i = 0; i < columns->len; i++)
    {
      g_string_append_c (text, ',');
      literal_append_cell (text, LITERAL_CSV, g_array_index (columns, struct column, i).heading);
      if (!read_next (&g_array_index (columns, struct column, i), error))
        return FALSE;
    }
  g_string_append_c (text, '\n');
  while ((time_us = find_next (columns)) != G_MAXINT64)
    {
      if (!append_row (columns, time_us, text, error))
        return FALSE;
      if (text->len < BLOCK)
        continue;
      if (!g_output_stream_write_all (stream, text->str, text->len, NULL, NULL, error))
        return FALSE;
      g_string_truncate (text, 0);
    }
  return g_output_stream_write_all (stream, text->str, text->len, NULL, NULL, error);
}

static void
write_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;
  g_autoptr (GFileOutputStream) stream
    = g_file_replace (source, NULL, FALSE, G_FILE_CREATE_NONE, NULL, &error);

  if (stream != NULL && !write_columns (task_data, G_OUTPUT_STREAM (stream), &error))
    give_up (stream);
  else if (stream != NULL && g_output_stream_close (G_OUTPUT_STREAM (stream), NULL, &error))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  g_task_return_error (task, error);
}

static char *
heading_of (PlotSeries *series)
{
  gboolean thinned = plot_series_has_lost (series, G_MININT64, G_MAXINT64);
  GString *text = g_string_new (plot_series_get_name (series));

  if (plot_series_get_unit (series)[0] != '\0')
    g_string_append_printf (text, " (%s)", plot_series_get_unit (series));
  if (plot_series_is_rounded (series))
    g_string_append_printf (text, " (%s)", _("rounded beyond 2^53"));
  if (thinned)
    g_string_append_printf (text, " (%s)", _("of the oldest only the extremes"));
  return g_string_free (text, FALSE);
}

void
plot_export_values (PlotList *list, GFile *file, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (file, NULL, callback, user_data);
  GArray *columns = g_array_new (FALSE, TRUE, sizeof (struct column));

  g_array_set_clear_func (columns, clear_column);
  for (guint i = 0; i < plot_list_length (list); i++)
    {
      PlotSeries *series = plot_list_get (list, i);
      struct column column = { .value = NAN };

      if (!plot_series_get_visible (series))
        continue;
      column.samples = plot_column_new (series);
      column.type = *plot_series_get_number_type (series);
      column.heading = heading_of (series);
      column.now_us = plot_series_is_sampled (series) ? G_MAXINT64 : plot_series_get_now (series);
      g_array_append_val (columns, column);
    }
  g_task_set_task_data (task, columns, (GDestroyNotify) g_array_unref);
  g_task_run_in_thread (task, write_in_thread);
}

gboolean
plot_export_values_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
