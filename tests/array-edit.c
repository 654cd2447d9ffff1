/* Blocks of an array: filled, computed with, ramps, pasted and copied; each is one edit that
 * writes everything or nothing, and can be taken back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "array-copy.h"
#include "array-paste.h"
#include "inspect-error.h"
#include "support/fake-attachment.h"

#define ROWS 4
#define COLUMNS 5

struct fixture
{
  FakeAttachment *fake;
  Attachment *attachment;
  EntryInfo *entry;        /* of int32, 0 to 19 in order, at most 1000 */
};

static int
set_up (void **state)
{
  struct fixture *f = g_new0 (struct fixture, 1);
  EntryInfo values = { .name = (char *) "m", .unit = (char *) "", .doc = (char *) "",
                       .dimensions = 2, .shape = { ROWS, COLUMNS }, .length = ROWS * COLUMNS,
                       .editable = TRUE, .lock_kind = LOCK_ROBUST, .has_maximum = TRUE };
  gint32 numbers[ROWS * COLUMNS], maximum = 1000;

  for (gint32 i = 0; i < ROWS * COLUMNS; i++)
    numbers[i] = i;
  shmlens_type_from_code ('i', &values.type);
  memcpy (values.maximum, &maximum, sizeof maximum);
  f->fake = fake_attachment_new (65536);
  f->attachment = fake_attachment_base (f->fake);
  f->entry = fake_attachment_add (f->fake, &values, numbers);
  *state = f;
  return 0;
}

static int
tear_down (void **state)
{
  struct fixture *f = *state;

  entry_info_unref (f->entry);
  fake_attachment_unref (f->fake);
  g_free (f);
  return 0;
}

static void
assert_numbers (struct fixture *f, const gint32 expected[ROWS * COLUMNS])
{
  gint32 numbers[ROWS * COLUMNS];

  fake_attachment_peek (f->fake, f->entry, 0, ROWS * COLUMNS, numbers);
  assert_memory_equal (numbers, expected, sizeof numbers);
}

static Edit *
on_block (struct fixture *f, const char *text, ArrayBlock block)
{
  Edit *edit = edit_new (f->attachment, f->entry, 0, 0, text);

  edit_set_block (edit, &block);
  return edit;
}

/* Rows 1 and 2, columns 1 to 3. */
#define MIDDLE ((ArrayBlock){ 6, 2, 3, COLUMNS, 1 })

static void
a_block_is_computed_with_under_one_lock_and_taken_back (void **state)
{
  static const gint32 before[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18,
                                   19 };
  static const gint32 after[] = { 0, 1, 2, 3, 4, 5, 12, 14, 16, 9, 10, 22, 24, 26, 14, 15, 16, 17,
                                  18, 19 };
  static const gint32 filled[] = { 0, 7, 2, 3, 4, 5, 7, 7, 8, 9, 10, 7, 12, 13, 14, 15, 7, 17, 18,
                                   19 };
  struct fixture *f = *state;
  g_autoptr (Edit) doubled = on_block (f, "*=2", MIDDLE);
  g_autoptr (Edit) turned = on_block (f, "7", (ArrayBlock){ 1, 1, 4, 1, COLUMNS });
  g_auto (EditResult) result = { 0 };
  struct fake_counts counts;
  g_autofree char *text = edit_describe (doubled);
  gint32 seven = 7;

  assert_string_equal (text, "m[1][1] (2×3) *= 2");
  assert_true (edit_apply (doubled, NULL, &result, NULL));
  assert_numbers (f, after);
  fake_attachment_get_counts (f->fake, &counts);
  assert_int_equal (counts.locks, 1);
  assert_int_equal (counts.unlocks, 1);
  assert_int_equal (counts.stored_bytes, 24);
  assert_int_equal (counts.locked_stores, counts.stores);
  assert_int_equal (g_bytes_get_size (result.before), 24);

  assert_true (edit_restore (doubled, result.after, result.before, FALSE, NULL, NULL, NULL));
  assert_numbers (f, before);
  assert_true (edit_apply (turned, NULL, NULL, NULL));
  fake_attachment_poke (f->fake, f->entry, 7, 1, &seven);
  assert_numbers (f, filled);
}

static void
nothing_is_written_when_one_does_not_fit (void **state)
{
  static const gint32 before[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18,
                                   19 };
  struct fixture *f = *state;
  g_autoptr (Edit) edit = on_block (f, "*=80", MIDDLE);
  g_autoptr (Edit) outside = on_block (f, "1", (ArrayBlock){ 16, 2, 3, COLUMNS, 1 });
  GError *error = NULL;

  assert_false (edit_apply (edit, NULL, NULL, &error));
  assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_BAD_VALUE));
  g_clear_error (&error);
  assert_false (edit_check (outside, &error));
  assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND));
  g_clear_error (&error);
  assert_numbers (f, before);
}

static Edit *
new_ramp (struct fixture *f, EntryInfo *entry, guint64 first, guint64 last, const char *start,
          const char *step)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (texts, g_strdup (start));
  g_ptr_array_add (texts, g_strdup (step));
  return edit_new_texts (f->attachment, entry, first, last, EDIT_RAMP, texts);
}

static void
a_ramp_is_exact_and_stays_in_the_range (void **state)
{
  static const struct
  {
    char code;
    const char *start, *step, *last;   /* of 5; NULL: refused */
  } cases[] = {
    { 'b', "-128", "63", "124" },
    { 'b', "-128", "64", NULL },
    { 'B', "200", "-50", "0" },
    { 'B', "200", "-51", NULL },
    { 'Q', "9007199254740993", "1", "9007199254740997" },
    { 'Q', "0", "18446744073709551615", NULL },
    { 'd', "0", "0.1", "0.4" },
    { 'f', "1", "0.25", "2.0" },
    { 'd', "1e308", "1e308", NULL },
    { 'd', "nan", "1", NULL },
    { '?', "0", "1", NULL },
    { 'c', "a", "1", NULL },
    { 'i', "x", "1", NULL },
    { 'i', "1", "0.5", NULL },
  };
  struct fixture *f = *state;
  g_autoptr (Edit) described = new_ramp (f, f->entry, 5, 10, "0", "2");
  g_autofree char *text = edit_describe (described);

  assert_string_equal (text, "m[1] = 0 in steps of 2");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (EntryInfo) entry
        = fake_attachment_add_plain (f->fake, "r", cases[i].code, 5, NULL);
      g_autoptr (Edit) edit = new_ramp (f, entry, 0, 5, cases[i].start, cases[i].step);
      g_autoptr (GError) error = NULL;
      guint8 element[8];
      char printed[64];

      assert_int_equal (edit_check (edit, &error), cases[i].last != NULL);
      if (cases[i].last == NULL)
        {
          assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_BAD_VALUE));
          continue;
        }
      assert_true (edit_apply (edit, NULL, NULL, NULL));
      fake_attachment_peek (f->fake, entry, 4, 1, element);
      shmlens_type_print (&entry->type, element, sizeof printed, printed);
      assert_string_equal (printed, cases[i].last);
    }
}

static void
cells_are_read_as_spreadsheets_write_them (void **state)
{
  static const struct
  {
    const char *text;
    guint64 n_rows, n_columns;
    const char *cells;      /* joined by | */
    gboolean are_characters;
  } cases[] = {
    { "1", 1, 1, "1" },
    { "1\t2\n3\t4\n", 2, 2, "1|2|3|4" },
    { "1\t2\r\n3\t4", 2, 2, "1|2|3|4" },
    { "1,2\n3,4\n", 2, 2, "1|2|3|4" },
    { "1;2,5\n", 1, 2, "1|2,5" },
    { "\"a\tb\"\t\"c\"\"d\"\n", 1, 2, "a\tb|c\"d" },
    { "1\t\n\t2", 2, 2, "1|||2" },
    { "\"open", 1, 1, "open" },
    { "',',';'\n", 1, 2, "','|';'", TRUE },
    { "',',';'\n", 1, 2, "',','|'" },
    { "'a', ',', 'b'", 1, 3, "'a'|','|'b'", TRUE },
    { "';'\n'\\''\n\"','\"\n", 3, 1, "';'|'\\''|','", TRUE },
    { "a\n,\n;\n", 3, 1, "a|,|;", TRUE },
    { "a;;;d\n;;b;\n", 2, 4, "a|||d|||b|", TRUE },
    { "a,,\n,,d\n", 2, 3, "a|||||d", TRUE },
    { "','\t';'\n'\t'\tx\n", 2, 2, "','|';'|'\t'|x", TRUE },
  };
  static const char *const wrong[] = { "", "1\t2\n3\n", "1\n\n2,3", "\xff" };
  g_autoptr (Display) character = display_new (DISPLAY_CHARACTER);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      ArrayPaste paste;
      g_autofree char *joined = NULL;

      assert_true (array_paste_parse (cases[i].text,
                                      cases[i].are_characters ? character : NULL, &paste, NULL));
      assert_int_equal (paste.n_rows, cases[i].n_rows);
      assert_int_equal (paste.n_columns, cases[i].n_columns);
      g_ptr_array_add (paste.cells, NULL);
      joined = g_strjoinv ("|", (char **) paste.cells->pdata);
      assert_string_equal (joined, cases[i].cells);
      array_paste_clear (&paste);
    }
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      ArrayPaste paste;
      g_autoptr (GError) error = NULL;

      assert_false (array_paste_parse (wrong[i], NULL, &paste, &error));
      assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_BAD_VALUE));
    }
}

static void
a_paste_is_one_edit_or_says_which_cell_is_wrong (void **state)
{
  static const gint32 after[] = { 0, 1, 2, 3, 4, 5, -1, -2, -3, 9, 10, 4, 5, 6, 14, 15, 16, 17, 18,
                                  19 };
  struct fixture *f = *state;
  ArrayBlock block = MIDDLE;
  g_autoptr (Display) display = NULL;
  g_autoptr (DisplaySet) displays = NULL;
  ArrayPaste paste;
  g_autoptr (Edit) edit = NULL;
  g_autoptr (GError) error = NULL;

  assert_true (array_paste_parse ("-1\t-2\t-3\n4\t5\t6\n", NULL, &paste, NULL));
  edit = array_paste_edit (&paste, f->attachment, f->entry, &block, -1, NULL);
  assert_non_null (edit);
  assert_true (edit_apply (edit, NULL, NULL, NULL));
  assert_numbers (f, after);
  array_paste_clear (&paste);

  assert_true (array_paste_parse ("1\t2\t3\n4\tfünf\t6\n", NULL, &paste, NULL));
  assert_null (array_paste_edit (&paste, f->attachment, f->entry, &block, -1, &error));
  assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_BAD_VALUE));
  assert_true (g_str_has_prefix (error->message, "row 2, column 2, “fünf”: m: "));
  assert_non_null (strstr (error->message, "nothing was written"));
  g_clear_error (&error);
  array_paste_clear (&paste);

  /* In the form in which the elements are seen. */
  assert_true (array_paste_parse ("0xff\t2\t0b11\n-4\t0o5\t6\n", NULL, &paste, NULL));
  assert_true (array_paste_read (&paste, NULL, f->entry, -1, NULL));
  assert_string_equal (paste.cells->pdata[0], "0xff");
  display = display_new (DISPLAY_BINARY);
  displays = display_set_with (NULL, f->entry, -1, display);
  assert_true (array_paste_read (&paste, displays, f->entry, -1, NULL));
  assert_string_equal (paste.cells->pdata[0], "255");
  assert_string_equal (paste.cells->pdata[3], "-4");
  array_paste_clear (&paste);
  assert_true (array_paste_parse ("1\t0b2\n", NULL, &paste, NULL));
  assert_false (array_paste_read (&paste, displays, f->entry, -1, &error));
  assert_non_null (strstr (error->message, "row 1, column 2, “0b2”"));
  g_clear_error (&error);
  array_paste_clear (&paste);

  assert_true (array_paste_parse ("1\t2\t3\n4\t5\t1001\n", NULL, &paste, NULL));
  assert_null (array_paste_edit (&paste, f->attachment, f->entry, &block, -1, &error));
  assert_true (g_str_has_prefix (error->message, "row 2, column 3, “1001”: "));
  array_paste_clear (&paste);
  assert_numbers (f, after);
}

static void
assert_copied (struct fixture *f, EntryInfo *entry, const ArrayBlock *block,
               enum literal_form form, const char *expected)
{
  g_autofree char *text
    = array_copy_text (f->attachment, entry, block, -1, 1, form, NULL, NULL);

  assert_string_equal (text, expected);
}

static void
elements_are_copied_for_other_programs (void **state)
{
  struct fixture *f = *state;
  const double odd[] = { 0.1, __builtin_nan (""), -__builtin_inf () };
  const guint8 flags[] = { 1, 0 };
  const gint64 least[] = { G_MININT64, 5 };
  g_autoptr (EntryInfo) doubles = fake_attachment_add_plain (f->fake, "d", 'd', 3, odd);
  g_autoptr (EntryInfo) bools = fake_attachment_add_plain (f->fake, "b", '?', 2, flags);
  g_autoptr (EntryInfo) wide = fake_attachment_add_plain (f->fake, "q", 'q', 2, least);
  g_autoptr (EntryInfo) text = fake_attachment_add_plain (f->fake, "c", 'c', 3, "a'\n");
  ArrayBlock middle = MIDDLE, three = array_block_range (0, 3), two = array_block_range (0, 2);
  ArrayBlock outside = array_block_range (0, 4);
  g_autoptr (GError) error = NULL;

  assert_copied (f, f->entry, &middle, LITERAL_TABLE, "6\t7\t8\n11\t12\t13\n");
  assert_copied (f, f->entry, &middle, LITERAL_C, "{ { 6, 7, 8 },\n  { 11, 12, 13 } }");
  assert_copied (f, f->entry, &middle, LITERAL_PYTHON, "[[6, 7, 8],\n [11, 12, 13]]");
  assert_copied (f, doubles, &three, LITERAL_TABLE, "0.1\tnan\t-inf\n");
  assert_copied (f, doubles, &three, LITERAL_C, "{ 0.1, NAN, -INFINITY }");
  assert_copied (f, doubles, &three, LITERAL_PYTHON, "[0.1, float('nan'), float('-inf')]");
  assert_copied (f, bools, &two, LITERAL_C, "{ true, false }");
  assert_copied (f, bools, &two, LITERAL_PYTHON, "[True, False]");
  assert_copied (f, wide, &two, LITERAL_C, "{ (-9223372036854775807 - 1), 5 }");
  assert_copied (f, text, &three, LITERAL_C, "{ 'a', '\\'', '\\n' }");
  assert_copied (f, text, &three, LITERAL_PYTHON, "[b'a', b'\\'', b'\\n']");
  assert_null (
    array_copy_text (f->attachment, doubles, &outside, -1, 1, LITERAL_TABLE, NULL, &error));
  assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND));
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown (a_block_is_computed_with_under_one_lock_and_taken_back, set_up,
                                     tear_down),
    cmocka_unit_test_setup_teardown (nothing_is_written_when_one_does_not_fit, set_up, tear_down),
    cmocka_unit_test_setup_teardown (a_ramp_is_exact_and_stays_in_the_range, set_up, tear_down),
    cmocka_unit_test (cells_are_read_as_spreadsheets_write_them),
    cmocka_unit_test_setup_teardown (a_paste_is_one_edit_or_says_which_cell_is_wrong, set_up,
                                     tear_down),
    cmocka_unit_test_setup_teardown (elements_are_copied_for_other_programs, set_up, tear_down),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
