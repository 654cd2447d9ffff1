/* semaphore-stop.h - a semaphore that cannot be mapped here, used while all that have it are
 * stopped.
 *
 * Whoever is stopped neither takes it nor gives it back: when its value is positive, nobody
 * is inside of what it guards until they go on, and it needs not be changed.
 *
 * Thread safety: none; one thread at a time.
 */
#pragma once

#include "posix-semaphore.h"

typedef struct semaphore_stop SemaphoreStop;

/* References of the memories are taken. What the users fork from now on is found by itself. */
SemaphoreStop *semaphore_stop_new (const MemoryRegion *region,
                                   const struct posix_semaphore_user *users, guint n_users);
void semaphore_stop_free (SemaphoreStop *self);

/* Stops all users at a moment when the value is positive; to be ended by
 * semaphore_stop_end().
 *
 * Returns 0; -ENODATA the value is 0 (nobody was stopped for that, when it could be seen
 * before); -EAGAIN try again; -EBUSY a debugger has one of them; -EPERM; -ESRCH all have
 * ended; -EFAULT none has it mapped; -EBADMSG that is no semaphore. */
int semaphore_stop_begin (SemaphoreStop *self);
void semaphore_stop_end (SemaphoreStop *self);

/* Adds `by`, -1 or 1, to the value. As they go on, those who wait look at it again.
 * As above; also -EOVERFLOW. */
int semaphore_stop_change (SemaphoreStop *self, int by);
