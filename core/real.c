/* real.c - floating-point numbers as text, whatever the locale. */
#include "real.h"

#include <assert.h>
#include <errno.h>
#include <float.h>
#include <inttypes.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "text.h"

/* The exact decimal form of the smallest double has some 1080 characters. */
#define LONGEST 4095

/* What the digits are taken from before they are rounded to as few as do: more
 * than the 17 that tell all doubles apart, so that it seldom ends in a tie. */
#define MANY_DIGITS 20

static locale_t c_locale;
static pthread_once_t c_locale_once = PTHREAD_ONCE_INIT;

static void
make_c_locale (void)
{
  c_locale = newlocale (LC_ALL_MASK, "C", (locale_t) 0);
  assert (c_locale != (locale_t) 0);  /* it is built into the C library */
}

/* The number of a text that has the right form, and what strtod() left in errno. */
static double
read_number (const char *text, uint32_t size, int *ret_errno)
{
  int errno_before = errno;
  double number;

  pthread_once (&c_locale_once, make_c_locale);
  errno = 0;
  /* By way of a double a float would be rounded twice. */
  number = size == sizeof (float) ? (double) strtof_l (text, NULL, c_locale)
                                  : strtod_l (text, NULL, c_locale);
  *ret_errno = errno;
  errno = errno_before;
  return number;
}

static size_t
count_digits (const char *text, size_t length, bool hexadecimal)
{
  size_t count = 0;

  while (count < length
         && ((text[count] >= '0' && text[count] <= '9')
             || (hexadecimal && ((text[count] | 0x20) >= 'a' && (text[count] | 0x20) <= 'f'))))
    count++;
  return count;
}

/* Whether the text, without its sign, is a number from its first to its last
 * byte: strtod() alone would stop at the first that does not fit, and take
 * "nan(1)". */
static bool
is_number (const char *text, size_t length)
{
  bool hexadecimal = length > 2 && text[0] == '0' && (text[1] | 0x20) == 'x';
  size_t at = hexadecimal ? 2 : 0;
  size_t whole = count_digits (text + at, length - at, hexadecimal);
  size_t fraction = 0;

  at += whole;
  if (at < length && text[at] == '.')
    {
      at++;
      fraction = count_digits (text + at, length - at, hexadecimal);
      at += fraction;
    }
  if (whole + fraction == 0)
    return false;

  if (at < length && (text[at] | 0x20) == (hexadecimal ? 'p' : 'e'))
    {
      size_t exponent;

      at++;
      if (at < length && (text[at] == '+' || text[at] == '-'))
        at++;
      exponent = count_digits (text + at, length - at, false);
      if (exponent == 0)
        return false;
      at += exponent;
    }
  return at == length;
}

static bool
is_word (const char *text, size_t length, const char *word)
{
  return length == strlen (word) && strncasecmp (text, word, length) == 0;
}

int
real_parse (const char *text, size_t length, uint32_t size, void *ret_element)
{
  size_t sign = length > 0 && (text[0] == '+' || text[0] == '-') ? 1 : 0;
  bool negative = sign == 1 && text[0] == '-';
  const char *unsigned_text = text + sign;
  size_t unsigned_length = length - sign;
  double number;

  if (is_word (unsigned_text, unsigned_length, "inf")
      || is_word (unsigned_text, unsigned_length, "infinity"))
    number = INFINITY;
  else if (is_word (unsigned_text, unsigned_length, "nan"))
    number = NAN;
  else
    {
      char copy[LONGEST + 1];
      int error;

      if (!is_number (unsigned_text, unsigned_length))
        return text_refuse (EINVAL, text, length, "not a number",
                            "give it like 1.5, -2e-3, 0x1.8p0, inf or nan");
      if (unsigned_length > LONGEST)
        return text_refuse (EINVAL, text, length, "longer than 4095 characters",
                            "leave out digits that make no difference");
      memcpy (copy, unsigned_text, unsigned_length);
      copy[unsigned_length] = '\0';
      number = read_number (copy, size, &error);
      if (error == ERANGE && number > 1)  /* too small is fine: it is the nearest there is */
        return text_refuse (ERANGE, text, length,
                            size == sizeof (float) ? "too large for float32"
                                                   : "too large for float64",
                            size == sizeof (float)
                                ? "give -3.4028235e+38 to 3.4028235e+38, or inf"
                                : "give -1.7976931348623157e+308 to "
                                  "1.7976931348623157e+308, or inf");
    }

  /* NAN has no sign of its own, and a conversion may drop one: it is set in the end. */
  if (size == sizeof (float))
    {
      float element = __builtin_copysignf ((float) number, negative ? -1.0f : 1.0f);

      memcpy (ret_element, &element, sizeof element);
    }
  else
    {
      double element = __builtin_copysign (number, negative ? -1.0 : 1.0);

      memcpy (ret_element, &element, sizeof element);
    }
  return 0;
}

/* A number as d.ddd… times ten to the exponent. */
struct decimal
{
  char digits[MANY_DIGITS];
  int count;
  int exponent;
};

/* The nearest decimal number with so many digits. */
static void
decimal_of (double magnitude, int count, struct decimal *ret_decimal)
{
  char text[64];
  const char *at = text;

  snprintf (text, sizeof text, "%.*e", count - 1, magnitude);
  ret_decimal->count = 0;
  for (; *at != 'e'; at++)  /* between the digits is the locale's own decimal point */
    if (*at >= '0' && *at <= '9')
      ret_decimal->digits[ret_decimal->count++] = *at;
  ret_decimal->exponent = (int) strtol (at + 1, NULL, 10);
}

/* The next larger decimal number with as many digits. */
static void
decimal_step_up (struct decimal *decimal)
{
  int at = decimal->count - 1;

  while (at >= 0 && decimal->digits[at] == '9')
    decimal->digits[at--] = '0';
  if (at >= 0)
    decimal->digits[at]++;
  else
    {
      decimal->digits[0] = '1';
      decimal->exponent++;
    }
}

/* As decimal_of(), but takes the digits from `many`, which costs next to nothing. */
static void
decimal_round (const struct decimal *many, double magnitude, int count,
               struct decimal *ret_decimal)
{
  static const char half[] = "50000000000000000000";
  int order = memcmp (many->digits + count, half, (size_t) (many->count - count));

  if (order == 0)  /* `many` is rounded too, and does not tell above from below */
    {
      decimal_of (magnitude, count, ret_decimal);
      return;
    }
  *ret_decimal = *many;
  ret_decimal->count = count;
  if (order > 0)
    decimal_step_up (ret_decimal);
}

static int
decimal_write (const struct decimal *decimal, bool negative, char ret_text[REAL_TEXT_SIZE])
{
  const char *digits = decimal->digits;
  const char *sign = negative ? "-" : "";
  int count = decimal->count;
  int exponent = decimal->exponent;

  while (count > 1 && digits[count - 1] == '0')
    count--;
  if (exponent < -4 || exponent >= 16)
    return sprintf (ret_text, "%s%c%s%.*se%+03d", sign, digits[0], count > 1 ? "." : "",
                    count - 1, digits + 1, exponent);
  if (exponent < 0)
    return sprintf (ret_text, "%s0.%.*s%.*s", sign, -exponent - 1, "000", count, digits);
  if (count <= exponent + 1)
    return sprintf (ret_text, "%s%.*s%.*s.0", sign, count, digits, exponent + 1 - count,
                    "000000000000000");
  return sprintf (ret_text, "%s%.*s.%.*s", sign, exponent + 1, digits, count - exponent - 1,
                  digits + exponent + 1);
}

static bool
reads_back (const struct decimal *decimal, double magnitude, uint32_t size)
{
  char text[REAL_TEXT_SIZE];
  int error;

  decimal_write (decimal, false, text);
  return read_number (text, size, &error) == magnitude;
}

/* The decimal number with the fewest digits that reads back to this one; of
 * several the nearest. */
static void
shortest (double magnitude, uint32_t size, bool subnormal, bool power_of_two,
          struct decimal *ret_decimal)
{
  int last = size == sizeof (float) ? FLT_DECIMAL_DIG : DBL_DECIMAL_DIG;
  /* Any number of so few digits survives a float: fewer show as trailing
   * zeros. Subnormal floats have less room. */
  int first = subnormal ? 1 : size == sizeof (float) ? FLT_DIG : DBL_DIG;
  struct decimal many;

  decimal_of (magnitude, MANY_DIGITS, &many);
  for (int count = first; count < last; count++)
    {
      decimal_round (&many, magnitude, count, ret_decimal);
      if (reads_back (ret_decimal, magnitude, size))
        return;
      /* Above a power of two floats lie twice as far apart as below: the nearest
       * decimal may lie too far below it while the next one above is near enough. */
      if (power_of_two)
        {
          decimal_step_up (ret_decimal);
          if (reads_back (ret_decimal, magnitude, size))
            return;
        }
    }
  decimal_round (&many, magnitude, last, ret_decimal);
}

int
real_print (const void *element, uint32_t size, char ret_text[REAL_TEXT_SIZE])
{
  bool negative, subnormal, power_of_two;
  double magnitude, consecutive;
  struct decimal decimal;

  if (size == sizeof (float))
    {
      uint32_t bits;
      float number;

      memcpy (&bits, element, sizeof bits);
      memcpy (&number, element, sizeof number);
      negative = bits >> 31;
      subnormal = (bits >> 23 & 0xff) == 0;
      power_of_two = (bits & 0x7fffff) == 0;
      magnitude = __builtin_fabs ((double) number);
      consecutive = 0x1p24;
    }
  else
    {
      uint64_t bits;
      double number;

      memcpy (&bits, element, sizeof bits);
      memcpy (&number, element, sizeof number);
      negative = bits >> 63;
      subnormal = (bits >> 52 & 0x7ff) == 0;
      power_of_two = (bits & 0xfffffffffffff) == 0;
      magnitude = __builtin_fabs (number);
      consecutive = 0x1p53;
    }

  if (isnan (magnitude))
    return sprintf (ret_text, "%snan", negative ? "-" : "");
  if (isinf (magnitude))
    return sprintf (ret_text, "%sinf", negative ? "-" : "");
  /* Up to here every integer is a float of its own, so that all its digits count. */
  if (magnitude <= consecutive && magnitude == (double) (uint64_t) magnitude)
    return sprintf (ret_text, "%s%" PRIu64 ".0", negative ? "-" : "", (uint64_t) magnitude);

  shortest (magnitude, size, subnormal, power_of_two, &decimal);
  return decimal_write (&decimal, negative, ret_text);
}
