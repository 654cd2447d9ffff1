/* number.c - one scalar of any type, to compute and compare with. */
#include "number.h"

#include <errno.h>
#include <math.h>
#include <string.h>

__extension__ typedef unsigned __int128 WideUnsigned;

Number
number_load (const struct shmlens_type *type, const void *value)
{
  Number number = { .form = NUMBER_INTEGER };
  gboolean is_signed = type->kind == SHMLENS_KIND_SIGNED;
  guint8 u8;
  guint16 u16;
  guint32 u32;
  guint64 u64;

  if (type->kind == SHMLENS_KIND_FLOAT && type->size == sizeof (float))
    {
      number.form = NUMBER_FLOAT;
      memcpy (&number.single, value, sizeof number.single);
      return number;
    }
  if (type->kind == SHMLENS_KIND_FLOAT)
    {
      number.form = NUMBER_DOUBLE;
      memcpy (&number.real, value, sizeof number.real);
      return number;
    }
  switch (type->size)
    {
    case 1:
      memcpy (&u8, value, sizeof u8);
      number.integer = is_signed ? (WideInteger) (gint8) u8 : u8;
      break;
    case 2:
      memcpy (&u16, value, sizeof u16);
      number.integer = is_signed ? (WideInteger) (gint16) u16 : u16;
      break;
    case 4:
      memcpy (&u32, value, sizeof u32);
      number.integer = is_signed ? (WideInteger) (gint32) u32 : u32;
      break;
    default:
      memcpy (&u64, value, sizeof u64);
      number.integer = is_signed ? (WideInteger) (gint64) u64 : u64;
      break;
    }
  if (type->kind == SHMLENS_KIND_BOOL)
    number.integer = number.integer != 0;
  return number;
}

void
number_store (const struct shmlens_type *type, const Number *number, void *ret_value)
{
  guint8 u8 = number->integer;
  guint16 u16 = number->integer;
  guint32 u32 = number->integer;
  guint64 u64 = number->integer;

  if (number->form == NUMBER_FLOAT)
    memcpy (ret_value, &number->single, sizeof number->single);
  else if (number->form == NUMBER_DOUBLE)
    memcpy (ret_value, &number->real, sizeof number->real);
  else if (type->size == 1)
    memcpy (ret_value, &u8, sizeof u8);
  else if (type->size == 2)
    memcpy (ret_value, &u16, sizeof u16);
  else if (type->size == 4)
    memcpy (ret_value, &u32, sizeof u32);
  else
    memcpy (ret_value, &u64, sizeof u64);
}

guint
number_width (const struct shmlens_type *type, guint bits)
{
  return bits > 0 ? bits : (guint) type->size * 8;
}

void
number_limits (const struct shmlens_type *type, guint bits, WideInteger *ret_minimum,
               WideInteger *ret_maximum)
{
  bits = number_width (type, bits);
  if (type->kind == SHMLENS_KIND_SIGNED)
    {
      *ret_maximum = ((WideInteger) 1 << (bits - 1)) - 1;
      *ret_minimum = -*ret_maximum - 1;
    }
  else
    {
      *ret_maximum = type->kind == SHMLENS_KIND_BOOL      ? 1
                     : type->kind == SHMLENS_KIND_UNICODE ? 0x10ffff
                                                          : ((WideInteger) 1 << bits) - 1;
      *ret_minimum = 0;
    }
}

gboolean
number_fits (const struct shmlens_type *type, guint bits, const Number *number)
{
  WideInteger minimum, maximum;

  if (number->form != NUMBER_INTEGER)
    return TRUE;
  number_limits (type, bits, &minimum, &maximum);
  return number->integer >= minimum && number->integer <= maximum;
}

/* By magnitudes: clang has no checked multiplication of 128 bits without its own
 * runtime library. Each is at most 2^65, so their product may not fit. */
static gboolean
multiply (WideInteger a, WideInteger b, WideInteger *ret_product)
{
  WideUnsigned x = a < 0 ? -(WideUnsigned) a : (WideUnsigned) a;
  WideUnsigned y = b < 0 ? -(WideUnsigned) b : (WideUnsigned) b;
  WideUnsigned product;

  if (x >> 64 != 0 || y >> 64 != 0)
    return FALSE;
  product = x * y;
  if (product >> 127 != 0)
    return FALSE;
  *ret_product = (a < 0) != (b < 0) ? -(WideInteger) product : (WideInteger) product;
  return TRUE;
}

static float
compute_float (enum number_operation operation, float a, float b)
{
  return operation == NUMBER_ADD ? a + b : operation == NUMBER_SUBTRACT ? a - b : a * b;
}

static double
compute_double (enum number_operation operation, double a, double b)
{
  return operation == NUMBER_ADD ? a + b : operation == NUMBER_SUBTRACT ? a - b : a * b;
}

static gboolean
is_sound (double a, double b, double result)
{
  if (isinf (result))
    return isinf (a) || isinf (b);
  if (isnan (result))
    return isnan (a) || isnan (b);
  return TRUE;
}

gboolean
number_compute (enum number_operation operation, const Number *a, const Number *b,
                Number *ret_result)
{
  ret_result->form = a->form;
  switch (a->form)
    {
    case NUMBER_FLOAT:
      ret_result->single = compute_float (operation, a->single, b->single);
      return is_sound (a->single, b->single, ret_result->single);
    case NUMBER_DOUBLE:
      ret_result->real = compute_double (operation, a->real, b->real);
      return is_sound (a->real, b->real, ret_result->real);
    default:
      if (operation == NUMBER_MULTIPLY)
        return multiply (a->integer, b->integer, &ret_result->integer);
      ret_result->integer
        = operation == NUMBER_ADD ? a->integer + b->integer : a->integer - b->integer;
      return TRUE;
    }
}

double
number_double (const Number *number)
{
  return number->form == NUMBER_INTEGER ? (double) number->integer
         : number->form == NUMBER_FLOAT ? (double) number->single
                                        : number->real;
}

gboolean
number_equal (const Number *a, const Number *b)
{
  switch (a->form)
    {
    case NUMBER_FLOAT:
      return a->single == b->single || (isnan (a->single) && isnan (b->single));
    case NUMBER_DOUBLE:
      return a->real == b->real || (isnan (a->real) && isnan (b->real));
    default:
      return a->integer == b->integer;
    }
}

gboolean
number_less_or_equal (const Number *a, const Number *b)
{
  switch (a->form)
    {
    case NUMBER_FLOAT:
      return a->single <= b->single;
    case NUMBER_DOUBLE:
      return a->real <= b->real;
    default:
      return a->integer <= b->integer;
    }
}

int
number_parse_integer (const char *text, gsize length, Number *ret_number)
{
  static const struct shmlens_type int64 = { 8, SHMLENS_KIND_SIGNED, 'q', 0 };
  static const struct shmlens_type uint64 = { 8, SHMLENS_KIND_UNSIGNED, 'Q', 0 };
  const struct shmlens_type *type = &int64;
  guint64 value;
  int code = shmlens_type_parse (type, text, length, &value);

  if (code == -ERANGE)
    code = shmlens_type_parse (type = &uint64, text, length, &value);
  if (code < 0)
    return code;
  *ret_number = number_load (type, &value);
  return 0;
}

gboolean
number_is_in_brackets (const char *text, gint64 integer)
{
  gsize length;
  Number number;

  while (g_ascii_isspace (*text))
    text++;
  length = strlen (text);
  return length > 2 && text[0] == '(' && text[length - 1] == ')'
         && number_parse_integer (text + 1, length - 2, &number) == 0
         && (gint64) number.integer == integer;
}

char *
number_integer_text (WideInteger integer)
{
  WideUnsigned rest = integer < 0 ? -(WideUnsigned) integer : (WideUnsigned) integer;
  char digits[48];
  char *at = digits + sizeof digits - 1;

  *at = '\0';
  do
    *--at = '0' + (int) (rest % 10);
  while ((rest /= 10) != 0);
  if (integer < 0)
    *--at = '-';
  return g_strdup (at);
}

char *
number_text (const struct shmlens_type *type, const Number *number)
{
  guint8 value[8];
  char text[64];

  if (!number_fits (type, 0, number))
    return number_integer_text (number->integer);
  number_store (type, number, value);
  return g_strdup (shmlens_type_print (type, value, sizeof text, text) < 0 ? "?" : text);
}
