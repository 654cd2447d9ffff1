/* Sentences with names in them: which way they are written, and how they begin. */
#include "window-fixture.h"

#include "sentence.h"

#define LRM "\u200e"
#define FSI "\u2068"
#define PDI "\u2069"

static void
check_isolated (const char *text, const char *expected)
{
  g_autofree char *isolated = sentence_isolate (text);

  assert_string_equal (isolated, expected);
}

static void
names_are_set_apart (void **state)
{
  check_isolated ("loss: 3 of 4", "loss: 3 of 4");
  check_isolated ("Größe “größer”: 損失 ≥ 3", "Größe “größer”: 損失 ≥ 3");
  check_isolated ("שלב: 3 of 4", LRM FSI "שלב" PDI ": 3 of 4");
  check_isolated ("The lock of שלב, מצב, loss is free",
                  "The lock of " FSI "שלב" PDI ", " FSI "מצב" PDI ", loss is free");
  check_isolated ("Waiting for שלב שני", "Waiting for " FSI "שלב שני" PDI);
  check_isolated ("In “שלב 3, שני” now", "In “" FSI "שלב 3, שני" PDI "” now");
  check_isolated ("In “a שלב” and „שלב“", "In “" FSI "a שלב" PDI "” and „" FSI "שלב" PDI "“");
  check_isolated ("「שלב」のロック", LRM "「" FSI "שלב" PDI "」のロック");
  check_isolated ("„loss“ שלב", "„loss“ " FSI "שלב" PDI);
  check_isolated ("It is “שלב", "It is “" FSI "שלב" PDI);
  check_isolated ("Element שָׁלָב2[3]", "Element " FSI "שָׁלָב2" PDI "[3]");
  check_isolated ("/حالة was removed", LRM "/" FSI "حالة" PDI " was removed");
  /* A name alone is no sentence. */
  check_isolated ("שלב 3", "שלב 3");
  check_isolated ("", "");
}

static void
check_begun (const char *reason, const char *name, const char *expected)
{
  g_autofree char *begun = sentence_begin (reason, name);

  assert_string_equal (begun, expected);
}

static void
reasons_begin_with_a_capital_letter (void **state)
{
  check_begun ("its lock is gone", NULL, "Its lock is gone");
  check_begun ("the program's first process has ended", "loss",
               "The program's first process has ended");
  check_begun ("über den Wert", NULL, "Über den Wert");
  check_begun ("ロックがない", NULL, "ロックがない");
  check_begun ("point has no field", "point.x", "point has no field");
  check_begun ("shm:/name was removed", NULL, "shm:/name was removed");
  check_begun ("loss: it is gone", NULL, "loss: it is gone");
  check_begun ("/tmp/a is no recording", NULL, "/tmp/a is no recording");
  check_begun ("a2 is gone", NULL, "a2 is gone");
  check_begun ("", "", "");
}

/* Where the first of these is on the screen, from the left. */
static int
place_of (GtkLabel *label, const char *part)
{
  const char *text = gtk_label_get_text (label), *found = strstr (text, part);
  PangoRectangle place;

  assert_non_null (found);
  pango_layout_index_to_pos (gtk_label_get_layout (label), (int) (found - text), &place);
  return MIN (place.x, place.x + place.width);
}

static void
what_stands_around_a_name_stays_where_it_is (void **state)
{
  GtkLabel *label = g_object_ref_sink (GTK_LABEL (gtk_label_new (NULL)));

  /* By itself it would be read from the right. */
  gtk_label_set_text (label, "שלב: 3 of 4");
  assert_true (place_of (label, "3") < place_of (label, "ש"));
  sentence_show (label, "שלב: 3 of 4");
  assert_true (place_of (label, "ש") < place_of (label, "3"));
  assert_true (place_of (label, "3") < place_of (label, "of"));
  /* What is written from right to left still is. */
  assert_true (place_of (label, "ל") < place_of (label, "ש"));
  sentence_show (label, "Held: שלב, 3 s");
  assert_true (place_of (label, "Held") < place_of (label, "ש"));
  assert_true (place_of (label, "ש") < place_of (label, "3"));
  sentence_show (label, NULL);
  assert_string_equal (gtk_label_get_text (label), "");
  g_object_unref (label);
}

static void
a_language_from_right_to_left_is_left_alone (void **state)
{
  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  check_isolated ("שלב: loss 3", "שלב: loss 3");
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (names_are_set_apart),
    cmocka_unit_test (reasons_begin_with_a_capital_letter),
    cmocka_unit_test (what_stands_around_a_name_stays_where_it_is),
    cmocka_unit_test (a_language_from_right_to_left_is_left_alone),
  };

  if (!window_fixture_start ())
    return 77;
  return cmocka_run_group_tests (tests, NULL, NULL);
}
