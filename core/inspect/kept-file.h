/* kept-file.h - files that hold what people have made by hand, such as the watch list: written as
 * a whole or not at all, and what cannot be understood is put aside, never overwritten.
 *
 * Not safe for the same file in several threads at once.
 */
#pragma once

#include <glib.h>

enum kept_file_state
{
  KEPT_FILE_READ,
  KEPT_FILE_ABSENT,
  KEPT_FILE_STRANGE      /* something stands there that is no such file, or cannot be read */
};

/* "$XDG_DATA_HOME/shmlens/NAME", or path when there is one. Newly allocated. */
char *kept_file_path (const char *path, const char *name);

/* The file as key file; ret_file: a new one when it is READ. error: of the file system, if it was
 * that which kept a STRANGE one from being read. */
enum kept_file_state kept_file_read (const char *path, GKeyFile **ret_file, GError **error);
/* Gives it the first name that nothing stands under. That name, newly allocated; NULL: it could
 * not be put aside. */
char *kept_file_put_aside (const char *path);
/* Errors: as g_file_set_contents_full(). */
gboolean kept_file_write (const char *path, GKeyFile *file, GError **error);

/* A text of the file; NULL: it is not there, or too long. Newly allocated. */
char *kept_file_take (GKeyFile *file, const char *group, const char *key, gsize length_max);
/* Only when it is not empty. */
void kept_file_put (GKeyFile *file, const char *group, const char *key, const char *text);
/* A copy that is UTF-8 and not too long. */
char *kept_file_limit (const char *text, gsize length_max);
