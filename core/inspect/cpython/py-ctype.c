/* py-ctype.c - what an instance of ctypes is.
 *
 * Everything comes from what the classes say of themselves: `_type_`, `_length_`, `_fields_`
 * and the descriptors of the fields. Their format strings are not used: up to 3.11 they leave
 * out padding.
 *
 * Shown as something else: a long double as its 16 bytes, pointers and Python objects as
 * addresses that cannot be edited, complex numbers as a structure of two, and structures of
 * more than SHMLENS_FIELDS_MAX fields in part or whole as bytes. */
#include "py-ctype.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "py-fields.h"

/* Of larger structures only the bytes are shown. */
#define ELEMENT_MAX (1u << 28)
/* Types that are kept at most; a hostile process has another one for each object. */
#define KNOWN_MAX 4096

#define TYPE_DICT 264

/* CDataObject. */
#define CDATA_POINTER 16
#define CDATA_BASE 32
#define CDATA_SIZE 40

/* CFieldObject. Up to 3.13 the size of a bit field holds its width and its lowest bit. */
#define FIELD_OFFSET 16
#define FIELD_SIZE 24
#define FIELD_TYPE 40
#define FIELD_ANONYMOUS 64
#define FIELD_BIT_WIDTH 65
#define FIELD_BIT_OFFSET 66

enum form
{
  FORM_NONE,
  FORM_SIMPLE,
  FORM_ARRAY,
  FORM_STRUCTURE,
  FORM_POINTER,
  FORM_FUNCTION
};

/* A type with its arrays taken off. */
struct shape
{
  guint64 type;
  enum form form;
  guint64 shape[PY_DEPTH_MAX + 2];
  guint dimensions;
  guint64 length;
  PyLeaf leaf;       /* of everything but structures */
  guint64 leaf_size;
  char complex_code; /* 'f', 'd': a complex number is two of these; else 0 */
};

struct walk
{
  const PyReader *reader;
  PyFields *fields;
  guint64 field_type;  /* _ctypes.CField, once seen */
};

/* -------------------------------------------------------------------- types -- */

static enum form
form_of (const PyReader *reader, guint64 type)
{
  static const struct
  {
    const char *name;
    enum form form;
  } bases[] = {
    { "_ctypes._SimpleCData", FORM_SIMPLE }, { "_ctypes.Array", FORM_ARRAY },
    { "_ctypes.Structure", FORM_STRUCTURE }, { "_ctypes.Union", FORM_STRUCTURE },
    { "_ctypes._Pointer", FORM_POINTER },    { "_ctypes.CFuncPtr", FORM_FUNCTION },
    { "_ctypes.PyCFuncPtr", FORM_FUNCTION },
  };

  for (guint depth = 0; type != 0 && depth < PY_DEPTH_MAX; depth++)
    {
      g_autofree char *name = py_type_name (reader, type);

      if (name == NULL)
        return FORM_NONE;
      for (guint i = 0; g_str_has_prefix (name, "_ctypes.") && i < G_N_ELEMENTS (bases); i++)
        if (g_str_equal (name, bases[i].name))
          return bases[i].form;
      type = py_type_base (reader, type);
    }
  return FORM_NONE;
}

static guint64
own_attribute (const PyReader *reader, guint64 type, const char *name)
{
  guint64 dict;

  if (!py_image_u64 (reader->image, type + TYPE_DICT, &dict) || dict == 0)
    return 0;
  return py_dict_find (reader, dict, name);
}

static guint64
type_attribute (const PyReader *reader, guint64 type, const char *name)
{
  guint64 value = 0;

  for (guint depth = 0; value == 0 && type != 0 && depth < PY_DEPTH_MAX; depth++)
    {
      value = own_attribute (reader, type, name);
      type = py_type_base (reader, type);
    }
  return value;
}

/* Types in the other byte order know themselves as that of the other order only. */
static gboolean
is_swapped (const PyReader *reader, guint64 type)
{
  guint64 little = own_attribute (reader, type, "__ctype_le__");
  guint64 big = own_attribute (reader, type, "__ctype_be__");

  return G_BYTE_ORDER == G_LITTLE_ENDIAN ? big == type && little != type
                                         : little == type && big != type;
}

static const char *
pointer_reason (void)
{
  return _("it is an address in its program, which a changed one makes crash; change it there");
}

static gboolean
take_simple (const PyReader *reader, struct shape *shape)
{
  g_autofree char *code = py_string (reader, type_attribute (reader, shape->type, "_type_"), 1);

  if (code == NULL || code[0] == '\0')
    return FALSE;
  switch (code[0])
    {
    case 'P':  /* void * */
    case 'z':  /* char * */
    case 'Z':  /* wchar_t * */
    case 'O':  /* PyObject * */
      (void) shmlens_type_from_code ('Q', &shape->leaf.type);
      shape->leaf.reason = pointer_reason ();
      break;
    case 'g':
      (void) shmlens_type_from_code ('B', &shape->leaf.type);
      shape->leaf.repeat = 16;
      shape->leaf.role = SHMLENS_ROLE_BYTES;
      shape->leaf.doc = _("a long double, of which only the bytes can be shown exactly");
      break;
    case 'F':
    case 'D':
      shape->complex_code = code[0] == 'F' ? 'f' : 'd';
      (void) shmlens_type_from_code (shape->complex_code, &shape->leaf.type);
      shape->leaf_size = 2 * shape->leaf.type.size;
      return TRUE;
    default:
      if (shmlens_type_from_code (code[0], &shape->leaf.type) < 0)
        return FALSE;
      shape->leaf.swapped = shape->leaf.type.size > 1 && is_swapped (reader, shape->type);
    }
  shape->leaf_size = shape->leaf.type.size * MAX (shape->leaf.repeat, 1);
  return TRUE;
}

/* Takes the arrays off a type. */
static gboolean
take_type (const PyReader *reader, guint64 type, struct shape *ret_shape)
{
  *ret_shape = (struct shape) { .form = form_of (reader, type) };
  for (; ret_shape->form == FORM_ARRAY; ret_shape->form = form_of (reader, type))
    {
      gint64 length;

      if (ret_shape->dimensions == PY_DEPTH_MAX
          || !py_integer (reader, type_attribute (reader, type, "_length_"), &length) || length < 0)
        return FALSE;
      ret_shape->shape[ret_shape->dimensions++] = length;
      type = type_attribute (reader, type, "_type_");
    }
  ret_shape->type = type;
  if (!py_shape_length (ret_shape->shape, ret_shape->dimensions, &ret_shape->length))
    return FALSE;
  switch (ret_shape->form)
    {
    case FORM_SIMPLE:
      return take_simple (reader, ret_shape);
    case FORM_POINTER:
    case FORM_FUNCTION:
      (void) shmlens_type_from_code ('Q', &ret_shape->leaf.type);
      ret_shape->leaf.reason = pointer_reason ();
      ret_shape->leaf_size = ret_shape->leaf.type.size;
      return TRUE;
    default:
      return ret_shape->form == FORM_STRUCTURE;
    }
}

/* --------------------------------------------------------------- structures -- */

static gboolean add_structure (struct walk *walk, guint64 type, const char *prefix,
                               guint64 offset, guint depth);

/* The descriptors of a class that are named in its `_fields_`: those of what is nested without a
 * name are in its dict too. */
struct members
{
  struct walk *walk;
  GPtrArray *names;      /* of char *, in their order */
  GHashTable *numbers;   /* of names, from 1 on */
  GArray *descriptors;   /* guint64, by number */
  guint seen;
};

static gboolean
note_name (guint64 index, guint64 item, gpointer data)
{
  struct members *members = data;
  const PyReader *reader = members->walk->reader;
  char *name = py_string (reader, py_sequence_item (reader, item, 0), PY_NAME_MAX);
  guint64 none = 0;

  if (name == NULL || index >= SHMLENS_FIELDS_MAX)
    {
      g_free (name);
      members->walk->fields->work = 0;
      return FALSE;
    }
  g_ptr_array_add (members->names, name);
  g_array_append_val (members->descriptors, none);
  g_hash_table_insert (members->numbers, name, GUINT_TO_POINTER (members->names->len));
  return TRUE;
}

static gboolean
is_descriptor (struct walk *walk, guint64 value)
{
  guint64 type;

  if (!py_object_type (walk->reader, value, &type))
    return FALSE;
  if (walk->field_type == 0)
    {
      g_autofree char *name = py_type_name (walk->reader, type);

      if (g_strcmp0 (name, "_ctypes.CField") == 0)
        walk->field_type = type;
    }
  return type == walk->field_type;
}

static gboolean
note_descriptor (guint64 key, guint64 value, gpointer data)
{
  struct members *members = data;
  struct walk *walk = members->walk;
  g_autofree char *name = NULL;
  guint number;

  /* A dict of many entries costs work too. */
  if (++members->seen % 64 == 0 && walk->fields->work > 0)
    walk->fields->work--;
  if (walk->fields->work == 0)
    return FALSE;
  if (!is_descriptor (walk, value))
    return TRUE;
  name = py_string (walk->reader, key, PY_NAME_MAX);
  number = name == NULL ? 0 : GPOINTER_TO_UINT (g_hash_table_lookup (members->numbers, name));
  if (number > 0)
    g_array_index (members->descriptors, guint64, number - 1) = value;
  return TRUE;
}

/* Structures, or complex numbers, one or an array of them, each laid flat. */
static gboolean
add_nested (struct walk *walk, const struct shape *shape, const char *prefix, guint64 offset,
            guint64 size, guint depth)
{
  if (shape->length > SHMLENS_FIELDS_MAX)
    return FALSE;
  for (guint64 i = 0; i < shape->length; i++)
    {
      guint64 at = offset + i * (size / shape->length);
      g_autofree char *index = py_shape_index (shape->shape, shape->dimensions, i);
      g_autofree char *path = prefix[0] == '\0' ? g_strdup ("")
                                                : g_strconcat (prefix, index, ".", NULL);

      if (!(shape->complex_code != 0 ? py_fields_add_complex (walk->fields, path, at, &shape->leaf)
                                     : add_structure (walk, shape->type, path, at, depth + 1)))
        return FALSE;
    }
  return TRUE;
}

/* Width and lowest bit of a bit field; size becomes that of what it lies in. */
static gboolean
take_bits (const PyReader *reader, guint64 descriptor, struct shape *shape, guint64 *size)
{
  guint8 width, low;

  if (shape->form != FORM_SIMPLE || shape->dimensions > 0)
    return TRUE;
  if (reader->runtime->layout.minor < 14)
    {
      shape->leaf.bit_width = *size >> 16;
      shape->leaf.bit_offset = *size >> 16 != 0 ? *size & 0xffff : 0;
    }
  else if (py_image_u8 (reader->image, descriptor + FIELD_BIT_WIDTH, &width)
           && py_image_u8 (reader->image, descriptor + FIELD_BIT_OFFSET, &low))
    {
      shape->leaf.bit_width = width;
      shape->leaf.bit_offset = low;
    }
  else
    return FALSE;
  if (shape->leaf.bit_width == 0)
    return *size == shape->leaf_size;
  *size = shape->leaf_size;
  return shape->leaf.type.kind != SHMLENS_KIND_FLOAT && shape->leaf.repeat == 0
         && shape->leaf.bit_width <= 64 && shape->leaf.bit_offset < 64
         && shape->leaf.bit_width + shape->leaf.bit_offset <= *size * 8;
}

static gboolean
add_member (struct walk *walk, const char *prefix, const char *name, guint64 descriptor,
            guint64 base, guint depth)
{
  PyImage *image = walk->reader->image;
  guint n = walk->fields->fields->len;
  guint64 offset, size, type;
  struct shape shape;
  guint8 anonymous;

  if (walk->fields->work == 0)
    return FALSE;
  walk->fields->work--;
  if (!py_image_u64 (image, descriptor + FIELD_OFFSET, &offset)
      || !py_image_u64 (image, descriptor + FIELD_SIZE, &size)
      || !py_image_u64 (image, descriptor + FIELD_TYPE, &type)
      || !py_image_u8 (image, descriptor + FIELD_ANONYMOUS, &anonymous)
      || !g_uint64_checked_add (&offset, offset, base))
    return FALSE;
  if (!take_type (walk->reader, type, &shape)
      || !take_bits (walk->reader, descriptor, &shape, &size))
    return py_fields_add_bytes (walk->fields, prefix, name, offset, size);
  if (shape.form == FORM_STRUCTURE || shape.complex_code != 0)
    {
      /* What is nested without a name belongs to what it is nested in: "pos.x", or just "x". */
      gboolean is_anonymous = (anonymous & 1) != 0 && shape.dimensions == 0;
      g_autofree char *path = is_anonymous ? g_strndup (prefix, MAX (strlen (prefix), 1) - 1)
                                           : g_strconcat (prefix, name, NULL);

      if (add_nested (walk, &shape, path, offset, size, depth))
        return TRUE;
      py_fields_truncate (walk->fields, n);
      return py_fields_add_bytes (walk->fields, prefix, name, offset, size);
    }
  return py_fields_add (walk->fields, prefix, name, offset, &shape.leaf, shape.shape,
                        shape.dimensions);
}

static gboolean
add_class (struct walk *walk, guint64 type, guint64 own_fields, const char *prefix, guint64 offset,
           guint depth)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) numbers = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GArray) descriptors = g_array_new (FALSE, FALSE, sizeof (guint64));
  struct members members = { walk, names, numbers, descriptors, 0 };
  guint64 dict;

  if (!py_sequence_foreach (walk->reader, own_fields, note_name, &members)
      || !py_image_u64 (walk->reader->image, type + TYPE_DICT, &dict)
      || !py_dict_foreach (walk->reader, dict, note_descriptor, &members))
    return FALSE;
  for (guint i = 0; i < names->len; i++)
    {
      guint64 descriptor = g_array_index (descriptors, guint64, i);

      if (descriptor == 0
          || !add_member (walk, prefix, g_ptr_array_index (names, i), descriptor, offset, depth))
        return FALSE;
    }
  return TRUE;
}

/* The fields of a class come behind those of the classes it is derived from. */
static gboolean
add_structure (struct walk *walk, guint64 type, const char *prefix, guint64 offset, guint depth)
{
  struct
  {
    guint64 type, fields;
  } classes[PY_DEPTH_MAX];
  guint n = 0;

  if (depth == PY_DEPTH_MAX)
    return FALSE;
  for (guint level = 0; type != 0 && level < PY_DEPTH_MAX; level++)
    {
      classes[n].type = type;
      classes[n].fields = own_attribute (walk->reader, type, "_fields_");
      if (classes[n].fields != 0)
        n++;
      type = py_type_base (walk->reader, type);
    }
  while (n-- > 0)
    if (!add_class (walk, classes[n].type, classes[n].fields, prefix, offset, depth))
      return FALSE;
  return TRUE;
}

/* ------------------------------------------------------------------ objects -- */

/* An entry of structures, or of complex numbers. FALSE: of bytes it must be. */
static gboolean
take_structure (const PyReader *reader, struct shape *shape, guint64 size, EntryInfo *ret_shape)
{
  guint64 element = shape->length == 0 ? 0 : size / shape->length;
  struct shape one = *shape;
  PyFields fields;
  struct walk walk = { reader, &fields, 0 };
  PyLeaf leaf = { .role = SHMLENS_ROLE_PLAIN };

  if (element == 0 || element > ELEMENT_MAX)
    return FALSE;
  one.dimensions = 0;
  one.length = 1;
  py_fields_init (&fields, element);
  if (!add_nested (&walk, &one, "", 0, element, 0))
    {
      py_fields_clear (&fields);
      return FALSE;
    }
  leaf.type = (struct shmlens_type) { element, SHMLENS_KIND_STRUCT, 'T', 0 };
  py_shape_set (ret_shape, &leaf, shape->shape, shape->dimensions);
  py_fields_steal (&fields, ret_shape);
  return TRUE;
}

static gboolean
take_whole (const PyReader *reader, guint64 type, guint64 size, EntryInfo *ret_shape)
{
  struct shape shape;
  guint64 needed;

  if (!take_type (reader, type, &shape))
    return FALSE;
  if (shape.form == FORM_STRUCTURE || shape.complex_code != 0)
    {
      if (shape.complex_code != 0 && size != shape.length * shape.leaf_size)
        return FALSE;
      if (!take_structure (reader, &shape, size, ret_shape))
        py_shape_set_bytes (ret_shape, size,
                            _("a structure of so many fields, or such ones, that only its bytes "
                              "can be shown"));
      return TRUE;
    }
  if (!g_uint64_checked_mul (&needed, shape.length, shape.leaf_size) || needed > size)
    return FALSE;
  if (shape.leaf.repeat == 0 && shape.dimensions == 1
      && (shape.leaf.type.kind == SHMLENS_KIND_CHAR
          || shape.leaf.type.kind == SHMLENS_KIND_UNICODE))
    shape.leaf.role = SHMLENS_ROLE_TEXT;
  else if (shape.dimensions == 0 && shape.leaf.type.kind == SHMLENS_KIND_BOOL)
    shape.leaf.role = SHMLENS_ROLE_FLAG;
  py_shape_set (ret_shape, &shape.leaf, shape.shape, shape.dimensions);
  return TRUE;
}

/* What a type is, by the type and the size of its instances. */
struct known
{
  guint64 type, size;
  gboolean is_object;
  EntryInfo shape;
};

static guint
hash_known (gconstpointer data)
{
  const struct known *known = data;

  return g_int64_hash (&known->type) ^ (guint) known->size;
}

static gboolean
known_equal (gconstpointer a, gconstpointer b)
{
  const struct known *x = a, *y = b;

  return x->type == y->type && x->size == y->size;
}

static void
known_free (gpointer data)
{
  struct known *known = data;

  entry_info_clear (&known->shape);
  g_free (known);
}

GHashTable *
py_ctype_shapes_new (void)
{
  return g_hash_table_new_full (hash_known, known_equal, known_free, NULL);
}

static gboolean
take_instance (const PyReader *reader, guint64 type, guint64 size, EntryInfo *ret_shape)
{
  enum form form = form_of (reader, type);

  if (form == FORM_NONE || form == FORM_FUNCTION || !take_whole (reader, type, size, ret_shape))
    return FALSE;
  ret_shape->ctype = py_type_name (reader, type);
  return TRUE;
}

/* The same, once for each type. */
static gboolean
take_known (const PyReader *reader, guint64 type, guint64 size, EntryInfo *ret_shape)
{
  const struct known key = { .type = type, .size = size };
  struct known *known;

  if (reader->shapes == NULL)
    return take_instance (reader, type, size, ret_shape);
  known = g_hash_table_lookup (reader->shapes, &key);
  if (known == NULL)
    {
      known = g_memdup2 (&key, sizeof key);
      known->is_object = take_instance (reader, type, size, &known->shape);
      if (g_hash_table_size (reader->shapes) >= KNOWN_MAX)
        g_hash_table_remove_all (reader->shapes);
      g_hash_table_add (reader->shapes, known);
    }
  if (known->is_object)
    entry_info_copy (&known->shape, ret_shape);
  return known->is_object;
}

gboolean
py_ctype_decode (const PyReader *reader, guint64 object, PyFound *ret_found)
{
  guint64 type, data, base, size;

  if (!py_object_type (reader, object, &type)
      || !py_image_u64 (reader->image, object + CDATA_POINTER, &data) || data == 0
      || !py_image_u64 (reader->image, object + CDATA_BASE, &base) || base != 0
      || !py_image_u64 (reader->image, object + CDATA_SIZE, &size) || size > G_MAXINT64
      || !take_known (reader, type, size, &ret_found->shape))
    return FALSE;
  ret_found->object = object;
  ret_found->type = type;
  ret_found->data = ret_found->first = data;
  ret_found->data_slot = object + CDATA_POINTER;
  ret_found->size = size;
  return TRUE;
}
