/* semaphore-word.h - glibc's semaphore on 64-bit machines, as it lies in shared memory.
 *
 * Everything that is given a semaphore in shared memory copes with its going away, and
 * with anything that may stand there.
 */
#pragma once

#include <glib.h>

/* What sem_init() and sem_open() leave, and sem_wait() and sem_post() change. The rest of
 * the 32 bytes of a sem_t is not used. */
struct semaphore_word
{
  guint64 data;  /* the value in the low 32 bits, how many wait in the high ones */
  guint32 scope; /* SEMAPHORE_SHARED: between processes */
  guint32 pad;   /* 0 */
};

#define SEMAPHORE_SHARED 0x80

/* Judges a copy. 0, or -EBADMSG that is no semaphore between processes: another libc's,
 * one of a 32-bit program, or none at all. */
int semaphore_word_parse (const struct semaphore_word *copy, guint *ret_value, guint *ret_waiters);

/* Its value and how many wait. 0, -EBADMSG, -EFAULT the memory is gone. */
int semaphore_word_look (const struct semaphore_word *shared, guint *ret_value, guint *ret_waiters);

/* Takes one off, as sem_trywait(), looking for spin_ns whether there is one.
 * 0, -ENODATA there is none, -EBADMSG, -EFAULT. */
int semaphore_word_take (struct semaphore_word *shared, guint64 spin_ns);

/* Adds one, and wakes somebody who waits, as sem_post().
 * 0, -EOVERFLOW it is as high as can be, -EBADMSG, -EFAULT. */
int semaphore_word_post (struct semaphore_word *shared);
