/* futex.h - sleeping on a word in memory that processes share, and waking who does. */
#pragma once

#include <glib.h>
#include <time.h>

/* Sleeps while the word is `value`, and no longer than timeout. 0 woken; or -errno: -EAGAIN it is
 * another, -ETIMEDOUT, -EINTR, -EFAULT the memory is gone. */
int futex_wait (guint32 *word, guint32 value, const struct timespec *timeout);

/* Wakes as many of those who sleep on the word. */
void futex_wake (guint32 *word, int count);
