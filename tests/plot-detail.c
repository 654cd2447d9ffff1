/* What a plot has no room for in memory is seen again where it is zoomed into. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "database.h"
#include "inspect-error.h"
#include "plot-column.h"
#include "plot-list.h"
#include "scratch-directory.h"
#include "support/wait.h"

#define N       100000
#define STEP_US 1000
#define COLUMNS 400

static char *cache;

static gint64
time_of (guint i)
{
  return plot_time (1000000) + (gint64) i * STEP_US;
}

/* No two in a row are equal, and a group's extremes do not tell the others. */
static double
value_of (guint i)
{
  return i * 7 % 101;
}

/* One that has lost its oldest samples from memory. */
static PlotSeries *
add_series (PlotList *list)
{
  struct shmlens_type type;
  g_autoptr (PlotSeries) series = NULL;

  shmlens_type_from_code ('d', &type);
  series = plot_series_new_of (series_new (0), "count", "", &type);
  assert_true (plot_list_add (list, series));
  plot_series_set_limit (series, 0);
  for (guint i = 0; i < N; i++)
    plot_series_add (series, time_of (i), value_of (i));
  assert_true (
      series_is_thinned_between (plot_series_get_series (series), time_of (0), time_of (N / 2)));
  return series;
}

static const Series *
look (PlotSeries *series, guint first, guint last)
{
  return plot_series_look (series, time_of (first), time_of (last), COLUMNS);
}

/* Whether each sample of a span is there. */
static gboolean
is_whole (const Series *series, guint first, guint last)
{
  if (series_find (series, time_of (last)) - series_find (series, time_of (first)) != last - first)
    return FALSE;
  for (guint i = first; i < last; i++)
    if (series_at (series, time_of (i)) != value_of (i))
      return FALSE;
  return TRUE;
}

static guint
count_files (const char *path)
{
  g_autoptr (GDir) directory = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (directory != NULL && g_dir_read_name (directory) != NULL)
    n++;
  return n;
}

static void
count_call (PlotList *list, guint *count)
{
  (*count)++;
}

static void
what_memory_lost_is_seen_where_it_is_looked_at (void **state)
{
  g_autoptr (PlotList) list = plot_list_new ();
  g_autofree char *root = scratch_directory_root ("plots");
  guint detailed = 0;
  PlotSeries *series;

  if (!database_is_built ())
    skip ();
  g_signal_connect (list, "detailed", G_CALLBACK (count_call), &detailed);
  series = add_series (list);

  /* Of all there is the extremes are enough. */
  assert_true (look (series, 0, N) == plot_series_get_series (series));
  WAIT_UNTIL (is_whole (look (series, 1000, 2000), 1000, 2000));
  assert_true (detailed > 0);
  assert_true (plot_series_at (series, time_of (1501)) == value_of (1501));
  /* Also further in, where it was read at once, and far away. */
  assert_true (is_whole (look (series, 1400, 1410), 1400, 1410));
  WAIT_UNTIL (is_whole (look (series, 30000, 30500), 30000, 30500));
  assert_false (plot_series_has_lost (series, time_of (0), time_of (N)));

  assert_int_equal (count_files (root), 1);
  plot_list_remove (list, series);
  assert_int_equal (count_files (root), 0);
}

/* A span that begins in what was written and ends in what is in memory. */
static void
the_newest_goes_on_behind_what_is_read (void **state)
{
  g_autoptr (PlotList) list = plot_list_new ();
  PlotSeries *series;
  guint border = 0;

  if (!database_is_built ())
    skip ();
  series = add_series (list);
  while (series_is_thinned_between (plot_series_get_series (series), time_of (border),
                                    time_of (border) + 1))
    border++;
  assert_true (border > 1000 && border < N - 1000);
  WAIT_UNTIL (is_whole (look (series, border - 100, border + 100), border - 100, border + 100));

  plot_series_add (series, time_of (N), value_of (N));
  assert_true (series_at (look (series, border - 100, N + 1), time_of (N)) == value_of (N));
}

/* As they are saved: each sample once, in order. */
static void
all_of_it_can_be_saved (void **state)
{
  g_autoptr (PlotList) list = plot_list_new ();
  g_autoptr (PlotColumn) column = NULL;
  g_autoptr (PlotColumn) late = NULL;
  g_autoptr (GError) error = NULL;
  struct plot_detail_source source;
  PlotSeries *series;
  gint64 time_us;
  double value;

  if (!database_is_built ())
    skip ();
  series = add_series (list);
  WAIT_UNTIL ((plot_series_get_source (series, &source), source.path != NULL)
              && is_whole (look (series, 1000, 2000), 1000, 2000));
  column = plot_column_new (series);
  late = plot_column_new (series);
  for (guint i = 0; i < N; i++)
    {
      assert_true (plot_column_next (column, &time_us, &value, &error));
      assert_int_equal (time_us, time_of (i));
      assert_true (value == value_of (i));
    }
  assert_false (plot_column_next (column, &time_us, &value, &error));
  assert_null (error);

  plot_list_remove (list, series);
  assert_false (plot_column_next (late, &time_us, &value, &error));
  assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND));
}

static void
keep_sentence (PlotList *list, const char *sentence, char **kept)
{
  g_free (*kept);
  *kept = g_strdup (sentence);
}

static void
where_nothing_can_be_written_the_extremes_stay (void **state)
{
  g_autoptr (PlotList) list = plot_list_new ();
  g_autofree char *directory = g_build_filename (cache, "shmlens", NULL);
  g_autofree char *aside = g_build_filename (cache, "aside", NULL);
  g_autofree char *sentence = NULL;
  gboolean was_there = g_rename (directory, aside) == 0;
  PlotSeries *series;

  assert_true (g_file_set_contents (directory, "", 0, NULL));
  g_signal_connect (list, "failed", G_CALLBACK (keep_sentence), &sentence);
  series = add_series (list);
  if (database_is_built ())
    {
      WAIT_UNTIL (sentence != NULL);
      assert_non_null (strstr (sentence, directory));
    }
  for (guint i = N; i < 2 * N; i++)
    plot_series_add (series, time_of (i), value_of (i));
  assert_true (look (series, N + 1000, N + 2000) == plot_series_get_series (series));
  assert_true (plot_series_has_lost (series, time_of (0), time_of (2 * N)));
  assert_int_equal (g_unlink (directory), 0);
  if (was_there)
    assert_int_equal (g_rename (aside, directory), 0);
}

static int
set_up (void **state)
{
  cache = g_mkdtemp (g_strdup ("/dev/shm/shmlens-plot-detail-XXXXXX"));
  assert_non_null (cache);
  g_setenv ("XDG_CACHE_HOME", cache, TRUE);
  return 0;
}

static int
tear_down (void **state)
{
  g_autofree char *root = scratch_directory_root ("plots");
  g_autofree char *directory = g_path_get_dirname (root);

  g_rmdir (root);
  g_rmdir (directory);
  assert_int_equal (g_rmdir (cache), 0);
  g_free (cache);
  return 0;
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (what_memory_lost_is_seen_where_it_is_looked_at),
    cmocka_unit_test (the_newest_goes_on_behind_what_is_read),
    cmocka_unit_test (all_of_it_can_be_saved),
    cmocka_unit_test (where_nothing_can_be_written_the_extremes_stay),
  };

  return cmocka_run_group_tests (tests, set_up, tear_down);
}
