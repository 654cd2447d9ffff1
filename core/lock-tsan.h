/* lock-tsan.h - telling ThreadSanitizer of a mutex that it cannot see being taken.
 *
 * It knows pthread_mutex_trylock and _unlock, but older releases not _clocklock:
 * then it takes locked accesses for a race. Its functions are there when the
 * program runs under it, however this library was built, and NULL else.
 */
#ifndef SHMLENS_CORE_LOCK_TSAN_H
#define SHMLENS_CORE_LOCK_TSAN_H

#include <stdbool.h>
#include <stddef.h>

extern void __tsan_mutex_pre_lock (void *mutex, unsigned flags) __attribute__ ((weak));
extern void __tsan_mutex_post_lock (void *mutex, unsigned flags, int recursion)
    __attribute__ ((weak));

/* From sanitizer/tsan_interface.h: write_reentrant and try_lock. */
#define LOCK_TSAN_KIND ((1u << 1) | (1u << 4))
#define LOCK_TSAN_FAILED (1u << 5)

static inline bool
lock_tsan_is_there (void)
{
  return __tsan_mutex_pre_lock != NULL;
}

/* Around taking the mutex. */
static inline void
lock_tsan_before (void *mutex)
{
  if (__tsan_mutex_pre_lock != NULL)
    __tsan_mutex_pre_lock (mutex, LOCK_TSAN_KIND);
}

static inline void
lock_tsan_after (void *mutex, bool is_taken)
{
  if (__tsan_mutex_post_lock != NULL)
    __tsan_mutex_post_lock (mutex, LOCK_TSAN_KIND | (is_taken ? 0 : LOCK_TSAN_FAILED), 0);
}

#endif
