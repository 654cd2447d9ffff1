/* number.h - one scalar of any type, to compute and compare with: integers exactly,
 * floats in their own precision. Characters are their codes, bool is 0 or 1.
 */
#pragma once

#include <glib.h>

#include "shmlens.h"

/* Holds every element of every integer type, and sums of two. */
__extension__ typedef __int128 WideInteger;

typedef struct number Number;

struct number
{
  enum { NUMBER_INTEGER, NUMBER_FLOAT, NUMBER_DOUBLE } form;
  union
  {
    WideInteger integer;
    float single;
    double real;
  };
};

enum number_operation
{
  NUMBER_ADD,
  NUMBER_SUBTRACT,
  NUMBER_MULTIPLY
};

/* From and to a scalar in this machine's byte order; to only what fits. */
Number number_load (const struct shmlens_type *type, const void *value);
void number_store (const struct shmlens_type *type, const Number *number, void *ret_value);

/* How many bits an integer has: those of its bit field, else (bits 0) of its type. */
guint number_width (const struct shmlens_type *type, guint bits);
/* What an integer type can hold. bits: of a bit field, else 0. */
void number_limits (const struct shmlens_type *type, guint bits, WideInteger *ret_minimum,
                    WideInteger *ret_maximum);
/* Whether the type can hold it. Floats of the type's own form always fit. */
gboolean number_fits (const struct shmlens_type *type, guint bits, const Number *number);

/* Both of the same form. FALSE: the result is beyond the widest integer, or finite
 * floats gave an infinity, or numbers gave none. */
gboolean number_compute (enum number_operation operation, const Number *a, const Number *b,
                         Number *ret_result);

/* As near as a double comes to it. */
double number_double (const Number *number);

/* By value: NaN equals NaN, 0.0 equals -0.0. */
gboolean number_equal (const Number *a, const Number *b);
/* False when either is NaN. */
gboolean number_less_or_equal (const Number *a, const Number *b);

/* An integer of up to 64 bits, signed or not, as shmlens_type_parse() reads it; 0 or
 * its error. */
int number_parse_integer (const char *text, gsize length, Number *ret_number);
/* Whether the text is this integer in brackets, " (2)", as it stands behind a label; one of 64 bits
 * without a sign by the same bits. */
gboolean number_is_in_brackets (const char *text, gint64 integer);

/* As text, by shmlens_type_print(); integers beyond the type in decimal. Newly allocated. */
char *number_text (const struct shmlens_type *type, const Number *number);
char *number_integer_text (WideInteger integer);
