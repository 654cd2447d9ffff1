/* futex.c - sleeping on a word in shared memory. */
#include "futex.h"

#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

int
futex_wait (guint32 *word, guint32 value, const struct timespec *timeout)
{
  return syscall (SYS_futex, word, FUTEX_WAIT, value, timeout, NULL, 0) == 0 ? 0 : -errno;
}

void
futex_wake (guint32 *word, int count)
{
  syscall (SYS_futex, word, FUTEX_WAKE, count, NULL, NULL, 0);
}
