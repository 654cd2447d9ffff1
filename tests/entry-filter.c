/* What is looked for in a table: words, what they are true of, and what is said of others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>
#include <unistd.h>

#include "entry-filter.h"
#include "process.h"

static const struct entry_filter_state idle = { .lock = ENTRY_LOCK_FREE };

static EntryInfo *
make_entry (const char *name, char code, const char *unit)
{
  char own_name[64], own_unit[16];
  EntryInfo values = { .id = 1, .name = own_name, .unit = own_unit, .doc = (char[]) { "" },
                       .length = 1, .editable = TRUE };

  g_strlcpy (own_name, name, sizeof own_name);
  g_strlcpy (own_unit, unit, sizeof own_unit);
  assert_int_equal (shmlens_type_from_code (code, &values.type), 0);
  return entry_info_new (&values);
}

static gboolean
passes (const char *text, const EntryInfo *entry, const struct entry_filter_state *state)
{
  static pid_t pids[1];
  SegmentInfo segment = { .n_pids = 1, .pids = pids };
  g_autoptr (EntryFilter) filter = entry_filter_new (text);

  pids[0] = getpid ();
  return entry_filter_matches (filter, entry, &segment, state);
}

static void
assert_problem (const char *text, const char *part)
{
  g_autoptr (EntryFilter) filter = entry_filter_new (text);
  const char *problem = entry_filter_get_problem (filter);

  if (part == NULL)
    assert_null (problem);
  else
    {
      assert_non_null (problem);
      assert_non_null (strstr (problem, part));
    }
}

static void
words_are_looked_for_in_name_type_and_unit (void **state)
{
  g_autoptr (EntryInfo) entry = make_entry ("worker 1 loss", 'd', "mm/s");

  assert_true (passes (NULL, entry, &idle));
  assert_true (passes ("  ", entry, &idle));
  assert_true (passes ("LOSS", entry, &idle));
  assert_true (passes ("loss worker", entry, &idle));
  assert_true (passes ("float64", entry, &idle));
  assert_true (passes ("mm", entry, &idle));
  assert_true (passes ("loss float MM", entry, &idle));
  assert_false (passes ("loss int", entry, &idle));
  assert_true (passes ("\"1 loss\"", entry, &idle));
  assert_false (passes ("'loss 1'", entry, &idle));
  assert_true (passes ("name:'worker 1'", entry, &idle));
  assert_false (passes ("name:float64", entry, &idle));
  assert_true (passes ("unit:mm", entry, &idle));
  assert_false (passes ("unit:loss", entry, &idle));
}

static void
a_dash_means_not_and_a_comma_means_either (void **state)
{
  g_autoptr (EntryInfo) entry = make_entry ("steps - done", 'q', "");

  assert_false (passes ("-steps", entry, &idle));
  assert_true (passes ("-loss steps", entry, &idle));
  assert_false (passes ("-type:int64", entry, &idle));
  assert_true (passes ("-", entry, &idle));
  assert_true (passes ("type:float,int", entry, &idle));
  assert_false (passes ("-type:float,int", entry, &idle));
  assert_true (passes ("name:loss,'- done'", entry, &idle));
  assert_true (passes ("-role:flag,counter", entry, &idle));
  assert_false (passes ("-'- done'", entry, &idle));
}

static void
types_have_many_names (void **state)
{
  g_autoptr (EntryInfo) real = make_entry ("x", 'd', "");
  g_autoptr (EntryInfo) small = make_entry ("x", 'b', "");
  g_autoptr (EntryInfo) text = make_entry ("x", 'c', "");

  assert_true (passes ("type:double", real, &idle));
  assert_true (passes ("type:FLOAT", real, &idle));
  assert_true (passes ("type:d", real, &idle));
  assert_false (passes ("type:D", real, &idle));
  assert_false (passes ("type:f", real, &idle));
  assert_true (passes ("type:int", small, &idle));
  assert_false (passes ("type:int", real, &idle));
  assert_true (passes ("type:str", text, &idle));
}

static void
states_and_shapes (void **state)
{
  EntryInfo values = { .id = 1, .name = (char[]) { "a" }, .unit = (char[]) { "" },
                       .doc = (char[]) { "" }, .dimensions = 1, .shape = { 3 }, .length = 3,
                       .role = SHMLENS_ROLE_COUNTER };
  g_autoptr (EntryInfo) entry = NULL;
  const struct entry_filter_state busy = { .changed = TRUE, .lock = ENTRY_LOCK_BUSY };
  g_autoptr (EntryFilter) plain = entry_filter_new ("is:array role:flag pid:3");
  g_autoptr (EntryFilter) live = entry_filter_new ("x -is:array,locked");
  g_autoptr (EntryFilter) kept = entry_filter_new ("-is:held");
  const struct entry_filter_state held = { .held = TRUE, .lock = ENTRY_LOCK_FREE };

  assert_int_equal (shmlens_type_from_code ('i', &values.type), 0);
  entry = entry_info_new (&values);
  assert_true (passes ("is:array", entry, &idle));
  assert_false (passes ("is:value", entry, &idle));
  assert_false (passes ("is:struct", entry, &idle));
  assert_true (passes ("is:readonly", entry, &idle));
  assert_true (passes ("role:counter", entry, &idle));
  assert_true (passes ("role:flag,counter", entry, &idle));
  assert_false (passes ("role:flag", entry, &idle));
  assert_false (passes ("is:changed", entry, &idle));
  assert_true (passes ("is:changed", entry, &busy));
  assert_false (passes ("is:locked", entry, &idle));
  assert_true (passes ("IS:Locked", entry, &busy));
  assert_false (passes ("is:held", entry, &busy));
  assert_true (passes ("is:held", entry, &held));
  assert_false (passes ("-is:held", entry, &held));
  assert_false (entry_filter_needs_state (kept));
  assert_true (entry_filter_needs_held (kept));
  assert_false (entry_filter_needs_held (live));
  assert_false (entry_filter_needs_state (plain));
  assert_true (entry_filter_needs_state (live));
  assert_false (entry_filter_is_empty (live));
}

static void
processes_are_those_of_the_entry_or_else_of_the_segment (void **state)
{
  g_autoptr (EntryInfo) entry = make_entry ("x", 'i', "");
  g_autofree char *pid = g_strdup_printf ("pid:%d", (int) getpid ());
  g_autofree char *name = process_name ("/proc", getpid ());
  g_autofree char *process = g_strdup_printf ("process:'%s'", name);
  pid_t other = 1;
  EntryInfo values;
  g_autoptr (EntryInfo) of_other = NULL;

  assert_true (passes (pid, entry, &idle));
  assert_true (passes (process, entry, &idle));
  assert_false (passes ("pid:1", entry, &idle));
  assert_false (passes ("process:'no such process'", entry, &idle));

  entry_info_copy (entry, &values);
  values.n_pids = 1;
  values.pids = g_memdup2 (&other, sizeof other);
  of_other = entry_info_new (&values);
  entry_info_clear (&values);
  assert_false (passes (pid, of_other, &idle));
  assert_true (passes ("pid:1", of_other, &idle));
}

static void
what_cannot_be_understood_is_said_and_hides_nothing (void **state)
{
  g_autoptr (EntryInfo) entry = make_entry ("ns::x", 'i', "");

  assert_problem ("loss -type:int role:flag is:changed pid:4 process:a unit:m name:'a:b'", NULL);
  assert_problem ("ns::x", NULL);
  assert_problem ("don't", NULL);
  assert_problem ("'not closed", NULL);
  assert_true (passes ("ns::x", entry, &idle));

  assert_problem ("role:nothing", "flag, counter");
  assert_true (passes ("role:nothing", entry, &idle));
  assert_problem ("is:funny", "changed, locked, held, array");
  assert_true (passes ("is:funny x", entry, &idle));
  assert_problem ("pid:python", "process:");
  assert_problem ("pid:99999999999999999999", "number");
  assert_problem ("type:", "colon");
  assert_true (passes ("type:", entry, &idle));
  assert_true (passes ("-", entry, &idle));
  assert_true (passes ("-role:", entry, &idle));
  assert_problem ("colour:red", "name:, type:");
  assert_false (passes ("colour:red", entry, &idle));
}

static void
words_are_put_in_and_taken_out (void **state)
{
  static const struct
  {
    const char *text, *word, *expected;
  } cases[] = {
    { "", "role:flag", "role:flag" },
    { "role:flag", "role:flag", "" },
    { "loss  'a b'", "is:array", "loss 'a b' is:array" },
    { "Role:Flag loss", "role:counter", "loss role:counter" },
    { "is:array is:locked", "is:array", "is:locked" },
    { "-role:flag", "role:text", "-role:flag role:text" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *result = entry_filter_toggle (cases[i].text, cases[i].word);

      assert_string_equal (result, cases[i].expected);
    }
  assert_true (entry_filter_has ("loss IS:array", "is:array"));
  assert_false (entry_filter_has ("loss 'is:array x'", "is:array"));
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (words_are_looked_for_in_name_type_and_unit),
    cmocka_unit_test (a_dash_means_not_and_a_comma_means_either),
    cmocka_unit_test (types_have_many_names),
    cmocka_unit_test (states_and_shapes),
    cmocka_unit_test (processes_are_those_of_the_entry_or_else_of_the_segment),
    cmocka_unit_test (what_cannot_be_understood_is_said_and_hides_nothing),
    cmocka_unit_test (words_are_put_in_and_taken_out),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
