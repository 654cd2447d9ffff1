/* Recordings on disks that do not do what they should: full, or with the file taken away. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <glib/gstdio.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "inspect-error.h"
#include "recording-file.h"
#include "recording.h"
#include "support/wait.h"

#define LENGTH 128

static char *directory, *path, *moved;
static gboolean can_mount;

static int
set_up (void **state)
{
  directory = g_mkdtemp (g_strdup ("/dev/shm/shmlens-recording-disk-XXXXXX"));
  assert_non_null (directory);
  path = g_build_filename (directory, "r.shmrec", NULL);
  moved = g_build_filename (directory, "moved.shmrec", NULL);
  return 0;
}

static int
tear_down (void **state)
{
  static const char *const ends[] = { "", "-wal", "-shm" };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *file = g_strconcat (path, ends[i], NULL);
      g_autofree char *other = g_strconcat (moved, ends[i], NULL);

      g_unlink (file);
      g_unlink (other);
    }
  umount2 (directory, MNT_DETACH);
  g_rmdir (directory);
  g_free (directory);
  g_free (path);
  g_free (moved);
  return 0;
}

static Recording *
create (void)
{
  g_autoptr (SegmentInfo) segment = segment_info_new (
    &(SegmentInfo){ .id = (char *) "shm:/s", .name = (char *) "/s", .title = (char *) "program",
                    .kind = "native" });
  EntryInfo values = { .name = (char *) "counts", .length = LENGTH, .dimensions = 1,
                       .shape = { LENGTH }, .strides = { 8 } };
  g_autoptr (EntryInfo) entry = NULL;
  g_autoptr (GError) error = NULL;
  Recording *recording = recording_create (path, segment, 100, &error);

  if (recording == NULL)
    fail_msg ("%s", error->message);
  shmlens_type_from_code ('q', &values.type);
  entry = entry_info_new (&values);
  recording_add_entry (recording, entry, g_get_monotonic_time ());
  return recording;
}

static void
add (Recording *recording, struct recording_statistics *ret_statistics)
{
  gint64 now = g_get_monotonic_time (), counts[LENGTH];

  for (guint i = 0; i < LENGTH; i++)
    counts[i] = now + i;
  recording_add_sample (recording, 1, now, SHMLENS_CONSISTENCY_UNLOCKED, counts);
  recording_add_tick (recording, now, 0);
  recording_get_statistics (recording, ret_statistics);
}

/* Goes on until it has failed, and ends it; the error says it with the path. */
static void
assert_fails (Recording *recording, enum inspect_error code, const char *says)
{
  struct recording_statistics statistics;
  g_autoptr (GError) error = NULL;

  WAIT_UNTIL ((add (recording, &statistics), statistics.has_failed));
  assert_false (recording_close (recording, &error));
  if (!g_error_matches (error, INSPECT_ERROR, (int) code) || strstr (error->message, says) == NULL
      || strstr (error->message, path) == NULL)
    fail_msg ("%d %s", error->code, error->message);
}

/* That what was written before can be read. */
static void
assert_holds_samples (const char *file_path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RecordingFile) file = recording_file_open (file_path, &error);
  gint64 count;

  if (file == NULL)
    fail_msg ("%s", error->message);
  assert_int_equal (recording_file_entries (file)->len, 1);
  assert_true (recording_file_read (file, 1, recording_file_end (file), 1, 2, &count) >= 0);
  assert_in_range (count, 1, recording_file_end (file) + LENGTH);
}

static void
a_full_disk_is_told (void **state)
{
  if (!can_mount || mount ("tmpfs", directory, "tmpfs", 0, "size=2m") < 0)
    skip ();
  assert_fails (create (), INSPECT_ERROR_PERMISSION, "the disk is full");
  assert_holds_samples (path);
}

static void
a_file_that_is_removed_is_told (void **state)
{
  Recording *recording = create ();

  assert_int_equal (g_unlink (path), 0);
  assert_fails (recording, INSPECT_ERROR_NOT_FOUND, "was removed or moved");
  assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

static void
a_file_that_is_moved_holds_what_was_written (void **state)
{
  Recording *recording = create ();
  struct recording_statistics statistics;

  WAIT_UNTIL ((add (recording, &statistics), statistics.written_bytes > 0));
  assert_int_equal (g_rename (path, moved), 0);
  assert_fails (recording, INSPECT_ERROR_NOT_FOUND, "was removed or moved");
  assert_holds_samples (moved);
}

static void
another_file_of_its_name_is_left_alone (void **state)
{
  Recording *recording = create ();
  g_autofree char *text = NULL;

  assert_int_equal (g_rename (path, moved), 0);
  assert_true (g_file_set_contents (path, "mine", -1, NULL));
  assert_fails (recording, INSPECT_ERROR_NOT_FOUND, "was removed or moved");
  assert_true (g_file_get_contents (path, &text, NULL, NULL));
  assert_string_equal (text, "mine");
}

int
main (void)
{
#define test_of(name) cmocka_unit_test_setup_teardown (name, set_up, tear_down)
  const struct CMUnitTest tests[] = {
    test_of (a_full_disk_is_told),
    test_of (a_file_that_is_removed_is_told),
    test_of (a_file_that_is_moved_holds_what_was_written),
    test_of (another_file_of_its_name_is_left_alone),
  };

  if (!database_is_built ())
    return 77;
  /* What is mounted is seen by this process alone, and ends with it. */
  can_mount = unshare (CLONE_NEWNS) == 0
              && mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
  return cmocka_run_group_tests (tests, NULL, NULL);
}
