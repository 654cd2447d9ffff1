/* py-sync-find.c - what programs coordinate with. By the attributes that multiprocessing's
 * synchronize.py and queues.py have given these objects from 3.6 to 3.14. */
#include <string.h>

#include "py-coordinator.h"
#include "py-fields.h"
#include "py-sync.h"

/* PyMemoryViewObject: its Py_buffer. */
#define VIEW_DATA 56
#define VIEW_SIZE 72

#define BARRIER_SIZE 8

struct finder
{
  const PyReader *reader;
  const GPtrArray *regions;
  GHashTable *parts;  /* addresses (guint64 *) of objects that are in others */
};

enum what
{
  WHAT_NONE,
  WHAT_LOCK,
  WHAT_SEMAPHORE,
  WHAT_BOUNDED_SEMAPHORE,
  WHAT_CONDITION,
  WHAT_EVENT,
  WHAT_BARRIER,
  WHAT_QUEUE,
  WHAT_JOINABLE_QUEUE,
  WHAT_SIMPLE_QUEUE
};

/* By the modules of multiprocessing or of a copy of it: threading has classes of these names. */
static enum what
what_is (const PyReader *reader, guint64 type)
{
  static const struct
  {
    const char *name;
    enum what what;
  } classes[] = {
    { "Lock", WHAT_LOCK },
    { "RLock", WHAT_LOCK },
    { "Semaphore", WHAT_SEMAPHORE },
    { "BoundedSemaphore", WHAT_BOUNDED_SEMAPHORE },
    { "Condition", WHAT_CONDITION },
    { "Event", WHAT_EVENT },
    { "Barrier", WHAT_BARRIER },
    { "Queue", WHAT_QUEUE },
    { "JoinableQueue", WHAT_JOINABLE_QUEUE },
    { "SimpleQueue", WHAT_SIMPLE_QUEUE },
  };

  for (guint depth = 0; type != 0 && depth < PY_DEPTH_MAX; depth++)
    {
      g_autofree char *name = py_type_name (reader, type);

      for (guint i = 0; name != NULL && i < G_N_ELEMENTS (classes); i++)
        if (g_str_equal (name, classes[i].name))
          {
            g_autofree char *module = py_type_module (reader, type);

            if (module != NULL
                && (g_str_has_suffix (module, ".synchronize") || g_str_has_suffix (module, ".queues")))
              return classes[i].what;
          }
      type = py_type_base (reader, type);
    }
  return WHAT_NONE;
}

/* The object in an attribute, which is a part from now on. 0: none. */
static guint64
take_part (struct finder *finder, guint64 object, const char *attribute)
{
  guint64 part = object == 0 ? 0 : py_attribute (finder->reader, object, attribute);

  if (part != 0)
    g_hash_table_add (finder->parts, g_memdup2 (&part, sizeof part));
  return part;
}

/* Adds its semaphore to the state. */
static gboolean
take_semaphore (struct finder *finder, guint64 object, const char *attribute, PyFound *found)
{
  guint64 part = take_part (finder, object, attribute);

  if (!py_sync_read_semaphore (finder->reader, finder->regions, part,
                               &found->parts[found->n_parts]))
    return FALSE;
  found->n_parts++;
  return TRUE;
}

static void
guard_by (PyFound *found, const PySemaphore *lock)
{
  found->lock_kind = LOCK_SEMAPHORE;
  found->lock = *lock;
}

static gboolean
take_condition (struct finder *finder, guint64 object, PyFound *found)
{
  guint first = found->n_parts;

  if (!take_semaphore (finder, object, "_lock", found)
      || !take_semaphore (finder, object, "_sleeping_count", found)
      || !take_semaphore (finder, object, "_woken_count", found)
      || !take_semaphore (finder, object, "_wait_semaphore", found))
    return FALSE;
  guard_by (found, &found->parts[first]);
  return TRUE;
}

/* ------------------------------------------------------------------ objects -- */

static gboolean
take_lock (struct finder *finder, enum what what, PyFound *found)
{
  if (!py_sync_read_semaphore (finder->reader, finder->regions, found->object, &found->parts[0]))
    return FALSE;
  found->n_parts = 1;
  py_found_identify (found, &found->parts[0]);
  py_coordinator_shape (found, what == WHAT_LOCK ? OBJECT_LOCK : OBJECT_SEMAPHORE, FALSE,
                        found->parts[0].maximum);
  if (what == WHAT_LOCK)
    guard_by (found, &found->parts[0]);
  return TRUE;
}

static gboolean
take_event (struct finder *finder, PyFound *found)
{
  if (!take_semaphore (finder, found->object, "_flag", found)
      || !take_condition (finder, take_part (finder, found->object, "_cond"), found))
    return FALSE;
  py_found_identify (found, &found->parts[0]);
  py_coordinator_shape (found, OBJECT_EVENT, FALSE, 0);
  return TRUE;
}

static gboolean
take_barrier (struct finder *finder, PyFound *found)
{
  const PyReader *reader = finder->reader;
  guint64 view = py_attribute (reader, found->object, "_array");
  const MemoryRegion *region;
  guint64 data, size;
  gint64 parties = 0;

  if (view == 0 || !py_object_is (reader, view, reader->runtime->memory_view)
      || !py_image_u64 (reader->image, view + VIEW_DATA, &data)
      || !py_image_u64 (reader->image, view + VIEW_SIZE, &size) || size < BARRIER_SIZE
      || !take_condition (finder, take_part (finder, found->object, "_cond"), found))
    return FALSE;
  region = memory_regions_find (finder->regions, data);
  if (region == NULL || !region->is_shared || region->end - data < BARRIER_SIZE)
    return FALSE;
  found->data = found->first = data;
  found->data_slot = view + VIEW_DATA;
  found->size = BARRIER_SIZE;
  found->device = region->device;
  found->inode = region->inode;
  found->offset = region->offset + (data - region->start);
  (void) py_integer (reader, py_attribute (reader, found->object, "_parties"), &parties);
  py_coordinator_shape (found, OBJECT_BARRIER, FALSE, parties);
  return TRUE;
}

static gboolean
take_queue (struct finder *finder, enum what what, PyFound *found)
{
  guint64 reading = take_part (finder, found->object, "_rlock");
  gint64 maximum = 0;

  (void) take_part (finder, found->object, "_wlock");
  if (!take_semaphore (finder, found->object, "_sem", found))
    return FALSE;
  py_found_identify (found, &found->parts[0]);
  if (what == WHAT_JOINABLE_QUEUE)
    {
      guint64 condition = take_part (finder, found->object, "_cond");
      PyFound ignored = { .n_parts = 0 };

      if (!take_semaphore (finder, found->object, "_unfinished_tasks", found))
        return FALSE;
      (void) take_condition (finder, condition, &ignored);
    }
  if (py_sync_read_semaphore (finder->reader, finder->regions, reading, &found->lock))
    found->lock_kind = LOCK_SEMAPHORE;
  (void) py_integer (finder->reader, py_attribute (finder->reader, found->object, "_maxsize"),
                     &maximum);
  py_coordinator_shape (found, OBJECT_QUEUE, what == WHAT_JOINABLE_QUEUE, maximum);
  return TRUE;
}

static gboolean
take (struct finder *finder, PyFound *found)
{
  enum what what = what_is (finder->reader, found->type);

  switch (what)
    {
    case WHAT_LOCK:
    case WHAT_SEMAPHORE:
    case WHAT_BOUNDED_SEMAPHORE:
      return take_lock (finder, what, found);
    case WHAT_CONDITION:
      if (!take_condition (finder, found->object, found))
        return FALSE;
      py_found_identify (found, &found->parts[1]);
      py_coordinator_shape (found, OBJECT_CONDITION, FALSE, 0);
      return TRUE;
    case WHAT_EVENT:
      return take_event (finder, found);
    case WHAT_BARRIER:
      return take_barrier (finder, found);
    case WHAT_QUEUE:
    case WHAT_JOINABLE_QUEUE:
      return take_queue (finder, what, found);
    case WHAT_SIMPLE_QUEUE:
      (void) take_part (finder, found->object, "_rlock");
      (void) take_part (finder, found->object, "_wlock");
      return FALSE;
    default:
      return FALSE;
    }
}

void
py_sync_find (const PyReader *reader, const PyScan *scan, const GPtrArray *regions,
              GPtrArray *found)
{
  g_autoptr (GHashTable) parts
    = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  struct finder finder = { reader, regions, parts };
  guint first = found->len;

  for (guint i = 0; i < scan->synchronized->len && !py_image_is_exhausted (reader->image); i++)
    (void) take_part (&finder, g_array_index (scan->synchronized, guint64, i), "_lock");
  for (guint i = 0; i < scan->coordinators->len && !py_image_is_exhausted (reader->image); i++)
    {
      g_autoptr (PyFound) one = py_found_new ();

      one->object = g_array_index (scan->coordinators, guint64, i);
      if (!py_object_type (reader, one->object, &one->type) || !take (&finder, one))
        continue;
      one->shape.ctype = py_type_name (reader, one->type);
      g_ptr_array_add (found, g_steal_pointer (&one));
    }
  for (guint i = first; i < found->len; i++)
    {
      PyFound *one = found->pdata[i];

      one->is_part = g_hash_table_contains (parts, &one->object);
    }
}
