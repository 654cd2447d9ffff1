/* array-reader.c - a block of an array of any length, read in pieces. */
#include "array-reader.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "inspect-error.h"

/* What fits a second-level cache, so that a piece is still there when it is computed with. */
#define PIECE_BYTES (256u << 10)

struct array_reader
{
  Attachment *attachment;
  EntryInfo *entry;
  int field;
  ArrayBlock block;
  struct shmlens_type type;
  guint64 piece;        /* elements at once */
  guint64 n;            /* elements of the block */
  guint64 next;
  int consistency;
  guint8 *elements;
  guint8 *scalars;      /* NULL: elements are what is wanted */
};

static gboolean
is_number (const struct shmlens_type *type)
{
  switch ((enum shmlens_kind) type->kind)
    {
    case SHMLENS_KIND_BOOL:
    case SHMLENS_KIND_SIGNED:
    case SHMLENS_KIND_UNSIGNED:
    case SHMLENS_KIND_FLOAT:
      return TRUE;
    case SHMLENS_KIND_CHAR:
    case SHMLENS_KIND_UNICODE:
    case SHMLENS_KIND_STRUCT:
      break;
    }
  return FALSE;
}

static gboolean
find_type (const EntryInfo *entry, int field, struct shmlens_type *ret_type, GError **error)
{
  const EntryField *chosen
    = field >= 0 && (guint) field < entry->n_fields ? &entry->fields[field] : NULL;

  *ret_type = chosen != NULL ? chosen->type : entry->type;
  if (is_number (ret_type) && (chosen == NULL || chosen->dimensions == 0))
    return TRUE;
  if (chosen != NULL)
    g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_BAD_VALUE,
                 _("%s.%s: one does not calculate with %s; choose a field that is a number"),
                 entry->name, chosen->name,
                 chosen->dimensions > 0 ? _("an array in a structure")
                                        : shmlens_type_name (&chosen->type));
  else
    g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_BAD_VALUE,
                 _("%s: one does not calculate with %s; choose something that is a number"),
                 entry->name, shmlens_type_name (&entry->type));
  return FALSE;
}

ArrayReader *
array_reader_new (Attachment *attachment, EntryInfo *entry, int field, const ArrayBlock *block,
                  GError **error)
{
  struct shmlens_type type;
  ArrayReader *reader;

  if (!find_type (entry, field, &type, error))
    return NULL;
  if (!array_block_is_within (block, entry))
    {
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND,
                   _("%s: it has no such elements; look again, it may be another"), entry->name);
      return NULL;
    }
  reader = g_new0 (ArrayReader, 1);
  reader->attachment = attachment_ref (attachment);
  reader->entry = entry_info_ref (entry);
  reader->field = field;
  reader->block = *block;
  reader->type = type;
  reader->n = array_block_n_elements (block);
  reader->piece = MAX (PIECE_BYTES / entry->type.size, 1);
  reader->elements = g_malloc (reader->piece * entry->type.size);
  if (field >= 0 || entry->swapped || type.kind == SHMLENS_KIND_BOOL)
    reader->scalars = g_malloc (reader->piece * type.size);
  return reader;
}

void
array_reader_free (ArrayReader *reader)
{
  if (reader == NULL)
    return;
  attachment_unref (reader->attachment);
  entry_info_unref (reader->entry);
  g_free (reader->elements);
  g_free (reader->scalars);
  g_free (reader);
}

void
array_reader_rewind (ArrayReader *reader)
{
  reader->next = 0;
  reader->consistency = 0;
}

void
array_reader_seek (ArrayReader *reader, guint64 number)
{
  reader->next = MIN (number, reader->n);
}

static gint64
refuse (ArrayReader *reader, int status, GError **error)
{
  g_autoptr (SegmentInfo) info = attachment_get_info (reader->attachment);

  if (status == -ESTALE)
    g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND,
                 _("%s: its program has removed it; look at the list again"),
                 reader->entry->name);
  else
    g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_CORRUPT,
                 _("%s: its memory cannot be read: %s"), reader->entry->name,
                 info->reason != NULL ? info->reason : g_strerror (-status));
  return -1;
}

static void
extract (ArrayReader *reader, guint64 n)
{
  gsize from = reader->entry->type.size, to = reader->type.size;

  for (guint64 i = 0; i < n; i++)
    {
      guint8 value[8];

      entry_info_extract (reader->entry, reader->elements + i * from, reader->field, 0, NULL,
                          value);
      if (reader->type.kind == SHMLENS_KIND_BOOL)
        value[0] = value[0] != 0;
      memcpy (reader->scalars + i * to, value, to);
    }
}

gint64
array_reader_next (ArrayReader *reader, const void **ret_scalars, guint64 *ret_number,
                   GError **error)
{
  guint64 n = MIN (reader->piece, reader->n - reader->next);
  int status;

  if (n == 0)
    return 0;
  status = array_block_read (&reader->block, reader->attachment, reader->entry, reader->next,
                             reader->next + n, reader->elements);
  if (status < 0)
    return refuse (reader, status, error);
  if (reader->scalars != NULL)
    extract (reader, n);
  *ret_scalars = reader->scalars != NULL ? reader->scalars : reader->elements;
  *ret_number = reader->next;
  reader->consistency = MAX (reader->consistency, status);
  reader->next += n;
  return (gint64) n;
}

guint64
array_reader_get_piece (ArrayReader *reader)
{
  return reader->piece;
}

const struct shmlens_type *
array_reader_get_type (ArrayReader *reader)
{
  return &reader->type;
}

const ArrayBlock *
array_reader_get_block (ArrayReader *reader)
{
  return &reader->block;
}

int
array_reader_get_consistency (ArrayReader *reader)
{
  return reader->consistency;
}
