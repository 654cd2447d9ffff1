/* py-sync.c - which lock guards which data. */
#include "py-sync.h"

#include <string.h>

/* SemLock. */
#define SEMLOCK_HANDLE 16
#define SEMLOCK_COUNT 32
#define SEMLOCK_MAXIMUM 36
#define SEMLOCK_KIND 40
#define SEMLOCK_SIZE 56
#define KIND_RECURSIVE 0
#define KIND_SEMAPHORE 1

#define METHOD_SELF 24

#define SEM_T_SIZE 32

/* --------------------------------------------------------------- semaphores -- */

static gboolean
read_semlock (const PyReader *reader, const GPtrArray *regions, guint64 semlock,
              PySemaphore *ret_semaphore)
{
  const MemoryRegion *region;
  gint32 maximum, kind;
  guint64 type, handle;

  if (semlock == 0 || !py_object_type (reader, semlock, &type)
      || !py_type_derives (reader, type, "_multiprocessing.SemLock")
      || !py_image_u64 (reader->image, semlock + SEMLOCK_HANDLE, &handle)
      || !py_image_i32 (reader->image, semlock + SEMLOCK_MAXIMUM, &maximum)
      || !py_image_i32 (reader->image, semlock + SEMLOCK_KIND, &kind)
      || (kind != KIND_RECURSIVE && kind != KIND_SEMAPHORE))
    return FALSE;
  region = memory_regions_find (regions, handle);
  if (region == NULL || !region->is_shared || region->end - handle < SEM_T_SIZE)
    return FALSE;
  *ret_semaphore = (PySemaphore) {
    .object = semlock,
    .handle = handle,
    .device = region->device,
    .inode = region->inode,
    .offset = region->offset + (handle - region->start),
    .is_recursive = kind == KIND_RECURSIVE,
    .maximum = maximum,
  };
  return TRUE;
}

gboolean
py_sync_read_semaphore (const PyReader *reader, const GPtrArray *regions, guint64 object,
                        PySemaphore *ret_semaphore)
{
  return object != 0
         && read_semlock (reader, regions, py_attribute (reader, object, "_semlock"),
                          ret_semaphore);
}

gboolean
py_semaphore_count (ProcessMemory *memory, const PySemaphore *semaphore, gint32 *ret_count)
{
  guint8 bytes[SEMLOCK_SIZE];
  guint64 references, handle;

  if (semaphore->object == 0
      || process_memory_read (memory, semaphore->object, bytes, sizeof bytes) != sizeof bytes)
    return FALSE;
  memcpy (&references, bytes, sizeof references);
  memcpy (&handle, bytes + SEMLOCK_HANDLE, sizeof handle);
  memcpy (ret_count, bytes + SEMLOCK_COUNT, sizeof *ret_count);
  return references != 0 && handle == semaphore->handle;
}

/* ------------------------------------------------------------------ pairing -- */

/* The SemLock behind a Synchronized: the object of its method `acquire`, whatever its lock is. */
static gboolean
read_guard (const PyReader *reader, const GPtrArray *regions, guint64 wrapper,
            PySemaphore *ret_semaphore)
{
  guint64 acquire = py_attribute (reader, wrapper, "acquire");
  guint64 semlock;

  if (acquire != 0 && py_object_is (reader, acquire, reader->runtime->builtin_function)
      && py_image_u64 (reader->image, acquire + METHOD_SELF, &semlock)
      && read_semlock (reader, regions, semlock, ret_semaphore))
    return TRUE;
  return py_sync_read_semaphore (reader, regions, py_attribute (reader, wrapper, "_lock"),
                                 ret_semaphore);
}

static void
pair_wrappers (const PyReader *reader, const PyScan *scan, const GPtrArray *regions,
               GHashTable *by_object)
{
  for (guint i = 0; i < scan->synchronized->len && !py_image_is_exhausted (reader->image); i++)
    {
      guint64 wrapper = g_array_index (scan->synchronized, guint64, i);
      guint64 object = py_attribute (reader, wrapper, "_obj");
      PyFound *found = object == 0 ? NULL : g_hash_table_lookup (by_object, &object);

      if (found == NULL || found->wrapper != 0)
        continue;
      found->wrapper = wrapper;
      found->lock_kind = read_guard (reader, regions, wrapper, &found->lock) ? LOCK_SEMAPHORE
                                                                             : LOCK_EXTERNAL;
    }
}

static int
compare_data (gconstpointer a, gconstpointer b)
{
  const PyFound *x = *(PyFound *const *) a, *y = *(PyFound *const *) b;

  return x->data < y->data ? -1 : x->data > y->data;
}

/* The last that begins at or before an address. */
static const PyFound *
find_before (const GPtrArray *sorted, guint64 address)
{
  guint low = 0, high = sorted->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (((PyFound *) sorted->pdata[middle])->data <= address)
        low = middle + 1;
      else
        high = middle;
    }
  return low == 0 ? NULL : sorted->pdata[low - 1];
}

static void
pair_views (const GPtrArray *found)
{
  g_autoptr (GPtrArray) guarded = g_ptr_array_new ();

  for (guint i = 0; i < found->len; i++)
    {
      PyFound *one = found->pdata[i];

      if (one->wrapper != 0 && one->lock_kind != LOCK_NONE && one->data != 0)
        g_ptr_array_add (guarded, one);
    }
  g_ptr_array_sort (guarded, compare_data);
  for (guint i = 0; i < found->len; i++)
    {
      PyFound *one = found->pdata[i];
      const PyFound *guard;

      if (one->wrapper != 0 || one->lock_kind != LOCK_NONE || one->data == 0 || one->size == 0)
        continue;
      guard = find_before (guarded, one->data);
      if (guard == NULL || one->data - guard->data > guard->size
          || one->size > guard->size - (one->data - guard->data))
        continue;
      one->lock_kind = guard->lock_kind;
      one->lock = guard->lock;
    }
}

/* Reshaping makes an array that is a view of the one that was named only for a moment. */
static void
mark_bases (const GPtrArray *found, GHashTable *by_object)
{
  for (guint i = 0; i < found->len; i++)
    {
      const PyFound *one = found->pdata[i];
      PyFound *base = one->base == 0 ? NULL : g_hash_table_lookup (by_object, &one->base);

      if (base != NULL && base->base != 0 && base != one)
        base->is_part = TRUE;
    }
}

void
py_sync_pair (const PyReader *reader, const PyScan *scan, const GPtrArray *regions,
              GPtrArray *found)
{
  g_autoptr (GHashTable) by_object = g_hash_table_new (g_int64_hash, g_int64_equal);

  for (guint i = 0; i < found->len; i++)
    {
      PyFound *one = found->pdata[i];

      g_hash_table_insert (by_object, &one->object, one);
    }
  pair_wrappers (reader, scan, regions, by_object);
  pair_views (found);
  mark_bases (found, by_object);
}

/* -------------------------------------------------------------------- names -- */

/* Whether it is what something else that is listed, or a SimpleQueue, has in an attribute, or
 * what a library keeps (the arguments of a Queue's own thread). */
static gboolean
is_derived_name (const char *name, GHashTable *names)
{
  static const char *const libraries[] = { "threading.", "multiprocessing.", "concurrent." };
  const char *dot = strrchr (name, '.');
  g_autofree char *owner = NULL;

  if (dot == NULL)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (libraries); i++)
    if (g_str_has_prefix (name, libraries[i]))
      return TRUE;
  if (g_str_equal (dot, "._rlock") || g_str_equal (dot, "._wlock"))
    return TRUE;
  owner = g_strndup (name, dot - name);
  return g_hash_table_contains (names, owner);
}

static void
note_derived_names (const PyFound *found, GHashTable *names, GHashTable *derived)
{
  for (guint i = 0; found->is_part && i < found->names->len; i++)
    if (is_derived_name (found->names->pdata[i], names))
      g_hash_table_add (derived, found->names->pdata[i]);
}

void
py_sync_drop_nameless (GPtrArray *found)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) derived = g_hash_table_new (NULL, NULL);
  guint kept = 0;

  for (guint i = 0; i < found->len; i++)
    {
      const PyFound *one = found->pdata[i];

      for (guint n = 0; n < one->names->len; n++)
        g_hash_table_add (names, one->names->pdata[n]);
    }
  for (guint i = 0; i < found->len; i++)
    note_derived_names (found->pdata[i], names, derived);
  g_hash_table_remove_all (names);
  for (guint i = 0; i < found->len; i++)
    {
      PyFound *one = found->pdata[i];

      for (guint n = 0; n < one->names->len;)
        if (g_hash_table_contains (derived, one->names->pdata[n]))
          g_ptr_array_remove_index (one->names, n);
        else
          n++;
      if (one->is_part && one->names->len == 0)
        continue;
      found->pdata[i] = found->pdata[kept];
      found->pdata[kept++] = one;
    }
  g_ptr_array_set_size (found, kept);
}
