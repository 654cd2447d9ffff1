/* The ring of a watched entry's values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "history.h"

static void
assert_point (const History *history, guint index, gint64 time_us, double value)
{
  gint64 got_time = -1;
  double got_value = -1;

  assert_true (history_get (history, index, &got_time, &got_value));
  assert_int_equal (got_time, time_us);
  assert_true (got_value == value);
}

static void
the_oldest_goes_when_it_is_full (void **state)
{
  g_autoptr (History) history = history_new (3);

  assert_int_equal (history_length (history), 0);
  assert_false (history_get (history, 0, NULL, NULL));
  for (int i = 0; i < 5; i++)
    history_add (history, i * 10, i);
  assert_int_equal (history_length (history), 3);
  assert_point (history, 0, 20, 2);
  assert_point (history, 1, 30, 3);
  assert_point (history, 2, 40, 4);
  assert_false (history_get (history, 3, NULL, NULL));
  history_clear (history);
  assert_int_equal (history_length (history), 0);
  history_add (history, 7, 7);
  assert_point (history, 0, 7, 7);
}

static void
times_never_go_back (void **state)
{
  g_autoptr (History) history = history_new (4);

  history_add (history, 10, 1);
  history_add (history, 9, 2);
  history_add (history, 10, 3);
  assert_int_equal (history_length (history), 2);
  assert_point (history, 1, 10, 3);
}

static void
the_rate_is_that_of_the_last_span (void **state)
{
  g_autoptr (History) history = history_new (100);

  assert_true (isnan (history_rate (history, 1000)));
  history_add (history, 0, 5);
  assert_true (isnan (history_rate (history, 1000)));
  history_add (history, 0, 6);
  assert_true (isnan (history_rate (history, 1000)));
  history_clear (history);

  /* 1 a second for ten seconds, then 10 a second for one; enough to go round the ring. */
  for (int i = 0; i <= 100; i++)
    history_add (history, i * 100000, i * 0.1);
  for (int i = 1; i <= 10; i++)
    history_add (history, 10000000 + i * 100000, 10 + i);
  assert_true (fabs (history_rate (history, 1000000) - 10) < 1e-9);
  assert_true (fabs (history_rate (history, 2000000) - 5.5) < 1e-9);
  assert_true (fabs (history_rate (history, 0) - 10) < 1e-9);
  /* From the oldest there is, when all are younger. */
  assert_true (fabs (history_rate (history, G_MAXINT64) - (20 - 1.1) / 9.9) < 1e-9);
}

static void
two_points_are_enough_for_a_rate (void **state)
{
  g_autoptr (History) history = history_new (2);

  history_add (history, 0, 1);
  history_add (history, 500000, 2);
  assert_true (history_rate (history, 1) == 2.0);
  assert_true (history_rate (history, 10000000) == 2.0);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (the_oldest_goes_when_it_is_full),
    cmocka_unit_test (times_never_go_back),
    cmocka_unit_test (the_rate_is_that_of_the_last_span),
    cmocka_unit_test (two_points_are_enough_for_a_rate),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
