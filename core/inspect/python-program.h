/* python-program.h - one Python program, with all its processes, as it is now and as it
 * changes.
 *
 * A thread looks again when there is a sign of change: a process came or ended, shared memory
 * was mapped or unmapped, multiprocessing's heap gave or took a block, an object is no longer
 * what it was. Nothing is stopped for it, and only processes with a sign are looked through.
 *
 * Counted references; any function from any thread.
 */
#pragma once

#include "python-entry.h"
#include "segment-info.h"

typedef struct python_program PythonProgram;
typedef struct python_snapshot PythonSnapshot;

/* What a look found. Immutable, counted. */
struct python_snapshot
{
  SegmentInfo *info;
  GPtrArray *entries;    /* of PythonEntry *, by name */
  GHashTable *by_id;     /* &entry->info->id -> PythonEntry, owned by entries */
  GPtrArray *reports;    /* of char *: a line for each process, what was found and how long each
                          * step took, or what could not be read and why */
  gboolean is_named;     /* names were looked for */
};

PythonSnapshot *python_snapshot_ref (PythonSnapshot *self);
void python_snapshot_unref (PythonSnapshot *self);

/* Looks at the program that the process belongs to, in this thread; names come later.
 * shm, proc: "/dev/shm", "/proc".
 *
 * Errors: NOT_FOUND no such process, or none that shares Python objects; PERMISSION. */
PythonProgram *python_program_new (const char *shm, const char *proc, pid_t pid, GError **error);
PythonProgram *python_program_ref (PythonProgram *self);
void python_program_unref (PythonProgram *self);

/* The newest snapshot, with a reference. */
PythonSnapshot *python_program_snapshot (PythonProgram *self);

/* Waits until names are known, timeout_us at most. */
void python_program_settle (PythonProgram *self, gint64 timeout_us);
/* Asks for a look at everything, sign or none. */
void python_program_look (PythonProgram *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PythonProgram, python_program_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PythonSnapshot, python_snapshot_unref)
