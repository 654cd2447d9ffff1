/* npy.c - files of numpy arrays: the heading. */
#include "npy.h"

#include <string.h>

#define ALIGNMENT 64

/* The letter and size of a scalar type, as numpy writes it. */
static void
append_scalar (GString *text, const struct shmlens_type *type, gboolean swapped)
{
  static const char letters[] = { 0, 'b', 'S', 'U', 'i', 'u', 'f' };
  gboolean is_little = (G_BYTE_ORDER == G_LITTLE_ENDIAN) != swapped;
  char order = type->size == 1 ? '|' : is_little ? '<' : '>';

  /* Of characters the number is not of bytes. */
  g_string_append_printf (text, "'%c%c%u'", order, letters[type->kind],
                          type->kind == SHMLENS_KIND_UNICODE ? type->size / 4 : type->size);
}

/* Whether fields can be columns of a structured type. */
static gboolean
fields_follow (const EntryInfo *entry)
{
  guint64 end = 0;

  for (guint i = 0; i < entry->n_fields; i++)
    {
      const EntryField *field = &entry->fields[i];

      if (field->offset < end || field->bit_width > 0)
        return FALSE;
      end = field->offset + entry_field_length (field) * field->type.size;
    }
  return entry->n_fields > 0;
}

/* A name in quotes. */
static void
append_name (GString *text, const char *name)
{
  g_string_append_c (text, '\'');
  for (; *name != '\0'; name++)
    if (g_ascii_isprint (*name) && *name != '\'' && *name != '\\')
      g_string_append_c (text, *name);
    else
      g_string_append_printf (text, "\\x%02x", (guint8) *name);
  g_string_append_c (text, '\'');
}

static void
append_gap (GString *text, guint64 bytes)
{
  if (bytes > 0)
    g_string_append_printf (text, "('', '|V%" G_GUINT64_FORMAT "'), ", bytes);
}

static void
append_structure (GString *text, const EntryInfo *entry)
{
  guint64 end = 0;

  g_string_append_c (text, '[');
  for (guint i = 0; i < entry->n_fields; i++)
    {
      const EntryField *field = &entry->fields[i];

      append_gap (text, field->offset - end);
      g_string_append_c (text, '(');
      append_name (text, field->name);
      g_string_append (text, ", ");
      append_scalar (text, &field->type, field->swapped);
      if (field->dimensions > 0)
        {
          g_string_append (text, ", (");
          for (guint d = 0; d < field->dimensions; d++)
            g_string_append_printf (text, "%" G_GUINT64_FORMAT ",", field->shape[d]);
          g_string_append_c (text, ')');
        }
      g_string_append (text, "), ");
      end = field->offset + entry_field_length (field) * field->type.size;
    }
  append_gap (text, entry->type.size - end);
  g_string_append_c (text, ']');
}

/* What stands before the shape, the shape, and blanks up to where the elements begin. */
static GByteArray *
finish (GString *text, const guint64 *n, guint dimensions, const guint64 *shape)
{
  GByteArray *bytes = g_byte_array_new ();
  guint8 length[2];

  g_string_append (text, ", 'fortran_order': False, 'shape': (");
  if (n != NULL)
    g_string_append_printf (text, "%" G_GUINT64_FORMAT ",", *n);
  for (guint i = 0; i < dimensions; i++)
    g_string_append_printf (text, "%" G_GUINT64_FORMAT ",", shape[i]);
  g_string_append (text, "), }");
  while ((10 + text->len + 1) % ALIGNMENT != 0)
    g_string_append_c (text, ' ');
  g_string_append_c (text, '\n');
  length[0] = text->len & 0xff;
  length[1] = text->len >> 8;
  g_byte_array_append (bytes, (const guint8 *) "\x93NUMPY\x01\x00", 8);
  g_byte_array_append (bytes, length, 2);
  g_byte_array_append (bytes, (const guint8 *) text->str, (guint) text->len);
  return bytes;
}

GByteArray *
npy_heading (const EntryInfo *entry, guint dimensions, const guint64 *shape, const guint64 *n)
{
  g_autoptr (GString) text = g_string_new ("{'descr': ");

  if (entry->type.kind != SHMLENS_KIND_STRUCT)
    append_scalar (text, &entry->type, entry->swapped);
  else if (fields_follow (entry))
    append_structure (text, entry);
  /* Its length has 16 bits. */
  if (text->len > 60000 || (entry->type.kind == SHMLENS_KIND_STRUCT && !fields_follow (entry)))
    g_string_printf (text, "{'descr': '|V%u'", entry->type.size);
  return finish (text, n, dimensions, shape);
}

GByteArray *
npy_integers_heading (guint64 n)
{
  g_autoptr (GString) text = g_string_new ("{'descr': '<i8'");

  return finish (text, &n, 0, NULL);
}
