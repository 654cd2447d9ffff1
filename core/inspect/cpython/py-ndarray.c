/* py-ndarray.c - what a numpy array is.
 *
 * The structs are those of numpy's C API. That of a dtype differs between 1.x and 2.x; which one
 * it is shows in the word that 1.x has the alignment in, never 0, and 2.x the high half of
 * flags, which has none.
 *
 * Shown as something else: complex numbers as a structure of two, strings as arrays of
 * characters (a last dimension more), float16 as its 16 bits, dates and time spans as their
 * count of units, long doubles and raw void as bytes, Python objects as addresses. */
#include "py-ndarray.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "py-fields.h"

/* PyArrayObject. */
#define ARRAY_DATA 16
#define ARRAY_DIMENSIONS 24
#define ARRAY_SHAPE 32
#define ARRAY_STRIDES 40
#define ARRAY_BASE 48
#define ARRAY_DTYPE 56

/* PyArray_Descr. */
#define DTYPE_KIND 24
#define DTYPE_ORDER 26
#define DTYPE_ALIGNMENT_1 36

/* PyArray_DatetimeDTypeMetaData. */
#define DATETIME_UNIT 32
#define DATETIME_COUNT 36

#define DIMENSIONS_MAX 64
/* Of larger structures only the bytes are shown. */
#define ELEMENT_MAX (1u << 28)
#define BYTES_MAX (G_GUINT64_CONSTANT (1) << 47)

struct dtype
{
  guint8 kind;
  gboolean swapped;
  guint64 size;
  guint64 subarray, fields, metadata;
};

/* What is added to while the fields of a dtype are walked. */
struct walk
{
  const PyReader *reader;
  PyFields *fields;
  const char *prefix;
  guint64 base;
  guint depth;
  gboolean failed;
};

static gboolean add_fields (const PyReader *reader, PyFields *fields, guint64 dict,
                            const char *prefix, guint64 base, guint depth);

/* ------------------------------------------------------------------- dtypes -- */

static gboolean
read_dtype (const PyReader *reader, guint64 address, struct dtype *ret_dtype)
{
  static const struct
  {
    guint64 subarray, fields, metadata;
  } layouts[] = { { 40, 48, 80 }, { 88, 96, 112 } };
  PyImage *image = reader->image;
  gint32 alignment, narrow;
  gint64 wide;
  guint8 order;
  guint layout;

  if (!py_object_type (reader, address, NULL)
      || !py_image_u8 (image, address + DTYPE_KIND, &ret_dtype->kind)
      || !py_image_u8 (image, address + DTYPE_ORDER, &order)
      || !py_image_i32 (image, address + DTYPE_ALIGNMENT_1, &alignment))
    return FALSE;
  layout = alignment == 0 ? 1 : 0;
  if (layout == 1)
    {
      if (!py_image_i64 (image, address + 40, &wide) || wide < 0 || wide > G_MAXINT32)
        return FALSE;
      ret_dtype->size = wide;
    }
  else
    {
      if (!py_image_i32 (image, address + 32, &narrow) || narrow < 0)
        return FALSE;
      ret_dtype->size = narrow;
    }
  ret_dtype->swapped = order == (G_BYTE_ORDER == G_LITTLE_ENDIAN ? '>' : '<');
  return py_image_u64 (image, address + layouts[layout].subarray, &ret_dtype->subarray)
         && py_image_u64 (image, address + layouts[layout].fields, &ret_dtype->fields)
         && py_image_u64 (image, address + layouts[layout].metadata, &ret_dtype->metadata);
}

static gboolean
has_fields (const PyReader *reader, const struct dtype *dtype)
{
  return dtype->kind == 'V' && dtype->fields != 0
         && !py_object_is (reader, dtype->fields, reader->runtime->none_type);
}

static char
number_code (guint8 kind, guint64 size)
{
  static const char codes[][3] = { "bB", "hH", "iI", "qQ" };

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    if (size == G_GUINT64_CONSTANT (1) << i)
      return codes[i][kind == 'u' ? 1 : 0];
  return '\0';
}

/* What a dtype without fields is; nothing is left that it could not be. A complex one
 * (ret_complex) is two of these. */
static void
take_leaf (const struct dtype *dtype, PyLeaf *ret_leaf, gboolean *ret_complex)
{
  guint64 size = dtype->size;
  char code = '\0';

  *ret_leaf = (PyLeaf) { .swapped = dtype->swapped };
  *ret_complex = FALSE;
  switch (dtype->kind)
    {
    case 'b':
      code = size == 1 ? '?' : '\0';
      break;
    case 'i':
    case 'u':
      code = number_code (dtype->kind, size);
      break;
    case 'M':
    case 'm':
      code = size == 8 ? 'q' : '\0';
      ret_leaf->doc = dtype->kind == 'M' ? _("a date: how many units after 1970 it is")
                                         : _("a time span: how many units");
      break;
    case 'f':
      code = size == 8 ? 'd' : size == 4 ? 'f' : size == 2 ? 'H' : '\0';
      if (size == 2)
        ret_leaf->doc = _("a float16, of which only the bits can be shown exactly");
      else if (size > 8)
        ret_leaf->doc = _("a long double, of which only the bytes can be shown exactly");
      break;
    case 'c':
      code = size == 16 ? 'd' : size == 8 ? 'f' : '\0';
      *ret_complex = code != '\0';
      break;
    case 'S':
      code = 'c';
      ret_leaf->repeat = size;
      break;
    case 'U':
      code = 'u';
      ret_leaf->repeat = size / 4;
      break;
    case 'O':
      code = size == 8 ? 'Q' : '\0';
      ret_leaf->reason
        = _("it is an address in its program, which a changed one makes crash; change it there");
      break;
    }
  if (code == '\0' || (ret_leaf->repeat == 0 && (dtype->kind == 'S' || dtype->kind == 'U')))
    {
      code = 'B';
      ret_leaf->swapped = FALSE;
      ret_leaf->repeat = size;
      ret_leaf->role = SHMLENS_ROLE_BYTES;
    }
  (void) shmlens_type_from_code (code, &ret_leaf->type);
  if (ret_leaf->type.size == 1)
    ret_leaf->swapped = FALSE;
}

/* The unit of a date: "25s". NULL: none. Newly allocated. */
static char *
datetime_unit (const PyReader *reader, const struct dtype *dtype)
{
  static const char *const units[] = { "Y", "M",  "W",  NULL, "D",  "h",  "m",
                                       "s", "ms", "us", "ns", "ps", "fs", "as" };
  guint32 unit;
  gint32 count;

  if ((dtype->kind != 'M' && dtype->kind != 'm') || dtype->metadata == 0
      || !py_image_u32 (reader->image, dtype->metadata + DATETIME_UNIT, &unit)
      || !py_image_i32 (reader->image, dtype->metadata + DATETIME_COUNT, &count)
      || unit >= G_N_ELEMENTS (units) || units[unit] == NULL)
    return NULL;
  return count == 1 ? g_strdup (units[unit]) : g_strdup_printf ("%d %s", count, units[unit]);
}

/* The base and the shape of a field that is an array: PyArray_ArrayDescr. */
struct subarray
{
  const PyReader *reader;
  guint64 shape[PY_DEPTH_MAX + 2];
  guint dimensions;
  gboolean failed;
};

static gboolean
note_length (guint64 index, guint64 item, gpointer data)
{
  struct subarray *subarray = data;
  gint64 length;

  subarray->failed = index >= PY_DEPTH_MAX || !py_integer (subarray->reader, item, &length)
                     || length < 0;
  if (!subarray->failed)
    subarray->shape[subarray->dimensions++] = length;
  return !subarray->failed;
}

static gboolean
read_subarray (const PyReader *reader, guint64 address, struct dtype *ret_base,
               struct subarray *ret_subarray)
{
  guint64 base, shape;

  *ret_subarray = (struct subarray) { .reader = reader };
  return py_image_u64 (reader->image, address, &base)
         && py_image_u64 (reader->image, address + 8, &shape)
         && py_sequence_foreach (reader, shape, note_length, ret_subarray) && !ret_subarray->failed
         && read_dtype (reader, base, ret_base) && ret_base->subarray == 0;
}

/* ------------------------------------------------------------------- fields -- */

static gboolean
add_nested (const PyReader *reader, PyFields *fields, const struct dtype *dtype,
            const PyLeaf *complex_leaf, const struct subarray *subarray, const char *name,
            guint64 offset, guint depth)
{
  guint64 length;

  if (!py_shape_length (subarray->shape, subarray->dimensions, &length)
      || length > SHMLENS_FIELDS_MAX)
    return FALSE;
  for (guint64 i = 0; i < length; i++)
    {
      g_autofree char *index = py_shape_index (subarray->shape, subarray->dimensions, i);
      g_autofree char *path = g_strconcat (name, index, ".", NULL);
      guint64 at = offset + i * dtype->size;

      if (complex_leaf != NULL
            ? !py_fields_add_complex (fields, path, at, complex_leaf)
            : !add_fields (reader, fields, dtype->fields, path, at, depth + 1))
        return FALSE;
    }
  return TRUE;
}

static gboolean
add_field (const PyReader *reader, PyFields *fields, const char *prefix, const char *name,
           guint64 offset, guint64 address, guint depth)
{
  struct subarray subarray = { .reader = reader };
  guint n = fields->fields->len;
  struct dtype dtype, base;
  gboolean is_complex;
  PyLeaf leaf;

  if (!read_dtype (reader, address, &dtype))
    return FALSE;
  base = dtype;
  if (dtype.size == 0
      || (dtype.subarray != 0
          && (!read_subarray (reader, dtype.subarray, &base, &subarray) || base.size == 0)))
    return py_fields_add_bytes (fields, prefix, name, offset, dtype.size);
  take_leaf (&base, &leaf, &is_complex);
  if (is_complex || has_fields (reader, &base))
    {
      g_autofree char *path = g_strconcat (prefix, name, NULL);

      if (add_nested (reader, fields, &base, is_complex ? &leaf : NULL, &subarray, path, offset,
                      depth))
        return TRUE;
      py_fields_truncate (fields, n);
      return py_fields_add_bytes (fields, prefix, name, offset, dtype.size);
    }
  return py_fields_add (fields, prefix, name, offset, &leaf, subarray.shape, subarray.dimensions);
}

/* A field is a name and (dtype, offset) or (dtype, offset, title); it is there again with its
 * title as the key. */
static gboolean
note_field (guint64 key, guint64 value, gpointer data)
{
  struct walk *walk = data;
  const PyReader *reader = walk->reader;
  g_autofree char *name = NULL;
  gint64 offset;

  walk->failed = TRUE;
  if (walk->fields->work == 0)
    return FALSE;
  walk->fields->work--;
  if (py_sequence_item (reader, value, 2) == key)
    {
      walk->failed = FALSE;
      return TRUE;
    }
  name = py_string (reader, key, PY_NAME_MAX);
  if (name == NULL || !py_integer (reader, py_sequence_item (reader, value, 1), &offset)
      || offset < 0 || offset > G_MAXINT32
      || !add_field (reader, walk->fields, walk->prefix, name, walk->base + offset,
                     py_sequence_item (reader, value, 0), walk->depth))
    return FALSE;
  walk->failed = FALSE;
  return TRUE;
}

static gboolean
add_fields (const PyReader *reader, PyFields *fields, guint64 dict, const char *prefix,
            guint64 base, guint depth)
{
  struct walk walk = { reader, fields, prefix, base, depth, FALSE };

  return depth < PY_DEPTH_MAX && py_dict_foreach (reader, dict, note_field, &walk)
         && !walk.failed;
}

/* ------------------------------------------------------------------- arrays -- */

struct array
{
  guint64 data, dtype;
  guint dimensions;
  guint64 shape[DIMENSIONS_MAX + 2];
  gint64 strides[DIMENSIONS_MAX + 2];
};

static gboolean
read_array (PyImage *image, guint64 object, struct array *ret_array)
{
  guint64 shape, strides;
  guint32 dimensions;

  if (!py_image_u64 (image, object + ARRAY_DATA, &ret_array->data) || ret_array->data == 0
      || !py_image_u32 (image, object + ARRAY_DIMENSIONS, &dimensions)
      || dimensions > DIMENSIONS_MAX
      || !py_image_u64 (image, object + ARRAY_SHAPE, &shape)
      || !py_image_u64 (image, object + ARRAY_STRIDES, &strides)
      || !py_image_u64 (image, object + ARRAY_DTYPE, &ret_array->dtype))
    return FALSE;
  ret_array->dimensions = dimensions;
  return dimensions == 0
         || (py_image_read (image, shape, ret_array->shape, dimensions * 8)
             && py_image_read (image, strides, ret_array->strides, dimensions * 8));
}

/* From the lowest byte to behind the highest, and where the first element is in it. */
static gboolean
measure (const struct array *array, guint64 size, guint64 *ret_first, guint64 *ret_size)
{
  guint64 length, below = 0, above = 0, span;

  if (!py_shape_length (array->shape, array->dimensions, &length))
    return FALSE;
  for (guint i = 0; length > 0 && i < array->dimensions; i++)
    {
      gboolean is_down = array->strides[i] < 0;
      guint64 stride = array->strides[i];
      guint64 *side = is_down ? &below : &above;

      if (is_down)
        stride = -stride;
      if (!g_uint64_checked_mul (&span, stride, array->shape[i] - 1) || span > BYTES_MAX)
        return FALSE;
      *side += span;
    }
  *ret_first = below;
  *ret_size = length == 0 ? 0 : below + above + size;
  return *ret_size <= BYTES_MAX && below <= array->data;
}

/* Dimensions beyond those that an entry has room for go into the first as long as there are no
 * gaps between its rows. */
static gboolean
fold (struct array *array)
{
  while (array->dimensions > SHMLENS_DIMENSIONS_MAX)
    {
      if ((guint64) array->strides[0] != (guint64) array->strides[1] * array->shape[1])
        return FALSE;
      array->shape[0] *= array->shape[1];
      array->strides[0] = array->strides[1];
      array->dimensions--;
      memmove (array->shape + 1, array->shape + 2, (array->dimensions - 1) * 8);
      memmove (array->strides + 1, array->strides + 2, (array->dimensions - 1) * 8);
    }
  return TRUE;
}

/* FALSE: of bytes it must be. */
static gboolean
take_structure (const PyReader *reader, const struct dtype *dtype, const PyLeaf *complex_leaf,
                EntryInfo *ret_shape)
{
  PyFields fields;

  if (dtype->size == 0 || dtype->size > ELEMENT_MAX)
    return FALSE;
  py_fields_init (&fields, dtype->size);
  if (complex_leaf != NULL ? !py_fields_add_complex (&fields, "", 0, complex_leaf)
                           : !add_fields (reader, &fields, dtype->fields, "", 0, 0))
    {
      py_fields_clear (&fields);
      return FALSE;
    }
  ret_shape->type = (struct shmlens_type) { dtype->size, SHMLENS_KIND_STRUCT, 'T', 0 };
  py_fields_steal (&fields, ret_shape);
  return TRUE;
}

static void
take_array (const struct array *array, EntryInfo *ret_shape)
{
  ret_shape->dimensions = array->dimensions;
  memcpy (ret_shape->shape, array->shape, array->dimensions * sizeof *array->shape);
  memcpy (ret_shape->strides, array->strides, array->dimensions * sizeof *array->strides);
}

static void
take_elements (const PyReader *reader, struct array *array, const struct dtype *dtype,
               guint64 first, guint64 size, EntryInfo *ret_shape)
{
  gboolean is_record = has_fields (reader, dtype), is_complex = FALSE, is_structure, is_text;
  PyLeaf leaf = { .role = SHMLENS_ROLE_PLAIN };

  if (!is_record)
    take_leaf (dtype, &leaf, &is_complex);
  is_structure = is_record || is_complex;
  if (leaf.repeat > 0)
    {
      array->shape[array->dimensions] = leaf.repeat;
      array->strides[array->dimensions++] = leaf.type.size;
    }
  if (!fold (array) || !py_shape_length (array->shape, array->dimensions, &ret_shape->length)
      || (is_structure
          && !take_structure (reader, dtype, is_complex ? &leaf : NULL, ret_shape)))
    {
      py_shape_set_bytes (ret_shape, size,
                          _("an array of such a type or so many dimensions that only its bytes can "
                            "be shown"));
      return;
    }
  if (!is_structure)
    ret_shape->type = leaf.type;
  take_array (array, ret_shape);
  ret_shape->offset = first;
  is_text = array->dimensions == 1 && leaf.repeat > 0 && leaf.role != SHMLENS_ROLE_BYTES;
  ret_shape->swapped = !is_structure && leaf.swapped;
  ret_shape->role = is_text ? SHMLENS_ROLE_TEXT : leaf.role;
  ret_shape->unit = datetime_unit (reader, dtype);
  ret_shape->doc = g_strdup (leaf.doc);
  ret_shape->reason = g_strdup (leaf.reason);
  ret_shape->editable = leaf.reason == NULL;
}

/* A class's own name: "ndarray", not "numpy.ndarray". */
static char *
class_name (const PyReader *reader, guint64 type)
{
  g_autofree char *name = py_type_name (reader, type);
  const char *dot = name == NULL ? NULL : strrchr (name, '.');

  return g_strdup (dot == NULL ? name : dot + 1);
}

gboolean
py_ndarray_decode (const PyReader *reader, guint64 object, PyFound *ret_found)
{
  guint64 type, first, size;
  struct array array;
  struct dtype dtype;

  if (!py_object_type (reader, object, &type) || !py_type_derives (reader, type, "numpy.ndarray")
      || !read_array (reader->image, object, &array)
      || !read_dtype (reader, array.dtype, &dtype) || dtype.size == 0 || dtype.subarray != 0
      || !measure (&array, dtype.size, &first, &size))
    return FALSE;
  take_elements (reader, &array, &dtype, first, size, &ret_found->shape);
  ret_found->object = object;
  ret_found->type = type;
  (void) py_image_u64 (reader->image, object + ARRAY_BASE, &ret_found->base);
  ret_found->data = array.data - first;
  ret_found->first = ret_found->data + ret_found->shape.offset;
  /* Shown as bytes, one that goes backwards begins where no word says. */
  ret_found->data_slot = ret_found->first == array.data ? object + ARRAY_DATA : 0;
  ret_found->size = size;
  ret_found->shape.ctype = class_name (reader, type);
  return TRUE;
}
