/* semaphore-ways.h - what is learnt on the way to one semaphore that holds for others too.
 *
 * A program has thousands of semaphores in a few processes: what names there are, and what a
 * process lets this user do, is asked once for all that are opened in one look. It tells where
 * to try, and nothing else: whatever is opened is compared with the inode that is wanted, and
 * whoever is stopped is asked again when it is.
 *
 * For one look, which comes after those semaphores were found: one whose name is given to it
 * later is not found by it.
 *
 * Thread safety: none; one thread at a time.
 */
#pragma once

#include "process-memory.h"

typedef struct semaphore_ways SemaphoreWays;

/* shm: "/dev/shm". Nothing is looked at yet. */
SemaphoreWays *semaphore_ways_new (const char *shm);
void semaphore_ways_free (SemaphoreWays *self);

/* Opens the file by a name in the shared memory directory that it still has. Not by the name
 * in the mappings: who created the semaphore mapped it by a name that glibc made up for the
 * moment.
 *
 * Returns a descriptor to write, which the caller closes, or -errno: -ENOENT it has none;
 * -EACCES it has, but this user may not. */
int semaphore_ways_open_name (SemaphoreWays *self, guint64 device, guint64 inode);

/* Opens, to be written, the wanted file by the mapping that the process has of it around the
 * address. Mostly it lies where it lay in the process that was looked through, as in its
 * children; only where it does not are the mappings of the process read, once.
 *
 * wanted: where it lay there. Returns a descriptor, which the caller closes, or -errno as
 * process_memory_open_region(); a process that has said -EPERM is not asked again. */
int semaphore_ways_open_mapping (SemaphoreWays *self, ProcessMemory *process, guint64 address,
                                 const MemoryRegion *wanted);

/* Why the process may not be stopped, as stop_refusal_sentence(); NULL: it may, it has
 * ended, or only a debugger that may go stands against it. Valid as long as self. */
const char *semaphore_ways_refusal (SemaphoreWays *self, ProcessMemory *process);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SemaphoreWays, semaphore_ways_free)
