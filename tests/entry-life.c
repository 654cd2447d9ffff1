/* The life of entries, seen from other handles and processes; locks they share. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>

#include "format.h"
#include "segment.h"
#include "support/holder.h"
#include "support/scratch.h"

static struct shmlens_segment *segment;

static struct shmlens_entry *
make_value (const char *name, char code, const void *initial)
{
  struct shmlens_entry *entry = NULL;

  if (shmlens_value_create (segment, name, code, initial, NULL, &entry) < 0)
    fail_msg ("%s", shmlens_error ());
  return entry;
}

static struct shmlens_entry *
make_array (const char *name, char code, uint64_t length)
{
  struct shmlens_entry *entry = NULL;

  if (shmlens_array_create (segment, name, code, 1, &length, NULL, NULL, &entry) < 0)
    fail_msg ("%s", shmlens_error ());
  return entry;
}

static int
create_with (const struct shmlens_entry_attr *attr)
{
  struct shmlens_entry *entry;

  return shmlens_value_create (segment, "refused", 'q', NULL, attr, &entry);
}

/* The segment at rest is as it should be, to the last byte. */
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

static int
new_segment (void **state)
{
  segment = scratch_segment (scratch_name ("s"));
  return 0;
}

static int
end_segment (void **state)
{
  assert_whole ();
  scratch_detach_and_unlink (segment);
  return 0;
}

static void
others_see_what_is_made_and_removed (void **state)
{
  struct shmlens_segment *reader
      = scratch_attach (shmlens_segment_name (segment), SHMLENS_READ_ONLY);
  const uint64_t length = 3000000;
  struct shmlens_entry *writer_array;
  struct shmlens_entry *array;
  struct shmlens_entry *value;
  double number = 2.5;

  make_value ("before", 'd', &number);
  assert_int_equal (shmlens_entry_open (reader, "before", &value), 0);
  assert_int_equal (shmlens_entry_snapshot (value, 0, 1, &number), SHMLENS_CONSISTENCY_SEQUENCE);
  assert_true (number == 2.5);

  /* Far beyond the file's end at the time when the reader attached. */
  writer_array = make_array ("late", 'd', length);
  assert_int_equal (shmlens_entry_set (writer_array, length - 1, &number), 0);
  assert_int_equal (shmlens_entry_open (reader, "late", &array), 0);
  number = 0;
  assert_int_equal (shmlens_entry_snapshot (array, length - 1, length, &number),
                    SHMLENS_CONSISTENCY_SEQUENCE);
  assert_true (number == 2.5);
  assert_true (shmlens_segment_size (reader) > 8 * length);

  assert_true (shmlens_entry_is_live (array));
  assert_int_equal (shmlens_entry_remove (writer_array), 0);
  assert_false (shmlens_entry_is_live (array));
  assert_int_equal (shmlens_entry_open (reader, "late", &array), -ENOENT);
  assert_int_equal (shmlens_segment_detach (reader), 0);
}

static void
a_stale_handle_does_not_come_back_to_life (void **state)
{
  struct shmlens_entry *entry = make_value ("x", 'q', &(int64_t){ 5 });
  struct shmlens_entry *stale;
  struct shmlens_entry *again;
  uint64_t id = shmlens_entry_id (entry);
  int64_t number;

  assert_int_equal (shmlens_entry_open (segment, "x", &stale), 0);
  assert_int_equal (shmlens_entry_open_id (segment, id, &again), 0);
  assert_int_equal (shmlens_entry_id (again), id);
  shmlens_entry_close (again);
  assert_int_equal (shmlens_entry_remove (entry), 0);

  entry = make_value ("x", 'q', NULL);
  assert_int_equal ((uint32_t) shmlens_entry_id (entry), (uint32_t) id);
  assert_int_not_equal (shmlens_entry_id (entry), id);
  assert_int_equal (shmlens_entry_get (entry, 0, &number), 0);
  assert_int_equal (number, 0);
  assert_int_equal (shmlens_entry_writes (entry), 0);
  assert_false (shmlens_entry_is_live (stale));
  assert_int_equal (shmlens_entry_remove (stale), -ENOENT);
  assert_int_equal (shmlens_entry_open_id (segment, id, &again), -ENOENT);
  assert_true (shmlens_entry_is_live (entry));
  shmlens_entry_close (stale);
  shmlens_entry_close (NULL);
}

static void
one_goes_through_all_entries (void **state)
{
  struct shmlens_entry *entry;
  uint32_t cursor = 0;
  char names[16] = "";

  make_value ("a", 'd', NULL);
  entry = make_value ("b", 'd', NULL);
  make_value ("c", 'd', NULL);
  assert_int_equal (shmlens_entry_remove (entry), 0);
  while (shmlens_segment_next (segment, &cursor, &entry) == 1)
    strcat (names, shmlens_entry_describe (entry)->name);
  assert_string_equal (names, "ac");
  assert_ptr_equal (shmlens_entry_segment (make_value ("d", 'd', NULL)), segment);
}

static void
a_corrupt_entry_does_not_hide_the_others (void **state)
{
  struct shmlens_entry *entry;
  uint32_t cursor = 0;
  const uint8_t kind = 99;
  const uint8_t good = SHMLENS_KIND_FLOAT;
  uint64_t offset;

  make_value ("a", 'd', NULL);
  make_value ("b", 'd', NULL);
  make_value ("c", 'd', NULL);
  offset = segment->header.block_offset[0] + sizeof (struct format_slot)
           + offsetof (struct format_slot, kind);
  scratch_write_file (shmlens_segment_name (segment), &kind, 1, offset);
  assert_int_equal (shmlens_segment_next (segment, &cursor, &entry), 1);
  assert_int_equal (shmlens_segment_next (segment, &cursor, &entry), -EBADMSG);
  scratch_assert_sentence_has ("slot 1 (\"b\"), kind");
  assert_int_equal (shmlens_segment_next (segment, &cursor, &entry), 1);
  assert_string_equal (shmlens_entry_describe (entry)->name, "c");
  assert_int_equal (shmlens_segment_next (segment, &cursor, &entry), 0);
  assert_int_equal (shmlens_entry_open (segment, "b", &entry), -EBADMSG);
  assert_int_equal (shmlens_entry_open (segment, "c", &entry), 0);
  scratch_write_file (shmlens_segment_name (segment), &good, 1, offset);
}

static void
a_corrupt_directory_is_told_once (void **state)
{
  struct shmlens_entry *entry;
  uint32_t cursor = 0;
  const uint8_t byte = 0xff;
  const uint64_t offset = offsetof (struct format_header, slot_count) + 3;

  make_value ("a", 'd', NULL);
  make_value ("b", 'd', NULL);
  assert_int_equal (shmlens_segment_next (segment, &cursor, &entry), 1);
  scratch_write_file (shmlens_segment_name (segment), &byte, 1, offset);
  assert_int_equal (shmlens_segment_next (segment, &cursor, &entry), -EBADMSG);
  scratch_assert_sentence_has ("slot_count");
  assert_int_equal (shmlens_segment_next (segment, &cursor, &entry), 0);
  assert_int_equal (shmlens_entry_open (segment, "a", &entry), -EBADMSG);
  assert_int_equal (shmlens_value_create (segment, "c", 'd', NULL, NULL, &entry), -EBADMSG);
  scratch_write_file (shmlens_segment_name (segment), &(uint8_t){ 0 }, 1, offset);
  assert_int_equal (shmlens_entry_open (segment, "a", &entry), 0);
}

static void
ten_thousand_made_and_removed_take_no_room (void **state)
{
  struct shmlens_entry *array = make_array ("warm", 'd', 100);
  uint64_t size;

  assert_int_equal (shmlens_entry_remove (array), 0);
  size = shmlens_segment_size (segment);
  for (int i = 0; i < 10000; i++)
    {
      struct shmlens_entry *value = make_value ("v", 'd', NULL);

      array = make_array ("a", 'd', (uint64_t) (i % 100));
      assert_int_equal (shmlens_entry_remove (value), 0);
      assert_int_equal (shmlens_entry_remove (array), 0);
    }
  assert_int_equal (shmlens_segment_size (segment), size);
}

/* Backed blocks of the file, in bytes. */
static uint64_t
memory_used (void)
{
  struct stat status;

  assert_int_equal (fstat (segment->fd, &status), 0);
  return (uint64_t) status.st_blocks * 512;
}

static void
large_arrays_give_their_memory_back (void **state)
{
  uint64_t before = memory_used ();
  struct shmlens_entry *entry = make_array ("large", 'B', 8 << 20);
  uint8_t byte = 1;

  assert_true (memory_used () >= 8 << 20);
  assert_int_equal (shmlens_entry_set (entry, 1 << 20, &byte), 0);
  assert_int_equal (shmlens_entry_remove (entry), 0);
  assert_in_range (memory_used (), 0, before + (1 << 20));

  entry = make_array ("large", 'B', 8 << 20);
  assert_int_equal (shmlens_segment_size (segment) < (10 << 20), 1);
  assert_true (memory_used () >= 8 << 20);
  assert_int_equal (shmlens_entry_get (entry, 1 << 20, &byte), 0);
  assert_int_equal (byte, 0);
}

static void
a_full_segment_says_so_and_what_is_freed_is_joined (void **state)
{
  struct shmlens_entry *entry;
  char name[32];
  int count = 0;
  int result = 0;

  while (result == 0)
    {
      snprintf (name, sizeof name, "a%d", count++);
      result = shmlens_array_create (segment, name, 'B', 1, (uint64_t[]){ 200000 }, NULL, NULL,
                                     &entry);
      if (result == 0)
        {
          memset (shmlens_entry_data (entry), 0x55, 200000);
          shmlens_entry_close (entry);
        }
    }
  assert_int_equal (result, -ENOSPC);
  scratch_assert_sentence_has ("capacity");
  assert_in_range (count, 300, 336);
  assert_int_equal (
      shmlens_array_create (segment, "more", 'B', 1, (uint64_t[]){ 70 << 20 }, NULL, NULL, &entry),
      -ENOSPC);

  /* Every second one is no use to a long array, neighbours are. */
  for (int i = 0; i < 20; i += 2)
    {
      snprintf (name, sizeof name, "a%d", i);
      assert_int_equal (shmlens_entry_open (segment, name, &entry), 0);
      assert_int_equal (shmlens_entry_remove (entry), 0);
    }
  assert_int_equal (
      shmlens_array_create (segment, "long", 'B', 1, (uint64_t[]){ 1000000 }, NULL, NULL, &entry),
      -ENOSPC);
  for (int i = 1; i < 20; i += 2)
    {
      snprintf (name, sizeof name, "a%d", i);
      assert_int_equal (shmlens_entry_open (segment, name, &entry), 0);
      assert_int_equal (shmlens_entry_remove (entry), 0);
    }
  entry = make_array ("long", 'B', 3000000);
  for (int i = 0; i < 3000000; i += 1000)
    assert_int_equal (((const uint8_t *) shmlens_entry_peek (entry))[i], 0);
  assert_int_equal (shmlens_entry_open (segment, "a21", &entry), 0);
  for (int i = 0; i < 200000; i += 1000)
    assert_int_equal (((const uint8_t *) shmlens_entry_peek (entry))[i], 0x55);
}

/* Makes, fills, checks and removes; what others do must not be seen in it. */
static int
churn (const char *name)
{
  struct shmlens_segment *mine;
  unsigned seed = (unsigned) getpid ();
  uint8_t mark = (uint8_t) getpid ();

  if (shmlens_segment_attach (name, SHMLENS_READ_WRITE, &mine) < 0)
    return 1;
  for (int round = 0; round < 300; round++)
    {
      struct shmlens_entry *entries[8];
      uint64_t lengths[8];
      char entry_name[40];

      for (int i = 0; i < 8; i++)
        {
          lengths[i] = (uint64_t) (rand_r (&seed) % 9000);
          snprintf (entry_name, sizeof entry_name, "%d-%d", (int) getpid (), i);
          if (shmlens_array_create (mine, entry_name, 'B', 1, &lengths[i], NULL, NULL, &entries[i])
              < 0)
            return 2;
          for (uint64_t j = 0; j < lengths[i]; j++)
            if (((const uint8_t *) shmlens_entry_peek (entries[i]))[j] != 0)
              return 3;
          memset (shmlens_entry_data (entries[i]), mark + i, lengths[i]);
        }
      for (int i = 0; i < 8; i++)
        {
          for (uint64_t j = 0; j < lengths[i]; j++)
            if (((const uint8_t *) shmlens_entry_peek (entries[i]))[j] != (uint8_t) (mark + i))
              return 4;
          if (shmlens_entry_remove (entries[i]) < 0)
            return 5;
        }
    }
  return 0;
}

static void
many_processes_make_and_remove_at_once (void **state)
{
  pid_t children[4];
  struct shmlens_entry *entry;
  uint32_t cursor = 0;

  for (int i = 0; i < 4; i++)
    children[i] = scratch_fork (churn, shmlens_segment_name (segment));
  for (int i = 0; i < 4; i++)
    scratch_expect_success (children[i]);
  assert_int_equal (shmlens_segment_next (segment, &cursor, &entry), 0);
  assert_in_range (shmlens_segment_size (segment), 0, 2 << 20);
  assert_whole ();
}

/* The same in threads on one handle: for ThreadSanitizer. */
static void *
make_and_remove (void *data)
{
  for (int i = 0; i < 200; i++)
    {
      const struct shmlens_entry_attr attr = { .flags = SHMLENS_UNNAMED };
      struct shmlens_entry *entry;
      struct shmlens_entry *found;
      uint64_t length = (uint64_t) (i % 50);
      uint32_t cursor = 0;
      double number = i;

      if (shmlens_array_create (segment, "t", 'd', 1, &length, NULL, &attr, &entry) < 0
          || shmlens_value_open_or_create (segment, "common", 'd', &number, NULL, &found) < 0
          || shmlens_entry_set (found, 0, &number) < 0
          || shmlens_entry_snapshot (found, 0, 1, &number) < 0)
        return data;
      shmlens_entry_close (found);
      while (shmlens_segment_next (segment, &cursor, &found) == 1)
        shmlens_entry_close (found);
      if (shmlens_entry_remove (entry) < 0)
        return data;
    }
  return NULL;
}

static void
threads_may_share_a_segment (void **state)
{
  pthread_t threads[4];

  for (int i = 0; i < 4; i++)
    assert_int_equal (pthread_create (&threads[i], NULL, make_and_remove, threads), 0);
  for (int i = 0; i < 4; i++)
    {
      void *result;

      assert_int_equal (pthread_join (threads[i], &result), 0);
      assert_null (result);
    }
}

static void
there_is_room_for_more_than_one_directory_block (void **state)
{
  struct shmlens_entry *entry;
  char name[32];

  for (int i = 0; i < 1000; i++)
    {
      snprintf (name, sizeof name, "v%d", i);
      shmlens_entry_close (make_value (name, 'q', &(int64_t){ i }));
    }
  for (int i = 0; i < 1000; i++)
    {
      int64_t number;

      snprintf (name, sizeof name, "v%d", i);
      assert_int_equal (shmlens_entry_open (segment, name, &entry), 0);
      assert_int_equal (shmlens_entry_get (entry, 0, &number), 0);
      assert_int_equal (number, i);
    }
}


/* Locks. */

static void
an_entry_is_not_removed_while_somebody_holds_its_lock (void **state)
{
  struct shmlens_entry *entry = make_value ("x", 'q', NULL);
  struct shmlens_lock *lock = shmlens_entry_lock (entry);
  struct holder holder;

  holder_start (&holder, lock);
  assert_int_equal (shmlens_entry_remove (entry), -EBUSY);
  assert_true (shmlens_entry_is_live (entry));
  holder_stop (&holder);
  assert_int_equal (shmlens_lock_acquire (lock), 0);
  assert_int_equal (shmlens_entry_remove (entry), -EBUSY);
  scratch_assert_sentence_has ("release it");
  assert_int_equal (shmlens_lock_release (lock), 0);
  assert_int_equal (shmlens_entry_remove (entry), 0);
}

static void
who_holds_a_shared_lock_may_remove_its_entries_together (void **state)
{
  struct shmlens_entry *owner = make_value ("owner", 'q', NULL);
  struct shmlens_entry_attr attr = { .lock = shmlens_entry_lock (owner) };
  struct shmlens_lock *lock;
  struct shmlens_entry *user;
  struct shmlens_entry *last;

  assert_int_equal (shmlens_value_create (segment, "user", 'q', NULL, &attr, &user), 0);
  assert_int_equal (shmlens_value_create (segment, "last", 'q', NULL, &attr, &last), 0);
  lock = shmlens_entry_lock (last);
  assert_int_equal (shmlens_lock_acquire (lock), 0);
  assert_int_equal (shmlens_entry_remove (owner), 0);
  assert_int_equal (shmlens_entry_remove (user), 0);
  assert_true (shmlens_lock_is_mine (lock));
  assert_int_equal (shmlens_lock_release (lock), 0);
  assert_int_equal (shmlens_entry_remove (last), 0);
}

static void
entries_that_share_a_lock_change_together (void **state)
{
  struct shmlens_entry_attr attr = { 0 };
  struct shmlens_entry *one;
  struct shmlens_entry *other;
  struct shmlens_lock *lock;
  struct holder holder;
  int64_t number = 3;

  assert_int_equal (shmlens_lock_create (segment, &lock), 0);
  attr.lock = lock;
  assert_int_equal (shmlens_value_create (segment, "one", 'q', NULL, &attr, &one), 0);
  assert_int_equal (shmlens_value_create (segment, "other", 'q', NULL, &attr, &other), 0);
  holder_start (&holder, shmlens_entry_lock (one));
  assert_int_equal (shmlens_lock_try_acquire (shmlens_entry_lock (other)), -EBUSY);
  assert_int_equal (shmlens_lock_try_acquire (lock), -EBUSY);
  assert_int_equal (shmlens_entry_snapshot (other, 0, 1, &number), SHMLENS_CONSISTENCY_ATOMIC);
  holder_stop (&holder);
  assert_int_equal (shmlens_entry_set (other, 0, &number), 0);
  assert_int_equal (shmlens_entry_writes (other), 1);
  assert_int_equal (shmlens_entry_writes (one), 0);
  shmlens_lock_close (lock);

  /* The lock lives on in its users. */
  assert_int_equal (shmlens_entry_add (one, 0, 1), 0);
  assert_int_equal (shmlens_lock_acquire (shmlens_entry_lock (one)), 0);
  assert_true (shmlens_lock_is_mine (shmlens_entry_lock (other)));
  assert_int_equal (shmlens_entry_remove (other), 0);
  assert_int_equal (shmlens_lock_release (shmlens_entry_lock (one)), 0);
  assert_int_equal (shmlens_entry_remove (one), 0);
}

static void
a_lock_outlives_the_entry_that_had_it (void **state)
{
  struct shmlens_entry *owner = make_value ("owner", 'q', NULL);
  struct shmlens_entry_attr attr = { .lock = shmlens_entry_lock (owner) };
  struct shmlens_entry *user;
  uint32_t used;

  assert_int_equal (shmlens_value_create (segment, "user", 'q', NULL, &attr, &user), 0);
  assert_int_equal (shmlens_entry_remove (owner), 0);
  assert_int_equal (shmlens_entry_open (segment, "owner", &owner), -ENOENT);
  assert_whole ();
  for (int i = 0; i < 10; i++)
    {
      owner = make_value ("owner", 'q', NULL);
      assert_int_equal (shmlens_entry_add (user, 0, 1), 0);
      assert_int_equal (shmlens_entry_remove (owner), 0);
    }
  used = (uint32_t) segment->directory.used;
  attr.lock = shmlens_entry_lock (user);
  assert_int_equal (shmlens_value_create (segment, "late", 'q', NULL, &attr, &owner), 0);
  assert_int_equal (shmlens_entry_remove (user), 0);
  assert_int_equal (shmlens_entry_add (owner, 0, 1), 0);
  assert_int_equal (shmlens_entry_remove (owner), 0);

  /* With the last user it is free again. */
  make_value ("a", 'q', NULL);
  make_value ("b", 'q', NULL);
  assert_int_equal (segment->directory.used, used);
}

static void
a_lock_that_is_gone_is_refused (void **state)
{
  struct shmlens_segment *elsewhere = scratch_segment (scratch_name ("elsewhere"));
  struct shmlens_entry *entry = make_value ("x", 'q', NULL);
  struct shmlens_entry *stale;
  struct shmlens_lock *lock;

  assert_int_equal (shmlens_lock_create (elsewhere, &lock), 0);
  assert_int_equal (create_with (&(struct shmlens_entry_attr){ .lock = lock }), -EINVAL);
  scratch_assert_sentence_has ("same segment");
  scratch_detach_and_unlink (elsewhere);

  assert_int_equal (shmlens_entry_open (segment, "x", &stale), 0);
  assert_int_equal (shmlens_entry_remove (entry), 0);
  assert_int_equal (
      create_with (&(struct shmlens_entry_attr){ .lock = shmlens_entry_lock (stale) }), -EINVAL);
  make_value ("y", 'q', NULL);
  assert_int_equal (
      create_with (&(struct shmlens_entry_attr){ .lock = shmlens_entry_lock (stale) }), -EINVAL);
  scratch_assert_sentence_has ("shmlens_lock_create");
}

static void
closed_locks_take_no_room (void **state)
{
  struct shmlens_lock *lock;
  uint64_t size = shmlens_segment_size (segment);

  for (int i = 0; i < 2000; i++)
    {
      assert_int_equal (shmlens_lock_create (segment, &lock), 0);
      assert_int_equal (shmlens_lock_acquire (lock), 0);
      assert_int_equal (shmlens_lock_release (lock), 0);
      shmlens_lock_close (lock);
    }
  assert_int_equal (shmlens_segment_size (segment), size);
  shmlens_lock_close (NULL);
}

static struct shmlens_lock *inherited_lock;

static int
close_inherited_lock (const char *name)
{
  shmlens_lock_close (inherited_lock);
  return 0;
}

static void
a_child_that_closes_a_lock_does_not_take_it_away (void **state)
{
  struct shmlens_entry *entry;

  assert_int_equal (shmlens_lock_create (segment, &inherited_lock), 0);
  scratch_expect_success (scratch_fork (close_inherited_lock, ""));
  assert_int_equal (shmlens_value_create (segment, "x", 'q', NULL,
                                          &(struct shmlens_entry_attr){ .lock = inherited_lock },
                                          &entry),
                    0);
  shmlens_lock_close (inherited_lock);
}

static void
an_external_lock_is_left_to_the_program (void **state)
{
  struct shmlens_entry *entry;
  int64_t number = 4;

  assert_int_equal (
      shmlens_value_create (segment, "x", 'q', NULL,
                            &(struct shmlens_entry_attr){ .flags = SHMLENS_EXTERNAL_LOCK }, &entry),
      0);
  assert_null (shmlens_entry_lock (entry));
  assert_int_equal (shmlens_entry_describe (entry)->lock_kind, SHMLENS_LOCK_EXTERNAL);
  assert_int_equal (shmlens_entry_set (entry, 0, &number), 0);
  assert_int_equal (shmlens_entry_writes (entry), 1);
  assert_int_equal (shmlens_entry_remove (entry), 0);
}

static int
set_up (void **state)
{
  return scratch_set_up ("life");
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
    TEST (others_see_what_is_made_and_removed),
    TEST (a_stale_handle_does_not_come_back_to_life),
    TEST (one_goes_through_all_entries),
    TEST (a_corrupt_entry_does_not_hide_the_others),
    TEST (a_corrupt_directory_is_told_once),
    TEST (ten_thousand_made_and_removed_take_no_room),
    TEST (large_arrays_give_their_memory_back),
    TEST (a_full_segment_says_so_and_what_is_freed_is_joined),
    TEST (many_processes_make_and_remove_at_once),
    TEST (threads_may_share_a_segment),
    TEST (there_is_room_for_more_than_one_directory_block),
    TEST (an_entry_is_not_removed_while_somebody_holds_its_lock),
    TEST (who_holds_a_shared_lock_may_remove_its_entries_together),
    TEST (entries_that_share_a_lock_change_together),
    TEST (a_lock_outlives_the_entry_that_had_it),
    TEST (a_lock_that_is_gone_is_refused),
    TEST (closed_locks_take_no_room),
    TEST (a_child_that_closes_a_lock_does_not_take_it_away),
    TEST (an_external_lock_is_left_to_the_program),
  };

  return cmocka_run_group_tests (tests, set_up, tear_down);
}
