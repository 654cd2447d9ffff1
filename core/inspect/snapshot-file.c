/* snapshot-file.c - snapshots in files. */
#include "snapshot-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "inspect-error.h"

/* The text that a file begins with; another number when the rest is of another type. */
#define MAGIC "shmlens snapshot 1"

/* Name, type, bytes of an element, swapped, offset, bit offset, bit width, shape. */
#define FIELD_TYPE "(ssubuuuat)"
/* Name, unit, type, bytes of an element, swapped, shape, fields, consistency, time; the
 * reason, or the elements. */
#define ENTRY_TYPE "(sssubata" FIELD_TYPE "yxsmay)"
/* Magic, name, segment, title, time, entries. */
#define FILE_TYPE "(ssssxa" ENTRY_TYPE ")"

#define ELEMENT_BYTES_MAX (64u << 20)

/* --------------------------------------------------------------------- writing -- */

/* What no GVariant can hold, a program may have given as a name. */
static GVariant *
new_text (const char *text)
{
  return g_variant_new_take_string (g_utf8_make_valid (text != NULL ? text : "", -1));
}

static GVariant *
new_shape (const guint64 *shape, guint dimensions)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE_UINT64, shape, dimensions, sizeof *shape);
}

static GVariant *
new_field (const EntryField *field)
{
  return g_variant_new ("(@ssubuuu@at)", new_text (field->name), shmlens_type_name (&field->type),
                        field->type.size, field->swapped, field->offset, field->bit_offset,
                        field->bit_width, new_shape (field->shape, field->dimensions));
}

static GVariant *
new_entry (const SnapshotEntry *entry)
{
  const EntryInfo *info = entry->info;
  GVariantBuilder fields;
  GVariant *elements = NULL;

  g_variant_builder_init (&fields, G_VARIANT_TYPE ("a" FIELD_TYPE));
  for (guint i = 0; i < info->n_fields; i++)
    g_variant_builder_add_value (&fields, new_field (&info->fields[i]));
  if (entry->elements != NULL)
    elements = g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, entry->elements, TRUE);
  return g_variant_new ("(@s@ssub@at@a" FIELD_TYPE "yx@sm@ay)", new_text (info->name),
                        new_text (info->unit), shmlens_type_name (&info->type), info->type.size,
                        info->swapped, new_shape (info->shape, info->dimensions),
                        g_variant_builder_end (&fields), (guchar) entry->consistency,
                        entry->time_us, new_text (entry->reason), elements);
}

static GVariant *
in_file_order (GVariant *variant)
{
#if G_BYTE_ORDER == G_BIG_ENDIAN
  GVariant *swapped = g_variant_byteswap (variant);

  g_variant_unref (variant);
  return swapped;
#else
  return variant;
#endif
}

GBytes *
snapshot_to_bytes (Snapshot *snapshot)
{
  GVariantBuilder entries;
  g_autoptr (GVariant) whole = NULL;

  g_variant_builder_init (&entries, G_VARIANT_TYPE ("a" ENTRY_TYPE));
  for (guint i = 0; i < snapshot->entries->len; i++)
    g_variant_builder_add_value (&entries, new_entry (snapshot->entries->pdata[i]));
  whole = g_variant_ref_sink (g_variant_new (
    "(s@s@s@sx@a" ENTRY_TYPE ")", MAGIC, new_text (snapshot->name), new_text (snapshot->segment),
    new_text (snapshot->title), snapshot->time_us, g_variant_builder_end (&entries)));
  whole = in_file_order (g_steal_pointer (&whole));
  return g_variant_get_data_as_bytes (whole);
}

gboolean
snapshot_save (Snapshot *snapshot, const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = snapshot_to_bytes (snapshot);
  g_autoptr (GError) own_error = NULL;
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);

  if (g_file_set_contents_full (path, data, (gssize) size, G_FILE_SET_CONTENTS_CONSISTENT, 0600,
                                &own_error))
    return TRUE;
  g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_PERMISSION,
               _("the snapshot cannot be saved: %s; save it in another place"),
               own_error->message);
  return FALSE;
}

/* --------------------------------------------------------------------- reading -- */

static gboolean
read_type (const char *name, guint32 size, struct shmlens_type *ret_type)
{
  if (g_str_equal (name, "struct"))
    {
      *ret_type = (struct shmlens_type){ size, SHMLENS_KIND_STRUCT, 'T', 0 };
      return size > 0 && size <= ELEMENT_BYTES_MAX;
    }
  return shmlens_type_from_name (name, ret_type) == 0 && ret_type->size == size;
}

/* FALSE: too many dimensions, or elements than can be counted. */
static gboolean
read_shape (GVariant *array, guint *ret_dimensions, guint64 *ret_shape, guint64 *ret_length)
{
  gsize n;
  const guint64 *shape = g_variant_get_fixed_array (array, &n, sizeof *shape);

  if (n > SHMLENS_DIMENSIONS_MAX)
    return FALSE;
  *ret_dimensions = (guint) n;
  *ret_length = 1;
  for (gsize i = 0; i < n; i++)
    {
      ret_shape[i] = shape[i];
      if (!g_uint64_checked_mul (ret_length, *ret_length, shape[i]))
        return FALSE;
    }
  return TRUE;
}

/* Whether it lies in an element. */
static gboolean
read_field (GVariant *tuple, guint32 element, EntryField *ret_field)
{
  g_autoptr (GVariant) shape = NULL;
  const char *name, *type;
  guint32 size;
  guint64 length, bytes;

  g_variant_get (tuple, "(&s&subuuu@at)", &name, &type, &size, &ret_field->swapped,
                 &ret_field->offset, &ret_field->bit_offset, &ret_field->bit_width, &shape);
  if (!read_type (type, size, &ret_field->type) || ret_field->type.kind == SHMLENS_KIND_STRUCT
      || !read_shape (shape, &ret_field->dimensions, ret_field->shape, &length)
      || !g_uint64_checked_mul (&bytes, length, size) || bytes > element
      || ret_field->offset > element - bytes
      || (ret_field->bit_width > 0
          && (ret_field->dimensions > 0 || ret_field->type.kind == SHMLENS_KIND_FLOAT
              || ret_field->bit_width > size * 8
              || ret_field->bit_offset > size * 8 - ret_field->bit_width)))
    return FALSE;
  ret_field->name = g_strdup (name);
  return *name != '\0';
}

static gboolean
read_fields (GVariant *array, EntryInfo *values)
{
  gsize n = g_variant_n_children (array);

  if (n > SHMLENS_FIELDS_MAX || (n > 0 && values->type.kind != SHMLENS_KIND_STRUCT))
    return FALSE;
  values->fields = g_new0 (EntryField, n);
  values->n_fields = (guint) n;
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) tuple = g_variant_get_child_value (array, i);

      if (!read_field (tuple, values->type.size, &values->fields[i]))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_entry (Snapshot *snapshot, GVariant *tuple)
{
  g_autoptr (GVariant) shape = NULL, fields = NULL, elements = NULL;
  g_autoptr (GBytes) packed = NULL;
  g_autoptr (EntryInfo) info = NULL;
  EntryInfo values = { .editable = TRUE };
  const char *name, *unit, *type, *reason;
  guint32 size;
  guchar consistency;
  gint64 time_us;
  guint64 bytes;
  SnapshotEntry *entry;
  gboolean is_good;

  g_variant_get (tuple, "(&s&s&sub@at@a" FIELD_TYPE "yx&sm@ay)", &name, &unit, &type, &size,
                 &values.swapped, &shape, &fields, &consistency, &time_us, &reason, &elements);
  is_good = *name != '\0' && read_type (type, size, &values.type)
            && read_shape (shape, &values.dimensions, values.shape, &values.length)
            && g_uint64_checked_mul (&bytes, values.length, size)
            && (elements == NULL ? *reason != '\0' : g_variant_get_size (elements) == bytes)
            && consistency <= SHMLENS_CONSISTENCY_UNLOCKED && read_fields (fields, &values);
  if (is_good)
    {
      values.name = g_strdup (name);
      values.unit = g_strdup (unit);
      info = entry_info_new (&values);
    }
  entry_info_clear (&values);
  if (!is_good)
    return FALSE;
  if (elements != NULL)
    packed = g_variant_get_data_as_bytes (elements);
  entry = snapshot_add (snapshot, info, packed, packed == NULL ? reason : NULL);
  entry->consistency = (enum shmlens_consistency) consistency;
  entry->time_us = time_us;
  return TRUE;
}

static Snapshot *
read_file (GVariant *whole)
{
  g_autoptr (Snapshot) snapshot = NULL;
  g_autoptr (GVariant) entries = NULL;
  const char *magic, *name, *segment, *title;
  gint64 time_us;
  gsize n;

  g_variant_get (whole, "(&s&s&s&sx@a" ENTRY_TYPE ")", &magic, &name, &segment, &title, &time_us,
                 &entries);
  n = g_variant_n_children (entries);
  if (!g_str_equal (magic, MAGIC) || n > SNAPSHOT_ENTRIES_MAX)
    return NULL;
  snapshot = snapshot_new (name, segment, title, time_us);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) tuple = g_variant_get_child_value (entries, i);

      if (!read_entry (snapshot, tuple))
        return NULL;
    }
  return g_steal_pointer (&snapshot);
}

Snapshot *
snapshot_from_bytes (GBytes *bytes, GError **error)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  g_autoptr (GVariant) whole = NULL;
  Snapshot *snapshot = NULL;

  if (size < sizeof MAGIC || memcmp (data, MAGIC, sizeof MAGIC) != 0)
    {
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_CORRUPT,
                   _("it is no snapshot that this version of shmlens can read; give one that"
                     " it has saved"));
      return NULL;
    }
  whole = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (FILE_TYPE), bytes, FALSE));
  whole = in_file_order (g_steal_pointer (&whole));
  if (g_variant_is_normal_form (whole))
    snapshot = read_file (whole);
  if (snapshot == NULL)
    g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_CORRUPT,
                 _("the snapshot is damaged; take another"));
  return snapshot;
}

static GBytes *
fail_file (const char *path, int number, GError **error)
{
  g_set_error (error, INSPECT_ERROR,
               number == ENOENT ? INSPECT_ERROR_NOT_FOUND : INSPECT_ERROR_PERMISSION,
               _("%s: the file cannot be read: %s"), path, g_strerror (number));
  return NULL;
}

/* Copied, not mapped: somebody may shorten it. */
static GBytes *
read_bytes (const char *path, GError **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  struct stat status;
  g_autofree char *data = NULL;
  gsize size = 0;
  gssize n = 1;
  int number;

  if (fd < 0)
    return fail_file (path, errno, error);
  if (fstat (fd, &status) < 0 || !S_ISREG (status.st_mode)
      || status.st_size > SNAPSHOT_FILE_BYTES_MAX)
    {
      close (fd);
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_CORRUPT,
                   _("%s: is no file that a snapshot can be in; give one that shmlens has saved"),
                   path);
      return NULL;
    }
  data = g_malloc ((gsize) status.st_size + 1);
  while (n > 0 && size < (gsize) status.st_size)
    {
      n = TEMP_FAILURE_RETRY (read (fd, data + size, (gsize) status.st_size - size));
      size += n > 0 ? (gsize) n : 0;
    }
  number = errno;
  close (fd);
  return n < 0 ? fail_file (path, number, error)
               : g_bytes_new_take (g_steal_pointer (&data), size);
}

Snapshot *
snapshot_load (const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = read_bytes (path, error);
  Snapshot *snapshot;

  if (bytes == NULL)
    return NULL;
  snapshot = snapshot_from_bytes (bytes, error);
  if (snapshot == NULL)
    g_prefix_error (error, "%s: ", path);
  return snapshot;
}
