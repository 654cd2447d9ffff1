/* Reading and writing elements: under the lock, atomically, and beside it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <pthread.h>
#include <time.h>

#include "entry.h"
#include "support/holder.h"
#include "support/scratch.h"

static struct shmlens_segment *segment;

static struct shmlens_entry *
make_with (const char *name, char code, uint64_t length, unsigned flags)
{
  const struct shmlens_entry_attr attr = { .flags = flags };
  struct shmlens_entry *entry = NULL;

  if (shmlens_array_create (segment, name, code, 1, &length, NULL, &attr, &entry) < 0)
    fail_msg ("%s", shmlens_error ());
  return entry;
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

static void
expect_integer (char code, const void *start, int64_t delta, int result, const void *end)
{
  const char name[] = { code, '\0' };
  struct shmlens_entry *entry;
  uint64_t writes;
  uint8_t read[8];

  assert_true (
      shmlens_array_open_or_create (segment, name, code, 1, (uint64_t[]){ 3 }, NULL, NULL, &entry)
      >= 0);
  assert_int_equal (shmlens_entry_set (entry, 1, start), 0);
  writes = shmlens_entry_writes (entry);
  assert_int_equal (shmlens_entry_add (entry, 1, delta), result);
  assert_int_equal (shmlens_entry_writes (entry), writes + (result == 0));
  assert_int_equal (shmlens_entry_get (entry, 1, read), 0);
  assert_memory_equal (read, end, shmlens_entry_describe (entry)->type.size);
  for (uint64_t i = 0; i < 3; i += 2)
    {
      assert_int_equal (shmlens_entry_get (entry, i, read), 0);
      assert_memory_equal (read, (uint8_t[8]){ 0 }, shmlens_entry_describe (entry)->type.size);
    }
  shmlens_entry_close (entry);
}

#define EXPECT(code, type, start, delta, result, end)                                              \
  expect_integer (code, &(type){ start }, delta, result, &(type){ end })

static void
a_sum_that_does_not_fit_is_not_written (void **state)
{
  EXPECT ('b', int8_t, 100, 27, 0, 127);
  EXPECT ('b', int8_t, 100, 28, -EOVERFLOW, 100);
  EXPECT ('b', int8_t, -100, -29, -EOVERFLOW, -100);
  EXPECT ('b', int8_t, 0, INT64_MAX, -EOVERFLOW, 0);
  EXPECT ('B', uint8_t, 250, 5, 0, 255);
  EXPECT ('B', uint8_t, 250, 6, -EOVERFLOW, 250);
  EXPECT ('B', uint8_t, 5, -5, 0, 0);
  EXPECT ('B', uint8_t, 5, -6, -EOVERFLOW, 5);
  EXPECT ('h', int16_t, INT16_MIN, -1, -EOVERFLOW, INT16_MIN);
  EXPECT ('h', int16_t, INT16_MIN, 65535, 0, INT16_MAX);
  EXPECT ('H', uint16_t, 65535, 1, -EOVERFLOW, 65535);
  EXPECT ('H', uint16_t, 1, 65534, 0, 65535);
  EXPECT ('i', int32_t, INT32_MAX, 1, -EOVERFLOW, INT32_MAX);
  EXPECT ('i', int32_t, INT32_MAX, -(INT64_C (1) << 32) + 1, 0, INT32_MIN);
  EXPECT ('I', uint32_t, UINT32_MAX, -(INT64_C (1) << 32), -EOVERFLOW, UINT32_MAX);
  EXPECT ('I', uint32_t, UINT32_MAX, -(INT64_C (1) << 32) + 1, 0, 0);
  EXPECT ('l', int64_t, INT64_MAX, 1, -EOVERFLOW, INT64_MAX);
  EXPECT ('q', int64_t, INT64_MAX, INT64_MIN, 0, -1);
  EXPECT ('q', int64_t, INT64_MIN, -1, -EOVERFLOW, INT64_MIN);
  EXPECT ('L', uint64_t, 0, -1, -EOVERFLOW, 0);
  EXPECT ('Q', uint64_t, UINT64_MAX, INT64_MIN, 0, INT64_MAX);
  EXPECT ('Q', uint64_t, UINT64_MAX, 1, -EOVERFLOW, UINT64_MAX);
  EXPECT ('Q', uint64_t, (uint64_t) INT64_MAX + 1, INT64_MAX, 0, UINT64_MAX);
}

static void
floats_are_added_to_in_their_own_precision (void **state)
{
  struct shmlens_entry *single = make_with ("f", 'f', 2, 0);
  struct shmlens_entry *twice = make_with ("d", 'd', 2, 0);
  double number;
  float small;

  assert_int_equal (shmlens_entry_add_double (single, 1, 0.1), 0);
  assert_int_equal (shmlens_entry_add (single, 1, 2), 0);
  assert_int_equal (shmlens_entry_get (single, 1, &small), 0);
  assert_true (small == (float) ((double) 0.1f + 2));
  assert_int_equal (shmlens_entry_add_double (twice, 0, 1e300), 0);
  assert_int_equal (shmlens_entry_add_double (twice, 0, -INFINITY), 0);
  assert_int_equal (shmlens_entry_get (twice, 0, &number), 0);
  assert_true (isinf (number) && number < 0);
  assert_int_equal (shmlens_entry_writes (twice), 2);
}

static void
only_numbers_are_added_to (void **state)
{
  const char codes[] = { '?', 'c', 'u' };

  for (size_t i = 0; i < sizeof codes; i++)
    {
      struct shmlens_entry *entry = make_with ((const char[]){ codes[i], '\0' }, codes[i], 1, 0);

      assert_int_equal (shmlens_entry_add (entry, 0, 1), -EINVAL);
      assert_int_equal (shmlens_entry_add_double (entry, 0, 1), -EINVAL);
    }
  assert_int_equal (shmlens_entry_add_double (make_with ("q", 'q', 1, 0), 0, 1), -EINVAL);
}

static void
elements_are_loaded_and_stored_without_the_lock (void **state)
{
  static const char codes[] = "?BhIqdf";

  for (const char *code = codes; *code != '\0'; code++)
    {
      struct shmlens_entry *entry = make_with ((const char[]){ *code, '\0' }, *code, 3, 0);
      uint8_t element[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
      uint8_t read[8] = { 0 };
      uint32_t size = shmlens_entry_describe (entry)->type.size;

      assert_int_equal (shmlens_entry_store (entry, 1, element), 0);
      assert_int_equal (shmlens_entry_writes (entry), 1);
      assert_int_equal (shmlens_entry_load (entry, 1, read), 0);
      assert_memory_equal (read, element, size);
      assert_int_equal (shmlens_entry_load (entry, 2, read), 0);
      assert_memory_equal (read, (uint8_t[8]){ 0 }, size);
    }
}

static void
writes_are_counted_where_there_is_a_lock (void **state)
{
  struct shmlens_entry *locked = make_with ("locked", 'q', 2, 0);
  struct shmlens_entry *bare = make_with ("bare", 'q', 2, SHMLENS_NO_LOCK);
  int64_t numbers[2] = { 1, 2 };

  for (int i = 0; i < 2; i++)
    {
      struct shmlens_entry *entry = i == 0 ? locked : bare;

      assert_int_equal (shmlens_entry_writes (entry), 0);
      assert_int_equal (shmlens_entry_set (entry, 0, numbers), 0);
      assert_int_equal (shmlens_entry_set_slice (entry, 0, 2, numbers), 0);
      assert_int_equal (shmlens_entry_add (entry, 0, 1), 0);
      assert_int_equal (shmlens_entry_store (entry, 0, numbers), 0);
      shmlens_entry_commit (entry);
      assert_int_equal (shmlens_entry_get (entry, 0, numbers), 0);
    }
  assert_int_equal (shmlens_entry_writes (locked), 5);
  assert_int_equal (shmlens_entry_writes (bare), 0);
}

static void
the_count_goes_on_beyond_32_bits (void **state)
{
  struct shmlens_entry *entry = make_with ("x", 'q', 1, 0);
  struct shmlens_entry *other;

  __atomic_store_n (entry->writes, UINT32_MAX - 1, __ATOMIC_RELAXED);
  shmlens_entry_commit (entry);
  assert_int_equal (shmlens_entry_writes (entry), UINT32_MAX);
  shmlens_entry_commit (entry);
  assert_true (shmlens_entry_writes (entry) == UINT64_C (1) << 32);
  __atomic_store_n (entry->writes, UINT32_MAX, __ATOMIC_RELAXED);
  assert_int_equal (shmlens_entry_store (entry, 0, &(int64_t){ 0 }), 0);
  assert_int_equal (shmlens_entry_open (segment, "x", &other), 0);
  assert_true (shmlens_entry_writes (other) == UINT64_C (2) << 32);
}


/* Snapshots. */

static void
a_snapshot_says_how_sure_it_is (void **state)
{
  struct shmlens_entry *entry = make_with ("x", 'q', 4, 0);
  struct shmlens_entry *bare = make_with ("bare", 'q', 4, SHMLENS_NO_LOCK);
  struct holder holder;
  int64_t numbers[4];

  assert_int_equal (shmlens_entry_snapshot (entry, 0, 4, numbers), SHMLENS_CONSISTENCY_SEQUENCE);
  assert_int_equal (shmlens_entry_snapshot (bare, 0, 4, numbers), SHMLENS_CONSISTENCY_UNLOCKED);
  assert_int_equal (shmlens_entry_snapshot (bare, 3, 4, numbers), SHMLENS_CONSISTENCY_ATOMIC);

  holder_start (&holder, shmlens_entry_lock (entry));
  assert_int_equal (shmlens_entry_snapshot (entry, 0, 4, numbers), SHMLENS_CONSISTENCY_UNLOCKED);
  assert_int_equal (shmlens_entry_snapshot (entry, 1, 2, numbers), SHMLENS_CONSISTENCY_ATOMIC);
  holder_stop (&holder);
  assert_int_equal (shmlens_entry_snapshot (entry, 0, 4, numbers), SHMLENS_CONSISTENCY_SEQUENCE);

  assert_int_equal (shmlens_lock_acquire (shmlens_entry_lock (entry)), 0);
  assert_int_equal (shmlens_entry_snapshot (entry, 0, 4, numbers), SHMLENS_CONSISTENCY_LOCKED);
  assert_int_equal (shmlens_lock_release (shmlens_entry_lock (entry)), 0);
}

/* So many that a copy takes long enough to be overtaken. */
#define PAIRS 8192
static bool must_end;

static void *
write_pairs (void *data)
{
  struct shmlens_entry *entry = data;
  int64_t numbers[PAIRS];

  for (int64_t round = 1; !__atomic_load_n (&must_end, __ATOMIC_RELAXED); round++)
    {
      for (int i = 0; i < PAIRS; i++)
        numbers[i] = round;
      if (shmlens_entry_set_slice (entry, 0, PAIRS, numbers) < 0)
        return entry;
      if (round % 8 == 0)
        usleep (50);
    }
  return NULL;
}

static void
a_snapshot_in_sequence_is_of_one_moment (void **state)
{
  struct shmlens_entry *entry = make_with ("x", 'q', PAIRS, 0);
  pthread_t writer;
  void *result;
  unsigned whole = 0;
  time_t start = time (NULL);

  must_end = false;
  assert_int_equal (pthread_create (&writer, NULL, write_pairs, entry), 0);
  /* On a busy machine a whole one can be long in coming. */
  while (whole < 500 && time (NULL) - start < (whole == 0 ? 80 : 10))
    {
      int64_t numbers[PAIRS];

      if (shmlens_entry_snapshot (entry, 0, PAIRS, numbers) != SHMLENS_CONSISTENCY_SEQUENCE)
        continue;
      whole++;
      for (int j = 1; j < PAIRS; j++)
        assert_int_equal (numbers[j], numbers[0]);
    }
  __atomic_store_n (&must_end, true, __ATOMIC_RELAXED);
  assert_int_equal (pthread_join (writer, &result), 0);
  assert_null (result);
  assert_int_not_equal (whole, 0);
}

static void
slices_under_the_lock_are_of_one_moment (void **state)
{
  struct shmlens_entry *entry = make_with ("x", 'q', PAIRS, 0);
  pthread_t writer;
  void *result;

  must_end = false;
  assert_int_equal (pthread_create (&writer, NULL, write_pairs, entry), 0);
  for (int i = 0; i < 200; i++)
    {
      int64_t numbers[PAIRS];

      assert_int_equal (shmlens_entry_get_slice (entry, 0, PAIRS, numbers), 0);
      for (int j = 1; j < PAIRS; j++)
        assert_int_equal (numbers[j], numbers[0]);
    }
  __atomic_store_n (&must_end, true, __ATOMIC_RELAXED);
  assert_int_equal (pthread_join (writer, &result), 0);
  assert_null (result);
}

static int
add_a_thousand (const char *name)
{
  struct shmlens_segment *mine;
  struct shmlens_entry *entry;

  if (shmlens_segment_attach (name, SHMLENS_READ_WRITE, &mine) < 0
      || shmlens_entry_open (mine, "count", &entry) < 0)
    return 1;
  for (int i = 0; i < 1000; i++)
    if (shmlens_entry_add (entry, 0, 1) < 0)
      return 2;
  return 0;
}

static void
processes_that_add_lose_nothing (void **state)
{
  struct shmlens_entry *entry = make_with ("count", 'q', 1, 0);
  pid_t children[4];
  int64_t number;

  for (int i = 0; i < 4; i++)
    children[i] = scratch_fork (add_a_thousand, shmlens_segment_name (segment));
  for (int i = 0; i < 4; i++)
    scratch_expect_success (children[i]);
  assert_int_equal (shmlens_entry_get (entry, 0, &number), 0);
  assert_int_equal (number, 4000);
  assert_int_equal (shmlens_entry_writes (entry), 4000);
}

static int
set_up (void **state)
{
  return scratch_set_up ("access");
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
    TEST (a_sum_that_does_not_fit_is_not_written),
    TEST (floats_are_added_to_in_their_own_precision),
    TEST (only_numbers_are_added_to),
    TEST (elements_are_loaded_and_stored_without_the_lock),
    TEST (writes_are_counted_where_there_is_a_lock),
    TEST (the_count_goes_on_beyond_32_bits),
    TEST (a_snapshot_says_how_sure_it_is),
    TEST (a_snapshot_in_sequence_is_of_one_moment),
    TEST (slices_under_the_lock_are_of_one_moment),
    TEST (processes_that_add_lose_nothing),
  };

  return cmocka_run_group_tests (tests, set_up, tear_down);
}
