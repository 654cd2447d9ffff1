/* holder.h - a thread that holds a lock until it is told to let go.
 *
 * To be included after cmocka.h.
 */
#ifndef SHMLENS_TESTS_HOLDER_H
#define SHMLENS_TESTS_HOLDER_H

#include <pthread.h>

#include "shmlens.h"

struct holder
{
  pthread_t thread;
  pthread_barrier_t barrier;
  struct shmlens_lock *lock;
};

static inline void *
holder_hold (void *data)
{
  struct holder *holder = data;
  int result = shmlens_lock_acquire (holder->lock);

  pthread_barrier_wait (&holder->barrier);
  pthread_barrier_wait (&holder->barrier);
  shmlens_lock_release (holder->lock);
  return (void *) (intptr_t) result;
}

static inline void
holder_start (struct holder *holder, struct shmlens_lock *lock)
{
  holder->lock = lock;
  pthread_barrier_init (&holder->barrier, NULL, 2);
  assert_int_equal (pthread_create (&holder->thread, NULL, holder_hold, holder), 0);
  pthread_barrier_wait (&holder->barrier);
}

static inline void
holder_stop (struct holder *holder)
{
  void *result;

  pthread_barrier_wait (&holder->barrier);
  assert_int_equal (pthread_join (holder->thread, &result), 0);
  assert_null (result);
  pthread_barrier_destroy (&holder->barrier);
}

#endif
