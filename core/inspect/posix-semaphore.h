/* posix-semaphore.h - a POSIX semaphore of another program, used as a lock from outside.
 *
 * glibc's semaphore on 64-bit machines is a word: the value in the low 32 bits, how many
 * wait in the high ones, and behind it whether it is private. It is taken by
 * compare-and-swap of the value and given back by adding one and waking a waiter, as
 * sem_trywait() and sem_post() do it.
 *
 * A semaphore does not recover from a dead holder. Whoever holds one here: blocks signals
 * meanwhile, for one copy only.
 *
 * Thread safety: a PosixSemaphore may be used by any thread, one at a time holds it; to be
 * released by the thread that acquired it.
 */
#pragma once

#include "lock-info.h"
#include "process-memory.h"
#include "semaphore-ways.h"

typedef struct posix_semaphore PosixSemaphore;

/* A process that has the semaphore mapped, and where. */
struct posix_semaphore_user
{
  ProcessMemory *memory;
  guint64 address;
};

/* Opens it by the best way there is: by a name that its inode still has in the shared
 * memory directory, by map_files, by stopping its users while it is free. The users are all
 * processes known to have it; references are taken. There may be none, of a semaphore that is
 * only known by its file.
 *
 * ways: what is known of them already, and what others that are opened by it need not ask
 * again; needed no longer afterwards. region: of the first user, around its address.
 * Never NULL: the way may be NONE, and then the reason says why and what helps. */
PosixSemaphore *posix_semaphore_open (SemaphoreWays *ways, const MemoryRegion *region,
                                      const struct posix_semaphore_user *users, guint n_users);
PosixSemaphore *posix_semaphore_ref (PosixSemaphore *self);
void posix_semaphore_unref (PosixSemaphore *self);

enum lock_way posix_semaphore_way (PosixSemaphore *self);
/* A sentence when the way is NONE; else NULL. */
const char *posix_semaphore_reason (PosixSemaphore *self);
/* Why it said -EPERM, as a sentence; the caller frees it. That may have come since it was
 * opened: a debugger. */
char *posix_semaphore_refusal (PosixSemaphore *self);

/* Its value now, and how many wait, without taking it; readable in every way that lets
 * its users' memory be read. 0 or -errno. */
int posix_semaphore_look (PosixSemaphore *self, guint *ret_value, guint *ret_waiters);

/* Takes it, waiting timeout_ns at most, without enlisting as a waiter (whoever is killed
 * while enlisted is never struck off). By STOP: stops all users at a moment when the value
 * is positive, and lets them go on in posix_semaphore_release().
 *
 * cancelled: atomic; another thread sets it. May be NULL.
 * Returns 0, -ETIMEDOUT, -ECANCELED, -EPERM, -EFAULT the memory is gone, -EBADMSG that is
 * no semaphore. */
int posix_semaphore_acquire (PosixSemaphore *self, guint64 timeout_ns, const gint *cancelled);
void posix_semaphore_release (PosixSemaphore *self);

/* Changes it as a program would: sem_trywait() (-EAGAIN when it is zero), sem_timedwait()
 * (as posix_semaphore_acquire(), but for good: not to be released) and sem_post().
 * For Event, and to let go what a dead process holds. Not by STOP while it is held here:
 * -EBUSY. 0 or -errno. */
int posix_semaphore_try_wait (PosixSemaphore *self);
int posix_semaphore_wait (PosixSemaphore *self, guint64 timeout_ns, const gint *cancelled);
int posix_semaphore_post (PosixSemaphore *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosixSemaphore, posix_semaphore_unref)
