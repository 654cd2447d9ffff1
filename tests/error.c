/* The sentence behind shmlens_error(). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "error.h"
#include "shmlens.h"

static void
gives_back_the_negative_code (void **state)
{
  errno = 7;
  assert_int_equal (error_set (EINVAL, "the name \"%s\" is empty", "x"), -EINVAL);
  assert_string_equal (shmlens_error (), "the name \"x\" is empty");
  assert_int_equal (errno, 7);
}

static void
cuts_what_is_too_long (void **state)
{
  char text[4096];

  memset (text, 'a', sizeof text);
  text[sizeof text - 1] = '\0';
  assert_int_equal (error_set (ERANGE, "%s", text), -ERANGE);
  assert_int_equal (strlen (shmlens_error ()), 1023);
}

static void *
read_own_error (void *unused)
{
  return (void *) (uintptr_t) (shmlens_error ()[0] == '\0');
}

static void
belongs_to_a_thread (void **state)
{
  pthread_t thread;
  void *was_empty;

  error_set (EINVAL, "mine");
  assert_int_equal (pthread_create (&thread, NULL, read_own_error, NULL), 0);
  assert_int_equal (pthread_join (thread, &was_empty), 0);
  assert_non_null (was_empty);
  assert_string_equal (shmlens_error (), "mine");
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (gives_back_the_negative_code),
    cmocka_unit_test (cuts_what_is_too_long),
    cmocka_unit_test (belongs_to_a_thread),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
