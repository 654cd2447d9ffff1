/* The last while of a value, in columns. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "entry-trace.h"

static void
assert_column (const EntryTrace *trace, guint column, double least, double greatest)
{
  double got_least = NAN, got_greatest = NAN;

  assert_true (entry_trace_get (trace, column, &got_least, &got_greatest));
  assert_true (got_least == least);
  assert_true (got_greatest == greatest);
}

static void
assert_unknown (const EntryTrace *trace, guint column)
{
  double least, greatest;

  assert_false (entry_trace_get (trace, column, &least, &greatest));
}

static void
columns_hold_the_least_and_the_greatest (void **state)
{
  g_autoptr (EntryTrace) trace = entry_trace_new (4, 100);
  guint64 serial;

  for (guint i = 0; i < 5; i++)
    assert_unknown (trace, i);
  entry_trace_add (trace, 1000, 5);
  serial = entry_trace_get_serial (trace);
  entry_trace_add (trace, 1040, 9);
  entry_trace_add (trace, 1099, 2);
  assert_int_equal (entry_trace_get_serial (trace), serial);
  assert_unknown (trace, 2);
  assert_column (trace, 3, 2, 9);
  entry_trace_add (trace, 990, 100);  /* older: left out */
  assert_column (trace, 3, 2, 9);

  /* It stayed 2 until the next one came. */
  entry_trace_add (trace, 1250, 3);
  assert_true (entry_trace_get_serial (trace) > serial);
  assert_column (trace, 1, 2, 9);
  assert_column (trace, 2, 2, 2);
  assert_column (trace, 3, 2, 3);
  entry_trace_advance (trace, 1400);
  assert_column (trace, 0, 2, 2);
  assert_column (trace, 1, 2, 3);
  assert_column (trace, 3, 3, 3);
}

static void
what_is_not_known_is_a_gap (void **state)
{
  g_autoptr (EntryTrace) trace = entry_trace_new (4, 100);

  entry_trace_add (trace, 0, 1);
  entry_trace_add (trace, 110, NAN);
  entry_trace_add (trace, 310, 4);
  assert_column (trace, 0, 1, 1);
  assert_column (trace, 1, 1, 1);  /* its beginning */
  assert_unknown (trace, 2);
  assert_column (trace, 3, 4, 4);
  entry_trace_clear (trace);
  assert_unknown (trace, 3);
  entry_trace_add (trace, 320, INFINITY);
  assert_unknown (trace, 3);
}

static void
a_long_time_costs_as_much_as_there_are_columns (void **state)
{
  g_autoptr (EntryTrace) trace = entry_trace_new (4, 1);

  entry_trace_add (trace, 5, 1);
  entry_trace_advance (trace, G_MAXINT64 / 2);
  for (guint i = 0; i < 4; i++)
    assert_column (trace, i, 1, 1);
  entry_trace_add (trace, -5, 1);
  entry_trace_add (trace, G_MAXINT64, 2);
  assert_column (trace, 3, 1, 2);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (columns_hold_the_least_and_the_greatest),
    cmocka_unit_test (what_is_not_known_is_a_gap),
    cmocka_unit_test (a_long_time_costs_as_much_as_there_are_columns),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
