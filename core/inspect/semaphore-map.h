/* semaphore-map.h - the memory of another program's semaphore, mapped here to be written. */
#pragma once

#include "process-memory.h"
#include "semaphore-word.h"

/* Maps the semaphore that is at this offset of a file, and nothing else of it.
 *
 * Returns 0; -EINVAL no semaphore can be there; another -errno. To be unmapped by
 * semaphore_map_end(). */
int semaphore_map_begin (int fd, guint64 offset, struct semaphore_word **ret_word);
void semaphore_map_end (struct semaphore_word *word);
