/* py-object.c - reading Python objects: types, and the built-in values. */
#include "py-object-private.h"

#include <string.h>

/* How long a chain of metatypes or bases is followed. */
#define METATYPES_MAX 4
#define BASES_MAX 128
#define TEXT_MAX (1u << 20)

/* Objects that live for ever have 999999999 references in 3.11, and later the highest bit of
 * 32; from 3.14 on the upper half of the word has flags. */
static gboolean
is_plausible_count (const PyReader *reader, guint64 count)
{
  if (reader->runtime->layout.minor >= 14)
    count &= G_MAXUINT32;
  return count > 0 && count <= G_MAXUINT32;
}

/* Its type, whatever that is. */
static gboolean
read_type_word (const PyReader *reader, guint64 object, guint64 *ret_type)
{
  guint64 words[2];

  if (object % 8 != 0 || !py_image_read (reader->image, object, words, sizeof words)
      || !is_plausible_count (reader, words[0]))
    return FALSE;
  *ret_type = words[1];
  return TRUE;
}

guint64
py_type_flags (const PyReader *reader, guint64 type)
{
  guint64 flags;

  return py_image_u64 (reader->image, type + TYPE_FLAGS, &flags) ? flags : 0;
}

gboolean
py_type_is_type (const PyReader *reader, guint64 type)
{
  guint64 own = reader->runtime->type;
  guint64 metatype;

  if (type == own)
    return TRUE;
  if (!read_type_word (reader, type, &metatype))
    return FALSE;
  for (guint i = 0; i < METATYPES_MAX; i++)
    {
      if (metatype == own)
        return TRUE;
      if ((py_type_flags (reader, metatype) & FLAG_TYPE) == 0
          || !read_type_word (reader, metatype, &metatype))
        return FALSE;
    }
  return FALSE;
}

gboolean
py_object_type (const PyReader *reader, guint64 object, guint64 *ret_type)
{
  guint64 type;

  if (!read_type_word (reader, object, &type) || !py_type_is_type (reader, type))
    return FALSE;
  if (ret_type != NULL)
    *ret_type = type;
  return TRUE;
}

gboolean
py_object_is (const PyReader *reader, guint64 object, guint64 type)
{
  guint64 own;

  return type != 0 && read_type_word (reader, object, &own) && own == type;
}

/* Types that are not ready have no resolution order, but bases. */
gboolean
py_type_any_base (const PyReader *reader, guint64 type, PyTypeFunc func, gconstpointer data)
{
  guint64 order, count, base;

  if (py_image_u64 (reader->image, type + TYPE_MRO, &order) && order != 0
      && py_object_is (reader, order, reader->runtime->tuple)
      && py_image_u64 (reader->image, order + SIZE, &count) && count > 0)
    {
      for (guint64 i = 0; i < MIN (count, BASES_MAX); i++)
        if (py_image_u64 (reader->image, order + ITEMS + i * 8, &base) && func (reader, base, data))
          return TRUE;
      return FALSE;
    }
  for (guint i = 0; type != 0 && i < BASES_MAX; i++)
    {
      if (func (reader, type, data))
        return TRUE;
      type = py_type_base (reader, type);
    }
  return FALSE;
}

static gboolean
is_this_type (const PyReader *reader, guint64 type, gconstpointer data)
{
  return type == *(const guint64 *) data;
}

gboolean
py_object_is_kind (const PyReader *reader, guint64 object, guint64 type)
{
  guint64 own;

  if (type == 0 || !py_object_type (reader, object, &own))
    return FALSE;
  return own == type || py_type_any_base (reader, own, is_this_type, &type);
}

char *
py_type_name (const PyReader *reader, guint64 type)
{
  guint64 name;

  return py_image_u64 (reader->image, type + TYPE_NAME, &name) && name != 0
             ? py_image_string (reader->image, name, PY_NAME_MAX)
             : NULL;
}

guint64
py_type_base (const PyReader *reader, guint64 type)
{
  guint64 base;

  return py_image_u64 (reader->image, type + TYPE_BASE, &base) ? base : 0;
}

static gboolean
is_named (const PyReader *reader, guint64 type, gconstpointer data)
{
  guint64 name;

  return py_image_u64 (reader->image, type + TYPE_NAME, &name) && name != 0
         && py_image_has_string (reader->image, name, data);
}

gboolean
py_type_derives (const PyReader *reader, guint64 type, const char *base_name)
{
  return py_type_any_base (reader, type, is_named, base_name);
}

char *
py_type_module (const PyReader *reader, guint64 type)
{
  g_autofree char *name = NULL;
  guint64 dict;
  char *dot;

  if ((py_type_flags (reader, type) & FLAG_HEAP_TYPE) != 0
      && py_image_u64 (reader->image, type + TYPE_DICT, &dict) && dict != 0)
    {
      guint64 module = py_dict_find (reader, dict, "__module__");
      char *text = module != 0 ? py_string (reader, module, PY_NAME_MAX) : NULL;

      if (text != NULL)
        return text;
    }
  name = py_type_name (reader, type);
  dot = name != NULL ? strrchr (name, '.') : NULL;
  if (dot == NULL)
    return NULL;
  *dot = '\0';
  return g_steal_pointer (&name);
}

gboolean
py_object_has_flag (const PyReader *reader, guint64 object, guint64 flag)
{
  guint64 type;

  return py_object_type (reader, object, &type) && (py_type_flags (reader, type) & flag) != 0;
}

/* Where the characters of a str are, how many and of how many bytes each. */
struct characters
{
  guint64 address, length;
  guint width;
  gboolean is_ascii;
};

static gboolean
find_characters (const PyReader *reader, guint64 object, struct characters *ret)
{
  const struct py_layout *layout = &reader->runtime->layout;
  guint64 length;
  guint32 state;
  gboolean is_compact;

  if (!py_object_has_flag (reader, object, FLAG_STRING)
      || !py_image_u64 (reader->image, object + 16, &length)
      || !py_image_u32 (reader->image, object + 32, &state))
    return FALSE;
  ret->length = length;
  state >>= layout->string_kind;
  ret->width = state & 7;
  is_compact = (state >> 3 & 1) != 0;
  ret->is_ascii = (state >> 4 & 1) != 0;
  if ((ret->width != 1 && ret->width != 2 && ret->width != 4) || (ret->is_ascii && ret->width != 1))
    return FALSE;
  if (is_compact)
    {
      ret->address = object + (ret->is_ascii ? layout->string_ascii : layout->string_other);
      return TRUE;
    }
  /* That of a class derived from str has them elsewhere. */
  return py_image_u64 (reader->image, object + layout->string_other, &ret->address);
}

char *
py_string (const PyReader *reader, guint64 object, gsize most)
{
  struct characters characters;
  g_autofree guint8 *bytes = NULL;
  GString *text;

  if (!find_characters (reader, object, &characters)
      || characters.length > MIN (most, TEXT_MAX))
    return NULL;
  bytes = g_malloc (characters.length * characters.width + 1);
  if (!py_image_read (reader->image, characters.address, bytes,
                      characters.length * characters.width))
    return NULL;
  text = g_string_sized_new (characters.length + 1);
  for (gsize i = 0; i < characters.length; i++)
    {
      gunichar c = 0;

      memcpy (&c, bytes + i * characters.width, characters.width);
      if (c == 0 || !g_unichar_validate (c) || (characters.is_ascii && c > 127))
        {
          g_string_free (text, TRUE);
          return NULL;
        }
      g_string_append_unichar (text, c);
    }
  return g_string_free (text, FALSE);
}

gboolean
py_string_is (const PyReader *reader, guint64 object, const char *text)
{
  struct characters characters;
  gsize length = strlen (text);
  guint8 bytes[64];
  g_autofree char *own = NULL;

  if (!find_characters (reader, object, &characters))
    return FALSE;
  if (characters.is_ascii && length <= sizeof bytes)
    return characters.length == length
           && py_image_read (reader->image, characters.address, bytes, length)
           && memcmp (bytes, text, length) == 0;
  if (characters.length > length)
    return FALSE;
  own = py_string (reader, object, length);
  return own != NULL && strcmp (own, text) == 0;
}

gboolean
py_integer (const PyReader *reader, guint64 object, gint64 *ret_value)
{
  guint32 digits[3] = { 0 };
  guint64 count, value = 0;
  gint64 size;
  gboolean is_negative;

  if (!py_object_has_flag (reader, object, FLAG_INTEGER)
      || !py_image_i64 (reader->image, object + SIZE, &size))
    return FALSE;
  if (reader->runtime->layout.has_integer_tag)
    {
      if ((size & 3) == 3 || size < 0)
        return FALSE;
      is_negative = (size & 3) == 2;
      count = (size & 3) == 1 ? 0 : (guint64) size >> 3;
    }
  else
    {
      is_negative = size < 0;
      count = is_negative ? -(guint64) size : (guint64) size;
    }
  if (count > G_N_ELEMENTS (digits)
      || (count > 0 && !py_image_read (reader->image, object + ITEMS, digits, count * sizeof digits[0])))
    return FALSE;
  for (gsize i = count; i-- > 0;)
    {
      if (digits[i] >> 30 != 0 || value >> (64 - 30) != 0)
        return FALSE;
      value = value << 30 | digits[i];
    }
  if (value > (guint64) G_MAXINT64 + (is_negative ? 1 : 0))
    return FALSE;
  *ret_value = (gint64) (is_negative ? -value : value);
  return TRUE;
}

/* Where the items of a list or tuple are. */
static gboolean
find_items (const PyReader *reader, guint64 sequence, guint64 *ret_items, guint64 *ret_count)
{
  guint64 type, flags;

  if (!py_object_type (reader, sequence, &type))
    return FALSE;
  flags = py_type_flags (reader, type);
  if (!py_image_u64 (reader->image, sequence + SIZE, ret_count))
    return FALSE;
  if ((flags & FLAG_TUPLE) != 0)
    *ret_items = sequence + ITEMS;
  else if ((flags & FLAG_LIST) == 0
           || !py_image_u64 (reader->image, sequence + ITEMS, ret_items))
    return FALSE;
  return TRUE;
}

gboolean
py_sequence_foreach (const PyReader *reader, guint64 sequence, PyItemFunc func, gpointer data)
{
  guint64 items, count, item;

  if (!find_items (reader, sequence, &items, &count))
    return FALSE;
  for (guint64 i = 0; i < MIN (count, PY_ITEMS_MAX); i++)
    if (!py_image_u64 (reader->image, items + i * 8, &item) || !func (i, item, data))
      break;
  return TRUE;
}

guint64
py_sequence_item (const PyReader *reader, guint64 sequence, guint64 index)
{
  guint64 items, count, item;

  return find_items (reader, sequence, &items, &count) && index < count && index < PY_ITEMS_MAX
                 && py_image_u64 (reader->image, items + index * 8, &item)
             ? item
             : 0;
}
