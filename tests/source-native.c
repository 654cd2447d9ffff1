/* Segments made with the library, as an inspector sees them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>
#include <sys/file.h>

#include "format.h"
#include "support/native-fixture.h"

static enum segment_state
state_of (Attachment *attachment)
{
  g_autoptr (SegmentInfo) info = attachment_get_info (attachment);

  assert_int_equal (info->state == SEGMENT_LIVE, info->reason == NULL);
  return info->state;
}

static void
a_segment_is_listed_with_its_program_size_and_processes (void **state)
{
  struct fixture *fixture = *state;
  g_autoptr (GPtrArray) segments = NULL;
  SegmentInfo *info;

  make_value (fixture, "a", 'i', NULL, 0);
  make_array (fixture, "b", 'd', 10);
  segments = registry_list (fixture->registry, NULL);
  assert_int_equal (segments->len, 1);
  info = segments->pdata[0];
  assert_string_equal (info->id, "shm:/train");
  assert_string_equal (info->name, "/train");
  assert_string_equal (info->title, "trainer");
  assert_string_equal (info->logical_name, "/logical");
  assert_string_equal (info->kind, "native");
  assert_int_equal (info->state, SEGMENT_LIVE);
  assert_true (info->size == shmlens_segment_size (fixture->segment));
  assert_int_equal (info->n_entries, 2);
  assert_int_equal (info->n_pids, 1);
  assert_int_equal (info->pids[0], getpid ());
  assert_false (info->stale);
  assert_int_equal (info->owner, geteuid ());
  assert_int_equal (info->mode, 0600);
}

static void
entries_are_counted_anew (void **state)
{
  struct fixture *fixture = *state;
  struct shmlens_entry *a = make_value (fixture, "a", 'i', NULL, 0);
  g_autoptr (GPtrArray) before = registry_list (fixture->registry, NULL);
  g_autoptr (GPtrArray) after = NULL;

  assert_int_equal (roots_find (before, "shm:/train")->n_entries, 1);
  assert_int_equal (shmlens_entry_remove (a), 0);
  after = registry_list (fixture->registry, NULL);
  assert_int_equal (roots_find (after, "shm:/train")->n_entries, 0);
}

static void
a_segment_that_everybody_left_is_stale (void **state)
{
  struct fixture *fixture = *state;
  g_autoptr (GPtrArray) before = registry_list (fixture->registry, NULL);
  g_autoptr (GPtrArray) after = NULL;

  assert_int_equal (shmlens_segment_detach (fixture->segment), 0);
  fixture->segment = NULL;
  after = registry_list (fixture->registry, NULL);
  assert_false (roots_find (before, "shm:/train")->stale);
  assert_true (roots_find (after, "shm:/train")->stale);
  assert_int_equal (roots_find (after, "shm:/train")->n_pids, 0);
}

static void
looking_at_it_takes_no_part_in_it (void **state)
{
  struct fixture *fixture = *state;
  g_autoptr (Attachment) attachment = open_segment (fixture);
  g_autofree char *path = roots_path (&fixture->roots, "train");
  int fd = open (path, O_RDONLY | O_CLOEXEC);

  assert_non_null (attachment);
  assert_int_equal (shmlens_segment_attachers (fixture->segment, 0, NULL), 1);
  assert_int_equal (shmlens_segment_detach (fixture->segment), 0);
  fixture->segment = NULL;
  assert_int_equal (flock (fd, LOCK_EX | LOCK_NB), 0);
  close (fd);
}

static void
entries_are_described_in_full (void **state)
{
  struct fixture *fixture = *state;
  struct shmlens_field fields[] = { { .name = "x", .code = 'f' },
                                    { .name = "tag", .code = 'c', .offset = 4, .dimensions = 1,
                                      .shape = { 4 } } };
  struct shmlens_label labels[] = { { 1, "on", -1 } };
  gint32 low = -5, high = 7;
  struct shmlens_entry_attr rich = { .role = SHMLENS_ROLE_COUNTER, .unit = "ms", .doc = "A doc.",
                                     .minimum = &low, .maximum = &high, .label_count = 1,
                                     .labels = labels };
  struct shmlens_entry_attr structure = { .element_size = 8, .field_count = 2, .fields = fields };
  guint64 shape[] = { 3, 4 };
  struct shmlens_entry *made;
  g_autoptr (Attachment) attachment = NULL;
  g_autoptr (EntryInfo) a = NULL, r = NULL, rec = NULL;

  assert_int_equal (
    shmlens_array_create (fixture->segment, "a", 'h', 2, shape, NULL, NULL, &made), 0);
  assert_int_equal (shmlens_value_create (fixture->segment, "r", 'i', NULL, &rich, &made), 0);
  assert_int_equal (shmlens_value_create (fixture->segment, "rec", 'T', NULL, &structure, &made),
                    0);
  attachment = open_segment (fixture);
  a = attachment_find_entry (attachment, "a");
  r = attachment_find_entry (attachment, "r");
  rec = attachment_find_entry (attachment, "rec");
  assert_true (a != NULL && r != NULL && rec != NULL);

  assert_int_equal (a->dimensions, 2);
  assert_true (a->shape[0] == 3 && a->shape[1] == 4 && a->length == 12);
  assert_true (a->strides[0] == 8 && a->strides[1] == 2);
  assert_int_equal (a->type.code, 'h');
  assert_int_equal (a->lock_kind, LOCK_ROBUST);
  assert_true (a->editable && a->reason == NULL);

  assert_int_equal (r->role, SHMLENS_ROLE_COUNTER);
  assert_string_equal (r->unit, "ms");
  assert_string_equal (r->doc, "A doc.");
  assert_true (r->has_minimum && r->has_maximum && !r->has_progress_max);
  assert_memory_equal (r->minimum, &low, 4);
  assert_memory_equal (r->maximum, &high, 4);
  assert_int_equal (r->n_labels, 1);
  assert_string_equal (r->labels[0].text, "on");
  assert_true (a->lock_id != r->lock_id);

  assert_int_equal (rec->n_fields, 2);
  assert_string_equal (rec->fields[1].name, "tag");
  assert_int_equal (rec->fields[1].dimensions, 1);
  assert_true (rec->id == shmlens_entry_id (made));
  assert_true (rec->offset == shmlens_entry_describe (made)->offset);
}

static void
entries_come_and_go_and_the_others_stay_the_same_objects (void **state)
{
  struct fixture *fixture = *state;
  struct shmlens_entry *a = make_value (fixture, "a", 'i', NULL, 0);
  struct shmlens_entry *b;
  g_autoptr (Attachment) attachment = open_segment (fixture);
  g_autoptr (EntryInfo) old_a = attachment_find_entry (attachment, "a");
  g_autoptr (EntryInfo) new_a = NULL, found_b = NULL, gone = NULL;
  g_autoptr (SegmentInfo) info = NULL;
  gint32 number;

  assert_false (attachment_refresh (attachment));
  b = make_value (fixture, "b", 'd', NULL, 0);
  assert_true (attachment_refresh (attachment));
  assert_false (attachment_refresh (attachment));
  new_a = attachment_find_entry (attachment, "a");
  assert_ptr_equal (old_a, new_a);
  found_b = attachment_find_entry (attachment, "b");
  assert_non_null (found_b);
  info = attachment_get_info (attachment);
  assert_int_equal (info->n_entries, 2);

  assert_int_equal (shmlens_entry_remove (a), 0);
  assert_int_equal (attachment_read (attachment, old_a, 0, 1, &number), -ESTALE);
  assert_true (attachment_refresh (attachment));
  gone = attachment_find_entry (attachment, "a");
  assert_null (gone);
  assert_int_equal (attachment_read (attachment, old_a, 0, 1, &number), -ESTALE);
  shmlens_entry_close (b);
}

static void
growth_is_followed (void **state)
{
  struct fixture *fixture = *state;
  g_autoptr (Attachment) attachment = open_segment (fixture);
  struct shmlens_entry *big = make_array (fixture, "big", 'd', 1 << 20);
  g_autoptr (EntryInfo) entry = NULL;
  double number = 2.5, copy = 0;

  assert_true (attachment_refresh (attachment));
  entry = attachment_find_entry (attachment, "big");
  assert_non_null (entry);
  assert_int_equal (shmlens_entry_set (big, (1 << 20) - 1, &number), 0);
  assert_true (attachment_read (attachment, entry, (1 << 20) - 1, 1 << 20, &copy) >= 0);
  assert_true (copy == 2.5);
}

static void
copies_say_how_consistent_they_are (void **state)
{
  struct fixture *fixture = *state;
  struct shmlens_entry *array = make_array (fixture, "array", 'q', 100);
  struct shmlens_entry *value = make_value (fixture, "value", 'q', NULL, 0);
  g_autoptr (Attachment) attachment = NULL;
  g_autoptr (EntryInfo) a = NULL, v = NULL, n = NULL;
  gint64 numbers[100], number = 77;

  make_value (fixture, "none", 'q', &number, SHMLENS_NO_LOCK);
  attachment = open_segment (fixture);
  a = attachment_find_entry (attachment, "array");
  v = attachment_find_entry (attachment, "value");
  n = attachment_find_entry (attachment, "none");
  assert_int_equal (shmlens_entry_set (array, 99, &number), 0);
  assert_int_equal (attachment_read (attachment, a, 0, 100, numbers), SHMLENS_CONSISTENCY_SEQUENCE);
  assert_true (numbers[99] == 77);
  assert_int_equal (attachment_read (attachment, a, 99, 100, numbers),
                    SHMLENS_CONSISTENCY_SEQUENCE);
  assert_true (numbers[0] == 77);
  assert_int_equal (attachment_read (attachment, n, 0, 1, numbers), SHMLENS_CONSISTENCY_ATOMIC);
  assert_true (numbers[0] == 77);
  assert_true (attachment_read (attachment, a, 50, 50, numbers) >= 0);
  assert_int_equal (attachment_read (attachment, a, 50, 101, numbers), -ERANGE);
  assert_int_equal (attachment_read (attachment, a, 51, 50, numbers), -ERANGE);

  assert_int_equal (shmlens_lock_acquire (shmlens_entry_lock (array)), 0);
  assert_int_equal (attachment_read (attachment, a, 0, 100, numbers), SHMLENS_CONSISTENCY_UNLOCKED);
  assert_int_equal (shmlens_lock_release (shmlens_entry_lock (array)), 0);
  assert_int_equal (shmlens_lock_acquire (shmlens_entry_lock (value)), 0);
  assert_int_equal (attachment_read (attachment, v, 0, 1, numbers), SHMLENS_CONSISTENCY_ATOMIC);
  assert_int_equal (shmlens_lock_release (shmlens_entry_lock (value)), 0);
}

#define NUMBERS 4096

/* From the last to the first, against the order in which they are read. */
static gpointer
write_equal_numbers (gpointer data)
{
  struct shmlens_entry *entry = data;
  gint64 *numbers = shmlens_entry_data (entry);

  for (gint64 round = 1; __atomic_load_n (&numbers[NUMBERS], __ATOMIC_RELAXED) == 0; round++)
    {
      if (shmlens_lock_acquire (shmlens_entry_lock (entry)) < 0)
        break;
      for (guint i = NUMBERS; i-- > 0;)
        __atomic_store_n (&numbers[i], round, __ATOMIC_RELAXED);
      shmlens_entry_commit (entry);
      shmlens_lock_release (shmlens_entry_lock (entry));
      /* Now and then a reader shall find a gap. */
      if (round % 16 == 0)
        g_thread_yield ();
    }
  return NULL;
}

static void
a_copy_by_sequence_is_of_one_moment (void **state)
{
  struct fixture *fixture = *state;
  struct shmlens_entry *array = make_array (fixture, "array", 'q', NUMBERS + 1);
  g_autoptr (Attachment) attachment = open_segment (fixture);
  g_autoptr (EntryInfo) entry = attachment_find_entry (attachment, "array");
  GThread *writer = g_thread_new ("writer", write_equal_numbers, array);
  gint64 *stop = (gint64 *) shmlens_entry_data (array) + NUMBERS;
  gint64 end = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;
  g_autofree gint64 *numbers = g_new (gint64, NUMBERS);
  guint consistent = 0, different = 0, torn = 0;
  gint64 last = 0;
  guint64 writes;

  while ((consistent < 2000 || different < 100) && g_get_monotonic_time () < end)
    if (attachment_read (attachment, entry, 0, NUMBERS, numbers) == SHMLENS_CONSISTENCY_SEQUENCE)
      {
        consistent++;
        different += numbers[0] != last;
        last = numbers[0];
        for (guint i = 1; i < NUMBERS && torn == 0; i++)
          torn += numbers[i] != numbers[0];
      }
  __atomic_store_n (stop, 1, __ATOMIC_RELAXED);
  g_thread_join (writer);
  assert_int_equal (torn, 0);
  assert_true (different > 0);
  assert_int_equal (attachment_writes (attachment, entry, &writes), 0);
  assert_true (writes == shmlens_entry_writes (array) && writes > 0);
}

static void
metadata_to_which_all_slots_point_does_not_fill_the_memory (void **state)
{
  struct fixture *fixture = *state;
  struct shmlens_entry *hog = make_array (fixture, "hog", 'B', 300000);
  g_autoptr (Attachment) attachment = NULL;
  g_autoptr (GPtrArray) entries = NULL;
  struct format_slot slot, whole;

  peek (fixture, slot_offset (fixture, hog), &whole, sizeof whole);
  for (guint i = 0; i < 300; i++)
    {
      g_autofree char *name = g_strdup_printf ("value %u", i);
      struct shmlens_entry *value = make_value (fixture, name, 'i', NULL, 0);

      peek (fixture, slot_offset (fixture, value), &slot, sizeof slot);
      slot.extent_offset = whole.extent_offset;
      slot.extent_length = whole.extent_length;
      slot.data_offset = whole.extent_offset + offsetof (struct format_lock, inline_value);
      slot.metadata_offset = whole.data_offset;
      slot.metadata_length = FORMAT_METADATA_MAX;
      poke (fixture, slot_offset (fixture, value), &slot, sizeof slot);
    }
  attachment = open_segment (fixture);
  entries = attachment_get_entries (attachment, NULL);
  assert_in_range (entries->len, 256, 260);
  assert_non_null (strstr (((EntryInfo *) entries->pdata[entries->len - 1])->reason, "64 MiB"));
  assert_null (((EntryInfo *) entries->pdata[100])->reason);
}

static void
removal_and_replacement_are_noticed_and_values_stay (void **state)
{
  struct fixture *fixture = *state;
  gint32 number = 5, copy = 0;
  struct shmlens_entry *value = make_value (fixture, "a", 'i', &number, 0);
  g_autoptr (Attachment) attachment = open_segment (fixture);
  g_autoptr (EntryInfo) entry = attachment_find_entry (attachment, "a");
  g_autofree char *path = roots_path (&fixture->roots, "train");

  assert_int_equal (unlink (path), 0);
  assert_true (attachment_refresh (attachment));
  assert_int_equal (state_of (attachment), SEGMENT_REMOVED);
  assert_false (attachment_refresh (attachment));
  roots_write (&fixture->roots, "train", "other", 5);
  assert_true (attachment_refresh (attachment));
  assert_int_equal (state_of (attachment), SEGMENT_REPLACED);
  number = 6;
  assert_int_equal (shmlens_entry_set (value, 0, &number), 0);
  assert_true (attachment_read (attachment, entry, 0, 1, &copy) >= 0);
  assert_int_equal (copy, 6);
}

static void
a_file_that_shrinks_is_survived_and_noticed (void **state)
{
  struct fixture *fixture = *state;
  g_autofree char *path = roots_path (&fixture->roots, "train");
  g_autoptr (Attachment) attachment = NULL;
  g_autoptr (GPtrArray) segments = NULL;
  g_autoptr (EntryInfo) entry = NULL;
  g_autoptr (GError) error = NULL;
  LockInfo lock;
  double numbers[1000];
  guint64 writes, size;

  make_array (fixture, "a", 'd', 100000);
  size = shmlens_segment_size (fixture->segment);
  attachment = open_segment (fixture);
  entry = attachment_find_entry (attachment, "a");
  segments = registry_list (fixture->registry, NULL);
  /* The library's own mapping is not touched from here on. */
  assert_int_equal (truncate (path, 8192), 0);
  assert_int_equal (attachment_read (attachment, entry, 99000, 100000, numbers), -EFAULT);
  assert_true (attachment_writes (attachment, entry, &writes) == -EFAULT);
  assert_true (attachment_describe_lock (attachment, entry, &lock) == -EFAULT);
  assert_false (attachment_store (attachment, entry, 0, 8, "12345678", &error));
  assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_CORRUPT));
  assert_true (attachment_refresh (attachment));
  assert_int_equal (state_of (attachment), SEGMENT_SHRUNK);
  g_ptr_array_unref (segments);
  segments = registry_list (fixture->registry, NULL);
  assert_int_not_equal (roots_find (segments, "shm:/train")->state, SEGMENT_LIVE);

  assert_int_equal (truncate (path, 0), 0);
  assert_false (attachment_read (attachment, entry, 0, 1, numbers) >= 0);
  attachment_refresh (attachment);
  assert_int_equal (state_of (attachment), SEGMENT_SHRUNK);

  /* Grown again, it faults no more, but nothing of it is left. */
  assert_int_equal (truncate (path, size), 0);
  assert_int_equal (attachment_read (attachment, entry, 0, 1, numbers), -ESTALE);
  assert_true (attachment_refresh (attachment));
  assert_int_equal (state_of (attachment), SEGMENT_CORRUPT);
  shmlens_segment_detach (fixture->segment);
  fixture->segment = NULL;
}

static void
a_corrupt_entry_is_listed_and_the_others_work (void **state)
{
  struct fixture *fixture = *state;
  gint32 number = 9, copy = 0;
  struct shmlens_entry *bad = make_value (fixture, "bad", 'i', NULL, 0);
  guint64 offset = G_MAXUINT64 - 4;
  g_autofree char *name = NULL;
  g_autoptr (Attachment) attachment = NULL;
  g_autoptr (EntryInfo) good = NULL, corrupt = NULL;

  make_value (fixture, "good", 'i', &number, 0);
  poke (fixture, slot_offset (fixture, bad) + offsetof (struct format_slot, data_offset), &offset,
        sizeof offset);
  name = g_strdup_printf ("#%u (corrupt)", (guint) (guint32) shmlens_entry_id (bad));
  attachment = open_segment (fixture);
  corrupt = attachment_find_entry (attachment, name);
  assert_non_null (corrupt);
  assert_false (corrupt->editable);
  assert_non_null (strstr (corrupt->reason, "data_offset"));
  assert_true (attachment_read (attachment, corrupt, 0, 0, &copy) >= 0);
  good = attachment_find_entry (attachment, "good");
  assert_true (attachment_read (attachment, good, 0, 1, &copy) >= 0);
  assert_int_equal (copy, 9);
  assert_int_equal (state_of (attachment), SEGMENT_LIVE);
}

static void
an_entry_whose_lock_is_nowhere_is_corrupt (void **state)
{
  struct fixture *fixture = *state;
  struct shmlens_entry *bad = make_value (fixture, "bad", 'i', NULL, 0);
  struct shmlens_entry *none = make_value (fixture, "none", 'i', NULL, SHMLENS_NO_LOCK);
  guint32 wrong[] = { (guint32) shmlens_entry_id (none), 40 };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (Attachment) attachment = NULL;
      g_autoptr (EntryInfo) entry = NULL, other = NULL;

      poke (fixture, slot_offset (fixture, bad) + offsetof (struct format_slot, lock_slot),
            &wrong[i], sizeof wrong[i]);
      attachment = open_segment (fixture);
      entry = attachment_find_entry (attachment, "bad");
      other = attachment_find_entry (attachment, "none");
      assert_null (entry);
      assert_non_null (other);
    }
}

static void
a_corrupt_header_is_an_error_that_names_the_field (void **state)
{
  struct fixture *fixture = *state;
  guint64 size = G_MAXUINT64;
  g_autoptr (GPtrArray) segments = NULL;
  g_autoptr (GError) error = NULL;
  SegmentInfo *info;

  poke (fixture, offsetof (struct format_header, capacity), &size, sizeof size);
  assert_null (registry_open (fixture->registry, "/train", &error));
  assert_true (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_CORRUPT));
  assert_non_null (strstr (error->message, "capacity"));
  segments = registry_list (fixture->registry, NULL);
  info = roots_find (segments, "shm:/train");
  assert_int_equal (info->state, SEGMENT_CORRUPT);
  assert_non_null (strstr (info->reason, "capacity"));
}

static void
read_everything (Attachment *attachment)
{
  g_autoptr (GPtrArray) entries = attachment_get_entries (attachment, NULL);

  for (guint i = 0; i < entries->len; i++)
    {
      EntryInfo *entry = entries->pdata[i];
      guint64 n = MIN (entry->length, 64);
      g_autofree guint8 *copy = g_malloc (n * entry->type.size + 1);
      LockInfo info;
      guint64 writes;

      if (attachment_read (attachment, entry, 0, n, copy) >= 0 && n > 0)
        {
          g_autofree char *text = entry_info_preview (entry, copy, n, 200);
          g_autofree char *element = entry_info_element_text (entry, copy, -1);

          assert_true (g_utf8_validate (text, -1, NULL));
          assert_true (g_utf8_validate (element, -1, NULL));
        }
      attachment_writes (attachment, entry, &writes);
      attachment_describe_lock (attachment, entry, &info);
    }
}

static void
random_bytes_do_no_harm (void **state)
{
  struct fixture *fixture = *state;
  struct shmlens_field fields[] = { { .name = "x", .code = 'f' },
                                    { .name = "bits", .code = 'I', .offset = 4, .bit_width = 5 } };
  struct shmlens_label labels[] = { { 1, "on", 1 } };
  struct shmlens_entry_attr attr = { .element_size = 8, .field_count = 2, .fields = fields,
                                     .label_count = 1, .labels = labels, .doc = "doc" };
  struct shmlens_entry *made;
  guint64 length = 5;
  g_autofree guint8 *bytes = NULL;
  gsize size = shmlens_segment_size (fixture->segment);
  GRand *random = g_rand_new_with_seed (4711);
  guint opened = 0;

  assert_int_equal (
    shmlens_array_create (fixture->segment, "s", 'T', 1, &length, NULL, &attr, &made), 0);
  make_value (fixture, "v", 'd', NULL, 0);
  make_array (fixture, "text", 'c', 40);
  bytes = g_malloc (size);
  peek (fixture, 0, bytes, size);
  memory_install ();
  for (guint i = 0; i < 3000; i++)
    {
      g_autofree guint8 *broken = g_memdup2 (bytes, size);
      g_autoptr (Attachment) attachment = NULL;
      guint n = g_rand_int_range (random, 1, 6);

      for (guint j = 0; j < n; j++)
        {
          /* The header, the first slots, and their extents: where it matters. */
          gsize where = g_rand_int_range (random, 0, 3) * 20480;

          where = MIN (where + g_rand_int_range (random, 0, 2048), size - 1);
          broken[where] = g_rand_boolean (random) ? 0xff : g_rand_int (random);
        }
      roots_write (&fixture->roots, "broken", broken, size);
      attachment = registry_open (fixture->registry, "/broken", NULL);
      if (attachment == NULL)
        continue;
      opened++;
      read_everything (attachment);
      attachment_refresh (attachment);
    }
  assert_true (opened > 100);
  g_rand_free (random);
}

int
main (int argc, char **argv)
{
#define TEST(name) cmocka_unit_test_setup_teardown (name, set_up, tear_down)
  const struct CMUnitTest tests[] = {
    TEST (a_segment_is_listed_with_its_program_size_and_processes),
    TEST (a_segment_that_everybody_left_is_stale),
    TEST (looking_at_it_takes_no_part_in_it),
    TEST (entries_are_described_in_full),
    TEST (entries_come_and_go_and_the_others_stay_the_same_objects),
    TEST (growth_is_followed),
    TEST (copies_say_how_consistent_they_are),
    TEST (a_copy_by_sequence_is_of_one_moment),
    TEST (metadata_to_which_all_slots_point_does_not_fill_the_memory),
    TEST (removal_and_replacement_are_noticed_and_values_stay),
    TEST (a_file_that_shrinks_is_survived_and_noticed),
    TEST (a_corrupt_entry_is_listed_and_the_others_work),
    TEST (an_entry_whose_lock_is_nowhere_is_corrupt),
    TEST (entries_are_counted_anew),
    TEST (a_corrupt_header_is_an_error_that_names_the_field),
    TEST (random_bytes_do_no_harm),
  };

  g_set_prgname ("native");
  g_setenv ("XDG_CONFIG_HOME", "/nonexistent", TRUE);
  return cmocka_run_group_tests (tests, NULL, NULL);
}
