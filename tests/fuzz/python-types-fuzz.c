/* Hostile memory of a Python process (see python-code.h): what is shared and what guards it is
 * decoded from a few objects. Nothing crashes, everything ends, and what is told fits together. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "py-block.h"
#include "py-ctype.h"
#include "py-ndarray.h"
#include "py-sync.h"
#include "python-code.h"
#include "shareable-list.h"

#define BUDGET (1u << 20)
/* Elements up to this are written as text. */
#define TEXT_MAX (1u << 16)

const gsize python_code_header_length = sizeof (struct python_types_header);

static void
demand (gboolean condition)
{
  if (!condition)
    abort ();
}

static void
look_at_field (const EntryInfo *shape, const EntryField *field)
{
  guint64 length = entry_field_length (field);

  demand (field->name != NULL && g_utf8_validate (field->name, -1, NULL));
  demand (field->type.size > 0 && field->type.size <= 8);
  demand (field->dimensions <= SHMLENS_DIMENSIONS_MAX);
  demand (field->offset <= shape->type.size
          && length * field->type.size <= shape->type.size - field->offset);
  demand (field->bit_width == 0
          || (field->bit_width + field->bit_offset <= field->type.size * 8 && length == 1));
}

/* That all elements lie between data and data + size. */
static void
look_at_extent (const PyFound *found)
{
  const EntryInfo *shape = &found->shape;
  guint64 low = shape->offset, high = shape->offset, length = 1;

  for (guint d = 0; d < shape->dimensions; d++)
    {
      length *= shape->shape[d];
      if (shape->shape[d] == 0)
        continue;
      if (shape->strides[d] < 0)
        low -= (shape->shape[d] - 1) * -(guint64) shape->strides[d];
      else
        high += (shape->shape[d] - 1) * (guint64) shape->strides[d];
    }
  demand (length == shape->length);
  if (length > 0)
    demand (low <= high && high + shape->type.size <= found->size);
  demand (found->first == found->data + shape->offset);
}

static void
look_at_text (const EntryInfo *shape)
{
  g_autofree guint8 *element = g_malloc0 (shape->type.size + 1);
  g_autofree char *text = entry_info_element_text (shape, element, -1);
  g_autofree char *type = entry_info_type_text (shape);

  demand (g_utf8_validate (text, -1, NULL) && type != NULL);
}

static void
look_at (const PyFound *found)
{
  const EntryInfo *shape = &found->shape;

  demand (shape->type.size > 0 && shape->dimensions <= SHMLENS_DIMENSIONS_MAX);
  demand (shape->n_fields <= SHMLENS_FIELDS_MAX);
  demand (shape->editable == (shape->reason == NULL));
  demand ((shape->type.kind == SHMLENS_KIND_STRUCT) || shape->n_fields == 0);
  demand (found->n_parts <= G_N_ELEMENTS (found->parts));
  for (guint i = 0; i < shape->n_fields; i++)
    look_at_field (shape, &shape->fields[i]);
  for (guint i = 0; i < shape->n_labels; i++)
    demand (shape->labels[i].field < (int) shape->n_fields);
  if (shape->object == OBJECT_DATA)
    look_at_extent (found);
  if (shape->type.size <= TEXT_MAX)
    look_at_text (shape);
}

static void
decode_shared (const PyReader *reader, guint64 object, GPtrArray *found)
{
  g_autoptr (PyFound) as_ctype = py_found_new ();
  g_autoptr (PyFound) as_array = py_found_new ();

  if (py_ctype_decode (reader, object, as_ctype))
    g_ptr_array_add (found, g_steal_pointer (&as_ctype));
  if (py_ndarray_decode (reader, object, as_array))
    g_ptr_array_add (found, g_steal_pointer (&as_array));
}

static void
look_at_list (const uint8_t *data, size_t size)
{
  PyFound found = { .size = size };

  if (!shareable_list_describe (data, size, &found.shape))
    return;
  look_at (&found);
  entry_info_clear (&found.shape);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static struct python_code_memory memory;
  static PyImage *image;   /* one for all runs: it is large */
  MemoryRegion everything = { .start = 4096, .end = G_GUINT64_CONSTANT (1) << 47, .inode = 1,
                              .is_shared = TRUE, .path = (char *) "" };
  g_autoptr (GPtrArray) regions = g_ptr_array_new ();
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify) py_found_free);
  g_autoptr (GHashTable) shapes = py_ctype_shapes_new ();
  g_autoptr (GArray) objects = g_array_new (FALSE, FALSE, sizeof (guint64));
  struct python_types_header header;
  PyScan scan = { .shared = objects, .synchronized = objects, .coordinators = objects,
                  .blocks = objects };
  PyRuntime runtime;
  PyReader reader = { .runtime = &runtime, .shapes = shapes };

  look_at_list (data, size);
  if (!python_code_decode (data, size, &header, &memory))
    return 0;
  python_code_runtime (&header.code, &runtime);
  runtime.builtin_function = header.builtin_function;
  runtime.memory_view = header.memory_view;
  if (image == NULL)
    image = py_image_new (python_code_read, &memory);
  reader.image = image;
  py_image_forget (image);
  py_image_set_budget (image, BUDGET);
  g_ptr_array_add (regions, &everything);
  g_array_append_vals (objects, header.code.objects,
                       MIN (header.code.n_objects, G_N_ELEMENTS (header.code.objects)));

  for (guint i = 0; i < objects->len; i++)
    decode_shared (&reader, g_array_index (objects, guint64, i), found);
  py_block_find (&reader, &scan, found);
  py_sync_pair (&reader, &scan, regions, found);
  py_sync_find (&reader, &scan, regions, found);
  for (guint i = 0; i < found->len; i++)
    look_at (found->pdata[i]);
  py_sync_drop_nameless (found);
  return 0;
}
