/* Conditions on entries: read, refused, evaluated. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "condition.h"
#include "inspect-error.h"
#include "support/fake-attachment.h"

static FakeAttachment *fake;

static struct shmlens_type
type (char code)
{
  struct shmlens_type made;

  assert_int_equal (shmlens_type_from_code (code, &made), 0);
  return made;
}

static void
add (const char *name, char code, guint64 length, const void *initial)
{
  entry_info_unref (fake_attachment_add_plain (fake, name, code, length, initial));
}

static int
set_up (void **state)
{
  EntryLabel labels[] = { { 0, -1, (char *) "idle" },
                          { 2, -1, (char *) "running" },
                          { 3, -1, (char *) "running fast" },
                          { 4, -1, (char *) " halted " },
                          { 5, -1, (char *) "  " } };
  EntryField fields[] = { { .name = (char *) "x", .type = type ('d') },
                          { .name = (char *) "y.z", .type = type ('i'), .offset = 8 } };
  EntryInfo state_values = { .name = (char *) "state", .type = type ('B'), .length = 1,
                             .n_labels = G_N_ELEMENTS (labels), .labels = labels };
  EntryInfo position = { .name = (char *) "pos", .type = { 16, SHMLENS_KIND_STRUCT, 'T', 0 },
                         .length = 1, .n_fields = 2, .fields = fields };
  struct
  {
    double x;
    gint32 z, padding;
  } place = { -2.5, 7, 0 };

  fake = fake_attachment_new (4096);
  add ("stop", '?', 0, &(guint8){ 0 });
  add ("loss", 'd', 0, &(double){ 10.5 });
  add ("rate", 'f', 0, &(float){ 0.1f });
  add ("bad", 'd', 0, &(double){ NAN });
  add ("big", 'q', 0, &(gint64){ G_MAXINT64 });
  add ("huge", 'Q', 0, &(guint64){ G_MAXUINT64 });
  add ("counts", 'i', 5, (gint32[]){ 1, 2, 3, 7, -5 });
  add ("total", 'l', 0, &(long){ 7 });
  add ("letter", 'c', 0, "x");
  add ("done and dusted", 'i', 0, &(gint32){ 1 });
  add ("no lock", 'i', 0, &(gint32){ 1 });
  entry_info_unref (fake_attachment_add (fake, &state_values, &(guint8){ 2 }));
  entry_info_unref (fake_attachment_add (fake, &position, &place));
  attachment_refresh (fake_attachment_base (fake));
  return 0;
}

static int
tear_down (void **state)
{
  fake_attachment_unref (fake);
  return 0;
}

static Condition *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  Condition *condition = condition_parse (fake_attachment_base (fake), text, &error);

  if (condition == NULL)
    fail_msg ("%s: %s", text, error->message);
  return condition;
}

/* What the entries hold now. */
static void
feed (Condition *condition, gboolean changed)
{
  for (guint i = 0; i < condition_n_operands (condition); i++)
    {
      const struct target *target = &condition_get_operand (condition, i)->target;
      guint8 elements[256];
      LockInfo lock;

      assert_true (attachment_read (fake_attachment_base (fake), target->entry, target->first,
                                    target->last, elements) >= 0);
      if (condition_get_operand (condition, i)->use == CONDITION_LOCK)
        {
          attachment_describe_lock (fake_attachment_base (fake), target->entry, &lock);
          condition_feed_lock (condition, i, &lock);
        }
      else
        condition_feed (condition, i, elements, changed);
    }
}

static void
assert_is (const char *text, gboolean expected)
{
  g_autoptr (Condition) condition = parse (text);

  feed (condition, FALSE);
  if (condition_evaluate (condition) != expected)
    fail_msg ("%s is not %s", text, expected ? "met" : "unmet");
  assert_string_equal (condition_get_text (condition), text);
}

static void
assert_met (const char *text)
{
  assert_is (text, TRUE);
}

static void
assert_unmet (const char *text)
{
  assert_is (text, FALSE);
}

static void
assert_fails (const char *text, enum inspect_error code, const char *part)
{
  g_autoptr (GError) error = NULL;

  assert_null (condition_parse (fake_attachment_base (fake), text, &error));
  if (!g_error_matches (error, INSPECT_ERROR, (int) code) || strstr (error->message, part) == NULL)
    fail_msg ("%s: %s", text, error->message);
}

static void
elements_are_compared (void **state)
{
  assert_met ("loss > 10");
  assert_unmet ("loss > 10.5");
  assert_met ("loss>=10.5");
  assert_met ("loss != 10");
  assert_met ("loss < 1.1e1");
  assert_met ("loss<1e+2");
  assert_unmet ("stop != 0");
  assert_met ("stop == false");
  assert_unmet ("stop");
  assert_met ("total");
  assert_met ("counts[3] == 7");
  assert_met ("counts[-1] = -5");
  assert_met ("counts[3]==total");
  assert_met ("total <= counts[3]");
  assert_met ("pos.x < -2");
  assert_met ("pos.y.z == 7");
  assert_met ("letter == 'x'");
  assert_unmet ("letter == \"y\"");
  assert_met ("letter == 120");
  assert_met ("rate == 0.1");
  assert_unmet ("rate > 1e300");
  assert_met ("'done and dusted' == 1");
  assert_met ("done and dusted == 1");
}

static void
integers_are_exact (void **state)
{
  assert_met ("big == 9223372036854775807");
  assert_unmet ("big == 9223372036854775806");
  assert_met ("big < huge");
  assert_met ("huge == 0xffffffffffffffff");
  assert_unmet ("huge > 18446744073709551615");
  assert_met ("huge < 18446744073709551616");
  assert_met ("huge < 1e30");
  assert_unmet ("big >= 9.3e18");
  assert_met ("big < 9223372036854775807.5");
  assert_met ("total > 6.5");
  assert_met ("counts[4] < -4.5");
  assert_met ("counts[4] > -5.5");
  assert_met ("huge > -inf");
  assert_met ("big > loss");
  assert_met ("loss < big");
}

static void
nan_is_only_itself (void **state)
{
  assert_unmet ("bad > 1");
  assert_unmet ("bad <= 1");
  assert_met ("not bad <= 1");
  assert_met ("bad == nan");
  assert_met ("bad != 1");
  assert_unmet ("loss == nan");
}

static void
labels_stand_for_numbers (void **state)
{
  assert_met ("state == running");
  assert_unmet ("state == idle");
  assert_unmet ("state == running fast");
  assert_unmet ("state == 'running fast'");
  assert_met ("state != idle and state < running fast");
  assert_met ("state == 2");
}

/* As where values are typed in. */
static void
blanks_around_a_label_do_not_count (void **state)
{
  assert_met ("state < halted");
  assert_met ("state <halted and state == 2");
  assert_met ("state < 'halted'");
  assert_met ("state < \" halted \" and state == ' running'");
  assert_fails ("state == ''", INSPECT_ERROR_NOT_FOUND, "");
  assert_fails ("state == '  '", INSPECT_ERROR_NOT_FOUND, "");
}

static void
words_join_conditions (void **state)
{
  assert_met ("loss > 10 and not stop");
  assert_unmet ("loss > 10 and stop");
  assert_met ("stop or loss > 10 and total");
  assert_met ("(stop or loss > 10) and total == 7");
  assert_unmet ("not (stop or loss > 10)");
  assert_met ("not(stop)");
  assert_met ("not not total");
  assert_met ("total and(loss > 1)and ( ( letter == 'x' ) )");
}

static void
a_change_counts_once (void **state)
{
  g_autoptr (Condition) condition = parse ("changed(counts)");

  assert_int_equal (condition_get_operand (condition, 0)->target.last, 5);
  assert_false (condition_evaluate (condition));
  feed (condition, FALSE);
  assert_false (condition_evaluate (condition));
  feed (condition, TRUE);
  feed (condition, FALSE);
  assert_true (condition_evaluate (condition));
  assert_false (condition_evaluate (condition));
}

static void
what_is_unknown_is_not_met (void **state)
{
  static const char *const texts[] = { "total == 7", "not total == 7", "not changed(total)",
                                       "lock(total)", "not dead(total)" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (Condition) condition = parse (texts[i]);

      assert_false (condition_evaluate (condition));
    }
  {
    g_autoptr (Condition) condition = parse ("total == 7 or loss > 10");

    condition_feed (condition, 1, &(double){ 11 }, FALSE);
    assert_true (condition_evaluate (condition));
    condition_feed (condition, 0, NULL, FALSE);
    condition_feed (condition, 1, &(double){ 1 }, FALSE);
    assert_false (condition_evaluate (condition));
  }
}

static void
locks_are_held_for_seconds (void **state)
{
  g_autoptr (Condition) held = parse ("lock(total)");
  g_autoptr (Condition) longer = parse ("lock ( total ) > 1.5 and total");
  g_autoptr (Condition) dead = parse ("dead(total)");
  LockInfo lock = { .kind = LOCK_ROBUST, .state = SHMLENS_LOCK_FREE, .held_ns = 9000000000 };
  struct
  {
    enum shmlens_lock_state state;
    guint64 held_ns;
    gboolean held, longer, dead;
  } cases[] = { { SHMLENS_LOCK_FREE, 9000000000, FALSE, FALSE, FALSE },
                { SHMLENS_LOCK_HELD, 1500000000, TRUE, FALSE, FALSE },
                { SHMLENS_LOCK_HELD, 1500000001, TRUE, TRUE, FALSE },
                { SHMLENS_LOCK_DEAD, 2000000000, TRUE, TRUE, TRUE },
                { SHMLENS_LOCK_UNKNOWN, 2000000000, FALSE, FALSE, FALSE } };

  condition_feed (longer, 1, &(long){ 1 }, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      lock.state = cases[i].state;
      lock.held_ns = cases[i].held_ns;
      condition_feed_lock (held, 0, &lock);
      condition_feed_lock (longer, 0, &lock);
      condition_feed_lock (dead, 0, &lock);
      assert_int_equal (condition_evaluate (held), cases[i].held);
      assert_int_equal (condition_evaluate (longer), cases[i].longer);
      assert_int_equal (condition_evaluate (dead), cases[i].dead);
    }
}

static void
what_cannot_be_read_is_told_with_its_place (void **state)
{
  g_autoptr (GString) deep = g_string_new (NULL);

  assert_fails ("", INSPECT_ERROR_USAGE, "character 1: it ends where");
  assert_fails ("loss > ", INSPECT_ERROR_USAGE, "character 8: it ends where");
  assert_fails ("loss > 10 and", INSPECT_ERROR_USAGE, "character 11: ");
  assert_fails ("loss 10", INSPECT_ERROR_USAGE, "character 6: \"and\", \"or\" or the end");
  assert_fails ("(loss > 1", INSPECT_ERROR_USAGE, "character 10: a ) is missing");
  assert_fails ("loss > 1)", INSPECT_ERROR_USAGE, "character 9: ");
  assert_fails ("lots > 1", INSPECT_ERROR_NOT_FOUND, "character 1: ");
  assert_fails ("lots > 1", INSPECT_ERROR_NOT_FOUND, "\"loss\"");
  assert_fails ("stop or lots > 1", INSPECT_ERROR_NOT_FOUND, "character 9: ");
  assert_fails ("counts > 1", INSPECT_ERROR_USAGE, "several elements");
  assert_fails ("counts[0:2] > 1", INSPECT_ERROR_USAGE, "several elements");
  assert_fails ("counts[9] > 1", INSPECT_ERROR_NOT_FOUND, "out of bounds");
  assert_fails ("pos == 1", INSPECT_ERROR_USAGE, "is a structure");
  assert_fails ("pos.q == 1", INSPECT_ERROR_NOT_FOUND, "no field \"q\"");
  assert_fails ("loss > 1x", INSPECT_ERROR_USAGE, "character 8: this is no number");
  assert_fails ("state == fast", INSPECT_ERROR_NOT_FOUND, "\"fast\"");
  assert_fails ("lock(pos) > 1", INSPECT_ERROR_USAGE, "character 6: pos has no lock");
  assert_fails ("lock(total) > x", INSPECT_ERROR_USAGE, "a number of seconds");
  assert_fails ("changed(total", INSPECT_ERROR_USAGE, "a ) is missing");
  assert_fails ("\xff > 1", INSPECT_ERROR_USAGE, "UTF-8");
  for (int i = 0; i < 5000; i++)
    g_string_append (deep, i % 2 == 0 ? "(" : "not ");
  assert_fails (deep->str, INSPECT_ERROR_USAGE, "nested");
  g_string_truncate (deep, 0);
  for (int i = 0; i < 2000; i++)
    g_string_append (deep, "stop and ");
  assert_fails (deep->str, INSPECT_ERROR_USAGE, "parts");
}

static void
alerts_fire_at_edges (void **state)
{
  struct condition_edge edge = { 0 };

  assert_false (condition_edge_update (&edge, FALSE, 0, 100));
  assert_true (condition_edge_update (&edge, TRUE, 10, 100));
  assert_false (condition_edge_update (&edge, TRUE, 20, 100));
  /* It flutters. */
  assert_false (condition_edge_update (&edge, FALSE, 30, 100));
  assert_false (condition_edge_update (&edge, TRUE, 40, 100));
  assert_false (condition_edge_update (&edge, FALSE, 50, 100));
  assert_false (condition_edge_update (&edge, FALSE, 140, 100));
  assert_false (condition_edge_update (&edge, TRUE, 149, 100));
  assert_false (condition_edge_update (&edge, FALSE, 160, 100));
  assert_true (condition_edge_update (&edge, TRUE, 260, 100));
  assert_false (condition_edge_update (&edge, TRUE, 1000, 100));
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown (elements_are_compared, set_up, tear_down),
    cmocka_unit_test_setup_teardown (integers_are_exact, set_up, tear_down),
    cmocka_unit_test_setup_teardown (nan_is_only_itself, set_up, tear_down),
    cmocka_unit_test_setup_teardown (labels_stand_for_numbers, set_up, tear_down),
    cmocka_unit_test_setup_teardown (blanks_around_a_label_do_not_count, set_up, tear_down),
    cmocka_unit_test_setup_teardown (words_join_conditions, set_up, tear_down),
    cmocka_unit_test_setup_teardown (a_change_counts_once, set_up, tear_down),
    cmocka_unit_test_setup_teardown (what_is_unknown_is_not_met, set_up, tear_down),
    cmocka_unit_test_setup_teardown (locks_are_held_for_seconds, set_up, tear_down),
    cmocka_unit_test_setup_teardown (what_cannot_be_read_is_told_with_its_place, set_up, tear_down),
    cmocka_unit_test (alerts_fire_at_edges),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
