/* Holding: the rules, what may be held, what ends a hold, and workers that write against it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "hold-keeper.h"
#include "inspect-error.h"
#include "support/fake-attachment.h"
#include "support/native-fixture.h"
#include "support/scratch.h"
#include "support/wait.h"

#define OTHER_PID 4242
#define KILLS 40

struct fake_fixture
{
  FakeAttachment *fake;
  Attachment *attachment;
  EntryInfo *n;   /* int32, 5 */
};

static int
set_up_fake (void **state)
{
  struct fake_fixture *f = g_new0 (struct fake_fixture, 1);
  const gint32 five = 5;

  f->fake = fake_attachment_new (4096);
  f->attachment = fake_attachment_base (f->fake);
  f->n = fake_attachment_add_plain (f->fake, "n", 'i', 0, &five);
  *state = f;
  return 0;
}

static int
tear_down_fake (void **state)
{
  struct fake_fixture *f = *state;

  entry_info_unref (f->n);
  fake_attachment_unref (f->fake);
  g_free (f);
  return 0;
}

static Hold *
try_hold (struct fake_fixture *f, EntryInfo *entry, enum hold_kind kind, const char *low,
          const char *high, gboolean risk, GError **error)
{
  const struct hold_place place = { f->attachment, entry, 0, -1, 0 };

  return hold_new (&place, kind, low, high, risk, error);
}

static Hold *
new_hold (struct fake_fixture *f, enum hold_kind kind, const char *low, const char *high)
{
  g_autoptr (GError) error = NULL;
  Hold *hold = try_hold (f, f->n, kind, low, high, FALSE, &error);

  if (hold == NULL)
    fail_msg ("%s", error->message);
  return hold;
}

/* What is left of a value that the program sets. */
static gint32
after (struct fake_fixture *f, Hold *hold, gint32 value)
{
  fake_attachment_poke (f->fake, f->n, 0, 1, &value);
  assert_true (hold_look (hold, NULL));
  fake_attachment_peek (f->fake, f->n, 0, 1, &value);
  return value;
}

static void
assert_described (Hold *hold, const char *expected)
{
  g_autofree char *text = hold_describe (hold);

  assert_string_equal (text, expected);
}

static void
assert_statistics (Hold *hold, guint64 writes, const char *found)
{
  struct hold_statistics statistics;

  hold_get_statistics (hold, &statistics);
  assert_int_equal (statistics.writes, writes);
  assert_string_equal (statistics.found, found);
  assert_null (statistics.reason);
}

static void
a_value_is_held_under_the_lock (void **state)
{
  struct fake_fixture *f = *state;
  g_autoptr (Hold) hold = new_hold (f, HOLD_VALUE, "7", NULL);
  struct fake_counts counts;

  assert_described (hold, "n at 7");
  assert_int_equal (after (f, hold, 7), 7);
  assert_statistics (hold, 0, "");
  /* What is right takes no lock. */
  fake_attachment_get_counts (f->fake, &counts);
  assert_int_equal (counts.locks, 0);
  assert_int_equal (after (f, hold, 8), 7);
  assert_int_equal (after (f, hold, -8), 7);
  assert_statistics (hold, 2, "-8");
  fake_attachment_get_counts (f->fake, &counts);
  assert_int_equal (counts.locked_stores, 2);
  assert_int_equal (counts.unlocks, 2);
}

static void
one_direction_is_let (void **state)
{
  struct fake_fixture *f = *state;
  g_autoptr (Hold) up = new_hold (f, HOLD_UP, NULL, NULL);
  g_autoptr (Hold) down = NULL;

  assert_described (up, "n only up");
  assert_int_equal (after (f, up, 4), 5);
  assert_int_equal (after (f, up, 9), 9);
  assert_int_equal (after (f, up, 8), 9);
  down = new_hold (f, HOLD_DOWN, NULL, NULL);
  assert_described (down, "n only down");
  assert_int_equal (after (f, down, 10), 9);
  assert_int_equal (after (f, down, 3), 3);
  assert_int_equal (after (f, down, 4), 3);
}

static void
a_range_has_two_ends (void **state)
{
  struct fake_fixture *f = *state;
  g_autoptr (Hold) hold = new_hold (f, HOLD_RANGE, "-2", "10");

  assert_described (hold, "n from -2 to 10");
  assert_int_equal (after (f, hold, 11), 10);
  assert_int_equal (after (f, hold, -3), -2);
  assert_int_equal (after (f, hold, 10), 10);
  assert_statistics (hold, 2, "-3");
}

static void
no_number_is_out_of_every_range (void **state)
{
  struct fake_fixture *f = *state;
  const double half = 0.5, nan = NAN;
  g_autoptr (EntryInfo) x = fake_attachment_add_plain (f->fake, "x", 'd', 0, &half);
  g_autoptr (Hold) hold = try_hold (f, x, HOLD_RANGE, "0", "1", FALSE, NULL);
  double now;

  fake_attachment_poke (f->fake, x, 0, 1, &nan);
  assert_true (hold_look (hold, NULL));
  fake_attachment_peek (f->fake, x, 0, 1, &now);
  assert_true (now == 0);
}

/* What a program has there for a moment, inside its own lock, is no value that it ever had. */
static void
a_passing_value_is_not_learnt (void **state)
{
  struct fake_fixture *f = *state;
  g_autoptr (Hold) up = new_hold (f, HOLD_UP, NULL, NULL);
  g_autoptr (Hold) begun_meanwhile = NULL;
  struct hold_statistics statistics;

  fake_attachment_hold (f->fake, f->n, OTHER_PID);
  assert_int_equal (after (f, up, 1000), 1000);
  begun_meanwhile = new_hold (f, HOLD_UP, NULL, NULL);
  assert_true (hold_look (begun_meanwhile, NULL));
  hold_get_statistics (up, &statistics);
  assert_int_equal (statistics.missed, 1);
  fake_attachment_poke (f->fake, f->n, 0, 1, &(gint32){ 6 });
  fake_attachment_release (f->fake, f->n);

  assert_true (hold_look (begun_meanwhile, NULL));
  assert_int_equal (after (f, up, 6), 6);
  assert_int_equal (after (f, up, 5), 6);
  assert_int_equal (after (f, begun_meanwhile, 5), 6);
}

/* Where no look can tell, a rise is learnt under the lock. */
static void
under_a_semaphore_a_rise_is_learnt_with_the_lock (void **state)
{
  struct fake_fixture *f = *state;
  EntryInfo values = *f->n;
  g_autoptr (EntryInfo) semaphore = NULL;
  g_autoptr (Hold) hold = NULL;
  struct fake_counts before, counts;
  gint32 now = 7;

  values.name = (char *) "semaphore";
  values.lock_kind = LOCK_SEMAPHORE;
  semaphore = fake_attachment_add (f->fake, &values, &now);
  hold = try_hold (f, semaphore, HOLD_UP, NULL, NULL, TRUE, NULL);
  fake_attachment_get_counts (f->fake, &before);
  assert_true (hold_look (hold, NULL));
  fake_attachment_get_counts (f->fake, &counts);
  assert_int_equal (counts.locks - before.locks, 1);
  /* What is as it was takes no lock. */
  assert_true (hold_look (hold, NULL));
  fake_attachment_get_counts (f->fake, &counts);
  assert_int_equal (counts.locks - before.locks, 1);
  now = 6;
  fake_attachment_poke (f->fake, semaphore, 0, 1, &now);
  assert_true (hold_look (hold, NULL));
  fake_attachment_peek (f->fake, semaphore, 0, 1, &now);
  assert_int_equal (now, 7);
}

/* It is not put back over the first number that comes. */
static void
from_no_number_every_direction_is_let (void **state)
{
  struct fake_fixture *f = *state;
  const double nan = NAN, first = 0.5, larger = 0.75;
  g_autoptr (EntryInfo) x = fake_attachment_add_plain (f->fake, "x", 'd', 0, &nan);
  g_autoptr (Hold) hold = try_hold (f, x, HOLD_DOWN, NULL, NULL, FALSE, NULL);
  double now;

  assert_true (hold_look (hold, NULL));
  fake_attachment_poke (f->fake, x, 0, 1, &first);
  assert_true (hold_look (hold, NULL));
  fake_attachment_peek (f->fake, x, 0, 1, &now);
  assert_true (now == first);
  fake_attachment_poke (f->fake, x, 0, 1, &larger);
  assert_true (hold_look (hold, NULL));
  fake_attachment_peek (f->fake, x, 0, 1, &now);
  assert_true (now == first);
}

/* Of a structure the field alone is written. */
static void
a_field_is_held (void **state)
{
  struct fake_fixture *f = *state;
  EntryField fields[] = { { .name = (char *) "a" },
                          { .name = (char *) "b", .offset = 4, .dimensions = 1, .shape = { 4 } } };
  EntryInfo values = { .name = (char *) "s",
                       .type = { 8, SHMLENS_KIND_STRUCT, 'T', 0 },
                       .length = 2,
                       .dimensions = 1,
                       .shape = { 2 },
                       .editable = TRUE,
                       .lock_kind = LOCK_ROBUST,
                       .n_fields = 2,
                       .fields = fields };
  g_autoptr (EntryInfo) entry = NULL;
  g_autoptr (Hold) hold = NULL;
  guint8 now[16];

  shmlens_type_from_code ('i', &fields[0].type);
  shmlens_type_from_code ('B', &fields[1].type);
  entry = fake_attachment_add (f->fake, &values, NULL);
  hold = hold_new (&(struct hold_place){ f->attachment, entry, 1, 1, 2 }, HOLD_VALUE, "9", NULL,
                   FALSE, NULL);
  assert_non_null (hold);
  assert_described (hold, "s[1].b[2] at 9");
  assert_true (hold_look (hold, NULL));
  fake_attachment_peek (f->fake, entry, 0, 2, now);
  assert_memory_equal (now, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\11\0", 16);
}

static void
assert_refused (struct fake_fixture *f, EntryInfo *entry, enum hold_kind kind, const char *low,
                const char *high, int code, const char *part)
{
  g_autoptr (GError) error = NULL;

  assert_null (try_hold (f, entry, kind, low, high, FALSE, &error));
  if (error->code != code || strstr (error->message, part) == NULL)
    fail_msg ("%d: %s", error->code, error->message);
}

static EntryInfo *
add_like_n (struct fake_fixture *f, const char *name, enum lock_kind kind, const char *reason)
{
  EntryInfo values = *f->n;

  values.name = (char *) name;
  values.lock_kind = kind;
  values.reason = (char *) reason;
  return fake_attachment_add (f->fake, &values, NULL);
}

static void
what_cannot_be_held_safely_is_refused (void **state)
{
  struct fake_fixture *f = *state;
  g_autoptr (EntryInfo) none = add_like_n (f, "none", LOCK_NONE, "it has no lock");
  g_autoptr (EntryInfo) outside = add_like_n (f, "outside", LOCK_EXTERNAL, "its lock is outside");
  g_autoptr (EntryInfo) semaphore = add_like_n (f, "semaphore", LOCK_SEMAPHORE, NULL);
  g_autoptr (EntryInfo) text = fake_attachment_add_plain (f->fake, "text", 'c', 0, "a");
  g_autoptr (Hold) atomic = try_hold (f, none, HOLD_VALUE, "7", NULL, FALSE, NULL);
  g_autoptr (Hold) risky = try_hold (f, semaphore, HOLD_VALUE, "7", NULL, TRUE, NULL);
  gint32 now;

  /* One machine word without a lock is set in one step. */
  assert_non_null (atomic);
  assert_true (hold_look (atomic, NULL));
  fake_attachment_peek (f->fake, none, 0, 1, &now);
  assert_int_equal (now, 7);

  assert_non_null (risky);
  assert_true (hold_is_risky (semaphore) && !hold_is_risky (none));
  assert_refused (f, semaphore, HOLD_VALUE, "7", NULL, INSPECT_ERROR_NO_LOCK, "for ever");
  assert_refused (f, outside, HOLD_VALUE, "7", NULL, INSPECT_ERROR_NO_LOCK, "cannot be taken");
  assert_refused (f, f->n, HOLD_VALUE, "x", NULL, INSPECT_ERROR_BAD_VALUE, "n: ");
  assert_refused (f, f->n, HOLD_RANGE, "3", "2", INSPECT_ERROR_BAD_VALUE, "lower end");
  assert_refused (f, text, HOLD_UP, NULL, NULL, INSPECT_ERROR_BAD_VALUE, "no up and down");
}

static void
assert_ended (Hold *hold, const char *part)
{
  struct hold_statistics statistics;

  assert_false (hold_look (hold, NULL));
  hold_get_statistics (hold, &statistics);
  if (statistics.reason == NULL || strstr (statistics.reason, part) == NULL)
    fail_msg ("%s", statistics.reason != NULL ? statistics.reason : "no reason");
  g_free (statistics.reason);
}

static void
a_held_lock_is_tried_again_and_a_dead_one_ends_it (void **state)
{
  struct fake_fixture *f = *state;
  g_autoptr (Hold) hold = new_hold (f, HOLD_VALUE, "7", NULL);
  struct hold_statistics statistics;

  fake_attachment_hold (f->fake, f->n, OTHER_PID);
  assert_int_equal (after (f, hold, 8), 8);
  hold_get_statistics (hold, &statistics);
  assert_int_equal (statistics.missed, 1);
  fake_attachment_release (f->fake, f->n);
  assert_int_equal (after (f, hold, 8), 7);

  fake_attachment_hold (f->fake, f->n, OTHER_PID);
  fake_attachment_kill_holder (f->fake, f->n);
  fake_attachment_poke (f->fake, f->n, 0, 1, &(gint32){ 8 });
  assert_ended (hold, "holder died");
}

static void
a_segment_that_goes_ends_it (void **state)
{
  struct fake_fixture *f = *state;
  g_autoptr (Hold) hold = new_hold (f, HOLD_VALUE, "7", NULL);

  fake_attachment_set_state (f->fake, SEGMENT_REPLACED, "it was replaced by another");
  assert_ended (hold, "replaced by another");
  fake_attachment_set_state (f->fake, SEGMENT_LIVE, NULL);
  assert_int_equal (after (f, hold, 8), 7);
  fake_attachment_remove (f->fake, f->n);
  assert_ended (hold, "removed");
}

/* -------------------------------------------------------------------- the keeper -- */

static void
count_news (HoldKeeper *keeper, gpointer data)
{
  ++*(guint *) data;
}

static gint32
value_now (struct fake_fixture *f)
{
  gint32 now;

  fake_attachment_peek (f->fake, f->n, 0, 1, &now);
  return now;
}

static void
the_keeper_holds_until_released (void **state)
{
  struct fake_fixture *f = *state;
  g_autoptr (HoldKeeper) keeper = hold_keeper_new ();
  g_autoptr (Hold) hold = new_hold (f, HOLD_VALUE, "7", NULL);
  g_autoptr (GPtrArray) list = NULL, none = NULL;
  guint news = 0;
  gint32 other = 9;

  hold_keeper_set_changed_func (keeper, count_news, &news);
  hold_keeper_add (keeper, hold);
  WAIT_UNTIL (value_now (f) == 7 && news > 0);
  fake_attachment_poke (f->fake, f->n, 0, 1, &other);
  WAIT_UNTIL (value_now (f) == 7);
  list = hold_keeper_list (keeper);
  assert_int_equal (list->len, 1);

  hold_keeper_release (keeper, hold);
  fake_attachment_poke (f->fake, f->n, 0, 1, &other);
  none = hold_keeper_list (keeper);
  assert_int_equal (none->len, 0);
  g_usleep (3 * HOLD_KEEPER_INTERVAL_MS * 1000);
  assert_int_equal (value_now (f), 9);
}

static void
another_hold_of_the_same_takes_its_place (void **state)
{
  struct fake_fixture *f = *state;
  g_autoptr (HoldKeeper) keeper = hold_keeper_new ();
  g_autoptr (Hold) seven = new_hold (f, HOLD_VALUE, "7", NULL);
  g_autoptr (Hold) eight = new_hold (f, HOLD_VALUE, "8", NULL);
  g_autoptr (GPtrArray) list = NULL;

  hold_keeper_add (keeper, seven);
  WAIT_UNTIL (value_now (f) == 7);
  hold_keeper_add (keeper, eight);
  WAIT_UNTIL (value_now (f) == 8);
  list = hold_keeper_list (keeper);
  assert_int_equal (list->len, 1);
  assert_ptr_equal (list->pdata[0], eight);
}

static gboolean
has_ended (Hold *hold)
{
  struct hold_statistics statistics;

  hold_get_statistics (hold, &statistics);
  g_free (statistics.reason);
  return statistics.reason != NULL;
}

static void
what_has_ended_is_told_and_stays_until_released (void **state)
{
  struct fake_fixture *f = *state;
  g_autoptr (HoldKeeper) keeper = hold_keeper_new ();
  g_autoptr (Hold) hold = new_hold (f, HOLD_VALUE, "7", NULL);
  g_autoptr (GPtrArray) list = NULL;

  hold_keeper_add (keeper, hold);
  WAIT_UNTIL (value_now (f) == 7);
  fake_attachment_set_state (f->fake, SEGMENT_REMOVED, "its name is gone");
  WAIT_UNTIL (has_ended (hold));
  list = hold_keeper_list (keeper);
  assert_int_equal (list->len, 1);
  hold_keeper_release_all (keeper);
}

/* --------------------------------------------------------- against a real program -- */

static Hold *
hold_native (Attachment *attachment, enum hold_kind kind, const char *low)
{
  g_autoptr (EntryInfo) entry = attachment_find_entry (attachment, "n");
  g_autoptr (GError) error = NULL;
  Hold *hold = hold_new (&(struct hold_place){ attachment, entry, 0, -1, 0 }, kind, low, NULL,
                         FALSE, &error);

  if (hold == NULL)
    fail_msg ("%s", error->message);
  return hold;
}

static struct fixture *shared;   /* with a child */

static int
hold_for_ever (const char *name)
{
  Attachment *attachment = registry_open (shared->registry, "train", NULL);
  HoldKeeper *keeper = hold_keeper_new ();

  hold_keeper_add (keeper, hold_native (attachment, HOLD_VALUE, "0"));
  while (pause () < 0)
    continue;
  return 0;
}

/* Whenever it is killed, the lock is free or recovers, and the value is the program's again. */
static void
a_killed_holder_leaves_nothing_locked (void **state)
{
  struct shmlens_entry *entry;
  int value = 1;

  shared = *state;
  entry = make_value (shared, "n", 'i', &value, 0);
  for (int k = 0; k < KILLS; k++)
    {
      pid_t pid;

      assert_true (shmlens_entry_set (entry, 0, &value) >= 0);
      pid = scratch_fork (hold_for_ever, NULL);
      /* It holds; now let it write all the time. */
      WAIT_UNTIL (shmlens_entry_get (entry, 0, &value) >= 0 && value == 0);
      value = 1;
      for (int i = 0; i < 200 * (k % 5); i++)
        assert_true (shmlens_entry_set (entry, 0, &value) >= 0);
      assert_int_equal (kill (pid, SIGKILL), 0);
      scratch_wait (pid);
      assert_true (shmlens_entry_set (entry, 0, &value) >= 0);
      assert_true (shmlens_entry_get (entry, 0, &value) >= 0);
      assert_int_equal (value, 1);
    }
  shmlens_entry_close (entry);
}

static int
count_down (const char *name)
{
  struct shmlens_entry *entry;

  if (shmlens_entry_open (shared->segment, "n", &entry) < 0)
    return 1;
  for (int i = 1000; i > 0; i--)
    if (shmlens_entry_set (entry, 0, &i) < 0)
      return 1;
  return 0;
}

static void
a_worker_that_writes_against_it_is_held (void **state)
{
  g_autoptr (Attachment) attachment = NULL;
  g_autoptr (HoldKeeper) keeper = NULL;
  g_autoptr (Hold) hold = NULL;
  struct hold_statistics statistics;
  struct shmlens_entry *entry;
  int value = 500;

  shared = *state;
  entry = make_value (shared, "n", 'i', &value, 0);
  attachment = open_segment (shared);
  hold = hold_native (attachment, HOLD_UP, NULL);
  keeper = hold_keeper_new ();
  hold_keeper_add (keeper, hold);
  scratch_expect_success (scratch_fork (count_down, NULL));
  /* It ended with 1, which is less than what there was. */
  WAIT_UNTIL (shmlens_entry_get (entry, 0, &value) >= 0 && value >= 500);
  hold_get_statistics (hold, &statistics);
  assert_true (statistics.writes > 0);
  assert_null (statistics.reason);
  shmlens_entry_close (entry);
}

#define fake_test(name) cmocka_unit_test_setup_teardown (name, set_up_fake, tear_down_fake)
#define native_test(name) cmocka_unit_test_setup_teardown (name, set_up, tear_down)

int
main (void)
{
  const struct CMUnitTest tests[] = {
    fake_test (a_value_is_held_under_the_lock),
    fake_test (one_direction_is_let),
    fake_test (a_range_has_two_ends),
    fake_test (no_number_is_out_of_every_range),
    fake_test (from_no_number_every_direction_is_let),
    fake_test (a_passing_value_is_not_learnt),
    fake_test (under_a_semaphore_a_rise_is_learnt_with_the_lock),
    fake_test (a_field_is_held),
    fake_test (what_cannot_be_held_safely_is_refused),
    fake_test (a_held_lock_is_tried_again_and_a_dead_one_ends_it),
    fake_test (a_segment_that_goes_ends_it),
    fake_test (the_keeper_holds_until_released),
    fake_test (another_hold_of_the_same_takes_its_place),
    fake_test (what_has_ended_is_told_and_stays_until_released),
    native_test (a_worker_that_writes_against_it_is_held),
    native_test (a_killed_holder_leaves_nothing_locked),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
