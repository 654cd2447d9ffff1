/* A semaphore as it lies in memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <limits.h>

#include "semaphore-word.h"

static void
any_other_word_is_refused (void **state)
{
  const struct semaphore_word words[] = {
    { 1, 0, 0 },
    { 1, SEMAPHORE_SHARED, 1 },
    { 1, SEMAPHORE_SHARED | 1, 0 },
    { 0x80000000u, SEMAPHORE_SHARED, 0 },
    { UINT64_MAX, SEMAPHORE_SHARED, 0 },
    { UINT64_MAX, UINT32_MAX, UINT32_MAX },
  };
  const struct semaphore_word largest = { UINT64_MAX ^ 0x80000000u, SEMAPHORE_SHARED, 0 };
  struct semaphore_word copy = largest;
  guint value, waiters;

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      copy = words[i];
      assert_int_equal (semaphore_word_parse (&copy, &value, &waiters), -EBADMSG);
      assert_int_equal (semaphore_word_look (&copy, &value, &waiters), -EBADMSG);
      assert_int_equal (semaphore_word_take (&copy, 0), -EBADMSG);
      assert_int_equal (semaphore_word_post (&copy), -EBADMSG);
      assert_memory_equal (&copy, &words[i], sizeof copy);
    }
  copy = largest;
  assert_int_equal (semaphore_word_look (&copy, &value, &waiters), 0);
  assert_int_equal (value, INT_MAX);
  assert_int_equal (waiters, UINT32_MAX);
  assert_int_equal (semaphore_word_post (&copy), -EOVERFLOW);
  assert_memory_equal (&copy, &largest, sizeof copy);
  assert_int_equal (semaphore_word_take (&copy, 0), 0);
  assert_int_equal (semaphore_word_look (&copy, &value, &waiters), 0);
  assert_int_equal (value, INT_MAX - 1);
  assert_int_equal (waiters, UINT32_MAX);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (any_other_word_is_refused),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
