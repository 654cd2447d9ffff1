/* broker-place.c - where the sockets of brokers lie. */
#include "broker-place.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "inspect-error.h"
#include "process.h"

#define PROC       "/proc"
#define PLACES_MAX 1000

static void
place_free (gpointer data)
{
  struct broker_place *place = data;

  g_free (place->path);
  g_free (place);
}

/* Whether it is a directory that only this user can enter. */
static gboolean
is_private (const char *directory)
{
  struct stat status;

  return lstat (directory, &status) == 0 && S_ISDIR (status.st_mode)
         && status.st_uid == geteuid () && (status.st_mode & 077) == 0;
}

/* Where they may lie, best first; ends with NULL. A client of another session has other
 * variables in its environment, so that all are looked at. */
static char **
directories (void)
{
  const char *runtime = g_getenv ("XDG_RUNTIME_DIR");
  g_autofree char *by_uid = g_strdup_printf ("/run/user/%u", (guint) geteuid ());
  g_autoptr (GPtrArray) list = g_ptr_array_new ();

  if (runtime != NULL && g_path_is_absolute (runtime) && is_private (runtime))
    g_ptr_array_add (list, g_build_filename (runtime, "shmlens", NULL));
  if (g_strcmp0 (runtime, by_uid) != 0 && is_private (by_uid))
    g_ptr_array_add (list, g_build_filename (by_uid, "shmlens", NULL));
  g_ptr_array_add (list, g_strdup_printf ("/tmp/shmlens-%u", (guint) geteuid ()));
  g_ptr_array_add (list, NULL);
  return (char **) g_ptr_array_steal (list, NULL);
}

/* "4711-123456" */
static gboolean
parse_name (const char *name, struct broker_place *ret_place)
{
  guint64 pid, start_time;
  char *end;

  if (!g_ascii_isdigit (name[0]))
    return FALSE;
  pid = g_ascii_strtoull (name, &end, 10);
  if (*end != '-' || !g_ascii_isdigit (end[1]) || pid == 0 || pid > G_MAXINT32)
    return FALSE;
  start_time = g_ascii_strtoull (end + 1, &end, 10);
  *ret_place = (struct broker_place) { .pid = (pid_t) pid, .start_time = start_time };
  return *end == '\0';
}

/* Adds the sockets of a directory. sweep: removes those whose broker has ended. */
static void
look_through (const char *path, gboolean sweep, GPtrArray *places)
{
  g_autoptr (GDir) directory = is_private (path) ? g_dir_open (path, 0, NULL) : NULL;
  const char *name;

  while (directory != NULL && places->len < PLACES_MAX
         && (name = g_dir_read_name (directory)) != NULL)
    {
      struct broker_place place;

      if (!parse_name (name, &place))
        continue;
      place.path = g_build_filename (path, name, NULL);
      if (!process_is_gone (PROC, place.pid, place.start_time))
        g_ptr_array_add (places, g_memdup2 (&place, sizeof place));
      else
        {
          if (sweep)
            unlink (place.path);
          g_free (place.path);
        }
    }
}

char *
broker_place_make (GError **error)
{
  g_auto (GStrv) list = directories ();
  g_autoptr (GPtrArray) places = g_ptr_array_new_with_free_func (place_free);

  for (guint i = 0; list[i] != NULL; i++)
    look_through (list[i], TRUE, places);
  for (guint i = 0; list[i] != NULL; i++)
    {
      g_autofree char *path
        = g_strdup_printf ("%s/%d-%" G_GUINT64_FORMAT, list[i], (int) getpid (),
                           process_start_time (PROC, getpid ()));

      if (strlen (path) < sizeof ((struct sockaddr_un *) NULL)->sun_path
          && (mkdir (list[i], 0700) == 0 || errno == EEXIST) && is_private (list[i]))
        return g_steal_pointer (&path);
    }
  g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_PERMISSION,
               _("there is no directory for a socket that only this user can enter: %s is another's"
                 " or open to others; remove it, or set XDG_RUNTIME_DIR"),
               list[g_strv_length (list) - 1]);
  return NULL;
}

GPtrArray *
broker_place_list (void)
{
  g_auto (GStrv) list = directories ();
  GPtrArray *places = g_ptr_array_new_with_free_func (place_free);

  for (guint i = 0; list[i] != NULL; i++)
    look_through (list[i], FALSE, places);
  return places;
}
