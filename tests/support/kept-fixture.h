/* kept-fixture.h - what tests of lists that are kept in a file share: the path of a file in a
 * directory that is not there yet, and a segment for their rows to be about.
 *
 * To be included after cmocka.h.
 */
#pragma once

#include <glib/gstdio.h>

#include "segment-info.h"

static char *directory, *path;

static const SegmentInfo training = { .id = (char[]) { "shm:/training-1" },
                                      .name = (char[]) { "/training-1" },
                                      .title = (char[]) { "training run" },
                                      .logical_name = (char[]) { "training" },
                                      .kind = "native", .n_pids = 1 };

static inline int
begin (void **state)
{
  directory = g_dir_make_tmp ("kept-XXXXXX", NULL);
  assert_non_null (directory);
  path = g_build_filename (directory, "below", "list.ini", NULL);
  return 0;
}

static inline int
end (void **state)
{
  g_autofree char *below = g_path_get_dirname (path);
  g_autoptr (GDir) files = g_dir_open (below, 0, NULL);
  const char *name;

  while (files != NULL && (name = g_dir_read_name (files)) != NULL)
    {
      g_autofree char *file = g_build_filename (below, name, NULL);

      if (g_unlink (file) < 0)
        g_rmdir (file);
    }
  g_rmdir (below);
  assert_int_equal (g_rmdir (directory), 0);
  g_free (directory);
  g_free (path);
  return 0;
}

static inline void
write_file (const char *text)
{
  g_autofree char *below = g_path_get_dirname (path);

  assert_int_equal (g_mkdir_with_parents (below, 0700), 0);
  assert_true (g_file_set_contents (path, text, -1, NULL));
}
