/* py-process.c - all shared objects of one Python process. */
#include "py-process.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "format.h"
#include "inspect-error.h"
#include "py-block.h"
#include "py-ctype.h"
#include "py-fields.h"
#include "py-names.h"
#include "py-ndarray.h"
#include "py-sync.h"

/* What may be read to decode what was found, and to find names: many times what real programs
 * need, so that a hostile one ends it. */
#define DECODE_BYTES (G_GUINT64_CONSTANT (2) << 30)
#define NAME_BYTES (G_GUINT64_CONSTANT (1) << 30)

/* Where they are in all versions. */
#define MODULE_DICT 16
#define TYPE_DICT 264

/* Objects of one process, whatever it says. */
#define FOUND_MAX 200000u

static gssize
read_memory (gpointer data, guint64 address, void *to, gsize length)
{
  return process_memory_read (data, address, to, length);
}

static gboolean
next_content (gpointer data, guint64 from, guint64 end, guint64 *ret_start, guint64 *ret_end)
{
  return process_memory_next_content (data, from, end, ret_start, ret_end);
}

static void
add_step (PyProcess *self, const char *name, gint64 *start_us)
{
  gint64 now = g_get_monotonic_time ();

  if (self->n_steps < G_N_ELEMENTS (self->steps))
    self->steps[self->n_steps++]
      = (struct py_step) { name, (guint64) (now - *start_us) * 1000 };
  *start_us = now;
}

/* Segments of ours describe themselves, and are listed by their own names. */
static gboolean
is_native (PyProcess *self, const MemoryRegion *region)
{
  char magic[sizeof FORMAT_MAGIC - 1];

  return region->offset == 0
         && process_memory_read (self->memory, region->start, magic, sizeof magic)
              == (gssize) sizeof magic
         && memcmp (magic, FORMAT_MAGIC, sizeof magic) == 0;
}

/* Where the bytes are across processes. FALSE: not in shared memory. */
static gboolean
place (PyProcess *self, PyFound *found)
{
  const MemoryRegion *region = memory_regions_find (self->regions, found->data);

  if (region == NULL || !region->is_shared || is_native (self, region))
    return FALSE;
  found->device = region->device;
  found->inode = region->inode;
  found->offset = found->data - region->start + region->offset;
  return TRUE;
}

static void
decode_shared (PyProcess *self, const PyReader *reader)
{
  gpointer *all;
  gsize n;

  for (guint i = 0; i < self->scan->shared->len && self->found->len < FOUND_MAX
                    && !py_image_is_exhausted (reader->image);
       i++)
    {
      guint64 object = g_array_index (self->scan->shared, guint64, i);
      PyFound *found = py_found_new ();

      if (py_ctype_decode (reader, object, found) || py_ndarray_decode (reader, object, found))
        g_ptr_array_add (self->found, found);
      else
        py_found_free (found);
    }
  py_block_find (reader, self->scan, self->found);
  all = g_ptr_array_steal (self->found, &n);
  for (gsize i = 0; i < n; i++)
    if (place (self, all[i]))
      g_ptr_array_add (self->found, all[i]);
    else
      py_found_free (all[i]);
  g_free (all);
}

/* What was found so far by a look that was given up is not all there is. */
static gboolean
is_given_up (const gint *cancelled, GError **error)
{
  if (cancelled == NULL || g_atomic_int_get (cancelled) == 0)
    return FALSE;
  g_clear_error (error);
  g_set_error_literal (error, INSPECT_ERROR, INSPECT_ERROR_CANCELLED, _("looking was given up"));
  return TRUE;
}

PyProcess *
py_process_look (ProcessMemory *memory, const gint *cancelled, GError **error)
{
  g_autoptr (PyProcess) self = g_new0 (PyProcess, 1);
  g_autoptr (PyImage) image = py_image_new (read_memory, memory);
  g_autoptr (GHashTable) shapes = py_ctype_shapes_new ();
  PyReader reader = { image, &self->runtime, shapes };
  gint64 start_us = g_get_monotonic_time ();

  self->pid = process_memory_pid (memory);
  self->memory = process_memory_ref (memory);
  self->found = g_ptr_array_new_with_free_func ((GDestroyNotify) py_found_free);
  self->regions = process_memory_regions (memory);
  if (self->regions == NULL)
    self->regions = g_ptr_array_new_with_free_func ((GDestroyNotify) memory_region_free);
  add_step (self, NC_("step", "mappings"), &start_us);
  py_image_set_content (image, next_content);
  py_image_set_budget (image, DECODE_BYTES);
  py_image_set_cancelled (image, cancelled);
  if (!py_runtime_find (image, self->regions, &self->runtime, error))
    {
      is_given_up (cancelled, error);
      return NULL;
    }
  add_step (self, NC_("step", "interpreter"), &start_us);
  self->scan = py_scan_run (&reader, memory, self->regions, cancelled, error);
  if (self->scan == NULL)
    return NULL;
  add_step (self, NC_("step", "memory"), &start_us);
  py_image_forget (image);
  decode_shared (self, &reader);
  add_step (self, NC_("step", "types"), &start_us);
  py_sync_pair (&reader, self->scan, self->regions, self->found);
  py_sync_find (&reader, self->scan, self->regions, self->found);
  add_step (self, NC_("step", "locks"), &start_us);
  if (is_given_up (cancelled, error))
    return NULL;
  return g_steal_pointer (&self);
}

/* A shared file that may hold objects: no semaphore, no segment of ours, nothing read only. */
static PyFound *
found_of_file (const MemoryRegion *region)
{
  PyFound *found;
  g_autofree char *name = g_path_get_basename (region->path);

  if (!region->is_shared || !region->is_writable || region->inode == 0
      || g_str_has_prefix (name, "sem."))
    return NULL;
  found = py_found_new ();
  found->data = found->first = region->start;
  found->device = region->device;
  found->inode = region->inode;
  found->offset = region->offset;
  found->size = region->end - region->start;
  py_shape_set_bytes (&found->shape, found->size,
                      _("bytes, for what is in them stands in memory that may not be read"));
  found->recorded_name = g_strdup (name);
  return found;
}

PyProcess *
py_process_look_at_files (ProcessMemory *memory)
{
  GPtrArray *regions = process_memory_regions (memory);
  PyProcess *self;

  if (regions == NULL)
    return NULL;
  self = g_new0 (PyProcess, 1);
  self->pid = process_memory_pid (memory);
  self->memory = process_memory_ref (memory);
  self->is_raw = TRUE;
  self->regions = regions;
  self->found = g_ptr_array_new_with_free_func ((GDestroyNotify) py_found_free);
  for (guint i = 0; i < regions->len; i++)
    {
      PyFound *found = found_of_file (regions->pdata[i]);

      if (found != NULL)
        g_ptr_array_add (self->found, found);
    }
  return self;
}

PyProcess *
py_process_new_watch (PyProcess *of)
{
  PyProcess *self = g_new0 (PyProcess, 1);

  (void) py_process_heap_sign (of);
  self->pid = of->pid;
  self->memory = process_memory_ref (of->memory);
  self->runtime = of->runtime;
  self->regions = g_ptr_array_new ();
  self->found = g_ptr_array_new ();
  self->heap_is_known = TRUE;
  self->heap = of->heap;
  return self;
}

void
py_process_name (PyProcess *self, const gint *cancelled)
{
  g_autoptr (PyImage) image = py_image_new (read_memory, self->memory);
  PyReader reader = { image, &self->runtime };
  gint64 start_us = g_get_monotonic_time ();

  py_image_set_budget (image, NAME_BYTES);
  py_image_set_cancelled (image, cancelled);
  py_names_find (&reader, self->scan, self->found, cancelled);
  py_sync_drop_nameless (self->found);
  add_step (self, NC_("step", "names"), &start_us);
}

void
py_process_free (PyProcess *self)
{
  if (self == NULL)
    return;
  process_memory_unref (self->memory);
  g_clear_pointer (&self->regions, g_ptr_array_unref);
  py_scan_free (self->scan);
  g_clear_pointer (&self->found, g_ptr_array_unref);
  g_free (self);
}

/* ------------------------------------------------------------------- signs of change -- */

/* The class multiprocessing.heap.BufferWrapper has the heap as `_heap`. */
static guint64
find_heap (PyProcess *self, const PyReader *reader)
{
  for (guint i = 0; i < self->scan->modules->len; i++)
    {
      guint64 module = g_array_index (self->scan->modules, guint64, i);
      guint64 globals, name, wrapper, dict;

      if (!py_image_u64 (reader->image, module + MODULE_DICT, &globals)
          || (name = py_dict_find (reader, globals, "__name__")) == 0
          || !py_string_is (reader, name, "multiprocessing.heap")
          || (wrapper = py_dict_find (reader, globals, "BufferWrapper")) == 0)
        continue;
      return py_image_u64 (reader->image, wrapper + TYPE_DICT, &dict)
               ? py_dict_find (reader, dict, "_heap")
               : 0;
    }
  return 0;
}

guint64
py_process_heap_sign (PyProcess *self)
{
  g_autoptr (PyImage) image = py_image_new (read_memory, self->memory);
  PyReader reader = { image, &self->runtime };
  gint64 mallocs, frees;

  if (!self->heap_is_known)
    {
      self->heap = find_heap (self, &reader);
      self->heap_is_known = TRUE;
    }
  if (self->heap == 0
      || !py_integer (&reader, py_attribute (&reader, self->heap, "_n_mallocs"), &mallocs)
      || !py_integer (&reader, py_attribute (&reader, self->heap, "_n_frees"), &frees))
    return 0;
  return (guint64) mallocs << 32 ^ (guint64) frees;
}

/* The head of an object: reference count, type, and for most the address of its data. */
struct head
{
  guint64 references, type, data;
};

static void
validate_pieces (const PyPlace *places, struct head *heads, guint n, gboolean *ret_valid)
{
  g_autofree struct memory_piece *pieces = g_new (struct memory_piece, n * 2);

  for (guint i = 0; i < n; i++)
    {
      pieces[2 * i]
        = (struct memory_piece) { places[i].object, &heads[i], 2 * sizeof (guint64), FALSE };
      pieces[2 * i + 1] = (struct memory_piece) {
        places[i].data_slot != 0 ? places[i].data_slot : places[i].object,
        &heads[i].data,
        sizeof (guint64),
        FALSE,
      };
    }
  process_memory_read_pieces (places[0].memory, pieces, n * 2);
  for (guint i = 0; i < n; i++)
    ret_valid[i] = pieces[2 * i].is_read && pieces[2 * i + 1].is_read
                   && (guint32) heads[i].references != 0 && heads[i].type == places[i].type
                   && (places[i].data_slot == 0 || heads[i].data == places[i].data);
}

guint
py_places_validate (const PyPlace *places, guint n, gboolean *ret_valid)
{
  g_autofree struct head *heads = g_new0 (struct head, n);
  guint n_valid = 0;

  /* Places of one process that stand together are read together. */
  for (guint i = 0, next; i < n; i = next)
    {
      for (next = i + 1; next < n && places[next].memory == places[i].memory;)
        next++;
      validate_pieces (places + i, heads + i, next - i, ret_valid + i);
    }
  for (guint i = 0; i < n; i++)
    n_valid += ret_valid[i];
  return n_valid;
}
