/* Segments with corrupt bytes, and systems without room. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include "entry.h"
#include "format.h"
#include "segment.h"
#include "support/scratch.h"

/* Everything that can be read, read. */
static void
read_all (struct shmlens_segment *segment)
{
  struct shmlens_entry *entry;
  uint32_t cursor = 0;
  char element[256];
  int result;

  shmlens_segment_attachers (segment, 0, NULL);
  while ((result = shmlens_segment_next (segment, &cursor, &entry)) != 0)
    {
      const struct shmlens_entry_info *info;
      struct shmlens_lock_info lock;

      if (result < 0)
        {
          assert_int_equal (result, -EBADMSG);
          continue;
        }
      info = shmlens_entry_describe (entry);
      assert_in_range (strlen (info->name), 1, SHMLENS_ENTRY_NAME_MAX);
      assert_true (strlen (info->doc) <= SHMLENS_DOC_MAX);
      for (unsigned i = 0; i < info->field_count; i++)
        assert_true (strlen (info->fields[i].name) <= SHMLENS_ENTRY_NAME_MAX);
      for (unsigned i = 0; i < info->label_count; i++)
        assert_true (strlen (info->labels[i].text) < 64);
      if (shmlens_entry_lock (entry) != NULL)
        shmlens_lock_describe (shmlens_entry_lock (entry), &lock);
      shmlens_entry_writes (entry);
      for (uint64_t i = 0; i < info->length && info->type.size <= sizeof element;
           i += info->length / 64 + 1)
        assert_true (shmlens_entry_snapshot (entry, i, i + 1, element) >= 0);
      shmlens_entry_close (entry);
    }
}

/* A segment with one of everything. */
static void
make_rich (struct shmlens_segment *segment)
{
  const struct shmlens_field fields[]
      = { { .name = "x", .code = 'd' },
          { .name = "flags", .code = 'I', .offset = 8, .bit_offset = 3, .bit_width = 4 } };
  const struct shmlens_label labels[] = { { .value = 1, .text = "one", .field = 1 } };
  const int64_t limit = 100;
  struct shmlens_entry_attr attr
      = { .unit = "ms", .doc = "a value", .minimum = &limit, .role = SHMLENS_ROLE_COUNTER };
  struct shmlens_entry *entry;
  struct shmlens_lock *lock;

  assert_int_equal (shmlens_value_create (segment, "value", 'q', NULL, &attr, &entry), 0);
  assert_int_equal (shmlens_lock_create (segment, &lock), 0);
  attr = (struct shmlens_entry_attr){ .lock = lock };
  assert_int_equal (
      shmlens_array_create (segment, "array", 'f', 2, (uint64_t[]){ 3, 5 }, NULL, &attr, &entry),
      0);
  attr = (struct shmlens_entry_attr){
    .element_size = 16, .field_count = 2, .fields = fields, .label_count = 1, .labels = labels
  };
  assert_int_equal (shmlens_value_create (segment, "struct", 'T', NULL, &attr, &entry), 0);
  assert_int_equal (shmlens_value_create (segment, "gone", 'd', NULL, NULL, &entry), 0);
  assert_int_equal (shmlens_entry_remove (entry), 0);
  attr = (struct shmlens_entry_attr){ .flags = SHMLENS_NO_LOCK };
  assert_int_equal (shmlens_value_create (segment, "bare", '?', NULL, &attr, &entry), 0);
  shmlens_lock_close (lock);
}

static void
any_corrupt_byte_gives_an_error_and_no_crash (void **state)
{
  static const uint8_t masks[] = { 0xff, 0x80, 0x01 };
  const char *name = scratch_name ("corrupt");
  struct shmlens_segment *segment = scratch_segment (name);
  struct format_header header;
  uint8_t *original;
  uint8_t *after;
  size_t length;
  unsigned refused = 0;

  make_rich (segment);
  format_copy_header (segment->base, &header);
  assert_int_equal (shmlens_segment_detach (segment), 0);
  original = scratch_read_file (name, &length);

  for (size_t offset = 0; offset < header.used; offset++)
    {
      /* Of the attachers and the unused slots a few are enough. */
      if (offset == sizeof header)
        offset = header.attacher_offset;
      if (offset == header.attacher_offset + 2 * sizeof (struct format_attacher))
        offset = header.block_offset[0];
      if (offset == header.block_offset[0] + 7 * sizeof (struct format_slot))
        offset = header.block_offset[0] + 64 * sizeof (struct format_slot);
      for (size_t i = 0; i < sizeof masks; i++)
        {
          uint8_t byte = original[offset] ^ masks[i];
          int result;

          scratch_write_file (name, &byte, 1, offset);
          result = shmlens_segment_attach (name, SHMLENS_READ_ONLY, &segment);
          if (result == 0)
            {
              read_all (segment);
              assert_int_equal (shmlens_segment_detach (segment), 0);
            }
          else
            {
              assert_true (result == -EBADMSG || result == -EPROTONOSUPPORT || result == -ENOMEM);
              assert_int_not_equal (strlen (shmlens_error ()), 0);
              refused++;
              result = shmlens_segment_attach (name, SHMLENS_READ_WRITE, &segment);
              assert_true (result < 0);
            }
          if (i == 0 && offset % 16 == 0)
            {
              after = scratch_read_file (name, &length);
              assert_int_equal (after[offset], byte);
              after[offset] = original[offset];
              assert_memory_equal (after, original, length);
              free (after);
            }
        }
      scratch_write_file (name, &original[offset], 1, offset);
    }
  assert_in_range (refused, 500, 3000);
  free (original);
  assert_int_equal (shmlens_segment_unlink (name), 0);
}

/* In a child, which may well be hurt: programs that lock trust each other. */
static int
make_and_remove_some (const char *name)
{
  struct shmlens_segment *segment;
  struct shmlens_entry *entry;
  struct shmlens_lock *lock;

  if (shmlens_segment_attach (name, SHMLENS_READ_WRITE, &segment) < 0)
    return 0;
  for (int i = 0; i < 3; i++)
    {
      if (shmlens_value_create (segment, "made", 'd', NULL, NULL, &entry) == 0)
        shmlens_entry_remove (entry);
      if (shmlens_array_create (segment, "long", 'B', 1, (uint64_t[]){ 5000 }, NULL, NULL, &entry)
          == 0)
        shmlens_entry_remove (entry);
      if (shmlens_lock_create (segment, &lock) == 0)
        shmlens_lock_close (lock);
    }
  return 0;
}

static void
a_corrupt_directory_does_not_crash_who_changes_it (void **state)
{
  static const uint8_t masks[] = { 0xff, 0x40 };
  const char *name = scratch_name ("directory");
  struct shmlens_segment *segment = scratch_segment (name);
  struct format_header header;
  uint8_t *original;
  size_t length;

  make_rich (segment);
  format_copy_header (segment->base, &header);
  assert_int_equal (shmlens_segment_detach (segment), 0);
  original = scratch_read_file (name, &length);
  for (size_t i = 0; i < sizeof masks; i++)
    for (size_t offset = offsetof (struct format_header, size);
         offset < header.block_offset[0] + 6 * sizeof (struct format_slot); offset++)
      {
        uint8_t byte = original[offset] ^ masks[i];

        if (offset == offsetof (struct format_header, block_offset) + 3 * sizeof (uint64_t))
          offset = offsetof (struct format_header, free_head);
        if (offset == offsetof (struct format_header, directory_lock))
          offset = header.block_offset[0];
        if (offset == header.block_offset[0] + offsetof (struct format_slot, shape)
            || (offset > header.block_offset[0]
                && (offset - header.block_offset[0]) % sizeof (struct format_slot)
                       == offsetof (struct format_slot, shape)))
          offset += sizeof (struct format_slot) - offsetof (struct format_slot, shape);
        byte = original[offset] ^ masks[i];
        scratch_write_file (name, &byte, 1, offset);
        scratch_expect_success (scratch_fork (make_and_remove_some, name));
        scratch_write_file (name, original, length, 0);
      }
  free (original);
  assert_int_equal (shmlens_segment_unlink (name), 0);
}

static void
a_segment_of_another_version_is_told_from_a_corrupt_one (void **state)
{
  const char *name = scratch_name ("version");
  struct shmlens_segment *segment = scratch_segment (name);
  uint32_t one = 1;
  uint32_t seven = 7;

  assert_int_equal (shmlens_segment_detach (segment), 0);
  scratch_write_file (name, &seven, 4, offsetof (struct format_header, lock_abi));
  assert_int_equal (shmlens_segment_attach (name, SHMLENS_READ_WRITE, &segment), -EPROTONOSUPPORT);
  scratch_assert_sentence_has ("SHMLENS_READ_ONLY works");
  segment = scratch_attach (name, SHMLENS_READ_ONLY);
  assert_int_equal (shmlens_segment_detach (segment), 0);

  scratch_write_file (name, &one, 4, offsetof (struct format_header, incompatible));
  assert_int_equal (shmlens_segment_attach (name, SHMLENS_READ_ONLY, &segment), -EPROTONOSUPPORT);
  assert_int_equal (shmlens_segment_unlink (name), 0);
}

/* Thread ids of another PID namespace mean other threads. */
static void
another_namespace_may_read_but_not_lock (void **state)
{
  const char *name = scratch_name ("namespace");
  struct shmlens_segment *segment = scratch_segment (name);
  struct shmlens_entry *entry;
  uint64_t elsewhere = segment->header.pid_namespace + 1;
  int64_t number = 5;

  assert_int_equal (shmlens_value_create (segment, "x", 'q', &number, NULL, &entry), 0);
  assert_int_equal (shmlens_segment_detach (segment), 0);
  scratch_write_file (name, &elsewhere, 8, offsetof (struct format_header, pid_namespace));
  segment = scratch_attach (name, SHMLENS_READ_WRITE);
  assert_int_equal (shmlens_value_create (segment, "y", 'q', NULL, NULL, &entry), -EXDEV);
  assert_int_equal (shmlens_entry_open (segment, "x", &entry), 0);
  assert_int_equal (shmlens_entry_set (entry, 0, &number), -EXDEV);
  assert_int_equal (shmlens_entry_remove (entry), -EXDEV);
  assert_int_equal (shmlens_entry_snapshot (entry, 0, 1, &number), SHMLENS_CONSISTENCY_SEQUENCE);
  assert_int_equal (number, 5);
  scratch_detach_and_unlink (segment);
}


/* Limits of the system. */

static int
grow_beyond_the_file_limit (const char *name)
{
  const struct rlimit limit = { 256 << 10, 256 << 10 };
  struct shmlens_segment *segment;
  struct shmlens_entry *entry;

  if (setrlimit (RLIMIT_FSIZE, &limit) < 0
      || shmlens_segment_attach (name, SHMLENS_READ_WRITE, &segment) < 0)
    return 1;
  if (shmlens_array_create (segment, "big", 'd', 1, (uint64_t[]){ 100000 }, NULL, NULL, &entry)
      != -ENOSPC)
    return 2;
  if (strstr (shmlens_error (), "ulimit -f") == NULL)
    return 3;
  return shmlens_array_create (segment, "small", 'd', 1, (uint64_t[]){ 1000 }, NULL, NULL, &entry);
}

static int
create_beyond_the_file_limit (const char *name)
{
  const struct rlimit limit = { 4096, 4096 };
  struct shmlens_segment *segment;

  if (setrlimit (RLIMIT_FSIZE, &limit) < 0)
    return 1;
  return shmlens_segment_create (name, NULL, &segment) == -ENOSPC ? 0 : 2;
}

static void
the_file_limit_is_an_error_and_no_signal (void **state)
{
  const char *name = scratch_name ("fsize");
  struct shmlens_segment *segment = scratch_segment (name);
  struct shmlens_entry *entry;

  scratch_expect_success (scratch_fork (grow_beyond_the_file_limit, name));
  scratch_expect_success (scratch_fork (create_beyond_the_file_limit, scratch_name ("none")));
  assert_int_equal (shmlens_entry_open (segment, "small", &entry), 0);
  assert_int_equal (shmlens_entry_open (segment, "big", &entry), -ENOENT);
  scratch_detach_and_unlink (segment);
}

static int
create_without_address_space (const char *name)
{
  const struct rlimit limit = { UINT64_C (1) << 30, UINT64_C (1) << 30 };
  struct shmlens_segment *segment;

  if (setrlimit (RLIMIT_AS, &limit) < 0)
    return 1;
  if (shmlens_segment_create (name, NULL, &segment) != -ENOMEM)
    return 2;
  return strstr (shmlens_error (), "capacity") == NULL ? 3 : 0;
}

static void
no_address_space_is_an_error_with_the_remedy (void **state)
{
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
  skip ();
#endif
  const char *name = scratch_name ("as");

  scratch_expect_success (scratch_fork (create_without_address_space, name));
  assert_false (scratch_exists (name));
}

/* Needs root: a /dev/shm of its own, as small as containers often have it. */
static int
fill_a_small_shm (const char *name)
{
  const struct shmlens_segment_attr attr = { .capacity = SCRATCH_CAPACITY };
  struct shmlens_segment *segment;
  struct shmlens_entry *entry;
  char entry_name[32];
  struct stat before;
  struct stat after;
  uint8_t *data;
  int result;

  if (unshare (CLONE_NEWNS) < 0 || mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0
      || mount ("none", "/dev/shm", "tmpfs", 0, "size=1m") < 0)
    return 77;
  if (shmlens_segment_create (name, &attr, &segment) < 0)
    return 1;
  for (int i = 0;; i++)
    {
      snprintf (entry_name, sizeof entry_name, "a%d", i);
      result = shmlens_array_create (segment, entry_name, 'B', 1, (uint64_t[]){ 50000 }, NULL, NULL,
                                     &entry);
      if (result < 0)
        break;
      data = shmlens_entry_data (entry);
      memset (data, 0x55, 50000);
    }
  if (result != -ENOSPC || strstr (shmlens_error (), "/dev/shm") == NULL)
    return 2;
  if (shmlens_array_create (segment, "huge", 'B', 1, (uint64_t[]){ 8 << 20 }, NULL, NULL, &entry)
      != -ENOSPC)
    return 3;
  if (fstat (segment->fd, &before) < 0)
    return 7;
  if (shmlens_array_create (segment, "huge", 'B', 1, (uint64_t[]){ 8 << 20 }, NULL, NULL, &entry)
          != -ENOSPC
      || fstat (segment->fd, &after) < 0 || after.st_blocks != before.st_blocks
      || after.st_size != before.st_size
      || (uint64_t) after.st_blocks * 512 > (uint64_t) after.st_size)
    return 8;

  /* What is freed can be had again, and is no more than before. */
  if (shmlens_entry_open (segment, "a3", &entry) < 0 || shmlens_entry_remove (entry) < 0)
    return 4;
  if (shmlens_array_create (segment, "again", 'B', 1, (uint64_t[]){ 50000 }, NULL, NULL, &entry)
      < 0)
    return 5;
  data = shmlens_entry_data (entry);
  for (int i = 0; i < 50000; i++)
    if (data[i] != 0)
      return 6;
  return 0;
}

static void
a_full_shm_is_an_error_and_no_signal (void **state)
{
  int status = scratch_wait (scratch_fork (fill_a_small_shm, scratch_name ("full")));

  assert_true (WIFEXITED (status));
  if (WEXITSTATUS (status) == 77)
    skip ();
  assert_int_equal (WEXITSTATUS (status), 0);
}

static int
set_up (void **state)
{
  return scratch_set_up ("hostile");
}

static int
tear_down (void **state)
{
  return scratch_tear_down ();
}

/* What a corrupt slot claims to own begins and ends within a line of its neighbours. */
static void
a_directory_with_a_corrupt_extent_is_put_in_order (void **state)
{
  const uint64_t shape = 100;
  const char *name = scratch_name ("extent");
  struct shmlens_segment *segment = scratch_segment (name);
  const struct format_header *header = segment_header (segment);
  struct shmlens_entry *entries[6], *entry;
  struct format_slot *slot;

  for (unsigned i = 0; i < 6; i++)
    assert_int_equal (shmlens_array_create (segment, (char[]){ 'a' + i, '\0' }, 'q', 1, &shape,
                                            NULL, NULL, &entries[i]),
                      0);
  for (unsigned i = 2; i < 5; i++)
    assert_int_equal (shmlens_entry_remove (entries[i]), 0);
  slot = (struct format_slot *) ((uintptr_t) entries[1]->state
                                 - offsetof (struct format_slot, state));
  slot->extent_offset += 8;
  slot->extent_length -= 24;
  segment_header (segment)->changing = 1;
  assert_int_equal (shmlens_value_create (segment, "x", 'q', NULL, NULL, &entry), 0);
  for (uint32_t i = 0; i < header->slot_count; i++)
    {
      slot = (struct format_slot *) (segment->base + format_slot_offset (header, i, header->size));
      if (FORMAT_STATE (slot->state) != FORMAT_SLOT_FREE)
        continue;
      assert_int_equal (slot->extent_offset % FORMAT_ALIGNMENT, 0);
      assert_int_equal (slot->extent_length % FORMAT_ALIGNMENT, 0);
    }
  scratch_detach_and_unlink (segment);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (any_corrupt_byte_gives_an_error_and_no_crash),
    cmocka_unit_test (a_corrupt_directory_does_not_crash_who_changes_it),
    cmocka_unit_test (a_directory_with_a_corrupt_extent_is_put_in_order),
    cmocka_unit_test (a_segment_of_another_version_is_told_from_a_corrupt_one),
    cmocka_unit_test (another_namespace_may_read_but_not_lock),
    cmocka_unit_test (the_file_limit_is_an_error_and_no_signal),
    cmocka_unit_test (no_address_space_is_an_error_with_the_remedy),
    cmocka_unit_test (a_full_shm_is_an_error_and_no_signal),
  };

  return cmocka_run_group_tests (tests, set_up, tear_down);
}
