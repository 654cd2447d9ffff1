/* py-sync.h - multiprocessing's own objects: which lock guards which data, and what programs
 * coordinate with. */
#pragma once

#include "py-found.h"

/* Pairs: goes through scan->synchronized, finds for each its `_obj` among found (by address),
 * sets wrapper, lock_kind and lock. Several on one lock get equal device, inode and offset.
 *
 * What has no wrapper but views bytes of something that has (an ndarray over an Array) gets that
 * lock too. An ndarray that another one is a view of becomes a part. */
void py_sync_pair (const PyReader *reader, const PyScan *scan, const GPtrArray *regions,
                   GPtrArray *found);

/* Adds a PyFound for each of scan->coordinators but SimpleQueues, which have no state that could
 * be seen. Those that are in another (the Lock inside a Queue, the Condition inside an Event, the
 * lock of a Synchronized) are marked as parts, for py_sync_drop_nameless(). parts, by object:
 *   LOCK, SEMAPHORE: the semaphore. CONDITION: its lock, sleeping, woken, wait.
 *   EVENT: the flag, then the condition's four. BARRIER: the condition's four; its data is
 *   the two ints in shared memory. QUEUE: slots (its value is maxsize - size), then of a
 *   JoinableQueue unfinished; progress maximum is maxsize, which without a limit is
 *   G_MAXINT32 and has_progress_max FALSE.
 * lock: of a LOCK itself; of a CONDITION, EVENT and BARRIER that of the condition; of a QUEUE what
 * a reader holds while it waits for an item and takes it; of a SEMAPHORE none. */
void py_sync_find (const PyReader *reader, const PyScan *scan, const GPtrArray *regions,
                   GPtrArray *found);

/* Takes off the parts that have no name but by what they are parts of ("queue._rlock"). Such
 * names are taken off the others. found: with py_found_free() to free its elements. */
void py_sync_drop_nameless (GPtrArray *found);

/* The SemLock of a Lock, RLock, Semaphore or BoundedSemaphore; FALSE: it is none of these, or its
 * semaphore is not in shared memory. */
gboolean py_sync_read_semaphore (const PyReader *reader, const GPtrArray *regions, guint64 object,
                                 PySemaphore *ret_semaphore);

/* How often this process has taken the semaphore and not given it back, now: of a lock, more than
 * 0 says that it is the holder. Of a semaphore that one process gives and another takes it can be
 * below 0. FALSE: the SemLock is not there any more. */
gboolean py_semaphore_count (ProcessMemory *memory, const PySemaphore *semaphore,
                             gint32 *ret_count);
