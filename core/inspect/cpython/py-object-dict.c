/* py-object-dict.c - dicts: a list of entries in the order of insertion, with their values, or
 * keys that many dicts of one class share, with values of each dict's own. */
#include "py-object-private.h"

#define DICT_KEYS 32
#define DICT_VALUES 40

#define KIND_GENERAL 0
#define KIND_MAX 2
/* As a power of two: more bytes of indices than this has no dict. */
#define INDEX_BYTES_MAX 34
/* Entries that are read at once. */
#define ENTRIES 64

struct keys
{
  guint64 entries, count;
  gsize size, key;   /* of an entry; where its key is in it, before its value */
};

static gboolean
read_keys (const PyReader *reader, guint64 address, struct keys *ret)
{
  const struct py_layout_keys *layout = &reader->runtime->layout.keys;

  if (!py_image_u64 (reader->image, address + layout->entries, &ret->count)
      || ret->count > PY_ITEMS_MAX)
    return FALSE;
  if (layout->has_kind)
    {
      guint8 bytes[2];  /* the indices' bytes as a power of two, the kind */

      if (!py_image_read (reader->image, address + 9, bytes, sizeof bytes)
          || bytes[0] > INDEX_BYTES_MAX || bytes[1] > KIND_MAX)
        return FALSE;
      ret->entries = address + layout->indices + (G_GUINT64_CONSTANT (1) << bytes[0]);
      ret->key = bytes[1] == KIND_GENERAL ? 8 : 0;
    }
  else
    {
      guint64 size;

      if (!py_image_u64 (reader->image, address + 8, &size)
          || size > G_GUINT64_CONSTANT (1) << (INDEX_BYTES_MAX - 2) || (size & (size - 1)) != 0)
        return FALSE;
      ret->entries = address + layout->indices
                     + size * (size <= G_MAXUINT8 ? 1 : size <= G_MAXUINT16 ? 2 : 4);
      ret->key = 8;
    }
  ret->size = ret->key + 16;
  return TRUE;
}

static gboolean
foreach_entry (const PyReader *reader, guint64 address, PyPairFunc func, gpointer data)
{
  struct keys keys;
  guint64 words[3 * ENTRIES];

  if (!read_keys (reader, address, &keys))
    return FALSE;
  for (guint64 i = 0; i < keys.count;)
    {
      guint64 n = MIN (keys.count - i, ENTRIES);

      if (!py_image_read (reader->image, keys.entries + i * keys.size, words, n * keys.size))
        return TRUE;
      i += n;
      for (const guint64 *word = words; n > 0; n--, word += keys.size / 8)
        {
          guint64 key = word[keys.key / 8], value = word[keys.key / 8 + 1];

          if (key != 0 && value != 0 && !func (key, value, data))
            return TRUE;
        }
    }
  return TRUE;
}

/* Which entries have a value, in the order in which they got it: from 3.11 on numbers of
 * entries, of one byte each. Returns how many. */
static guint
read_order (const PyReader *reader, guint64 values, guint8 order[G_MAXUINT8], guint64 *ret_values)
{
  guint8 head[4], size;

  *ret_values = values;
  if (reader->runtime->layout.values == PY_VALUES_INLINE)
    {
      /* How many there is room for, how many there are; two flags. */
      if (!py_image_read (reader->image, values, head, sizeof head))
        return 0;
      *ret_values = values + 8;
      return py_image_read (reader->image, values + 8 + (guint64) head[0] * 8, order, head[1])
                 ? head[1]
                 : 0;
    }
  /* How many there are, two bytes before the values; before that, backwards, the order. */
  if (!py_image_u8 (reader->image, values - 2, &size)
      || !py_image_read (reader->image, values - 2 - size, order, size))
    return 0;
  for (guint i = 0; i < size / 2u; i++)
    {
      guint8 other = order[size - 1 - i];

      order[size - 1 - i] = order[i];
      order[i] = other;
    }
  return size;
}

gboolean
py_split_foreach (const PyReader *reader, guint64 keys_address, guint64 values, PyPairFunc func,
                  gpointer data)
{
  struct keys keys;
  guint8 order[G_MAXUINT8];
  guint64 count;

  if (!read_keys (reader, keys_address, &keys))
    return FALSE;
  count = keys.count;
  if (reader->runtime->layout.values != PY_VALUES_NONE)
    count = read_order (reader, values, order, &values);
  for (guint64 i = 0; i < count; i++)
    {
      guint64 index = reader->runtime->layout.values != PY_VALUES_NONE ? order[i] : i;
      guint64 key, value;

      if (index >= keys.count
          || !py_image_u64 (reader->image, keys.entries + index * keys.size + keys.key, &key)
          || !py_image_u64 (reader->image, values + index * 8, &value))
        break;
      if (key != 0 && value != 0 && !func (key, value, data))
        break;
    }
  return TRUE;
}

gboolean
py_dict_foreach (const PyReader *reader, guint64 dict, PyPairFunc func, gpointer data)
{
  guint64 words[2];

  if (!py_object_has_flag (reader, dict, FLAG_DICT)
      || !py_image_read (reader->image, dict + DICT_KEYS, words, sizeof words))
    return FALSE;
  return words[1] != 0 ? py_split_foreach (reader, words[0], words[1], func, data)
                       : foreach_entry (reader, words[0], func, data);
}

struct search
{
  const PyReader *reader;
  const char *key;
  guint64 value;
};

static gboolean
compare (guint64 key, guint64 value, gpointer data)
{
  struct search *search = data;

  if (!py_string_is (search->reader, key, search->key))
    return TRUE;
  search->value = value;
  return FALSE;
}

guint64
py_dict_find (const PyReader *reader, guint64 dict, const char *key)
{
  struct search search = { reader, key, 0 };

  (void) py_dict_foreach (reader, dict, compare, &search);
  return search.value;
}
