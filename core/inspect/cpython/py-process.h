/* py-process.h - all shared objects of one Python process, at the moment of one look. */
#pragma once

#include "py-found.h"

typedef struct py_process PyProcess;
typedef struct py_place PyPlace;

/* What a step took. */
struct py_step
{
  const char *name;   /* "mappings", "interpreter", "memory", "types", "locks", "names" */
  guint64 ns;
};

/* Where a process has an object: enough to tell whether it is still the one. */
struct py_place
{
  ProcessMemory *memory;
  guint64 object, type;
  guint64 data_slot, data;   /* data_slot 0: it keeps no address of its data */
};

struct py_process
{
  pid_t pid;
  ProcessMemory *memory;   /* NULL: found holds what is recorded of it */
  gboolean is_raw;         /* its memory may not be read: found holds its shared files as bytes */
  PyRuntime runtime;
  GPtrArray *regions;   /* of MemoryRegion * */
  PyScan *scan;
  GPtrArray *found;     /* of PyFound *, in the order of where they are */
  struct py_step steps[8];
  guint n_steps;
  gboolean heap_is_known;
  guint64 heap;         /* multiprocessing's own, in this process; 0: it has none */
};

/* Finds, types and pairs. cancelled: atomic, may be NULL; any step ends soon after it is set.
 * Errors: as py_runtime_find() and py_scan_run(). */
PyProcess *py_process_look (ProcessMemory *memory, const gint *cancelled, GError **error);
/* What is left of a process whose memory may not be read: the files that it shares, as bytes.
 * memory: of process_memory_open_files(). NULL: not even those can be told. */
PyProcess *py_process_look_at_files (ProcessMemory *memory);
/* The same process with nothing found in it, for py_process_heap_sign(). */
PyProcess *py_process_new_watch (PyProcess *of);
/* Names, which take longer; once. */
void py_process_name (PyProcess *self, const gint *cancelled);

/* A sign of new and freed objects that show in no mapping: how often multiprocessing's heap has
 * given and taken blocks; 0 when it cannot be told. */
guint64 py_process_heap_sign (PyProcess *self);

/* Whether the objects are still what they were found to be: header, type and address of the
 * data are read again, in one go. Sets ret_valid[i]; returns how many are. */
guint py_places_validate (const PyPlace *places, guint n, gboolean *ret_valid);

void py_process_free (PyProcess *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PyProcess, py_process_free)
