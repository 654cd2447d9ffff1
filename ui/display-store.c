/* display-store.c - how people want which entry displayed, remembered in a file. */
#include "display-store.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

/* A file larger than this was not written by people's hands in here. */
#define FILE_BYTES_MAX (4 << 20)

static GKeyFile *file;        /* as it is on disk; NULL before it was looked at */
static GHashTable *displays;  /* group -> Display */

static char *
file_path (void)
{
  return g_build_filename (g_get_user_config_dir (), "shmlens", "displays.ini", NULL);
}

static void
load (void)
{
  g_autofree char *path = NULL;
  g_auto (GStrv) groups = NULL;
  GStatBuf status;

  if (file != NULL)
    return;
  file = g_key_file_new ();
  displays
    = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) display_free);
  path = file_path ();
  if (g_stat (path, &status) < 0 && errno == ENOENT)
    return;
  /* What cannot be read is put aside, not written over. */
  if (g_stat (path, &status) < 0 || status.st_size > FILE_BYTES_MAX
      || !g_key_file_load_from_file (file, path, G_KEY_FILE_KEEP_COMMENTS, NULL))
    {
      g_autofree char *aside = g_strconcat (path, ".unreadable", NULL);

      g_rename (path, aside);
      g_key_file_unref (file);
      file = g_key_file_new ();
      return;
    }
  groups = g_key_file_get_groups (file, NULL);
  for (guint i = 0; groups[i] != NULL; i++)
    {
      Display *display = display_load (file, groups[i]);

      if (display != NULL)
        g_hash_table_insert (displays, g_strdup (groups[i]), display);
    }
}

/* A name may hold characters that a group cannot. */
static char *
group_of (const SegmentInfo *segment, const EntryInfo *entry)
{
  const char *name = segment->logical_name != NULL ? segment->logical_name : segment->title;
  g_autofree char *segment_text = g_uri_escape_string (name, " ", TRUE);
  g_autofree char *entry_text = g_uri_escape_string (entry->name, " ", TRUE);

  return g_strdup_printf ("%s/%s", segment_text, entry_text);
}

/* Of a field behind that of its entry. */
static char *
field_group (const char *group, const EntryInfo *entry, int field)
{
  g_autofree char *text
    = field >= 0 ? g_uri_escape_string (entry->fields[field].name, " ", TRUE) : NULL;

  return field >= 0 ? g_strdup_printf ("%s/%s", group, text) : g_strdup (group);
}

DisplaySet *
display_store_get (const SegmentInfo *segment, const EntryInfo *entry)
{
  g_autofree char *group = group_of (segment, entry);
  DisplaySet *set = NULL;

  load ();
  for (int i = -1; i < (int) entry->n_fields; i++)
    {
      g_autofree char *of_field = field_group (group, entry, i);
      const Display *display = g_hash_table_lookup (displays, of_field);
      DisplaySet *before = set;

      if (display == NULL)
        continue;
      set = display_set_with (before, entry, i, display);
      display_set_unref (before);
    }
  return set;
}

gboolean
display_store_set (const SegmentInfo *segment, const EntryInfo *entry, int field,
                   const Display *display, GError **error)
{
  g_autofree char *whole = group_of (segment, entry);
  g_autofree char *group = field_group (whole, entry, field);
  g_autofree char *path = file_path ();
  g_autofree char *directory = g_path_get_dirname (path);

  load ();
  if (display == NULL)
    {
      g_hash_table_remove (displays, group);
      g_key_file_remove_group (file, group, NULL);
    }
  else
    {
      g_hash_table_insert (displays, g_strdup (group), display_copy (display));
      display_save (display, file, group);
    }
  if (g_mkdir_with_parents (directory, 0700) < 0)
    {
      int code = errno;

      g_set_error (error, G_FILE_ERROR, (gint) g_file_error_from_errno (code),
                   _("%s cannot be made: %s"), directory, g_strerror (code));
      return FALSE;
    }
  /* It writes another file and puts that in place. */
  return g_key_file_save_to_file (file, path, error);
}

gboolean
display_store_is_empty (void)
{
  load ();
  return g_hash_table_size (displays) == 0;
}
