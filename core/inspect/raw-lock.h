/* raw-lock.h - how the inspector takes a robust lock that lies in a segment.
 *
 * Programs take theirs through glibc, which follows and writes the list pointers
 * inside a mutex, and trust each other. The inspector trusts nobody: it puts its
 * thread id into the lock word itself, and for the kernel only notes the lock's
 * address as the one operation that the thread is in the middle of
 * (list_op_pending). No pointer is read from shared memory or written to it, a
 * corrupt segment can do no damage, and if the inspector is killed the next
 * worker is told EOWNERDEAD as of any other holder.
 *
 * Hence: a thread holds at most one lock in this way, and meanwhile takes and
 * releases no other robust lock (no shmlens_lock_acquire(), no robust pthread
 * mutex): that would wipe the note. It must not end while it holds the lock.
 */
#pragma once

#include <glib.h>

#include "format.h"

/* Takes the lock, waiting timeout_ns at most (G_MAXUINT64: as long as it takes).
 * A worker that takes it again and again is asked to let this thread in. While
 * waiting it looks around every 50 ms, so that whoever fails to wake it costs it
 * no more.
 *
 * shared: in a mapping that can be written. Thread ids in it must mean what they
 *   mean here (the segment's PID namespace is the caller's to compare).
 * recover: take over the lock of a dead holder. Else it is left as it is, so that
 *   the next worker is told.
 * cancelled: atomic; another thread sets it to make this one give up. May be NULL.
 *
 * Returns 0; 1 taken over from a dead holder; -ETIMEDOUT; -ECANCELED; -EOWNERDEAD
 * the holder is dead; -EBADMSG what lies there is no robust lock of ours, or it was
 * left unusable; -EDEADLK this thread holds one; -EFAULT the memory is gone;
 * -ENOTSUP this kernel keeps no robust locks. */
int raw_lock_acquire (struct format_lock *shared, guint64 timeout_ns, gboolean recover,
                      const gint *cancelled);

/* Whether this thread holds the lock by raw_lock_acquire(). */
gboolean raw_lock_is_held (const struct format_lock *shared);

/* Lets it go. Returns 0, or -EFAULT: the memory is gone, and the lock with it. To
 * be called before the memory is unmapped in any case: the kernel would survive
 * the address, but whatever lies there by then might hold this thread's id. */
int raw_lock_release (struct format_lock *shared);
