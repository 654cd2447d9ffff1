/* Write counters in recordings; and recordings of versions that had none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <glib/gstdio.h>

#include "attachment-recording.h"
#include "recording.h"

#define START 1000000

static char *directory, *path, *other;

static int
set_up (void **state)
{
  directory = g_mkdtemp (g_strdup ("/dev/shm/shmlens-recording-writes-XXXXXX"));
  assert_non_null (directory);
  path = g_build_filename (directory, "r.shmrec", NULL);
  other = g_build_filename (directory, "other", NULL);
  return 0;
}

static int
tear_down (void **state)
{
  g_unlink (path);
  assert_int_equal (g_rmdir (directory), 0);
  g_free (directory);
  g_free (path);
  g_free (other);
  return 0;
}

/* One value that is always 7, whose counter is ten times the tenth of a second: 10, 20, … 50, then
 * not known, then 70. */
static void
record (void)
{
  g_autoptr (SegmentInfo) segment = segment_info_new (
    &(SegmentInfo){ .id = (char *) "shm:/s", .name = (char *) "/s", .title = (char *) "program",
                    .kind = "native" });
  EntryInfo values = { .name = (char *) "value", .length = 1 };
  g_autoptr (EntryInfo) value = NULL;
  g_autoptr (GError) error = NULL;
  Recording *recording = recording_create (path, segment, 10, &error);

  if (recording == NULL)
    fail_msg ("%s", error->message);
  shmlens_type_from_code ('q', &values.type);
  value = entry_info_new (&values);
  recording_add_entry (recording, value, START);
  recording_add_sample (recording, 1, START, SHMLENS_CONSISTENCY_ATOMIC, &(gint64){ 7 });
  for (guint64 i = 1; i <= 7; i++)
    {
      guint64 writes = 10 * i;

      assert_true (recording_add_writes (recording, 1, START + (gint64) i * 100000,
                                         i != 6 ? &writes : NULL));
    }
  recording_add_entry (recording, value, START);
  if (!recording_close (recording, &error))
    fail_msg ("%s", error->message);
}

static RecordingFile *
reopen (void)
{
  g_autoptr (GError) error = NULL;
  RecordingFile *file = recording_file_open (path, &error);

  if (file == NULL)
    fail_msg ("%s", error->message);
  return file;
}

/* -errno, or the counter. */
static gint64
writes_at (RecordingFile *file, guint64 entry, gint64 after_us)
{
  guint64 writes;
  int status = recording_file_read_writes (file, entry, START + after_us, &writes);

  return status < 0 ? status : (gint64) writes;
}

static void
counters_are_found_by_their_time (void **state)
{
  g_autoptr (RecordingFile) file = NULL;
  gint64 value;

  record ();
  file = reopen ();
  assert_int_equal (writes_at (file, 1, 99999), -ENODATA);
  assert_int_equal (writes_at (file, 1, 100000), 10);
  assert_int_equal (writes_at (file, 1, 399999), 30);
  assert_int_equal (writes_at (file, 1, 599999), 50);
  assert_int_equal (writes_at (file, 1, 600000), -ENODATA);
  assert_int_equal (writes_at (file, 1, 900000), 70);
  assert_int_equal (writes_at (file, 2, 900000), -ENODATA);
  assert_int_equal (writes_at (file, 3, 900000), -ERANGE);
  assert_int_equal (recording_file_read (file, 1, START + 300000, 0, 1, &value),
                    SHMLENS_CONSISTENCY_ATOMIC);
  assert_int_equal (value, 7);
}

static void
a_recording_that_is_open_shows_them (void **state)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EntryInfo) entry = NULL;
  Attachment *attachment;
  guint64 writes;

  record ();
  attachment = attachment_recording_new (path, &error);
  if (attachment == NULL)
    fail_msg ("%s", error->message);
  entry = attachment_find_entry_id (attachment, 1);
  assert_non_null (entry);
  attachment_recording_set_time (attachment, G_MAXINT64);
  assert_int_equal (attachment_writes (attachment, entry, &writes), 0);
  assert_int_equal (writes, 70);
  attachment_unref (attachment);
}

/* Changes the file by SQL, in which it is called o. */
static void
change (const char *sql)
{
  g_autofree char *attach = g_strdup_printf ("ATTACH '%s' AS o", path);
  Database *database = database_create (other, NULL);

  assert_non_null (database);
  assert_true (database_run (database, attach, NULL));
  if (!database_run (database, sql, NULL))
    fail_msg ("%s", sql);
  database_close (database);
  g_unlink (other);
}

static void
files_without_counters_are_read (void **state)
{
  static const char *const changes[] = {
    "DROP TABLE o.writes",
    "DROP TABLE o.writes; CREATE VIEW o.writes AS SELECT 1 AS entry",
  };

  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autoptr (RecordingFile) file = NULL;
      gint64 value;

      g_unlink (path);
      record ();
      change (changes[i]);
      file = reopen ();
      assert_int_equal (writes_at (file, 1, 300000), -ENODATA);
      assert_int_equal (recording_file_read (file, 1, START + 300000, 0, 1, &value),
                        SHMLENS_CONSISTENCY_ATOMIC);
    }
}

static void
lies_are_found (void **state)
{
  static const char *const changes[] = {
    "UPDATE o.writes SET n = 1000000",
    "UPDATE o.writes SET n = 0",
    "UPDATE o.writes SET states = zeroblob(112)",
    "UPDATE o.writes SET states = x'00'",
    "UPDATE o.writes SET states = NULL",
    "UPDATE o.writes SET start_us = start_us + 1",
  };

  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autoptr (RecordingFile) file = NULL;

      g_unlink (path);
      record ();
      change (changes[i]);
      file = reopen ();
      assert_int_equal (writes_at (file, 1, 300000), -EBADMSG);
    }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown (counters_are_found_by_their_time, set_up, tear_down),
    cmocka_unit_test_setup_teardown (a_recording_that_is_open_shows_them, set_up, tear_down),
    cmocka_unit_test_setup_teardown (files_without_counters_are_read, set_up, tear_down),
    cmocka_unit_test_setup_teardown (lies_are_found, set_up, tear_down),
  };

  return database_is_built () ? cmocka_run_group_tests (tests, NULL, NULL) : 77;
}
