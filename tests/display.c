/* Values displayed in the form that people want, and read back from it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "display.h"
#include "inspect-error.h"

static struct shmlens_type
type_of (char code)
{
  struct shmlens_type type;

  assert_int_equal (shmlens_type_from_code (code, &type), 0);
  return type;
}

static Display *
make (enum display_form form, const char *labels)
{
  Display *display = display_new (form);

  if (labels != NULL)
    assert_true (display_set_labels (display, labels, NULL));
  return display;
}

/* The value is displayed so, and comes back from it. */
static void
assert_both (const Display *display, char code, gint64 value, const char *expected)
{
  struct shmlens_type type = type_of (code);
  g_autofree char *text = display_format (display, &type, 0, &value);
  guint64 read = 0, wanted = 0;
  g_autoptr (GError) error = NULL;

  assert_string_equal (text, expected);
  if (!display_parse (display, &type, 0, text, &read, &error))
    fail_msg ("%s", error->message);
  memcpy (&wanted, &value, type.size);
  assert_true (read == wanted);
}

static void
assert_reads (const Display *display, char code, const char *text, gint64 expected)
{
  struct shmlens_type type = type_of (code);
  guint64 read = 0, wanted = 0;
  g_autoptr (GError) error = NULL;

  if (!display_parse (display, &type, 0, text, &read, &error))
    fail_msg ("%s", error->message);
  memcpy (&wanted, &expected, type.size);
  assert_true (read == wanted);
}

static void
assert_refuses (const Display *display, char code, const char *text)
{
  struct shmlens_type type = type_of (code);
  guint64 read = 4711;
  g_autoptr (GError) error = NULL;

  if (display_parse (display, &type, 0, text, &read, &error))
    fail_msg ("it read \"%s\"", text);
  assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_BAD_VALUE));
  assert_int_equal (read, 4711);
}

static void
numbers_have_several_bases (void **state)
{
  g_autoptr (Display) decimal = make (DISPLAY_DECIMAL, NULL);
  g_autoptr (Display) hexadecimal = make (DISPLAY_HEXADECIMAL, NULL);
  g_autoptr (Display) octal = make (DISPLAY_OCTAL, NULL);
  g_autoptr (Display) binary = make (DISPLAY_BINARY, NULL);

  assert_both (decimal, 'Q', -1, "18446744073709551615");
  assert_both (decimal, 'c', 'A', "65");
  assert_both (hexadecimal, 'i', 42, "0x0000002a");
  assert_both (hexadecimal, 'i', -1, "0xffffffff");
  assert_both (hexadecimal, 'q', G_MININT64, "0x8000000000000000");
  assert_both (hexadecimal, 'Q', -1, "0xffffffffffffffff");
  assert_both (hexadecimal, 'b', -2, "0xfe");
  assert_both (octal, 'H', 8, "0o10");
  assert_both (octal, 'h', -1, "0o177777");
  assert_both (binary, 'B', 5, "0b00000101");
  assert_both (binary, 'h', -2, "0b11111111_11111110");
  assert_reads (hexadecimal, 'i', " -1 ", -1);
  assert_reads (binary, 'i', "7", 7);
  assert_reads (decimal, 'i', "0x10", 16);
  assert_refuses (hexadecimal, 'i', "0x100000000");
  assert_refuses (hexadecimal, 'B', "256");
  assert_refuses (decimal, 'i', "0xffffffff");
  assert_refuses (octal, 'i', "");
  assert_refuses (octal, 'i', "x");
}

static void
bit_fields_are_as_wide_as_they_are (void **state)
{
  g_autoptr (Display) hexadecimal = make (DISPLAY_HEXADECIMAL, NULL);
  g_autoptr (Display) binary = make (DISPLAY_BINARY, NULL);
  g_autoptr (Display) bits = make (DISPLAY_BITS, "0=RUN, 2=ERR");
  struct shmlens_type wide = type_of ('i'), narrow = type_of ('b'), whole = type_of ('q');
  const Display *const displays[] = { hexadecimal, binary, bits };
  static const char *const texts[] = { "0x5", "0b101", "RUN | ERR" };
  gint32 value = -3, read = 0;

  for (guint i = 0; i < G_N_ELEMENTS (displays); i++)
    {
      g_autofree char *text = display_format (displays[i], &wide, 3, &value);

      assert_string_equal (text, texts[i]);
      read = 0;
      assert_true (display_parse (displays[i], &wide, 3, text, &read, NULL));
      assert_int_equal (read, -3);
    }
  /* What is too much for the field is as it was typed: who writes it refuses it. */
  assert_true (display_parse (hexadecimal, &wide, 3, "0x9", &read, NULL));
  assert_int_equal (read, 9);
  assert_true (display_parse (bits, &wide, 3, "-300", &read, NULL));
  assert_int_equal (read, -300);
  assert_refuses (bits, 'b', "-300");
  assert_refuses (bits, 'b', "RUN | 0x100");
  assert_int_equal (display_width (hexadecimal, &wide, 3, 2), strlen ("0x5"));
  assert_int_equal (display_width (binary, &wide, 0, 11),
                    strlen ("0b00000000_00000000_00000000_00000000"));
  assert_int_equal (display_width (binary, &narrow, 0, 4), strlen ("0b00000000"));
  assert_int_equal (display_width (hexadecimal, &whole, 0, 20), strlen ("0x8000000000000000"));
  assert_int_equal (display_width (bits, &narrow, 0, 4), strlen ("RUN | ERR | "));
}

/* Every integer type, in every form: what its ends are, and what is beyond them. */
static void
numbers_beyond_a_type_are_refused_in_every_form (void **state)
{
  static const struct
  {
    char code;
    const char *least, *most, *below, *above;
  } types[] = {
    { 'b', "-128", "127", "-129", "256" },
    { 'B', "0", "255", "-1", "256" },
    { 'h', "-32768", "32767", "-32769", "65536" },
    { 'H', "0", "65535", "-1", "65536" },
    { 'i', "-2147483648", "2147483647", "-2147483649", "4294967296" },
    { 'I', "0", "4294967295", "-1", "4294967296" },
    { 'l', "-9223372036854775808", "9223372036854775807", "-9223372036854775809", NULL },
    { 'L', "0", "18446744073709551615", "-1", "18446744073709551616" },
    { 'q', "-9223372036854775808", "9223372036854775807", "-9223372036854775809", NULL },
    { 'Q', "0", "18446744073709551615", "-1", "18446744073709551616" },
    { '?', "0", "1", "-1", "2" },
    { 'c', "0", "255", "-1", "256" },
    { 'u', "0", "0x10ffff", "-1", "0x110000" },
  };

  for (enum display_form form = DISPLAY_DECIMAL; form < DISPLAY_N_FORMS; form++)
    for (guint i = 0; i < G_N_ELEMENTS (types); i++)
      {
        struct shmlens_type type = type_of (types[i].code);
        g_autoptr (Display) display
          = make (form, form >= DISPLAY_BITS ? "0=RUN, 2=ERR" : NULL);
        guint64 value = 0;

        assert_true (display_parse (display, &type, 0, types[i].least, &value, NULL));
        assert_true (display_parse (display, &type, 0, types[i].most, &value, NULL));
        assert_refuses (display, types[i].code, types[i].below);
        if (types[i].above != NULL)
          assert_refuses (display, types[i].code, types[i].above);
      }
}

static void
what_does_not_fit_is_told_in_one_sentence (void **state)
{
  static const enum display_form forms[]
    = { DISPLAY_DECIMAL,   DISPLAY_HEXADECIMAL, DISPLAY_OCTAL, DISPLAY_BINARY,
        DISPLAY_CHARACTER, DISPLAY_PROGRESS,    DISPLAY_BITS,  DISPLAY_LABELS };
  struct shmlens_type wide = type_of ('Q'), narrow = type_of ('b');
  g_autoptr (Display) bits = make (DISPLAY_BITS, "0=RUN");
  g_autoptr (GError) error = NULL;
  guint64 value = 4711;

  for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
    {
      g_autoptr (Display) display = make (forms[i], NULL);

      g_clear_error (&error);
      assert_false (display_parse (display, &wide, 0, "-1", &value, &error));
      assert_string_equal (error->message,
                           "-1 does not fit uint64; give 0 to 18446744073709551615");
    }
  /* Nor as one of several, nor as the bits of a wider type. */
  assert_refuses (bits, 'Q', "RUN | -1");
  assert_refuses (bits, 'b', "RUN | 0xffffffffffffff80");
  assert_refuses (bits, 'b', "-128 | 0x100");
  g_clear_error (&error);
  assert_false (display_parse (bits, &narrow, 0, "RUN | 300", &value, &error));
  assert_string_equal (error->message, "300 does not fit int8; give -128 to 127");
  assert_int_equal (value, 4711);
}

static void
assert_split (enum display_form form, const char *text, const char *expected)
{
  g_autoptr (Display) display = make (form, NULL);
  g_auto (GStrv) parts = display_split (display, text, ',');
  g_autofree char *joined = g_strjoinv ("|", parts);

  assert_string_equal (joined, expected);
}

static void
separators_that_are_values_stay (void **state)
{
  assert_split (DISPLAY_CHARACTER, "'a', ',', 'b'", "'a'| ','| 'b'");
  assert_split (DISPLAY_CHARACTER, "',',','", "','|','");
  assert_split (DISPLAY_CHARACTER, "'\\'',',','\\x2c','\\\\','€'",
                "'\\''|','|'\\x2c'|'\\\\'|'€'");
  assert_split (DISPLAY_CHARACTER, "a,,,b", "a|,|b");
  assert_split (DISPLAY_CHARACTER, ",", ",");
  assert_split (DISPLAY_CHARACTER, "65, 0x2c", "65| 0x2c");
  /* Nothing of these is a character in quotes. */
  assert_split (DISPLAY_CHARACTER, "',", "'|");
  assert_split (DISPLAY_CHARACTER, "'\\", "'\\");
  assert_split (DISPLAY_CHARACTER, "'", "'");
  assert_split (DISPLAY_CHARACTER, "", "");
  assert_split (DISPLAY_HEXADECIMAL, "0x1, 2,,", "0x1| 2||");
  assert_int_equal (display_character_length ("'\xe2", ','), 0);
}

static void
codes_are_characters (void **state)
{
  g_autoptr (Display) display = make (DISPLAY_CHARACTER, NULL);

  assert_both (display, 'i', 'A', "'A'");
  assert_both (display, 'H', 0xe9, "'é'");
  assert_both (display, 'B', '\n', "'\\x0a'");
  assert_both (display, 'i', '\'', "'\\''");
  assert_both (display, 'i', '5', "'5'");
  assert_both (display, 'I', 0x202e, "'\\u202e'");
  assert_both (display, 'I', 0x12345678, "0x12345678");
  assert_both (display, 'i', -1, "0xffffffff");
  assert_reads (display, 'i', "x", 'x');
  assert_reads (display, 'i', "5", 5);
  assert_refuses (display, 'i', "xy");
  assert_refuses (display, 'B', "'€'");
}

static void
bits_have_names (void **state)
{
  g_autoptr (Display) display = make (DISPLAY_BITS, "0=RUN, 2=ERR, 63=TOP");
  struct shmlens_type narrow = type_of ('b');
  gint8 value = 0;
  g_autoptr (GError) error = NULL;

  assert_both (display, 'B', 5, "RUN | ERR");
  assert_both (display, 'B', 0, "0");
  assert_both (display, 'B', 7, "RUN | ERR | 0x2");
  assert_both (display, 'b', -128, "0x80");
  assert_both (display, 'q', G_MININT64, "TOP");
  assert_both (display, 'q', -1, "RUN | ERR | TOP | 0x7ffffffffffffffa");
  assert_reads (display, 'i', "ERR|0b10", 6);
  assert_reads (display, 'i', "-1", -1);
  assert_refuses (display, 'i', "RUN | STOP");
  assert_refuses (display, 'B', "TOP");
  assert_refuses (display, 'B', "RUN |");
  /* What the type has no bit for is not left out beside the sign, which goes on to the left. */
  assert_refuses (display, 'b', "TOP | 0x80");
  assert_refuses (display, 'b', "TOP | -1");
  assert_false (display_parse (display, &narrow, 2, "ERR | 0x2", &value, &error));
  assert_string_equal (error->message, "4 does not fit int8; give -2 to 1");
}

static void
values_have_labels (void **state)
{
  g_autoptr (Display) display = make (DISPLAY_LABELS, "idle, running, 7=a (b), failed, -1=gone");
  g_autofree char *labels = display_get_labels (display);

  assert_string_equal (labels, "0=idle, 1=running, 7=a (b), 8=failed, -1=gone");
  assert_both (display, 'i', 1, "running (1)");
  assert_both (display, 'i', 7, "a (b) (7)");
  assert_both (display, 'i', 3, "3");
  assert_both (display, 'q', -1, "gone (-1)");
  assert_both (display, 'Q', -1, "gone (18446744073709551615)");
  assert_reads (display, 'i', " failed ", 8);
  assert_reads (display, 'i', "0x5", 5);
  assert_refuses (display, 'B', "gone");
  assert_refuses (display, 'i', "walking");
  assert_reads (display, 'i', "running  (0x1)", 1);
  assert_refuses (display, 'i', "running (2)");
}

static void
wrong_labels_are_refused (void **state)
{
  g_autoptr (Display) display = make (DISPLAY_BITS, "a, b");
  static const char *const wrong[] = { "64=x", "-1=x", "x=y", "1=", "a,,b", "a|b", "63=a, b" };
  g_autoptr (GString) many = g_string_new ("a");

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;

      assert_false (display_set_labels (display, wrong[i], &error));
      assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_BAD_VALUE));
      assert_int_equal (display->labels->len, 2);
    }
  display->form = DISPLAY_LABELS;
  for (guint i = 0; i < DISPLAY_LABELS_MAX; i++)
    g_string_append (many, ",a");
  assert_false (display_set_labels (display, many->str, NULL));
  assert_true (display_set_labels (display, "", NULL));
  assert_int_equal (display->labels->len, 0);
  assert_true (display_set_labels (display, "18446744073709551615=most", NULL));
}

static void
progress_is_of_a_maximum (void **state)
{
  g_autoptr (Display) display = make (DISPLAY_PROGRESS, NULL);
  struct shmlens_type real = type_of ('d');
  double value = 12.5, read = 0;
  g_autofree char *text = NULL;

  display->maximum = 50;
  assert_both (display, 'i', 42, "42 / 50");
  text = display_format (display, &real, 0, &value);
  assert_string_equal (text, "12.5 / 50");
  assert_true (display_parse (display, &real, 0, text, &read, NULL));
  assert_true (read == 12.5);
  assert_true (display_parse (display, &real, 0, "10 %", &read, NULL));
  assert_true (read == 5);
  assert_reads (display, 'i', "50%", 25);
  assert_refuses (display, 'i', "%");
  assert_refuses (display, 'i', "/ 50");
  assert_refuses (display, 'i', "0 / 50:1");
  assert_refuses (display, 'i', "0 /");
  assert_refuses (display, 'B', "1000 %");
  assert_true (display_fraction (display, 25) == 0.5);
  assert_true (display_fraction (display, 500) == 1);
  assert_true (isnan (display_fraction (display, NAN)));
  assert_true (display_time_left (display, 30, 4) == 5);
  assert_true (display_time_left (display, 60, 4) == 0);
  assert_true (isnan (display_time_left (display, 30, 0)));
  assert_true (isnan (display_time_left (display, 30, -1)));
  assert_true (isnan (display_time_left (display, 30, NAN)));
}

static void
what_does_not_suit_is_as_none (void **state)
{
  struct shmlens_type real = type_of ('f');
  struct shmlens_type integer = type_of ('i');
  guint64 value = 0;

  for (enum display_form form = DISPLAY_STANDARD; form < DISPLAY_N_FORMS; form++)
    {
      g_autoptr (Display) display = make (form, NULL);
      gboolean suits = form <= DISPLAY_DECIMAL || form == DISPLAY_PROGRESS;
      g_autofree char *text = display_format (display, &real, 0, &value);

      assert_int_equal (display_suits (display, &real), suits);
      assert_true ((text != NULL) == (suits && form != DISPLAY_STANDARD));
      assert_true (display_suits (display, &integer));
      if (!suits)
        assert_refuses (display, 'f', "1");
    }
}

static void
it_is_remembered_in_a_file (void **state)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();

  for (enum display_form form = DISPLAY_STANDARD; form < DISPLAY_N_FORMS; form++)
    {
      g_autoptr (Display) display = make (form, "0=a b; c, 1=d\\e");
      g_autoptr (Display) loaded = NULL, copy = NULL;
      g_autofree char *labels = NULL;

      display->maximum = 0.1;
      display->unit = g_strdup (" µm; ");
      display_save (display, file, "demo/n");
      loaded = display_load (file, "demo/n");
      assert_non_null (loaded);
      copy = display_copy (loaded);
      labels = display_get_labels (copy);
      assert_int_equal (copy->form, form);
      assert_string_equal (labels, "0=a b; c, 1=d\\e");
      assert_string_equal (copy->unit, " µm; ");
      assert_true (form != DISPLAY_PROGRESS || copy->maximum == 0.1);
      assert_false (display_is_standard (copy));
    }
  assert_null (display_load (file, "nothing"));
  g_key_file_set_string (file, "x", "Form", "nonsense");
  assert_null (display_load (file, "x"));
  g_key_file_set_string (file, "x", "Form", "progress");
  assert_null (display_load (file, "x"));
  g_key_file_set_string (file, "x", "Maximum", "-3");
  assert_null (display_load (file, "x"));
  g_key_file_set_string (file, "x", "Maximum", "3");
  g_key_file_set_string (file, "x", "Labels", "1=,");
  assert_null (display_load (file, "x"));
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (numbers_have_several_bases),
    cmocka_unit_test (bit_fields_are_as_wide_as_they_are),
    cmocka_unit_test (numbers_beyond_a_type_are_refused_in_every_form),
    cmocka_unit_test (what_does_not_fit_is_told_in_one_sentence),
    cmocka_unit_test (separators_that_are_values_stay),
    cmocka_unit_test (codes_are_characters),
    cmocka_unit_test (bits_have_names),
    cmocka_unit_test (values_have_labels),
    cmocka_unit_test (wrong_labels_are_refused),
    cmocka_unit_test (progress_is_of_a_maximum),
    cmocka_unit_test (what_does_not_suit_is_as_none),
    cmocka_unit_test (it_is_remembered_in_a_file),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
