/* Memory that vanishes while one looks at it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "memory.h"

#define PAGES 8

static gsize page;

struct object
{
  int fd;
  guint8 *memory;
};

static int
set_up (void **state)
{
  struct object *object = g_new0 (struct object, 1);

  page = sysconf (_SC_PAGESIZE);
  object->fd = memfd_create ("memory-test", MFD_CLOEXEC);
  assert_true (object->fd >= 0);
  assert_int_equal (ftruncate (object->fd, PAGES * page), 0);
  object->memory
    = mmap (NULL, PAGES * page, PROT_READ | PROT_WRITE, MAP_SHARED, object->fd, 0);
  assert_ptr_not_equal (object->memory, MAP_FAILED);
  for (gsize i = 0; i < PAGES * page; i++)
    object->memory[i] = i * 7;
  *state = object;
  return 0;
}

static int
tear_down (void **state)
{
  struct object *object = *state;

  munmap (object->memory, PAGES * page);
  close (object->fd);
  g_free (object);
  return 0;
}

static void
copies_what_is_there (void **state)
{
  struct object *object = *state;
  g_autofree guint8 *copy = g_malloc (PAGES * page);

  assert_int_equal (memory_copy (copy, object->memory, PAGES * page), 0);
  assert_memory_equal (copy, object->memory, PAGES * page);
  assert_int_equal (memory_copy (copy, object->memory, 0), 0);
}

static void
a_file_that_shrank_is_survived_again_and_again (void **state)
{
  struct object *object = *state;
  g_autofree guint8 *copy = g_malloc (PAGES * page);
  guint64 word = 0;

  memory_install ();
  assert_int_equal (ftruncate (object->fd, 2 * page), 0);
  for (int i = 0; i < 1000; i++)
    {
      assert_int_equal (memory_copy (copy, object->memory, PAGES * page), -EFAULT);
      assert_int_equal (memory_load (object->memory + 4 * page, 8, &word), -EFAULT);
      assert_int_equal (memory_store (object->memory + 4 * page, &word, 8, 8), -EFAULT);
      assert_int_equal (memory_copy (copy, object->memory, 2 * page), 0);
    }
  assert_int_equal (ftruncate (object->fd, PAGES * page), 0);
  assert_int_equal (memory_copy (copy, object->memory, PAGES * page), 0);
  assert_int_equal (copy[3 * page], 0);
}

static void
an_unmapped_page_is_survived (void **state)
{
  guint8 *memory = mmap (NULL, 2 * page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  guint8 copy[64];

  memory_install ();
  assert_ptr_not_equal (memory, MAP_FAILED);
  assert_int_equal (mprotect (memory + page, page, PROT_NONE), 0);
  assert_int_equal (memory_copy (copy, memory + page - 32, 64), -EFAULT);
  assert_int_equal (memory_copy (copy, memory, 64), 0);
  munmap (memory, 2 * page);
}

static gpointer
copy_all_the_time (gpointer data)
{
  struct object *object = data;
  g_autofree guint8 *copy = g_malloc (PAGES * page);
  guint faults = 0;

  for (int i = 0; i < 3000; i++)
    if (memory_copy (copy, object->memory, PAGES * page) == -EFAULT)
      faults++;
  return GUINT_TO_POINTER (faults);
}

static void
threads_do_not_disturb_each_other (void **state)
{
  struct object *object = *state;
  GThread *threads[4];

  memory_install ();
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("copy", copy_all_the_time, object);
  for (int i = 0; i < 2000; i++)
    assert_int_equal (ftruncate (object->fd, (i % 2 == 0 ? 1 : PAGES) * page), 0);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

static void
stores_whole_units_and_the_rest (void **state)
{
  struct object *object = *state;
  guint8 bytes[27];

  for (guint i = 0; i < sizeof bytes; i++)
    bytes[i] = 200 + i;
  for (gsize unit = 0; unit <= 9; unit++)
    for (gsize offset = 0; offset < 9; offset++)
      for (gsize length = 0; length <= sizeof bytes; length++)
        {
          memset (object->memory, 1, 64);
          assert_int_equal (memory_store (object->memory + 8 + offset, bytes, length, unit), 0);
          assert_memory_equal (object->memory + 8 + offset, bytes, length);
          assert_int_equal (object->memory[7 + offset], 1);
          assert_int_equal (object->memory[8 + offset + length], 1);
        }
}

static void
loads_words_of_every_size (void **state)
{
  struct object *object = *state;

  for (gsize size = 1; size <= 8; size *= 2)
    {
      guint64 word = 0;

      assert_int_equal (memory_load (object->memory + 64, size, &word), 0);
      assert_memory_equal (&word, object->memory + 64, size);
    }
}

struct nested
{
  struct object *object;
  int inner;
};

static void
copy_a_missing_page (void *data)
{
  struct nested *nested = data;
  guint8 byte;

  nested->inner = memory_copy (&byte, nested->object->memory + 4 * page, 1);
  ((volatile guint8 *) nested->object->memory)[5 * page];
}

static void
guards_nest (void **state)
{
  struct object *object = *state;
  struct nested nested = { object, 0 };

  memory_install ();
  assert_int_equal (ftruncate (object->fd, page), 0);
  assert_int_equal (
    memory_guarded (object->memory, PAGES * page, copy_a_missing_page, &nested), -EFAULT);
  assert_int_equal (nested.inner, -EFAULT);
}

static void
touch (void *data)
{
  *(volatile guint8 *) data;
}

/* How a child ends that runs work (data). */
static int
end_of_child (void (*work) (void *data), void *data)
{
  pid_t pid = fork ();
  int status;

  assert_true (pid >= 0);
  if (pid == 0)
    {
      alarm (20);
      signal (SIGBUS, SIG_DFL);
      memory_install ();
      work (data);
      _exit (0);
    }
  assert_int_equal (waitpid (pid, &status, 0), pid);
  return status;
}

static void
touch_outside_the_guard (void *data)
{
  struct object *object = data;

  touch (object->memory + 4 * page);
}

static void
send_itself_a_signal (void *data)
{
  raise (SIGBUS);
}

static void
touch_inside_a_guard_of_another_range (void *data)
{
  struct object *object = data;

  memory_guarded (object->memory, page, touch, object->memory + 4 * page);
}

static void
other_faults_still_kill (void **state)
{
  struct object *object = *state;
  int status;

  assert_int_equal (ftruncate (object->fd, page), 0);
  status = end_of_child (touch_outside_the_guard, object);
  assert_true (WIFSIGNALED (status) && WTERMSIG (status) == SIGBUS);
  status = end_of_child (touch_inside_a_guard_of_another_range, object);
  assert_true (WIFSIGNALED (status) && WTERMSIG (status) == SIGBUS);
  status = end_of_child (send_itself_a_signal, object);
  assert_true (WIFSIGNALED (status) && WTERMSIG (status) == SIGBUS);
}

/* In a program of its own, since the handler is put in place once: see main(). */
static void
leave (int number)
{
  _exit (42);
}

static int
chain (void)
{
  struct object *object;
  void *state;
  guint8 byte;

  signal (SIGBUS, leave);
  set_up (&state);
  object = state;
  if (ftruncate (object->fd, page) < 0 || memory_copy (&byte, object->memory + page, 1) != -EFAULT)
    return 1;
  touch (object->memory + page);
  return 1;
}

static void
a_handler_that_was_there_before_is_called (void **state)
{
  const char *arguments[] = { "/proc/self/exe", "--chain", NULL };
  int status;

  assert_true (g_spawn_sync (NULL, (char **) arguments, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL,
                             NULL, &status, NULL));
  assert_true (WIFEXITED (status));
  assert_int_equal (WEXITSTATUS (status), 42);
}

int
main (int argc, char **argv)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown (copies_what_is_there, set_up, tear_down),
    cmocka_unit_test_setup_teardown (a_file_that_shrank_is_survived_again_and_again, set_up,
                                     tear_down),
    cmocka_unit_test_setup_teardown (an_unmapped_page_is_survived, set_up, tear_down),
    cmocka_unit_test_setup_teardown (threads_do_not_disturb_each_other, set_up, tear_down),
    cmocka_unit_test_setup_teardown (stores_whole_units_and_the_rest, set_up, tear_down),
    cmocka_unit_test_setup_teardown (loads_words_of_every_size, set_up, tear_down),
    cmocka_unit_test_setup_teardown (guards_nest, set_up, tear_down),
    cmocka_unit_test_setup_teardown (other_faults_still_kill, set_up, tear_down),
    cmocka_unit_test (a_handler_that_was_there_before_is_called),
  };

  if (argc > 1 && g_str_equal (argv[1], "--chain"))
    return chain ();
  return cmocka_run_group_tests (tests, NULL, NULL);
}
