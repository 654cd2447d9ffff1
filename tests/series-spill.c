/* What series lose in memory is in a file, as long as whoever plots them lives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "database.h"
#include "inspect-error.h"
#include "recording-file.h"
#include "scratch-directory.h"
#include "series-spill.h"
#include "series.h"
#include "support/wait.h"

#define N          60000
#define DIFFERENCE 1000000000 /* from the monotonic clock to the times of the series */

struct stage
{
  char *root;
  SeriesSpill *spill;
  guint64 spilled;
  char *failure;
};

struct channel
{
  struct stage *stage;
  Series *series;
  guint number;
};

static int
set_up (void **state)
{
  struct stage *stage = g_new0 (struct stage, 1);

  stage->root = g_mkdtemp (g_strdup ("/dev/shm/shmlens-series-spill-XXXXXX"));
  assert_non_null (stage->root);
  *state = stage;
  return 0;
}

static int
tear_down (void **state)
{
  struct stage *stage = *state;

  series_spill_free (stage->spill);
  /* One that was being made when it was freed removes itself. */
  WAIT_UNTIL (g_rmdir (stage->root) == 0);
  g_free (stage->root);
  g_free (stage->failure);
  g_free (stage);
  return 0;
}

static void
note_failure (const GError *error, gpointer user_data)
{
  struct stage *stage = user_data;

  assert_null (stage->failure);
  stage->failure = g_strdup (error->message);
}

static void
begin (struct stage *stage, guint64 limit)
{
  if (!database_is_built ())
    skip ();
  stage->spill = series_spill_new (stage->root, limit, DIFFERENCE, note_failure, stage);
}

static void
on_spill (Series *series, const gint64 *times, const double *values, guint n, gpointer user_data)
{
  struct channel *channel = user_data;

  series_spill_write (channel->stage->spill, channel->number, times, values, n);
  channel->stage->spilled += n;
}

static void
add_channel (struct stage *stage, const char *name, struct channel *ret_channel)
{
  *ret_channel = (struct channel){ stage, series_new (0), series_spill_add (stage->spill, name) };
  series_set_spill (ret_channel->series, on_spill, ret_channel);
}

/* Each tenth is a gap. */
static double
value_of (guint channel, guint i)
{
  return i % 10 == 9 ? NAN : channel * 1000000.0 + i + 0.25;
}

static gint64
time_of (guint i)
{
  return DIFFERENCE + 5000 + i * G_GINT64_CONSTANT (1000);
}

struct read
{
  guint channel, next, n;
};

static gboolean
check_sample (gint64 time_us, int status, const void *elements, gpointer user_data)
{
  struct read *read = user_data;
  double value, expected = value_of (read->channel, read->next);

  assert_true (status >= 0);
  memcpy (&value, elements, sizeof value);
  assert_int_equal (time_us, time_of (read->next) - DIFFERENCE);
  assert_true (value == expected || (isnan (value) && isnan (expected)));
  read->next++;
  read->n++;
  return TRUE;
}

static void
what_memory_loses_can_be_read_again (void **state)
{
  struct stage *stage = *state;
  struct channel channels[2];
  g_autoptr (RecordingFile) file = NULL;
  g_autoptr (GError) error = NULL;

  begin (stage, G_MAXUINT64);
  for (guint c = 0; c < 2; c++)
    add_channel (stage, c == 0 ? "first" : "second", &channels[c]);
  assert_null (series_spill_get_path (stage->spill));
  for (guint i = 0; i < N; i++)
    for (guint c = 0; c < 2; c++)
      series_add (channels[c].series, time_of (i), value_of (c, i));
  assert_true (stage->spilled > N);
  WAIT_UNTIL (series_spill_get_written (stage->spill) == stage->spilled);
  file = recording_file_open (series_spill_get_path (stage->spill), &error);
  if (file == NULL)
    fail_msg ("%s", error->message);
  for (guint c = 0; c < 2; c++)
    {
      struct read all = { c, 0, 0 }, part = { c, 5000, 0 };

      assert_true (
          recording_file_each_sample (file, channels[c].number, check_sample, &all, &error));
      assert_int_equal (all.n, stage->spilled / 2);
      assert_true (recording_file_each_sample_between (
          file, channels[c].number, time_of (5000) - DIFFERENCE, time_of (9000) - DIFFERENCE,
          check_sample, &part, &error));
      assert_int_equal (part.n, 4000);
      series_free (channels[c].series);
    }
  assert_null (stage->failure);
}

/* Of a series times may be equal. */
static void
equal_times_are_all_kept (void **state)
{
  struct stage *stage = *state;
  static const gint64 times[] = { DIFFERENCE + 10, DIFFERENCE + 10, DIFFERENCE + 10 };
  static const double values[] = { 1, 5, 2 };
  g_autoptr (RecordingFile) file = NULL;
  double value;
  guint number;

  begin (stage, G_MAXUINT64);
  number = series_spill_add (stage->spill, "x");
  series_spill_write (stage->spill, number, times, values, 3);
  WAIT_UNTIL (series_spill_get_written (stage->spill) == 3);
  file = recording_file_open (series_spill_get_path (stage->spill), NULL);
  assert_non_null (file);
  assert_true (recording_file_read (file, number, 11, 0, 1, &value) >= 0);
  assert_true (value == 5);
  assert_true (recording_file_read (file, number, 100000, 0, 1, &value) >= 0);
  assert_true (value == 2);
}

static void
it_takes_no_more_of_the_disk_than_it_may (void **state)
{
  struct stage *stage = *state;
  struct channel channel;
  struct read all = { 0, 0, 0 };
  g_autoptr (RecordingFile) file = NULL;
  guint64 written;

  begin (stage, 300000);
  add_channel (stage, "x", &channel);
  for (guint i = 0; stage->failure == NULL && i < 100 * N; i++)
    {
      series_add (channel.series, time_of (i), value_of (0, i));
      if (i % 4096 == 0)
        {
          gint64 end = g_get_monotonic_time () + 120 * G_USEC_PER_SEC;

          /* Each chunk is brought to the disk by itself. */
          while (stage->failure == NULL && g_get_monotonic_time () < end
                 && series_spill_get_written (stage->spill) < stage->spilled)
            g_main_context_iteration (NULL, FALSE);
        }
    }
  assert_non_null (stage->failure);
  assert_non_null (strstr (stage->failure, stage->root));
  written = series_spill_get_written (stage->spill);
  assert_true (written > 0 && written * 17 <= 300000);
  file = recording_file_open (series_spill_get_path (stage->spill), NULL);
  assert_non_null (file);
  assert_true (recording_file_each_sample (file, channel.number, check_sample, &all, NULL));
  assert_int_equal (all.n, written);
  series_free (channel.series);
}

static void
where_nothing_can_be_written_it_says_so (void **state)
{
  struct stage *stage = *state;
  g_autofree char *file = g_build_filename (stage->root, "file", NULL);
  g_autofree char *below = g_build_filename (file, "plots", NULL);
  static const gint64 times[] = { DIFFERENCE + 10 };
  static const double values[] = { 1 };

  if (!database_is_built ())
    skip ();
  assert_true (g_file_set_contents (file, "", 0, NULL));
  stage->spill = series_spill_new (below, G_MAXUINT64, DIFFERENCE, note_failure, stage);
  series_spill_write (stage->spill, series_spill_add (stage->spill, "x"), times, values, 1);
  WAIT_UNTIL (stage->failure != NULL);
  assert_non_null (strstr (stage->failure, below));
  assert_false (series_spill_write (stage->spill, 1, times, values, 1));
  assert_null (series_spill_get_path (stage->spill));
  g_unlink (file);
}

static void
nothing_is_left_of_one_that_is_freed (void **state)
{
  struct stage *stage = *state;
  static const gint64 times[] = { DIFFERENCE + 10 };
  static const double values[] = { 1 };

  for (int i = 0; i < 20; i++)
    {
      begin (stage, G_MAXUINT64);
      series_spill_write (stage->spill, series_spill_add (stage->spill, "x"), times, values, 1);
      if (i % 2 == 0)
        WAIT_UNTIL (series_spill_get_written (stage->spill) == 1);
      series_spill_free (g_steal_pointer (&stage->spill));
    }
}

/* A program that makes a directory and is killed, or waits to be. */
static pid_t
fork_maker (const char *root)
{
  int ends[2];
  pid_t pid;
  char byte;

  assert_int_equal (pipe (ends), 0);
  pid = fork ();
  assert_true (pid >= 0);
  if (pid == 0)
    {
      int lock;
      char *path = scratch_directory_new (root, &lock, NULL);
      char *file = path != NULL ? g_build_filename (path, "data", NULL) : NULL;

      close (ends[0]);
      if (file == NULL || !g_file_set_contents (file, "x", 1, NULL) || write (ends[1], "x", 1) != 1)
        _exit (1);
      for (;;)
        pause ();
    }
  close (ends[1]);
  assert_int_equal (read (ends[0], &byte, 1), 1);
  close (ends[0]);
  return pid;
}

static guint
count_files (const char *path)
{
  g_autoptr (GDir) directory = g_dir_open (path, 0, NULL);
  guint n = 0;

  assert_non_null (directory);
  while (g_dir_read_name (directory) != NULL)
    n++;
  return n;
}

static void
what_a_killed_program_left_is_removed (void **state)
{
  struct stage *stage = *state;
  g_autofree char *foreign = g_build_filename (stage->root, "mine", NULL);
  g_autofree char *link = g_build_filename (stage->root, "run-link", NULL);
  pid_t pids[2];

  assert_int_equal (g_mkdir (foreign, 0700), 0);
  assert_int_equal (symlink (foreign, link), 0);
  for (guint i = 0; i < 2; i++)
    pids[i] = fork_maker (stage->root);
  assert_int_equal (scratch_directory_clean (stage->root), 0);
  assert_int_equal (count_files (stage->root), 4);
  kill (pids[0], SIGKILL);
  assert_int_equal (waitpid (pids[0], NULL, 0), pids[0]);
  assert_int_equal (scratch_directory_clean (stage->root), 1);
  assert_int_equal (count_files (stage->root), 3);
  kill (pids[1], SIGKILL);
  assert_int_equal (waitpid (pids[1], NULL, 0), pids[1]);
  assert_int_equal (scratch_directory_clean (stage->root), 1);
  assert_int_equal (g_unlink (link), 0);
  assert_int_equal (g_rmdir (foreign), 0);
  assert_int_equal (scratch_directory_clean ("/nowhere"), 0);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown (what_memory_loses_can_be_read_again, set_up, tear_down),
    cmocka_unit_test_setup_teardown (equal_times_are_all_kept, set_up, tear_down),
    cmocka_unit_test_setup_teardown (it_takes_no_more_of_the_disk_than_it_may, set_up, tear_down),
    cmocka_unit_test_setup_teardown (where_nothing_can_be_written_it_says_so, set_up, tear_down),
    cmocka_unit_test_setup_teardown (nothing_is_left_of_one_that_is_freed, set_up, tear_down),
    cmocka_unit_test_setup_teardown (what_a_killed_program_left_is_removed, set_up, tear_down),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
