/* Which processes there are and what they map, from a made-up and from the real /proc. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

#include "process.h"
#include "support/roots.h"

#define DEVICE makedev (0, 0x1a)

static void
assert_mappers (ProcessTable *table, guint64 inode, const char *expected)
{
  g_autoptr (GString) found = g_string_new (NULL);
  guint n;
  const pid_t *pids = process_table_find (table, inode, &n);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (found, "%s%d", i > 0 ? " " : "", pids[i]);
  assert_string_equal (found->str, expected);
}

static void
mappings_are_found_by_device_and_inode (void **state)
{
  struct roots *roots = *state;
  g_autoptr (ProcessTable) table = NULL;

  roots_set_process (roots, 30, 1,
                     "7f00-7f01 rw-s 00000000 00:1a 123                  /dev/shm/x\n"
                     "7f01-7f02 r--s 00001000 00:1a 123                  /dev/shm/x (deleted)\n"
                     "7f02-7f03 rw-s 00000000 00:1b 124                  /dev/shm/other device\n"
                     "7f03-7f04 rw-p 00000000 00:00 0 \n"
                     "7f04-7f05 rw-s 00000000 00:1a 125                  /dev/shm/no newline");
  roots_set_process (roots, 4, 1, "7f00-7f01 rw-s 00000000 00:1a 123\n");
  roots_set_process (roots, 5, 1, "garbage\n\n00:1a 123\n");
  roots_set_process (roots, 6, 1, "");
  table = process_table_new (roots->proc, DEVICE);
  assert_true (process_table_update (table, TRUE));
  assert_mappers (table, 123, "4 30");
  assert_mappers (table, 124, "");
  assert_mappers (table, 0, "");
  assert_false (process_table_update (table, TRUE));
}

static void
long_lists_of_mappings_are_read_whole (void **state)
{
  struct roots *roots = *state;
  g_autoptr (GString) maps = g_string_new (NULL);
  g_autoptr (ProcessTable) table = process_table_new (roots->proc, DEVICE);

  for (guint i = 1; i <= 5000; i++)
    g_string_append_printf (maps, "7f%08x-7f%08x rw-s 00000000 00:1a %u /dev/shm/object number %u\n",
                            i, i + 1, i, i);
  roots_set_process (roots, 9, 1, maps->str);
  process_table_update (table, FALSE);
  for (guint i = 1; i <= 5000; i++)
    assert_mappers (table, i, "9");
}

static void
processes_come_and_go (void **state)
{
  struct roots *roots = *state;
  g_autoptr (ProcessTable) table = process_table_new (roots->proc, DEVICE);
  g_autofree char *gone = NULL;

  roots_set_process (roots, 4, 1, "7f00-7f01 rw-s 00000000 00:1a 123 /x\n");
  process_table_update (table, FALSE);
  roots_set_process (roots, 5, 1, "7f00-7f01 rw-s 00000000 00:1a 123 /x\n");
  assert_true (process_table_update (table, FALSE));
  assert_mappers (table, 123, "4 5");
  gone = g_build_filename (roots->proc, "4", NULL);
  nftw (gone, roots_remove_one, 16, FTW_DEPTH | FTW_PHYS);
  assert_true (process_table_update (table, FALSE));
  assert_mappers (table, 123, "5");
  assert_false (process_table_update (table, FALSE));
}

static void
an_old_process_is_read_again_when_asked (void **state)
{
  struct roots *roots = *state;
  g_autoptr (ProcessTable) table = process_table_new (roots->proc, DEVICE);

  roots_set_process (roots, 4, 1, "");
  for (guint i = 0; i < 10; i++)
    process_table_update (table, FALSE);
  roots_set_process (roots, 4, 1, "7f00-7f01 rw-s 00000000 00:1a 123 /x\n");
  assert_false (process_table_update (table, FALSE));
  assert_true (process_table_update (table, TRUE));
  assert_mappers (table, 123, "4");
}

static void
a_process_of_another_start_time_is_gone (void **state)
{
  struct roots *roots = *state;

  roots_set_process (roots, 4, 777, "");
  assert_false (process_is_gone (roots->proc, 4, 777));
  assert_false (process_is_gone (roots->proc, 4, 0));
  assert_true (process_is_gone (roots->proc, 4, 778));
  assert_true (process_is_gone (roots->proc, 5, 0));
}

static void
a_zombie_is_gone (void **state)
{
  siginfo_t info;
  pid_t pid = fork ();

  if (pid == 0)
    _exit (0);
  assert_int_equal (waitid (P_PID, pid, &info, WEXITED | WNOWAIT), 0);
  assert_true (process_is_gone ("/proc", pid, 0));
  assert_int_equal (waitpid (pid, NULL, 0), pid);
  assert_true (process_is_gone ("/proc", pid, 0));
}

static void
the_real_kernel_writes_what_is_expected (void **state)
{
  struct roots *roots = *state;
  g_autofree char *path = roots_path (roots, "object");
  g_autofree char *name = process_name ("/proc", getpid ());
  g_autoptr (ProcessTable) table = NULL;
  struct stat status;
  void *memory;
  int fd;

  roots_write (roots, "object", "12345678", 8);
  fd = open (path, O_RDONLY | O_CLOEXEC);
  assert_int_equal (fstat (fd, &status), 0);
  memory = mmap (NULL, 8, PROT_READ, MAP_SHARED, fd, 0);
  assert_ptr_not_equal (memory, MAP_FAILED);
  table = process_table_new ("/proc", status.st_dev);
  process_table_update (table, TRUE);
  {
    g_autofree char *own = g_strdup_printf ("%d", getpid ());

    assert_mappers (table, status.st_ino, own);
  }
  assert_false (process_is_gone ("/proc", getpid (), 0));
  assert_true (process_is_gone ("/proc", getpid (), 1));
  assert_string_equal (name, "test-process");
  munmap (memory, 8);
  close (fd);
}

struct named
{
  pid_t tid;
  int told[2], asked[2];
};

static gpointer
be_named (gpointer data)
{
  struct named *named = data;
  char byte;

  pthread_setname_np (pthread_self (), "a loader\n");
  named->tid = (pid_t) syscall (SYS_gettid);
  assert_int_equal (write (named->told[1], "x", 1), 1);
  assert_int_equal (read (named->asked[0], &byte, 1), 1);
  return NULL;
}

static void
a_thread_has_a_name_of_its_own (void **state)
{
  struct named named;
  g_autofree char *name = NULL, *none = NULL;
  GThread *thread;
  char byte;

  assert_int_equal (pipe (named.told) + pipe (named.asked), 0);
  thread = g_thread_new ("named", be_named, &named);
  assert_int_equal (read (named.told[0], &byte, 1), 1);
  name = process_thread_name ("/proc", getpid (), named.tid);
  assert_non_null (name);
  assert_true (g_str_has_prefix (name, "a loader") && strchr (name, '\n') == NULL);
  none = process_thread_name ("/proc", getpid (), 1);
  assert_null (none);
  assert_int_equal (write (named.asked[1], "x", 1), 1);
  g_thread_join (thread);
  for (guint i = 0; i < 2; i++)
    {
      close (named.told[i]);
      close (named.asked[i]);
    }
}

int
main (void)
{
#define TEST(name) cmocka_unit_test_setup_teardown (name, roots_set_up, roots_tear_down)
  const struct CMUnitTest tests[] = {
    TEST (mappings_are_found_by_device_and_inode),
    TEST (long_lists_of_mappings_are_read_whole),
    TEST (processes_come_and_go),
    TEST (an_old_process_is_read_again_when_asked),
    TEST (a_process_of_another_start_time_is_gone),
    cmocka_unit_test (a_zombie_is_gone),
    TEST (the_real_kernel_writes_what_is_expected),
    cmocka_unit_test (a_thread_has_a_name_of_its_own),
  };

  g_set_prgname ("process");
  return cmocka_run_group_tests (tests, NULL, NULL);
}
