/* roots.h - a made-up system to look at: a directory of shared memory objects of our
 * own (in /dev/shm, so that objects can be moved there), the real or a made-up /proc. */
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "inspect-error.h"
#include "shmlens.h"
#include "source.h"

struct roots
{
  char shm[128];
  char proc[160];
  struct registry_roots registry;
};

static inline int
roots_remove_one (const char *path, const struct stat *status, int type, struct FTW *where)
{
  return remove (path);
}

/* What a run of this suite left that was killed. */
static inline void
roots_sweep (void)
{
  g_autofree char *prefix = g_strdup_printf ("%s-test-", g_get_prgname ());
  g_autoptr (GDir) directory = g_dir_open ("/dev/shm", 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *path = g_build_filename ("/dev/shm", name, NULL);
      int pid = g_str_has_prefix (name, prefix) ? atoi (name + strlen (prefix)) : 0;

      if (pid > 0 && kill (pid, 0) < 0 && errno == ESRCH)
        nftw (path, roots_remove_one, 16, FTW_DEPTH | FTW_PHYS);
    }
}

/* With the real /proc. */
static inline void
roots_make (struct roots *roots)
{
  static int number;

  if (number == 0)
    roots_sweep ();
  g_snprintf (roots->shm, sizeof roots->shm, "/dev/shm/%s-test-%d-%d", g_get_prgname (), getpid (),
              number++);
  g_snprintf (roots->proc, sizeof roots->proc, "/proc");
  g_assert (g_mkdir_with_parents (roots->shm, 0700) == 0);
  roots->registry = (struct registry_roots) { roots->shm, roots->proc, TRUE };
}

static inline void
roots_remove (struct roots *roots)
{
  nftw (roots->shm, roots_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static inline char *
roots_path (struct roots *roots, const char *file)
{
  return g_build_filename (roots->shm, file, NULL);
}

/* A process list of our own, in a directory that cannot be taken for an object. */
static inline void
roots_make_proc (struct roots *roots)
{
  g_autofree char *self = NULL;

  g_snprintf (roots->proc, sizeof roots->proc, "%s/proc", roots->shm);
  g_assert (mkdir (roots->proc, 0700) == 0);
  self = g_build_filename (roots->proc, "self", NULL);
  g_assert (symlink ("/proc/self", self) == 0);
}

static inline void
roots_set_process (struct roots *roots, int pid, guint64 start_time, const char *maps)
{
  g_autofree char *directory = g_strdup_printf ("%s/%d", roots->proc, pid);
  g_autofree char *stat_path = g_build_filename (directory, "stat", NULL);
  g_autofree char *maps_path = g_build_filename (directory, "maps", NULL);
  g_autofree char *text = g_strdup_printf (
    "%d (a ) b) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 %" G_GUINT64_FORMAT " 0 0\n", pid,
    start_time);

  g_mkdir_with_parents (directory, 0700);
  g_assert (g_file_set_contents (stat_path, text, -1, NULL));
  g_assert (g_file_set_contents (maps_path, maps, -1, NULL));
}

/* A segment made by the library, moved into the directory under a file name. */
static inline struct shmlens_segment *
roots_create (struct roots *roots, const char *file)
{
  g_autofree char *name = g_strdup_printf ("/%s-test-%d", g_get_prgname (), getpid ());
  g_autofree char *from = g_strconcat ("/dev/shm", name, NULL);
  g_autofree char *to = roots_path (roots, file);
  struct shmlens_segment_attr attr = { .program = "trainer", .logical_name = "/logical" };
  struct shmlens_segment *segment;

  if (shmlens_segment_create (name, &attr, &segment) < 0)
    g_error ("%s", shmlens_error ());
  g_assert (rename (from, to) == 0);
  return segment;
}

/* An object of any program. */
static inline void
roots_write (struct roots *roots, const char *file, const void *bytes, gsize length)
{
  g_autofree char *path = roots_path (roots, file);
  int fd = open (path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);

  g_assert (fd >= 0 && write (fd, bytes, length) == (gssize) length);
  close (fd);
}

static inline SegmentInfo *
roots_find (GPtrArray *segments, const char *id)
{
  for (guint i = 0; i < segments->len; i++)
    if (g_str_equal (((SegmentInfo *) segments->pdata[i])->id, id))
      return segments->pdata[i];
  return NULL;
}

/* A test whose *state is a made-up system with a made-up /proc, which is gone afterwards. */
static inline int
roots_set_up (void **state)
{
  struct roots *roots = g_new0 (struct roots, 1);

  roots_make (roots);
  roots_make_proc (roots);
  *state = roots;
  return 0;
}

static inline int
roots_tear_down (void **state)
{
  roots_remove (*state);
  g_free (*state);
  return 0;
}
