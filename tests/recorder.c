/* The recorder: a segment sampled into a file, begun and ended by conditions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <glib/gstdio.h>
#include <string.h>

#include "inspect-error.h"
#include "recorder.h"
#include "recording-file.h"
#include "support/fake-attachment.h"
#include "support/wait.h"

static FakeAttachment *fake;
static Attachment *attachment;
static EntryInfo *stop, *counts;
static char *directory, *path;
static guint told;
static enum recorder_state told_state;

static int
set_up (void **state)
{
  directory = g_mkdtemp (g_strdup ("/dev/shm/shmlens-recorder-XXXXXX"));
  assert_non_null (directory);
  path = g_build_filename (directory, "r.shmrec", NULL);
  fake = fake_attachment_new (4096);
  attachment = fake_attachment_base (fake);
  stop = fake_attachment_add_plain (fake, "stop", 'i', 0, NULL);
  counts = fake_attachment_add_plain (fake, "counts", 'q', 10, NULL);
  attachment_refresh (attachment);
  told = 0;
  return 0;
}

static int
tear_down (void **state)
{
  entry_info_unref (stop);
  entry_info_unref (counts);
  fake_attachment_unref (fake);
  g_unlink (path);
  g_rmdir (directory);
  g_free (path);
  g_free (directory);
  return 0;
}

static void
note_state (Recorder *recorder, enum recorder_state state, gpointer user_data)
{
  told++;
  told_state = state;
}

static Recorder *
start (GPtrArray *targets, const struct recorder_options *options)
{
  g_autoptr (GError) error = NULL;
  Recorder *recorder
    = recorder_start (attachment, targets, path, options, note_state, NULL, NULL, &error);

  if (recorder == NULL)
    fail_msg ("%s", error->message);
  return recorder;
}

static RecordingFile *
end (Recorder *recorder)
{
  g_autoptr (GError) error = NULL;
  RecordingFile *file;

  if (!recorder_stop (recorder, &error))
    fail_msg ("%s", error->message);
  file = recording_file_open (path, &error);
  if (file == NULL)
    fail_msg ("%s", error->message);
  return file;
}

static guint64
samples_of (Recorder *recorder)
{
  struct recording_statistics statistics;
  guint64 ticks;

  recorder_get_statistics (recorder, &statistics, &ticks);
  return statistics.samples;
}

static gboolean
keep_numbers (gint64 time_us, int status, const void *elements, gpointer user_data)
{
  gint64 number = 0;

  memcpy (&number, elements, sizeof number);
  g_array_append_val ((GArray *) user_data, number);
  return TRUE;
}

/* The numbers that a recorded 64-bit integer had, one after the other. */
static GArray *
numbers_of (RecordingFile *file, guint64 entry)
{
  GArray *numbers = g_array_new (FALSE, FALSE, sizeof (gint64));

  assert_true (recording_file_each_sample (file, entry, keep_numbers, numbers, NULL));
  return numbers;
}

static void
every_change_is_recorded (void **state)
{
  g_autoptr (RecordingFile) file = NULL;
  g_autoptr (GArray) numbers = NULL;
  Recorder *recorder = start (NULL, &(struct recorder_options){ .rate = 1000 });

  WAIT_UNTIL (samples_of (recorder) == 2);
  for (gint64 i = 1; i <= 50; i++)
    {
      fake_attachment_poke (fake, counts, 0, 1, &i);
      WAIT_UNTIL (samples_of (recorder) == 2 + (guint64) i);
    }
  file = end (recorder);
  assert_int_equal (recording_file_entries (file)->len, 2);
  assert_string_equal (((RecordedEntry *) recording_file_entries (file)->pdata[1])->info->name,
                       "counts");
  numbers = numbers_of (file, 2);
  assert_int_equal (numbers->len, 51);
  for (guint i = 0; i < numbers->len; i++)
    assert_int_equal (g_array_index (numbers, gint64, i), i);
}

static void
it_begins_and_ends_by_conditions (void **state)
{
  g_autoptr (RecordingFile) file = NULL;
  g_autoptr (GArray) numbers = NULL;
  g_autoptr (GArray) marks = NULL;
  Recorder *recorder
    = start (NULL, &(struct recorder_options){ .rate = 500, .when = "stop == 1",
                                               .until = "stop == 2 or counts[9] > 5" });

  fake_attachment_poke (fake, counts, 0, 1, &(gint64){ 1 });
  fake_attachment_poke (fake, counts, 0, 1, &(gint64){ 2 });
  g_usleep (20000);
  assert_int_equal (recorder_get_state (recorder), RECORDER_WAITING);
  assert_int_equal (samples_of (recorder), 0);
  fake_attachment_poke (fake, stop, 0, 1, &(gint32){ 1 });
  WAIT_UNTIL (told == 1 && told_state == RECORDER_RECORDING);
  assert_true (samples_of (recorder) >= 2);
  fake_attachment_poke (fake, counts, 9, 1, &(gint64){ 6 });
  WAIT_UNTIL (told == 2 && told_state == RECORDER_ENDED);
  assert_true (recorder_get_seconds (recorder) > 0);
  fake_attachment_poke (fake, counts, 0, 1, &(gint64){ 9 });
  g_usleep (20000);
  file = end (recorder);
  /* What there was when it began, and the change that ended it. */
  numbers = numbers_of (file, 2);
  assert_int_equal (g_array_index (numbers, gint64, 0), 2);
  assert_int_equal (g_array_index (numbers, gint64, numbers->len - 1), 2);
  assert_int_equal (numbers->len, 2);
  marks = recording_file_marks (file);
  assert_int_equal (marks->len, 2);
  assert_string_equal (g_array_index (marks, struct recording_mark, 0).text, "stop == 1");
  assert_string_equal (g_array_index (marks, struct recording_mark, 1).kind, "end");
}

static void
it_ends_after_its_duration (void **state)
{
  Recorder *recorder = start (NULL, &(struct recorder_options){ .rate = 100, .duration = 0.05 });

  WAIT_UNTIL (told == 1);
  assert_int_equal (told_state, RECORDER_ENDED);
  assert_true (recorder_get_seconds (recorder) >= 0.05);
  recording_file_close (end (recorder));
}

static void
parts_are_recorded_under_their_names (void **state)
{
  g_autoptr (GPtrArray) targets = g_ptr_array_new ();
  g_autoptr (RecordingFile) file = NULL;
  g_autoptr (GArray) numbers = NULL;
  Recorder *recorder;
  const EntryInfo *info;

  g_ptr_array_add (targets, (char *) "counts[2:5]");
  g_ptr_array_add (targets, (char *) "counts[9]");
  fake_attachment_poke (fake, counts, 2, 1, &(gint64){ 22 });
  recorder = start (targets, &(struct recorder_options){ .rate = 100 });
  WAIT_UNTIL (samples_of (recorder) == 2);
  file = end (recorder);
  info = ((RecordedEntry *) recording_file_entries (file)->pdata[0])->info;
  assert_string_equal (info->name, "counts[2:5]");
  assert_int_equal (info->length, 3);
  assert_int_equal (info->dimensions, 1);
  numbers = numbers_of (file, 1);
  assert_int_equal (g_array_index (numbers, gint64, 0), 22);
  info = ((RecordedEntry *) recording_file_entries (file)->pdata[1])->info;
  assert_string_equal (info->name, "counts[9]");
  assert_int_equal (info->dimensions, 0);
}

static void
entries_that_come_and_go_are_recorded (void **state)
{
  g_autoptr (RecordingFile) file = NULL;
  Recorder *recorder = start (NULL, &(struct recorder_options){ .rate = 200 });
  EntryInfo *late;
  const RecordedEntry *entry;

  WAIT_UNTIL (samples_of (recorder) == 2);
  late = fake_attachment_add_plain (fake, "late", 'q', 0, &(gint64){ 3 });
  WAIT_UNTIL (samples_of (recorder) == 3);
  fake_attachment_remove (fake, late);
  entry_info_unref (late);
  /* The list is looked at when it is told of: another entry says that it was. */
  late = fake_attachment_add_plain (fake, "later", 'q', 0, &(gint64){ 4 });
  WAIT_UNTIL (samples_of (recorder) >= 5);
  entry_info_unref (late);
  file = end (recorder);
  assert_int_equal (recording_file_entries (file)->len, 4);
  entry = recording_file_entries (file)->pdata[2];
  assert_string_equal (entry->info->name, "late");
  assert_true (entry->gone_us < G_MAXINT64);
}

/* The first element at the end of what is in the file so far; -1: not known. */
static int
newest_of_file (guint64 entry)
{
  g_autoptr (RecordingFile) file = recording_file_open (path, NULL);
  guint8 element;

  return file != NULL
             && recording_file_read (file, entry, recording_file_end (file), 0, 1, &element) >= 0
           ? element
           : -1;
}

static void
what_there_was_no_room_for_is_recorded_later (void **state)
{
  g_autoptr (FakeAttachment) large = fake_attachment_new (RECORDING_ELEMENTS_MAX + 64);
  g_autoptr (EntryInfo) big
    = fake_attachment_add_plain (large, "big", 'B', RECORDING_ELEMENTS_MAX - 64, NULL);
  struct recording_statistics statistics = { 0 };
  guint64 ticks;
  guint8 newest = 0;
  Recorder *recorder;

  attachment_refresh (fake_attachment_base (large));
  recorder = recorder_start (fake_attachment_base (large), NULL, path,
                             &(struct recorder_options){ .rate = 1000 }, NULL, NULL, NULL, NULL);
  assert_non_null (recorder);
  /* Quicker than any disk. */
  while (statistics.lost == 0)
    {
      newest = (guint8) (newest % 100 + 1);
      fake_attachment_poke (large, big, 0, 1, &newest);
      g_usleep (500);
      recorder_get_statistics (recorder, &statistics, &ticks);
      assert_false (statistics.has_failed);
    }
  newest = 200;
  fake_attachment_poke (large, big, 0, 1, &newest);
  /* It does not change any more. */
  WAIT_UNTIL (newest_of_file (1) == newest);
  assert_true (recorder_stop (recorder, NULL));
}

struct closed
{
  gboolean is_told;
  guint64 samples;
  GThread *thread;
};

static void
note_closed (const struct recording_statistics *statistics, const GError *error, gpointer user_data)
{
  struct closed *closed = user_data;

  assert_null (error);
  closed->is_told = TRUE;
  closed->samples = statistics->samples;
  closed->thread = g_thread_self ();
}

static void
stop_one (struct closed *closed)
{
  Recorder *recorder = start (NULL, &(struct recorder_options){ .rate = 1000 });

  WAIT_UNTIL (samples_of (recorder) == 2);
  recorder_stop_later (recorder, note_closed, closed);
  assert_false (closed->is_told);
}

static void
it_is_ended_without_waiting (void **state)
{
  struct closed closed = { 0 };
  g_autofree char *log = g_strconcat (path, "-wal", NULL);
  g_autoptr (RecordingFile) file = NULL;

  stop_one (&closed);
  WAIT_UNTIL (closed.is_told);
  assert_ptr_equal (closed.thread, g_thread_self ());
  assert_int_equal (closed.samples, 2);
  assert_false (g_file_test (log, G_FILE_TEST_EXISTS));
  file = recording_file_open (path, NULL);
  assert_non_null (file);
  assert_int_equal (recording_file_entries (file)->len, 2);

  /* A program that ends waits for it, without its main loop. */
  g_clear_pointer (&file, recording_file_close);
  g_unlink (path);
  closed = (struct closed){ 0 };
  stop_one (&closed);
  recording_wait_closed ();
  assert_true (closed.is_told);
  assert_false (g_file_test (log, G_FILE_TEST_EXISTS));
  recording_wait_closed ();
}

static void
what_cannot_be_recorded_leaves_no_file (void **state)
{
  g_autoptr (GPtrArray) targets = g_ptr_array_new ();
  struct recorder_options options = { .rate = 100 };
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (targets, (char *) "cuonts");
  assert_null (recorder_start (attachment, targets, path, &options, NULL, NULL, NULL, &error));
  assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND));
  g_clear_error (&error);
  options.until = "stop >";
  assert_null (recorder_start (attachment, NULL, path, &options, NULL, NULL, NULL, &error));
  assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_USAGE));
  assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

int
main (void)
{
#define test_of(name) cmocka_unit_test_setup_teardown (name, set_up, tear_down)
  const struct CMUnitTest tests[] = {
    test_of (every_change_is_recorded),
    test_of (it_begins_and_ends_by_conditions),
    test_of (it_ends_after_its_duration),
    test_of (parts_are_recorded_under_their_names),
    test_of (entries_that_come_and_go_are_recorded),
    test_of (what_there_was_no_room_for_is_recorded_later),
    test_of (it_is_ended_without_waiting),
    test_of (what_cannot_be_recorded_leaves_no_file),
  };

  if (!database_is_built ())
    return 77;
  return cmocka_run_group_tests (tests, NULL, NULL);
}
