/* Processes killed at random moments: whatever they were at, the others go on.
 * SHMLENS_LONG in the environment makes it a thousand kills of each kind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "entry.h"
#include "format-private.h"
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

/* The number of slots in this state, by the segment at rest. */
static unsigned
count_slots (enum format_slot_state state)
{
  struct format_header header;
  unsigned count = 0;
  uint64_t length;

  assert_int_equal (directory_copy (segment, &header, &length), 0);
  for (uint32_t index = 0; index < header.slot_count; index++)
    count += FORMAT_STATE (directory_slot (segment, &header, length, index)->state) == state;
  return count;
}

/* Bytes below `used` that are neither a table nor in a slot's extent. */
static uint64_t
count_lost_bytes (void)
{
  struct format_header header;
  uint64_t lost;
  uint64_t length;

  assert_int_equal (directory_copy (segment, &header, &length), 0);
  lost = header.used - FORMAT_PAGE - FORMAT_ATTACHERS_LENGTH;
  for (unsigned block = 0; block < FORMAT_BLOCKS && header.block_offset[block] != 0; block++)
    lost -= format_block_length (block);
  for (uint32_t index = 0; index < header.slot_count; index++)
    lost -= directory_slot (segment, &header, length, index)->extent_length;
  return lost;
}

static void
assert_whole (void)
{
  struct format_error error;
  size_t length;
  uint8_t *bytes = scratch_read_file (shmlens_segment_name (segment), &length);

  if (format_validate (bytes, length, &error) < 0)
    fail_msg ("%s", error.text);
  free (bytes);
}

/* Dying at a chosen point: what such a process leaves is written by hand. */

static void
die_in_the_middle (void)
{
  segment_header (segment)->changing = 1;
}

static void
what_was_half_made_is_given_back (void **state)
{
  struct shmlens_entry *entries[3];
  struct format_slot *slot;
  uint64_t used;

  for (int i = 0; i < 3; i++)
    assert_int_equal (shmlens_array_create (segment, (const char[]){ (char) ('a' + i), '\0' }, 'B',
                                            1, (uint64_t[]){ 1000 }, NULL, NULL, &entries[i]),
                      0);
  used = segment_header (segment)->used;

  /* The slot was taken and nothing more; the list has lost the rest. */
  assert_int_equal (shmlens_entry_remove (entries[0]), 0);
  slot
      = directory_slot (segment, &segment->directory, segment->directory_length, entries[1]->index);
  slot->state = directory_building_state (slot->state);
  for (unsigned k = 0; k < FORMAT_FREE_CLASSES; k++)
    segment_header (segment)->free_head[k] = FORMAT_NO_SLOT;
  die_in_the_middle ();

  /* Both extents are joined, and long enough now. */
  assert_int_equal (
      shmlens_array_create (segment, "long", 'B', 1, (uint64_t[]){ 2000 }, NULL, NULL, &entries[0]),
      0);
  assert_int_equal (segment_header (segment)->used, used);
  assert_int_equal (segment_header (segment)->changing, 0);
  assert_int_equal (count_slots (FORMAT_SLOT_BUILDING), 0);
  assert_int_equal (count_lost_bytes (), 0);
  assert_false (shmlens_entry_is_live (entries[1]));
  assert_true (shmlens_entry_is_live (entries[2]));
  assert_whole ();
}

static void
what_was_taken_from_the_end_is_given_back (void **state)
{
  struct shmlens_entry *entry;
  uint64_t used;

  assert_int_equal (shmlens_value_create (segment, "x", 'q', NULL, NULL, &entry), 0);
  used = segment_header (segment)->used;
  segment_header (segment)->used += 8192;
  memset (segment->base + used, 0x55, 8192);
  die_in_the_middle ();
  assert_int_equal (
      shmlens_array_create (segment, "y", 'B', 1, (uint64_t[]){ 4096 }, NULL, NULL, &entry), 0);
  assert_int_equal (segment_header (segment)->used, used + 4096 + sizeof (struct format_lock));
  for (int i = 0; i < 4096; i++)
    assert_int_equal (((const uint8_t *) shmlens_entry_peek (entry))[i], 0);
  assert_whole ();
}

static void
who_uses_a_lock_is_counted_again (void **state)
{
  struct shmlens_entry_attr attr = { 0 };
  struct shmlens_entry *owner;
  struct shmlens_entry *user;
  struct shmlens_entry *other;

  assert_int_equal (shmlens_value_create (segment, "owner", 'q', NULL, NULL, &owner), 0);
  attr.lock = shmlens_entry_lock (owner);
  assert_int_equal (shmlens_value_create (segment, "user", 'q', NULL, &attr, &user), 0);
  attr.lock->shared->references = 5;
  die_in_the_middle ();
  assert_int_equal (shmlens_value_create (segment, "other", 'q', NULL, NULL, &other), 0);
  assert_int_equal (attr.lock->shared->references, 1);
  assert_int_equal (shmlens_entry_remove (owner), 0);
  assert_int_equal (count_slots (FORMAT_SLOT_RETIRED), 1);

  /* The last user was being removed: its lock had to go as well. */
  directory_slot (segment, &segment->directory, segment->directory_length, user->index)->state
      = FORMAT_GENERATION (user->slot.state) << FORMAT_STATE_BITS | FORMAT_SLOT_FREE;
  die_in_the_middle ();
  assert_int_equal (shmlens_entry_remove (other), 0);
  assert_int_equal (count_slots (FORMAT_SLOT_RETIRED), 0);
  assert_int_equal (count_lost_bytes (), 0);
  assert_whole ();
}

static void
a_retired_lock_that_is_held_is_kept (void **state)
{
  struct shmlens_entry_attr attr = { 0 };
  struct shmlens_entry *owner;
  struct shmlens_entry *user;
  struct shmlens_lock lock;

  assert_int_equal (shmlens_value_create (segment, "owner", 'q', NULL, NULL, &owner), 0);
  attr.lock = shmlens_entry_lock (owner);
  assert_int_equal (shmlens_value_create (segment, "user", 'q', NULL, &attr, &user), 0);
  lock = *attr.lock;
  assert_int_equal (shmlens_entry_remove (owner), 0);
  assert_int_equal (shmlens_lock_acquire (&lock), 0);
  directory_slot (segment, &segment->directory, segment->directory_length, user->index)->state
      = FORMAT_GENERATION (user->slot.state) << FORMAT_STATE_BITS | FORMAT_SLOT_FREE;
  die_in_the_middle ();
  assert_int_equal (shmlens_value_create (segment, "x", 'q', NULL, NULL, &user), 0);
  assert_int_equal (count_slots (FORMAT_SLOT_RETIRED), 1);
  assert_int_equal (shmlens_lock_release (&lock), 0);
  die_in_the_middle ();
  assert_int_equal (shmlens_entry_remove (user), 0);
  assert_int_equal (count_slots (FORMAT_SLOT_RETIRED), 0);
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
  unsigned in_the_middle = 0;

  for (int i = 0; i < kills (); i++)
    {
      struct shmlens_entry *entry;

      kill_at_random (make_and_remove_arrays, shmlens_segment_name (segment));
      in_the_middle += __atomic_load_n (&segment_header (segment)->changing, __ATOMIC_RELAXED) != 0;
      if (shmlens_value_create (
              segment, "1*0", 'B', NULL,
              &(struct shmlens_entry_attr){ .flags = SHMLENS_UNNAMED, .doc = "made to be killed" },
              &entry)
          < 0)
        fail_msg ("%s", shmlens_error ());
      check_and_remove_all ();

      assert_int_equal (count_slots (FORMAT_SLOT_BUILDING), 0);
      assert_int_equal (count_slots (FORMAT_SLOT_RETIRED), 0);
      assert_int_equal (count_lost_bytes (), 0);
      assert_whole ();
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

  assert_int_equal (
      shmlens_array_create (segment, "pair", 'q', 1, (uint64_t[]){ 2 }, NULL, NULL, &entry), 0);
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
    TEST (what_was_half_made_is_given_back),
    TEST (what_was_taken_from_the_end_is_given_back),
    TEST (who_uses_a_lock_is_counted_again),
    TEST (a_retired_lock_that_is_held_is_kept),
    TEST (who_is_killed_while_making_leaves_the_segment_whole),
    TEST (the_others_go_on_while_one_is_killed),
    cmocka_unit_test (a_segment_is_there_whole_or_not_at_all),
    TEST (no_committed_change_is_lost_and_each_death_is_reported),
  };

  return cmocka_run_group_tests (tests, set_up, tear_down);
}
