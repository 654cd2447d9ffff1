/* number-array.c - the same operation on many elements. */
#include "number-array.h"

#include <math.h>

#define DEFINE_INTEGERS(name, Type)                                                            \
  static guint64 name (enum number_operation operation, Type *elements, guint64 n,             \
                       Type operand, Type least, Type most)                                    \
  {                                                                                            \
    for (guint64 i = 0; i < n; i++)                                                            \
      {                                                                                        \
        Type result;                                                                           \
        Type is = elements[i];                                                                 \
        gboolean overflows;                                                                    \
                                                                                               \
        if (operation == NUMBER_ADD)                                                           \
          overflows = __builtin_add_overflow (is, operand, &result);                           \
        else if (operation == NUMBER_SUBTRACT)                                                 \
          overflows = __builtin_sub_overflow (is, operand, &result);                           \
        else                                                                                   \
          overflows = __builtin_mul_overflow (is, operand, &result);                           \
        if (overflows || result < least || result > most)                                      \
          return i;                                                                            \
        elements[i] = result;                                                                  \
      }                                                                                        \
    return n;                                                                                  \
  }

#define DEFINE_FLOATS(name, Type)                                                              \
  static guint64 name (enum number_operation operation, Type *elements, guint64 n,             \
                       Type operand, Type least, Type most)                                    \
  {                                                                                            \
    for (guint64 i = 0; i < n; i++)                                                            \
      {                                                                                        \
        Type result = operation == NUMBER_ADD        ? elements[i] + operand                   \
                      : operation == NUMBER_SUBTRACT ? elements[i] - operand                   \
                                                     : elements[i] * operand;                  \
                                                                                               \
        if (!isfinite (result) || !(result >= least && result <= most))                        \
          return i;                                                                            \
        elements[i] = result;                                                                  \
      }                                                                                        \
    return n;                                                                                  \
  }

DEFINE_INTEGERS (compute_int8, gint8)
DEFINE_INTEGERS (compute_uint8, guint8)
DEFINE_INTEGERS (compute_int16, gint16)
DEFINE_INTEGERS (compute_uint16, guint16)
DEFINE_INTEGERS (compute_int32, gint32)
DEFINE_INTEGERS (compute_uint32, guint32)
DEFINE_INTEGERS (compute_int64, gint64)
DEFINE_INTEGERS (compute_uint64, guint64)
DEFINE_FLOATS (compute_float, float)
DEFINE_FLOATS (compute_double, double)

guint64
number_compute_array (enum number_operation operation, const struct shmlens_type *type,
                      void *elements, guint64 n, const Number *operand, const Number *minimum,
                      const Number *maximum)
{
  WideInteger least, most;
  gboolean is_signed = type->kind == SHMLENS_KIND_SIGNED;

  if (operand->form == NUMBER_FLOAT)
    return compute_float (operation, elements, n, operand->single,
                          minimum != NULL ? minimum->single : -INFINITY,
                          maximum != NULL ? maximum->single : INFINITY);
  if (operand->form == NUMBER_DOUBLE)
    return compute_double (operation, elements, n, operand->real,
                           minimum != NULL ? minimum->real : -INFINITY,
                           maximum != NULL ? maximum->real : INFINITY);
  if (!number_fits (type, 0, operand))
    return 0;
  number_limits (type, 0, &least, &most);
  if (minimum != NULL)
    least = minimum->integer;
  if (maximum != NULL)
    most = maximum->integer;
  switch (type->size)
    {
    case 1:
      return is_signed ? compute_int8 (operation, elements, n, operand->integer, least, most)
                       : compute_uint8 (operation, elements, n, operand->integer, least, most);
    case 2:
      return is_signed ? compute_int16 (operation, elements, n, operand->integer, least, most)
                       : compute_uint16 (operation, elements, n, operand->integer, least, most);
    case 4:
      return is_signed ? compute_int32 (operation, elements, n, operand->integer, least, most)
                       : compute_uint32 (operation, elements, n, operand->integer, least, most);
    default:
      return is_signed ? compute_int64 (operation, elements, n, operand->integer, least, most)
                       : compute_uint64 (operation, elements, n, operand->integer, least, most);
    }
}
