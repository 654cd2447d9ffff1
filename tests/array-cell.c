/* The short text of a cell in the grid of an array. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "array-cell.h"
#include "support/entry-field.h"

static EntryInfo
array_of (char code)
{
  EntryInfo info = { .id = 1, .name = (char *) "a", .unit = (char *) "", .doc = (char *) "",
                     .dimensions = 1, .shape = { 9 }, .length = 9 };

  assert_int_equal (shmlens_type_from_code (code, &info.type), 0);
  return info;
}

static void
assert_cell (const EntryInfo *info, const DisplaySet *displays, const void *element, int field,
             const char *expected)
{
  g_autoptr (GString) scratch = g_string_new ("what was there before");
  ArrayCell cell = { .changed_us = 7 };

  array_cell_fill (&cell, info, displays, element, field, array_cell_width (info, displays),
                   scratch);
  assert_string_equal (cell.text, expected);
  assert_int_equal (cell.changed_us, 7);
}

/* In a form, of the elements or of a field. */
static void
assert_cell_in (const EntryInfo *info, enum display_form form, double maximum, const char *labels,
                const void *element, int field, const char *expected)
{
  g_autoptr (Display) display = display_new (form);
  g_autoptr (DisplaySet) displays = NULL;

  display->maximum = maximum;
  assert_true (display_set_labels (display, labels, NULL));
  displays = display_set_with (NULL, info, field, display);
  assert_cell (info, displays, element, field, expected);
}

static void
numbers_are_exact_as_long_as_there_is_room (void **state)
{
  static const struct
  {
    char code;
    gint64 value;
    const char *text;
  } whole[] = {
    { 'b', -128, "-128" },   { 'B', 255, "255" },
    { 'h', -32768, "-32768" }, { 'I', G_MAXUINT32, "4294967295" },
    { 'q', G_MININT64, "-9223372036854775808" }, { 'Q', -1, "18446744073709551615" },
    { '?', 1, "true" },      { 'c', 'A', "A" },
    { 'c', 0, "\\x00" },     { 'u', 0x20ac, "€" },
  };
  static const struct
  {
    double value;
    const char *text;
  } real[] = {
    { 0.1, "0.1" },
    { -0.0, "-0.0" },
    { 1.0 / 3, "0.3333333" },
    { -1.2345678901234e-300, "-1.23457e-300" },
    { 123456789012.5, "1.234568e+11" },
    { 12345678901.5, "12345678901.5" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (whole); i++)
    {
      EntryInfo info = array_of (whole[i].code);

      assert_true (g_utf8_strlen (whole[i].text, -1) <= array_cell_width (&info, NULL));
      assert_cell (&info, NULL, &whole[i].value, -1, whole[i].text);
    }
  for (guint i = 0; i < G_N_ELEMENTS (real); i++)
    {
      EntryInfo info = array_of ('d');

      assert_cell (&info, NULL, &real[i].value, -1, real[i].text);
    }
  {
    EntryInfo info = array_of ('f');

    assert_cell (&info, NULL, &(float){ 1.17549435e-38f }, -1, "1.1754944e-38");
  }
}

static void
cells_are_as_wide_as_their_form (void **state)
{
  EntryInfo info = array_of ('i');
  gint32 value = -2;

  assert_cell_in (&info, DISPLAY_HEXADECIMAL, 100, "", &value, -1, "0xfffffffe");
  assert_cell_in (&info, DISPLAY_OCTAL, 100, "", &value, -1, "0o37777777776");
  assert_cell_in (&info, DISPLAY_BINARY, 100, "", &value, -1,
                  "0b11111111_11111111_11111111_11111110");
  assert_cell_in (&info, DISPLAY_CHARACTER, 100, "", &(gint32){ ',' }, -1, "','");
  assert_cell_in (&info, DISPLAY_PROGRESS, 4000, "", &value, -1, "-2 / 4000");
  assert_cell_in (&info, DISPLAY_BITS, 100, "0=RUN, 1=ERR", &(gint32){ 3 }, -1, "RUN | ERR");
  assert_cell_in (&info, DISPLAY_LABELS, 100, "-2=gone", &value, -1, "gone (-2)");
  info = array_of ('Q');
  assert_cell_in (&info, DISPLAY_BINARY, 100, "", &(guint64){ G_MAXUINT64 }, -1,
                  "0b11111111_11111111_11111111_11111111_11111111_11111111_11111111_11111111");
  /* Cut, a number would be another: it is rounded, and leaves the maximum out. */
  info = array_of ('d');
  assert_cell_in (&info, DISPLAY_PROGRESS, 8, "", &(double){ 0.5 }, -1, "0.5 / 8");
  assert_cell_in (&info, DISPLAY_PROGRESS, 8, "", &(double){ 1.0 / 3 }, -1, "0.3333333");
}

static void
names_of_the_program_widen_the_column (void **state)
{
  EntryLabel labels[] = { { 0, -1, (char *) "idle" },
                          { 1, -1, (char *) "waiting for a worker that is called something" },
                          { 2, 0, (char *) "of a field" } };
  EntryInfo info = array_of ('B');
  guint narrow;

  info.n_labels = 1;
  info.labels = labels;
  narrow = array_cell_width (&info, NULL);
  assert_int_equal (narrow, strlen ("idle (255)"));
  assert_cell (&info, NULL, &(guint8){ 0 }, -1, "idle (0)");
  assert_cell (&info, NULL, &(guint8){ 200 }, -1, "200");
  info.n_labels = G_N_ELEMENTS (labels);
  assert_true (array_cell_width (&info, NULL) > narrow);
  assert_cell (&info, NULL, &(guint8){ 1 }, -1, "waiting for a worker that is c…");
}

static void
fields_share_a_width (void **state)
{
  EntryField fields[]
    = { field_of ("a", 'b', 0), field_of ("bits", 'I', 4), field_of ("name", 'c', 8) };
  EntryInfo info = array_of ('B');
  const guint8 element[40] = { 0xfd, 0, 0, 0, 0xd0, 0, 0, 0, 'w', 'o', 'r', 'k' };
  guint8 longer[40] = { 0 };

  fields[1].bit_offset = 4;
  fields[1].bit_width = 4;
  fields[2].dimensions = 1;
  fields[2].shape[0] = 32;
  info.type = (struct shmlens_type){ 40, SHMLENS_KIND_STRUCT, 'T', 0 };
  info.n_fields = G_N_ELEMENTS (fields);
  info.fields = fields;
  assert_cell (&info, NULL, element, 0, "-3");
  assert_cell (&info, NULL, element, 1, "13");
  assert_cell (&info, NULL, element, 2, "\"work\"");
  assert_cell_in (&info, DISPLAY_HEXADECIMAL, 100, "", element, 1, "0xd");
  assert_cell_in (&info, DISPLAY_HEXADECIMAL, 100, "", element, 2, "[0x77, 0x6f, 0x72, 0x…");
  /* A name above the column has room, but not all of any. */
  fields[0].name = (char *) "temperature of the gear";
  assert_int_equal (array_cell_width (&info, NULL), strlen (fields[0].name));
  fields[0].name = (char *) "temperature of the gear of the third robot in the hall";
  assert_int_equal (array_cell_width (&info, NULL), 28);
  fields[0].name = (char *) "a";
  memset (longer + 8, 'x', 32);
  assert_cell (&info, NULL, longer, 2, "\"xxxxxxxxxxxxxxxxxxxx…");
}

/* Whatever bytes there are: text that is right, and no longer than a cell. */
static void
texts_are_cut_between_characters (void **state)
{
  EntryField fields[] = { field_of ("t", 'c', 0) };
  EntryInfo info = array_of ('B');
  g_autoptr (GString) scratch = g_string_new (NULL);
  g_autoptr (GRand) rand = g_rand_new_with_seed (11);
  guint8 element[400];

  fields[0].dimensions = 1;
  fields[0].shape[0] = sizeof element;
  info.type = (struct shmlens_type){ sizeof element, SHMLENS_KIND_STRUCT, 'T', 0 };
  info.n_fields = 1;
  info.fields = fields;
  for (guint i = 0; i < sizeof element; i += 4)
    memcpy (element + i, "\xf0\x9f\x98\x80", 4);
  for (guint width = 2; width <= ARRAY_CELL_TEXT - sizeof "…"; width++)
    {
      ArrayCell cell = { .changed_us = 0 };

      array_cell_fill (&cell, &info, NULL, element, 0, width, scratch);
      assert_true (g_utf8_validate (cell.text, -1, NULL));
      assert_true (g_str_has_suffix (cell.text, "…"));
      assert_true (g_utf8_strlen (cell.text, -1) <= width);
    }
  for (guint round = 0; round < 2000; round++)
    {
      ArrayCell cell = { .changed_us = 0 };

      for (guint i = 0; i < sizeof element; i++)
        element[i] = (guint8) g_rand_int (rand);
      array_cell_fill (&cell, &info, NULL, element, 0, ARRAY_CELL_TEXT - sizeof "…", scratch);
      assert_non_null (memchr (cell.text, '\0', sizeof cell.text));
      assert_true (g_utf8_validate (cell.text, -1, NULL));
    }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (numbers_are_exact_as_long_as_there_is_room),
    cmocka_unit_test (cells_are_as_wide_as_their_form),
    cmocka_unit_test (names_of_the_program_widen_the_column),
    cmocka_unit_test (fields_share_a_width),
    cmocka_unit_test (texts_are_cut_between_characters),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
