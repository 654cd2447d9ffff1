/* What somebody typed, and the titles and names that it may mean. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "command-match.h"

static int
points (const char *typed, const char *text)
{
  g_auto (GStrv) words = command_match_words (typed);
  g_autofree char *folded = command_match_fold (text);

  return command_match ((const char *const *) words, folded);
}

static void
letters_are_found_in_their_order (void **state)
{
  const char *title = "Take a snapshot of the segment";

  assert_true (points ("snap", title) >= 0);
  assert_true (points ("TAKE", title) >= 0);
  assert_true (points ("tsn", title) >= 0);
  assert_true (points ("snpsht", title) >= 0);
  assert_true (points ("shot", title) >= 0);
  assert_true (points ("segment snap", title) >= 0);
  assert_true (points ("", title) >= 0);
  assert_true (points ("  \t", title) >= 0);

  assert_int_equal (points ("pans", title), -1);
  assert_int_equal (points ("plot", title), -1);
  assert_int_equal (points ("snap plot", title), -1);
  assert_int_equal (points ("aeegt", title), -1);
  assert_int_equal (points ("snap", ""), -1);
}

static void
better_fits_have_more_points (void **state)
{
  assert_true (points ("plot", "Plot the selected entry") > points ("plot", "Pause the long tape"));
  assert_true (points ("loss", "loss") > points ("loss", "worker 0 loss"));
  assert_true (points ("w2", "worker 2") > points ("w2", "worker 12"));
  assert_true (points ("edit", "Edit the value") > points ("edit", "Undo a credit"));
}

static void
case_accents_and_scripts_do_not_matter (void **state)
{
  assert_true (points ("ubersicht", "Übersicht") >= 0);
  assert_true (points ("ÜBER", "übersicht") >= 0);
  assert_true (points ("値", "選択した値を編集") >= 0);
  assert_int_equal (points ("鍵", "選択した値を編集"), -1);
}

/* Names come from other programs. */
static void
long_and_broken_texts_are_borne (void **state)
{
  g_autofree char *text = g_strnfill (100000, 'a');
  g_autofree char *typed = g_strnfill (10000, 'a');

  assert_true (points ("aaa", text) >= 0);
  assert_int_equal (points (typed, text), -1);
  assert_int_equal (points ("\xff\xfe", "value"), points ("", "value"));
  assert_int_equal (points ("a", "\xff\xfe"), -1);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (letters_are_found_in_their_order),
    cmocka_unit_test (better_fits_have_more_points),
    cmocka_unit_test (case_accents_and_scripts_do_not_matter),
    cmocka_unit_test (long_and_broken_texts_are_borne),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
