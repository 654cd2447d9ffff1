/* Looking for the next element: what can be asked for, both directions, around the end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "array-find.h"
#include "inspect-error.h"
#include "support/fake-attachment.h"

#define NOTHING G_MAXUINT64

struct fixture
{
  FakeAttachment *fake;
  EntryInfo *entry;
  ArrayReader *reader;
};

static void
begin (struct fixture *f, char code, guint64 length, const void *initial)
{
  ArrayBlock block = array_block_range (0, length);

  f->fake = fake_attachment_new (length * 8 + 64);
  f->entry = fake_attachment_add_plain (f->fake, "a", code, length, initial);
  f->reader = array_reader_new (fake_attachment_base (f->fake), f->entry, -1, &block, NULL);
  assert_non_null (f->reader);
}

static void
end (struct fixture *f)
{
  array_reader_free (f->reader);
  entry_info_unref (f->entry);
  fake_attachment_unref (f->fake);
}

/* Where it is, plus 1000000 when it was beyond the end. */
static guint64
find_in (struct fixture *f, const char *text, guint64 from, gboolean backwards)
{
  ArrayQuery query;
  struct array_found found;
  GError *error = NULL;

  if (!array_query_parse (&f->entry->type, NULL, 0, text, &query, &error))
    fail_msg ("%s: %s", text, error->message);
  assert_true (array_find (f->reader, &query, NULL, from, backwards, NULL, &found, NULL));
  return !found.found ? NOTHING : found.number + (found.wrapped ? 1000000 : 0);
}

static void
what_can_be_asked_for_is_found (void **state)
{
  static const double numbers[] = { 0, 1, 1.5, 2, -0.0, NAN, 3, INFINITY, -INFINITY, 0.5 };
  static const struct
  {
    const char *text;
    guint64 from, forwards, backwards;
  } cases[] = {
    { "1.5", 0, 2, 1000002 },
    { " = 1.5 ", 2, 1000002, 1000002 },
    { "0", 0, 4, 1000004 },
    { "0", 4, 1000000, 0 },
    { ">2", 0, 6, 1000007 },
    { ">=2", 0, 3, 1000007 },
    { "<0", 0, 8, 1000008 },
    { "<=0", 1, 4, 0 },
    { "1..2", 0, 1, 1000003 },
    { "1..2", 3, 1000001, 2 },
    { "-1 .. -0.5", 0, NOTHING, NOTHING },
    { "nonfinite", 0, 5, 1000008 },
    { "nonfinite", 5, 7, 1000008 },
    { "nan", 0, 5, 1000005 },
    { "!=0", 0, 1, 1000009 },
    { "inf", 0, 7, 1000007 },
    { "7", 3, NOTHING, NOTHING },
  };
  struct fixture f;

  begin (&f, 'd', G_N_ELEMENTS (numbers), numbers);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      assert_int_equal (find_in (&f, cases[i].text, cases[i].from, FALSE), cases[i].forwards);
      assert_int_equal (find_in (&f, cases[i].text, cases[i].from, TRUE), cases[i].backwards);
    }
  end (&f);
}

static void
integers_are_compared_exactly (void **state)
{
  static const guint64 numbers[] = { 9007199254740992, 9007199254740993, G_MAXUINT64 };
  struct fixture f;

  begin (&f, 'Q', 3, numbers);
  assert_int_equal (find_in (&f, "9007199254740993", 0, FALSE), 1);
  assert_int_equal (find_in (&f, ">9007199254740993", 0, FALSE), 2);
  assert_int_equal (find_in (&f, ">18446744073709551615", 0, FALSE), NOTHING);
  assert_int_equal (find_in (&f, "nonfinite", 0, FALSE), NOTHING);
  end (&f);
}

static void
values_are_given_in_the_form_in_which_they_are_seen (void **state)
{
  static const gint16 numbers[] = { 0, 5, -1, 7, 4 };
  static const struct
  {
    enum display_form form;
    const char *text;
    guint64 found;
  } cases[] = {
    { DISPLAY_HEXADECIMAL, "0xffff", 2 },
    { DISPLAY_HEXADECIMAL, "0x6..0x8", 3 },
    { DISPLAY_BITS, "RUN | ERR", 1 },
    { DISPLAY_BITS, "!= RUN | ERR", 2 },
    { DISPLAY_LABELS, "= ERR", NOTHING },
    { DISPLAY_LABELS, "> RUN", 1 },
    { DISPLAY_LABELS, "wait..", 3 },
    { DISPLAY_LABELS, "<none>", 4 },
    { DISPLAY_LABELS, "!= wait..", 1 },
    { DISPLAY_LABELS, "wait.. (7)", 3 },
    { DISPLAY_LABELS, "RUN..ERR", 0 },
    { DISPLAY_CHARACTER, "!", NOTHING },
    { DISPLAY_STANDARD, "7", 3 },
  };
  static const struct shmlens_type real = { 8, SHMLENS_KIND_FLOAT, 'd', 0 };
  g_autoptr (Display) display = display_new (DISPLAY_BITS);
  struct fixture f;

  assert_true (display_set_labels (display, "0=RUN, 2=ERR, 7=wait.., 4=<none>", NULL));
  begin (&f, 'h', G_N_ELEMENTS (numbers), numbers);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      struct array_found found;
      ArrayQuery query;

      display->form = cases[i].form;
      assert_true (
        array_query_parse (&f.entry->type, display, 0, cases[i].text, &query, NULL));
      assert_true (array_find (f.reader, &query, NULL, 0, FALSE, NULL, &found, NULL));
      assert_int_equal (found.found ? found.number : NOTHING, cases[i].found);
    }
  display->form = DISPLAY_LABELS;
  assert_false (array_query_parse (&f.entry->type, display, 0, "STOP", &(ArrayQuery){ 0 }, NULL));
  /* A form that does not suit is as none. */
  assert_true (array_query_parse (&real, display, 0, "0.5", &(ArrayQuery){ 0 }, NULL));
  end (&f);
}

static void
what_cannot_be_asked_for_says_why (void **state)
{
  static const char *const wrong[] = { "", "x", ">", "1..", "..2", "2..1", "300", "1.5", "!=", "<x" };
  struct shmlens_type type;
  ArrayQuery query;

  shmlens_type_from_code ('B', &type);
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;

      if (array_query_parse (&type, NULL, 0, wrong[i], &query, &error))
        fail_msg ("%s is taken", wrong[i]);
      assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_BAD_VALUE));
    }
}

static void
many_pieces_are_looked_through_in_both_directions (void **state)
{
  struct fixture f;
  gint32 one = 1;

  begin (&f, 'i', 500000, NULL);
  for (guint i = 0; i < 3; i++)
    fake_attachment_poke (f.fake, f.entry, (guint64[]){ 3, 200000, 499999 }[i], 1, &one);
  assert_int_equal (find_in (&f, "1", 0, FALSE), 3);
  assert_int_equal (find_in (&f, "1", 3, FALSE), 200000);
  assert_int_equal (find_in (&f, "1", 200000, FALSE), 499999);
  assert_int_equal (find_in (&f, "1", 499999, FALSE), 1000003);
  assert_int_equal (find_in (&f, "1", 499999, TRUE), 200000);
  assert_int_equal (find_in (&f, "1", 200000, TRUE), 3);
  assert_int_equal (find_in (&f, "1", 3, TRUE), 1000000 + 499999);
  assert_int_equal (find_in (&f, "1", G_MAXUINT64, FALSE), 1000003);
  end (&f);
}

static void
changes_are_found_against_a_copy (void **state)
{
  struct fixture f;
  ArrayQuery query = { .kind = ARRAY_QUERY_CHANGED };
  struct array_found found;
  g_autoptr (GBytes) copy = NULL;
  gint32 one = 1;

  begin (&f, 'i', 100000, NULL);
  copy = array_find_copy (f.reader, NULL, NULL);
  assert_int_equal (g_bytes_get_size (copy), 400000);
  assert_true (array_find (f.reader, &query, copy, 0, FALSE, NULL, &found, NULL));
  assert_false (found.found);
  fake_attachment_poke (f.fake, f.entry, 77777, 1, &one);
  assert_true (array_find (f.reader, &query, copy, 0, FALSE, NULL, &found, NULL));
  assert_true (found.found && found.number == 77777 && !found.wrapped);
  assert_true (array_find (f.reader, &query, copy, 77777, FALSE, NULL, &found, NULL));
  assert_true (found.found && found.number == 77777 && found.wrapped);
  end (&f);
}

static void
memory_that_goes_away_is_an_error (void **state)
{
  struct fixture f;
  ArrayQuery query = { .kind = ARRAY_QUERY_NOT_FINITE };
  struct array_found found;
  GError *error = NULL;

  begin (&f, 'd', 10, NULL);
  fake_attachment_set_gone (f.fake, TRUE);
  assert_false (array_find (f.reader, &query, NULL, 0, FALSE, NULL, &found, &error));
  assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_CORRUPT));
  g_clear_error (&error);
  assert_null (array_find_copy (f.reader, NULL, &error));
  assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_CORRUPT));
  g_clear_error (&error);
  end (&f);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (what_can_be_asked_for_is_found),
    cmocka_unit_test (integers_are_compared_exactly),
    cmocka_unit_test (values_are_given_in_the_form_in_which_they_are_seen),
    cmocka_unit_test (what_cannot_be_asked_for_says_why),
    cmocka_unit_test (many_pieces_are_looked_through_in_both_directions),
    cmocka_unit_test (changes_are_found_against_a_copy),
    cmocka_unit_test (memory_that_goes_away_is_an_error),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
