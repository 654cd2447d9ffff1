/* made-python.c - Python objects in made-up memory. */
#include "made-python.h"

#define START G_GUINT64_CONSTANT (0x7f1200000000)

#define TYPE_SIZE 960
#define TYPE_NAME 24
#define TYPE_FLAGS 168
#define TYPE_BASE 256
#define TYPE_DICT 264

#define FLAG_HEAP_TYPE (1u << 9)

guint64
made_space (struct made_python *self, gsize size)
{
  g_autofree guint8 *zeros = g_malloc0 (size + 1);
  guint64 address = self->next;

  made_memory_put (self->memory, address, zeros, size + 1);
  self->next += (size + 16) / 16 * 16;
  py_image_forget (self->image);
  return address;
}

void
made_word (struct made_python *self, guint64 address, guint64 word)
{
  made_memory_put_word (self->memory, address, word);
  py_image_forget (self->image);
}

void
made_byte (struct made_python *self, guint64 address, guint8 byte)
{
  made_memory_put (self->memory, address, &byte, sizeof byte);
  py_image_forget (self->image);
}

guint64
made_object (struct made_python *self, guint64 type, gsize size)
{
  guint64 object = made_space (self, size);

  made_word (self, object, 3);
  made_word (self, object + 8, type);
  return object;
}

guint64
made_type (struct made_python *self, const char *name, guint64 base)
{
  guint64 type = made_object (self, self->runtime.type, TYPE_SIZE);
  guint64 text = made_space (self, strlen (name) + 1);

  made_memory_put_string (self->memory, text, name);
  made_word (self, type + TYPE_NAME, text);
  made_word (self, type + TYPE_FLAGS, FLAG_HEAP_TYPE);
  made_word (self, type + TYPE_BASE, base);
  return type;
}

static guint64
made_builtin (struct made_python *self, const char *name, guint flag)
{
  guint64 type = made_type (self, name, 0);

  made_word (self, type + TYPE_FLAGS, flag == 0 ? 0 : G_GUINT64_CONSTANT (1) << flag);
  return type;
}

void
made_python_init (struct made_python *self, guint minor)
{
  *self = (struct made_python) { .memory = made_memory_new (), .next = START };
  self->image = py_image_new (made_memory_read, self->memory);
  self->runtime.major = 3;
  self->runtime.minor = minor;
  g_assert_true (minor >= 12 && py_layout_for (3, minor, &self->runtime.layout));
  self->reader = (PyReader) { .image = self->image, .runtime = &self->runtime };

  self->runtime.type = made_space (self, TYPE_SIZE);
  made_word (self, self->runtime.type, 3);
  made_word (self, self->runtime.type + 8, self->runtime.type);
  self->runtime.string = made_builtin (self, "str", 28);
  self->runtime.integer = made_builtin (self, "int", 24);
  self->runtime.tuple = made_builtin (self, "tuple", 26);
  self->runtime.dict = made_builtin (self, "dict", 29);
  self->runtime.none_type = made_builtin (self, "NoneType", 0);
}

void
made_python_clear (struct made_python *self)
{
  py_image_free (self->image);
  made_memory_free (self->memory);
}

void
made_type_set_dict (struct made_python *self, guint64 type, guint64 dict)
{
  made_word (self, type + TYPE_DICT, dict);
}

guint64
made_string (struct made_python *self, const char *ascii)
{
  gsize length = strlen (ascii);
  guint64 string = made_object (self, self->runtime.string, 40 + length + 1);

  made_word (self, string + 16, length);
  /* One byte a character, compact, ASCII. */
  made_word (self, string + 32,
             (guint64) (1 | 1 << 3 | 1 << 4) << self->runtime.layout.string_kind);
  made_memory_put_string (self->memory, string + 40, ascii);
  return string;
}

guint64
made_integer (struct made_python *self, gint64 value)
{
  guint64 integer = made_object (self, self->runtime.integer, 40);
  guint64 rest = value < 0 ? -(guint64) value : (guint64) value;
  guint n = 0;

  for (; rest != 0; rest >>= 30, n++)
    {
      guint32 digit = rest & ((1u << 30) - 1);

      made_memory_put (self->memory, integer + 24 + n * 4, &digit, sizeof digit);
    }
  made_word (self, integer + 16, n << 3 | (value < 0 ? 2 : value == 0 ? 1 : 0));
  return integer;
}

guint64
made_tuple (struct made_python *self, const guint64 *items, guint n)
{
  guint64 tuple = made_object (self, self->runtime.tuple, 24 + 8 * n);

  made_word (self, tuple + 16, n);
  made_memory_put (self->memory, tuple + 24, items, 8 * n);
  py_image_forget (self->image);
  return tuple;
}

guint64
made_dict (struct made_python *self, const guint64 *keys, const guint64 *values, guint n)
{
  guint64 dict = made_object (self, self->runtime.dict, 48);
  guint64 table = made_space (self, 32 + 8 + 16 * n);

  made_word (self, dict + 32, table);
  made_byte (self, table + 9, 3);   /* 2^3 bytes of indices */
  made_byte (self, table + 10, 1);  /* all keys are str: entries without hash */
  made_word (self, table + 24, n);
  for (guint i = 0; i < n; i++)
    {
      made_word (self, table + 40 + 16 * i, keys[i]);
      made_word (self, table + 48 + 16 * i, values[i]);
    }
  return dict;
}
