/* What a value was over any length of time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "series.h"

#define UNLIMITED G_MAXSIZE

struct point
{
  gint64 time_us;
  double value;
};

static gboolean
same (double a, double b)
{
  return a == b || (isnan (a) && isnan (b));
}

/* Random steps, some of them none; random values, some of them gaps or infinite. */
static GArray *
make_points (GRand *random, guint n, gint64 start)
{
  GArray *points = g_array_new (FALSE, FALSE, sizeof (struct point));
  gint64 time_us = start;
  double level = 0;

  for (guint i = 0; i < n; i++)
    {
      int kind = g_rand_int_range (random, 0, 50);
      struct point point;

      time_us += kind == 0 ? 0 : kind == 1 ? g_rand_int_range (random, 1, 1000000)
                                           : g_rand_int_range (random, 1, 100);
      level += g_rand_double_range (random, -1, 1);
      point = (struct point) { time_us, kind == 2   ? NAN
                                        : kind == 3 ? (i % 2 ? INFINITY : -INFINITY)
                                                    : level };
      g_array_append_val (points, point);
    }
  return points;
}

static Series *
series_of (GArray *points, gsize limit)
{
  Series *series = series_new (limit);

  for (guint i = 0; i < points->len; i++)
    {
      const struct point *point = &g_array_index (points, struct point, i);

      series_add (series, point->time_us, point->value);
    }
  return series;
}

/* Columns as they are defined, by looking at every sample. */
static void
assert_columns (const Series *series, GArray *points, gint64 first_us, gint64 last_us, guint n)
{
  g_autofree SeriesColumn *columns = g_new (SeriesColumn, n);
  guint at = 0;

  series_columns (series, first_us, last_us, n, columns);
  while (at < points->len && g_array_index (points, struct point, at).time_us < first_us)
    at++;
  for (guint i = 0; i < n; i++)
    {
      __extension__ __int128 span = (__int128) last_us - first_us;
      gint64 end = (gint64) (first_us + span * (i + 1) / n);
      SeriesColumn expected = { 0, NAN, NAN, NAN, NAN };

      for (; at < points->len && g_array_index (points, struct point, at).time_us < end; at++)
        {
          double value = g_array_index (points, struct point, at).value;

          if (expected.n++ == 0)
            expected.first = value;
          expected.last = value;
          expected.minimum = fmin (expected.minimum, value);
          expected.maximum = fmax (expected.maximum, value);
        }
      assert_int_equal (columns[i].n, expected.n);
      assert_true (same (columns[i].first, expected.first));
      assert_true (same (columns[i].last, expected.last));
      assert_true (same (columns[i].minimum, expected.minimum));
      assert_true (same (columns[i].maximum, expected.maximum));
    }
}

static void
any_span_is_what_every_sample_of_it_says (void **state)
{
  static const guint lengths[] = { 0, 1, 2, 15, 16, 17, 257, 4095, 4096, 4097, 30000 };
  g_autoptr (GRand) random = g_rand_new_with_seed (4);

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autoptr (GArray) points = make_points (random, lengths[i], -500);
      g_autoptr (Series) series = series_of (points, UNLIMITED);
      gint64 last = lengths[i] > 0 ? g_array_index (points, struct point, lengths[i] - 1).time_us
                                   : 1000;

      assert_int_equal (series_length (series), lengths[i]);
      assert_columns (series, points, -500, last + 1, 1);
      for (int round = 0; round < 60; round++)
        {
          gint64 from = -1000 + (gint64) (g_rand_double (random) * (last + 1500));
          gint64 to = from + 1 + (gint64) (g_rand_double (random) * (last + 2000 - from));

          assert_columns (series, points, from, to, (guint) g_rand_int_range (random, 1, 300));
        }
    }
}

static void
samples_are_found_by_time_and_by_index (void **state)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (5);
  g_autoptr (GArray) points = make_points (random, 10000, 0);
  g_autoptr (Series) series = series_of (points, UNLIMITED);
  gint64 first, last, time_us;
  double value;

  assert_true (series_span (series, &first, &last));
  assert_int_equal (first, g_array_index (points, struct point, 0).time_us);
  assert_int_equal (last, g_array_index (points, struct point, 9999).time_us);
  for (guint i = 0; i < points->len; i++)
    {
      const struct point *point = &g_array_index (points, struct point, i);
      guint64 found = series_find (series, point->time_us);

      assert_true (series_get (series, i, &time_us, &value));
      assert_true (time_us == point->time_us && same (value, point->value));
      assert_true (found <= i);
      assert_true (found == 0
                   || g_array_index (points, struct point, found - 1).time_us < point->time_us);
      if (i + 1 < points->len && point[1].time_us > point->time_us)
        assert_true (same (series_at (series, point->time_us), point->value)
                     && same (series_at (series, point[1].time_us - 1), point->value));
    }
  assert_true (isnan (series_at (series, first - 1)));
  assert_int_equal (series_find (series, last + 1), 10000);
  assert_false (series_get (series, 10000, &time_us, &value));
}

static void
times_never_go_back (void **state)
{
  g_autoptr (Series) series = series_new (UNLIMITED);
  gint64 first, last;

  assert_false (series_span (series, &first, &last));
  series_add (series, 10, 1);
  series_add (series, 9, 2);
  series_add (series, 10, 3);
  assert_int_equal (series_length (series), 2);
  assert_true (series_at (series, 10) == 3);
  assert_true (series_at (series, G_MAXINT64) == 3);
  series_clear (series);
  assert_int_equal (series_length (series), 0);
  series_add (series, 1, 4);
  assert_true (series_at (series, 1) == 4);
}

static void
columns_share_the_whole_range_of_times (void **state)
{
  assert_int_equal (series_column_begin (G_MININT64, G_MAXINT64, 7, 0), G_MININT64);
  assert_int_equal (series_column_begin (G_MININT64, G_MAXINT64, 7, 7), G_MAXINT64);
  for (guint i = 0; i < 4000; i++)
    assert_true (series_column_begin (G_MININT64, G_MAXINT64, 4000, i)
                 < series_column_begin (G_MININT64, G_MAXINT64, 4000, i + 1));
}

static void
a_copy_goes_its_own_way (void **state)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  g_autoptr (GArray) points = make_points (random, 9000, 0);
  g_autoptr (Series) series = series_of (points, UNLIMITED);
  g_autoptr (Series) copy = series_copy (series);
  gint64 last = g_array_index (points, struct point, 8999).time_us;

  series_add (series, last + 1, 1e9);
  assert_columns (copy, points, 0, last + 2, 77);
  assert_int_equal (series_length (copy), 9000);
  series_add (copy, last + 5, 2);
  assert_true (series_at (copy, last + 5) == 2);
  assert_true (series_at (series, last + 5) == 1e9);
}

struct spilled
{
  GArray *points;
};

static void
note_spilled (Series *series, const gint64 *times, const double *values, guint n,
              gpointer user_data)
{
  struct spilled *spilled = user_data;

  for (guint i = 0; i < n; i++)
    {
      struct point point = { times[i], values[i] };

      g_array_append_val (spilled->points, point);
    }
}

/* However long it grows: its memory stays, its extremes stay, its newest samples stay all. */
static void
what_does_not_fit_is_thinned_and_never_cut (void **state)
{
  const gsize limit = 512 * 1024;
  const guint n = 1500000;
  g_autoptr (GRand) random = g_rand_new_with_seed (6);
  g_autoptr (GArray) points = make_points (random, n, 0);
  g_autoptr (Series) series = series_new (limit);
  struct spilled spilled = { g_array_new (FALSE, FALSE, sizeof (struct point)) };
  gint64 first, last, time_us, before = G_MININT64;
  guint at = 0, gaps = 0;
  double value;

  series_set_spill (series, note_spilled, &spilled);
  for (guint i = 0; i < n; i++)
    {
      const struct point *point = &g_array_index (points, struct point, i);

      series_add (series, point->time_us, point->value);
      if (i == 1000)
        assert_false (series_is_thinned_between (series, G_MININT64, G_MAXINT64));
      assert_true (series_bytes (series) <= limit);
    }
  assert_true (series_span (series, &first, &last));
  assert_int_equal (first <= g_array_index (points, struct point, 16).time_us, TRUE);
  assert_int_equal (last, g_array_index (points, struct point, n - 1).time_us);
  assert_true (series_is_thinned_between (series, first, first + 1));
  assert_true (series_is_thinned_between (series, G_MININT64, last));
  assert_false (series_is_thinned_between (series, last, G_MAXINT64));
  assert_false (series_is_thinned_between (series, G_MININT64, first));

  /* What was spilled and what is not thinned are all there was. */
  assert_true (spilled.points->len > 0 && spilled.points->len < n);
  for (guint i = 0; i < spilled.points->len; i++)
    assert_true (g_array_index (spilled.points, struct point, i).time_us
                   == g_array_index (points, struct point, i).time_us
                 && same (g_array_index (spilled.points, struct point, i).value,
                          g_array_index (points, struct point, i).value));
  for (guint i = 1; i <= n - spilled.points->len; i++)
    {
      assert_true (series_get (series, series_length (series) - i, &time_us, &value));
      assert_true (time_us == g_array_index (points, struct point, n - i).time_us
                   && same (value, g_array_index (points, struct point, n - i).value));
    }

  /* Each sample that is left was one, in the same order. */
  for (guint64 i = 0; i < series_length (series); i++)
    {
      assert_true (series_get (series, i, &time_us, &value));
      assert_true (time_us >= before);
      before = time_us;
      while (at < n
             && !(g_array_index (points, struct point, at).time_us == time_us
                  && same (g_array_index (points, struct point, at).value, value)))
        at++;
      assert_true (at++ < n);
      gaps += isnan (value);
    }
  assert_true (gaps > 0);
  g_array_unref (spilled.points);
}

static void
thinning_keeps_the_extremes_of_every_part (void **state)
{
  const guint n = 200000;
  g_autoptr (Series) series = series_new (0);
  SeriesColumn columns[20];

  /* A spike in each twentieth, among numbers that hardly differ. */
  for (guint i = 0; i < n; i++)
    series_add (series, i, i % (n / 20) == n / 40 ? 1000.0 + i : (i % 7) / 10.0);
  assert_true (series_length (series) < n / 3);
  series_columns (series, 0, n, 20, columns);
  for (guint i = 0; i < 20; i++)
    {
      assert_true (columns[i].maximum == 1000.0 + i * (n / 20) + n / 40);
      assert_true (columns[i].minimum == 0);
    }
}

/* A limit that becomes less applies at once: when more series share it. */
static void
a_lower_limit_applies_at_once (void **state)
{
  g_autoptr (Series) series = series_new (UNLIMITED);

  for (guint i = 0; i < 200000; i++)
    series_add (series, i, i % 100);
  assert_true (series_bytes (series) > 3000000);
  series_set_limit (series, 1000000);
  assert_true (series_bytes (series) <= 1000000);
  assert_true (series_is_thinned_between (series, 0, 200000));
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (any_span_is_what_every_sample_of_it_says),
    cmocka_unit_test (samples_are_found_by_time_and_by_index),
    cmocka_unit_test (times_never_go_back),
    cmocka_unit_test (columns_share_the_whole_range_of_times),
    cmocka_unit_test (a_copy_goes_its_own_way),
    cmocka_unit_test (what_does_not_fit_is_thinned_and_never_cut),
    cmocka_unit_test (thinning_keeps_the_extremes_of_every_part),
    cmocka_unit_test (a_lower_limit_applies_at_once),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
