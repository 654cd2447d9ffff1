/* watch-list.c - what people keep an eye on. */
#include "watch-list.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "inspect-error.h"
#include "kept-list.h"

struct watch_list
{
  KeptList kept;
};

static void
row_free (gpointer data)
{
  WatchRow *row = data;

  g_free (row->heading);
  g_free (row->segment);
  g_free (row->title);
  g_free (row->target);
  g_free (row->note);
  g_free (row->value);
  g_free (row);
}

static char *
limited (const char *text)
{
  return kept_file_limit (text, WATCH_LIST_TEXT_MAX);
}

static char *
take_text (GKeyFile *file, const char *group, const char *key)
{
  return kept_file_take (file, group, key, WATCH_LIST_TEXT_MAX);
}

/* NULL: this is no row. */
static gpointer
load_row (GKeyFile *file, const char *group)
{
  WatchRow *row = g_new0 (WatchRow, 1);

  row->heading = take_text (file, group, "heading");
  if (row->heading == NULL)
    {
      row->segment = take_text (file, group, "segment");
      row->title = take_text (file, group, "title");
      row->target = take_text (file, group, "target");
      row->value = take_text (file, group, "value");
    }
  row->note = take_text (file, group, "note");
  if (row->note == NULL)
    row->note = g_strdup ("");
  if (row->heading == NULL
      && (row->segment == NULL || row->target == NULL || row->target[0] == '\0'))
    {
      row_free (row);
      return NULL;
    }
  if (row->heading == NULL && row->title == NULL)
    row->title = g_strdup (row->segment);
  return row;
}

static void
save_row (gconstpointer data, GKeyFile *file, const char *group)
{
  const WatchRow *row = data;

  if (row->heading != NULL)
    g_key_file_set_string (file, group, "heading", row->heading);
  kept_file_put (file, group, "segment", row->segment);
  kept_file_put (file, group, "title", row->title);
  kept_file_put (file, group, "target", row->target);
  kept_file_put (file, group, "note", row->note);
  kept_file_put (file, group, "value", row->value);
}

static const KeptListClass list_class = {
  .file = "watch-list.ini",
  .head = "watch list",
  .group = "row",
  .n_max = WATCH_LIST_ROWS_MAX,
  .load_row = load_row,
  .save_row = save_row,
  .free_row = row_free,
};

WatchList *
watch_list_new (const char *path)
{
  WatchList *self = g_new0 (WatchList, 1);

  kept_list_init (&self->kept, &list_class, path);
  return self;
}

void
watch_list_free (WatchList *self)
{
  if (self == NULL)
    return;
  kept_list_clear (&self->kept);
  g_free (self);
}

gboolean
watch_list_load (WatchList *self, GError **error)
{
  g_autoptr (GError) own_error = NULL;
  g_autofree char *aside = NULL;
  enum kept_list_state state = kept_list_load (&self->kept, &aside, &own_error);
  guint n = watch_list_length (self);

  if (state == KEPT_LIST_WHOLE)
    return TRUE;
  if (state == KEPT_LIST_ASIDE)
    {
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_CORRUPT,
                   g_dngettext (GETTEXT_PACKAGE,
                                "the watch list could not be read as a whole, only %u row of it; "
                                "the file as it was is %s now",
                                "the watch list could not be read as a whole, only %u rows of it; "
                                "the file as it was is %s now",
                                n),
                   n, aside);
      return FALSE;
    }
  g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_PERMISSION,
               _("the watch list %s cannot be read: %s; what is pinned now is not kept, until it "
                 "can be read or is removed"),
               self->kept.path,
               own_error != NULL ? own_error->message : _("it is no watch list"));
  return FALSE;
}

gboolean
watch_list_save (WatchList *self, GError **error)
{
  g_autoptr (GError) own_error = NULL;

  if (kept_list_save (&self->kept, &own_error))
    return TRUE;
  g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_PERMISSION,
               _("the watch list cannot be kept: %s; it holds until the end of this program"),
               own_error->message);
  return FALSE;
}

guint
watch_list_length (const WatchList *self)
{
  return self->kept.rows->len;
}

const WatchRow *
watch_list_get (const WatchList *self, guint index)
{
  return kept_list_get (&self->kept, index);
}

static WatchRow *
row_of (WatchList *self, guint index)
{
  return kept_list_get (&self->kept, index);
}

guint
watch_list_find (const WatchList *self, const SegmentInfo *info, const char *target)
{
  g_autofree char *key = watch_list_key (info);

  for (guint i = 0; i < self->kept.rows->len; i++)
    {
      const WatchRow *row = self->kept.rows->pdata[i];

      if (row->heading == NULL && g_str_equal (row->segment, key)
          && g_str_equal (row->target, target))
        return i;
    }
  return G_MAXUINT;
}

gboolean
watch_list_add (WatchList *self, const SegmentInfo *info, const char *target)
{
  WatchRow *row;

  /* What is too long to be found again is no target. */
  if (kept_list_is_full (&self->kept) || strlen (target) > WATCH_LIST_TEXT_MAX
      || watch_list_find (self, info, target) != G_MAXUINT)
    return FALSE;
  row = g_new0 (WatchRow, 1);
  row->segment = watch_list_key (info);
  row->title = limited (info->title);
  row->target = g_strdup (target);
  row->note = g_strdup ("");
  g_ptr_array_add (self->kept.rows, row);
  return TRUE;
}

gboolean
watch_list_add_heading (WatchList *self, guint index, const char *text)
{
  WatchRow *row;

  if (kept_list_is_full (&self->kept))
    return FALSE;
  row = g_new0 (WatchRow, 1);
  row->heading = limited (text);
  row->note = g_strdup ("");
  g_ptr_array_insert (self->kept.rows, (gint) MIN (index, self->kept.rows->len), row);
  return TRUE;
}

void
watch_list_remove (WatchList *self, guint index)
{
  kept_list_remove (&self->kept, index);
}

void
watch_list_move (WatchList *self, guint from, guint to)
{
  GPtrArray *rows = self->kept.rows;

  g_assert (from < rows->len && to < rows->len);
  g_ptr_array_insert (rows, (gint) to, g_ptr_array_steal_index (rows, from));
}

static void
replace (char **place, char *text)
{
  g_free (*place);
  *place = text;
}

void
watch_list_set_heading (WatchList *self, guint index, const char *text)
{
  replace (&row_of (self, index)->heading, limited (text));
}

void
watch_list_set_note (WatchList *self, guint index, const char *note)
{
  replace (&row_of (self, index)->note, limited (note));
}

void
watch_list_set_value (WatchList *self, guint index, const char *value)
{
  if (value != NULL)
    replace (&row_of (self, index)->value, limited (value));
}

char *
watch_list_key (const SegmentInfo *info)
{
  g_autofree char *key
    = g_strconcat (info->kind, ":", info->logical_name != NULL ? info->logical_name : info->name,
                   NULL);

  return limited (key);
}

guint
watch_list_fit (const char *key, const SegmentInfo *info)
{
  g_autofree char *own = watch_list_key (info);

  if (!g_str_equal (own, key))
    return 0;
  if (info->state != SEGMENT_LIVE)
    return 1;
  return info->stale || info->n_pids == 0 ? 2 : 3;
}
