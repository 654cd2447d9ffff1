/* alert-list.c - what people want to be told of. */
#include "alert-list.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "inspect-error.h"
#include "kept-file.h"
#include "watch-list.h"

#define HEAD "alerts"
#define VERSION 1

struct alert_list
{
  GPtrArray *rows;
  char *path;
  gboolean is_locked;   /* a file that could neither be read nor put aside stands there */
};

static void
row_free (gpointer data)
{
  AlertRow *row = data;

  g_free (row->segment);
  g_free (row->title);
  g_free (row->condition);
  g_free (row->note);
  g_free (row);
}

AlertList *
alert_list_new (const char *path)
{
  AlertList *self = g_new0 (AlertList, 1);

  self->rows = g_ptr_array_new_with_free_func (row_free);
  self->path = kept_file_path (path, "alerts.ini");
  return self;
}

void
alert_list_free (AlertList *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->rows);
  g_free (self->path);
  g_free (self);
}

static char *
take_text (GKeyFile *file, const char *group, const char *key)
{
  return kept_file_take (file, group, key, ALERT_LIST_TEXT_MAX);
}

/* FALSE: this is no alert. */
static gboolean
load_row (AlertList *self, GKeyFile *file, const char *group)
{
  AlertRow *row = g_new0 (AlertRow, 1);

  row->segment = take_text (file, group, "segment");
  row->title = take_text (file, group, "title");
  row->condition = take_text (file, group, "condition");
  row->note = take_text (file, group, "note");
  row->is_on = g_key_file_get_boolean (file, group, "on", NULL);
  row->count = (guint64) MAX (g_key_file_get_int64 (file, group, "count", NULL), 0);
  row->last_us = MAX (g_key_file_get_int64 (file, group, "last", NULL), 0);
  if (self->rows->len >= ALERT_LIST_ROWS_MAX || row->segment == NULL || row->condition == NULL
      || row->condition[0] == '\0')
    {
      row_free (row);
      return FALSE;
    }
  if (row->title == NULL)
    row->title = g_strdup (row->segment);
  if (row->note == NULL)
    row->note = g_strdup ("");
  g_ptr_array_add (self->rows, row);
  return TRUE;
}

/* Whether all of the file was understood. */
static gboolean
load_rows (AlertList *self, GKeyFile *file)
{
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);
  gboolean is_whole = g_key_file_get_integer (file, HEAD, "version", NULL) == VERSION;

  for (char **group = groups; *group != NULL; group++)
    if (!g_str_equal (*group, HEAD) && !load_row (self, file, *group))
      is_whole = FALSE;
  return is_whole;
}

gboolean
alert_list_load (AlertList *self, GError **error)
{
  g_autoptr (GError) own_error = NULL;
  g_autoptr (GKeyFile) file = NULL;
  g_autofree char *aside = NULL;
  enum kept_file_state state = kept_file_read (self->path, &file, &own_error);
  guint n;

  g_ptr_array_set_size (self->rows, 0);
  self->is_locked = FALSE;
  if (state == KEPT_FILE_ABSENT || (state == KEPT_FILE_READ && load_rows (self, file)))
    return TRUE;
  n = self->rows->len;
  aside = kept_file_put_aside (self->path);
  if (aside != NULL)
    {
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_CORRUPT,
                   g_dngettext (GETTEXT_PACKAGE,
                                "the alerts could not be read as a whole, only %u of them; the "
                                "file as it was is %s now",
                                "the alerts could not be read as a whole, only %u of them; the "
                                "file as it was is %s now",
                                n),
                   n, aside);
      return FALSE;
    }
  self->is_locked = TRUE;
  g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_PERMISSION,
               _("the alerts in %s cannot be read: %s; those made now are not kept, until it can "
                 "be read or is removed"),
               self->path, own_error != NULL ? own_error->message : _("it is no list of alerts"));
  return FALSE;
}

gboolean
alert_list_save (AlertList *self, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) own_error = NULL;

  /* It was said when it was read. */
  if (self->is_locked)
    return TRUE;
  g_key_file_set_integer (file, HEAD, "version", VERSION);
  for (guint i = 0; i < self->rows->len; i++)
    {
      const AlertRow *row = self->rows->pdata[i];
      g_autofree char *group = g_strdup_printf ("alert %u", i + 1);

      g_key_file_set_string (file, group, "segment", row->segment);
      kept_file_put (file, group, "title", row->title);
      g_key_file_set_string (file, group, "condition", row->condition);
      kept_file_put (file, group, "note", row->note);
      g_key_file_set_boolean (file, group, "on", row->is_on);
      g_key_file_set_int64 (file, group, "count", (gint64) row->count);
      g_key_file_set_int64 (file, group, "last", row->last_us);
    }
  if (kept_file_write (self->path, file, &own_error))
    return TRUE;
  g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_PERMISSION,
               _("the alerts cannot be kept: %s; they hold until the end of this program"),
               own_error->message);
  return FALSE;
}

guint
alert_list_length (const AlertList *self)
{
  return self->rows->len;
}

AlertRow *
alert_list_get (const AlertList *self, guint index)
{
  g_assert (index < self->rows->len);
  return self->rows->pdata[index];
}

AlertRow *
alert_list_add (AlertList *self, const SegmentInfo *info, const char *condition, const char *note)
{
  AlertRow *row;

  if (self->rows->len >= ALERT_LIST_ROWS_MAX || strlen (condition) > ALERT_LIST_TEXT_MAX)
    return NULL;
  row = g_new0 (AlertRow, 1);
  row->segment = watch_list_key (info);
  row->title = kept_file_limit (info->title, ALERT_LIST_TEXT_MAX);
  row->condition = g_strdup (condition);
  row->note = kept_file_limit (note, ALERT_LIST_TEXT_MAX);
  row->is_on = TRUE;
  g_ptr_array_add (self->rows, row);
  return row;
}

gboolean
alert_list_change (AlertList *self, guint index, const char *condition, const char *note)
{
  AlertRow *row = alert_list_get (self, index);
  g_autofree char *limited = kept_file_limit (note, ALERT_LIST_TEXT_MAX);

  if (strlen (condition) > ALERT_LIST_TEXT_MAX)
    return FALSE;
  if (!g_str_equal (row->condition, condition))
    {
      row->count = 0;
      row->last_us = 0;
    }
  g_free (row->note);
  row->note = g_steal_pointer (&limited);
  if (row->condition != condition)
    {
      g_free (row->condition);
      row->condition = g_strdup (condition);
    }
  return TRUE;
}

void
alert_list_remove (AlertList *self, guint index)
{
  g_assert (index < self->rows->len);
  g_ptr_array_remove_index (self->rows, index);
}
