/* py-block.c - what multiprocessing.shared_memory has. */
#include "py-block.h"

#include "py-fields.h"
#include "shareable-list.h"

/* mmap_object. */
#define MMAP_DATA 16
#define MMAP_SIZE 24

/* A larger list is shown as bytes: all of it has to be read to know what is in it. */
#define LIST_MAX (4u << 20)

/* The mmap of a SharedMemory; 0: it is closed. */
static guint64
mapping_of (const PyReader *reader, guint64 block, guint64 *ret_type, guint64 *ret_data,
            guint64 *ret_size)
{
  guint64 mapping = block == 0 ? 0 : py_attribute (reader, block, "_mmap");

  if (mapping == 0 || !py_object_type (reader, mapping, ret_type)
      || !py_type_derives (reader, *ret_type, "mmap.mmap")
      || !py_image_u64 (reader->image, mapping + MMAP_DATA, ret_data) || *ret_data == 0
      || !py_image_u64 (reader->image, mapping + MMAP_SIZE, ret_size)
      || *ret_size > G_MAXINT64)
    return 0;
  return mapping;
}

static gboolean
take_list (const PyReader *reader, guint64 data, guint64 size, EntryInfo *ret_shape)
{
  g_autofree guint8 *bytes = NULL;

  if (size > LIST_MAX)
    return FALSE;
  bytes = g_malloc (size);
  return py_image_read (reader->image, data, bytes, size)
         && shareable_list_describe (bytes, size, ret_shape);
}

gboolean
py_block_decode (const PyReader *reader, guint64 object, PyFound *ret_found)
{
  guint64 type, mapping, mapping_type, data, size;
  gboolean is_list;

  if (!py_object_type (reader, object, &type))
    return FALSE;
  is_list = py_type_derives (reader, type, "ShareableList");
  mapping = mapping_of (reader, is_list ? py_attribute (reader, object, "shm") : object,
                        &mapping_type, &data, &size);
  if (mapping == 0)
    return FALSE;
  if (!is_list || !take_list (reader, data, size, &ret_found->shape))
    py_shape_set_bytes (&ret_found->shape, size, NULL);
  ret_found->object = mapping;
  ret_found->type = mapping_type;
  ret_found->data = ret_found->first = data;
  ret_found->data_slot = mapping + MMAP_DATA;
  ret_found->size = size;
  ret_found->wrapper = object;
  ret_found->shape.ctype = py_type_name (reader, type);
  return TRUE;
}

void
py_block_find (const PyReader *reader, const PyScan *scan, GPtrArray *found)
{
  g_autoptr (GHashTable) parts
    = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  guint first = found->len;

  for (guint i = 0; i < scan->blocks->len && !py_image_is_exhausted (reader->image); i++)
    {
      guint64 object = g_array_index (scan->blocks, guint64, i);
      g_autoptr (PyFound) one = py_found_new ();
      guint64 part = py_attribute (reader, object, "shm");

      if (part != 0)
        g_hash_table_add (parts, g_memdup2 (&part, sizeof part));
      if (py_block_decode (reader, object, one))
        g_ptr_array_add (found, g_steal_pointer (&one));
    }
  for (guint i = first; i < found->len; i++)
    {
      PyFound *one = found->pdata[i];

      one->is_part = g_hash_table_contains (parts, &one->wrapper);
    }
}
