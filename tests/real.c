/* Floating-point elements as text, whatever the locale. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shmlens.h"
#include "support/element.h"

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
    { 562949953421312.25, "562949953421312.2" },  /* ties: both neighbours read back */
    { 562949953421312.75, "562949953421312.8" },
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
errno_is_left_alone (void **state)
{
  errno = 7;
  reads_double ("1e-400", 0.0);
  refuses ('d', "1e400", -ERANGE);
  refuses ('b', "1000", -ERANGE);
  prints ('d', &(double) { 0x1p-1074 }, "5e-324");
  assert_int_equal (errno, 7);
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
    cmocka_unit_test (doubles_print_as_python_prints_them),
    cmocka_unit_test (floats_print_shortest_for_a_float),
    cmocka_unit_test (floats_are_read_in_every_notation),
    cmocka_unit_test (float32_is_rounded_once),
    cmocka_unit_test (floats_too_large_are_out_of_range),
    cmocka_unit_test (what_is_no_float_is_refused),
    cmocka_unit_test (random_doubles_survive),
    cmocka_unit_test (random_floats_survive),
    cmocka_unit_test (errno_is_left_alone),
    cmocka_unit_test (the_locale_makes_no_difference),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
