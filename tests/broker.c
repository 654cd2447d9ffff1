/* A broker, and a client that the kernel does not let look by itself: of the same user, but
 * without the capability that its targets ask for, which the broker has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "broker-io.h"
#include "broker-place.h"
#include "broker-server.h"
#include "inspect-error.h"
#include "process-memory-private.h"
#include "process.h"

#define PAGE    4096u
#define USER    65534
#define ANOTHER 65533
/* Of garbage, in turns. */
#define TURNS 300

/* Of the client, the broker and the target alike, at the same addresses. */
static guint8 *shared;    /* a page of an unlinked file, of which the target alone has a descriptor */
static guint8 *private;   /* 16 pages; the target fills the fifth, the others have no content */

static char *runtime;
static gboolean has_rights;
static int ask_other[2], answer_other[2];

struct stage
{
  pid_t broker, target;
  char path[128];    /* of its socket */
};

/* --------------------------------------------------------------------------- the stage -- */

/* With what a broker needs here, or for the moment without. */
static void
set_capabilities (gboolean effective)
{
  const guint32 all = 1u << CAP_SYS_PTRACE | 1u << CAP_DAC_READ_SEARCH;
  struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
  struct __user_cap_data_struct data[2] = { { effective ? all : 0, all, 0 }, { 0, 0, 0 } };

  assert_int_equal (syscall (SYS_capset, &header, data), 0);
}

/* As another user, to whom the way to the socket was opened: whether the broker says a
 * word to him. */
static void
be_another_user (void)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  struct broker_request request = { .magic = BROKER_MAGIC, .kind = BROKER_PROBE };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  char byte = 'n';

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  close (ask_other[1]);
  if (read (ask_other[0], address.sun_path, sizeof address.sun_path - 1) <= 0)
    _exit (0);
  chmod (address.sun_path, 0666);
  *strrchr (address.sun_path, '/') = '\0';
  chmod (address.sun_path, 0711);
  address.sun_path[strlen (address.sun_path)] = '/';
  chmod (runtime, 0711);
  if (setresuid (ANOTHER, ANOTHER, ANOTHER) != 0)
    byte = 'u';
  else if (connect (fd, (struct sockaddr *) &address, sizeof address) != 0)
    byte = 'c';
  else if (send (fd, &request, sizeof request, MSG_NOSIGNAL) > 0 && recv (fd, &byte, 1, 0) == 1)
    byte = 'y';
  if (write (answer_other[1], &byte, 1) < 0)
    _exit (1);
  _exit (0);
}

/* Once: becomes a user with few rights. */
static int
set_up_all (void **state)
{
  runtime = g_dir_make_tmp ("shmlens-broker-test-XXXXXX", NULL);
  g_setenv ("XDG_RUNTIME_DIR", runtime, TRUE);
  has_rights = geteuid () == 0;
  if (!has_rights)
    return 0;
  assert_int_equal (chown (runtime, USER, USER), 0);
  assert_int_equal (pipe (ask_other), 0);
  assert_int_equal (pipe (answer_other), 0);
  if (fork () == 0)
    be_another_user ();
  close (ask_other[0]);
  close (answer_other[1]);
  assert_int_equal (prctl (PR_SET_KEEPCAPS, 1), 0);
  assert_int_equal (setresuid (USER, USER, USER), 0);
  return 0;
}

static void
be_target (int fd, int ready)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  /* Now only those with a capability may look. */
  prctl (PR_SET_DUMPABLE, 0);
  madvise (private, 16 * PAGE, MADV_NOHUGEPAGE);
  memset (private + 4 * PAGE, 'p', PAGE);
  memset (shared, 's', PAGE);
  if (write (ready, "", 1) == 1)
    pause ();
  close (fd);
  _exit (0);
}

/* Serves, with a target below it; tells the target's id. */
static void
be_broker (int fd, int to_test)
{
  BrokerServer *server;
  int ready[2];
  char byte;
  pid_t pid;

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  set_capabilities (TRUE);
  if (pipe (ready) != 0)
    _exit (1);
  pid = fork ();
  if (pid == 0)
    be_target (fd, ready[1]);
  close (fd);
  server = broker_server_new (NULL);
  if (server == NULL || read (ready[0], &byte, 1) != 1
      || write (to_test, &pid, sizeof pid) != sizeof pid)
    _exit (1);
  while (TRUE)
    pause ();
}

static int
set_up (void **state)
{
  char name[] = "/dev/shm/broker-test-XXXXXX";
  struct stage *stage;
  int from_broker[2], fd;

  if (!has_rights)
    return 0;
  stage = g_new0 (struct stage, 1);
  set_capabilities (TRUE);
  fd = mkstemp (name);
  assert_true (fd >= 0);
  unlink (name);
  assert_int_equal (ftruncate (fd, PAGE), 0);
  shared = mmap (NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  private = mmap (NULL, 16 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  assert_int_equal (pipe (from_broker), 0);
  stage->broker = fork ();
  if (stage->broker == 0)
    be_broker (fd, from_broker[1]);
  close (fd);
  close (from_broker[1]);
  assert_int_equal (read (from_broker[0], &stage->target, sizeof stage->target),
                    sizeof stage->target);
  close (from_broker[0]);
  g_snprintf (stage->path, sizeof stage->path, "%s/shmlens/%d-%" G_GUINT64_FORMAT, runtime,
              stage->broker, process_start_time ("/proc", stage->broker));
  set_capabilities (FALSE);
  *state = stage;
  return 0;
}

static int
tear_down (void **state)
{
  struct stage *stage = *state;

  if (stage == NULL)
    return 0;
  kill (stage->target, SIGKILL);
  kill (stage->broker, SIGKILL);
  waitpid (stage->broker, NULL, 0);
  munmap (shared, PAGE);
  munmap (private, 16 * PAGE);
  unlink (stage->path);
  g_free (stage);
  return 0;
}

static int
tear_down_all (void **state)
{
  g_autofree char *directory = g_build_filename (runtime, "shmlens", NULL);

  rmdir (directory);
  rmdir (runtime);
  g_free (runtime);
  return 0;
}

#define NEED_RIGHTS()                                                                         \
  if (!has_rights)                                                                            \
  skip ()

static ProcessMemory *
open_target (const struct stage *stage)
{
  g_autoptr (GError) error = NULL;
  ProcessMemory *memory;
  int result = 0;

  assert_null (process_memory_open_direct ("/proc", stage->target, &result));
  assert_int_equal (result, -EPERM);
  memory = process_memory_open ("/proc", stage->target, &error);
  assert_null (error);
  assert_non_null (process_memory_broker (memory));
  return memory;
}

static guint64
address_of (const void *pointer)
{
  return GPOINTER_TO_SIZE (pointer);
}

/* ------------------------------------------------------------------ what is asked for -- */

static void
memory_is_read_over_the_broker (void **state)
{
  struct stage *stage = *state;
  g_autoptr (ProcessMemory) memory = NULL;
  guint8 bytes[PAGE];

  NEED_RIGHTS ();
  memory = open_target (stage);
  assert_int_equal (process_memory_read (memory, address_of (private + 4 * PAGE), bytes, 8), 8);
  assert_memory_equal (bytes, "pppppppp", 8);
  assert_int_equal (private[4 * PAGE], 0);
  assert_int_equal (process_memory_read (memory, address_of (shared), bytes, PAGE), PAGE);
  assert_int_equal (bytes[PAGE - 1], 's');
  assert_int_equal (process_memory_read (memory, 8, bytes, 8), -EFAULT);
  assert_int_equal (process_memory_read (memory, G_MAXUINT64 - 3, bytes, 8), -EFAULT);
  assert_int_equal (process_memory_pid (memory), stage->target);
  assert_false (process_memory_is_gone (memory));
}

static void
more_is_read_than_one_request_holds (void **state)
{
  struct stage *stage = *state;
  g_autoptr (ProcessMemory) memory = NULL;
  const gsize length = 2 * BROKER_READ_MAX + 12345;
  g_autofree guint8 *bytes = g_malloc (length);
  g_autoptr (GPtrArray) regions = NULL;
  gsize longest = 0;

  NEED_RIGHTS ();
  memory = open_target (stage);
  regions = process_memory_regions (memory);
  /* Up to where nothing is mapped, as the kernel does it. */
  for (guint i = 0; i < regions->len; i++)
    {
      const MemoryRegion *region = regions->pdata[i];
      gsize size = region->end - region->start;

      if (!region->is_readable || region->path[0] == '[')
        continue;
      longest = MAX (longest, size);
      assert_in_range (process_memory_read (memory, region->start, bytes, length),
                       MIN (size, PAGE), length);
    }
  assert_true (longest > 0);
}

static void
pieces_succeed_and_fail_each_on_its_own (void **state)
{
  struct stage *stage = *state;
  g_autoptr (ProcessMemory) memory = NULL;
  static guint8 bytes[1500];
  static struct memory_piece pieces[1500];

  NEED_RIGHTS ();
  memory = open_target (stage);
  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++)
    pieces[i] = (struct memory_piece) {
      i % 100 == 7 ? 8 : address_of (private + 4 * PAGE) + i, &bytes[i], 1, FALSE
    };
  assert_int_equal (process_memory_read_pieces (memory, pieces, G_N_ELEMENTS (pieces)), 1485);
  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++)
    {
      assert_int_equal (pieces[i].is_read, i % 100 != 7);
      assert_int_equal (bytes[i], i % 100 == 7 ? 0 : 'p');
    }
}

static void
memory_is_written_over_the_broker (void **state)
{
  struct stage *stage = *state;
  g_autoptr (ProcessMemory) memory = NULL;
  guint8 bytes[8];

  NEED_RIGHTS ();
  memory = open_target (stage);
  assert_int_equal (process_memory_write (memory, address_of (private + 4 * PAGE), "changed", 8), 0);
  assert_int_equal (process_memory_read (memory, address_of (private + 4 * PAGE), bytes, 8), 8);
  assert_memory_equal (bytes, "changed", 8);
  assert_int_equal (process_memory_write (memory, address_of (shared) + 1, "x", 1), 0);
  assert_int_equal (shared[1], 'x');
  assert_int_equal (process_memory_write (memory, 8, "x", 1), -EFAULT);
}

static void
mappings_and_their_content_are_told (void **state)
{
  struct stage *stage = *state;
  g_autoptr (ProcessMemory) memory = NULL;
  g_autoptr (GPtrArray) regions = NULL;
  guint64 base = address_of (private), end = base + 16 * PAGE, first, behind;
  MemoryRegion *region;

  NEED_RIGHTS ();
  memory = open_target (stage);
  regions = process_memory_regions (memory);
  assert_non_null (regions);
  region = memory_regions_find (regions, address_of (shared));
  assert_true (region->is_shared && region->is_deleted && region->is_writable);
  assert_true (process_memory_next_content (memory, base, end, &first, &behind));
  assert_int_equal (first, base + 4 * PAGE);
  assert_int_equal (behind, base + 5 * PAGE);
  assert_false (process_memory_next_content (memory, behind, end, &first, &behind));
}

static void
shared_memory_is_opened_by_the_broker (void **state)
{
  struct stage *stage = *state;
  g_autoptr (ProcessMemory) memory = NULL;
  g_autoptr (GPtrArray) regions = NULL;
  const MemoryRegion *region;
  MemoryRegion *other;
  struct stat status;
  int fd;

  NEED_RIGHTS ();
  memory = open_target (stage);
  regions = process_memory_regions (memory);
  region = memory_regions_find (regions, address_of (shared));
  fd = process_memory_open_region (memory, region, TRUE);
  assert_true (fd >= 0);
  assert_int_equal (fstat (fd, &status), 0);
  assert_int_equal (status.st_ino, region->inode);
  assert_true (fcntl (fd, F_GETFD) & FD_CLOEXEC);
  assert_int_equal (pwrite (fd, "new", 3, 0), 3);
  assert_memory_equal (shared, "news", 4);
  close (fd);
  fd = process_memory_open_region (memory, region, FALSE);
  assert_int_equal (pwrite (fd, "new", 3, 0), -1);
  close (fd);

  /* Only what the process maps, and only the inode that was meant. */
  other = memory_region_copy (region);
  other->inode++;
  assert_int_equal (process_memory_open_region (memory, other, FALSE), -ENOENT);
  other->start++;
  assert_int_equal (process_memory_open_region (memory, other, FALSE), -ENOENT);
  memory_region_free (other);
}

static void
what_threads_wait_for_is_told (void **state)
{
  struct stage *stage = *state;
  g_autoptr (ProcessMemory) memory = NULL;
  g_autoptr (GString) text = NULL;

  NEED_RIGHTS ();
  memory = open_target (stage);
  do
    {
      if (text != NULL)
        g_string_free (g_steal_pointer (&text), TRUE);
      text = process_memory_syscalls (memory);
      assert_non_null (text);
    }
  while (strcmp (text->str, "running\n") == 0);
#ifdef SYS_pause
  assert_int_equal (atoi (text->str), SYS_pause);
#endif
  assert_true (g_str_has_suffix (text->str, "\n"));
}

/* ------------------------------------------------------------------------ who may not -- */

static int
connect_to (const struct stage *stage)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_strlcpy (address.sun_path, stage->path, sizeof address.sun_path);
  assert_int_equal (connect (fd, (struct sockaddr *) &address, sizeof address), 0);
  return fd;
}

/* What the broker says to a request without payload; 1: it hangs up. */
static int
ask (int fd, struct broker_request request)
{
  gint64 deadline = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;
  struct broker_reply reply;
  int result;

  request.magic = BROKER_MAGIC;
  result = broker_io_send (fd, &request, sizeof request, NULL, 0, -1, deadline);
  if (result == 0)
    result = broker_io_receive (fd, &reply, sizeof reply, deadline, NULL);
  if (result == -EPIPE)
    return 1;
  assert_int_equal (result, 0);
  for (guint64 i = 0; i < reply.length; i++)
    {
      char byte;

      assert_int_equal (broker_io_receive (fd, &byte, 1, deadline, NULL), 0);
    }
  return reply.result;
}

static struct broker_target
target_of (pid_t pid)
{
  return (struct broker_target) { pid, process_start_time ("/proc", pid) };
}

static void
only_descendants_are_answered_for (void **state)
{
  struct stage *stage = *state;
  g_autoptr (ProcessMemory) memory = NULL;
  g_autoptr (GError) error = NULL;
  struct broker_request request = { .kind = BROKER_PROBE };
  pid_t pid;
  int fd;

  NEED_RIGHTS ();
  pid = fork ();
  if (pid == 0)
    {
      prctl (PR_SET_DUMPABLE, 0);
      while (TRUE)
        pause ();
    }
  /* Not before it has done so. */
  while (TRUE)
    {
      int result = 0;

      memory = process_memory_open_direct ("/proc", pid, &result);
      if (memory == NULL)
        break;
      g_clear_pointer (&memory, process_memory_unref);
    }
  memory = process_memory_open ("/proc", pid, &error);
  assert_null (memory);
  assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_PERMISSION));

  fd = connect_to (stage);
  request.target = target_of (stage->target);
  assert_int_equal (ask (fd, request), 0);
  for (guint kind = BROKER_PROBE; kind <= BROKER_OPEN; kind++)
    if (kind != BROKER_PIECES)
      {
        request = (struct broker_request) { .kind = kind, .target = target_of (pid) };
        assert_int_equal (ask (fd, request), -EPERM);
        request.target = target_of (stage->broker);
        assert_int_equal (ask (fd, request), -EPERM);
        request.target = target_of (1);
        assert_int_equal (ask (fd, request), -EPERM);
        request.target = target_of (stage->target);
        request.target.start_time++;
        assert_int_equal (ask (fd, request), -ESRCH);
        request.target.pid = 0;
        assert_int_equal (ask (fd, request), -EINVAL);
        request.target.pid = G_MAXINT64;
        assert_int_equal (ask (fd, request), -EINVAL);
      }
  close (fd);
  kill (pid, SIGKILL);
  waitpid (pid, NULL, 0);
}

static void
another_user_is_not_answered (void **state)
{
  struct stage *stage = *state;
  g_autoptr (ProcessMemory) memory = NULL;
  char byte;

  NEED_RIGHTS ();
  assert_int_equal (write (ask_other[1], stage->path, strlen (stage->path)),
                    strlen (stage->path));
  assert_int_equal (read (answer_other[0], &byte, 1), 1);
  /* And where others may enter, nobody looks for a broker. */
  assert_int_equal (byte, 'n');
  memory = process_memory_open ("/proc", stage->target, NULL);
  assert_null (memory);
}

static void
garbage_is_hung_up_on (void **state)
{
  struct stage *stage = *state;
  struct broker_request request = { 0 };
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  int idle[200];
  int fd;

  NEED_RIGHTS ();
  for (guint turn = 0; turn < TURNS; turn++)
    {
      guint8 bytes[256];
      gsize length = (gsize) g_rand_int_range (random, 1, sizeof bytes);

      for (gsize i = 0; i < length; i++)
        bytes[i] = (guint8) g_rand_int (random);
      request = (struct broker_request) {
        .magic = BROKER_MAGIC,
        .kind = g_rand_int (random) % 14,
        .target = target_of (stage->target),
        .address = g_rand_boolean (random) ? address_of (shared) : g_rand_int (random),
        .size = g_rand_boolean (random) ? g_rand_int (random) % 5000 : G_MAXUINT64 - turn,
        .length = g_rand_boolean (random) ? length : (guint64) g_rand_int (random) << 20,
      };
      fd = connect_to (stage);
      /* Well-formed at the beginning, or not at all; and then gone. */
      if (g_rand_boolean (random))
        send (fd, &request, sizeof request, MSG_NOSIGNAL);
      send (fd, bytes, length, MSG_NOSIGNAL);
      close (fd);
    }

  fd = connect_to (stage);
  request = (struct broker_request) { .kind = 99, .target = target_of (stage->target) };
  assert_int_equal (ask (fd, request), -EINVAL);
  request = (struct broker_request) { .kind = BROKER_READ, .target = target_of (stage->target),
                                      .size = BROKER_READ_MAX + 1 };
  assert_int_equal (ask (fd, request), -EINVAL);
  request.kind = BROKER_PAGEMAP;
  assert_int_equal (ask (fd, request), -EINVAL);
  request = (struct broker_request) { .kind = BROKER_WRITE, .target = target_of (stage->target),
                                      .length = BROKER_WRITE_MAX + 1 };
  assert_int_equal (ask (fd, request), 1);
  close (fd);

  /* Those that are too many are hung up on, and leave room when they go. */
  for (guint i = 0; i < G_N_ELEMENTS (idle); i++)
    idle[i] = connect_to (stage);
  request = (struct broker_request) { .kind = BROKER_PROBE, .target = target_of (stage->target) };
  assert_int_equal (ask (idle[G_N_ELEMENTS (idle) - 1], request), 1);
  for (guint i = 0; i < G_N_ELEMENTS (idle); i++)
    close (idle[i]);
  for (gint64 end = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;;)
    {
      int result;

      fd = connect_to (stage);
      result = ask (fd, request);
      close (fd);
      if (result == 0)
        break;
      assert_true (g_get_monotonic_time () < end);
    }
  process_memory_unref (open_target (stage));
}

/* ---------------------------------------------------------------------- broken brokers -- */

static void
a_broker_that_was_killed_is_swept (void **state)
{
  struct stage *stage = *state;
  g_autoptr (ProcessMemory) memory = NULL;
  g_autofree char *path = NULL;
  guint8 bytes[8];

  NEED_RIGHTS ();
  memory = open_target (stage);
  kill (stage->broker, SIGKILL);
  waitpid (stage->broker, NULL, 0);
  assert_int_equal (process_memory_read (memory, address_of (shared), bytes, 8), -ESRCH);
  assert_int_equal (process_memory_read (memory, address_of (shared), bytes, 8), -ESRCH);
  assert_int_equal (access (stage->path, F_OK), 0);
  path = broker_place_make (NULL);
  assert_non_null (path);
  assert_int_equal (access (stage->path, F_OK), -1);
}

static void
a_broker_that_is_suspended_costs_one_wait (void **state)
{
  struct stage *stage = *state;
  g_autoptr (ProcessMemory) memory = NULL;
  guint8 bytes[8];

  NEED_RIGHTS ();
  memory = open_target (stage);
  kill (stage->broker, SIGSTOP);
  waitpid (stage->broker, NULL, WUNTRACED);
  for (guint i = 0; i < 1000; i++)
    assert_int_equal (process_memory_read (memory, address_of (shared), bytes, 8), -ETIMEDOUT);
  kill (stage->broker, SIGCONT);
  while (process_is_stopped ("/proc", stage->broker))
    continue;
  assert_int_equal (process_memory_read (memory, address_of (shared), bytes, 8), 8);
  assert_memory_equal (bytes, "ssssssss", 8);
}

static void
a_target_that_ended_is_gone (void **state)
{
  struct stage *stage = *state;
  g_autoptr (ProcessMemory) memory = NULL;
  guint8 bytes[8];

  NEED_RIGHTS ();
  memory = open_target (stage);
  kill (stage->target, SIGKILL);
  while (!process_memory_is_gone (memory))
    continue;
  assert_true (process_memory_read (memory, address_of (shared), bytes, 8) < 0);
  assert_int_equal (process_memory_open_region (
                      memory, &(MemoryRegion) { .start = address_of (shared), .inode = 1 }, FALSE),
                    -ENOENT);
}

int
main (void)
{
#define TEST(name) cmocka_unit_test_setup_teardown (name, set_up, tear_down)
  const struct CMUnitTest tests[] = {
    TEST (memory_is_read_over_the_broker),
    TEST (more_is_read_than_one_request_holds),
    TEST (pieces_succeed_and_fail_each_on_its_own),
    TEST (memory_is_written_over_the_broker),
    TEST (mappings_and_their_content_are_told),
    TEST (shared_memory_is_opened_by_the_broker),
    TEST (what_threads_wait_for_is_told),
    TEST (only_descendants_are_answered_for),
    TEST (garbage_is_hung_up_on),
    TEST (a_broker_that_was_killed_is_swept),
    TEST (a_broker_that_is_suspended_costs_one_wait),
    TEST (a_target_that_ended_is_gone),
    /* Opens the directory to others. */
    TEST (another_user_is_not_answered),
  };

  return cmocka_run_group_tests (tests, set_up_all, tear_down_all);
}
