/* py-scan.c - the pass itself. Which classes are looked for is known before it begins: they hang
 * on sys.modules, and a class knows what derives from it.
 */
#include "py-scan.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "inspect-error.h"
#include "py-frame.h"
#include "py-scan-filter.h"

/* Stays in the second cache of a processor, with room for what else is needed. */
#define CHUNK (256u << 10)
#define WORDS (CHUNK / 8)
/* Words of the chunk before that are kept, for objects that begin in it. */
#define KEPT 2u
#define REFERENCES_MAX (1u << 28)
#define CLASSES_MAX 20000
#define DEPTH_MAX 64
#define TYPES_MAX 65536
#define FOUND_MAX 4000000u
#define TYPE_SUBCLASSES 360
#define WEAKREF_OBJECT 16
#define MODULE_DICT 16

enum wanted
{
  WANTED_MODULE = 1,
  WANTED_FRAME,
  WANTED_GENERATOR,
  WANTED_SYNCHRONIZED,
  WANTED_COORDINATOR,
  WANTED_BLOCK
};

/* Packages that have multiprocessing's classes: itself, and copies of it. */
static const char *const packages[] = { "multiprocessing", "billiard", "multiprocess" };
static const struct
{
  const char *module, *class_name;
  enum wanted wanted;
} classes[] = {
  { "sharedctypes", "SynchronizedBase", WANTED_SYNCHRONIZED },
  { "synchronize", "SemLock", WANTED_COORDINATOR },
  { "synchronize", "Condition", WANTED_COORDINATOR },
  { "synchronize", "Event", WANTED_COORDINATOR },
  { "synchronize", "Barrier", WANTED_COORDINATOR },
  { "queues", "Queue", WANTED_COORDINATOR },
  { "queues", "SimpleQueue", WANTED_COORDINATOR },
  { "shared_memory", "SharedMemory", WANTED_BLOCK },
  { "shared_memory", "ShareableList", WANTED_BLOCK },
};

struct scan
{
  const PyReader *reader;
  ProcessMemory *memory;
  const GPtrArray *regions;
  const gint *cancelled;
  PyScanFilter *filter;
  GHashTable *types;   /* words that are addresses of types, or are not */
  guint n_classes;
  PyScan *result;
  guint64 *words;      /* KEPT of the chunk before, then of the chunk */
  guint32 *indices;
};

static guint64
find_in_module (const PyReader *reader, const char *module_name, const char *name)
{
  guint64 module, dict;

  if (reader->runtime->modules == 0)
    return 0;
  module = py_dict_find (reader, reader->runtime->modules, module_name);
  if (module == 0 || !py_object_is (reader, module, reader->runtime->module)
      || !py_image_u64 (reader->image, module + MODULE_DICT, &dict))
    return 0;
  return py_dict_find (reader, dict, name);
}

struct derived
{
  struct scan *scan;
  enum wanted wanted;
  guint depth;
};

static gboolean add_weakly (guint64 key, guint64 reference, gpointer data);

/* The class and what derives from it. */
static void
add_class (struct scan *scan, guint64 type, enum wanted wanted, guint depth)
{
  struct derived derived = { scan, wanted, depth + 1 };
  guint64 subclasses;

  if (scan->n_classes >= CLASSES_MAX || depth > DEPTH_MAX || py_scan_filter_type (scan->filter, type) != 0
      || !py_type_is_type (scan->reader, type))
    return;
  scan->n_classes++;
  py_scan_filter_add_type (scan->filter, type, wanted);
  if (py_image_u64 (scan->reader->image, type + TYPE_SUBCLASSES, &subclasses) && subclasses != 0)
    (void) py_dict_foreach (scan->reader, subclasses, add_weakly, &derived);
}

static gboolean
add_weakly (guint64 key, guint64 reference, gpointer data)
{
  struct derived *derived = data;
  guint64 type;

  if (py_image_u64 (derived->scan->reader->image, reference + WEAKREF_OBJECT, &type))
    add_class (derived->scan, type, derived->wanted, derived->depth);
  return TRUE;
}

static void
find_classes (struct scan *scan)
{
  const PyReader *reader = scan->reader;
  const PyRuntime *runtime = reader->runtime;

  py_scan_filter_add_type (scan->filter, runtime->module, WANTED_MODULE);
  if (runtime->layout.minor < 11)
    py_scan_filter_add_type (scan->filter, runtime->frame, WANTED_FRAME);
  else
    {
      py_scan_filter_add_type (scan->filter, runtime->generator, WANTED_GENERATOR);
      py_scan_filter_add_type (scan->filter, runtime->coroutine, WANTED_GENERATOR);
      py_scan_filter_add_type (scan->filter, runtime->async_generator, WANTED_GENERATOR);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (packages); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (classes); j++)
      {
        g_autofree char *module = g_strdup_printf ("%s.%s", packages[i], classes[j].module);
        guint64 type = find_in_module (reader, module, classes[j].class_name);

        if (type != 0)
          add_class (scan, type, classes[j].wanted, 0);
      }
  scan->result->partial = find_in_module (reader, "functools", "partial");
  scan->result->deque = find_in_module (reader, "collections", "deque");
  scan->result->mmap = find_in_module (reader, "mmap", "mmap");
}

/* A word that is a pointer is no count of references, where addresses are small. */
static gboolean
is_count (const struct scan *scan, guint64 word)
{
  return word > 0 && word < REFERENCES_MAX && memory_regions_find (scan->regions, word) == NULL;
}

static gboolean
is_type (struct scan *scan, guint64 word)
{
  gpointer known;
  gboolean is;

  if (g_hash_table_lookup_extended (scan->types, &word, NULL, &known))
    return GPOINTER_TO_INT (known);
  is = py_type_is_type (scan->reader, word);
  if (g_hash_table_size (scan->types) < TYPES_MAX)
    g_hash_table_insert (scan->types, g_memdup2 (&word, sizeof word), GINT_TO_POINTER (is));
  return is;
}

static void
add (GArray *array, guint64 address)
{
  if (array->len < FOUND_MAX)
    g_array_append_val (array, address);
}

static gboolean
take_key (guint64 key, guint64 value, gpointer data)
{
  *(guint64 *) data = key;
  return FALSE;
}

/* A class and a small number before it are found elsewhere too: at the beginning of a tuple of
 * classes. Instances of multiprocessing's classes have attributes. */
static gboolean
has_attributes (const PyReader *reader, guint64 object)
{
  guint64 key = 0;

  (void) py_attributes_foreach (reader, object, take_key, &key);
  return py_object_is (reader, key, reader->runtime->string);
}

static void
add_instance (struct scan *scan, guint64 object, enum wanted wanted)
{
  const PyReader *reader = scan->reader;
  PyScan *result = scan->result;
  guint64 word;

  switch (wanted)
    {
    case WANTED_MODULE:
      if (py_image_u64 (reader->image, object + MODULE_DICT, &word)
          && py_object_is (reader, word, reader->runtime->dict))
        add (result->modules, object);
      break;
    case WANTED_SYNCHRONIZED:
      if (py_attribute (reader, object, "_obj") != 0)
        add (result->synchronized, object);
      break;
    case WANTED_COORDINATOR:
      if (has_attributes (reader, object))
        add (result->coordinators, object);
      break;
    case WANTED_BLOCK:
      if (has_attributes (reader, object))
        add (result->blocks, object);
      break;
    case WANTED_FRAME:
    case WANTED_GENERATOR:
      if (py_frame_is_waiting (reader, object, &word))
        add (result->frames, word);
    }
}

/* Looks through n words of a chunk at address, with KEPT words before them that are there. */
static void
look_through (struct scan *scan, guint64 address, guint n, gboolean has_before)
{
  const guint64 *words = scan->words + KEPT;
  guint hits = py_scan_filter_search (scan->filter, words, n, scan->indices);

  for (guint i = 0; i < hits; i++)
    {
      guint at = scan->indices[i];
      guint64 word = words[at];
      guint64 own = address + (guint64) at * 8;
      guint wanted;

      if (at < 2 && !has_before)
        continue;
      if (py_scan_filter_is_shared (scan->filter, word))
        {
          if (is_count (scan, *(words + at - 2)) && is_type (scan, *(words + at - 1)))
            add (scan->result->shared, own - 16);
          continue;
        }
      wanted = py_scan_filter_type (scan->filter, word);
      if (wanted != 0 && is_count (scan, *(words + at - 1)))
        add_instance (scan, own - 8, wanted);
    }
}

static gboolean
is_cancelled (const struct scan *scan)
{
  return scan->cancelled != NULL && g_atomic_int_get (scan->cancelled) != 0;
}

static gboolean
set_read_error (gssize result, GError **error)
{
  if (result == -ESRCH)
    g_set_error_literal (error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND,
                         _("the process ended while it was looked at"));
  else
    g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_PERMISSION,
                 _("its memory cannot be read any more: %s"), g_strerror ((int) -result));
  return FALSE;
}

/* All that is there from start to end. */
static gboolean
scan_range (struct scan *scan, guint64 start, guint64 end, GError **error)
{
  guint8 *bytes = (guint8 *) (scan->words + KEPT);
  guint64 page = 4096;
  gboolean has_before = FALSE;

  while (start < end)
    {
      guint64 wanted = MIN (end - start, CHUNK);
      gssize length;

      if (is_cancelled (scan))
        {
          g_set_error_literal (error, INSPECT_ERROR, INSPECT_ERROR_CANCELLED,
                               _("looking was given up"));
          return FALSE;
        }
      length = process_memory_read (scan->memory, start, bytes, wanted);
      if (length < 0 && length != -EFAULT)
        return set_read_error (length, error);
      if (length > 0)
        {
          guint n = (guint) (length / 8);

          look_through (scan, start, n, has_before);
          scan->result->bytes += (guint64) length;
          memcpy (scan->words, scan->words + n, KEPT * sizeof scan->words[0]);
          has_before = TRUE;
          start += (guint64) length;
        }
      /* What cannot be read is passed over by pages. */
      if (length < (gssize) wanted)
        {
          guint64 next = (start / page + 1) * page;

          scan->result->bytes_unreadable += MIN (next, end) - start;
          start = next;
          has_before = FALSE;
        }
    }
  return TRUE;
}

/* Memory in which Python objects can be: not that of files, nor the kernel's. */
static gboolean
can_have_objects (const MemoryRegion *region)
{
  if (!region->is_readable || !region->is_writable || region->is_shared)
    return FALSE;
  return region->path[0] == '\0' || strcmp (region->path, "[heap]") == 0
         || g_str_has_prefix (region->path, "[anon") || g_str_has_prefix (region->path, "/anon_huge");
}

static gboolean
scan_regions (struct scan *scan, GError **error)
{
  for (guint i = 0; i < scan->regions->len; i++)
    {
      const MemoryRegion *region = scan->regions->pdata[i];
      guint64 from = region->start, start, end;

      if (!can_have_objects (region))
        continue;
      while (process_memory_next_content (scan->memory, from, region->end, &start, &end))
        {
          if (!scan_range (scan, start, end, error))
            return FALSE;
          from = end;
        }
    }
  return TRUE;
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  guint64 x = *(const guint64 *) a, y = *(const guint64 *) b;

  return x < y ? -1 : x > y;
}

/* In order, and each once. */
static void
sort (GArray *array)
{
  guint n = 0;

  g_array_sort (array, compare);
  for (guint i = 0; i < array->len; i++)
    {
      guint64 address = g_array_index (array, guint64, i);

      if (n == 0 || g_array_index (array, guint64, n - 1) != address)
        g_array_index (array, guint64, n++) = address;
    }
  g_array_set_size (array, n);
}

PyScan *
py_scan_run (const PyReader *reader, ProcessMemory *memory, const GPtrArray *regions,
             const gint *cancelled, GError **error)
{
  struct scan scan = { .reader = reader, .memory = memory, .regions = regions,
                       .cancelled = cancelled };
  gboolean is_done;

  scan.result = g_new0 (PyScan, 1);
  scan.result->shared = g_array_new (FALSE, FALSE, sizeof (guint64));
  scan.result->synchronized = g_array_new (FALSE, FALSE, sizeof (guint64));
  scan.result->coordinators = g_array_new (FALSE, FALSE, sizeof (guint64));
  scan.result->blocks = g_array_new (FALSE, FALSE, sizeof (guint64));
  scan.result->modules = g_array_new (FALSE, FALSE, sizeof (guint64));
  scan.result->frames = g_array_new (FALSE, FALSE, sizeof (guint64));
  scan.filter = py_scan_filter_new (regions);
  scan.types = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  scan.words = g_new0 (guint64, KEPT + WORDS);
  scan.indices = g_new (guint32, WORDS);

  find_classes (&scan);
  is_done = scan_regions (&scan, error);
  if (is_done)
    py_frames_of_threads (reader, scan.result->frames);
  sort (scan.result->shared);
  sort (scan.result->synchronized);
  sort (scan.result->coordinators);
  sort (scan.result->blocks);
  sort (scan.result->modules);
  sort (scan.result->frames);

  py_scan_filter_free (scan.filter);
  g_hash_table_unref (scan.types);
  g_free (scan.words);
  g_free (scan.indices);
  if (!is_done)
    g_clear_pointer (&scan.result, py_scan_free);
  return scan.result;
}

void
py_scan_free (PyScan *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->shared);
  g_array_unref (self->synchronized);
  g_array_unref (self->coordinators);
  g_array_unref (self->blocks);
  g_array_unref (self->modules);
  g_array_unref (self->frames);
  g_free (self);
}
