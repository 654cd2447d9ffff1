/* py-object-attribute.c - attributes of instances: in a dict, in values beside the object whose
 * keys its class has, or in slots. */
#include "py-object-private.h"

#define DESCRIPTOR_MEMBER 40
#define MEMBER_TYPE 8
#define MEMBER_OFFSET 16
#define MEMBER_OBJECT 6
#define MEMBER_OBJECT_OR_ERROR 16
/* A heap type's __slots__, before its ht_cached_keys. */
#define SLOTS_BEFORE_KEYS 16
#define BASIC_SIZE_MAX (1 << 20)

/* Where the pointer to its dict is, of an instance that has one; 0 none. Counted from the end
 * when negative, which depends on how many items it has. */
static guint64
dict_slot (const PyReader *reader, guint64 object, guint64 type)
{
  gint64 offset, basic_size, item_size, count;

  if (!py_image_i64 (reader->image, type + TYPE_DICT_OFFSET, &offset) || offset == 0)
    return 0;
  if (offset > 0)
    return offset < BASIC_SIZE_MAX ? object + (guint64) offset : 0;
  if (!py_image_i64 (reader->image, type + TYPE_BASIC_SIZE, &basic_size)
      || !py_image_i64 (reader->image, type + TYPE_ITEM_SIZE, &item_size)
      || !py_image_i64 (reader->image, object + SIZE, &count) || offset < -BASIC_SIZE_MAX
      || basic_size < 0 || basic_size > BASIC_SIZE_MAX || item_size < 0 || item_size > BASIC_SIZE_MAX)
    return 0;
  if (reader->runtime->layout.has_integer_tag && (py_type_flags (reader, type) & FLAG_INTEGER) != 0)
    count >>= 3;
  if (count < -PY_ITEMS_MAX || count > PY_ITEMS_MAX)
    return 0;
  return object + (guint64) ((basic_size + ABS (count) * item_size + 7) / 8 * 8 + offset);
}

/* What an instance has: a dict, or values by the keys of its class; both 0 when neither. */
static void
find_attributes (const PyReader *reader, guint64 object, guint64 type, guint64 *ret_dict,
                 guint64 *ret_values)
{
  guint64 flags = py_type_flags (reader, type);
  guint64 slot, word, basic_size;
  guint8 is_valid;

  *ret_dict = *ret_values = 0;
  if (reader->runtime->layout.values == PY_VALUES_NONE || (flags & FLAG_MANAGED_DICT) == 0)
    {
      slot = dict_slot (reader, object, type);
      if (slot == 0 || !py_image_u64 (reader->image, slot, ret_dict))
        *ret_dict = 0;
      return;
    }
  if (!py_image_u64 (reader->image, object - 24, &word))
    return;
  switch (reader->runtime->layout.values)
    {
    case PY_VALUES_BEFORE:
      *ret_dict = word;
      if (word == 0 && !py_image_u64 (reader->image, object - 32, ret_values))
        *ret_values = 0;
      break;
    case PY_VALUES_TAGGED:
      if ((word & 1) != 0)
        *ret_values = word + 1;
      else
        *ret_dict = word;
      break;
    default:
      *ret_dict = word;
      if (word == 0 && (flags & FLAG_INLINE_VALUES) != 0
          && py_image_u64 (reader->image, type + TYPE_BASIC_SIZE, &basic_size)
          && basic_size < BASIC_SIZE_MAX
          && py_image_u8 (reader->image, object + basic_size + 3, &is_valid) && is_valid != 0)
        *ret_values = object + basic_size;
    }
}

/* The object in a slot, by its descriptor; 0 none. */
static guint64
slot_value (const PyReader *reader, guint64 object, guint64 descriptor)
{
  guint64 member, value;
  gint64 offset;
  gint32 type;

  if (!py_object_is (reader, descriptor, reader->runtime->member_descriptor)
      || !py_image_u64 (reader->image, descriptor + DESCRIPTOR_MEMBER, &member)
      || !py_image_i32 (reader->image, member + MEMBER_TYPE, &type)
      || !py_image_i64 (reader->image, member + MEMBER_OFFSET, &offset) || offset < 16
      || offset > BASIC_SIZE_MAX || (type != MEMBER_OBJECT && type != MEMBER_OBJECT_OR_ERROR)
      || !py_image_u64 (reader->image, object + (guint64) offset, &value))
    return 0;
  return value;
}

struct walk
{
  const PyReader *reader;
  guint64 object;
  const char *name;   /* only this one; NULL all */
  PyPairFunc func;
  gpointer data;
  gboolean has_ended;
  guint64 dict;       /* of the type that is looked at */
};

static gboolean
pass_on (guint64 name, guint64 value, gpointer data)
{
  struct walk *walk = data;

  if (walk->name != NULL && !py_string_is (walk->reader, name, walk->name))
    return TRUE;
  walk->has_ended = !walk->func (name, value, walk->data);
  return !walk->has_ended;
}

static gboolean
pass_on_slot (guint64 index, guint64 name, gpointer data)
{
  struct walk *walk = data;
  g_autofree char *text = py_string (walk->reader, name, PY_NAME_MAX);
  guint64 descriptor, value;

  if (text == NULL || (walk->name != NULL && !g_str_equal (text, walk->name)))
    return TRUE;
  descriptor = py_dict_find (walk->reader, walk->dict, text);
  value = descriptor != 0 ? slot_value (walk->reader, walk->object, descriptor) : 0;
  return value == 0 || pass_on (name, value, walk);
}

static gboolean
pass_on_slots (const PyReader *reader, guint64 type, gconstpointer data)
{
  struct walk *walk = (struct walk *) data;
  guint64 slots;

  if ((py_type_flags (reader, type) & FLAG_HEAP_TYPE) != 0
      && py_image_u64 (reader->image,
                       type + reader->runtime->layout.type_cached_keys - SLOTS_BEFORE_KEYS, &slots)
      && slots != 0 && py_image_u64 (reader->image, type + TYPE_DICT, &walk->dict))
    (void) py_sequence_foreach (reader, slots, pass_on_slot, walk);
  return walk->has_ended;
}

static gboolean
walk_attributes (struct walk *walk)
{
  const PyReader *reader = walk->reader;
  guint64 type, dict, values, keys;

  if (!py_object_type (reader, walk->object, &type))
    return FALSE;
  find_attributes (reader, walk->object, type, &dict, &values);
  if (dict != 0)
    (void) py_dict_foreach (reader, dict, pass_on, walk);
  else if (values != 0
           && py_image_u64 (reader->image, type + reader->runtime->layout.type_cached_keys, &keys))
    (void) py_split_foreach (reader, keys, values, pass_on, walk);
  if (!walk->has_ended)
    (void) py_type_any_base (reader, type, pass_on_slots, walk);
  return TRUE;
}

gboolean
py_attributes_foreach (const PyReader *reader, guint64 object, PyPairFunc func, gpointer data)
{
  struct walk walk = { .reader = reader, .object = object, .func = func, .data = data };

  return walk_attributes (&walk);
}

static gboolean
take_value (guint64 name, guint64 value, gpointer data)
{
  *(guint64 *) data = value;
  return FALSE;
}

guint64
py_attribute (const PyReader *reader, guint64 object, const char *name)
{
  guint64 value = 0;
  struct walk walk = { .reader = reader, .object = object, .name = name, .func = take_value,
                       .data = &value };

  (void) walk_attributes (&walk);
  return value;
}
