/* python-program.h - one Python program, with all its processes, as it is now and as it
 * changes.
 *
 * A thread looks again when there is a sign of change: a process came or ended, shared memory
 * was mapped or unmapped, multiprocessing's heap gave or took a block, an object is no longer
 * what it was. Nothing is stopped for it, and only processes with a sign are looked through.
 *
 * It goes on as long as one of its processes lives, under the id of its first one; a process
 * that has got the id of one that ended is never taken for it.
 *
 * Counted references; any function from any thread.
 */
#pragma once

#include "python-member.h"
#include "python-snapshot.h"

typedef struct python_program PythonProgram;

/* Looks at the program that the process belongs to, in this thread; names come later.
 * shm, proc: "/dev/shm", "/proc". looked: the process as it was looked through before, which is
 * taken over, and not done again unless there is a sign of change; NULL.
 *
 * Errors: NOT_FOUND no such process, or none that shares Python objects; PERMISSION. */
PythonProgram *python_program_new (const char *shm, const char *proc, pid_t pid,
                                   PythonMember *looked, GError **error);
PythonProgram *python_program_ref (PythonProgram *self);
void python_program_unref (PythonProgram *self);

/* The newest snapshot, with a reference. Once one has names, so have all that come after it. */
PythonSnapshot *python_program_snapshot (PythonProgram *self);

/* Waits until names are known, timeout_us at most. */
void python_program_settle (PythonProgram *self, gint64 timeout_us);
/* Asks for a look at everything, sign or none. */
void python_program_look (PythonProgram *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PythonProgram, python_program_unref)
