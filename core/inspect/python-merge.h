/* python-merge.h - what several processes of a program have, put together: one entry for
 * each shared object, whichever of them have it. */
#pragma once

#include "python-entry.h"

/* What outlives a look: files and locks that are opened once. */
typedef struct python_cache PythonCache;

/* shm, proc: "/dev/shm", "/proc". */
PythonCache *python_cache_new (const char *shm, const char *proc);
void python_cache_free (PythonCache *self);

/* Makes the entries of the processes (the root first), by name, those without one last. Files
 * and locks that no process has any more are let go. One thread at a time.
 *
 * processes: of PyProcess *. cancelled: atomic, may be NULL. Returns an array of PythonEntry * that
 * the caller owns; NULL when it was given up. */
GPtrArray *python_merge (PythonCache *cache, const GPtrArray *processes, const gint *cancelled);

/* Looks at the locks so often that it is known which ones a dead process holds; takes some
 * milliseconds only when one is held by nobody. */
void python_cache_watch_locks (PythonCache *self, const gint *cancelled);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PythonCache, python_cache_free)
