/* The sampler: what is handed over, when, and that nothing breaks when watches come
 * and go. Most tests pause the clock and make each tick by sampler_kick(). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "sampler.h"
#include "support/fake-attachment.h"
#include "support/wait.h"

#define OTHER_PID 4242

/* What the callbacks of one watch were given. */
struct record
{
  guint calls;
  Sample sample;
  gboolean has_elements, has_previous;
  gint64 elements[8], previous[8];
  gpointer other;
};

struct fixture
{
  FakeAttachment *fake;
  Attachment *attachment;
  Sampler *sampler;
  EntryInfo *array;   /* eight int64: 0 10 20 ... */
  guint ticks;
};

static void
count_tick (Sampler *sampler, gint64 time_us, gpointer data)
{
  struct fixture *f = data;

  assert_true (time_us > 0);
  f->ticks++;
}

static void
record_sample (Watch *watch, const Sample *sample, gpointer data)
{
  struct record *record = data;
  gsize bytes = (sample->last - sample->first) * watch_get_entry (watch)->type.size;

  record->calls++;
  record->sample = *sample;
  record->has_elements = sample->elements != NULL;
  record->has_previous = sample->previous != NULL;
  if (sample->elements != NULL)
    memcpy (record->elements, sample->elements, MIN (bytes, sizeof record->elements));
  if (sample->previous != NULL)
    memcpy (record->previous, sample->previous, MIN (bytes, sizeof record->previous));
}

static int
set_up (void **state)
{
  static const gint64 initial[8] = { 0, 10, 20, 30, 40, 50, 60, 70 };
  struct fixture *f = g_new0 (struct fixture, 1);

  f->fake = fake_attachment_new (65536);
  f->attachment = fake_attachment_base (f->fake);
  f->array = fake_attachment_add_plain (f->fake, "counts", 'q', 8, initial);
  f->sampler = sampler_new ();
  sampler_set_paused (f->sampler, TRUE);
  sampler_set_tick_func (f->sampler, count_tick, f);
  *state = f;
  return 0;
}

static int
tear_down (void **state)
{
  struct fixture *f = *state;

  sampler_free (f->sampler);
  entry_info_unref (f->array);
  fake_attachment_unref (f->fake);
  g_free (f);
  return 0;
}

static void
tick (struct fixture *f)
{
  guint before = f->ticks;

  sampler_kick (f->sampler);
  WAIT_UNTIL (f->ticks > before);
}

static void
the_first_sample_comes_at_once_even_when_paused (void **state)
{
  struct fixture *f = *state;
  struct record r = { 0 };
  Watch *watch = sampler_watch (f->sampler, f->attachment, f->array, 1, 4, record_sample, &r);

  WAIT_UNTIL (r.calls > 0);
  assert_int_equal (r.calls, 1);
  assert_int_equal (f->ticks, 0);
  assert_int_equal (r.sample.status, SHMLENS_CONSISTENCY_SEQUENCE);
  assert_int_equal (r.sample.first, 1);
  assert_int_equal (r.sample.last, 4);
  assert_int_equal (r.elements[0], 10);
  assert_int_equal (r.elements[2], 30);
  assert_false (r.sample.changed);
  assert_false (r.has_previous);
  assert_true (r.sample.has_writes);
  assert_true (r.sample.has_lock);
  assert_int_equal (r.sample.lock.state, SHMLENS_LOCK_FREE);
  assert_true (r.sample.time_us > 0);
  assert_ptr_equal (watch_get_entry (watch), f->array);
  assert_ptr_equal (watch_get_attachment (watch), f->attachment);
}

static void
only_what_differs_is_handed_over (void **state)
{
  struct fixture *f = *state;
  struct record changing = { 0 }, still = { 0 };
  gint64 value = 11;

  sampler_watch (f->sampler, f->attachment, f->array, 1, 2, record_sample, &changing);
  WAIT_UNTIL (changing.calls == 1);
  EntryInfo *other = fake_attachment_add_plain (f->fake, "still", 'q', 0, NULL);
  sampler_watch (f->sampler, f->attachment, other, 0, 1, record_sample, &still);
  WAIT_UNTIL (still.calls == 1);

  for (int i = 0; i < 5; i++, value++)
    {
      tick (f);
      fake_attachment_poke (f->fake, f->array, 1, 1, &value);
      tick (f);
      assert_int_equal (changing.calls, 2 + i);
      assert_true (changing.sample.changed);
      assert_int_equal (changing.elements[0], value);
      assert_true (changing.has_previous);
      assert_int_equal (changing.previous[0], value - 1);
      assert_int_equal (changing.sample.writes, i + 1);
    }
  assert_int_equal (still.calls, 1);
  entry_info_unref (other);
}

static void
a_write_of_the_same_value_is_news_but_no_change (void **state)
{
  struct fixture *f = *state;
  struct record r = { 0 };
  gint64 value = 1;

  sampler_watch (f->sampler, f->attachment, f->array, 0, 1, record_sample, &r);
  WAIT_UNTIL (r.calls == 1);
  fake_attachment_poke (f->fake, f->array, 0, 1, &value);
  tick (f);
  assert_true (r.sample.changed);
  fake_attachment_poke (f->fake, f->array, 0, 1, &value);
  tick (f);
  assert_int_equal (r.calls, 3);
  assert_false (r.sample.changed);
  assert_false (r.has_previous);
  assert_true (r.has_elements);
}

static void
a_change_is_seen_without_a_write_counter (void **state)
{
  struct fixture *f = *state;
  EntryInfo values = { .name = (char *) "plain", .lock_kind = LOCK_NONE };
  g_autoptr (EntryInfo) plain = NULL;
  struct record r = { 0 };
  gint64 value = 1;

  shmlens_type_from_code ('q', &values.type);
  plain = fake_attachment_add (f->fake, &values, NULL);
  sampler_watch (f->sampler, f->attachment, plain, 0, 1, record_sample, &r);
  WAIT_UNTIL (r.calls == 1);
  assert_false (r.sample.has_writes);
  assert_false (r.sample.has_lock);
  fake_attachment_poke (f->fake, plain, 0, 1, &value);
  tick (f);
  assert_int_equal (r.calls, 2);
  assert_true (r.sample.changed);
  assert_int_equal (r.elements[0], 1);
}

static void
another_range_is_read_at_once_and_marks_no_change (void **state)
{
  struct fixture *f = *state;
  struct record r = { 0 };
  Watch *watch = sampler_watch (f->sampler, f->attachment, f->array, 0, 2, record_sample, &r);
  gint64 value = 99;

  WAIT_UNTIL (r.calls == 1);
  sampler_set_range (f->sampler, watch, 5, 8);
  WAIT_UNTIL (r.calls == 2);
  assert_int_equal (r.sample.first, 5);
  assert_int_equal (r.sample.last, 8);
  assert_int_equal (r.elements[2], 70);
  assert_false (r.sample.changed);

  fake_attachment_poke (f->fake, f->array, 7, 1, &value);
  tick (f);
  assert_true (r.sample.changed);
  assert_int_equal (r.elements[2], 99);
  assert_int_equal (r.previous[2], 70);

  sampler_set_range (f->sampler, watch, 5, 8);
  tick (f);
  assert_int_equal (r.calls, 3);

  sampler_set_range (f->sampler, watch, 3, 3);
  WAIT_UNTIL (r.calls == 4);
  assert_int_equal (r.sample.status >= 0, 1);
}

static void
a_range_that_is_not_there_says_so (void **state)
{
  struct fixture *f = *state;
  struct record r = { 0 }, huge = { 0 };
  EntryInfo values = *f->array;
  g_autoptr (EntryInfo) large = NULL;
  Watch *watch = sampler_watch (f->sampler, f->attachment, f->array, 6, 9, record_sample, &r);

  WAIT_UNTIL (r.calls == 1);
  assert_int_equal (r.sample.status, -ERANGE);
  assert_false (r.has_elements);
  sampler_set_range (f->sampler, watch, 4, 2);
  WAIT_UNTIL (r.calls == 2);
  assert_int_equal (r.sample.status, -ERANGE);

  values.length = G_MAXUINT64;
  large = entry_info_new (&values);
  sampler_watch (f->sampler, f->attachment, large, 0, G_MAXUINT64, record_sample, &huge);
  WAIT_UNTIL (huge.calls == 1);
  assert_int_equal (huge.sample.status, -ENOMEM);
  assert_false (huge.has_elements);
}

static void
the_last_values_stay_when_the_memory_goes_away (void **state)
{
  struct fixture *f = *state;
  struct record r = { 0 };

  sampler_watch (f->sampler, f->attachment, f->array, 1, 3, record_sample, &r);
  WAIT_UNTIL (r.calls == 1);
  fake_attachment_set_gone (f->fake, TRUE);
  tick (f);
  assert_int_equal (r.calls, 2);
  assert_int_equal (r.sample.status, -EFAULT);
  assert_true (r.has_elements);
  assert_int_equal (r.elements[1], 20);
  assert_false (r.sample.changed);
  tick (f);
  assert_int_equal (r.calls, 2);

  fake_attachment_set_gone (f->fake, FALSE);
  tick (f);
  assert_int_equal (r.calls, 3);
  assert_true (r.sample.status >= 0);
  fake_attachment_remove (f->fake, f->array);
  tick (f);
  assert_int_equal (r.sample.status, -ESTALE);
  assert_int_equal (r.elements[1], 20);
}

static void
who_holds_the_lock_is_news (void **state)
{
  struct fixture *f = *state;
  struct record r = { 0 };

  sampler_watch (f->sampler, f->attachment, f->array, 0, 1, record_sample, &r);
  WAIT_UNTIL (r.calls == 1);
  fake_attachment_hold (f->fake, f->array, OTHER_PID);
  tick (f);
  assert_int_equal (r.calls, 2);
  assert_int_equal (r.sample.lock.state, SHMLENS_LOCK_HELD);
  assert_int_equal (r.sample.lock.owner_pid, OTHER_PID);
  assert_false (r.sample.changed);
  fake_attachment_kill_holder (f->fake, f->array);
  tick (f);
  assert_int_equal (r.calls, 3);
  assert_int_equal (r.sample.lock.state, SHMLENS_LOCK_DEAD);
  fake_attachment_release (f->fake, f->array);
  tick (f);
  assert_int_equal (r.calls, 4);
  assert_int_equal (r.sample.lock.state, SHMLENS_LOCK_FREE);
}

static void
how_long_the_lock_is_held_is_news_once_a_second (void **state)
{
  struct fixture *f = *state;
  struct record r = { 0 };
  gint64 start = g_get_monotonic_time ();
  guint64 held;

  fake_attachment_hold (f->fake, f->array, OTHER_PID);
  sampler_watch (f->sampler, f->attachment, f->array, 0, 1, record_sample, &r);
  WAIT_UNTIL (r.calls == 1);
  held = r.sample.lock.held_ns;
  sampler_set_rate (f->sampler, 200);
  sampler_set_paused (f->sampler, FALSE);
  WAIT_UNTIL (r.calls == 2);
  assert_true (r.sample.lock.held_ns >= held + 999000000);
  assert_true (f->ticks > 20);
  assert_true (r.calls <= 1 + (g_get_monotonic_time () - start) / G_USEC_PER_SEC);
}

static void
a_late_main_loop_gets_the_newest_sample_once (void **state)
{
  struct fixture *f = *state;
  struct record r = { 0 };
  struct sampler_statistics statistics;
  gint64 end = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;
  gint64 value = 0;

  sampler_watch (f->sampler, f->attachment, f->array, 0, 1, record_sample, &r);
  WAIT_UNTIL (r.calls == 1);
  f->ticks = 0;
  for (guint64 n = 1; n <= 5; n++)
    {
      value = n * 100;
      fake_attachment_poke (f->fake, f->array, 0, 1, &value);
      sampler_kick (f->sampler);
      do
        {
          sampler_get_statistics (f->sampler, &statistics);
          assert_true (g_get_monotonic_time () < end);
          g_thread_yield ();
        }
      while (statistics.ticks < n);
    }
  WAIT_UNTIL (f->ticks > 0);
  assert_int_equal (f->ticks, 1);
  assert_int_equal (r.calls, 2);
  assert_int_equal (r.elements[0], 500);
  assert_int_equal (r.previous[0], 0);
  assert_true (r.sample.changed);
}

static void
a_segment_is_refreshed_once_a_tick (void **state)
{
  struct fixture *f = *state;
  struct record records[8] = { 0 };
  struct fake_counts before, after;

  for (int i = 0; i < 8; i++)
    sampler_watch (f->sampler, f->attachment, f->array, i, i + 1, record_sample, &records[i]);
  for (int i = 0; i < 8; i++)
    WAIT_UNTIL (records[i].calls == 1);
  fake_attachment_get_counts (f->fake, &before);
  for (int i = 0; i < 10; i++)
    tick (f);
  fake_attachment_get_counts (f->fake, &after);
  assert_int_equal (after.refreshes - before.refreshes, 10);
  assert_int_equal (after.reads - before.reads, 80);
  assert_int_equal (after.locks, 0);
}

static void
count_segment_call (Attachment *attachment, gpointer data)
{
  ++*(guint *) data;
}

static void
a_watched_segment_tells_of_its_state_and_entries (void **state)
{
  struct fixture *f = *state;
  guint calls = 0;
  g_autoptr (EntryInfo) added = NULL;
  g_autoptr (SegmentInfo) info = NULL;
  Watch *watch = sampler_watch_segment (f->sampler, f->attachment, count_segment_call, &calls);

  WAIT_UNTIL (calls == 1);
  tick (f);
  assert_int_equal (calls, 1);
  added = fake_attachment_add_plain (f->fake, "more", 'i', 0, NULL);
  tick (f);
  assert_int_equal (calls, 2);
  fake_attachment_set_state (f->fake, SEGMENT_REMOVED, "its name is gone");
  /* Somebody else may see it first. */
  attachment_refresh (f->attachment);
  tick (f);
  assert_int_equal (calls, 3);
  info = attachment_get_info (f->attachment);
  assert_int_equal (info->state, SEGMENT_REMOVED);
  tick (f);
  assert_int_equal (calls, 3);
  assert_null (watch_get_entry (watch));
}

static void
the_clock_runs_only_while_there_is_something_to_do (void **state)
{
  struct fixture *f = *state;
  struct record r = { 0 };
  struct sampler_statistics before, after;
  Watch *watch;

  sampler_set_rate (f->sampler, 5000);
  assert_true (sampler_get_rate (f->sampler) == SAMPLER_RATE_MAX);
  sampler_set_rate (f->sampler, -1);
  assert_true (sampler_get_rate (f->sampler) == SAMPLER_RATE_MIN);
  sampler_set_rate (f->sampler, 1000);
  sampler_set_paused (f->sampler, FALSE);
  assert_false (sampler_get_paused (f->sampler));
  watch = sampler_watch (f->sampler, f->attachment, f->array, 0, 1, record_sample, &r);
  WAIT_UNTIL (f->ticks > 10);

  sampler_unwatch (f->sampler, watch);
  tick (f);
  sampler_get_statistics (f->sampler, &before);
  g_usleep (30000);
  sampler_get_statistics (f->sampler, &after);
  assert_int_equal (after.ticks, before.ticks);

  sampler_watch (f->sampler, f->attachment, f->array, 0, 1, record_sample, &r);
  f->ticks = 0;
  WAIT_UNTIL (f->ticks > 10);
  sampler_set_paused (f->sampler, TRUE);
  tick (f);
  sampler_get_statistics (f->sampler, &before);
  g_usleep (30000);
  sampler_get_statistics (f->sampler, &after);
  assert_int_equal (after.ticks, before.ticks);
  assert_int_equal (after.missed, before.missed);
}

static void
unwatch_both (Watch *watch, const Sample *sample, gpointer data)
{
  struct record *record = data;
  gpointer *pair = record->other;

  record->calls++;
  for (int i = 0; i < 2; i++)
    sampler_unwatch (pair[2], g_steal_pointer (&pair[i]));
  /* What was given stays valid until we return. */
  assert_int_equal (*(const gint64 *) sample->elements, 10);
}

static void
watches_can_end_in_a_callback (void **state)
{
  struct fixture *f = *state;
  gpointer pair[3] = { NULL, NULL, f->sampler };
  struct record a = { .other = pair }, b = { .other = pair };

  pair[0] = sampler_watch (f->sampler, f->attachment, f->array, 1, 2, unwatch_both, &a);
  pair[1] = sampler_watch (f->sampler, f->attachment, f->array, 1, 2, unwatch_both, &b);
  tick (f);
  tick (f);
  assert_int_equal (a.calls + b.calls, 1);
}

static void
set_next_range (Watch *watch, const Sample *sample, gpointer data)
{
  struct record *record = data;

  assert_int_equal (*(const gint64 *) sample->elements, (gint64) sample->first * 10);
  if (++record->calls < 8)
    sampler_set_range (record->other, watch, sample->first + 1, sample->last + 1);
  assert_int_equal (*(const gint64 *) sample->elements, (gint64) sample->first * 10);
}

static void
the_range_can_be_set_in_a_callback (void **state)
{
  struct fixture *f = *state;
  struct record r = { .other = f->sampler };

  sampler_watch (f->sampler, f->attachment, f->array, 0, 1, set_next_range, &r);
  WAIT_UNTIL (r.calls == 8);
}

static void
free_sampler (Watch *watch, const Sample *sample, gpointer data)
{
  struct record *record = data;
  struct fixture *f = record->other;

  record->calls++;
  g_clear_pointer (&f->sampler, sampler_free);
  assert_int_equal (*(const gint64 *) sample->elements, 10);
}

static void
the_sampler_can_be_freed_in_a_callback (void **state)
{
  struct fixture *f = *state;
  struct record r = { .other = f };

  for (int i = 0; i < 3; i++)
    sampler_watch (f->sampler, f->attachment, f->array, 1, 2, free_sampler, &r);
  WAIT_UNTIL (r.calls == 1);
  for (int i = 0; i < 10; i++)
    g_main_context_iteration (NULL, FALSE);
  assert_int_equal (r.calls, 1);
  assert_int_equal (f->ticks, 0);
}

static void
nothing_is_called_once_it_is_freed (void **state)
{
  struct fixture *f = *state;
  struct record r = { 0 };
  struct fake_counts counts;

  sampler_watch (f->sampler, f->attachment, f->array, 0, 1, record_sample, &r);
  do
    fake_attachment_get_counts (f->fake, &counts);
  while (counts.reads == 0);
  g_clear_pointer (&f->sampler, sampler_free);
  for (int i = 0; i < 10; i++)
    g_main_context_iteration (NULL, FALSE);
  assert_int_equal (r.calls, 0);
}

struct storm
{
  struct fixture *f;
  Watch *watch;
  gint stop;
};

static void *
set_ranges (void *data)
{
  struct storm *storm = data;

  for (guint64 i = 0; !g_atomic_int_get (&storm->stop); i++)
    {
      gint64 value = i % 8 * 10;

      sampler_set_range (storm->f->sampler, storm->watch, i % 5, i % 5 + i % 4);
      fake_attachment_poke (storm->f->fake, storm->f->array, i % 8, 1, &value);
      g_usleep (20);
    }
  return NULL;
}

static void
check_elements (Watch *watch, const Sample *sample, gpointer data)
{
  const gint64 *elements = sample->elements;

  ++*(guint *) data;
  for (guint64 i = sample->first; i < sample->last; i++)
    assert_int_equal (elements[i - sample->first], i * 10);
}

static void
ranges_from_other_threads_and_short_lived_watches_do_no_harm (void **state)
{
  struct fixture *f = *state;
  struct storm storm = { .f = f };
  pthread_t thread;
  guint calls = 0, short_calls = 0;

  sampler_set_rate (f->sampler, 1000);
  sampler_set_paused (f->sampler, FALSE);
  storm.watch = sampler_watch (f->sampler, f->attachment, f->array, 0, 8, check_elements, &calls);
  assert_int_equal (pthread_create (&thread, NULL, set_ranges, &storm), 0);
  for (int i = 0; i < 300; i++)
    {
      guint before = f->ticks;
      Watch *watch = sampler_watch (f->sampler, f->attachment, f->array, i % 8, 8, check_elements,
                                    &short_calls);

      WAIT_UNTIL (f->ticks > before);
      sampler_unwatch (f->sampler, watch);
    }
  g_atomic_int_set (&storm.stop, TRUE);
  pthread_join (thread, NULL);
  assert_true (calls > 0);
  assert_true (short_calls > 0);
}

struct slow
{
  guint ticks, without_rest;
  gint64 took_us, end_us;
};

static void
be_slow (Sampler *sampler, gint64 time_us, gpointer data)
{
  struct slow *slow = data;
  gint64 start_us = g_get_monotonic_time ();

  slow->without_rest += slow->ticks > 0 && start_us - slow->end_us < slow->took_us;
  slow->ticks++;
  g_usleep (5000);
  slow->end_us = g_get_monotonic_time ();
  slow->took_us = slow->end_us - start_us;
}

/* As a window that cannot show samples as fast as they come: it must still be drawn. */
static void
half_of_the_time_is_left_to_what_is_less_urgent (void **state)
{
  struct fixture *f = *state;
  struct record r = { 0 };
  struct slow slow = { 0 };
  Watch *watch = sampler_watch (f->sampler, f->attachment, f->array, 0, 8, record_sample, &r);

  sampler_set_tick_func (f->sampler, be_slow, &slow);
  sampler_set_rate (f->sampler, SAMPLER_RATE_MAX);
  sampler_set_paused (f->sampler, FALSE);
  WAIT_UNTIL (slow.ticks >= 50);
  assert_int_equal (slow.without_rest, 0);
  sampler_unwatch (f->sampler, watch);
}

#define test_of(name) cmocka_unit_test_setup_teardown (name, set_up, tear_down)

int
main (void)
{
  const struct CMUnitTest tests[] = {
    test_of (the_first_sample_comes_at_once_even_when_paused),
    test_of (only_what_differs_is_handed_over),
    test_of (a_write_of_the_same_value_is_news_but_no_change),
    test_of (a_change_is_seen_without_a_write_counter),
    test_of (another_range_is_read_at_once_and_marks_no_change),
    test_of (a_range_that_is_not_there_says_so),
    test_of (the_last_values_stay_when_the_memory_goes_away),
    test_of (who_holds_the_lock_is_news),
    test_of (how_long_the_lock_is_held_is_news_once_a_second),
    test_of (a_late_main_loop_gets_the_newest_sample_once),
    test_of (a_segment_is_refreshed_once_a_tick),
    test_of (a_watched_segment_tells_of_its_state_and_entries),
    test_of (the_clock_runs_only_while_there_is_something_to_do),
    test_of (watches_can_end_in_a_callback),
    test_of (the_range_can_be_set_in_a_callback),
    test_of (the_sampler_can_be_freed_in_a_callback),
    test_of (nothing_is_called_once_it_is_freed),
    test_of (half_of_the_time_is_left_to_what_is_less_urgent),
    test_of (ranges_from_other_threads_and_short_lived_watches_do_no_harm),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
