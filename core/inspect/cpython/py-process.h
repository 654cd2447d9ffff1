/* py-process.h - all shared objects of one Python process, at the moment of one look. */
#pragma once

#include "py-found.h"

typedef struct py_process PyProcess;

/* What a step took. */
struct py_step
{
  const char *name;   /* "mappings", "interpreter", "memory", "types", "locks", "names" */
  guint64 ns;
};

struct py_process
{
  ProcessMemory *memory;
  PyRuntime runtime;
  GPtrArray *regions;   /* of MemoryRegion * */
  PyScan *scan;
  GPtrArray *found;     /* of PyFound *, in the order of where they are */
  struct py_step steps[8];
  guint n_steps;
};

/* Finds, types and pairs. Errors: as py_runtime_find() and py_scan_run(). */
PyProcess *py_process_look (ProcessMemory *memory, const gint *cancelled, GError **error);
/* Names, which take longer; once. */
void py_process_name (PyProcess *self, const gint *cancelled);
/* Whether an object is still what it was found to be: its header, type and data are read
 * again. */
gboolean py_process_is_valid (ProcessMemory *memory, const PyFound *found);
void py_process_free (PyProcess *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PyProcess, py_process_free)
