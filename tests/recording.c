/* Recordings: what is written is read again; what is cut off, damaged or made to hurt. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "inspect-error.h"
#include "recording-file.h"
#include "recording-private.h"
#include "recording.h"

#define CUT_OFF 20
#define AT_A_TIME 5
#define DAMAGED 200

static char *directory, *path;

static int
set_up (void **state)
{
  /* In memory: each test makes many files, and none is to outlive the machine. */
  directory = g_mkdtemp (g_strdup ("/dev/shm/shmlens-recording-XXXXXX"));
  assert_non_null (directory);
  path = g_build_filename (directory, "a b?#%.shmrec", NULL);
  return 0;
}

static int
tear_down (void **state)
{
  g_autoptr (GDir) files = g_dir_open (directory, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (files)) != NULL)
    {
      g_autofree char *file = g_build_filename (directory, name, NULL);

      g_unlink (file);
    }
  g_rmdir (directory);
  g_free (path);
  g_free (directory);
  return 0;
}

static struct shmlens_type
type (char code)
{
  struct shmlens_type made;

  assert_int_equal (shmlens_type_from_code (code, &made), 0);
  return made;
}

static EntryInfo *
plain (const char *name, char code, guint64 length)
{
  EntryInfo values = { .name = (char *) name, .type = type (code), .dimensions = length > 0,
                       .shape = { length }, .length = MAX (length, 1) };

  values.strides[0] = values.type.size;
  return entry_info_new (&values);
}

static Recording *
create (const char *file)
{
  g_autoptr (SegmentInfo) info = segment_info_new (
    &(SegmentInfo){ .id = (char *) "shm:/s", .name = (char *) "/s", .title = (char *) "prögram",
                    .logical_name = (char *) "logical", .kind = "native", .size = 4096 });
  g_autoptr (GError) error = NULL;
  Recording *recording = recording_create (file, info, 100, &error);

  if (recording == NULL)
    fail_msg ("%s", error->message);
  return recording;
}

static RecordingFile *
reopen (const char *file)
{
  g_autoptr (GError) error = NULL;
  RecordingFile *recording = recording_file_open (file, &error);

  if (recording == NULL)
    fail_msg ("%s", error->message);
  return recording;
}

static void
close_whole (Recording *recording)
{
  g_autoptr (GError) error = NULL;

  if (!recording_close (recording, &error))
    fail_msg ("%s", error->message);
}

static gint64
value_at (RecordingFile *file, guint64 entry, gint64 time_us)
{
  gint64 value;

  assert_int_equal (recording_file_read (file, entry, time_us, 0, 1, &value),
                    SHMLENS_CONSISTENCY_ATOMIC);
  return value;
}

static void
entries_come_back_as_they_were (void **state)
{
  EntryField fields[] = { { .name = (char *) "x", .type = type ('d') },
                          { .name = (char *) "bits", .type = type ('I'), .offset = 8,
                            .bit_offset = 3, .bit_width = 5 },
                          { .name = (char *) "v", .type = type ('h'), .offset = 12,
                            .dimensions = 2, .shape = { 2, 3 } } };
  EntryLabel labels[] = { { 7, 1, (char *) "séven" }, { -1, -1, (char *) "none" } };
  EntryInfo values = { .name = (char *) "entry [0] 'q'", .type = { 24, SHMLENS_KIND_STRUCT, 'T', 0 },
                       .dimensions = 3, .shape = { 2, 1, 4 }, .strides = { 96, 96, 24 },
                       .length = 8, .swapped = TRUE, .role = SHMLENS_ROLE_COUNTER,
                       .unit = (char *) "m/s", .doc = (char *) "what\nit is",
                       .ctype = (char *) "c_thing", .has_minimum = TRUE,
                       .minimum = { 1, 2, 3, 4, 5, 6, 7, 8 }, .has_progress_max = TRUE,
                       .progress_max = { 9 }, .lock_kind = LOCK_SEMAPHORE, .lock_id = G_MAXUINT64,
                       .lock_recursive = TRUE, .object = OBJECT_BARRIER, .n_fields = 3,
                       .fields = fields, .n_labels = 2, .labels = labels };
  g_autoptr (EntryInfo) entry = entry_info_new (&values);
  g_autoptr (EntryInfo) plain_entry = plain ("p", 'l', 0);
  g_autoptr (EntryInfo) expected = NULL;
  g_autoptr (RecordingFile) file = NULL;
  Recording *recording = create (path);
  const struct recording_head *head;
  RecordedEntry *found;

  assert_int_equal (recording_add_entry (recording, entry, 50), 1);
  assert_int_equal (recording_add_entry (recording, plain_entry, 60), 2);
  recording_end_entry (recording, 2, 70);
  close_whole (recording);
  file = reopen (path);
  assert_int_equal (recording_file_entries (file)->len, 2);
  found = recording_file_entries (file)->pdata[0];
  assert_int_equal (found->first_us, 50);
  assert_true (found->gone_us == G_MAXINT64);
  values.id = 1;
  values.reason = found->info->reason;
  assert_non_null (values.reason);
  expected = entry_info_new (&values);
  assert_true (entry_info_equal (found->info, expected));
  assert_string_equal (found->info->fields[1].name, "bits");
  found = recording_file_entries (file)->pdata[1];
  assert_int_equal (found->gone_us, 70);
  assert_int_equal (found->info->type.code, 'l');

  head = recording_file_head (file);
  assert_string_equal (head->segment, "shm:/s");
  assert_string_equal (head->title, "prögram");
  assert_string_equal (head->logical_name, "logical");
  assert_true (head->rate == 100);
  assert_true (ABS (g_get_real_time () - head->start_wall_us) < 600 * G_USEC_PER_SEC);
  assert_int_equal (recording_file_read (file, 1, 1000, 0, 8, NULL), -ENODATA);
  assert_int_equal (recording_file_read (file, 1, 1000, 0, 9, NULL), -ERANGE);
  assert_int_equal (recording_file_read (file, 3, 1000, 0, 1, NULL), -ERANGE);
}

/* What each_sample gives. */
struct seen
{
  guint n, unreadable;
  gint64 last, last_us;
};

static gboolean
see_sample (gint64 time_us, int status, const void *elements, gpointer user_data)
{
  struct seen *seen = user_data;

  assert_true (time_us > seen->last_us);
  seen->last_us = time_us;
  seen->n++;
  if (elements != NULL)
    memcpy (&seen->last, elements, sizeof seen->last);
  else
    seen->unreadable++;
  return seen->n < 250;
}

static void
values_are_found_by_their_time (void **state)
{
  g_autoptr (EntryInfo) value = plain ("value", 'q', 0);
  g_autoptr (EntryInfo) array = plain ("array", 'd', 70000);
  g_autofree double *elements = g_new0 (double, 70000);
  g_autoptr (RecordingFile) file = NULL;
  g_autoptr (GArray) marks = NULL;
  Recording *recording = create (path);
  gint64 start = g_get_monotonic_time ();
  struct seen seen = { .last_us = 0 };
  double read[2];

  recording_add_entry (recording, value, start);
  recording_add_entry (recording, array, start);
  for (gint64 i = 0; i < 300; i++)
    {
      recording_add_sample (recording, 1, start + 10 * i, SHMLENS_CONSISTENCY_ATOMIC, &i);
      if (i % 10 != 0)
        continue;
      elements[i] = (double) i;
      recording_add_sample (recording, 2, start + 10 * i, SHMLENS_CONSISTENCY_UNLOCKED, elements);
    }
  recording_add_sample (recording, 1, start + 4000, -EFAULT, NULL);
  recording_add_lock (recording, 1, start + 20,
                      &(LockInfo){ .state = SHMLENS_LOCK_HELD, .owner_pid = 42, .owner_tid = 43,
                                   .depth = 2, .held_ns = 5000, .waiters = -1 });
  recording_add_mark (recording, start + 33, "alert", "loss > 10");
  recording_add_tick (recording, start + 5000, 0);
  recording_end_entry (recording, 1, start + 4500);
  close_whole (recording);

  file = reopen (path);
  assert_int_equal (recording_file_end (file), start + 5000);
  assert_int_equal (recording_file_read (file, 1, start - 1, 0, 1, read), -ENODATA);
  for (gint64 t = 0; t < 3000; t += 7)
    assert_int_equal (value_at (file, 1, start + t), t / 10);
  assert_int_equal (value_at (file, 1, start), 0);
  assert_int_equal (value_at (file, 1, start + 3999), 299);
  assert_int_equal (recording_file_read (file, 1, start + 4000, 0, 1, read), -EFAULT);
  assert_int_equal (recording_file_read (file, 1, start + 4500, 0, 1, read), -ESTALE);
  assert_int_equal (recording_file_read (file, 2, start + 1999, 190, 192, read),
                    SHMLENS_CONSISTENCY_UNLOCKED);
  assert_true (read[0] == 190 && read[1] == 0);
  assert_int_equal (recording_file_read (file, 2, start + 1899, 190, 191, read),
                    SHMLENS_CONSISTENCY_UNLOCKED);
  assert_true (read[0] == 0);

  assert_true (recording_file_each_sample (file, 1, see_sample, &seen, NULL));
  assert_int_equal (seen.n, 250);
  assert_int_equal (seen.last, 249);
  {
    LockInfo lock;

    assert_int_equal (recording_file_read_lock (file, 1, start + 19, &lock), -ENODATA);
    assert_int_equal (recording_file_read_lock (file, 1, start + 30, &lock), 0);
    assert_int_equal (lock.state, SHMLENS_LOCK_HELD);
    assert_int_equal (lock.owner_pid, 42);
    assert_int_equal (lock.owner_tid, 43);
    assert_int_equal (lock.depth, 2);
    assert_int_equal (lock.waiters, -1);
    assert_int_equal (lock.held_ns, 15000);
  }
  marks = recording_file_marks (file);
  assert_int_equal (marks->len, 1);
  assert_string_equal (g_array_index (marks, struct recording_mark, 0).text, "loss > 10");
  assert_string_equal (g_array_index (marks, struct recording_mark, 0).kind, "alert");
}

static gboolean
keep_time (gint64 time_us, int status, const void *elements, gpointer user_data)
{
  g_array_append_val ((GArray *) user_data, time_us);
  return TRUE;
}

/* The times of the samples of a span, after start, as text. */
static char *
times_between (RecordingFile *file, gint64 start, gint64 first_us, gint64 last_us)
{
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));
  GString *text = g_string_new (NULL);

  assert_true (
    recording_file_each_sample_between (file, 1, start + first_us, start + last_us, keep_time, times,
                                        NULL));
  for (guint i = 0; i < times->len; i++)
    g_string_append_printf (text, " %d", (int) (g_array_index (times, gint64, i) - start));
  return g_string_free (text, FALSE);
}

static void
spans_begin_with_what_holds (void **state)
{
  static const struct
  {
    gint64 first_us, last_us;
    const char *times;
  } spans[] = {
    { 0, 10, "" },         { 0, 11, " 10" },    { 10, 21, " 10 20" },      { 15, 20, " 10" },
    { 15, 41, " 10 20 30 40" }, { 25, 35, " 20 30" }, { 40, 100, " 40 50" }, { 60, 100, " 50" },
    { -1000000, 1000000, " 10 20 30 40 50" },
  };
  g_autoptr (EntryInfo) value = plain ("value", 'q', 0);
  g_autoptr (RecordingFile) file = NULL;
  gint64 start = g_get_monotonic_time ();
  Recording *recording = create (path);

  recording_add_entry (recording, value, start);
  for (gint64 i = 10; i <= 50; i += 10)
    {
      struct recording_statistics statistics;

      recording_add_sample (recording, 1, start + i, SHMLENS_CONSISTENCY_ATOMIC, &i);
      /* The third is in another run. */
      if (i == 20)
        do
          {
            g_usleep (1000);
            recording_get_statistics (recording, &statistics);
          }
        while (statistics.written_bytes == 0);
    }
  close_whole (recording);
  file = reopen (path);
  for (guint i = 0; i < G_N_ELEMENTS (spans); i++)
    {
      g_autofree char *times = times_between (file, start, spans[i].first_us, spans[i].last_us);

      assert_string_equal (times, spans[i].times);
    }
}

static void
what_does_not_change_is_written_again (void **state)
{
  g_autoptr (EntryInfo) value = plain ("value", 'q', 0);
  g_autoptr (RecordingFile) file = NULL;
  Recording *recording = create (path);
  gint64 start = g_get_monotonic_time ();
  struct seen seen = { .last_us = 0 };

  recording_add_entry (recording, value, start);
  recording_add_sample (recording, 1, start, SHMLENS_CONSISTENCY_ATOMIC, &(gint64){ 5 });
  recording_add_tick (recording, start + 12 * G_USEC_PER_SEC, 0);
  close_whole (recording);
  file = reopen (path);
  assert_true (recording_file_each_sample (file, 1, see_sample, &seen, NULL));
  assert_int_equal (seen.n, 2);
  assert_int_equal (seen.last_us, start + 12 * G_USEC_PER_SEC);
  assert_int_equal (seen.last, 5);
}

static void
what_is_lost_is_a_gap (void **state)
{
  g_autoptr (EntryInfo) big = plain ("big", 'B', RECORDING_ELEMENTS_MAX);
  g_autofree guint8 *elements = g_malloc0 (RECORDING_ELEMENTS_MAX);
  g_autoptr (RecordingFile) file = NULL;
  g_autoptr (GArray) holes = NULL;
  Recording *recording = create (path);
  struct recording_statistics statistics;
  gint64 start = g_get_monotonic_time ();
  guint64 samples = 0, ticks = 0;

  recording_add_entry (recording, big, start);
  recording_add_tick (recording, start, 0);
  recording_add_tick (recording, start + 10, 3);
  for (int i = 0; i < 40; i++)
    recording_add_sample (recording, 1, start + i, SHMLENS_CONSISTENCY_UNLOCKED, elements);
  recording_get_statistics (recording, &statistics);
  assert_true (statistics.lost > 0);
  assert_int_equal (statistics.lost + statistics.samples, 40);
  assert_int_equal (statistics.missed_ticks, 3);
  close_whole (recording);
  file = reopen (path);
  holes = recording_file_holes (file);
  for (guint i = 0; i < holes->len; i++)
    {
      const struct recording_hole *hole = &g_array_index (holes, struct recording_hole, i);

      assert_true (hole->start_us >= start && hole->end_us <= start + 40);
      samples += hole->samples;
      ticks += hole->ticks;
    }
  assert_int_equal (samples, statistics.lost);
  assert_int_equal (ticks, 3);
}

/* Adds samples of an entry until one is lost; returns the time of that. */
static gint64
add_until_lost (Recording *recording, guint entry, gint64 time_us, const guint8 *elements)
{
  while (recording_add_sample (recording, entry, time_us, SHMLENS_CONSISTENCY_UNLOCKED, elements))
    time_us++;
  return time_us;
}

static void
what_was_lost_is_not_known_until_the_next (void **state)
{
  g_autoptr (EntryInfo) big = plain ("big", 'B', RECORDING_ELEMENTS_MAX);
  g_autofree guint8 *elements = g_malloc0 (RECORDING_ELEMENTS_MAX);
  g_autoptr (RecordingFile) file = NULL;
  Recording *recording = create (path);
  gint64 start = g_get_monotonic_time (), lost_us;
  guint8 first = 0;

  recording_add_entry (recording, big, start);
  lost_us = add_until_lost (recording, 1, start, elements);
  /* Another while there is no room; then one that is taken. */
  elements[0] = 7;
  for (gint64 i = 1; !recording_add_sample (recording, 1, lost_us + i, SHMLENS_CONSISTENCY_UNLOCKED,
                                            elements);
       i++)
    g_usleep (1000);
  close_whole (recording);
  file = reopen (path);
  assert_int_equal (recording_file_read (file, 1, lost_us, 0, 1, &first), -ENOBUFS);
  assert_true (recording_file_read (file, 1, lost_us - 1, 0, 1, &first) >= 0);
  assert_int_equal (first, 0);
  assert_true (recording_file_read (file, 1, lost_us + 1000 * G_USEC_PER_SEC, 0, 1, &first) >= 0);
  assert_int_equal (first, 7);
}

static void
a_lock_that_was_lost_is_not_known (void **state)
{
  static const guint64 sizes[] = { RECORDING_ELEMENTS_MAX, 1 << 20, 1 << 14, 256, 8 };
  const LockInfo held = { .state = SHMLENS_LOCK_HELD, .owner_pid = 7 };
  g_autofree guint8 *elements = g_malloc0 (RECORDING_ELEMENTS_MAX);
  g_autoptr (RecordingFile) file = NULL;
  Recording *recording = create (path);
  gint64 time_us = g_get_monotonic_time ();
  LockInfo lock;

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (EntryInfo) entry = plain ("entry", 'B', sizes[i]);

      recording_add_entry (recording, entry, time_us);
    }
  assert_true (recording_add_lock (recording, 1, time_us, &held));
  /* Until what is written meanwhile makes no room between the last sample and the lock. */
  do
    for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
      time_us = add_until_lost (recording, i + 1, time_us + 1, elements);
  while (recording_add_lock (recording, 1, ++time_us, &held));
  close_whole (recording);
  file = reopen (path);
  assert_int_equal (recording_file_read_lock (file, 1, time_us - 1, &lock), 0);
  assert_int_equal (lock.state, SHMLENS_LOCK_HELD);
  assert_int_equal (recording_file_read_lock (file, 1, time_us, &lock), 0);
  assert_int_equal (lock.state, SHMLENS_LOCK_UNKNOWN);
}

static void
a_file_that_is_there_is_left_alone (void **state)
{
  g_autoptr (SegmentInfo) info = segment_info_new (
    &(SegmentInfo){ .id = (char *) "shm:/s", .name = (char *) "/s", .kind = "native" });
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  assert_true (g_file_set_contents (path, "mine", -1, NULL));
  assert_null (recording_create (path, info, 1, &error));
  assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_PERMISSION));
  assert_true (g_file_get_contents (path, &text, NULL, NULL));
  assert_string_equal (text, "mine");
}

static void
refuses (const char *file, enum inspect_error code)
{
  g_autoptr (GError) error = NULL;

  assert_null (recording_file_open (file, &error));
  if (!g_error_matches (error, INSPECT_ERROR, (int) code)
      || strstr (error->message, file) == NULL)
    fail_msg ("%d %s", error->code, error->message);
}

static void
what_is_no_recording_is_refused (void **state)
{
  static const char *const bad[] = {
    "CREATE TABLE t (x)",
    /* Another program's, of another number. */
    "PRAGMA application_id = 7",
    /* The number alone. */
    "PRAGMA application_id = 1936223602",
  };

  refuses (path, INSPECT_ERROR_NOT_FOUND);
  refuses (directory, INSPECT_ERROR_NOT_FOUND);
  assert_true (g_file_set_contents (path, "", -1, NULL));
  refuses (path, INSPECT_ERROR_CORRUPT);
  assert_true (g_file_set_contents (path, "SQLite format 3, or so it says", -1, NULL));
  refuses (path, INSPECT_ERROR_CORRUPT);
  g_unlink (path);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      Database *database = database_create (path, NULL);

      assert_true (database_run (database, bad[i], NULL));
      database_close (database);
      refuses (path, INSPECT_ERROR_CORRUPT);
      g_unlink (path);
    }
}

/* Changes a sound recording by SQL; whatever it is then, it is refused or read. */
static void
spoil (const char *sql, gboolean is_refused)
{
  g_autoptr (EntryInfo) value = plain ("value", 'q', 0);
  g_autoptr (RecordingFile) file = NULL;
  Recording *recording;
  Database *copy;
  gint64 read;

  g_unlink (path);
  recording = create (path);
  recording_add_entry (recording, value, 1);
  for (gint64 i = 1; i < 10; i++)
    recording_add_sample (recording, 1, i, SHMLENS_CONSISTENCY_ATOMIC, &i);
  close_whole (recording);
  {
    g_autofree char *other = g_strconcat (path, ".copy", NULL);
    g_autofree char *attach = g_strdup_printf ("ATTACH '%s' AS o", path);
    g_autofree char *in_other = g_strconcat (sql, NULL);

    copy = database_create (other, NULL);
    assert_true (database_run (copy, attach, NULL));
    if (!database_run (copy, in_other, NULL))
      fail_msg ("%s", sql);
    database_close (copy);
    g_unlink (other);
  }
  if (is_refused)
    {
      refuses (path, INSPECT_ERROR_CORRUPT);
      return;
    }
  file = reopen (path);
  assert_int_equal (recording_file_read (file, 1, 5, 0, 1, &read), -EBADMSG);
}

static void
lies_in_tables_are_found (void **state)
{
  static const char *const refused[] = {
    "UPDATE o.entries SET size = 0",
    "UPDATE o.entries SET size = -8",
    "UPDATE o.entries SET kind = 99",
    "UPDATE o.entries SET kind = 7",
    "UPDATE o.entries SET dimensions = 5",
    "UPDATE o.entries SET dimensions = 4, shape0 = 1 << 40, shape1 = 1 << 40, shape2 = 9",
    "UPDATE o.entries SET dimensions = 1, shape0 = -1",
    "UPDATE o.entries SET name = NULL",
    "UPDATE o.entries SET name = x'ff'",
    "UPDATE o.entries SET name = CAST (x'ff' AS TEXT)",
    "UPDATE o.entries SET name = CAST (x'410042' AS TEXT)",
    "UPDATE o.entries SET name = printf('%.*c', 1000000, 'x')",
    "UPDATE o.entries SET minimum = x'00'",
    "UPDATE o.entries SET lock_kind = 4",
    "UPDATE o.entries SET number = 0",
    "UPDATE o.entries SET number = 1 << 60",
    "UPDATE o.entries SET role = 'plain'",
    "INSERT INTO o.labels VALUES (1, 5, 1, 'x')",
    "INSERT INTO o.fields VALUES (1, 0, 'f', 4, 8, 113, 0, 0, 0, 0, 0, 0, 0, 0, 0)",
    "DELETE FROM o.recording",
    "UPDATE o.recording SET start_us = 'now'",
    "UPDATE o.recording SET end_us = start_us - 1",
    "DROP TABLE o.gaps",
    "DROP TABLE o.samples; CREATE VIEW o.samples AS WITH RECURSIVE r AS (SELECT 1 UNION ALL SELECT 1 FROM r) SELECT 1 AS entry FROM r",
  };
  static const char *const unreadable[] = {
    "UPDATE o.samples SET n = 1000000",
    "UPDATE o.samples SET n = -1",
    "UPDATE o.samples SET times = zeroblob(72)",
    "UPDATE o.samples SET times = NULL",
    "UPDATE o.samples SET statuses = x'00'",
    "UPDATE o.samples SET statuses = x'7f7f7f7f7f7f7f7f7f'",
    "UPDATE o.samples SET elements = zeroblob(71)",
    "UPDATE o.samples SET elements = 'text'",
    "UPDATE o.samples SET elements = x''",
    "UPDATE o.samples SET start_us = 2",
    "UPDATE o.entries SET dimensions = 1, shape0 = 1 << 30",
  };

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    spoil (refused[i], TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (unreadable); i++)
    spoil (unreadable[i], FALSE);
}

static gboolean
ignore_sample (gint64 time_us, int status, const void *elements, gpointer user_data)
{
  return TRUE;
}

static void
read_everything (RecordingFile *file)
{
  GPtrArray *entries = recording_file_entries (file);

  g_array_unref (recording_file_marks (file));
  g_array_unref (recording_file_holes (file));
  for (guint i = 0; i < entries->len; i++)
    {
      const RecordedEntry *entry = entries->pdata[i];
      g_autofree guint8 *room = NULL;
      LockInfo lock;

      recording_file_each_sample (file, entry->info->id, ignore_sample, NULL, NULL);
      recording_file_read_lock (file, entry->info->id, recording_file_end (file), &lock);
      room = g_try_malloc (entry->info->type.size);
      if (room != NULL && entry->info->length > 0)
        recording_file_read (file, entry->info->id, recording_file_end (file), 0, 1, room);
    }
}

static void
damaged_files_are_survived (void **state)
{
  g_autoptr (EntryInfo) value = plain ("value", 'q', 0);
  g_autoptr (EntryInfo) array = plain ("array", 'i', 300);
  g_autofree char *whole = NULL;
  gint32 elements[300] = { 0 };
  Recording *recording = create (path);
  gsize size;
  guint refused = 0;
  GRand *random = g_rand_new_with_seed (1);

  recording_add_entry (recording, value, 1);
  recording_add_entry (recording, array, 1);
  for (gint64 i = 1; i < 20; i++)
    {
      recording_add_sample (recording, 1, i, SHMLENS_CONSISTENCY_ATOMIC, &i);
      recording_add_sample (recording, 2, i, SHMLENS_CONSISTENCY_UNLOCKED, elements);
      recording_add_lock (recording, 1, i, &(LockInfo){ .state = SHMLENS_LOCK_HELD });
    }
  recording_add_mark (recording, 5, "note", "a note");
  close_whole (recording);
  assert_true (g_file_get_contents (path, &whole, &size, NULL));
  for (guint i = 0; i < DAMAGED; i++)
    {
      g_autofree char *bytes = g_memdup2 (whole, size);
      gsize length = i % 4 == 0 ? (gsize) g_rand_int_range (random, 0, (gint32) size) : size;
      g_autoptr (GError) error = NULL;
      g_autoptr (RecordingFile) file = NULL;

      for (int k = g_rand_int_range (random, 0, 20); k > 0 && length > 0; k--)
        bytes[g_rand_int_range (random, 0, (gint32) length)] = (char) g_rand_int (random);
      assert_true (g_file_set_contents (path, bytes, (gssize) length, NULL));
      file = recording_file_open (path, &error);
      if (file != NULL)
        read_everything (file);
      else
        assert_non_null (error);
      refused += file == NULL;
    }
  g_rand_free (random);
  assert_in_range (refused, 1, DAMAGED - 1);
}

/* What a child that records tells: when it did last, and how late the machine let a thread of
 * it be that does nothing else than sleep. */
struct told
{
  gint64 last_us;
  gint64 late_us;
};

static gpointer
sleep_and_tell (gpointer data)
{
  struct told *told = data;

  for (;;)
    {
      gint64 due = g_get_monotonic_time () + 10000, late;

      g_usleep (10000);
      late = g_get_monotonic_time () - due;
      if (late > told->late_us)
        __atomic_store_n (&told->late_us, late, __ATOMIC_RELEASE);
    }
  return NULL;
}

/* Records a number that grows by one each millisecond, until it is killed. */
static void
record_until_killed (const char *file, struct told *told)
{
  g_autoptr (EntryInfo) value = plain ("value", 'q', 0);
  Recording *recording;

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  g_thread_unref (g_thread_new ("witness", sleep_and_tell, told));
  recording = create (file);
  recording_add_entry (recording, value, g_get_monotonic_time ());
  for (gint64 i = 0;; i++)
    {
      gint64 now = g_get_monotonic_time ();

      recording_add_sample (recording, 1, now, SHMLENS_CONSISTENCY_ATOMIC, &i);
      recording_add_tick (recording, now, 0);
      __atomic_store_n (&told->last_us, now, __ATOMIC_RELEASE);
      g_usleep (1000);
    }
}

static gboolean
see_next (gint64 time_us, int status, const void *elements, gpointer user_data)
{
  struct seen *seen = user_data;
  gint64 value;

  memcpy (&value, elements, sizeof value);
  assert_int_equal (value, seen->n);
  seen->n++;
  seen->last_us = time_us;
  return TRUE;
}

/* By the child's own clock. Where the machine kept its threads waiting, the one that writes
 * has waited too, at each of the few steps that it takes. */
static void
assert_holds_nearly_all (const char *file_path, const struct told *told)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RecordingFile) file = recording_file_open (file_path, &error);
  struct seen seen = { .last_us = 0 };

  if (file == NULL)
    fail_msg ("%s", error->message);
  seen.last_us = recording_file_head (file)->start_us;
  if (recording_file_entries (file)->len == 1)
    assert_true (recording_file_each_sample (file, 1, see_next, &seen, NULL));
  if (told->last_us - seen.last_us > G_USEC_PER_SEC + 5 * told->late_us)
    fail_msg ("%" G_GINT64_FORMAT " us are lost; threads were late by %" G_GINT64_FORMAT " us",
              told->last_us - seen.last_us, told->late_us);
}

static void
what_is_cut_off_holds_all_but_the_last_second (void **state)
{
  struct told *told = mmap (NULL, sizeof *told * CUT_OFF, PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  GRand *random = g_rand_new_with_seed (7);
  pid_t pids[CUT_OFF];

  assert_ptr_not_equal (told, MAP_FAILED);
  for (guint round = 0; round < CUT_OFF; round += AT_A_TIME)
    {
      for (guint i = round; i < round + AT_A_TIME; i++)
        {
          g_autofree char *file = g_strdup_printf ("%s/%u.shmrec", directory, i);

          pids[i] = fork ();
          if (pids[i] == 0)
            record_until_killed (file, &told[i]);
        }
      for (guint i = round; i < round + AT_A_TIME; i++)
        {
          g_autofree char *file = g_strdup_printf ("%s/%u.shmrec", directory, i);
          gint64 end = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

          while (__atomic_load_n (&told[i].last_us, __ATOMIC_ACQUIRE) == 0
                 && g_get_monotonic_time () < end)
            g_usleep (1000);
          g_usleep ((gulong) g_rand_int_range (random, 0, 700000));
          kill (pids[i], SIGKILL);
          waitpid (pids[i], NULL, 0);
          assert_true (told[i].last_us > 0);
          assert_holds_nearly_all (file, &told[i]);
        }
    }
  munmap (told, sizeof *told * CUT_OFF);
  g_rand_free (random);
}

int
main (void)
{
#define test_of(name) cmocka_unit_test_setup_teardown (name, set_up, tear_down)
  const struct CMUnitTest tests[] = {
    test_of (entries_come_back_as_they_were),
    test_of (values_are_found_by_their_time),
    test_of (spans_begin_with_what_holds),
    test_of (what_does_not_change_is_written_again),
    test_of (what_is_lost_is_a_gap),
    test_of (what_was_lost_is_not_known_until_the_next),
    test_of (a_lock_that_was_lost_is_not_known),
    test_of (a_file_that_is_there_is_left_alone),
    test_of (what_is_no_recording_is_refused),
    test_of (lies_in_tables_are_found),
    test_of (damaged_files_are_survived),
    test_of (what_is_cut_off_holds_all_but_the_last_second),
  };

  if (!database_is_built ())
    return 77;
  return cmocka_run_group_tests (tests, NULL, NULL);
}
