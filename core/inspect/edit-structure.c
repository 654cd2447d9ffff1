/* edit-structure.c - several fields of structures written at once. */
#include "edit-structure.h"

#include <string.h>

static gboolean
is_within (const EntryInfo *entry, const EntryField *field)
{
  guint64 length = entry_field_length (field), size = entry->type.size;

  return field->offset <= size && length <= (size - field->offset) / MAX (field->type.size, 1);
}

/* The bits of a field of one element. */
static void
mark (EditStructure *self, guint number)
{
  const EntryField *field = &self->entry->fields[number];
  guint64 length = entry_field_length (field) * field->type.size;
  guint64 ones = G_MAXUINT64;

  if (field->bit_width == 0)
    {
      memset (self->mask + field->offset, 0xff, length);
      return;
    }
  if (field->type.kind != SHMLENS_KIND_SIGNED && field->bit_width < 64)
    ones = (G_GUINT64_CONSTANT (1) << field->bit_width) - 1;
  entry_info_insert (self->entry, self->mask, (int)number, 0, &ones);
}

EditStructure *
edit_structure_new (const EntryInfo *entry)
{
  EditStructure *self = g_new0 (EditStructure, 1);

  self->entry = entry;
  self->mask = g_malloc0 (MAX (entry->type.size, 1));
  self->parts = g_new (struct memory_part, MAX (entry->n_fields, 1));
  for (guint i = 0; i < entry->n_fields; i++)
    {
      const EntryField *field = &entry->fields[i];
      struct memory_part part = { field->offset, 0 };

      if (field->reason != NULL || !is_within (entry, field))
        continue;
      mark (self, i);
      part.length = (guint32)(entry_field_length (field) * field->type.size);
      /* Bit fields of one word are one part. */
      if (self->n_parts == 0 || memcmp (&self->parts[self->n_parts - 1], &part, sizeof part) != 0)
        self->parts[self->n_parts++] = part;
    }
  if (self->n_parts > 0)
    return self;
  edit_structure_free (self);
  return NULL;
}

void
edit_structure_free (EditStructure *self)
{
  if (self == NULL)
    return;
  g_free (self->mask);
  g_free (self->parts);
  g_free (self);
}

static gboolean
is_as_expected (const EditStructure *self, const guint8 *before, const guint8 *expected)
{
  guint8 other = 0;

  for (guint32 i = 0; i < self->entry->type.size; i++)
    other |= (before[i] ^ expected[i]) & self->mask[i];
  return other == 0;
}

/* Field by field: what is not to be changed may be anything by now. */
static gboolean
blend_fields (const EditStructure *self, const guint8 *before, const guint8 *expected,
              const guint8 *wanted, guint8 *after, guint *ret_field, guint64 *ret_index)
{
  const EntryInfo *entry = self->entry;
  guint8 is[8], was[8], becomes[8];
  struct shmlens_type type;

  memcpy (after, before, entry->type.size);
  for (guint i = 0; i < entry->n_fields; i++)
    {
      guint64 length = entry_field_length (&entry->fields[i]);

      if (entry->fields[i].reason != NULL || !is_within (entry, &entry->fields[i]))
        continue;
      for (guint64 index = 0; index < length; index++)
        {
          entry_info_extract (entry, expected, (int)i, index, &type, was);
          entry_info_extract (entry, wanted, (int)i, index, NULL, becomes);
          if (memcmp (was, becomes, type.size) == 0)
            continue;
          entry_info_extract (entry, before, (int)i, index, NULL, is);
          *ret_field = i;
          *ret_index = index;
          if (memcmp (is, was, type.size) != 0)
            return FALSE;
          entry_info_insert (entry, after, (int)i, index, becomes);
        }
    }
  return TRUE;
}

gboolean
edit_structure_blend (const EditStructure *self, guint64 n, const guint8 *before,
                      const guint8 *expected, const guint8 *wanted, guint8 *after,
                      guint64 *ret_element, guint *ret_field, guint64 *ret_index)
{
  guint32 size = self->entry->type.size;

  for (guint64 i = 0; i < n; i++, before += size, wanted += size, after += size)
    {
      if (expected == NULL || is_as_expected (self, before, expected + i * size))
        for (guint32 j = 0; j < size; j++)
          after[j] = (guint8)((before[j] & ~self->mask[j]) | (wanted[j] & self->mask[j]));
      else if (!blend_fields (self, before, expected + i * size, wanted, after, ret_field,
                              ret_index))
        {
          *ret_element = i;
          return FALSE;
        }
    }
  return TRUE;
}
