/* lock-history.c - the last minute of a lock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "lock-history.h"

#define SPAN ((gint64) LOCK_HISTORY_SPAN_US)

static void
look (LockHistory *history, gint64 time_us, enum shmlens_lock_state state, guint64 held_us)
{
  LockInfo info = { .kind = LOCK_ROBUST, .state = state, .held_ns = held_us * 1000 };

  lock_history_add (history, time_us, &info);
}

static void
nothing_is_known_before_the_first_look (void **state)
{
  g_autoptr (LockHistory) history = lock_history_new ();

  assert_int_equal (lock_history_get (history, 0), LOCK_PAST_UNKNOWN);
  assert_true (isnan (lock_history_share (history)));
  assert_int_equal (lock_history_longest_ns (history), 0);
}

static void
each_look_is_kept_for_a_minute (void **state)
{
  g_autoptr (LockHistory) history = lock_history_new ();
  const gint64 start = 1000 * SPAN;

  look (history, start, SHMLENS_LOCK_FREE, 0);
  look (history, start + 2 * SPAN + 10, SHMLENS_LOCK_HELD, 10);
  assert_int_equal (lock_history_get (history, 0), LOCK_PAST_HELD);
  assert_int_equal (lock_history_get (history, 1), LOCK_PAST_UNKNOWN);
  assert_int_equal (lock_history_get (history, 2), LOCK_PAST_FREE);
  assert_true (lock_history_share (history) == 0.5);
  assert_int_equal (lock_history_longest_ns (history), 10000);

  look (history, start + LOCK_HISTORY_SPANS * SPAN, SHMLENS_LOCK_FREE, 0);
  assert_int_equal (lock_history_get (history, LOCK_HISTORY_SPANS - 2), LOCK_PAST_HELD);
  assert_int_equal (lock_history_get (history, LOCK_HISTORY_SPANS), LOCK_PAST_UNKNOWN);
  look (history, start + 100 * LOCK_HISTORY_SPANS * SPAN, SHMLENS_LOCK_FREE, 0);
  for (guint i = 1; i <= LOCK_HISTORY_SPANS; i++)
    assert_int_equal (lock_history_get (history, i), LOCK_PAST_UNKNOWN);
  assert_true (lock_history_share (history) == 0);
  assert_int_equal (lock_history_longest_ns (history), 10000);
}

static void
it_was_held_since_it_says_so (void **state)
{
  g_autoptr (LockHistory) history = lock_history_new ();
  const gint64 start = 1000 * SPAN;

  look (history, start, SHMLENS_LOCK_FREE, 0);
  look (history, start + 9 * SPAN, SHMLENS_LOCK_HELD, (guint64) (4 * SPAN));
  for (guint i = 0; i <= 4; i++)
    assert_int_equal (lock_history_get (history, i), LOCK_PAST_HELD);
  assert_int_equal (lock_history_get (history, 5), LOCK_PAST_UNKNOWN);
  /* A span that was free at one look and held at another was held. */
  look (history, start + 9 * SPAN + 1, SHMLENS_LOCK_FREE, 0);
  assert_int_equal (lock_history_get (history, 0), LOCK_PAST_HELD);

  /* Longer than a minute, longer than any clock runs, and before the clock began. */
  look (history, start + 10 * SPAN, SHMLENS_LOCK_HELD, (guint64) (2 * LOCK_HISTORY_SPANS * SPAN));
  assert_int_equal (lock_history_get (history, LOCK_HISTORY_SPANS - 1), LOCK_PAST_HELD);
  look (history, start + 10 * SPAN, SHMLENS_LOCK_HELD, G_MAXUINT64 / 1000);
  assert_int_equal (lock_history_get (history, LOCK_HISTORY_SPANS - 1), LOCK_PAST_HELD);
}

static void
a_dead_holder_is_seen_above_all (void **state)
{
  g_autoptr (LockHistory) history = lock_history_new ();

  look (history, 5 * SPAN, SHMLENS_LOCK_DEAD, 0);
  look (history, 5 * SPAN + 1, SHMLENS_LOCK_HELD, 1);
  assert_int_equal (lock_history_get (history, 0), LOCK_PAST_DEAD);
  look (history, 4 * SPAN, SHMLENS_LOCK_FREE, 0);
  assert_int_equal (lock_history_get (history, 1), LOCK_PAST_UNKNOWN);
  look (history, 6 * SPAN, SHMLENS_LOCK_UNKNOWN, 0);
  assert_int_equal (lock_history_get (history, 0), LOCK_PAST_UNKNOWN);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (nothing_is_known_before_the_first_look),
    cmocka_unit_test (each_look_is_kept_for_a_minute),
    cmocka_unit_test (it_was_held_since_it_says_so),
    cmocka_unit_test (a_dead_holder_is_seen_above_all),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
