/* Names that entries of a Python program get when the program has none, or one for several. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "python-name.h"

/* So many that looking through all names for each would not end. */
#define MANY 200000u

static GHashTable *taken;
static const EntryInfo shape = { .ctype = (char *) "c_double_Array_5", .dimensions = 1, .shape = { 5 } };

static int
set_up (void **state)
{
  taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return 0;
}

static int
tear_down (void **state)
{
  g_hash_table_unref (taken);
  return 0;
}

static void
assert_gets (const char *best, pid_t pid, const char *expected)
{
  g_autofree char *name = python_name_unique (taken, best, &shape, 0x7000, 64, pid);

  assert_string_equal (name, expected);
}

static void
equal_names_are_told_apart_by_process_then_by_number (void **state)
{
  assert_gets ("a", 1, "a");
  assert_gets ("a", 2, "a (2)");
  assert_gets ("a", 2, "a #2");
  assert_gets ("a", 3, "a (3)");
  assert_gets ("a", 3, "a #3");
  assert_gets ("b #3", 1, "b #3");
  assert_gets ("b", 1, "b");
  assert_gets ("b", 1, "b (1)");
  assert_gets ("b", 1, "b #2");
  assert_gets ("b", 1, "b #4");
  assert_gets ("b #3", 1, "b #3 (1)");
  assert_gets ("b #3", 1, "b #3 #2");
}

static void
what_has_no_name_is_called_by_type_and_place (void **state)
{
  assert_gets (NULL, 1, "c_double[5] @ 64");
  assert_gets (NULL, 1, "c_double[5] @ 64 (1)");
  assert_gets (NULL, 1, "c_double[5] @ 64 #2");
  assert_true (python_name_is_made_up ("c_double[5] @ 64 #2"));
  assert_false (python_name_is_made_up ("a #2"));
}

static void
any_number_of_equal_names_is_told_apart (void **state)
{
  g_autofree char *last = g_strdup_printf ("slot #%u", MANY - 1);

  for (guint i = 0; i < MANY; i++)
    g_free (python_name_unique (taken, "slot", &shape, 0, 0, 1));
  assert_int_equal (g_hash_table_size (taken), MANY);
  assert_true (g_hash_table_contains (taken, last));
}

int
main (void)
{
#define TEST(name) cmocka_unit_test_setup_teardown (name, set_up, tear_down)
  const struct CMUnitTest tests[] = {
    TEST (equal_names_are_told_apart_by_process_then_by_number),
    TEST (what_has_no_name_is_called_by_type_and_place),
    TEST (any_number_of_equal_names_is_told_apart),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
