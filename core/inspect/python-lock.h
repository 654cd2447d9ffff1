/* python-lock.h - a lock of a Python program: a semaphore, and who says that he has it.
 *
 * Each process has a SemLock object of its own over the one semaphore. Its `count` is
 * above 0 while that process holds it, and tells the holder; a semaphore itself knows
 * nobody. So a holder that has died is seen by this only: the semaphore is taken, and of
 * all processes that have it, none says that he took it. Nobody is called dead while a Python
 * process has it that could not be asked.
 *
 * Counted references; any function from any thread.
 */
#pragma once

#include "posix-semaphore.h"

typedef struct python_lock PythonLock;

/* A process that has the lock. */
struct python_lock_user
{
  ProcessMemory *memory;
  guint64 handle;   /* address of the semaphore in it */
  guint64 object;   /* of its SemLock; 0: not known */
};

/* ways: as of posix_semaphore_open(). proc: "/proc". region: of the first user, around its
 * handle. References of the users' memories are taken; there may be none of a lock that is only
 * known by its file. before: the lock of the same semaphore from an earlier look, whose memory
 * of when it was seen held goes on; NULL. */
PythonLock *python_lock_new (SemaphoreWays *ways, const char *proc, const MemoryRegion *region,
                             const struct python_lock_user *users, guint n_users,
                             gboolean is_recursive, PythonLock *before);
PythonLock *python_lock_ref (PythonLock *self);
void python_lock_unref (PythonLock *self);

/* Whether these are its users. */
gboolean python_lock_has_users (PythonLock *self, const struct python_lock_user *users, guint n);

/* Names the semaphore among all. */
guint64 python_lock_id (PythonLock *self);
PosixSemaphore *python_lock_semaphore (PythonLock *self);

/* As attachment_describe_lock() and attachment_list_waiters(). 0 or -errno. */
int python_lock_describe (PythonLock *self, LockInfo *ret_info);
void python_lock_list_waiters (PythonLock *self, GArray *pids);

/* Writes the semaphore's value into a process's memory. Only while all that have it are
 * stopped. 0 or -errno. */
int python_lock_put (PythonLock *self, guint32 value);

/* As attachment_release_dead(). name: the entry's, for errors. */
gboolean python_lock_release_dead (PythonLock *self, const char *name, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PythonLock, python_lock_unref)
