/* memory.c - memory that may vanish while one looks at it. */
#include "memory.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>

struct guard
{
  sigjmp_buf environment;
  guintptr start, end;
  struct guard *outer;
};

/* The innermost guard of this thread. Read by the signal handler: of the storage
 * model that needs no allocation at the first touch. */
static _Thread_local struct guard *volatile innermost
  __attribute__ ((tls_model ("initial-exec")));

static const int signals[] = { SIGBUS, SIGSEGV };
static struct sigaction previous[G_N_ELEMENTS (signals)];

static void
pass_on (int number, siginfo_t *info, void *context)
{
  const struct sigaction *before = &previous[number == SIGBUS ? 0 : 1];

  if (before->sa_flags & SA_SIGINFO)
    before->sa_sigaction (number, info, context);
  else if (before->sa_handler != SIG_DFL && before->sa_handler != SIG_IGN)
    before->sa_handler (number);
  else
    {
      signal (number, SIG_DFL);
      /* A fault comes again when this returns; a signal that was sent does not. */
      if (info->si_code <= 0)
        raise (number);
    }
}

static void
on_fault (int number, siginfo_t *info, void *context)
{
  struct guard *guard = innermost;
  guintptr address = (guintptr) info->si_addr;

  /* Only faults carry an address: a signal that was sent has its sender there. */
  while (guard != NULL && !(info->si_code > 0 && address >= guard->start && address < guard->end))
    guard = guard->outer;
  if (guard != NULL)
    siglongjmp (guard->environment, number);
  pass_on (number, info, context);
}

void
memory_install (void)
{
  struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK };

  sigemptyset (&action.sa_mask);
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    {
      struct sigaction before;

      sigaction (signals[i], NULL, &before);
      if ((before.sa_flags & SA_SIGINFO) && before.sa_sigaction == on_fault)
        continue;
      /* Noted before ours can be called. */
      previous[i] = before;
      sigaction (signals[i], &action, NULL);
    }
}

/* The kernel blocked the signal for the handler that was left by a jump. */
static void
unblock (int number)
{
  sigset_t set;

  sigemptyset (&set);
  sigaddset (&set, number);
  pthread_sigmask (SIG_UNBLOCK, &set, NULL);
}

int
memory_guarded (const void *start, gsize length, void (*work) (void *data), void *data)
{
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  struct guard guard = {
    .start = (guintptr) start,
    .end = (guintptr) start + length,
    .outer = innermost,
  };
  int number;

  pthread_once (&once, memory_install);
  /* The signal mask is not saved: that would be a system call for each copy. */
  number = sigsetjmp (guard.environment, 0);
  if (number == 0)
    {
      innermost = &guard;
      work (data);
      innermost = guard.outer;
      return 0;
    }
  innermost = guard.outer;
  unblock (number);
  return -EFAULT;
}

struct copy
{
  void *to;
  const void *from;
  gsize length;
  gsize unit;
};

static void
do_copy (void *data)
{
  struct copy *copy = data;

  memcpy (copy->to, copy->from, copy->length);
}

int
memory_copy (void *to, const void *from, gsize length)
{
  struct copy copy = { to, from, length, 1 };

  return memory_guarded (from, length, do_copy, &copy);
}

static void
do_load (void *data)
{
  struct copy *copy = data;

  switch (copy->length)
    {
    case 1:
      *(guint8 *) copy->to = __atomic_load_n ((const guint8 *) copy->from, __ATOMIC_ACQUIRE);
      break;
    case 2:
      *(guint16 *) copy->to = __atomic_load_n ((const guint16 *) copy->from, __ATOMIC_ACQUIRE);
      break;
    case 4:
      *(guint32 *) copy->to = __atomic_load_n ((const guint32 *) copy->from, __ATOMIC_ACQUIRE);
      break;
    case 8:
      *(guint64 *) copy->to = __atomic_load_n ((const guint64 *) copy->from, __ATOMIC_ACQUIRE);
      break;
    }
}

int
memory_load (const void *from, gsize size, void *ret_word)
{
  guint64 word = 0;
  struct copy copy = { &word, from, size, size };
  int result;

  g_return_val_if_fail (size == 1 || size == 2 || size == 4 || size == 8, -EINVAL);
  g_return_val_if_fail ((guintptr) from % size == 0, -EINVAL);
  result = memory_guarded (from, size, do_load, &copy);
  if (result == 0)
    memcpy (ret_word, &word, size);
  return result;
}

static void
do_store (void *data)
{
  struct copy *copy = data;
  const guint8 *from = copy->from;
  guint8 *to = copy->to;
  gsize done = 0;

  if ((guintptr) to % copy->unit != 0)
    copy->unit = 1;
  for (; copy->length - done >= copy->unit; done += copy->unit)
    {
      guint64 word;

      memcpy (&word, from + done, copy->unit);
      switch (copy->unit)
        {
        case 1:
          __atomic_store_n (to + done, (guint8) word, __ATOMIC_RELAXED);
          break;
        case 2:
          __atomic_store_n ((guint16 *) (to + done), (guint16) word, __ATOMIC_RELAXED);
          break;
        case 4:
          __atomic_store_n ((guint32 *) (to + done), (guint32) word, __ATOMIC_RELAXED);
          break;
        case 8:
          __atomic_store_n ((guint64 *) (to + done), word, __ATOMIC_RELAXED);
          break;
        }
    }
  for (; done < copy->length; done++)
    __atomic_store_n (to + done, from[done], __ATOMIC_RELAXED);
}

int
memory_store (void *to, const void *from, gsize length, gsize unit)
{
  gboolean is_word = unit == 1 || unit == 2 || unit == 4 || unit == 8;
  struct copy copy = { to, from, length, is_word ? unit : 1 };

  return memory_guarded (to, length, do_store, &copy);
}

struct parts
{
  guint8 *to;
  const guint8 *before, *from;
  gsize size;
  guint64 n;
  const struct memory_part *parts;
  guint n_parts;
};

static void
do_store_parts (void *data)
{
  struct parts *all = data;

  for (guint64 i = 0; i < all->n; i++)
    for (guint j = 0; j < all->n_parts; j++)
      {
        gsize at = i * all->size + all->parts[j].offset;
        struct copy copy = { all->to + at, all->from + at, all->parts[j].length, 8 };

        if (all->before != NULL && memcmp (all->before + at, copy.from, copy.length) == 0)
          continue;
        while (copy.unit > 1
               && ((guintptr) copy.to % copy.unit != 0 || copy.length % copy.unit != 0))
          copy.unit /= 2;
        do_store (&copy);
      }
}

int
memory_store_parts (void *to, gsize size, guint64 n, const struct memory_part *parts,
                    guint n_parts, const void *before, const void *from)
{
  struct parts all = { to, before, from, size, n, parts, n_parts };

  return memory_guarded (to, n * size, do_store_parts, &all);
}
