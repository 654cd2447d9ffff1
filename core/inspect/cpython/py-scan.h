/* py-scan.h - one pass over a process's private memory for what points into shared memory.
 *
 * Read in pieces of a few MB, each looked through while it is in the cache of the processor;
 * nothing of it is kept but the addresses that were found. Memory without content, and what
 * no Python object lies in (code, read-only data, stacks of threads are kept), is left out.
 */
#pragma once

#include "py-object.h"

typedef struct py_scan PyScan;

/* What was found: addresses of objects, sorted. Each was validated as an object of a type
 * once; who decodes it validates again. */
struct py_scan
{
  GArray *shared;       /* guint64: objects with a word at +16 that points into shared memory
                         * (instances of ctypes, ndarrays, SemLocks, mmaps, …) */
  GArray *synchronized; /* instances of classes derived from SynchronizedBase */
  GArray *coordinators; /* instances of multiprocessing's Lock, RLock, Semaphore, BoundedSemaphore,
                         * Condition, Event, Barrier, Queue, JoinableQueue, SimpleQueue (or derived) */
  GArray *blocks;       /* instances of multiprocessing.shared_memory's SharedMemory and
                         * ShareableList (or derived) */
  GArray *modules;      /* instances of module */
  GArray *frames;       /* up to 3.10: frame objects; later: interpreter frames of running threads
                         * and of suspended generators (addresses of _PyInterpreterFrame) */
  /* Types that the later versions make while the program runs (see py-runtime.h for the rest);
   * 0 when the process has none. */
  guint64 partial, deque, mmap;
  guint64 bytes;        /* looked through */
  guint64 bytes_unreadable;
};

/* cancelled: atomic, may be NULL. Errors: CANCELLED; PERMISSION; NOT_FOUND it has ended. */
PyScan *py_scan_run (const PyReader *reader, ProcessMemory *memory, const GPtrArray *regions,
                     const gint *cancelled, GError **error);
void py_scan_free (PyScan *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PyScan, py_scan_free)
