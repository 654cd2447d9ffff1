/* py-fields.c - the fields of a structure while they are gathered. */
#include "py-fields.h"

#include <string.h>

/* No process has more. */
#define BYTES_MAX (G_GUINT64_CONSTANT (1) << 47)

static const PyLeaf byte_leaf = { .type = { 1, SHMLENS_KIND_UNSIGNED, 'B', 0 } };

void
py_fields_init (PyFields *self, guint64 size)
{
  *self = (PyFields) {
    .fields = g_array_new (FALSE, TRUE, sizeof (EntryField)),
    .size = size,
    .work = 16 * SHMLENS_FIELDS_MAX,
  };
}

void
py_fields_clear (PyFields *self)
{
  py_fields_truncate (self, 0);
  g_clear_pointer (&self->fields, g_array_unref);
}

void
py_fields_truncate (PyFields *self, guint n)
{
  for (guint i = n; i < self->fields->len; i++)
    {
      g_free (g_array_index (self->fields, EntryField, i).name);
      g_free (g_array_index (self->fields, EntryField, i).reason);
    }
  if (n < self->fields->len)
    g_array_set_size (self->fields, n);
}

void
py_fields_steal (PyFields *self, EntryInfo *shape)
{
  shape->n_fields = self->fields->len;
  shape->fields = (EntryField *) g_array_free (g_steal_pointer (&self->fields), FALSE);
}

gboolean
py_shape_length (const guint64 *shape, guint dimensions, guint64 *ret_length)
{
  guint64 length = 1;

  for (guint i = 0; i < dimensions; i++)
    if (shape[i] == 0)
      {
        *ret_length = 0;
        return TRUE;
      }
  for (guint i = 0; i < dimensions; i++)
    if (!g_uint64_checked_mul (&length, length, shape[i]) || length > BYTES_MAX)
      return FALSE;
  *ret_length = length;
  return TRUE;
}

guint
py_shape_fold (guint64 *shape, guint dimensions)
{
  while (dimensions > SHMLENS_DIMENSIONS_MAX)
    {
      shape[0] *= shape[1];
      dimensions--;
      memmove (shape + 1, shape + 2, (dimensions - 1) * sizeof *shape);
    }
  return dimensions;
}

gboolean
py_fields_add (PyFields *self, const char *prefix, const char *name, guint64 offset,
               const PyLeaf *leaf, const guint64 *shape, guint dimensions)
{
  guint64 all[PY_DEPTH_MAX + 2];
  EntryField field = {
    .type = leaf->type,
    .swapped = leaf->swapped,
    .bit_offset = leaf->bit_offset,
    .bit_width = leaf->bit_width,
    .offset = offset,
  };
  guint64 length, size;

  if (dimensions > PY_DEPTH_MAX || self->work == 0 || self->fields->len == SHMLENS_FIELDS_MAX
      || strlen (prefix) + strlen (name) > PY_PATH_MAX)
    return FALSE;
  self->work--;
  if (dimensions > 0)
    memcpy (all, shape, dimensions * sizeof *all);
  if (leaf->repeat > 0)
    all[dimensions++] = leaf->repeat;
  if (!py_shape_length (all, dimensions, &length)
      || !g_uint64_checked_mul (&size, length, leaf->type.size) || offset > G_MAXUINT32
      || offset > self->size || size > self->size - offset)
    return FALSE;
  field.dimensions = py_shape_fold (all, dimensions);
  memcpy (field.shape, all, field.dimensions * sizeof *all);
  field.name = g_strconcat (prefix, name, NULL);
  field.reason = g_strdup (leaf->reason);
  g_array_append_val (self->fields, field);
  return TRUE;
}

gboolean
py_fields_add_complex (PyFields *self, const char *prefix, guint64 offset, const PyLeaf *leaf)
{
  return py_fields_add (self, prefix, "real", offset, leaf, NULL, 0)
         && py_fields_add (self, prefix, "imag", offset + leaf->type.size, leaf, NULL, 0);
}

gboolean
py_fields_add_bytes (PyFields *self, const char *prefix, const char *name, guint64 offset,
                     guint64 size)
{
  return py_fields_add (self, prefix, name, offset, &byte_leaf, &size, 1);
}

void
py_shape_set (EntryInfo *ret_shape, const PyLeaf *leaf, guint64 *shape, guint dimensions)
{
  guint64 stride = leaf->type.size;

  if (leaf->repeat > 0)
    shape[dimensions++] = leaf->repeat;
  dimensions = py_shape_fold (shape, dimensions);
  ret_shape->type = leaf->type;
  ret_shape->swapped = leaf->swapped;
  ret_shape->dimensions = dimensions;
  ret_shape->length = 1;
  for (guint d = dimensions; d-- > 0;)
    {
      ret_shape->shape[d] = shape[d];
      ret_shape->strides[d] = (gint64) stride;
      stride *= shape[d];
      ret_shape->length *= shape[d];
    }
  ret_shape->role = leaf->role;
  ret_shape->doc = g_strdup (leaf->doc);
  ret_shape->reason = g_strdup (leaf->reason);
  ret_shape->editable = leaf->reason == NULL;
}

void
py_shape_set_bytes (EntryInfo *ret_shape, guint64 size, const char *doc)
{
  PyLeaf leaf = byte_leaf;
  guint64 shape[2] = { size };

  leaf.role = SHMLENS_ROLE_BYTES;
  leaf.doc = doc;
  py_shape_set (ret_shape, &leaf, shape, 1);
}

char *
py_shape_index (const guint64 *shape, guint dimensions, guint64 element)
{
  GString *text = g_string_new (NULL);
  guint64 rest = 1;

  for (guint i = 0; i < dimensions; i++)
    rest *= shape[i];
  for (guint i = 0; i < dimensions; i++)
    {
      rest /= shape[i];
      g_string_append_printf (text, "[%" G_GUINT64_FORMAT "]", element / rest % shape[i]);
    }
  return g_string_free (text, FALSE);
}
