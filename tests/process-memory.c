/* Another process's memory: a child of our own whose memory is known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "memory.h"
#include "process-memory.h"
#include "shared-file.h"
#include "support/roots.h"

#define PAGE 4096u
#define PAGES 64u

/* What parent and child both have at the same addresses. */
struct stage
{
  pid_t pid;
  guint8 *shared;    /* a page of an unlinked file, of which nothing else is open here */
  guint8 *sparse;    /* PAGES pages, of which 3, 4 and 10 were touched */
  guint8 *private;   /* a page, written by the child alone */
};

static int
set_up (void **state)
{
  struct stage *stage = g_new0 (struct stage, 1);
  char path[] = "/dev/shm/process-memory-test-XXXXXX";
  int fd = mkstemp (path);
  int ready[2];
  char byte;

  unlink (path);
  assert_int_equal (ftruncate (fd, PAGE), 0);
  stage->shared = mmap (NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  stage->sparse = mmap (NULL, PAGES * PAGE, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  stage->private = mmap (NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  assert_int_equal (pipe (ready), 0);
  stage->pid = fork ();
  if (stage->pid == 0)
    {
      prctl (PR_SET_PDEATHSIG, SIGKILL);
      /* Huge pages would fill the holes. */
      madvise (stage->sparse, PAGES * PAGE, MADV_NOHUGEPAGE);
      stage->sparse[3 * PAGE] = stage->sparse[4 * PAGE] = stage->sparse[10 * PAGE] = 1;
      memset (stage->private, 'p', PAGE);
      memset (stage->shared, 's', PAGE);
      if (write (ready[1], "", 1) == 1)
        pause ();
      _exit (0);
    }
  assert_int_equal (read (ready[0], &byte, 1), 1);
  close (ready[0]);
  close (ready[1]);
  close (fd);
  *state = stage;
  return 0;
}

static void
end_child (struct stage *stage)
{
  if (stage->pid == 0)
    return;
  kill (stage->pid, SIGKILL);
  waitpid (stage->pid, NULL, 0);
  stage->pid = 0;
}

static int
tear_down (void **state)
{
  struct stage *stage = *state;

  end_child (stage);
  munmap (stage->shared, PAGE);
  munmap (stage->sparse, PAGES * PAGE);
  munmap (stage->private, PAGE);
  g_free (stage);
  return 0;
}

static ProcessMemory *
open_child (const struct stage *stage)
{
  g_autoptr (GError) error = NULL;
  ProcessMemory *memory = process_memory_open ("/proc", stage->pid, &error);

  assert_null (error);
  return memory;
}

static guint64
address_of (const void *pointer)
{
  return GPOINTER_TO_SIZE (pointer);
}

static void
memory_is_read_as_it_is_there (void **state)
{
  struct stage *stage = *state;
  g_autoptr (ProcessMemory) memory = open_child (stage);
  guint8 bytes[8];

  assert_int_equal (process_memory_read (memory, address_of (stage->private), bytes, 8), 8);
  assert_memory_equal (bytes, "pppppppp", 8);
  assert_int_equal (stage->private[0], 0);
  assert_int_equal (process_memory_read (memory, 0, bytes, 8), -EFAULT);
  assert_int_equal (process_memory_pid (memory), stage->pid);
  assert_false (process_memory_is_gone (memory));
}

static void
pieces_succeed_and_fail_each_on_its_own (void **state)
{
  struct stage *stage = *state;
  g_autoptr (ProcessMemory) memory = open_child (stage);
  static guint8 bytes[1500];
  static struct memory_piece pieces[1500];

  /* More than one call takes, with one that cannot be read in every hundred. */
  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++)
    pieces[i] = (struct memory_piece) { i % 100 == 7 ? 8 : address_of (stage->private) + i, &bytes[i],
                                        1, FALSE };
  assert_int_equal (process_memory_read_pieces (memory, pieces, G_N_ELEMENTS (pieces)), 1485);
  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++)
    {
      assert_int_equal (pieces[i].is_read, i % 100 != 7);
      assert_int_equal (bytes[i], i % 100 == 7 ? 0 : 'p');
    }
}

static void
only_pages_with_content_are_named (void **state)
{
  struct stage *stage = *state;
  g_autoptr (ProcessMemory) memory = open_child (stage);
  guint64 base = address_of (stage->sparse), end = base + PAGES * PAGE, first, behind;

  assert_true (process_memory_next_content (memory, base, end, &first, &behind));
  assert_int_equal (first, base + 3 * PAGE);
  assert_int_equal (behind, base + 5 * PAGE);
  assert_true (process_memory_next_content (memory, behind, end, &first, &behind));
  assert_int_equal (first, base + 10 * PAGE);
  assert_int_equal (behind, base + 11 * PAGE);
  assert_false (process_memory_next_content (memory, behind, end, &first, &behind));
  /* From within a page, to within another. */
  assert_true (process_memory_next_content (memory, base + 3 * PAGE + 5, base + 4 * PAGE + 9, &first,
                                            &behind));
  assert_int_equal (first, base + 3 * PAGE + 5);
  assert_int_equal (behind, base + 4 * PAGE + 9);
}

static void
mappings_tell_what_is_shared (void **state)
{
  struct stage *stage = *state;
  g_autoptr (ProcessMemory) memory = open_child (stage);
  g_autoptr (GPtrArray) regions = process_memory_regions (memory);
  MemoryRegion *shared = memory_regions_find (regions, address_of (stage->shared) + 7);
  MemoryRegion *private = memory_regions_find (regions, address_of (stage->private));
  struct stat status;

  assert_non_null (shared);
  assert_true (shared->is_shared && shared->is_writable && shared->is_deleted);
  assert_true (g_str_has_prefix (shared->path, "/dev/shm/process-memory-test-"));
  assert_int_equal (stat ("/dev/shm", &status), 0);
  assert_int_equal (shared->device, status.st_dev);
  assert_false (private->is_shared);
  assert_null (memory_regions_find (regions, 0));
}

/* The file has no name and no descriptor any more: root gets at it by map_files. */
static void
a_shared_file_is_read_and_written (void **state)
{
  struct stage *stage = *state;
  g_autoptr (ProcessMemory) memory = open_child (stage);
  g_autoptr (GPtrArray) regions = process_memory_regions (memory);
  g_autoptr (SharedFile) file = NULL;
  guint64 word = 0;
  int code = 0;

  file = shared_file_open (memory, memory_regions_find (regions, address_of (stage->shared)), &code);
  if (file == NULL)
    {
      assert_true (geteuid () != 0);
      assert_int_equal (code, -EPERM);
      return;
    }
  assert_int_equal (shared_file_length (file), PAGE);
  assert_int_equal (shared_file_read (file, 8, sizeof word, &word), 0);
  assert_int_equal (word, G_GUINT64_CONSTANT (0x7373737373737373));
  word = 42;
  assert_int_equal (shared_file_store (file, 16, sizeof word, 8, &word), 0);
  assert_int_equal (*(guint64 *) (gpointer) (stage->shared + 16), 42);
  assert_int_equal (shared_file_read (file, PAGE - 4, 8, &word), -EFAULT);
  assert_int_equal (shared_file_store (file, PAGE, 1, 1, &word), -EFAULT);
}

static void
a_file_that_grows_and_shrinks_is_survived (void **state)
{
  struct stage *stage = *state;
  char path[] = "/dev/shm/process-memory-test-XXXXXX";
  int fd = mkstemp (path), code;
  void *mapped;
  g_autoptr (ProcessMemory) self_memory = NULL;
  g_autoptr (GPtrArray) regions = NULL;
  g_autoptr (SharedFile) file = NULL;
  guint8 byte = 1;

  memory_install ();
  assert_int_equal (ftruncate (fd, PAGE), 0);
  mapped = mmap (NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  self_memory = process_memory_open ("/proc", getpid (), NULL);
  regions = process_memory_regions (self_memory);
  file = shared_file_open (self_memory, memory_regions_find (regions, address_of (mapped)), &code);
  unlink (path);
  assert_non_null (file);
  assert_int_equal (shared_file_read (file, PAGE, 1, &byte), -EFAULT);
  assert_int_equal (ftruncate (fd, 2 * PAGE), 0);
  assert_int_equal (shared_file_read (file, PAGE, 1, &byte), 0);
  assert_int_equal (byte, 0);
  assert_int_equal (shared_file_store (file, PAGE, 1, 1, "x"), 0);
  assert_int_equal (ftruncate (fd, 0), 0);
  assert_int_equal (shared_file_read (file, 0, 1, &byte), -EFAULT);
  assert_int_equal (shared_file_store (file, 0, 1, 1, "x"), -EFAULT);
  munmap (mapped, PAGE);
  close (fd);
  assert_true (stage->pid > 0);
}

static void
memory_without_a_file_is_written_in_place (void **state)
{
  struct stage *stage = *state;
  g_autoptr (ProcessMemory) memory = open_child (stage);
  guint8 bytes[4];

  assert_int_equal (process_memory_write (memory, address_of (stage->private), "abcd", 4), 0);
  assert_int_equal (process_memory_read (memory, address_of (stage->private), bytes, 4), 4);
  assert_memory_equal (bytes, "abcd", 4);
  assert_int_equal (process_memory_write (memory, 0, "abcd", 4), -EFAULT);
}

static void
a_process_that_ended_is_gone (void **state)
{
  struct stage *stage = *state;
  g_autoptr (ProcessMemory) memory = open_child (stage);
  g_autoptr (GError) error = NULL;
  pid_t pid = stage->pid;
  guint8 byte;

  end_child (stage);
  assert_true (process_memory_is_gone (memory));
  assert_true (process_memory_read (memory, address_of (stage->private), &byte, 1) < 0);
  assert_null (process_memory_open ("/proc", pid, &error));
  assert_int_equal (error->code, INSPECT_ERROR_NOT_FOUND);
}

/* What stands in maps may be anything: a path of any bytes, lines cut off. */
static void
odd_mappings_do_no_harm (void **state)
{
  struct stage *stage = *state;
  struct roots roots;
  g_autoptr (ProcessMemory) memory = NULL;
  g_autoptr (GPtrArray) regions = NULL;

  roots_make (&roots);
  roots_make_proc (&roots);
  roots_set_process (&roots, stage->pid, 7,
                     "1000-2000 rw-s 00000010 00:1a 5   /x y (deleted)\n"
                     "nonsense\n"
                     "3000-2000 rw-p 00000000 00:00 0 \n"
                     "1800-2800 rw-p 00000000 00:00 0 \n"
                     "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0    [vsyscall]\n"
                     "5000-");
  memory = process_memory_open (roots.proc, stage->pid, NULL);
  assert_non_null (memory);
  assert_int_equal (process_memory_start_time (memory), 7);
  regions = process_memory_regions (memory);
  assert_int_equal (regions->len, 2);
  assert_string_equal (((MemoryRegion *) regions->pdata[0])->path, "/x y");
  assert_true (((MemoryRegion *) regions->pdata[0])->is_deleted);
  assert_int_equal (((MemoryRegion *) regions->pdata[0])->offset, 0x10);
  assert_string_equal (((MemoryRegion *) regions->pdata[1])->path, "[vsyscall]");
  roots_remove (&roots);
}

#define TEST(name) cmocka_unit_test_setup_teardown (name, set_up, tear_down)

int
main (void)
{
  const struct CMUnitTest tests[] = {
    TEST (memory_is_read_as_it_is_there),
    TEST (pieces_succeed_and_fail_each_on_its_own),
    TEST (only_pages_with_content_are_named),
    TEST (mappings_tell_what_is_shared),
    TEST (a_shared_file_is_read_and_written),
    TEST (a_file_that_grows_and_shrinks_is_survived),
    TEST (memory_without_a_file_is_written_in_place),
    TEST (a_process_that_ended_is_gone),
    TEST (odd_mappings_do_no_harm),
  };

  g_set_prgname ("process-memory");
  return cmocka_run_group_tests (tests, NULL, NULL);
}
