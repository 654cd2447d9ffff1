/* Element types: codes, names, and elements as text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wchar.h>

#include "shmlens.h"
#include "text.h"
#include "type.h"

#define ALL_CODES "?cbBuhHiIlLqQfd"
#define CANARY 0xa5

static struct shmlens_type
type_of (char code)
{
  struct shmlens_type type;

  assert_int_equal (shmlens_type_from_code (code, &type), 0);
  return type;
}

/* Parses at an odd address and looks at the bytes beside the element. */
static int
parse_bytes (char code, const char *text, size_t length, void *ret_element)
{
  struct shmlens_type type = type_of (code);
  unsigned char room[32];
  int result;

  memset (room, CANARY, sizeof room);
  result = shmlens_type_parse (&type, text, length, room + 9);
  for (size_t i = 0; i < sizeof room; i++)
    if (result < 0 || i < 9 || i >= 9 + type.size)
      assert_int_equal (room[i], CANARY);
  if (result == 0)
    memcpy (ret_element, room + 9, type.size);
  return result;
}

static void
refuses_bytes (char code, const char *text, size_t length, int error)
{
  uint64_t unused;
  char quoted[TEXT_QUOTED_SIZE];
  int result = parse_bytes (code, text, length, &unused);

  if (result != error)
    fail_msg ("%c from %s gave %d, not %d", code, text_quote (text, length, quoted), result, error);
  assert_ptr_equal (strchr (shmlens_error (), '"'), shmlens_error ());
  assert_non_null (strstr (shmlens_error (), "\": "));
  assert_non_null (strstr (shmlens_error (), "; "));
}

static void
refuses (char code, const char *text, int error)
{
  refuses_bytes (code, text, strlen (text), error);
}

static void
prints (char code, const void *element, const char *expected)
{
  struct shmlens_type type = type_of (code);
  char unaligned[16];
  char text[64];

  memcpy (unaligned + 1, element, type.size);
  assert_int_equal (shmlens_type_print (&type, unaligned + 1, sizeof text, text),
                    strlen (expected));
  assert_string_equal (text, expected);
}

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
reads_double (const char *text, double expected)
{
  double element = 0;

  if (parse_bytes ('d', text, strlen (text), &element) != 0)
    fail_msg ("\"%s\": %s", text, shmlens_error ());
  assert_memory_equal (&element, &expected, sizeof element);
}

static void
reads_float (const char *text, float expected)
{
  float element = 0;

  if (parse_bytes ('f', text, strlen (text), &element) != 0)
    fail_msg ("\"%s\": %s", text, shmlens_error ());
  assert_memory_equal (&element, &expected, sizeof element);
}

static void
reads_unicode (const char *text, uint32_t expected)
{
  uint32_t element = 0;

  if (parse_bytes ('u', text, strlen (text), &element) != 0)
    fail_msg ("\"%s\": %s", text, shmlens_error ());
  assert_int_equal (element, expected);
}

/* Prints the element, reads the text and compares the bits. */
static void
survives (char code, const void *element)
{
  struct shmlens_type type = type_of (code);
  unsigned char back[8];
  char text[64];
  int length = shmlens_type_print (&type, element, sizeof text, text);

  assert_int_equal (length, strlen (text));
  assert_int_equal (parse_bytes (code, text, (size_t) length, back), 0);
  if (memcmp (back, element, type.size) != 0)
    fail_msg ("%c: \"%s\" reads back to other bits", code, text);
}

static uint64_t
next_random (void)
{
  static uint64_t state = 0x9e3779b97f4a7c15u;

  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state * 0x2545f4914f6cdd1du;
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
doubles_print_as_python_prints_them (void **state)
{
  static const struct
  {
    double number;
    const char *text;
  } cases[] = {
    { 0.0, "0.0" },
    { -0.0, "-0.0" },
    { 1.0, "1.0" },
    { -3.0, "-3.0" },
    { 0.1, "0.1" },
    { 0.1 + 0.2, "0.30000000000000004" },
    { 1.0 / 3, "0.3333333333333333" },
    { 123.456, "123.456" },
    { 0.0001, "0.0001" },
    { 0.00012345678901234567, "0.00012345678901234567" },
    { 0.00001, "1e-05" },
    { 1.5e-7, "1.5e-07" },
    { 9007199254740991.0, "9007199254740991.0" },
    { 9007199254740992.0, "9007199254740992.0" },
    { 9007199254740994.0, "9007199254740994.0" },
    { 9999999999999998.0, "9999999999999998.0" },
    { 1e15, "1000000000000000.0" },
    { 1e16, "1e+16" },
    { 123456789012345680.0, "1.2345678901234568e+17" },
    { 1e22, "1e+22" },
    { 1e23, "1e+23" },
    { 1e100, "1e+100" },
    { 0x1p-44, "5.684341886080802e-14" },  /* the nearest with 16 digits reads back to less */
    { 9.5367431640625e-07, "9.5367431640625e-07" },
    { 0x1p-1074, "5e-324" },
    { 0x1p-1022, "2.2250738585072014e-308" },
    { 0x0.fffffffffffffp-1022, "2.225073858507201e-308" },
    { 0x1.fffffffffffffp1023, "1.7976931348623157e+308" },
    { -0x1.fffffffffffffp1023, "-1.7976931348623157e+308" },
    { INFINITY, "inf" },
    { -INFINITY, "-inf" },
  };

  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    prints ('d', &cases[i].number, cases[i].text);
  prints ('d', &(uint64_t) { 0x7ff8000000000000u }, "nan");
  prints ('d', &(uint64_t) { 0xfff8000000000000u }, "-nan");
  prints ('d', &(uint64_t) { 0xfff0000000000001u }, "-nan");
}

static void
floats_print_shortest_for_a_float (void **state)
{
  static const struct
  {
    float number;
    const char *text;
  } cases[] = {
    { 0.0f, "0.0" },
    { -0.0f, "-0.0" },
    { 0.1f, "0.1" },
    { 0.3f, "0.3" },
    { 16777215.0f, "16777215.0" },
    { 16777216.0f, "16777216.0" },
    { 16777220.0f, "16777220.0" },
    { 8589934592.0f, "8589935000.0" },
    { 1e10f, "10000000000.0" },
    { 1e16f, "1e+16" },
    { 3.4028235e38f, "3.4028235e+38" },
    { 1.17549435e-38f, "1.1754944e-38" },
    { 0x1p-149f, "1e-45" },
    { 1.0f / 3, "0.33333334" },
    { -INFINITY, "-inf" },
  };

  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    prints ('f', &cases[i].number, cases[i].text);
  prints ('f', &(uint32_t) { 0x7fc00000u }, "nan");
  prints ('f', &(uint32_t) { 0xffc00000u }, "-nan");
  prints ('f', &(uint32_t) { 0xff800001u }, "-nan");
}

static void
floats_are_read_in_every_notation (void **state)
{
  reads_double ("0", 0.0);
  reads_double ("-0", -0.0);
  reads_double ("1.", 1.0);
  reads_double (".5", 0.5);
  reads_double ("+1.5e+3", 1500.0);
  reads_double ("1E-3", 0.001);
  reads_double ("007.5", 7.5);
  reads_double (" \t2.5 \t", 2.5);
  reads_double ("0x1.8p1", 3.0);
  reads_double ("-0X.8P-1", -0.25);
  reads_double ("0x10", 16.0);
  reads_double ("0xe", 14.0);
  reads_double ("inf", INFINITY);
  reads_double ("+INF", INFINITY);
  reads_double ("-Infinity", -INFINITY);
  reads_double ("nan", NAN);
  reads_double ("+NaN", NAN);
  reads_double ("-nan", -NAN);
  reads_double ("1.7976931348623157e308", 0x1.fffffffffffffp1023);
  reads_double ("1.7976931348623158e308", 0x1.fffffffffffffp1023);
  reads_double ("4.9e-324", 0x1p-1074);
  reads_double ("1e-400", 0.0);
  reads_double ("-1e-400", -0.0);
  reads_double ("0e99999999999999999999", 0.0);
  reads_double ("9007199254740993", 9007199254740992.0);
  reads_double ("9007199254740993.00000000000000000000000000000001", 9007199254740994.0);
  reads_float ("0.1", 0.1f);
  reads_float ("1e-60", 0.0f);
  reads_float ("1e-45", 0x1p-149f);
  reads_float ("3.4028235e38", 3.4028235e38f);
  reads_float ("-nan", -NAN);
  reads_float ("-inf", -INFINITY);
}

static void
float32_is_rounded_once (void **state)
{
  /* A little above the middle between two floats: rounded to a double first it
   * would be the middle itself, and then go down to the even one. */
  reads_float ("1.000000059604644775390626", 0x1.000002p0f);
  reads_float ("0x1.00000100000000001p0", 0x1.000002p0f);
  reads_float ("1.000000059604644775390625", 1.0f);
  /* a little below the largest that still rounds to a finite float */
  reads_float ("340282356779733661637539395458142568447.9", 0x1.fffffep127f);
  refuses ('f', "340282356779733661637539395458142568448", -ERANGE);
}

static void
floats_too_large_are_out_of_range (void **state)
{
  refuses ('d', "1e309", -ERANGE);
  assert_string_equal (shmlens_error (), "\"1e309\": too large for float64; give "
                                         "-1.7976931348623157e+308 to 1.7976931348623157e+308, "
                                         "or inf");
  refuses ('d', "-1.7976931348623159e308", -ERANGE);
  refuses ('d', "0x1p1024", -ERANGE);
  refuses ('d', "1e99999999999999999999", -ERANGE);
  refuses ('f', "3.4028236e38", -ERANGE);
  refuses ('f', "-1e39", -ERANGE);
  refuses ('f', "1e400", -ERANGE);
}

static void
what_is_no_float_is_refused (void **state)
{
  static const char *const texts[] = {
    ".",     "+",    "-.",     "e5",    "1e",     "1e+",   "1e5.0", "1.2.3",    "1,5",
    "1_0",   "1_0.5", "--1",   "- 1",   "1 .5",   "0x",    "0x.",   "0x.p1",    "0x1p",
    "0x1p+", "0x1e+1", "0x1pf", "1p3",  "0b1",    "0o7",   "1.5f",  "1d",       "infi",
    "in",    "infinit", "infinityy",    "nan(1)", "nan()", "snan",  "na",       "1.5\n",
    "\n1",   "\xd9\xa1", "1e1_0", "inf inf", "NULL", "0x1,8", "1.5x",
  };
  char many[5000];

  for (const char *code = "fd"; *code; code++)
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
      refuses (*code, texts[i], -EINVAL);

  memset (many, '1', sizeof many);
  many[1] = '.';
  refuses_bytes ('d', many, 4096, -EINVAL);
  assert_non_null (strstr (shmlens_error (), "longer than 4095 characters"));
  many[4095] = '\0';
  reads_double (many, 1.1111111111111111);
}

/* Whether one significant digit less would do too. */
static bool
is_longer_than_needed (const char *text, double number, bool single)
{
  int digits = 0;
  char shorter[64];

  for (const char *at = text; *at != '\0' && *at != 'e'; at++)
    if (*at >= '0' && *at <= '9' && (digits > 0 || *at != '0'))
      digits++;
  if (digits < 2 || strstr (text, ".0e") || strcmp (text + strlen (text) - 2, ".0") == 0)
    return false;  /* zeros that are only there for the form */
  snprintf (shorter, sizeof shorter, "%.*e", digits - 2, number);
  return single ? strtof (shorter, NULL) == (float) number : strtod (shorter, NULL) == number;
}

static void
random_doubles_survive (void **state)
{
  struct shmlens_type type = type_of ('d');

  for (unsigned i = 0; i < 100000; i++)
    {
      uint64_t bits = next_random ();
      double number, back;
      char text[64];

      if (i % 16 == 0)
        bits |= 0x7ff0000000000000u;  /* NaN, which chance seldom gives */
      else if (i % 16 == 1)
        bits &= 0x800fffffffffffffu;  /* subnormal */
      memcpy (&number, &bits, sizeof number);
      if (!isnan (number))
        survives ('d', &number);
      assert_true (shmlens_type_print (&type, &number, sizeof text, text) > 0);
      assert_int_equal (parse_bytes ('d', text, strlen (text), &back), 0);
      assert_int_equal (isnan (back), isnan (number));
      assert_int_equal (!signbit (back), !signbit (number));
      if (isfinite (number) && is_longer_than_needed (text, number, false))
        fail_msg ("\"%s\" is longer than needed", text);
    }
}

static void
random_floats_survive (void **state)
{
  struct shmlens_type type = type_of ('f');

  for (unsigned i = 0; i < 100000; i++)
    {
      uint32_t bits = (uint32_t) next_random ();
      float number, back;
      char text[64];

      if (i % 16 == 0)
        bits |= 0x7f800000u;
      else if (i % 16 == 1)
        bits &= 0x807fffffu;
      memcpy (&number, &bits, sizeof number);
      if (!isnan (number))
        survives ('f', &number);
      assert_true (shmlens_type_print (&type, &bits, sizeof text, text) > 0);
      assert_int_equal (parse_bytes ('f', text, strlen (text), &back), 0);
      assert_int_equal (isnan (back), isnan (number));
      assert_int_equal (!signbit (back), bits >> 31 == 0);
      if (isfinite (number) && is_longer_than_needed (text, (double) number, true))
        fail_msg ("\"%s\" is longer than needed", text);
    }
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
errno_is_left_alone (void **state)
{
  errno = 7;
  reads_double ("1e-400", 0.0);
  refuses ('d', "1e400", -ERANGE);
  refuses ('b', "1000", -ERANGE);
  prints ('d', &(double) { 0x1p-1074 }, "5e-324");
  assert_int_equal (errno, 7);
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

/* Makes a numeric locale in a directory of its own: that of a user may not be
 * installed. The form is that of glibc's locale files: a magic number, six
 * offsets, and what they point at. */
static bool
make_comma_locale (const char *directory, char path[256])
{
  static const char data[] = ",\0.\0\3\3\0\0,\0\0\0.\0\0\0UTF-8";
  const uint32_t head[] = { 0x20031115 ^ LC_NUMERIC, 6, 32, 34, 36, 40, 44, 48 };
  FILE *file;
  bool done;

  snprintf (path, 256, "%s/xx_XX", directory);
  if (mkdir (path, 0700) < 0)
    return false;
  snprintf (path, 256, "%s/xx_XX/LC_NUMERIC", directory);
  file = fopen (path, "wbe");
  if (!file)
    return false;
  done = fwrite (head, sizeof head, 1, file) == 1 && fwrite (data, sizeof data, 1, file) == 1;
  return fclose (file) == 0 && done;
}

static void
the_locale_makes_no_difference (void **state)
{
  char directory[] = "/tmp/shmlens-type-XXXXXX";
  char path[256];
  char text[32];
  bool made;

  assert_non_null (mkdtemp (directory));
  made = make_comma_locale (directory, path);
  setenv ("LOCPATH", directory, 1);
  made = made && setlocale (LC_NUMERIC, "xx_XX");
  unlink (path);
  *strrchr (path, '/') = '\0';
  rmdir (path);
  rmdir (directory);
  unsetenv ("LOCPATH");
  if (!made)
    skip ();
  snprintf (text, sizeof text, "%.1f", 1.5);
  assert_string_equal (text, "1,5");

  reads_double ("1.5", 1.5);
  reads_float ("2.5e-1", 0.25f);
  refuses ('d', "1,5", -EINVAL);
  refuses ('f', "1,5", -EINVAL);
  doubles_print_as_python_prints_them (state);
  floats_print_shortest_for_a_float (state);
  for (unsigned i = 0; i < 1000; i++)
    survives ('d', &(double) { (double) next_random () / 1e9 });
  setlocale (LC_NUMERIC, "C");
}

static void *
parse_many (void *done)
{
  struct shmlens_type type = { .size = 8, .kind = SHMLENS_KIND_FLOAT, .code = 'd' };

  for (unsigned i = 0; i < 1000; i++)
    {
      double element = 0;
      char text[64];

      if (shmlens_type_parse (&type, "0.1", 3, &element) < 0 || element != 0.1
          || shmlens_type_print (&type, &element, sizeof text, text) != 3)
        return NULL;
    }
  return done;
}

static void
threads_do_not_disturb_each_other (void **state)
{
  pthread_t threads[4];

  for (size_t i = 0; i < 4; i++)
    assert_int_equal (pthread_create (&threads[i], NULL, parse_many, threads), 0);
  for (size_t i = 0; i < 4; i++)
    {
      void *done;

      assert_int_equal (pthread_join (threads[i], &done), 0);
      assert_non_null (done);
    }
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (threads_do_not_disturb_each_other),  /* first: nothing is cached yet */
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
    cmocka_unit_test (doubles_print_as_python_prints_them),
    cmocka_unit_test (floats_print_shortest_for_a_float),
    cmocka_unit_test (floats_are_read_in_every_notation),
    cmocka_unit_test (float32_is_rounded_once),
    cmocka_unit_test (floats_too_large_are_out_of_range),
    cmocka_unit_test (what_is_no_float_is_refused),
    cmocka_unit_test (random_doubles_survive),
    cmocka_unit_test (random_floats_survive),
    cmocka_unit_test (structures_and_unknown_types_have_no_text),
    cmocka_unit_test (text_that_does_not_fit_is_not_begun),
    cmocka_unit_test (errno_is_left_alone),
    cmocka_unit_test (errors_quote_text_safely),
    cmocka_unit_test (the_locale_makes_no_difference),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
