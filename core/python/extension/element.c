/* element.c - elements to Python objects and back. */
#include "extension.h"

#include <limits.h>
#include <string.h>
#include <wchar.h>

void
element_load (const unsigned char *data, uint32_t size, union element *ret_element)
{
  switch (size)
    {
    case 1:
      ret_element->u8 = __atomic_load_n (data, __ATOMIC_RELAXED);
      break;
    case 2:
      ret_element->u16 = __atomic_load_n ((const uint16_t *) data, __ATOMIC_RELAXED);
      break;
    case 4:
      ret_element->u32 = __atomic_load_n ((const uint32_t *) data, __ATOMIC_RELAXED);
      break;
    default:
      ret_element->u64 = __atomic_load_n ((const uint64_t *) data, __ATOMIC_RELAXED);
      break;
    }
}

/* As element_load, of memory that is ours alone and need not be aligned. */
static inline void
element_copy (const unsigned char *data, uint32_t size, union element *ret_element)
{
  switch (size)
    {
    case 1:
      memcpy (ret_element, data, 1);
      break;
    case 2:
      memcpy (ret_element, data, 2);
      break;
    case 4:
      memcpy (ret_element, data, 4);
      break;
    default:
      memcpy (ret_element, data, 8);
      break;
    }
}

void
element_store (unsigned char *data, uint32_t size, const union element *element)
{
  switch (size)
    {
    case 1:
      __atomic_store_n (data, element->u8, __ATOMIC_RELAXED);
      break;
    case 2:
      __atomic_store_n ((uint16_t *) data, element->u16, __ATOMIC_RELAXED);
      break;
    case 4:
      __atomic_store_n ((uint32_t *) data, element->u32, __ATOMIC_RELAXED);
      break;
    default:
      __atomic_store_n ((uint64_t *) data, element->u64, __ATOMIC_RELAXED);
      break;
    }
}

static bool
fits_signed (uint32_t size, int64_t number)
{
  unsigned spare = 64 - size * CHAR_BIT;

  return number >= INT64_MIN >> spare && number <= INT64_MAX >> spare;
}

static bool
fits_unsigned (uint32_t size, uint64_t number)
{
  return number <= UINT64_MAX >> (64 - size * CHAR_BIT);
}

/* The low bytes of a number. */
static void
element_from_bits (uint32_t size, uint64_t bits, union element *ret_element)
{
  switch (size)
    {
    case 1:
      ret_element->u8 = (uint8_t) bits;
      break;
    case 2:
      ret_element->u16 = (uint16_t) bits;
      break;
    case 4:
      ret_element->u32 = (uint32_t) bits;
      break;
    default:
      ret_element->u64 = bits;
      break;
    }
}

static int64_t
signed_number (uint32_t size, const union element *element)
{
  return size == 1 ? element->i8 : size == 2 ? element->i16 : size == 4 ? element->i32
                                                                        : element->i64;
}

static uint64_t
unsigned_number (uint32_t size, const union element *element)
{
  return size == 1 ? element->u8 : size == 2 ? element->u16 : size == 4 ? element->u32
                                                                        : element->u64;
}

PyObject *
element_to_python (const struct shmlens_type *type, const union element *element)
{
  wchar_t character;

  switch (type->kind)
    {
    case SHMLENS_KIND_BOOL:
      return PyBool_FromLong (element->u8 != 0);
    case SHMLENS_KIND_CHAR:
      return PyBytes_FromStringAndSize ((const char *) &element->u8, 1);
    case SHMLENS_KIND_UNICODE:
      memcpy (&character, element, sizeof character);
      return PyUnicode_FromWideChar (&character, 1);
    case SHMLENS_KIND_SIGNED:
      return PyLong_FromLongLong (signed_number (type->size, element));
    case SHMLENS_KIND_UNSIGNED:
      return PyLong_FromUnsignedLongLong (unsigned_number (type->size, element));
    default:
      return PyFloat_FromDouble (type->size == 4 ? (double) element->f32 : element->f64);
    }
}

bool
element_add (const struct shmlens_type *type, const union element *delta, union element *element)
{
  int64_t signed_sum;
  uint64_t sum;

  if (type->kind == SHMLENS_KIND_FLOAT && type->size == 8)
    element->f64 += delta->f64;
  else if (type->kind == SHMLENS_KIND_FLOAT)
    element->f32 = (float) (element->f32 + delta->f64);
  else if (type->kind == SHMLENS_KIND_SIGNED)
    {
      if (__builtin_add_overflow (signed_number (type->size, element), delta->i64, &signed_sum)
          || !fits_signed (type->size, signed_sum))
        return false;
      element_from_bits (type->size, (uint64_t) signed_sum, element);
    }
  else
    {
      if (__builtin_add_overflow (unsigned_number (type->size, element), delta->i64, &sum)
          || !fits_unsigned (type->size, sum))
        return false;
      element_from_bits (type->size, sum, element);
    }
  return true;
}

static bool
integer_from_python (const struct shmlens_type *type, PyObject *object, union element *ret_element)
{
  long long number;
  int overflow;

  if (!PyLong_CheckExact (object))
    return false;
  number = PyLong_AsLongLongAndOverflow (object, &overflow);
  if (overflow != 0 || (type->kind == SHMLENS_KIND_SIGNED
                          ? !fits_signed (type->size, number)
                          : number < 0 || !fits_unsigned (type->size, (uint64_t) number)))
    return false;
  element_from_bits (type->size, (uint64_t) number, ret_element);
  return true;
}

bool
element_from_python (const struct shmlens_type *type, PyObject *object, union element *ret_element)
{
  double number;

  switch (type->kind)
    {
    case SHMLENS_KIND_BOOL:
      if (!PyBool_Check (object))
        return false;
      ret_element->u8 = object == Py_True;
      return true;
    case SHMLENS_KIND_CHAR:
      if (!PyBytes_CheckExact (object) || PyBytes_GET_SIZE (object) != 1)
        return false;
      ret_element->u8 = (uint8_t) PyBytes_AS_STRING (object)[0];
      return true;
    case SHMLENS_KIND_SIGNED:
    case SHMLENS_KIND_UNSIGNED:
      return integer_from_python (type, object, ret_element);
    case SHMLENS_KIND_FLOAT:
      if (PyFloat_CheckExact (object))
        number = PyFloat_AS_DOUBLE (object);
      else if (PyLong_CheckExact (object))
        {
          number = PyLong_AsDouble (object);
          if (number == -1.0 && PyErr_Occurred ())
            {
              PyErr_Clear ();
              return false;
            }
        }
      else
        return false;
      if (type->size == 4)
        ret_element->f32 = (float) number;
      else
        ret_element->f64 = number;
      return true;
    default:
      return false;
    }
}

bool
element_fill_list (const struct shmlens_type *type, PyObject *list, const unsigned char *elements)
{
  PyObject **items = PySequence_Fast_ITEMS (list);
  Py_ssize_t length = PyList_GET_SIZE (list);
  union element element;
  Py_ssize_t i;

  for (i = 0; i < length; i++, elements += type->size)
    {
      element_copy (elements, type->size, &element);
      items[i] = element_to_python (type, &element);
      if (items[i] == NULL)
        {
          memset (items + i, 0, (size_t) (length - i) * sizeof *items);
          return false;
        }
    }
  return true;
}
