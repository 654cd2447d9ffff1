/* recording-entry.c - entries as rows of a recording, and back. */
#include "recording-entry.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "type.h"

/* More than any segment has, and less than would hurt. */
#define ENTRIES_MAX 1000000
#define PARTS_MAX 65536
#define TEXT_MAX 65536
#define BYTES_MAX (G_GINT64_CONSTANT (1) << 40)
#define ELEMENT_BYTES_MAX (1 << 30)

static void
bind_type (Statement *statement, int index, const struct shmlens_type *type)
{
  statement_bind_integer (statement, index, type->kind);
  statement_bind_integer (statement, index + 1, type->size);
  statement_bind_integer (statement, index + 2, type->code);
}

static void
bind_shape (Statement *statement, int index, guint dimensions, const guint64 *shape)
{
  statement_bind_integer (statement, index, dimensions);
  for (guint i = 0; i < SHMLENS_DIMENSIONS_MAX; i++)
    statement_bind_integer (statement, index + 1 + (int) i, i < dimensions ? (gint64) shape[i] : 0);
}

static gboolean
write_fields (Database *database, gint64 number, const EntryInfo *info, GError **error)
{
  g_autoptr (Statement) statement = statement_new (
    database,
    "INSERT INTO fields (entry, number, name, kind, size, code, dimensions, shape0, shape1, shape2,"
    " shape3, swapped, offset, bit_offset, bit_width)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    error);

  if (statement == NULL)
    return FALSE;
  for (guint i = 0; i < info->n_fields; i++)
    {
      const EntryField *field = &info->fields[i];

      statement_bind_integer (statement, 1, number);
      statement_bind_integer (statement, 2, i);
      statement_bind_text (statement, 3, field->name);
      bind_type (statement, 4, &field->type);
      bind_shape (statement, 7, field->dimensions, field->shape);
      statement_bind_integer (statement, 12, field->swapped);
      statement_bind_integer (statement, 13, field->offset);
      statement_bind_integer (statement, 14, field->bit_offset);
      statement_bind_integer (statement, 15, field->bit_width);
      if (!statement_run (statement, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
write_labels (Database *database, gint64 number, const EntryInfo *info, GError **error)
{
  g_autoptr (Statement) statement = statement_new (
    database, "INSERT INTO labels (entry, field, value, text) VALUES (?, ?, ?, ?)", error);

  if (statement == NULL)
    return FALSE;
  for (guint i = 0; i < info->n_labels; i++)
    {
      statement_bind_integer (statement, 1, number);
      statement_bind_integer (statement, 2, info->labels[i].field);
      statement_bind_integer (statement, 3, info->labels[i].value);
      statement_bind_text (statement, 4, info->labels[i].text);
      if (!statement_run (statement, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
recording_entry_write (Database *database, gint64 number, const EntryInfo *info, gint64 first_us,
                       GError **error)
{
  g_autoptr (Statement) statement = statement_new (
    database,
    "INSERT INTO entries (number, name, kind, size, code, dimensions, shape0, shape1, shape2,"
    " shape3, swapped, role, object, unit, doc, ctype, minimum, maximum, progress_max, lock_kind,"
    " lock_id, lock_recursive, first_us, gone_us)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)",
    error);

  if (statement == NULL)
    return FALSE;
  statement_bind_integer (statement, 1, number);
  statement_bind_text (statement, 2, info->name);
  bind_type (statement, 3, &info->type);
  bind_shape (statement, 6, info->dimensions, info->shape);
  statement_bind_integer (statement, 11, info->swapped);
  statement_bind_integer (statement, 12, info->role);
  statement_bind_integer (statement, 13, info->object);
  statement_bind_text (statement, 14, info->unit);
  statement_bind_text (statement, 15, info->doc);
  statement_bind_text (statement, 16, info->ctype);
  statement_bind_blob (statement, 17, info->has_minimum ? info->minimum : NULL, 8);
  statement_bind_blob (statement, 18, info->has_maximum ? info->maximum : NULL, 8);
  statement_bind_blob (statement, 19, info->has_progress_max ? info->progress_max : NULL, 8);
  statement_bind_integer (statement, 20, info->lock_kind);
  statement_bind_integer (statement, 21, (gint64) info->lock_id);
  statement_bind_integer (statement, 22, info->lock_recursive);
  statement_bind_integer (statement, 23, first_us);
  return statement_run (statement, error) && write_fields (database, number, info, error)
         && write_labels (database, number, info, error);
}

static gboolean
read_type (Statement *statement, int column, struct shmlens_type *ret_type)
{
  gint64 kind, size, code;

  return statement_integer (statement, column, SHMLENS_KIND_BOOL, SHMLENS_KIND_STRUCT, &kind)
         && statement_integer (statement, column + 1, 1, ELEMENT_BYTES_MAX, &size)
         && statement_integer (statement, column + 2, 1, 127, &code)
         && type_from_stored ((guint8) kind, (guint32) size, (char) code, ret_type);
}

/* ret_length: their product, at most what element_size bytes each leave room for. */
static gboolean
read_shape (Statement *statement, int column, guint32 element_size, guint *ret_dimensions,
            guint64 *ret_shape, guint64 *ret_length)
{
  gint64 dimensions, most = BYTES_MAX / element_size;

  *ret_length = 1;
  if (!statement_integer (statement, column, 0, SHMLENS_DIMENSIONS_MAX, &dimensions))
    return FALSE;
  *ret_dimensions = (guint) dimensions;
  for (int i = 0; i < (int) dimensions; i++)
    {
      gint64 length;

      if (!statement_integer (statement, column + 1 + i, 0, most, &length)
          || (length > 0 && *ret_length > (guint64) (most / length)))
        return FALSE;
      ret_shape[i] = (guint64) length;
      *ret_length *= (guint64) length;
    }
  return TRUE;
}

static gboolean
read_flag (Statement *statement, int column, gboolean *ret_flag)
{
  gint64 value;

  if (!statement_integer (statement, column, 0, 1, &value))
    return FALSE;
  *ret_flag = (gboolean) value;
  return TRUE;
}

/* A limit of 8 bytes, or null. */
static gboolean
read_limit (Statement *statement, int column, gboolean *ret_has, guint8 *ret_limit)
{
  const void *bytes;
  gsize size;

  if (statement_is_null (statement, column))
    return TRUE;
  bytes = statement_blob (statement, column, &size);
  if (bytes == NULL || size != 8)
    return FALSE;
  memcpy (ret_limit, bytes, 8);
  *ret_has = TRUE;
  return TRUE;
}

static gboolean
read_field (Statement *statement, const EntryInfo *values, EntryField *field)
{
  gint64 offset, bit_offset, bit_width;
  guint64 length;

  if (!read_type (statement, 1, &field->type)
      || field->type.kind == SHMLENS_KIND_STRUCT || field->type.size > 8
      || !read_shape (statement, 4, field->type.size, &field->dimensions, field->shape, &length)
      || !read_flag (statement, 9, &field->swapped)
      || !statement_integer (statement, 10, 0, values->type.size, &offset)
      || !statement_integer (statement, 11, 0, 63, &bit_offset)
      || !statement_integer (statement, 12, 0, 64, &bit_width)
      || length > (values->type.size - (guint64) offset) / field->type.size
      || bit_offset + bit_width > field->type.size * 8
      || (bit_width > 0
          && (field->dimensions > 0
              || (field->type.kind != SHMLENS_KIND_SIGNED
                  && field->type.kind != SHMLENS_KIND_UNSIGNED
                  && field->type.kind != SHMLENS_KIND_BOOL))))
    return FALSE;
  field->offset = (guint32) offset;
  field->bit_offset = (guint) bit_offset;
  field->bit_width = (guint) bit_width;
  field->name = statement_text (statement, 0, TEXT_MAX);
  return field->name != NULL && *field->name != '\0';
}

/* The fields of one entry, by their order. The array is values' own also when it fails. */
static gboolean
read_fields (Statement *statement, gint64 number, EntryInfo *values, GError **error)
{
  GArray *fields = g_array_new (FALSE, TRUE, sizeof (EntryField));
  enum statement_step step = STATEMENT_DONE;
  gboolean is_sound = TRUE;

  statement_bind_integer (statement, 1, number);
  while (is_sound && (step = statement_step (statement, error)) == STATEMENT_ROW)
    {
      EntryField field = { .name = NULL };

      is_sound = fields->len < PARTS_MAX && read_field (statement, values, &field);
      g_array_append_val (fields, field);
    }
  statement_reset (statement);
  values->n_fields = fields->len;
  values->fields = (EntryField *) (void *) g_array_free (fields, FALSE);
  return is_sound && step == STATEMENT_DONE
         && (values->n_fields > 0) == (values->type.kind == SHMLENS_KIND_STRUCT);
}

static gboolean
read_labels (Statement *statement, gint64 number, EntryInfo *values, GError **error)
{
  GArray *labels = g_array_new (FALSE, TRUE, sizeof (EntryLabel));
  enum statement_step step = STATEMENT_DONE;
  gboolean is_sound = TRUE;

  statement_bind_integer (statement, 1, number);
  while (is_sound && (step = statement_step (statement, error)) == STATEMENT_ROW)
    {
      EntryLabel label = { .text = statement_text (statement, 2, TEXT_MAX) };
      gint64 field = -1;

      is_sound = labels->len < PARTS_MAX && label.text != NULL
                 && statement_integer (statement, 0, -1, (gint64) values->n_fields - 1, &field)
                 && statement_integer (statement, 1, G_MININT64, G_MAXINT64, &label.value);
      label.field = (int) field;
      g_array_append_val (labels, label);
    }
  statement_reset (statement);
  values->n_labels = labels->len;
  values->labels = (EntryLabel *) (void *) g_array_free (labels, FALSE);
  return is_sound && step == STATEMENT_DONE;
}

/* The row of the entry itself. Strings are values' own also when it fails. */
static gboolean
read_row (Statement *statement, EntryInfo *values, RecordedEntry *entry)
{
  gint64 number, role, object, kind, id;
  gint64 stride;

  if (!statement_integer (statement, 0, 1, ENTRIES_MAX, &number)
      || !read_type (statement, 2, &values->type)
      || !read_shape (statement, 5, values->type.size, &values->dimensions, values->shape,
                      &values->length)
      || !read_flag (statement, 10, &values->swapped)
      || !statement_integer (statement, 11, 0, SHMLENS_ROLE_IMAGE, &role)
      || !statement_integer (statement, 12, 0, OBJECT_QUEUE, &object)
      || !read_limit (statement, 16, &values->has_minimum, values->minimum)
      || !read_limit (statement, 17, &values->has_maximum, values->maximum)
      || !read_limit (statement, 18, &values->has_progress_max, values->progress_max)
      || !statement_integer (statement, 19, 0, LOCK_SEMAPHORE, &kind)
      || !statement_integer (statement, 20, G_MININT64, G_MAXINT64, &id)
      || !read_flag (statement, 21, &values->lock_recursive)
      || !statement_integer (statement, 22, G_MININT64, G_MAXINT64, &entry->first_us))
    return FALSE;
  if (!statement_integer (statement, 23, G_MININT64, G_MAXINT64, &entry->gone_us))
    entry->gone_us = G_MAXINT64;
  values->id = (guint64) number;
  values->role = (enum shmlens_role) role;
  values->object = (enum entry_object) object;
  values->lock_kind = (enum lock_kind) kind;
  values->lock_id = (guint64) id;
  values->name = statement_text (statement, 1, TEXT_MAX);
  values->unit = statement_text (statement, 13, TEXT_MAX);
  values->doc = statement_text (statement, 14, TEXT_MAX);
  values->ctype = statement_text (statement, 15, TEXT_MAX);
  stride = values->type.size;
  for (guint d = values->dimensions; d-- > 0;)
    {
      values->strides[d] = stride;
      stride *= (gint64) values->shape[d];
    }
  return values->name != NULL && *values->name != '\0';
}

static void
entry_free (gpointer data)
{
  RecordedEntry *entry = data;

  entry_info_unref (entry->info);
  g_free (entry);
}

GPtrArray *
recording_entry_read_all (Database *database, GError **error)
{
  g_autoptr (Statement) rows = statement_new (
    database,
    "SELECT number, name, kind, size, code, dimensions, shape0, shape1, shape2, shape3, swapped,"
    " role, object, unit, doc, ctype, minimum, maximum, progress_max, lock_kind, lock_id,"
    " lock_recursive, first_us, gone_us FROM entries ORDER BY number",
    error);
  g_autoptr (Statement) fields = NULL;
  g_autoptr (Statement) labels = NULL;
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func (entry_free);
  enum statement_step step;

  if (rows != NULL)
    fields = statement_new (
      database,
      "SELECT name, kind, size, code, dimensions, shape0, shape1, shape2, shape3, swapped, offset,"
      " bit_offset, bit_width FROM fields WHERE entry = ? ORDER BY number",
      error);
  if (fields != NULL)
    labels = statement_new (database, "SELECT field, value, text FROM labels WHERE entry = ?",
                            error);
  if (labels == NULL)
    return NULL;
  while ((step = statement_step (rows, error)) == STATEMENT_ROW)
    {
      RecordedEntry *entry = g_new0 (RecordedEntry, 1);
      EntryInfo values = { .reason = (char *) _("it is of a recording, which only shows what was;"
                                                " open the segment itself to edit it") };
      gboolean is_sound = entries->len < ENTRIES_MAX && read_row (rows, &values, entry)
                          && (entries->len == 0
                              || ((RecordedEntry *) entries->pdata[entries->len - 1])->info->id
                                   < values.id)
                          && read_fields (fields, (gint64) values.id, &values, error)
                          && read_labels (labels, (gint64) values.id, &values, error);

      entry->info = entry_info_new (&values);
      values.reason = NULL;
      entry_info_clear (&values);
      g_ptr_array_add (entries, entry);
      if (is_sound)
        continue;
      if (error != NULL && *error == NULL)
        database_fail_corrupt (database, "entries", error);
      return NULL;
    }
  return step == STATEMENT_DONE ? g_steal_pointer (&entries) : NULL;
}
