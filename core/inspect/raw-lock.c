/* raw-lock.c - taking a robust lock by compare-and-swap of the thread's id. */
#include "raw-lock.h"

#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "futex.h"
#include "lock.h"
#include "memory.h"

/* A lock that keeps changing hands before this thread gets it, so often without a
 * pause, is left alone for a moment: only a hostile one does. */
#define TURNS_MAX 64
#define PAUSE_US 1000

/* The one lock that this thread holds so. */
static _Thread_local struct
{
  struct format_lock *shared;    /* NULL: none */
  struct robust_list_head *list; /* glibc's, of this thread */
} held;

struct request
{
  struct format_lock *shared;
  struct lock_words *words;
  const gint *cancelled;
  guint64 begin_ns;
  guint64 timeout_ns;
  uint32_t tid;
  gboolean recover;
  gboolean has_slept;
  int result;
};

static guint64
now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (guint64) now.tv_sec * 1000000000u + (guint64) now.tv_nsec;
}

/* The thread may be killed at any instruction, and the kernel then goes by what it
 * stored so far; the compiler shall keep to the order. */
static void
step (void)
{
  __atomic_signal_fence (__ATOMIC_SEQ_CST);
}

static uint32_t
load (const uint32_t *word)
{
  return __atomic_load_n (word, __ATOMIC_RELAXED);
}

static void
store (uint32_t *word, uint32_t value)
{
  __atomic_store_n (word, value, __ATOMIC_RELAXED);
}

static gboolean
exchange (uint32_t *word, uint32_t from, uint32_t to)
{
  return __atomic_compare_exchange_n (word, &from, to, FALSE, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

static struct robust_list_head *
find_list (void)
{
  struct robust_list_head *list;
  size_t size;

  if (syscall (SYS_get_robust_list, 0, &list, &size) != 0 || list == NULL || size != sizeof *list
      || list->futex_offset
           != (long) offsetof (struct lock_words, word) - (long) offsetof (struct lock_words, next))
    return NULL;
  return list;
}

/* Why to wait no longer, or 0. */
static int
look_around (const struct request *request, guint64 waited)
{
  if (waited >= request->timeout_ns)
    return -ETIMEDOUT;
  if (request->cancelled != NULL && g_atomic_int_get (request->cancelled))
    return -ECANCELED;
  return 0;
}

/* Sleeps until the holder lets go, as glibc does: with the bit set that makes it
 * wake somebody. 0, or why to wait no longer. */
static int
await (struct request *request, uint32_t word)
{
  guint64 waited = now_ns () - request->begin_ns;
  guint64 slice = waited < LOCK_PATIENCE_NS ? LOCK_PATIENCE_NS - waited : LOCK_SLICE_NS;
  struct timespec timeout = { 0 };
  int result = look_around (request, waited);

  if (result < 0)
    return result;
  if (waited >= LOCK_PATIENCE_NS)
    lock_plead (request->shared, request->tid);
  if (!(word & LOCK_WAITERS) && !exchange (&request->words->word, word, word | LOCK_WAITERS))
    return 0;
  timeout.tv_nsec = (long) MIN (slice, request->timeout_ns - waited);
  request->has_slept = TRUE;
  return futex_wait (&request->words->word, word | LOCK_WAITERS, &timeout) == -EFAULT ? -EFAULT : 0;
}

/* Puts the thread's id into the word. 0, 1 in place of a dead one, or why not. */
static int
take (struct request *request)
{
  for (guint turn = 1;; turn++)
    {
      uint32_t word = load (&request->words->word);
      /* Once this thread slept, others may sleep behind it who count on being woken
       * by whoever has the lock. */
      uint32_t waiters = request->has_slept ? LOCK_WAITERS : word & LOCK_WAITERS;
      int result = 0;

      if (word & LOCK_OWNER_DIED)
        {
          if (!request->recover)
            return -EOWNERDEAD;
          if (exchange (&request->words->word, word, request->tid | waiters))
            return 1;
        }
      else if ((word & LOCK_THREAD_MASK) == 0)
        {
          if (exchange (&request->words->word, word, request->tid | waiters))
            return 0;
        }
      else if ((result = await (request, word)) < 0)
        return result;

      if (turn % TURNS_MAX == 0)
        {
          g_usleep (PAUSE_US);
          if ((result = look_around (request, now_ns () - request->begin_ns)) < 0)
            return result;
        }
    }
}

/* What glibc would write, without its list, and what shmlens writes beside it. */
static void
note_holder (struct request *request, gboolean is_recovery)
{
  struct format_lock *shared = request->shared;

  store (&request->words->count, 1);
  store (&request->words->owner, request->tid);
  store (&request->words->users, 1);
  store (&shared->holder_pid, (uint32_t) getpid ());
  store (&shared->since_ms, lock_now_ms ());
  if (is_recovery)
    store (&shared->recoveries, load (&shared->recoveries) + 1);
  store (&shared->sequence, load (&shared->sequence) | 1u);
  /* Whoever sees a change that is now made sees the odd number too. */
  __atomic_thread_fence (__ATOMIC_RELEASE);
}

static void
acquire (void *data)
{
  struct request *request = data;
  int result;

  if (load (&request->words->kind) != LOCK_KIND)
    {
      request->result = -EBADMSG;
      return;
    }
  /* From here on, also while it sleeps: a waiter that is killed when it was just
   * woken is one that must wake the next. */
  held.list->list_op_pending = (struct robust_list *) &request->words->next;
  step ();
  result = take (request);
  if (result >= 0 && load (&request->words->owner) == LOCK_NOT_RECOVERABLE)
    {
      __atomic_store_n (&request->words->word, 0, __ATOMIC_RELEASE);
      futex_wake (&request->words->word, INT_MAX);
      result = -EBADMSG;
    }
  else if (result >= 0)
    note_holder (request, result == 1);
  else if (request->has_slept)
    futex_wake (&request->words->word, 1); /* it may have been woken in another's stead */
  if (request->has_slept)
    lock_withdraw_plea (request->shared, request->tid);
  step ();
  if (result < 0)
    held.list->list_op_pending = NULL;
  request->result = result;
}

/* Lets the lock go if it is this thread's: not if somebody overwrote the word. */
static void
release (void *data)
{
  struct format_lock *shared = data;
  struct lock_words *words = (struct lock_words *) shared->mutex;
  const uint32_t tid = (uint32_t) syscall (SYS_gettid);
  uint32_t word = load (&words->word);

  if ((word & LOCK_THREAD_MASK) != tid)
    return;
  __atomic_store_n (&shared->sequence, (load (&shared->sequence) + 1) & ~1u, __ATOMIC_RELEASE);
  store (&words->count, 0);
  store (&words->owner, 0);
  store (&words->users, 0);
  step ();
  while ((word & LOCK_THREAD_MASK) == tid)
    if (__atomic_compare_exchange_n (&words->word, &word, 0, FALSE, __ATOMIC_RELEASE,
                                     __ATOMIC_RELAXED))
      {
        if (word & LOCK_WAITERS)
          futex_wake (&words->word, 1);
        return;
      }
}

int
raw_lock_acquire (struct format_lock *shared, guint64 timeout_ns, gboolean recover,
                  const gint *cancelled)
{
  struct request request = {
    .shared = shared,
    .words = (struct lock_words *) shared->mutex,
    .cancelled = cancelled,
    .begin_ns = now_ns (),
    .timeout_ns = timeout_ns,
    .tid = (uint32_t) syscall (SYS_gettid),
    .recover = recover,
  };

  if (held.shared != NULL)
    return -EDEADLK;
  held.list = find_list ();
  if (held.list == NULL)
    return -ENOTSUP;
  if (memory_guarded (shared, sizeof *shared, acquire, &request) < 0)
    {
      /* Its two lines can lie in two pages, of which one is still there. */
      memory_guarded (shared, sizeof *shared, release, shared);
      request.result = -EFAULT;
      step ();
      held.list->list_op_pending = NULL;
    }
  if (request.result >= 0)
    held.shared = shared;
  return request.result;
}

gboolean
raw_lock_is_held (const struct format_lock *shared)
{
  return shared != NULL && held.shared == shared;
}

int
raw_lock_release (struct format_lock *shared)
{
  int result;

  g_assert (raw_lock_is_held (shared));
  result = memory_guarded (shared, sizeof *shared, release, shared);
  step ();
  held.list->list_op_pending = NULL;
  held.shared = NULL;
  return result;
}
