/* lock-list.c - whether this thread's list of robust locks is as glibc's are known to be. */
#include "lock-list.h"
#include "lock-tsan.h"

#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Takes a mutex by glibc and looks at what that did. */
static bool
is_as_expected (struct robust_list_head *head)
{
  const lock_list_link *const list = (const lock_list_link *) &head->list.next;
  const uint64_t first = *list;
  const uint32_t tid = (uint32_t) syscall (SYS_gettid);
  struct format_lock probe = { 0 };
  const struct lock_words *words = (const struct lock_words *) probe.mutex;
  const uint64_t address = (uint64_t) &words->next;
  bool taken, released;

  lock_initialise (&probe);
  if (pthread_mutex_lock ((pthread_mutex_t *) probe.mutex) != 0)
    return false;
  taken = words->word == tid && words->count == 1 && words->owner == tid && words->users == 1
          && words->next == first && words->previous == (uint64_t) head
          && *list == address && LOCK_LIST_AT (first)[-1] == address
          && head->list_op_pending == NULL;
  pthread_mutex_unlock ((pthread_mutex_t *) probe.mutex);
  released = words->word == 0 && words->count == 0 && words->owner == 0 && words->users == 0
             && *list == first && LOCK_LIST_AT (first)[-1] == (uint64_t) head;
  return taken && released;
}

struct robust_list_head *
lock_list_find (void)
{
  const long futex_offset
    = (long) offsetof (struct lock_words, word) - (long) offsetof (struct lock_words, next);
  struct robust_list_head *head;
  size_t size;

  if (lock_tsan_is_there ())
    return NULL;
  if (syscall (SYS_get_robust_list, 0, &head, &size) != 0 || head == NULL || size != sizeof *head
      || head->futex_offset != futex_offset)
    return NULL;
  return is_as_expected (head) ? head : NULL;
}

bool
lock_list_let_go (struct robust_list_head *head, struct lock_words *words)
{
  if (__atomic_exchange_n (&words->word, 0, __ATOMIC_RELEASE) & LOCK_WAITERS)
    lock_list_wake (head, words);
  head->list_op_pending = NULL;
  return false;
}

void
lock_list_wake (struct robust_list_head *head, struct lock_words *words)
{
  syscall (SYS_futex, &words->word, FUTEX_WAKE, 1, NULL, NULL, 0);
  lock_list_step ();
  head->list_op_pending = NULL;
}
