/* Locking and storing into segments made with the library. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "format.h"
#include "lock.h"
#include "support/native-fixture.h"

static void
what_cannot_be_locked_or_edited_says_why (void **state)
{
  struct fixture *fixture = *state;
  g_autoptr (Attachment) attachment = NULL;
  g_autoptr (EntryInfo) none = NULL, external = NULL, fixed = NULL;
  g_autoptr (GError) error = NULL;
  LockInfo info;

  make_value (fixture, "none", 'i', NULL, SHMLENS_NO_LOCK);
  make_value (fixture, "external", 'i', NULL, SHMLENS_EXTERNAL_LOCK);
  make_value (fixture, "fixed", 'i', NULL, SHMLENS_READ_ONLY_ENTRY);
  attachment = open_segment (fixture);
  none = attachment_find_entry (attachment, "none");
  external = attachment_find_entry (attachment, "external");
  fixed = attachment_find_entry (attachment, "fixed");
  assert_true (none->editable && strstr (none->reason, "unlocked") != NULL);
  assert_true (external->editable && strstr (external->reason, "unlocked") != NULL);
  assert_true (!fixed->editable && fixed->reason != NULL);

  assert_int_equal (attachment_describe_lock (attachment, none, &info), 0);
  assert_int_equal (info.kind, LOCK_NONE);
  assert_int_equal (attachment_describe_lock (attachment, external, &info), 0);
  assert_int_equal (info.state, SHMLENS_LOCK_UNKNOWN);
  assert_false (attachment_lock (attachment, none, 0, FALSE, NULL, NULL, &error));
  assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_NO_LOCK));
  g_clear_error (&error);
  assert_false (attachment_store (attachment, fixed, 0, 4, "1234", &error));
  assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_PERMISSION));
}

static void
entries_on_one_lock_show_it (void **state)
{
  struct fixture *fixture = *state;
  struct shmlens_lock *lock;
  struct shmlens_entry *made;
  struct shmlens_entry_attr attr = { 0 };
  g_autoptr (Attachment) attachment = NULL;
  g_autoptr (EntryInfo) a = NULL, b = NULL, c = NULL;
  LockInfo info;

  assert_int_equal (shmlens_lock_create (fixture->segment, &lock), 0);
  attr.lock = lock;
  assert_int_equal (shmlens_value_create (fixture->segment, "a", 'i', NULL, &attr, &made), 0);
  assert_int_equal (shmlens_value_create (fixture->segment, "b", 'i', NULL, &attr, &made), 0);
  make_value (fixture, "c", 'i', NULL, 0);
  attachment = open_segment (fixture);
  a = attachment_find_entry (attachment, "a");
  b = attachment_find_entry (attachment, "b");
  c = attachment_find_entry (attachment, "c");
  assert_true (a->lock_id == b->lock_id);
  assert_true (a->lock_id != c->lock_id);
  assert_int_equal (shmlens_lock_acquire (lock), 0);
  assert_int_equal (attachment_describe_lock (attachment, b, &info), 0);
  assert_int_equal (info.state, SHMLENS_LOCK_HELD);
  assert_int_equal (attachment_describe_lock (attachment, c, &info), 0);
  assert_int_equal (info.state, SHMLENS_LOCK_FREE);
  assert_int_equal (shmlens_lock_release (lock), 0);
  shmlens_lock_close (lock);
}

static void
the_lock_tells_its_holder_and_that_it_died (void **state)
{
  struct fixture *fixture = *state;
  struct shmlens_entry *value = make_value (fixture, "a", 'i', NULL, 0);
  g_autoptr (Attachment) attachment = open_segment (fixture);
  g_autoptr (EntryInfo) entry = attachment_find_entry (attachment, "a");
  LockInfo info;
  pid_t pid;

  assert_int_equal (attachment_describe_lock (attachment, entry, &info), 0);
  assert_int_equal (info.kind, LOCK_ROBUST);
  assert_int_equal (info.state, SHMLENS_LOCK_FREE);
  pid = child_that_takes (value);
  assert_int_equal (attachment_describe_lock (attachment, entry, &info), 0);
  assert_int_equal (info.state, SHMLENS_LOCK_HELD);
  assert_int_equal (info.owner_pid, pid);
  assert_int_equal (info.owner_tid, pid);
  assert_int_equal (info.depth, 1);
  kill (pid, SIGKILL);
  assert_int_equal (waitpid (pid, NULL, 0), pid);
  assert_int_equal (attachment_describe_lock (attachment, entry, &info), 0);
  assert_int_equal (info.state, SHMLENS_LOCK_DEAD);
}

static void
what_is_stored_under_the_lock_is_seen_and_counted (void **state)
{
  struct fixture *fixture = *state;
  struct shmlens_entry *array = make_array (fixture, "a", 'q', 3);
  g_autoptr (Attachment) attachment = open_segment (fixture);
  g_autoptr (EntryInfo) entry = attachment_find_entry (attachment, "a");
  g_autoptr (GError) error = NULL;
  LockInfo info;
  gint64 numbers[] = { 5, 6, 7 }, copy[3];
  gboolean recovered = TRUE;

  assert_true (
    attachment_lock (attachment, entry, SECOND, FALSE, NULL, &recovered, &error));
  assert_false (recovered);
  assert_int_equal (attachment_describe_lock (attachment, entry, &info), 0);
  assert_int_equal (info.state, SHMLENS_LOCK_HELD);
  assert_int_equal (info.owner_pid, getpid ());
  assert_int_equal (attachment_read (attachment, entry, 0, 3, copy), SHMLENS_CONSISTENCY_LOCKED);
  assert_true (attachment_store (attachment, entry, 0, sizeof numbers, numbers, &error));
  attachment_unlock (attachment, entry);
  assert_int_equal (attachment_describe_lock (attachment, entry, &info), 0);
  assert_int_equal (info.state, SHMLENS_LOCK_FREE);
  assert_int_equal (shmlens_entry_get_slice (array, 0, 3, copy), 0);
  assert_memory_equal (copy, numbers, sizeof numbers);
  assert_true (shmlens_entry_writes (array) == 1);
  assert_int_equal (attachment_read (attachment, entry, 0, 3, copy), SHMLENS_CONSISTENCY_SEQUENCE);
}

/* Of structures the parts that differ, in one go; what lies between them is not touched. */
static void
parts_of_structures_are_stored_at_once (void **state)
{
  struct fixture *fixture = *state;
  struct shmlens_field fields[] = { { .name = "x", .code = 'B' },
                                    { .name = "y", .code = 'i', .offset = 4 } };
  struct shmlens_entry_attr attr = { .element_size = 8, .field_count = 2, .fields = fields };
  const struct memory_part parts[] = { { 0, 1 }, { 4, 4 } };
  const guint64 shape[] = { 3 };
  struct shmlens_entry *array;
  g_autoptr (Attachment) attachment = NULL;
  g_autoptr (EntryInfo) entry = NULL;
  g_autoptr (GError) error = NULL;
  guint8 *memory;

  assert_int_equal (
    shmlens_array_create (fixture->segment, "s", 'T', 1, shape, NULL, &attr, &array), 0);
  attachment = open_segment (fixture);
  entry = attachment_find_entry (attachment, "s");
  memory = shmlens_entry_data (array);
  memcpy (memory, "0...00001...11112...2222", 24);
  assert_true (attachment_lock (attachment, entry, SECOND, FALSE, NULL, NULL, &error));
  assert_true (attachment_store_parts (attachment, entry, 1, 2, parts, 2, "1xxx11112xxx2222",
                                       "axxx1111bxxxbbbb", &error));
  attachment_unlock (attachment, entry);
  assert_memory_equal (memory, "0...0000a...1111b...bbbb", 24);
  assert_true (shmlens_entry_writes (array) == 1);
}

static void
a_lock_that_is_held_times_out_and_names_the_holder (void **state)
{
  struct fixture *fixture = *state;
  struct shmlens_entry *value = make_value (fixture, "a", 'i', NULL, 0);
  g_autoptr (Attachment) attachment = open_segment (fixture);
  g_autoptr (EntryInfo) entry = attachment_find_entry (attachment, "a");
  g_autoptr (GError) error = NULL;
  gint cancelled = FALSE;
  g_autofree char *who = NULL;
  pid_t pid = child_that_takes (value);

  who = g_strdup_printf ("process %d (test-native-edi)", pid);
  assert_false (
    attachment_lock (attachment, entry, 120 * 1000 * 1000, FALSE, NULL, NULL, &error));
  assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_TIMEOUT));
  assert_non_null (strstr (error->message, who));
  g_clear_error (&error);
  assert_false (attachment_lock (attachment, entry, 0, FALSE, NULL, NULL, &error));
  assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_TIMEOUT));
  g_clear_error (&error);
  g_atomic_int_set (&cancelled, TRUE);
  assert_false (
    attachment_lock (attachment, entry, G_MAXUINT64, FALSE, &cancelled, NULL, &error));
  assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_CANCELLED));
  kill (pid, SIGKILL);
  waitpid (pid, NULL, 0);
}

static void
a_dead_holders_lock_is_taken_over_only_when_asked (void **state)
{
  struct fixture *fixture = *state;
  struct shmlens_entry *value = make_value (fixture, "a", 'i', NULL, 0);
  g_autoptr (Attachment) attachment = open_segment (fixture);
  g_autoptr (EntryInfo) entry = attachment_find_entry (attachment, "a");
  g_autoptr (GError) error = NULL;
  gboolean recovered = FALSE;
  pid_t pid = child_that_takes (value);

  kill (pid, SIGKILL);
  waitpid (pid, NULL, 0);
  assert_false (
    attachment_lock (attachment, entry, SECOND, FALSE, NULL, &recovered, &error));
  assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_OWNER_DIED));
  g_clear_error (&error);
  assert_true (
    attachment_lock (attachment, entry, SECOND, TRUE, NULL, &recovered, &error));
  assert_true (recovered);
  attachment_unlock (attachment, entry);
  assert_int_equal (shmlens_lock_acquire (shmlens_entry_lock (value)), 0);
  assert_int_equal (shmlens_lock_release (shmlens_entry_lock (value)), 0);
}

static void
a_dead_holders_lock_is_released_and_a_living_one_s_is_not (void **state)
{
  struct fixture *fixture = *state;
  struct shmlens_entry *value = make_value (fixture, "a", 'i', NULL, 0);
  g_autoptr (Attachment) attachment = open_segment (fixture);
  g_autoptr (EntryInfo) entry = attachment_find_entry (attachment, "a");
  g_autoptr (GError) error = NULL;
  LockInfo info;
  pid_t pid;

  assert_false (attachment_release_dead (attachment, entry, &error));
  assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_CONDITION));
  assert_non_null (strstr (error->message, "is free"));
  g_clear_error (&error);
  pid = child_that_takes (value);
  assert_false (attachment_release_dead (attachment, entry, &error));
  assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_CONDITION));
  assert_non_null (strstr (error->message, "which lives"));
  g_clear_error (&error);
  kill (pid, SIGKILL);
  waitpid (pid, NULL, 0);
  assert_true (attachment_release_dead (attachment, entry, &error));
  assert_int_equal (attachment_describe_lock (attachment, entry, &info), 0);
  assert_int_equal (info.state, SHMLENS_LOCK_FREE);
  /* The next to take it finds it as if nothing had been. */
  assert_int_equal (shmlens_lock_acquire (shmlens_entry_lock (value)), 0);
  assert_int_equal (shmlens_lock_release (shmlens_entry_lock (value)), 0);
}

static void
a_lock_that_is_just_being_taken_is_not_released (void **state)
{
  struct fixture *fixture = *state;
  struct shmlens_lock *lock = shmlens_entry_lock (make_value (fixture, "a", 'i', NULL, 0));
  g_autoptr (Attachment) attachment = open_segment (fixture);
  g_autoptr (EntryInfo) entry = attachment_find_entry (attachment, "a");
  g_autoptr (GError) error = NULL;

  assert_int_equal (shmlens_lock_acquire (lock), 0);
  /* As it is until its holder is noted down. */
  lock->shared->sequence--;
  assert_false (attachment_release_dead (attachment, entry, &error));
  lock->shared->sequence++;
  assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_CONDITION));
  assert_non_null (strstr (error->message, "try again"));
  assert_int_equal (shmlens_lock_release (lock), 0);
}

static void
an_inspector_killed_in_mid_edit_is_recovered_by_the_worker (void **state)
{
  struct fixture *fixture = *state;
  struct shmlens_entry *value = make_value (fixture, "a", 'i', NULL, 0);
  int ready[2];
  char byte;
  pid_t pid;

  assert_int_equal (pipe (ready), 0);
  pid = fork ();
  if (pid == 0)
    {
      g_autoptr (Attachment) attachment = registry_open (fixture->registry, "/train", NULL);
      g_autoptr (EntryInfo) entry = attachment_find_entry (attachment, "a");

      alarm (60);
      if (attachment_lock (attachment, entry, SECOND, FALSE, NULL, NULL, NULL)
          && write (ready[1], "x", 1) == 1)
        pause ();
      _exit (1);
    }
  close (ready[1]);
  assert_int_equal (read (ready[0], &byte, 1), 1);
  close (ready[0]);
  assert_int_equal (shmlens_lock_try_acquire (shmlens_entry_lock (value)), -EBUSY);
  kill (pid, SIGKILL);
  waitpid (pid, NULL, 0);
  assert_int_equal (shmlens_lock_acquire (shmlens_entry_lock (value)), 1);
  assert_int_equal (shmlens_lock_release (shmlens_entry_lock (value)), 0);
}

static void
an_entry_that_is_gone_is_not_locked (void **state)
{
  struct fixture *fixture = *state;
  struct shmlens_entry *value = make_value (fixture, "a", 'i', NULL, 0);
  g_autoptr (Attachment) attachment = open_segment (fixture);
  g_autoptr (EntryInfo) entry = attachment_find_entry (attachment, "a");
  g_autoptr (GError) error = NULL;
  g_autofree char *path = roots_path (&fixture->roots, "train");

  assert_int_equal (shmlens_entry_remove (value), 0);
  assert_false (attachment_lock (attachment, entry, SECOND, FALSE, NULL, NULL, &error));
  assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND));
  g_clear_error (&error);
  make_value (fixture, "b", 'i', NULL, 0);
  assert_false (attachment_lock (attachment, entry, SECOND, FALSE, NULL, NULL, &error));
  assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND));
  g_clear_error (&error);
  assert_int_equal (truncate (path, 4096), 0);
  assert_false (attachment_lock (attachment, entry, SECOND, FALSE, NULL, NULL, &error));
  assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_CORRUPT));
  assert_int_equal (truncate (path, 65536), 0);
  shmlens_segment_detach (fixture->segment);
  fixture->segment = NULL;
}

#define ROUNDS 20000

static gpointer
add_one_often (gpointer data)
{
  struct shmlens_entry *entry = data;

  for (guint i = 0; i < ROUNDS; i++)
    if (shmlens_entry_add (entry, 0, 1) < 0)
      return GINT_TO_POINTER (1);
  return NULL;
}

static void
no_update_is_lost_between_workers_and_edits (void **state)
{
  struct fixture *fixture = *state;
  struct shmlens_entry *value = make_value (fixture, "a", 'q', NULL, 0);
  g_autoptr (Attachment) attachment = open_segment (fixture);
  g_autoptr (EntryInfo) entry = attachment_find_entry (attachment, "a");
  g_autoptr (GError) error = NULL;
  GThread *workers[2];
  gint64 number;

  for (guint i = 0; i < G_N_ELEMENTS (workers); i++)
    workers[i] = g_thread_new ("worker", add_one_often, value);
  for (guint i = 0; i < 300; i++)
    {
      if (!attachment_lock (attachment, entry, 20 * SECOND, FALSE, NULL, NULL, &error))
        fail_msg ("%s", error->message);
      assert_int_equal (attachment_read (attachment, entry, 0, 1, &number),
                        SHMLENS_CONSISTENCY_LOCKED);
      number += 1000000;
      assert_true (attachment_store (attachment, entry, 0, 8, &number, &error));
      attachment_unlock (attachment, entry);
    }
  for (guint i = 0; i < G_N_ELEMENTS (workers); i++)
    assert_null (g_thread_join (workers[i]));
  assert_int_equal (shmlens_entry_get (value, 0, &number), 0);
  assert_true (number == 300 * 1000000 + 2 * ROUNDS);
  assert_true (shmlens_entry_writes (value) == 300 + 2 * ROUNDS);
}

static void
an_unlocked_store_changes_just_what_it_should (void **state)
{
  struct fixture *fixture = *state;
  struct shmlens_entry *array = make_array (fixture, "a", 'i', 4);
  g_autoptr (Attachment) attachment = open_segment (fixture);
  g_autoptr (EntryInfo) entry = attachment_find_entry (attachment, "a");
  g_autoptr (GError) error = NULL;
  gint32 pair[] = { 7, 8 };
  const gint32 *numbers = shmlens_entry_peek (array);
  guint64 writes, moved;

  assert_true (attachment_store (attachment, entry, 4, 8, pair, &error));
  assert_true (numbers[0] == 0 && numbers[1] == 7 && numbers[2] == 8 && numbers[3] == 0);
  assert_int_equal (attachment_writes (attachment, entry, &writes), 0);
  assert_true (writes == 1 && shmlens_entry_writes (array) == 1);
  assert_false (attachment_store (attachment, entry, 12, 8, pair, &error));
  assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND));
  g_clear_error (&error);

  /* Its slot still is whole, but means another place. */
  moved = shmlens_entry_describe (array)->offset + 16;
  poke (fixture, slot_offset (fixture, array) + offsetof (struct format_slot, data_offset), &moved,
        sizeof moved);
  assert_false (attachment_store (attachment, entry, 0, 4, pair, &error));
  assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND));
  g_clear_error (&error);
  moved -= 16;
  poke (fixture, slot_offset (fixture, array) + offsetof (struct format_slot, data_offset), &moved,
        sizeof moved);

  assert_int_equal (shmlens_entry_remove (array), 0);
  assert_false (attachment_store (attachment, entry, 0, 4, pair, &error));
  assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND));
}

static void
another_lock_abi_or_namespace_means_no_locked_edit (void **state)
{
  struct fixture *fixture = *state;
  g_autoptr (Attachment) foreign = NULL, other_abi = NULL;
  g_autoptr (EntryInfo) entry = NULL, readable = NULL;
  g_autoptr (SegmentInfo) info = NULL;
  g_autoptr (GError) error = NULL;
  guint64 namespace = 1;
  guint32 abi = 99;
  gint32 number;

  make_value (fixture, "a", 'i', NULL, 0);
  poke (fixture, offsetof (struct format_header, pid_namespace), &namespace, sizeof namespace);
  foreign = open_segment (fixture);
  entry = attachment_find_entry (foreign, "a");
  assert_true (entry->editable);
  assert_non_null (strstr (entry->reason, "namespace"));
  info = attachment_get_info (foreign);
  assert_int_equal (info->n_pids, 0);
  assert_false (attachment_lock (foreign, entry, SECOND, FALSE, NULL, NULL, &error));
  assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_PERMISSION));

  poke (fixture, offsetof (struct format_header, lock_abi), &abi, sizeof abi);
  other_abi = open_segment (fixture);
  readable = attachment_find_entry (other_abi, "a");
  assert_false (readable->editable);
  assert_non_null (strstr (readable->reason, "lock_abi"));
  assert_true (attachment_read (other_abi, readable, 0, 1, &number) >= 0);
}

int
main (void)
{
#define TEST(name) cmocka_unit_test_setup_teardown (name, set_up, tear_down)
  const struct CMUnitTest tests[] = {
    TEST (what_cannot_be_locked_or_edited_says_why),
    TEST (entries_on_one_lock_show_it),
    TEST (the_lock_tells_its_holder_and_that_it_died),
    TEST (what_is_stored_under_the_lock_is_seen_and_counted),
    TEST (parts_of_structures_are_stored_at_once),
    TEST (a_lock_that_is_held_times_out_and_names_the_holder),
    TEST (a_dead_holders_lock_is_taken_over_only_when_asked),
    TEST (a_dead_holders_lock_is_released_and_a_living_one_s_is_not),
    TEST (a_lock_that_is_just_being_taken_is_not_released),
    TEST (an_inspector_killed_in_mid_edit_is_recovered_by_the_worker),
    TEST (an_entry_that_is_gone_is_not_locked),
    TEST (no_update_is_lost_between_workers_and_edits),
    TEST (an_unlocked_store_changes_just_what_it_should),
    TEST (another_lock_abi_or_namespace_means_no_locked_edit),
  };

  g_set_prgname ("native-edit");
  g_setenv ("XDG_CONFIG_HOME", "/nonexistent", TRUE);
  return cmocka_run_group_tests (tests, NULL, NULL);
}
