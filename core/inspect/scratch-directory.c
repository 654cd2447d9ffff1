/* scratch-directory.c - directories for what a program keeps on the disk only while it runs. */
#include "scratch-directory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "inspect-error.h"

#define PATTERN "run-XXXXXX"
#define PREFIX "run-"
/* Of one that is taken away between its making and its locking, another is made. */
#define TRIES 10

char *
scratch_directory_root (const char *name)
{
  return g_build_filename (g_get_user_cache_dir (), "shmlens", name, NULL);
}

/* A locked descriptor of a directory that is there; -1: it is another's, or gone. */
static int
open_locked (const char *path)
{
  int fd = open (path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  struct stat opened, named;

  if (fd < 0)
    return -1;
  if (flock (fd, LOCK_EX | LOCK_NB) == 0 && fstat (fd, &opened) == 0 && lstat (path, &named) == 0
      && opened.st_dev == named.st_dev && opened.st_ino == named.st_ino)
    return fd;
  close (fd);
  return -1;
}

char *
scratch_directory_new (const char *root, int *ret_lock, GError **error)
{
  int code = g_mkdir_with_parents (root, 0700) == 0 ? 0 : errno;

  for (int i = 0; code == 0 && i < TRIES; i++)
    {
      g_autofree char *path = g_build_filename (root, PATTERN, NULL);

      if (g_mkdtemp (path) == NULL)
        code = errno;
      else if ((*ret_lock = open_locked (path)) >= 0)
        return g_steal_pointer (&path);
    }
  g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_PERMISSION,
               _("no directory can be made in %s: %s; set XDG_CACHE_HOME to one that can be"
                 " written to"),
               root, g_strerror (code != 0 ? code : EAGAIN));
  return NULL;
}

/* Of a directory that stays open: no name leads out of it. */
static void
remove_files (int fd)
{
  int copy = openat (fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *directory = copy >= 0 ? fdopendir (copy) : NULL;
  struct dirent *entry;

  if (directory == NULL)
    {
      if (copy >= 0)
        close (copy);
      return;
    }
  while ((entry = readdir (directory)) != NULL)
    if (strcmp (entry->d_name, ".") != 0 && strcmp (entry->d_name, "..") != 0)
      unlinkat (fd, entry->d_name, 0);
  closedir (directory);
}

void
scratch_directory_remove (const char *path, int lock)
{
  remove_files (lock);
  rmdir (path);
  close (lock);
}

guint
scratch_directory_clean (const char *root)
{
  g_autoptr (GDir) directory = g_dir_open (root, 0, NULL);
  const char *name;
  guint n = 0;

  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *path = g_build_filename (root, name, NULL);
      int lock = g_str_has_prefix (name, PREFIX) ? open_locked (path) : -1;

      if (lock < 0)
        continue;
      scratch_directory_remove (path, lock);
      n++;
    }
  return n;
}
