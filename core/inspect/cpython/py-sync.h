/* py-sync.h - multiprocessing's own objects: which lock guards which data, and what programs
 * coordinate with. */
#pragma once

#include "py-found.h"

/* Pairs: goes through scan->synchronized, finds for each its `_obj` among found (by address),
 * sets wrapper, lock_kind and lock. Several on one lock get equal device, inode and offset. */
void py_sync_pair (const PyReader *reader, const PyScan *scan, const GPtrArray *regions,
                   GPtrArray *found);

/* Adds a PyFound for each of scan->coordinators that is not a part of another (the Lock inside
 * a Queue, the Condition inside an Event, the lock of a Synchronized are not listed, unless
 * they have names of their own: those are added with names to be looked for, and taken off by
 * py_sync_drop_nameless() after naming). parts, by object:
 *   LOCK, SEMAPHORE: the semaphore. CONDITION: its lock, sleeping, woken, wait.
 *   EVENT: the flag, then the condition's four. BARRIER: the condition's four; its data is
 *   the two ints in shared memory. QUEUE: slots (its value is maxsize - size), then of a
 *   JoinableQueue unfinished; progress maximum is maxsize. */
void py_sync_find (const PyReader *reader, const PyScan *scan, const GPtrArray *regions,
                   GPtrArray *found);
void py_sync_drop_nameless (GPtrArray *found);
