/* segment-name.c - what people name a segment by: a file of it, or some text. */
#include "segment-name.h"

#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "inspect-error.h"
#include "printable.h"

#define SHM "/dev/shm/"
#define PROC "/proc/"
#define RECORDING_SUFFIX ".shmrec"
/* What recordings begin with, and other databases. */
#define DATABASE "SQLite format 3"
/* No path is longer. */
#define LENGTH_MAX 4096

/* Recordings may be called anything. What is no plain file is not opened: that could wait. */
static gboolean
is_database (const char *path)
{
  char begin[sizeof DATABASE] = "";
  GStatBuf about;
  gboolean is_read;
  int fd;

  if (g_stat (path, &about) < 0 || !S_ISREG (about.st_mode))
    return FALSE;
  fd = g_open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
  if (fd < 0)
    return FALSE;
  is_read = read (fd, begin, sizeof begin) == sizeof begin;
  close (fd);
  return is_read && memcmp (begin, DATABASE, sizeof begin) == 0;
}

/* "4711" of "4711/fd/3"; NULL. */
static char *
pid_of (const char *text)
{
  gsize digits = strspn (text, "0123456789");

  return digits > 0 && (text[digits] == '\0' || text[digits] == '/') ? g_strndup (text, digits)
                                                                     : NULL;
}

char *
segment_name_of_path (const char *path, GError **error)
{
  const char *name = g_str_has_prefix (path, SHM) ? path + strlen (SHM) : "";
  g_autofree char *pid = g_str_has_prefix (path, PROC) ? pid_of (path + strlen (PROC)) : NULL;
  g_autofree char *shown = NULL;

  if (name[0] != '\0' && strchr (name, '/') == NULL)
    return g_strconcat ("shm:/", name, NULL);
  if (pid != NULL)
    return g_strconcat ("pid:", pid, NULL);
  if (g_str_has_suffix (path, RECORDING_SUFFIX) || is_database (path))
    return g_strconcat ("file:", path, NULL);
  shown = printable_name (path);
  g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_BAD_VALUE,
               _("%s: it is neither a recording nor in /dev/shm; take one of these, or the name of a"
                 " segment"),
               shown);
  return NULL;
}

char *
segment_name_of_text (const char *text, GError **error)
{
  g_autofree char *line = NULL, *path = NULL;
  gboolean is_name;

  while (g_ascii_isspace (*text))
    text++;
  line = g_strndup (text, MIN (strcspn (text, "\r\n"), LENGTH_MAX + 1));
  g_strchomp (line);
  is_name = line[0] != '\0' && strlen (line) <= LENGTH_MAX && g_utf8_validate (line, -1, NULL);
  for (const char *c = line; *c != '\0'; c++)
    is_name = is_name && !g_ascii_iscntrl (*c);
  if (!is_name)
    {
      g_set_error_literal (error, INSPECT_ERROR, INSPECT_ERROR_BAD_VALUE,
                           _("this text is no name; take the name of a segment, or pid: and the"
                             " number of a process"));
      return NULL;
    }
  path = g_filename_from_uri (line, NULL, NULL);
  if (path != NULL || (line[0] == '/' && strchr (line + 1, '/') != NULL))
    return segment_name_of_path (path != NULL ? path : line, error);
  return g_steal_pointer (&line);
}
