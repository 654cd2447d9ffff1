/* ctl-columns.c - what watch and replay print of a segment. */
#include "ctl-columns.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <stdio.h>

#include "literal-text.h"

/* Elements printed of an array that was not narrowed by [a:b]. */
#define COLUMN_ELEMENTS 16

static void
column_free (gpointer data)
{
  struct ctl_column *column = data;

  target_clear (&column->target);
  g_free (column->name);
  g_free (column->text);
  g_free (column->json);
  g_free (column);
}

void
ctl_column_set (struct ctl_column *column, const void *elements)
{
  GString *text;
  Json json;

  column->sampled = TRUE;
  g_clear_pointer (&column->text, g_free);
  g_clear_pointer (&column->json, g_free);
  if (elements == NULL)
    return;
  text = g_string_new (NULL);
  ctl_append_value (text, &column->target, elements);
  column->text = g_string_free (text, FALSE);
  json_init (&json);
  ctl_json_value (&json, NULL, &column->target, elements);
  column->json = json_finish (&json);
}

static char *
time_text (gint64 wall_us)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (wall_us / G_USEC_PER_SEC);

  return g_strdup_printf ("%02d:%02d:%02d.%03d", g_date_time_get_hour (time),
                          g_date_time_get_minute (time), g_date_time_get_second (time),
                          (int) (wall_us % G_USEC_PER_SEC / 1000));
}

static void
append_json_writes (GString *line, GPtrArray *columns)
{
  g_string_append (line, ", \"writes\": [");
  for (guint i = 0; i < columns->len; i++)
    {
      const struct ctl_column *column = g_ptr_array_index (columns, i);

      if (i > 0)
        g_string_append (line, ", ");
      if (column->has_writes)
        g_string_append_printf (line, "%" PRIu64, column->writes);
      else
        g_string_append (line, "null");
    }
  g_string_append_c (line, ']');
}

void
ctl_append_writes (GString *line, const struct ctl_column *column)
{
  g_string_append_c (line, ',');
  if (column->has_writes)
    g_string_append_printf (line, "%" PRIu64, column->writes);
}

void
ctl_column_take_writes (struct ctl_column *column, Attachment *attachment)
{
  column->has_writes
    = attachment_writes (attachment, column->target.entry, &column->writes) == 0;
}

void
ctl_columns_print (const struct ctl *ctl, GPtrArray *columns, gint64 wall_us)
{
  g_autoptr (GString) line = g_string_new (NULL);
  g_autofree char *now = time_text (wall_us);

  if (ctl->json)
    g_string_append_printf (line, "{\"time\": \"%s\", \"values\": [", now);
  else
    g_string_append (line, now);
  for (guint i = 0; i < columns->len; i++)
    {
      const struct ctl_column *column = g_ptr_array_index (columns, i);

      if (ctl->json)
        g_string_append_printf (line, "%s%s", i > 0 ? ", " : "",
                                column->json != NULL ? column->json : "null");
      else if (ctl->csv)
        {
          g_string_append_c (line, ',');
          literal_append_cell (line, LITERAL_CSV, column->text != NULL ? column->text : "");
          if (ctl->writes)
            ctl_append_writes (line, column);
        }
      else
        {
          g_string_append_printf (line, "  %s=%s", column->name,
                                  column->text != NULL ? column->text : "?");
          if (ctl->writes && column->has_writes)
            /* Translators: how often something was written. */
            g_string_append_printf (line, _(" (%" PRIu64 " writes)"), column->writes);
        }
    }
  if (ctl->json)
    g_string_append (line, "]");
  if (ctl->json && ctl->writes)
    append_json_writes (line, columns);
  if (ctl->json)
    g_string_append (line, "}");
  puts (line->str);
}

void
ctl_append_heading (GString *line, const struct ctl *ctl, const struct ctl_column *column)
{
  g_string_append_c (line, ',');
  literal_append_cell (line, LITERAL_CSV, column->name);
  if (ctl->writes)
    {
      g_autofree char *name = g_strconcat (column->name, " writes", NULL);

      g_string_append_c (line, ',');
      literal_append_cell (line, LITERAL_CSV, name);
    }
}

void
ctl_columns_print_heading (const struct ctl *ctl, GPtrArray *columns)
{
  g_autoptr (GString) line = g_string_new ("time");

  for (guint i = 0; i < columns->len; i++)
    ctl_append_heading (line, ctl, g_ptr_array_index (columns, i));
  puts (line->str);
}

static gboolean
add_column (GPtrArray *columns, Attachment *attachment, const char *text, GError **error)
{
  struct ctl_column *column = g_new0 (struct ctl_column, 1);

  column->name = g_strdup (text);
  if (!target_parse (attachment, text, &column->target, error))
    {
      column->target.entry = NULL;
      column_free (column);
      return FALSE;
    }
  g_ptr_array_add (columns, column);
  return TRUE;
}

/* Every entry, long arrays by their first elements. */
static gboolean
add_all_columns (GPtrArray *columns, Attachment *attachment, GError **error)
{
  g_autoptr (GPtrArray) entries = attachment_get_entries (attachment, NULL);

  for (guint i = 0; i < entries->len; i++)
    {
      const EntryInfo *entry = g_ptr_array_index (entries, i);
      struct ctl_column *column;

      if (!add_column (columns, attachment, entry->name, error))
        return FALSE;
      column = g_ptr_array_index (columns, columns->len - 1);
      if (entry->length > COLUMN_ELEMENTS && entry->type.kind != SHMLENS_KIND_CHAR)
        {
          column->target.last = COLUMN_ELEMENTS;
          column->target.dimensions = 1;
          column->target.shape[0] = COLUMN_ELEMENTS;
        }
    }
  return TRUE;
}

GPtrArray *
ctl_columns_new (const struct ctl *ctl, Attachment *attachment, GError **error)
{
  g_autoptr (GPtrArray) columns = g_ptr_array_new_with_free_func (column_free);

  if (ctl->arguments->len == 1 && !add_all_columns (columns, attachment, error))
    return NULL;
  for (guint i = 1; i < ctl->arguments->len; i++)
    if (!add_column (columns, attachment, ctl_argument (ctl, i), error))
      return NULL;
  return g_steal_pointer (&columns);
}
