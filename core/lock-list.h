/* lock-list.h - taking and releasing a robust mutex as glibc does, only faster.
 *
 * The kernel keeps for each thread the address of a list of the robust locks it
 * holds, and frees them when the thread dies. Every glibc puts a mutex into it
 * in the same manner: it must, since processes with different glibc share
 * mutexes. Doing that here saves half of pthread_mutex_lock(), which is general.
 * Only the uncontended cases are done here; all else is glibc's.
 */
#ifndef SHMLENS_CORE_LOCK_LIST_H
#define SHMLENS_CORE_LOCK_LIST_H

#include <linux/futex.h>

#include "lock.h"

/* A pointer to the next or previous lock of the list, or to its head. The lowest bit
 * tells a lock with priority inheritance. */
typedef uint64_t lock_list_link __attribute__ ((may_alias));
#define LOCK_LIST_AT(link) ((lock_list_link *) ((link) & ~(uint64_t) 1))

/* The head of the calling thread's list; NULL when this glibc does not keep it
 * as expected, or ThreadSanitizer must see each lock being taken: then
 * everything is to be done by pthread functions. */
struct robust_list_head *lock_list_find (void);

/* The other ends of the two functions below, which are seldom reached. */
bool lock_list_let_go (struct robust_list_head *head, struct lock_words *words);
void lock_list_wake (struct robust_list_head *head, struct lock_words *words);

/* Nothing here may be moved by the compiler over this: the thread may be killed at
 * any instruction, and then the kernel goes by what was stored so far. The
 * thread's own processor sees its stores in order. */
static inline void
lock_list_step (void)
{
  __atomic_signal_fence (__ATOMIC_SEQ_CST);
}

/* Takes the mutex if it is free and usable.
 *
 * @returns false: not taken. That it was tried is still noted for the kernel;
 *   pthread_mutex_trylock(), which is to be called next, ends that. */
static inline bool
lock_list_take (struct robust_list_head *head, struct lock_words *words, uint32_t tid)
{
  uint32_t free = 0;
  lock_list_link first;

  head->list_op_pending = (struct robust_list *) &words->next;
  lock_list_step ();
  if (__builtin_expect (!__atomic_compare_exchange_n (&words->word, &free, tid, false,
                                                      __ATOMIC_ACQUIRE, __ATOMIC_RELAXED), 0))
    return false;
  if (__builtin_expect (words->owner == LOCK_NOT_RECOVERABLE, 0))
    return lock_list_let_go (head, words);

  words->count = 1;
  words->owner = tid;
  words->users++;
  first = *(lock_list_link *) &head->list.next;
  words->next = first;
  lock_list_step ();  /* two stores joined to one are slow to read back */
  words->previous = (uint64_t) head;
  LOCK_LIST_AT (first)[-1] = (uint64_t) &words->next;
  lock_list_step ();
  *(lock_list_link *) &head->list.next = (uint64_t) &words->next;
  lock_list_step ();
  head->list_op_pending = NULL;
  return true;
}

/* Whether the mutex is the one that this thread took last of those that it
 * holds, and holds once. */
static inline bool
lock_list_is_last (const struct robust_list_head *head, const struct lock_words *words)
{
  return *(const lock_list_link *) &head->list.next == (uint64_t) &words->next
         && words->count == 1;
}

/* Releases the mutex for which that is true.
 *
 * @returns whether somebody waits: then lock_list_wake() is to be called. */
static inline bool
lock_list_release (struct robust_list_head *head, struct lock_words *words)
{
  uint64_t next = words->next;
  uint32_t word;

  words->count = 0;
  words->owner = 0;
  words->users--;
  head->list_op_pending = (struct robust_list *) &words->next;
  lock_list_step ();
  *(lock_list_link *) &head->list.next = next;
  LOCK_LIST_AT (next)[-1] = (uint64_t) head;
  lock_list_step ();
  word = __atomic_exchange_n (&words->word, 0, __ATOMIC_RELEASE);
  lock_list_step ();
  if (__builtin_expect ((word & LOCK_WAITERS) != 0, 0))
    return true;
  head->list_op_pending = NULL;
  return false;
}

#endif
