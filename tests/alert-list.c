/* What people want to be told of: the list and its file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "alert-list.h"
#include "inspect-error.h"
#include "support/kept-fixture.h"

/* "segment/condition#note on 3@4;", one after the other. */
static void
assert_rows (AlertList *list, const char *expected)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < alert_list_length (list); i++)
    {
      const AlertRow *row = alert_list_get (list, i);

      g_string_append_printf (text, "%s/%s#%s %s %d@%d;", row->segment, row->condition, row->note,
                              row->is_on ? "on" : "off", (int) row->count, (int) row->last_us);
    }
  assert_string_equal (text->str, expected);
}

static void
what_was_made_is_there_again (void **state)
{
  g_autoptr (AlertList) list = alert_list_new (path), again = alert_list_new (path);
  AlertRow *row;

  assert_true (alert_list_load (list, NULL));
  row = alert_list_add (list, &training, "loss > 10", "too high");
  assert_non_null (row);
  assert_string_equal (row->title, "training run");
  row->count = 3;
  row->last_us = 4;
  assert_non_null (alert_list_add (list, &training, "lock(done) > 1", ""));
  alert_list_get (list, 1)->is_on = FALSE;
  assert_true (alert_list_save (list, NULL));

  assert_true (alert_list_load (again, NULL));
  assert_rows (again, "native:training/loss > 10#too high on 3@4;"
                      "native:training/lock(done) > 1# off 0@0;");
  assert_string_equal (alert_list_get (again, 0)->title, "training run");
}

static void
another_condition_is_counted_anew (void **state)
{
  g_autoptr (AlertList) list = alert_list_new (path);
  AlertRow *row = alert_list_add (list, &training, "loss > 10", "");

  row->count = 3;
  row->last_us = 4;
  assert_true (alert_list_change (list, 0, row->condition, "a note"));
  assert_rows (list, "native:training/loss > 10#a note on 3@4;");
  assert_true (alert_list_change (list, 0, "loss > 11", row->note));
  assert_rows (list, "native:training/loss > 11#a note on 0@0;");
  alert_list_remove (list, 0);
  assert_int_equal (alert_list_length (list), 0);
}

static void
what_is_too_long_is_not_taken (void **state)
{
  g_autoptr (AlertList) list = alert_list_new (path);
  g_autofree char *text = g_strnfill (ALERT_LIST_TEXT_MAX + 1, 'x');

  assert_null (alert_list_add (list, &training, text, ""));
  assert_non_null (alert_list_add (list, &training, "a > 1", text));
  assert_int_equal (strlen (alert_list_get (list, 0)->note), ALERT_LIST_TEXT_MAX);
  assert_false (alert_list_change (list, 0, text, ""));
  assert_string_equal (alert_list_get (list, 0)->condition, "a > 1");
  for (guint i = 1; i < ALERT_LIST_ROWS_MAX; i++)
    assert_non_null (alert_list_add (list, &training, "a > 1", ""));
  assert_null (alert_list_add (list, &training, "a > 1", ""));
}

static void
a_damaged_file_is_put_aside (void **state)
{
  g_autoptr (AlertList) list = alert_list_new (path);
  g_autoptr (GError) error = NULL;
  g_autofree char *aside = g_strconcat (path, ".unreadable-1", NULL), *kept = NULL;
  const char *text = "[alerts]\nversion=1\n[alert 1]\nsegment=native:a\ncondition=x > 1\non=true\n"
                     "count=-7\nlast=-9\n[alert 2]\nsegment=native:b\n";

  write_file (text);
  assert_false (alert_list_load (list, &error));
  assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_CORRUPT));
  assert_non_null (strstr (error->message, aside));
  assert_rows (list, "native:a/x > 1# on 0@0;");
  assert_true (g_file_get_contents (aside, &kept, NULL, NULL));
  assert_string_equal (kept, text);
  assert_true (alert_list_save (list, NULL));
  assert_true (alert_list_load (list, NULL));
}

static void
what_stands_there_else_is_left (void **state)
{
  g_autoptr (AlertList) list = alert_list_new ("/proc/self/stat");
  g_autoptr (GError) error = NULL;

  assert_false (alert_list_load (list, &error));
  assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_PERMISSION));
  assert_int_equal (alert_list_length (list), 0);
  assert_true (alert_list_save (list, NULL));
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown (what_was_made_is_there_again, begin, end),
    cmocka_unit_test_setup_teardown (another_condition_is_counted_anew, begin, end),
    cmocka_unit_test_setup_teardown (what_is_too_long_is_not_taken, begin, end),
    cmocka_unit_test_setup_teardown (a_damaged_file_is_put_aside, begin, end),
    cmocka_unit_test_setup_teardown (what_stands_there_else_is_left, begin, end),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
