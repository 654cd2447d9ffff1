/* What people name a segment by. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "inspect-error.h"
#include "segment-name.h"

/* expected: NULL, it is refused. */
static void
check (const char *text, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = segment_name_of_text (text, &error);

  if (expected == NULL)
    {
      assert_null (name);
      assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_BAD_VALUE));
      return;
    }
  assert_non_null (name);
  assert_string_equal (name, expected);
}

static void
names_are_taken_as_they_are (void **state)
{
  check ("/counters", "/counters");
  check ("shm:/counters", "shm:/counters");
  check ("  counters\n", "counters");
  check ("pid:4711", "pid:4711");
  check ("/first\n/second", "/first");
}

static void
files_are_objects_or_recordings (void **state)
{
  check ("/dev/shm/counters", "shm:/counters");
  check ("file:///dev/shm/counters\r\n", "shm:/counters");
  check ("file:///tmp/my%20run.shmrec", "file:/tmp/my run.shmrec");
  check ("/home/me/run.shmrec", "file:/home/me/run.shmrec");
  check ("/proc/4711", "pid:4711");
  check ("/proc/4711/fd/3", "pid:4711");
}

/* A recording of another name, by what is in it. */
static void
other_files_are_refused (void **state)
{
  g_autofree char *folder = g_dir_make_tmp ("shmlens-segment-name-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "notes.txt", NULL);
  g_autofree char *expected = g_strconcat ("file:", path, NULL);
  const char database[] = "SQLite format 3\0and so on";

  check ("/dev/shm/", NULL);
  check ("/dev/shm/directory/file", NULL);
  check ("/proc/self", NULL);
  check (folder, NULL);
  check (path, NULL);
  assert_true (g_file_set_contents (path, "a text that is long enough", -1, NULL));
  check (path, NULL);
  assert_true (g_file_set_contents (path, database, sizeof database, NULL));
  check (path, expected);
  g_unlink (path);
  assert_int_equal (mkfifo (path, 0600), 0);
  check (path, NULL);
  g_unlink (path);
  g_rmdir (folder);
}

/* It comes from any program. */
static void
what_is_no_name_is_refused (void **state)
{
  g_autofree char *lengthy = g_strnfill (100000, 'a');

  check ("", NULL);
  check (" \n\t", NULL);
  check ("a\001b", NULL);
  check ("\xff\xfe", NULL);
  check (lengthy, NULL);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (names_are_taken_as_they_are),
    cmocka_unit_test (files_are_objects_or_recordings),
    cmocka_unit_test (other_files_are_refused),
    cmocka_unit_test (what_is_no_name_is_refused),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
