/* kept-file.c - files that hold what people have made by hand. */
#include "kept-file.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#define SIZE_MAX_READ (16 * 1024 * 1024)
#define ASIDE_MAX 1000

char *
kept_file_path (const char *path, const char *name)
{
  return path != NULL ? g_strdup (path)
                      : g_build_filename (g_get_user_data_dir (), "shmlens", name, NULL);
}

enum kept_file_state
kept_file_read (const char *path, GKeyFile **ret_file, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *text = NULL;
  GStatBuf status;
  gsize length;

  if (g_stat (path, &status) < 0 && errno == ENOENT)
    return KEPT_FILE_ABSENT;
  if (g_stat (path, &status) < 0 || !S_ISREG (status.st_mode) || status.st_size > SIZE_MAX_READ
      || !g_file_get_contents (path, &text, &length, error)
      || !g_key_file_load_from_data (file, text, length, G_KEY_FILE_NONE, NULL))
    return KEPT_FILE_STRANGE;
  *ret_file = g_steal_pointer (&file);
  return KEPT_FILE_READ;
}

char *
kept_file_put_aside (const char *path)
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
kept_file_write (const char *path, GKeyFile *file, GError **error)
{
  g_autofree char *directory = g_path_get_dirname (path);
  g_autofree char *text = NULL;
  gsize length;

  text = g_key_file_to_data (file, &length, NULL);
  /* If the directory cannot be made, writing the file tells why. */
  g_mkdir_with_parents (directory, 0700);
  return g_file_set_contents_full (path, text, (gssize) length, G_FILE_SET_CONTENTS_CONSISTENT,
                                   0600, error);
}

char *
kept_file_take (GKeyFile *file, const char *group, const char *key, gsize length_max)
{
  g_autofree char *text = g_key_file_get_string (file, group, key, NULL);

  return text != NULL && strlen (text) <= length_max ? g_steal_pointer (&text) : NULL;
}

void
kept_file_put (GKeyFile *file, const char *group, const char *key, const char *text)
{
  if (text != NULL && text[0] != '\0')
    g_key_file_set_string (file, group, key, text);
}

char *
kept_file_limit (const char *text, gsize length_max)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  const char *end = valid + strlen (valid);

  if ((gsize) (end - valid) > length_max)
    end = g_utf8_find_prev_char (valid, valid + length_max + 1);
  return g_strndup (valid, (gsize) (end - valid));
}
