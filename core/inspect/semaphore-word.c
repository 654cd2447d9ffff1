/* semaphore-word.c - glibc's semaphore on 64-bit machines. */
#include "semaphore-word.h"

#include <errno.h>
#include <limits.h>
#include <time.h>

#include "futex.h"
#include "memory.h"

G_STATIC_ASSERT (sizeof (struct semaphore_word) == 16);

/* So many looks between two at the clock. */
#define LOOKS 32

struct request
{
  struct semaphore_word *shared;
  struct semaphore_word copy;
  guint64 spin_ns;
  int result;
};

static guint64
now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (guint64) now.tv_sec * 1000000000u + (guint64) now.tv_nsec;
}

static void
relax (void)
{
#if defined __x86_64__ || defined __i386__
  __builtin_ia32_pause ();
#endif
}

int
semaphore_word_parse (const struct semaphore_word *copy, guint *ret_value, guint *ret_waiters)
{
  guint32 value = (guint32) copy->data;

  if (copy->scope != SEMAPHORE_SHARED || copy->pad != 0 || value > INT_MAX)
    return -EBADMSG;
  *ret_value = value;
  *ret_waiters = (guint) (copy->data >> 32);
  return 0;
}

/* Copies it, and judges the copy. */
static int
load (struct request *request, guint *ret_value, guint *ret_waiters)
{
  request->copy.data = __atomic_load_n (&request->shared->data, __ATOMIC_ACQUIRE);
  request->copy.scope = __atomic_load_n (&request->shared->scope, __ATOMIC_RELAXED);
  request->copy.pad = __atomic_load_n (&request->shared->pad, __ATOMIC_RELAXED);
  return semaphore_word_parse (&request->copy, ret_value, ret_waiters);
}

static void
guarded_load (void *data)
{
  struct request *request = data;
  guint value, waiters;

  request->result = load (request, &value, &waiters);
}

static void
guarded_take (void *data)
{
  struct request *request = data;
  guint64 end = request->spin_ns == 0 ? 0 : now_ns () + request->spin_ns;

  do
    for (guint i = 0; i < LOOKS; i++)
      {
        guint value, waiters;

        request->result = load (request, &value, &waiters);
        if (request->result < 0)
          return;
        if (value > 0
            && __atomic_compare_exchange_n (&request->shared->data, &request->copy.data,
                                            request->copy.data - 1, FALSE, __ATOMIC_ACQUIRE,
                                            __ATOMIC_RELAXED))
          return;
        if (value == 0 && end == 0)
          break;
        relax ();
      }
  while (end != 0 && now_ns () < end);
  request->result = -ENODATA;
}

static void
guarded_post (void *data)
{
  struct request *request = data;
  guint32 *word = (guint32 *) &request->shared->data;
  guint value, waiters;

  request->result = load (request, &value, &waiters);
  if (request->result == 0 && value == INT_MAX)
    request->result = -EOVERFLOW;
  if (request->result < 0)
    return;
  if (__atomic_fetch_add (&request->shared->data, 1, __ATOMIC_RELEASE) >> 32 != 0)
    futex_wake (word + (G_BYTE_ORDER == G_BIG_ENDIAN), 1);
}

static int
run (struct request *request, void (*work) (void *data))
{
  int result = memory_guarded (request->shared, sizeof *request->shared, work, request);

  return result < 0 ? result : request->result;
}

int
semaphore_word_look (const struct semaphore_word *shared, guint *ret_value, guint *ret_waiters)
{
  /* Only loaded. */
  struct request request = { .shared = (struct semaphore_word *) shared };
  int result = run (&request, guarded_load);

  return result < 0 ? result : semaphore_word_parse (&request.copy, ret_value, ret_waiters);
}

int
semaphore_word_take (struct semaphore_word *shared, guint64 spin_ns)
{
  struct request request = { .shared = shared, .spin_ns = spin_ns };

  return run (&request, guarded_take);
}

int
semaphore_word_post (struct semaphore_word *shared)
{
  struct request request = { .shared = shared };

  return run (&request, guarded_post);
}
