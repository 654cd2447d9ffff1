/* lock.c - taking, releasing and describing the robust recursive lock. */
#include "lock.h"

#include <dlfcn.h>
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "attacher.h"
#include "error.h"
#include "lock-list.h"
#include "lock-tsan.h"
#include "segment.h"

#if !defined __GLIBC__ || !defined __LP64__
#error "the lock in a segment is glibc's 64-bit mutex (FORMAT_LOCK_ABI_GLIBC_64)"
#endif
_Static_assert (sizeof ((pthread_mutex_t *) 0)->__data <= sizeof (struct lock_words)
                && offsetof (pthread_mutex_t, __data.__lock) == offsetof (struct lock_words, word)
                && offsetof (pthread_mutex_t, __data.__count) == offsetof (struct lock_words, count)
                && offsetof (pthread_mutex_t, __data.__owner) == offsetof (struct lock_words, owner)
                && offsetof (pthread_mutex_t, __data.__kind) == offsetof (struct lock_words, kind),
                "glibc's mutex is laid out as struct lock_words says");

/* So long a thread that releases lets one in that asks; and when this one did not
 * come, for want of a processor perhaps, so long it does not try again. */
#define COURTESY_NS 1000000u
#define COURTESY_PAUSE_NS 4000000u
/* So often in a row a thread lets in one that does not come. */
#define COURTESIES_MAX 16u

#define NEVER UINT64_MAX

/* What a thread knows of itself: asking the kernel would cost ten locks. */
static _Thread_local struct
{
  uint32_t tid;  /* 0: not asked yet */
  uint32_t pid;
  struct robust_list_head *list;  /* or NULL, see lock_list_find() */
  uint32_t unanswered_plea;       /* whom this thread let in last without success, and how often */
  uint32_t courtesies;
  uint64_t next_courtesy_ns;
} self __attribute__ ((tls_model ("initial-exec")));

/* The kernel's own function where it can be had: glibc's way to it takes half as
 * long again. */
static int (*read_clock) (clockid_t clock, struct timespec *ret_now) = clock_gettime;

static void
forget_parent (void)
{
  self.tid = 0;
  self.list = NULL;
}

static void
start_once (void)
{
  void *kernel = dlopen ("linux-vdso.so.1", RTLD_NOW | RTLD_NOLOAD);
  void *function = kernel == NULL ? NULL : dlsym (kernel, "__vdso_clock_gettime");

  if (function == NULL && kernel != NULL)
    function = dlsym (kernel, "__kernel_clock_gettime");
  if (function != NULL)
    memcpy (&read_clock, &function, sizeof read_clock);
  pthread_atfork (NULL, NULL, forget_parent);
}

/* At a thread's first use of a lock, and the first one in a child of fork. */
static __attribute__ ((noinline, cold)) void
learn_self (void)
{
  static pthread_once_t once = PTHREAD_ONCE_INIT;

  pthread_once (&once, start_once);
  self.pid = (uint32_t) getpid ();
  self.list = lock_list_find ();
  self.tid = (uint32_t) syscall (SYS_gettid);
  attacher_after_fork ();
}

static uint32_t
own_tid (void)
{
  if (__builtin_expect (self.tid == 0, 0))
    learn_self ();
  return self.tid;
}

static inline pthread_mutex_t *
mutex_of (const struct shmlens_lock *lock)
{
  return (pthread_mutex_t *) lock->shared->mutex;
}

static inline struct lock_words *
words_of (const struct format_lock *shared)
{
  return (struct lock_words *) shared->mutex;
}

static inline bool
is_held_by (const struct lock_words *words, uint32_t tid)
{
  return (__atomic_load_n (&words->word, __ATOMIC_RELAXED) & LOCK_THREAD_MASK) == tid;
}

static uint64_t
now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (uint64_t) now.tv_sec * 1000000000u + (uint64_t) now.tv_nsec;
}


/* Every failure of this file ends here: which lock, why, what to do. */
static int
fail (const struct shmlens_lock *lock, int code)
{
  char name[SHMLENS_SEGMENT_NAME_MAX + 48];
  const struct lock_words *words;

  if (lock == NULL)
    return error_set (EINVAL, "lock: there is none (NULL); the entry was made without a lock, or "
                              "has one that only its program can take");
  if (lock->slot == FORMAT_NO_SLOT)
    snprintf (name, sizeof name, "directory lock of \"%s\"", lock->segment->name);
  else
    snprintf (name, sizeof name, "lock %u of \"%s\"", lock->slot, lock->segment->name);

  words = words_of (lock->shared);
  switch (code)
    {
    case EROFS:
      return error_set (code, "%s: the segment is attached read-only; attach it read-write", name);
    case EXDEV:
      return error_set (code, "%s: this process is in another PID namespace than the segment's "
                              "maker; start both in the same one", name);
    case EPERM:
      return error_set (code, "%s: this thread does not hold it; release it as often as it was "
                              "taken, in the thread that took it", name);
    case EBUSY:
    case ETIMEDOUT:
      return error_set (code, "%s: thread %u of process %u holds it%s; try again", name,
                        __atomic_load_n (&words->word, __ATOMIC_RELAXED) & LOCK_THREAD_MASK,
                        __atomic_load_n (&lock->shared->holder_pid, __ATOMIC_RELAXED),
                        code == EBUSY ? "" : " and did not let go in time");
    case EAGAIN:
      return error_set (code, "%s: this thread holds it too often; release it", name);
    case ENOTRECOVERABLE:
      return error_set (code, "%s: a program that is not shmlens left it unusable for good; make "
                              "the segment anew", name);
    default:
      return error_set (code, "%s: %s; what lies there is no lock of ours", name, strerror (code));
    }
}

static inline bool
is_usable (const struct shmlens_lock *lock)
{
  return __builtin_expect (lock != NULL && lock->writable && lock->same_namespace, 1);
}

static int
refuse (const struct shmlens_lock *lock)
{
  return fail (lock, lock == NULL ? EINVAL : !lock->writable ? EROFS : EXDEV);
}


/* A waiter's plea, and how it is heard. */

void
lock_plead (struct format_lock *shared, uint32_t tid)
{
  uint32_t nobody = 0;

  __atomic_compare_exchange_n (&shared->plea, &nobody, tid, false, __ATOMIC_RELAXED,
                               __ATOMIC_RELAXED);
}

void
lock_withdraw_plea (struct format_lock *shared, uint32_t tid)
{
  if (__atomic_compare_exchange_n (&shared->plea, &tid, 0, false, __ATOMIC_RELAXED,
                                   __ATOMIC_RELAXED))
    syscall (SYS_futex, &shared->plea, FUTEX_WAKE, INT32_MAX, NULL, NULL, 0);
}

static bool
is_gone (uint32_t tid)
{
  return tid > LOCK_THREAD_MASK || (kill ((pid_t) tid, 0) < 0 && errno == ESRCH);
}

/* Called when the lock was just released: gives one that asks the time to take
 * it. One that died asking would slow everybody for ever, so that its plea is
 * struck out; and after a while also that of one which only does not come. (It
 * soon asks again.) */
static void
hear_plea (struct format_lock *shared)
{
  const struct timespec courtesy = { .tv_nsec = COURTESY_NS };
  uint32_t plea = __atomic_load_n (&shared->plea, __ATOMIC_RELAXED);

  if (plea == 0 || plea == own_tid ())
    return;
  if (plea != self.unanswered_plea)
    self.courtesies = 0;
  else if (self.courtesies > 0 && now_ns () < self.next_courtesy_ns)
    return;
  self.unanswered_plea = plea;
  if (syscall (SYS_futex, &shared->plea, FUTEX_WAIT, plea, &courtesy, NULL, 0) == 0
      || errno != ETIMEDOUT)
    self.courtesies = 0;
  else if (++self.courtesies == COURTESIES_MAX || is_gone (plea))
    {
      __atomic_compare_exchange_n (&shared->plea, &plea, 0, false, __ATOMIC_RELAXED,
                                   __ATOMIC_RELAXED);
      self.courtesies = 0;
    }
  else
    self.next_courtesy_ns = now_ns () + COURTESY_PAUSE_NS;
}


static int
lock_until (pthread_mutex_t *mutex, uint64_t deadline)
{
  const struct timespec when = {
    .tv_sec = (time_t) (deadline / 1000000000u),
    .tv_nsec = (long) (deadline % 1000000000u),
  };
  int result;

  lock_tsan_before (mutex);
  result = pthread_mutex_clocklock (mutex, CLOCK_MONOTONIC, &when);
  lock_tsan_after (mutex, result == 0 || result == EOWNERDEAD);
  return result;
}

/* Waits until the deadline, or NEVER. What pthread_mutex_lock would give, or
 * ETIMEDOUT. */
static int
wait_until (struct shmlens_lock *lock, uint64_t deadline)
{
  uint64_t until = now_ns () + LOCK_PATIENCE_NS;
  bool pleaded = false;
  int result;

  for (;;)
    {
      result = lock_until (mutex_of (lock), until < deadline ? until : deadline);
      if (result != ETIMEDOUT || until >= deadline)
        break;
      lock_plead (lock->shared, self.tid);
      pleaded = true;
      until = now_ns () + LOCK_SLICE_NS;
    }
  if (pleaded)
    lock_withdraw_plea (lock->shared, self.tid);
  return result;
}


/* Notes who has the lock, for those who look at it from outside. */
static inline void
note_holder (struct format_lock *shared)
{
  struct timespec now;

  read_clock (CLOCK_MONOTONIC_COARSE, &now);
  __atomic_store_n (&shared->holder_pid, self.pid, __ATOMIC_RELAXED);
  __atomic_store_n (&shared->since_ms, lock_milliseconds (&now), __ATOMIC_RELAXED);
  __atomic_store_n (&shared->sequence, shared->sequence | 1u, __ATOMIC_RELEASE);
  /* Whoever sees a change that the holder now makes sees the odd number too. */
  __atomic_thread_fence (__ATOMIC_RELEASE);
}

static inline void
note_release (struct format_lock *shared)
{
  __atomic_store_n (&shared->sequence, shared->sequence + 1, __ATOMIC_RELEASE);
}

static int
recover (struct shmlens_lock *lock)
{
  note_holder (lock->shared);
  __atomic_fetch_add (&lock->shared->recoveries, 1, __ATOMIC_RELAXED);
  pthread_mutex_consistent (mutex_of (lock));
  return 1;
}

/* Takes the lock as it is nearly always taken: by a thread that is known, with
 * nobody else inside. */
static inline bool
take_free (struct shmlens_lock *lock)
{
  if (!is_usable (lock) || __builtin_expect (self.list == NULL, 0)
      || __builtin_expect (!lock_list_take (self.list, words_of (lock->shared), self.tid), 0))
    return false;
  note_holder (lock->shared);
  return true;
}

/* All else. timeout_ns: 0 does not wait, NEVER for as long as it takes. */
static __attribute__ ((noinline, cold)) int
acquire_otherwise (struct shmlens_lock *lock, uint64_t timeout_ns)
{
  uint64_t deadline;
  int result;

  if (!is_usable (lock))
    return refuse (lock);
  own_tid ();
  /* glibc's own trylock says so too, but keeps the lock (seen with 2.36). */
  if (__atomic_load_n (&words_of (lock->shared)->owner, __ATOMIC_RELAXED) == LOCK_NOT_RECOVERABLE)
    {
      if (self.list != NULL)
        self.list->list_op_pending = NULL;
      return fail (lock, ENOTRECOVERABLE);
    }
  result = pthread_mutex_trylock (mutex_of (lock));
  if (result == EBUSY && timeout_ns > 0)
    {
      if (__builtin_add_overflow (now_ns (), timeout_ns, &deadline))
        deadline = NEVER;
      result = wait_until (lock, deadline);
    }
  if (result == EOWNERDEAD)
    return recover (lock);
  if (result != 0)
    return fail (lock, result);
  if (words_of (lock->shared)->count == 1)
    note_holder (lock->shared);
  return 0;
}

int
shmlens_lock_acquire (struct shmlens_lock *lock)
{
  return take_free (lock) ? 0 : acquire_otherwise (lock, NEVER);
}

int
shmlens_lock_try_acquire (struct shmlens_lock *lock)
{
  return take_free (lock) ? 0 : acquire_otherwise (lock, 0);
}

int
shmlens_lock_acquire_timed (struct shmlens_lock *lock, uint64_t timeout_ns)
{
  return take_free (lock) ? 0 : acquire_otherwise (lock, timeout_ns > 0 ? timeout_ns : 1);
}

/* Releases a lock that is held more than once, or not at all, or whose list is
 * left to glibc. */
static __attribute__ ((noinline, cold)) int
release_otherwise (struct shmlens_lock *lock)
{
  struct format_lock *shared;
  bool is_outermost;

  if (!is_usable (lock))
    return refuse (lock);
  shared = lock->shared;
  if (!is_held_by (words_of (shared), own_tid ()))
    return fail (lock, EPERM);
  is_outermost = words_of (shared)->count == 1;
  if (is_outermost)
    note_release (shared);
  pthread_mutex_unlock (mutex_of (lock));
  if (is_outermost)
    hear_plea (shared);
  return 0;
}

static __attribute__ ((noinline, cold)) int
wake_and_hear (struct format_lock *shared, bool is_awaited)
{
  if (is_awaited)
    lock_list_wake (self.list, words_of (shared));
  hear_plea (shared);
  return 0;
}

int
shmlens_lock_release (struct shmlens_lock *lock)
{
  struct format_lock *shared;
  struct lock_words *words;
  bool is_awaited;

  if (__builtin_expect (!is_usable (lock) || self.list == NULL, 0))
    return release_otherwise (lock);
  shared = lock->shared;
  words = words_of (shared);
  if (__builtin_expect (!lock_list_is_last (self.list, words), 0))
    return release_otherwise (lock);
  note_release (shared);
  is_awaited = lock_list_release (self.list, words);
  if (__builtin_expect (is_awaited || __atomic_load_n (&shared->plea, __ATOMIC_RELAXED) != 0, 0))
    return wake_and_hear (shared, is_awaited);
  return 0;
}

bool
shmlens_lock_is_mine (const struct shmlens_lock *lock)
{
  return lock != NULL && lock->same_namespace && is_held_by (words_of (lock->shared), own_tid ());
}

void
lock_initialise (struct format_lock *shared)
{
  pthread_mutexattr_t attr;
  pthread_mutex_t mutex;

  pthread_mutexattr_init (&attr);
  pthread_mutexattr_settype (&attr, PTHREAD_MUTEX_RECURSIVE);
  pthread_mutexattr_setpshared (&attr, PTHREAD_PROCESS_SHARED);
  pthread_mutexattr_setrobust (&attr, PTHREAD_MUTEX_ROBUST);
  memset (&mutex, 0, sizeof mutex);
  pthread_mutex_init (&mutex, &attr);
  pthread_mutexattr_destroy (&attr);
  /* Not in place: on some machines pthread_mutex_t is longer than what is used of it. */
  memcpy (shared->mutex, &mutex, sizeof shared->mutex);
}
