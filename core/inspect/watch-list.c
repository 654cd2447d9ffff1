/* watch-list.c - what people keep an eye on. */
#include "watch-list.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "inspect-error.h"

#define FILE_MAX (16 * 1024 * 1024)
#define HEAD "watch list"
#define VERSION 1
#define ASIDE_MAX 1000

struct watch_list
{
  GPtrArray *rows;
  char *path;
  gboolean is_locked;   /* a file that could neither be read nor put aside stands there */
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

WatchList *
watch_list_new (const char *path)
{
  WatchList *self = g_new0 (WatchList, 1);

  self->rows = g_ptr_array_new_with_free_func (row_free);
  self->path = path != NULL ? g_strdup (path)
                            : g_build_filename (g_get_user_data_dir (), "shmlens",
                                                "watch-list.ini", NULL);
  return self;
}

void
watch_list_free (WatchList *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->rows);
  g_free (self->path);
  g_free (self);
}

/* A copy that is UTF-8 and not too long. */
static char *
limited (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  const char *end = valid + strlen (valid);

  if (end - valid > WATCH_LIST_TEXT_MAX)
    end = g_utf8_find_prev_char (valid, valid + WATCH_LIST_TEXT_MAX + 1);
  return g_strndup (valid, (gsize) (end - valid));
}

static char *
take_text (GKeyFile *file, const char *group, const char *key)
{
  g_autofree char *text = g_key_file_get_string (file, group, key, NULL);

  return text != NULL && strlen (text) <= WATCH_LIST_TEXT_MAX ? g_steal_pointer (&text) : NULL;
}

/* FALSE: this is no row. */
static gboolean
load_row (WatchList *self, GKeyFile *file, const char *group)
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
  if (self->rows->len >= WATCH_LIST_ROWS_MAX
      || (row->heading == NULL
          && (row->segment == NULL || row->target == NULL || row->target[0] == '\0')))
    {
      row_free (row);
      return FALSE;
    }
  if (row->heading == NULL && row->title == NULL)
    row->title = g_strdup (row->segment);
  g_ptr_array_add (self->rows, row);
  return TRUE;
}

/* Whether all of the file was understood. */
static gboolean
load_rows (WatchList *self, const char *text, gsize length)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_auto (GStrv) groups = NULL;
  gboolean is_whole;

  if (!g_key_file_load_from_data (file, text, length, G_KEY_FILE_NONE, NULL))
    return FALSE;
  is_whole = g_key_file_get_integer (file, HEAD, "version", NULL) == VERSION;
  groups = g_key_file_get_groups (file, NULL);
  for (char **group = groups; *group != NULL; group++)
    if (!g_str_equal (*group, HEAD) && !load_row (self, file, *group))
      is_whole = FALSE;
  return is_whole;
}

/* The first name that nothing stands under, newly allocated; NULL: it could not be put aside. */
static char *
put_aside (const char *path)
{
  for (guint i = 1; i < ASIDE_MAX; i++)
    {
      g_autofree char *aside = g_strdup_printf ("%s.unreadable-%u", path, i);

      if (g_file_test (aside, G_FILE_TEST_EXISTS))
        continue;
      return g_rename (path, aside) == 0 ? g_steal_pointer (&aside) : NULL;
    }
  return NULL;
}

gboolean
watch_list_load (WatchList *self, GError **error)
{
  g_autoptr (GError) own_error = NULL;
  g_autofree char *text = NULL, *aside = NULL;
  gsize length;
  GStatBuf status;
  guint n;

  g_ptr_array_set_size (self->rows, 0);
  self->is_locked = FALSE;
  if (g_stat (self->path, &status) < 0)
    {
      if (errno == ENOENT)
        return TRUE;
    }
  /* Nothing else was written here. */
  else if (S_ISREG (status.st_mode) && status.st_size <= FILE_MAX
           && g_file_get_contents (self->path, &text, &length, &own_error)
           && load_rows (self, text, length))
    return TRUE;
  n = self->rows->len;
  aside = put_aside (self->path);
  if (aside != NULL)
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
  self->is_locked = TRUE;
  g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_PERMISSION,
               _("the watch list %s cannot be read: %s; what is pinned now is not kept, until it "
                 "can be read or is removed"),
               self->path, own_error != NULL ? own_error->message : _("it is no watch list"));
  return FALSE;
}

static void
set_text (GKeyFile *file, const char *group, const char *key, const char *text)
{
  if (text != NULL && text[0] != '\0')
    g_key_file_set_string (file, group, key, text);
}

gboolean
watch_list_save (WatchList *self, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *directory = g_path_get_dirname (self->path);
  g_autofree char *text = NULL;
  g_autoptr (GError) own_error = NULL;
  gsize length;

  /* It was said when it was read. */
  if (self->is_locked)
    return TRUE;
  g_key_file_set_integer (file, HEAD, "version", VERSION);
  for (guint i = 0; i < self->rows->len; i++)
    {
      const WatchRow *row = self->rows->pdata[i];
      g_autofree char *group = g_strdup_printf ("row %u", i + 1);

      if (row->heading != NULL)
        g_key_file_set_string (file, group, "heading", row->heading);
      set_text (file, group, "segment", row->segment);
      set_text (file, group, "title", row->title);
      set_text (file, group, "target", row->target);
      set_text (file, group, "note", row->note);
      set_text (file, group, "value", row->value);
    }
  text = g_key_file_to_data (file, &length, NULL);
  /* If the directory cannot be made, writing the file tells why. */
  g_mkdir_with_parents (directory, 0700);
  if (g_file_set_contents_full (self->path, text, (gssize) length, G_FILE_SET_CONTENTS_CONSISTENT,
                                0600, &own_error))
    return TRUE;
  g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_PERMISSION,
               _("the watch list cannot be kept: %s; it holds until the end of this program"),
               own_error->message);
  return FALSE;
}

guint
watch_list_length (const WatchList *self)
{
  return self->rows->len;
}

const WatchRow *
watch_list_get (const WatchList *self, guint index)
{
  return self->rows->pdata[index];
}

static WatchRow *
row_of (WatchList *self, guint index)
{
  g_assert (index < self->rows->len);
  return self->rows->pdata[index];
}

guint
watch_list_find (const WatchList *self, const SegmentInfo *info, const char *target)
{
  g_autofree char *key = watch_list_key (info);

  for (guint i = 0; i < self->rows->len; i++)
    {
      const WatchRow *row = self->rows->pdata[i];

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
  if (self->rows->len >= WATCH_LIST_ROWS_MAX || strlen (target) > WATCH_LIST_TEXT_MAX
      || watch_list_find (self, info, target) != G_MAXUINT)
    return FALSE;
  row = g_new0 (WatchRow, 1);
  row->segment = watch_list_key (info);
  row->title = limited (info->title);
  row->target = g_strdup (target);
  row->note = g_strdup ("");
  g_ptr_array_add (self->rows, row);
  return TRUE;
}

gboolean
watch_list_add_heading (WatchList *self, guint index, const char *text)
{
  WatchRow *row;

  if (self->rows->len >= WATCH_LIST_ROWS_MAX)
    return FALSE;
  row = g_new0 (WatchRow, 1);
  row->heading = limited (text);
  row->note = g_strdup ("");
  g_ptr_array_insert (self->rows, (gint) MIN (index, self->rows->len), row);
  return TRUE;
}

void
watch_list_remove (WatchList *self, guint index)
{
  g_assert (index < self->rows->len);
  g_ptr_array_remove_index (self->rows, index);
}

void
watch_list_move (WatchList *self, guint from, guint to)
{
  g_assert (from < self->rows->len && to < self->rows->len);
  g_ptr_array_insert (self->rows, (gint) to, g_ptr_array_steal_index (self->rows, from));
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
