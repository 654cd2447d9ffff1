/* semaphore-map.h - the memory of another program's semaphore, mapped here to be written. */
#pragma once

#include "process-memory.h"
#include "semaphore-word.h"

/* Looks for a name in the shared memory directory that the inode of the region still has.
 * Not by the name in the mappings: who created the semaphore mapped it by a name that glibc
 * made up for the moment.
 *
 * Returns a descriptor to write, which the caller closes, or -errno: -ENOENT it has none;
 * -EACCES it has, but this user may not. */
int semaphore_map_open_name (const char *shm, guint64 device, guint64 inode);

/* Maps the semaphore that is at this offset of a file, and nothing else of it.
 *
 * Returns 0; -EINVAL no semaphore can be there; another -errno. To be unmapped by
 * semaphore_map_end(). */
int semaphore_map_begin (int fd, guint64 offset, struct semaphore_word **ret_word);
void semaphore_map_end (struct semaphore_word *word);
