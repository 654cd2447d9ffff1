/* What became of one scalar, beside the same computed the long way round. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "entry-statistics.h"

#define S 1000000  /* a second */

static void
add_real (EntryStatistics *statistics, gint64 time_us, double value)
{
  entry_statistics_add (statistics, time_us,
                        &(Number) { .form = NUMBER_DOUBLE, .real = value });
}

static void
add_integer (EntryStatistics *statistics, gint64 time_us, WideInteger value)
{
  entry_statistics_add (statistics, time_us,
                        &(Number) { .form = NUMBER_INTEGER, .integer = value });
}

static double
real_of (const EntryStatistics *statistics, enum statistic which)
{
  Number number = { .form = NUMBER_DOUBLE, .real = -4711 };

  assert_true (entry_statistics_get (statistics, which, &number));
  return number.real;
}

static WideInteger
integer_of (const EntryStatistics *statistics, enum statistic which)
{
  Number number = { .form = NUMBER_INTEGER };

  assert_true (entry_statistics_get (statistics, which, &number));
  return number.integer;
}

static void
assert_near (double value, double expected, double tolerance)
{
  if (!(fabs (value - expected) <= tolerance))
    fail_msg ("%.17g is not within %g of %.17g", value, tolerance, expected);
}

static void
without_values_there_is_nothing (void **state)
{
  g_autoptr (EntryStatistics) statistics = entry_statistics_new ();
  Number number = { .form = NUMBER_DOUBLE };

  for (int i = STATISTIC_LAST; i <= STATISTIC_MAXIMUM; i++)
    assert_false (entry_statistics_get (statistics, i, &number));
  assert_true (isnan (entry_statistics_mean (statistics, S)));
  assert_true (isnan (entry_statistics_rate (statistics, STATISTIC_1_S, S)));
  assert_int_equal (entry_statistics_changes (statistics, NULL), 0);
  entry_statistics_pause (statistics, S);
  entry_statistics_reset (statistics, S);
  assert_false (entry_statistics_get (statistics, STATISTIC_LAST, &number));
}

static void
changes_are_counted_and_the_one_before_is_kept (void **state)
{
  g_autoptr (EntryStatistics) statistics = entry_statistics_new ();
  Number number;
  gint64 when = -1;

  add_real (statistics, 1 * S, 5);
  add_real (statistics, 2 * S, 5);
  assert_false (entry_statistics_get (statistics, STATISTIC_PREVIOUS, &number));
  assert_int_equal (entry_statistics_changes (statistics, &when), 0);
  assert_int_equal (when, 0);
  add_real (statistics, 3 * S, -2);
  add_real (statistics, 4 * S, -2);
  add_real (statistics, 5 * S, 7);
  add_real (statistics, 4 * S, 100);  /* older: left out */
  add_real (statistics, 6 * S, 7);
  assert_int_equal (entry_statistics_changes (statistics, &when), 2);
  assert_int_equal (when, 5 * S);
  assert_true (real_of (statistics, STATISTIC_LAST) == 7);
  assert_true (real_of (statistics, STATISTIC_PREVIOUS) == -2);
  assert_true (real_of (statistics, STATISTIC_MINIMUM) == -2);
  assert_true (real_of (statistics, STATISTIC_MAXIMUM) == 7);
}

static void
integers_of_64_bits_stay_exact (void **state)
{
  g_autoptr (EntryStatistics) statistics = entry_statistics_new ();
  const WideInteger big = G_MAXUINT64;

  add_integer (statistics, 0, big - 1);
  add_integer (statistics, 1 * S, big);
  add_integer (statistics, 2 * S, big - 2);
  assert_true (integer_of (statistics, STATISTIC_PREVIOUS) == big);
  assert_true (integer_of (statistics, STATISTIC_MAXIMUM) == big);
  assert_true (integer_of (statistics, STATISTIC_MINIMUM) == big - 2);
  assert_int_equal (entry_statistics_changes (statistics, NULL), 2);
  entry_statistics_reset (statistics, 3 * S);
  add_integer (statistics, 4 * S, G_MININT64);
  assert_true (integer_of (statistics, STATISTIC_MINIMUM) == G_MININT64);

}

static void
a_rate_is_exact_far_away_from_nothing (void **state)
{
  g_autoptr (EntryStatistics) statistics = entry_statistics_new ();

  for (int i = 0; i <= 20; i++)
    add_integer (statistics, i * S, ((WideInteger) 1 << 62) + i);
  assert_near (entry_statistics_rate (statistics, STATISTIC_10_S, 20 * S), 1, 1e-9);
  assert_true (entry_statistics_mean (statistics, 20 * S) == 0x1p62);
}

static void
nan_is_kept_apart (void **state)
{
  g_autoptr (EntryStatistics) statistics = entry_statistics_new ();

  add_real (statistics, 0, NAN);
  assert_true (isnan (real_of (statistics, STATISTIC_LAST)));
  assert_true (isnan (entry_statistics_mean (statistics, S)));
  add_real (statistics, 1 * S, 4);
  add_real (statistics, 3 * S, NAN);
  add_real (statistics, 4 * S, NAN);  /* the same */
  assert_int_equal (entry_statistics_changes (statistics, NULL), 2);
  assert_true (isnan (entry_statistics_rate (statistics, STATISTIC_1_S, 5 * S)));
  assert_true (entry_statistics_mean (statistics, 100 * S) == 4);
  add_real (statistics, 101 * S, 8);
  assert_true (real_of (statistics, STATISTIC_MINIMUM) == 4);
  assert_true (real_of (statistics, STATISTIC_MAXIMUM) == 8);
  assert_near (entry_statistics_mean (statistics, 103 * S), 6, 1e-9);  /* two seconds each */
  add_real (statistics, 103 * S, INFINITY);
  assert_true (isinf (real_of (statistics, STATISTIC_MAXIMUM)));
  assert_near (entry_statistics_mean (statistics, 200 * S), 6, 1e-9);
}

static void
the_mean_is_over_time (void **state)
{
  g_autoptr (EntryStatistics) statistics = entry_statistics_new ();

  add_real (statistics, 0, 1e15);
  assert_true (entry_statistics_mean (statistics, 0) == 1e15);
  add_real (statistics, 1 * S, 1e15 + 4);
  add_real (statistics, 4 * S, 1e15);
  /* 1 s at 0, 3 s at 4, 4 s at 0. */
  assert_near (entry_statistics_mean (statistics, 8 * S), 1e15 + 1.5, 0.2);

  /* What nobody looked at does not count. */
  entry_statistics_pause (statistics, 8 * S);
  assert_near (entry_statistics_mean (statistics, 1000 * S), 1e15 + 1.5, 0.2);
  add_real (statistics, 1000 * S, 1e15 + 8);
  assert_near (entry_statistics_mean (statistics, 1008 * S), 1e15 + 4.75, 0.2);

  entry_statistics_reset (statistics, 1010 * S);
  assert_true (entry_statistics_mean (statistics, 1020 * S) == 1e15 + 8);
  assert_true (real_of (statistics, STATISTIC_MINIMUM) == 1e15 + 8);
  assert_int_equal (entry_statistics_changes (statistics, NULL), 0);
}

static void
rates_are_those_of_their_spans (void **state)
{
  g_autoptr (EntryStatistics) statistics = entry_statistics_new ();
  gint64 now = 0;
  double value = 0;

  /* 10/s for 200 s at 10 Hz, then 50/s for 5 s. */
  add_real (statistics, now, value);
  assert_true (isnan (entry_statistics_rate (statistics, STATISTIC_1_S, now)));
  for (int i = 0; i < 2050; i++)
    {
      now += S / 10;
      value += i < 2000 ? 1 : 5;
      add_real (statistics, now, value);
      if (i == 10 || i == 1999)
        for (int span = STATISTIC_1_S; span <= STATISTIC_100_S; span++)
          assert_near (entry_statistics_rate (statistics, span, now), 10, 1e-6);
    }
  assert_near (entry_statistics_rate (statistics, STATISTIC_1_S, now), 50, 1e-6);
  assert_near (entry_statistics_rate (statistics, STATISTIC_10_S, now), 30, 1.5);
  assert_near (entry_statistics_rate (statistics, STATISTIC_100_S, now), 12, 0.6);

  /* It stands still. */
  assert_near (entry_statistics_rate (statistics, STATISTIC_1_S, now + S / 2), 25, 3);
  assert_near (entry_statistics_rate (statistics, STATISTIC_1_S, now + 2 * S), 0, 0);
  assert_near (entry_statistics_rate (statistics, STATISTIC_10_S, now + 5 * S), 25, 2.5);
  assert_near (entry_statistics_rate (statistics, STATISTIC_100_S, now + 200 * S), 0, 0);
}

/* Told only of changes, which come seldom and in bursts. */
static void
seldom_changes_have_a_rate_too (void **state)
{
  g_autoptr (EntryStatistics) statistics = entry_statistics_new ();

  add_real (statistics, 0, 0);
  add_real (statistics, 10000, 100);
  add_real (statistics, 15 * S, 200);
  assert_near (entry_statistics_rate (statistics, STATISTIC_10_S, 16 * S), 10, 0.5);
  assert_near (entry_statistics_rate (statistics, STATISTIC_10_S, 26 * S), 0, 0);
  assert_near (entry_statistics_rate (statistics, STATISTIC_100_S, 16 * S), 200 / 16.0, 1e-6);
}

/* Against all samples kept, with times and values at random. */
static void
it_agrees_with_the_long_way_round (void **state)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (4);

  for (int round = 0; round < 20; round++)
    {
      g_autoptr (EntryStatistics) statistics = entry_statistics_new ();
      gint64 times[500], now = 0;
      double values[500], weighted = 0, least = INFINITY, greatest = -INFINITY;
      guint changes = 0, at;

      for (guint i = 0; i < 500; i++)
        {
          now += g_rand_int_range (rand, 1, i % 50 == 0 ? 8 * S : S / 5);
          times[i] = now;
          values[i] = g_rand_boolean (rand) && i > 0 ? values[i - 1]
                                                     : g_rand_double_range (rand, -50, 50);
          changes += i > 0 && values[i] != values[i - 1];
          least = MIN (least, values[i]);
          greatest = MAX (greatest, values[i]);
          weighted += i > 0 ? values[i - 1] * (double) (now - times[i - 1]) : 0;
          add_real (statistics, now, values[i]);
        }
      assert_int_equal (entry_statistics_changes (statistics, NULL), changes);
      assert_true (real_of (statistics, STATISTIC_MINIMUM) == least);
      assert_true (real_of (statistics, STATISTIC_MAXIMUM) == greatest);
      assert_near (entry_statistics_mean (statistics, now),
                   weighted / (double) (now - times[0]), 1e-9);

      /* The value a twentieth of the span earlier at most. */
      for (at = 499; at > 0 && times[at] > now - 10 * S; at--)
        ;
      for (guint from = at;; from--)
        {
          double rate = entry_statistics_rate (statistics, STATISTIC_10_S, now);
          double expected = (values[499] - values[from]) / 10;

          if (fabs (rate - expected) <= fabs (expected) * 0.06)
            break;
          assert_true (from > 0 && times[from] > now - 10 * S - S / 2);
        }
    }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (without_values_there_is_nothing),
    cmocka_unit_test (changes_are_counted_and_the_one_before_is_kept),
    cmocka_unit_test (integers_of_64_bits_stay_exact),
    cmocka_unit_test (a_rate_is_exact_far_away_from_nothing),
    cmocka_unit_test (nan_is_kept_apart),
    cmocka_unit_test (the_mean_is_over_time),
    cmocka_unit_test (rates_are_those_of_their_spans),
    cmocka_unit_test (seldom_changes_have_a_rate_too),
    cmocka_unit_test (it_agrees_with_the_long_way_round),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
