/* Processes killed at random moments: whatever they were at, the others go on.
 * SHMLENS_LONG in the environment makes it a thousand kills of each kind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "format.h"
#include "segment.h"
#include "support/scratch.h"

#define LONGEST_US 3000

static unsigned seed = 12345;
static struct shmlens_segment *segment;

static int
kills (void)
{
  return getenv ("SHMLENS_LONG") != NULL ? 1000 : 200;
}

/* A file descriptor on which a child says that it has begun. */
static int begun[2];

static void
say_begun (void)
{
  if (write (begun[1], "", 1) != 1)
    _exit (1);
}

/* Lets a child work for a random time after it has begun, then kills it. */
static void
kill_at_random (int (*work) (const char *name), const char *name)
{
  pid_t pid = scratch_fork (work, name);
  char byte;
  int status;

  assert_int_equal (read (begun[0], &byte, 1), 1);
  usleep ((useconds_t) (rand_r (&seed) % LONGEST_US));
  assert_int_equal (kill (pid, SIGKILL), 0);
  status = scratch_wait (pid);
  if (!WIFSIGNALED (status) || WTERMSIG (status) != SIGKILL)
    fail_msg ("the child ended by itself with wait status 0x%x", (unsigned) status);
}

static int
new_segment (void **state)
{
  segment = scratch_segment (scratch_name ("s"));
  return 0;
}

static int
end_segment (void **state)
{
  scratch_detach_and_unlink (segment);
  return 0;
}


/* In the middle of making and removing. */

/* An array whose name says what is in it: `LENGTH*BYTE#...`. */
static int
make_marked (struct shmlens_segment *mine, unsigned *mine_seed, struct shmlens_lock *lock,
             struct shmlens_entry **ret_entry)
{
  static uint8_t content[40000];
  const struct shmlens_entry_attr attr
      = { .flags = SHMLENS_UNNAMED, .lock = lock, .doc = "made to be killed" };
  uint64_t length = (uint64_t) rand_r (mine_seed) % (rand_r (mine_seed) % 8 == 0 ? 40000 : 400);
  int byte = rand_r (mine_seed) % 256;
  char name[64];

  memset (content, byte, length);
  snprintf (name, sizeof name, "%lu*%d", (unsigned long) length, byte);
  return shmlens_array_create (mine, name, 'B', 1, &length, content, &attr, ret_entry);
}

/* Half of the arrays share a lock: that of the first one, which is the first to
 * go, or one that stands alone. */
static int
make_and_remove (const char *name, bool alone)
{
  struct shmlens_segment *mine;
  unsigned mine_seed = (unsigned) getpid ();

  if (shmlens_segment_attach (name, SHMLENS_READ_WRITE, &mine) < 0)
    return 1;
  say_begun ();
  for (;;)
    {
      struct shmlens_entry *entries[10];
      struct shmlens_lock *lock = NULL;

      if (alone && shmlens_lock_create (mine, &lock) < 0)
        return 2;
      for (int i = 0; i < 10; i++)
        {
          if (make_marked (mine, &mine_seed, i % 2 == 0 ? lock : NULL, &entries[i]) < 0)
            return 3;
          if (lock == NULL)
            lock = shmlens_entry_lock (entries[0]);
        }
      if (alone)
        shmlens_lock_close (lock);
      for (int i = 0; i < 10; i++)
        if (shmlens_entry_remove (entries[i]) < 0)
          return 4;
    }
}

static int
make_and_remove_arrays (const char *name)
{
  return make_and_remove (name, false);
}

static int
make_and_remove_locks_too (const char *name)
{
  return make_and_remove (name, true);
}

/* Every entry is whole, and its lock can be taken. They are removed. */
static void
check_and_remove_all (void)
{
  struct shmlens_entry *entry;
  uint32_t cursor = 0;
  int result;

  while ((result = shmlens_segment_next (segment, &cursor, &entry)) != 0)
    {
      const struct shmlens_entry_info *info;
      unsigned long length;
      int byte;

      if (result < 0)
        fail_msg ("%s", shmlens_error ());
      info = shmlens_entry_describe (entry);
      assert_int_equal (sscanf (info->name, "%lu*%d", &length, &byte), 2);
      assert_int_equal (info->length, length);
      assert_string_equal (info->doc, "made to be killed");
      for (uint64_t i = 0; i < length; i++)
        assert_int_equal (((const uint8_t *) shmlens_entry_peek (entry))[i], byte);
      assert_true (shmlens_lock_acquire (shmlens_entry_lock (entry)) >= 0);
      assert_int_equal (shmlens_lock_release (shmlens_entry_lock (entry)), 0);
      if (shmlens_entry_remove (entry) < 0)
        fail_msg ("%s", shmlens_error ());
    }
}

static void
who_is_killed_while_making_leaves_the_segment_whole (void **state)
{
  struct format_error error;
  unsigned in_the_middle = 0;
  uint8_t *bytes;
  size_t length;

  for (int i = 0; i < kills (); i++)
    {
      struct shmlens_entry *entry;

      kill_at_random (make_and_remove_arrays, shmlens_segment_name (segment));
      in_the_middle
          += __atomic_load_n (&segment_header (segment)->changing, __ATOMIC_RELAXED) != 0;
      if (shmlens_value_create (segment, "1*0", 'B', NULL,
                                &(struct shmlens_entry_attr){ .flags = SHMLENS_UNNAMED,
                                                              .doc = "made to be killed" },
                                &entry)
          < 0)
        fail_msg ("%s", shmlens_error ());
      check_and_remove_all ();

      bytes = scratch_read_file (shmlens_segment_name (segment), &length);
      if (format_validate (bytes, length, &error) < 0)
        fail_msg ("after %d kills: %s", i + 1, error.text);
      free (bytes);
    }
  assert_int_not_equal (in_the_middle, 0);
  assert_in_range (shmlens_segment_size (segment), 0, 1 << 20);
}

/* Several at once, one of which is killed. Its lock stays if it stood alone. */
static void
the_others_go_on_while_one_is_killed (void **state)
{
  const char *name = shmlens_segment_name (segment);
  char byte;
  pid_t others[2];

  for (int i = 0; i < 2; i++)
    {
      others[i] = scratch_fork (make_and_remove_locks_too, name);
      assert_int_equal (read (begun[0], &byte, 1), 1);
    }
  for (int i = 0; i < kills () / 4; i++)
    kill_at_random (make_and_remove_locks_too, name);
  for (int i = 0; i < 2; i++)
    {
      assert_int_equal (waitpid (others[i], NULL, WNOHANG), 0);
      assert_int_equal (kill (others[i], SIGKILL), 0);
      scratch_wait (others[i]);
    }
  check_and_remove_all ();
}


/* In the middle of making a segment. */

static int
make_segments (const char *name)
{
  const struct shmlens_segment_attr attr = { .capacity = SCRATCH_CAPACITY };
  struct shmlens_segment *mine;

  say_begun ();
  for (;;)
    {
      if (shmlens_segment_open_or_create (name, &attr, &mine) < 0)
        return 1;
      if (shmlens_segment_detach (mine) < 0)
        return 2;
      if (shmlens_segment_unlink (name) < 0)
        return 3;
    }
}

static void
a_segment_is_there_whole_or_not_at_all (void **state)
{
  const char *name = scratch_name ("made");
  struct shmlens_segment *made;
  unsigned there = 0;

  for (int i = 0; i < kills (); i++)
    {
      int result;

      kill_at_random (make_segments, name);
      result = shmlens_segment_attach (name, SHMLENS_READ_WRITE, &made);
      if (result == -ENOENT)
        continue;
      if (result < 0)
        fail_msg ("%s", shmlens_error ());
      there++;
      assert_int_equal (shmlens_segment_attachers (made, 0, NULL), 1);
      scratch_detach_and_unlink (made);
    }
  assert_in_range (there, 1, kills () - 1);
}


/* In the middle of a change under the lock. */

struct pair
{
  int64_t first;
  int64_t second;
};

static int
raise_pairs (const char *name)
{
  struct shmlens_segment *mine;
  struct shmlens_entry *entry;
  struct pair *pair;
  int result;

  if (shmlens_segment_attach (name, SHMLENS_READ_WRITE, &mine) < 0
      || shmlens_entry_open (mine, "pair", &entry) < 0)
    return 1;
  pair = shmlens_entry_data (entry);
  say_begun ();
  while ((result = shmlens_lock_acquire (shmlens_entry_lock (entry))) == 0)
    {
      __atomic_store_n (&pair->first, pair->first + 1, __ATOMIC_RELAXED);
      __atomic_signal_fence (__ATOMIC_SEQ_CST);
      __atomic_store_n (&pair->second, pair->second + 1, __ATOMIC_RELAXED);
      shmlens_entry_commit (entry);
      if (shmlens_lock_release (shmlens_entry_lock (entry)) < 0)
        return 2;
    }
  return 3;
}

static void
no_committed_change_is_lost_and_each_death_is_reported (void **state)
{
  struct shmlens_lock_info info;
  struct shmlens_entry *entry;
  struct shmlens_lock *lock;
  struct pair *pair;
  uint32_t reported = 0;
  uint64_t lost_commits = 0;

  assert_int_equal (shmlens_array_create (segment, "pair", 'q', 1, (uint64_t[]){ 2 }, NULL, NULL,
                                          &entry),
                    0);
  pair = shmlens_entry_data (entry);
  lock = shmlens_entry_lock (entry);
  for (int i = 0; i < kills (); i++)
    {
      int64_t before = pair->second;
      bool was_held;
      int result;

      kill_at_random (raise_pairs, shmlens_segment_name (segment));
      shmlens_lock_describe (lock, &info);
      was_held = info.state == SHMLENS_LOCK_DEAD;
      result = shmlens_lock_acquire_timed (lock, UINT64_C (10000000000));
      assert_int_equal (result, was_held);
      reported += (uint32_t) result;
      assert_true (pair->second >= before);
      assert_in_range (pair->first - pair->second, 0, result);
      pair->second = pair->first;

      /* A change that was made, but not said to be, when its maker died. */
      assert_in_range (pair->first - (int64_t) (shmlens_entry_writes (entry) + lost_commits), 0,
                       result);
      lost_commits = (uint64_t) pair->first - shmlens_entry_writes (entry);
      assert_int_equal (shmlens_lock_release (lock), 0);
    }
  assert_int_not_equal (reported, 0);
  shmlens_lock_describe (lock, &info);
  assert_int_equal (info.recoveries, reported);
}

static int
set_up (void **state)
{
  if (pipe (begun) < 0)
    return -1;
  return scratch_set_up ("kill");
}

static int
tear_down (void **state)
{
  return scratch_tear_down ();
}

#define TEST(name) cmocka_unit_test_setup_teardown (name, new_segment, end_segment)

int
main (void)
{
  const struct CMUnitTest tests[] = {
    TEST (who_is_killed_while_making_leaves_the_segment_whole),
    TEST (the_others_go_on_while_one_is_killed),
    cmocka_unit_test (a_segment_is_there_whole_or_not_at_all),
    TEST (no_committed_change_is_lost_and_each_death_is_reported),
  };

  return cmocka_run_group_tests (tests, set_up, tear_down);
}
