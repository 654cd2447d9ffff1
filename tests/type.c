/* Element types: codes, names, and elements as text; floats are in real.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shmlens.h"
#include "support/element.h"
#include "text.h"
#include "type.h"

#define ALL_CODES "?cbBuhHiIlLqQfd"

static void
reads_integer (char code, const char *text, int64_t expected)
{
  struct shmlens_type type = type_of (code);
  union
  {
    int8_t i8;
    int16_t i16;
    int32_t i32;
    int64_t i64;
    uint8_t u8;
    uint16_t u16;
    uint32_t u32;
  } element = { .i64 = 0 };
  bool is_signed = type.kind == SHMLENS_KIND_SIGNED;
  int64_t value;

  if (parse_bytes (code, text, strlen (text), &element) != 0)
    fail_msg ("%c from \"%s\": %s", code, text, shmlens_error ());
  switch (type.size)
    {
    case 1:
      value = is_signed ? element.i8 : element.u8;
      break;
    case 2:
      value = is_signed ? element.i16 : element.u16;
      break;
    case 4:
      value = is_signed ? (int64_t) element.i32 : (int64_t) element.u32;
      break;
    default:
      value = element.i64;
      break;
    }
  assert_int_equal (value, expected);
}

static void
reads_unicode (const char *text, uint32_t expected)
{
  uint32_t element = 0;

  if (parse_bytes ('u', text, strlen (text), &element) != 0)
    fail_msg ("\"%s\": %s", text, shmlens_error ());
  assert_int_equal (element, expected);
}

static void
every_code_has_the_size_it_has_in_c (void **state)
{
  static const size_t sizes[] = {
    sizeof (bool), sizeof (char), sizeof (char),      sizeof (char),      sizeof (wchar_t),
    sizeof (short), sizeof (short), sizeof (int),     sizeof (int),       sizeof (long),
    sizeof (long),  sizeof (long long), sizeof (long long), sizeof (float), sizeof (double),
  };

  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
    {
      struct shmlens_type type = type_of (ALL_CODES[i]);

      assert_int_equal (type.size, sizes[i]);
      assert_int_equal (type.code, ALL_CODES[i]);
      assert_int_equal (type.reserved, 0);
      assert_true (type_is_scalar (&type));
    }
}

static void
other_codes_are_refused (void **state)
{
  struct shmlens_type type;

  memset (&type, CANARY, sizeof type);
  for (int code = CHAR_MIN; code <= CHAR_MAX; code++)
    if (code == 0 || !strchr (ALL_CODES, code))
      {
        assert_int_equal (shmlens_type_from_code ((char) code, &type), -EINVAL);
        assert_non_null (strstr (shmlens_error (), "not a type code; "));
      }
  assert_int_equal (type.kind, CANARY);
  assert_int_equal (type.size, 0xa5a5a5a5u);
}

static void
names_and_codes_name_types (void **state)
{
  static const char *const names[] = { "bool",  "char",   "wchar", "int8",   "uint8",
                                       "int16", "uint16", "int32", "uint32", "int64",
                                       "uint64", "float32", "float64" };
  struct shmlens_type type, by_code;

  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    {
      assert_int_equal (shmlens_type_from_name (names[i], &type), 0);
      assert_string_equal (shmlens_type_name (&type), names[i]);
      by_code = type_of (type.code);
      assert_memory_equal (&by_code, &type, sizeof type);
    }
  for (const char *code = ALL_CODES; *code; code++)
    {
      assert_int_equal (shmlens_type_from_name ((char[]) { *code, '\0' }, &type), 0);
      assert_int_equal (type.code, *code);
    }
  type = type_of ('l');
  assert_string_equal (shmlens_type_name (&type), sizeof (long) == 8 ? "int64" : "int32");
}

static void
other_names_are_refused (void **state)
{
  static const char *const names[]
      = { "", " ", "T", "struct", "int", "Int32", "int32 ", "int128", "float16", "ii", "\n" };
  struct shmlens_type type;

  memset (&type, CANARY, sizeof type);
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    assert_int_equal (shmlens_type_from_name (names[i], &type), -EINVAL);
  assert_int_equal (type.kind, CANARY);
  assert_string_equal (shmlens_error (),
                       "\"\\x0a\": not a type; use bool, char, wchar, int8 to int64, uint8 to "
                       "uint64, float32, float64, or one of ? c b B u h H i I l L q Q f d");
}

static void
stored_kinds_and_sizes_give_types (void **state)
{
  static const uint32_t sizes[] = { 0, 1, 2, 3, 4, 5, 7, 8, 9, 16, 256, 257, 260, UINT32_MAX };
  struct shmlens_type type;

  for (unsigned kind = 0; kind <= UINT8_MAX; kind++)
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
      {
        uint32_t size = sizes[i];
        bool integer_size = size == 1 || size == 2 || size == 4 || size == 8;
        bool scalar = kind == SHMLENS_KIND_BOOL || kind == SHMLENS_KIND_CHAR ? size == 1
                      : kind == SHMLENS_KIND_UNICODE ? size == sizeof (wchar_t)
                      : kind == SHMLENS_KIND_SIGNED || kind == SHMLENS_KIND_UNSIGNED ? integer_size
                      : kind == SHMLENS_KIND_FLOAT ? size == 4 || size == 8
                                                   : false;
        bool structure = kind == SHMLENS_KIND_STRUCT && size > 0;
        bool found;

        memset (&type, CANARY, sizeof type);
        found = type_from_kind ((uint8_t) kind, size, &type);
        assert_int_equal (found, scalar || structure);
        if (!found)
          {
            assert_int_equal (type.size, 0xa5a5a5a5u);
            type = (struct shmlens_type) { .size = size, .kind = (uint8_t) kind };
            assert_string_equal (shmlens_type_name (&type),
                                 kind == SHMLENS_KIND_STRUCT ? "struct" : "?");
          }
        assert_int_equal (type.kind, kind);
        assert_int_equal (type.size, size);
        assert_int_equal (type_is_scalar (&type), scalar);
        if (scalar)
          {
            struct shmlens_type by_code = type_of (type.code);

            assert_memory_equal (&by_code, &type, sizeof type);
          }
        if (structure)
          assert_int_equal (type.code, 'T');
      }
}

static void
a_stored_code_is_kept_when_it_agrees (void **state)
{
  struct shmlens_type type;

  for (const char *code = ALL_CODES; *code; code++)
    {
      struct shmlens_type expected = type_of (*code);

      assert_true (type_from_stored (expected.kind, expected.size, *code, &type));
      assert_memory_equal (&type, &expected, sizeof type);
    }
  assert_true (type_from_stored (SHMLENS_KIND_SIGNED, 4, 'd', &type));
  assert_int_equal (type.code, 'i');
  assert_true (type_from_stored (SHMLENS_KIND_SIGNED, 8, '\0', &type));
  assert_int_equal (type.code, 'q');
  assert_true (type_from_stored (SHMLENS_KIND_STRUCT, 24, 'd', &type));
  assert_int_equal (type.code, 'T');
  assert_false (type_from_stored (SHMLENS_KIND_SIGNED, 3, 'i', &type));
}

static void
integers_reach_their_limits_and_no_further (void **state)
{
  for (const char *code = "bBhHiIlLqQ"; *code; code++)
    {
      struct shmlens_type type = type_of (*code);
      bool is_signed = type.kind == SHMLENS_KIND_SIGNED;
      unsigned bits = type.size * 8 - (is_signed ? 1 : 0);
      uint64_t largest = UINT64_MAX >> (64 - bits);
      char text[64];

      snprintf (text, sizeof text, "%" PRIu64, largest);
      reads_integer (*code, text, (int64_t) largest);
      prints (*code, &largest, text);
      snprintf (text, sizeof text, "0x%" PRIx64, largest);
      reads_integer (*code, text, (int64_t) largest);
      snprintf (text, sizeof text, "0x1%0*d", (int) (type.size * 2), 0);
      refuses (*code, text, -ERANGE);
      if (bits < 64)
        snprintf (text, sizeof text, "%" PRIu64, largest + 1);
      else
        strcpy (text, "18446744073709551616");
      refuses (*code, text, -ERANGE);
      assert_non_null (strstr (shmlens_error (), shmlens_type_name (&type)));

      if (is_signed)
        {
          int64_t least = -(int64_t) largest - 1;

          snprintf (text, sizeof text, "%" PRId64, least);
          reads_integer (*code, text, least);
          prints (*code, &least, text);
          snprintf (text, sizeof text, "-0x%" PRIx64, largest + 2);
          refuses (*code, text, -ERANGE);
        }
      else
        {
          refuses (*code, "-1", -ERANGE);
          assert_non_null (strstr (shmlens_error (), "give 0 to "));
          reads_integer (*code, "-0", 0);
        }
      refuses (*code, "99999999999999999999999999999999999999999999", -ERANGE);
      refuses (*code, "-340282366920938463463374607431768211456", -ERANGE);
    }
  refuses ('b', "300", -ERANGE);
  assert_string_equal (shmlens_error (), "\"300\": does not fit into int8; give -128 to 127");
  refuses ('Q', "-1", -ERANGE);
  assert_string_equal (shmlens_error (),
                       "\"-1\": does not fit into uint64; give 0 to 18446744073709551615");
  refuses ('q', "-9223372036854775809", -ERANGE);
  assert_string_equal (shmlens_error (), "\"-9223372036854775809\": does not fit into int64; "
                                         "give -9223372036854775808 to 9223372036854775807");
}

static void
integers_are_read_in_four_bases_and_groups (void **state)
{
  reads_integer ('i', "0", 0);
  reads_integer ('i', "+7", 7);
  reads_integer ('i', "-7", -7);
  reads_integer ('i', "007", 7);
  reads_integer ('i', "1_000_000", 1000000);
  reads_integer ('i', "0x_ff", 255);
  reads_integer ('i', "-0XfF", -255);
  reads_integer ('i', "0o17", 15);
  reads_integer ('i', "0b1010_1010", 170);
  reads_integer ('i', " \t42\t ", 42);
  reads_integer ('q', "9007199254740993", 9007199254740993);  /* not a double */
  reads_integer ('q', "000000000000000000000000000000000000001", 1);
}

static void
what_is_no_integer_is_refused (void **state)
{
  static const char *const texts[] = {
    "+",     "-",     "_",    "_1",   "1_",    "1__0",  "+_1",   "0_x1", "0x",   "0x_",
    "0x__1", "0x1_",  "0b",   "0b2",  "0o8",   "0xg",   "12a",   "a",    "1 2",  "- 1",
    "+-1",   "--1",   "1.0",  "1e3",  "1,000", "1'000", "0x 1",  "1-",   "inf",  "true",
    "\n1",   "1\n",   "1\v",  "1\xc2\xa0", "\xd9\xa1", "0d1", "1L",
    "99999999999999999999999999x",
  };

  for (const char *code = "bBhHiIlLqQ"; *code; code++)
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
      refuses (*code, texts[i], -EINVAL);
}

static void
empty_text_and_nul_are_refused_by_every_type (void **state)
{
  for (const char *code = ALL_CODES; *code; code++)
    {
      refuses (*code, "", -EINVAL);
      refuses_bytes (*code, NULL, 0, -EINVAL);
      refuses_bytes (*code, "\0", 1, -EINVAL);
      refuses_bytes (*code, "1\0", 2, -EINVAL);
      refuses_bytes (*code, "1\0" "2", 3, -EINVAL);
      assert_non_null (strstr (shmlens_error (), "\"1\\x002\": has a NUL in it; "));
      refuses_bytes (*code, "\0" "1", 2, -EINVAL);
      if (*code != 'c' && *code != 'u')
        refuses (*code, " \t ", -EINVAL);
      refuses (*code, "11 1", -EINVAL);
    }
}

static void
text_need_not_end_in_nul (void **state)
{
  char *text = malloc (3);  /* on the heap, so that a sanitizer sees what is read behind it */
  uint64_t element = 0;

  memcpy (text, "0x1", 3);
  for (const char *code = "bBhHiIlLqQfd"; *code; code++)
    assert_int_equal (parse_bytes (*code, text, 3, &element), 0);
  for (const char *code = "bBhHiIlLqQfd"; *code; code++)
    refuses_bytes (*code, text, 2, -EINVAL);
  memcpy (text, "a\\x", 3);
  for (const char *code = "cu"; *code; code++)
    refuses_bytes (*code, text + 1, 2, -EINVAL);
  memcpy (text, "inf", 3);
  assert_int_equal (parse_bytes ('d', text, 3, &element), 0);
  refuses_bytes ('d', text, 2, -EINVAL);
  memcpy (text, "1e+", 3);
  refuses_bytes ('d', text, 3, -EINVAL);
  memcpy (text, "\xf0\x9f\x98", 3);
  refuses_bytes ('u', text, 3, -EINVAL);
  free (text);

  refuses_bytes ('c', "\\x41", 3, -EINVAL);
  refuses_bytes ('u', "\\u0041", 5, -EINVAL);
  refuses_bytes ('u', "\xc3\xa9", 1, -EINVAL);
  refuses_bytes ('?', "true", 3, -EINVAL);
  refuses_bytes ('d', "infinity", 7, -EINVAL);
}

static void
bools_are_words (void **state)
{
  static const char *const yes[] = { "true", "on", "yes", "1", " true\t" };
  static const char *const no[] = { "false", "off", "no", "0", "\t0 " };
  static const char *const neither[]
      = { "2", "-1", "+1", "01", "tru", "truee", "true false", "maybe", "y", "0x1", "true\n" };
  uint8_t element = 7;

  for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++)
    {
      assert_int_equal (parse_bytes ('?', yes[i], strlen (yes[i]), &element), 0);
      assert_int_equal (element, 1);
      assert_int_equal (parse_bytes ('?', no[i], strlen (no[i]), &element), 0);
      assert_int_equal (element, 0);
    }
  for (size_t i = 0; i < sizeof neither / sizeof neither[0]; i++)
    refuses ('?', neither[i], -EINVAL);
  for (unsigned byte = 0; byte < 256; byte++)
    {
      element = (uint8_t) byte;
      prints ('?', &element, byte ? "true" : "false");
      if (byte < 2)
        survives ('?', &element);
    }
}

static void
every_byte_survives (void **state)
{
  for (unsigned byte = 0; byte < 256; byte++)
    for (const char *code = "cbB"; *code; code++)
      survives (*code, &(uint8_t) { (uint8_t) byte });
  for (unsigned bits = 0; bits < 65536; bits++)
    for (const char *code = "hH"; *code; code++)
      survives (*code, &(uint16_t) { (uint16_t) bits });
  for (unsigned i = 0; i < 10000; i++)
    for (const char *code = "iIlLqQ"; *code; code++)
      survives (*code, &(uint64_t) { next_random () >> (next_random () & 63) });
}

static void
chars_print_themselves_or_an_escape (void **state)
{
  prints ('c', "A", "A");
  prints ('c', " ", " ");
  prints ('c', "~", "~");
  prints ('c', "'", "'");
  prints ('c', "\"", "\"");
  prints ('c', "\\", "\\\\");
  prints ('c', "\n", "\\n");
  prints ('c', "\t", "\\t");
  prints ('c', "\r", "\\r");
  prints ('c', "\0", "\\x00");
  prints ('c', "\x1b", "\\x1b");
  prints ('c', "\x7f", "\\x7f");
  prints ('c', "\xff", "\\xff");
}

static void
chars_are_read_from_a_byte_or_an_escape (void **state)
{
  static const char *const escapes[] = { "\\n", "\\t", "\\r", "\\0", "\\\\", "\\'", "\\\"" };
  static const char bytes[] = "\n\t\r\0\\'\"";
  static const char *const wrong[]
      = { "ab",    "a ",   " a",   "\\",    "\\q",   "\\x",    "\\x1",    "\\xg0",  "\\x0g",
          "\\x411", "\\nn", "\\00", "\\\\\\", "\\u0041", "\\U00000041", "é", "\\101", "\\N" };
  uint8_t element = 0;

  for (size_t i = 0; i < sizeof escapes / sizeof escapes[0]; i++)
    {
      assert_int_equal (parse_bytes ('c', escapes[i], strlen (escapes[i]), &element), 0);
      assert_int_equal (element, bytes[i]);
      reads_unicode (escapes[i], (uint32_t) bytes[i]);
    }
  for (unsigned byte = 1; byte < 256; byte++)
    if (byte != '\\')
      {
        char text = (char) byte;

        assert_int_equal (parse_bytes ('c', &text, 1, &element), 0);
        assert_int_equal (element, byte);
      }
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
    refuses ('c', wrong[i], -EINVAL);
}

static void
every_code_point_survives (void **state)
{
  for (uint32_t code_point = 0; code_point < 0x112000; code_point++)
    survives ('u', &code_point);
  for (unsigned i = 0; i < 10000; i++)
    survives ('u', &(uint32_t) { (uint32_t) next_random () });
  survives ('u', &(uint32_t) { UINT32_MAX });
}

static void
code_points_print_themselves_or_an_escape (void **state)
{
  static const struct
  {
    uint32_t code_point;
    const char *text;
  } cases[] = {
    { 'A', "A" },           { '\\', "\\\\" },      { '\n', "\\n" },
    { 0, "\\u0000" },       { 0x7f, "\\u007f" },   { 0x85, "\\u0085" },
    { 0xa0, "\\u00a0" },    { 0xe9, "é" },         { 0x20ac, "€" },
    { 0x200e, "\\u200e" },  { 0x202e, "\\u202e" }, { 0xfeff, "\\ufeff" },
    { 0xd800, "\\ud800" },  { 0xdfff, "\\udfff" }, { 0xe000, "\\ue000" },
    { 0xfffe, "\\ufffe" },  { 0xfffd, "\xef\xbf\xbd" },
    { 0x1f600, "\xf0\x9f\x98\x80" },               { 0x1ffff, "\\U0001ffff" },
    { 0x10ffff, "\\U0010ffff" },                   { 0x110000, "\\U00110000" },
    { UINT32_MAX, "\\Uffffffff" },
  };

  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    prints ('u', &cases[i].code_point, cases[i].text);
}

static void
unicode_is_read_from_a_character_or_an_escape (void **state)
{
  static const char *const wrong[] = {
    "\x80", "\xbf", "\xc3", "\xc3(", "\xc3\xa9\xa9", "\xe2\x82", "\xe2(\xac", "\xe2\x82(",
    "\xf0\x9f\x98", "\xf0\x9f\x98(",
    "\xc0\x80", "\xc0\xaf", "\xc1\xbf", "\xe0\x80\x80", "\xe0\x9f\xbf", "\xf0\x80\x80\x80",
    "\xf0\x8f\xbf\xbf",                                      /* overlong */
    "\xed\xa0\x80", "\xed\xbf\xbf", "\xed\xa0\xbd\xed\xb8\x80",  /* surrogates */
    "\xf4\x90\x80\x80", "\xf7\xbf\xbf\xbf", "\xf8\x88\x80\x80\x80", "\xfe", "\xff",
    "ab", "éé", "e\xcc\x81", " a", "a ", "\\", "\\q", "\\x1", "\\u", "\\u123", "\\u123g",
    "\\u12345", "\\U0001f60", "\\U0001f600 ", "\\U+0001f60", "\\ud83d\\ude00",
  };

  reads_unicode ("A", 'A');
  reads_unicode (" ", ' ');
  reads_unicode ("\xc2\x80", 0x80);
  reads_unicode ("\xdf\xbf", 0x7ff);
  reads_unicode ("\xe0\xa0\x80", 0x800);
  reads_unicode ("\xed\x9f\xbf", 0xd7ff);
  reads_unicode ("\xee\x80\x80", 0xe000);
  reads_unicode ("\xef\xbf\xbf", 0xffff);
  reads_unicode ("\xf0\x90\x80\x80", 0x10000);
  reads_unicode ("\xf4\x8f\xbf\xbf", 0x10ffff);
  reads_unicode ("\\xe9", 0xe9);
  reads_unicode ("\\u20AC", 0x20ac);
  reads_unicode ("\\ud800", 0xd800);
  reads_unicode ("\\U0001f600", 0x1f600);
  reads_unicode ("\\Uffffffff", UINT32_MAX);
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
    refuses ('u', wrong[i], -EINVAL);
}

static void
structures_and_unknown_types_have_no_text (void **state)
{
  static const struct shmlens_type types[] = {
    { .size = 8, .kind = SHMLENS_KIND_STRUCT, .code = 'T' },
    { .size = 0, .kind = SHMLENS_KIND_SIGNED, .code = 'i' },
    { .size = 3, .kind = SHMLENS_KIND_UNSIGNED, .code = 'I' },
    { .size = 16, .kind = SHMLENS_KIND_FLOAT, .code = 'd' },
    { .size = 2, .kind = SHMLENS_KIND_UNICODE, .code = 'u' },
    { .size = 4, .kind = 0, .code = 'i' },
    { .size = UINT32_MAX, .kind = 255, .code = 'i' },
  };

  for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
    {
      char element[16] = { 0 };
      char text[64];

      memset (text, CANARY, sizeof text);
      assert_int_equal (shmlens_type_print (&types[i], element, sizeof text, text), -EINVAL);
      assert_int_equal ((unsigned char) text[0], CANARY);
      assert_int_equal (shmlens_type_parse (&types[i], "1", 1, text), -EINVAL);
      assert_int_equal ((unsigned char) text[0], CANARY);
      assert_non_null (strstr (shmlens_error (), "; use "));
    }
}

static void
text_that_does_not_fit_is_not_begun (void **state)
{
  struct shmlens_type type = type_of ('q');
  int64_t element = INT64_MIN;
  char text[64];

  for (size_t size = 0; size <= 20; size++)
    {
      memset (text, CANARY, sizeof text);
      assert_int_equal (shmlens_type_print (&type, &element, size, text), -ENOSPC);
      for (size_t i = 0; i < sizeof text; i++)
        assert_int_equal ((unsigned char) text[i], CANARY);
    }
  assert_string_equal (shmlens_error (),
                       "int64: needs 21 bytes of text, and there are 20; give 64");
  assert_int_equal (shmlens_type_print (&type, &element, 21, text), 20);
  assert_int_equal (shmlens_type_print (&type, &element, 0, NULL), -ENOSPC);
}

static void
errors_quote_text_safely (void **state)
{
  char text[400];
  char quoted[TEXT_QUOTED_SIZE];

  refuses ('i', "a\n\x1b[31m\x80\"\\\xe2\x80\xae" "é", -EINVAL);
  assert_ptr_equal (strstr (shmlens_error (),
                            "\"a\\x0a\\x1b[31m\\x80\\\"\\\\\\xe2\\x80\\xaeé\": "),
                    shmlens_error ());
  memset (text, 'a', sizeof text);
  refuses_bytes ('i', text, sizeof text, -EINVAL);
  assert_non_null (strstr (shmlens_error (), "aaaa…\": "));
  assert_true (strlen (shmlens_error ()) < 250);

  /* the longest a quote can be: escapes, and a character across the limit */
  memset (text, 1, sizeof text);
  memcpy (text + 39, "\xf3\xa0\x80\x81", 4);
  assert_int_equal (strlen (text_quote (text, sizeof text, quoted)), 1 + 43 * 4 + 4);
  text_quote (text, 43, quoted);
  assert_string_equal (quoted + strlen (quoted) - 5, "\\x81\"");
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (every_code_has_the_size_it_has_in_c),
    cmocka_unit_test (other_codes_are_refused),
    cmocka_unit_test (names_and_codes_name_types),
    cmocka_unit_test (other_names_are_refused),
    cmocka_unit_test (stored_kinds_and_sizes_give_types),
    cmocka_unit_test (a_stored_code_is_kept_when_it_agrees),
    cmocka_unit_test (integers_reach_their_limits_and_no_further),
    cmocka_unit_test (integers_are_read_in_four_bases_and_groups),
    cmocka_unit_test (what_is_no_integer_is_refused),
    cmocka_unit_test (empty_text_and_nul_are_refused_by_every_type),
    cmocka_unit_test (text_need_not_end_in_nul),
    cmocka_unit_test (bools_are_words),
    cmocka_unit_test (every_byte_survives),
    cmocka_unit_test (chars_print_themselves_or_an_escape),
    cmocka_unit_test (chars_are_read_from_a_byte_or_an_escape),
    cmocka_unit_test (every_code_point_survives),
    cmocka_unit_test (code_points_print_themselves_or_an_escape),
    cmocka_unit_test (unicode_is_read_from_a_character_or_an_escape),
    cmocka_unit_test (structures_and_unknown_types_have_no_text),
    cmocka_unit_test (text_that_does_not_fit_is_not_begun),
    cmocka_unit_test (errors_quote_text_safely),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
