/* A broker, and a client that the kernel does not let look by itself: of the same user, but
 * without the capability that its targets ask for, which the broker has. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "broker-io.h"
#include "broker-place.h"
#include "inspect-error.h"
#include "support/broker-stage.h"

/* Of garbage, in turns. */
#define TURNS 300

/* ------------------------------------------------------------------ what is asked for -- */

static void
memory_is_read_over_the_broker (void **state)
{
  struct stage *stage = *state;
  g_autoptr (ProcessMemory) memory = NULL;
  guint8 bytes[PAGE];

  NEED_RIGHTS ();
  memory = stage_open (stage);
  assert_int_equal (process_memory_read (memory, address_of (stage_private + 4 * PAGE), bytes, 8), 8);
  assert_memory_equal (bytes, "pppppppp", 8);
  assert_int_equal (stage_private[4 * PAGE], 0);
  assert_int_equal (process_memory_read (memory, address_of (stage_shared), bytes, PAGE), PAGE);
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
  memory = stage_open (stage);
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
  memory = stage_open (stage);
  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++)
    pieces[i] = (struct memory_piece) {
      i % 100 == 7 ? 8 : address_of (stage_private + 4 * PAGE) + i, &bytes[i], 1, FALSE
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
  memory = stage_open (stage);
  assert_int_equal (process_memory_write (memory, address_of (stage_private + 4 * PAGE), "changed", 8), 0);
  assert_int_equal (process_memory_read (memory, address_of (stage_private + 4 * PAGE), bytes, 8), 8);
  assert_memory_equal (bytes, "changed", 8);
  assert_int_equal (process_memory_write (memory, address_of (stage_shared) + 1, "x", 1), 0);
  assert_int_equal (stage_shared[1], 'x');
  assert_int_equal (process_memory_write (memory, 8, "x", 1), -EFAULT);
}

static void
mappings_and_their_content_are_told (void **state)
{
  struct stage *stage = *state;
  g_autoptr (ProcessMemory) memory = NULL;
  g_autoptr (GPtrArray) regions = NULL;
  guint64 base = address_of (stage_private), end = base + 16 * PAGE, first, behind;
  MemoryRegion *region;

  NEED_RIGHTS ();
  memory = stage_open (stage);
  regions = process_memory_regions (memory);
  assert_non_null (regions);
  region = memory_regions_find (regions, address_of (stage_shared));
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
  memory = stage_open (stage);
  regions = process_memory_regions (memory);
  region = memory_regions_find (regions, address_of (stage_shared));
  fd = process_memory_open_region (memory, region, TRUE, TRUE);
  assert_true (fd >= 0);
  assert_int_equal (fstat (fd, &status), 0);
  assert_int_equal (status.st_ino, region->inode);
  assert_true (fcntl (fd, F_GETFD) & FD_CLOEXEC);
  assert_int_equal (pwrite (fd, "new", 3, 0), 3);
  assert_memory_equal (stage_shared, "news", 4);
  close (fd);
  fd = process_memory_open_region (memory, region, FALSE, TRUE);
  assert_int_equal (pwrite (fd, "new", 3, 0), -1);
  close (fd);

  /* Only what the process maps, and only the inode that was meant. */
  other = memory_region_copy (region);
  other->inode++;
  assert_int_equal (process_memory_open_region (memory, other, FALSE, TRUE), -ENOENT);
  other->start++;
  assert_int_equal (process_memory_open_region (memory, other, FALSE, TRUE), -ENOENT);
  memory_region_free (other);
}

static void
what_threads_wait_for_is_told (void **state)
{
  struct stage *stage = *state;
  g_autoptr (ProcessMemory) memory = NULL;
  g_autoptr (GString) text = NULL;

  NEED_RIGHTS ();
  memory = stage_open (stage);
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

  fd = stage_connect (stage);
  request.target = stage_target_of (stage->target);
  assert_int_equal (stage_ask (fd, request), 0);
  for (guint kind = BROKER_PROBE; kind <= BROKER_OPEN; kind++)
    if (kind != BROKER_PIECES)
      {
        request = (struct broker_request) { .kind = kind, .target = stage_target_of (pid) };
        assert_int_equal (stage_ask (fd, request), -EPERM);
        request.target = stage_target_of (stage->broker);
        assert_int_equal (stage_ask (fd, request), -EPERM);
        request.target = stage_target_of (1);
        assert_int_equal (stage_ask (fd, request), -EPERM);
        request.target = stage_target_of (stage->target);
        request.target.start_time++;
        assert_int_equal (stage_ask (fd, request), -ESRCH);
        request.target.pid = 0;
        assert_int_equal (stage_ask (fd, request), -EINVAL);
        request.target.pid = G_MAXINT64;
        assert_int_equal (stage_ask (fd, request), -EINVAL);
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

  NEED_RIGHTS ();
  assert_int_equal (stage_ask_as_another (stage), 'n');
  /* And where others may enter, nobody looks for a broker. */
  memory = process_memory_open ("/proc", stage->target, NULL);
  assert_null (memory);
}

/* A connection that the broker has taken; it may take a while until there is room for it. */
static int
connect_with_room (const struct stage *stage)
{
  const struct broker_request request
    = { .kind = BROKER_PROBE, .target = stage_target_of (stage->target) };

  for (gint64 end = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;;)
    {
      int fd = stage_connect (stage);

      if (stage_ask (fd, request) == 0)
        return fd;
      close (fd);
      assert_true (g_get_monotonic_time () < end);
    }
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
        .target = stage_target_of (stage->target),
        .address = g_rand_boolean (random) ? address_of (stage_shared) : g_rand_int (random),
        .size = g_rand_boolean (random) ? g_rand_int (random) % 5000 : G_MAXUINT64 - turn,
        .length = g_rand_boolean (random) ? length : (guint64) g_rand_int (random) << 20,
      };
      fd = stage_connect (stage);
      /* Well-formed at the beginning, or not at all; and then gone. */
      if (g_rand_boolean (random))
        send (fd, &request, sizeof request, MSG_NOSIGNAL);
      send (fd, bytes, length, MSG_NOSIGNAL);
      close (fd);
    }

  fd = connect_with_room (stage);
  request = (struct broker_request) { .kind = 99, .target = stage_target_of (stage->target) };
  assert_int_equal (stage_ask (fd, request), -EINVAL);
  request = (struct broker_request) { .kind = BROKER_READ, .target = stage_target_of (stage->target),
                                      .size = BROKER_READ_MAX + 1 };
  assert_int_equal (stage_ask (fd, request), -EINVAL);
  request.kind = BROKER_PAGEMAP;
  assert_int_equal (stage_ask (fd, request), -EINVAL);
  request = (struct broker_request) { .kind = BROKER_WRITE, .target = stage_target_of (stage->target),
                                      .length = BROKER_WRITE_MAX + 1 };
  assert_int_equal (stage_ask (fd, request), 1);
  close (fd);

  /* Those that are too many are hung up on, and leave room when they go. */
  for (guint i = 0; i < G_N_ELEMENTS (idle); i++)
    idle[i] = stage_connect (stage);
  request = (struct broker_request) { .kind = BROKER_PROBE, .target = stage_target_of (stage->target) };
  assert_int_equal (stage_ask (idle[G_N_ELEMENTS (idle) - 1], request), 1);
  for (guint i = 0; i < G_N_ELEMENTS (idle); i++)
    close (idle[i]);
  close (connect_with_room (stage));
  process_memory_unref (stage_open (stage));
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
  memory = stage_open (stage);
  kill (stage->broker, SIGKILL);
  waitpid (stage->broker, NULL, 0);
  assert_int_equal (process_memory_read (memory, address_of (stage_shared), bytes, 8), -ESRCH);
  assert_int_equal (process_memory_read (memory, address_of (stage_shared), bytes, 8), -ESRCH);
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
  memory = stage_open (stage);
  kill (stage->broker, SIGSTOP);
  waitpid (stage->broker, NULL, WUNTRACED);
  for (guint i = 0; i < 1000; i++)
    assert_int_equal (process_memory_read (memory, address_of (stage_shared), bytes, 8), -ETIMEDOUT);
  kill (stage->broker, SIGCONT);
  while (process_is_stopped ("/proc", stage->broker))
    continue;
  assert_int_equal (process_memory_read (memory, address_of (stage_shared), bytes, 8), 8);
  assert_memory_equal (bytes, "ssssssss", 8);
}

static void
a_target_that_ended_is_gone (void **state)
{
  struct stage *stage = *state;
  g_autoptr (ProcessMemory) memory = NULL;
  guint8 bytes[8];

  NEED_RIGHTS ();
  memory = stage_open (stage);
  kill (stage->target, SIGKILL);
  while (!process_memory_is_gone (memory))
    continue;
  assert_true (process_memory_read (memory, address_of (stage_shared), bytes, 8) < 0);
  assert_int_equal (process_memory_open_region (
                      memory, &(MemoryRegion) { .start = address_of (stage_shared), .inode = 1 }, FALSE,
                      TRUE),
                    -ENOENT);
}

int
main (void)
{
#define TEST(name) cmocka_unit_test_setup_teardown (name, stage_set_up, stage_tear_down)
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

  return cmocka_run_group_tests (tests, stage_set_up_all, stage_tear_down_all);
}
