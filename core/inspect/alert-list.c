/* alert-list.c - what people want to be told of. */
#include "alert-list.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "inspect-error.h"
#include "kept-list.h"
#include "watch-list.h"

struct alert_list
{
  KeptList kept;
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

static char *
take_text (GKeyFile *file, const char *group, const char *key)
{
  return kept_file_take (file, group, key, ALERT_LIST_TEXT_MAX);
}

/* NULL: this is no alert. */
static gpointer
load_row (GKeyFile *file, const char *group)
{
  AlertRow *row = g_new0 (AlertRow, 1);

  row->segment = take_text (file, group, "segment");
  row->title = take_text (file, group, "title");
  row->condition = take_text (file, group, "condition");
  row->note = take_text (file, group, "note");
  row->is_on = g_key_file_get_boolean (file, group, "on", NULL);
  row->count = (guint64) MAX (g_key_file_get_int64 (file, group, "count", NULL), 0);
  row->last_us = MAX (g_key_file_get_int64 (file, group, "last", NULL), 0);
  if (row->segment == NULL || row->condition == NULL || row->condition[0] == '\0')
    {
      row_free (row);
      return NULL;
    }
  if (row->title == NULL)
    row->title = g_strdup (row->segment);
  if (row->note == NULL)
    row->note = g_strdup ("");
  return row;
}

static void
save_row (gconstpointer data, GKeyFile *file, const char *group)
{
  const AlertRow *row = data;

  g_key_file_set_string (file, group, "segment", row->segment);
  kept_file_put (file, group, "title", row->title);
  g_key_file_set_string (file, group, "condition", row->condition);
  kept_file_put (file, group, "note", row->note);
  g_key_file_set_boolean (file, group, "on", row->is_on);
  g_key_file_set_int64 (file, group, "count", (gint64) row->count);
  g_key_file_set_int64 (file, group, "last", row->last_us);
}

static const KeptListClass list_class = {
  .file = "alerts.ini",
  .head = "alerts",
  .group = "alert",
  .n_max = ALERT_LIST_ROWS_MAX,
  .load_row = load_row,
  .save_row = save_row,
  .free_row = row_free,
};

AlertList *
alert_list_new (const char *path)
{
  AlertList *self = g_new0 (AlertList, 1);

  kept_list_init (&self->kept, &list_class, path);
  return self;
}

void
alert_list_free (AlertList *self)
{
  if (self == NULL)
    return;
  kept_list_clear (&self->kept);
  g_free (self);
}

gboolean
alert_list_load (AlertList *self, GError **error)
{
  g_autoptr (GError) own_error = NULL;
  g_autofree char *aside = NULL;
  enum kept_list_state state = kept_list_load (&self->kept, &aside, &own_error);
  guint n = alert_list_length (self);

  if (state == KEPT_LIST_WHOLE)
    return TRUE;
  if (state == KEPT_LIST_ASIDE)
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
  g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_PERMISSION,
               _("the alerts in %s cannot be read: %s; those made now are not kept, until it can "
                 "be read or is removed"),
               self->kept.path,
               own_error != NULL ? own_error->message : _("it is no list of alerts"));
  return FALSE;
}

gboolean
alert_list_save (AlertList *self, GError **error)
{
  g_autoptr (GError) own_error = NULL;

  if (kept_list_save (&self->kept, &own_error))
    return TRUE;
  g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_PERMISSION,
               _("the alerts cannot be kept: %s; they hold until the end of this program"),
               own_error->message);
  return FALSE;
}

guint
alert_list_length (const AlertList *self)
{
  return self->kept.rows->len;
}

AlertRow *
alert_list_get (const AlertList *self, guint index)
{
  return kept_list_get (&self->kept, index);
}

AlertRow *
alert_list_add (AlertList *self, const SegmentInfo *info, const char *condition, const char *note)
{
  AlertRow *row;

  if (kept_list_is_full (&self->kept) || strlen (condition) > ALERT_LIST_TEXT_MAX)
    return NULL;
  row = g_new0 (AlertRow, 1);
  row->segment = watch_list_key (info);
  row->title = kept_file_limit (info->title, ALERT_LIST_TEXT_MAX);
  row->condition = g_strdup (condition);
  row->note = kept_file_limit (note, ALERT_LIST_TEXT_MAX);
  row->is_on = TRUE;
  g_ptr_array_add (self->kept.rows, row);
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
  kept_list_remove (&self->kept, index);
}
