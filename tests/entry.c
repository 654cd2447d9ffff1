/* Making and finding values and arrays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "format.h"
#include "segment.h"
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


/* Values. */

static void
values_of_every_type_begin_as_told (void **state)
{
  static const char codes[] = "?cbBuhHiIlLqQfd";

  for (const char *code = codes; *code != '\0'; code++)
    {
      const uint8_t initial[8] = { 1, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x18 };
      const char name[] = { *code, '\0' };
      struct shmlens_entry *entry = make_value (name, *code, initial);
      const struct shmlens_entry_info *info = shmlens_entry_describe (entry);
      struct shmlens_type type;
      uint8_t read[8] = { 0 };

      assert_int_equal (shmlens_type_from_code (*code, &type), 0);
      assert_string_equal (info->name, name);
      assert_int_equal (info->type.code, *code);
      assert_int_equal (info->type.size, type.size);
      assert_int_equal (info->type.kind, type.kind);
      assert_int_equal (info->dimensions, 0);
      assert_int_equal (info->length, 1);
      assert_int_equal (info->lock_kind, SHMLENS_LOCK_ROBUST);
      assert_int_equal (shmlens_entry_get (entry, 0, read), 0);
      assert_memory_equal (read, initial, type.size);
    }
}

static void
a_value_is_zero_when_nothing_is_told (void **state)
{
  double number = 1;

  assert_int_equal (shmlens_entry_get (make_value ("x", 'd', NULL), 0, &number), 0);
  assert_true (number == 0);
}

static void
a_small_value_lies_beside_its_lock (void **state)
{
  struct shmlens_entry *entry = make_value ("x", 'd', NULL);
  const struct shmlens_entry_info *info = shmlens_entry_describe (entry);
  struct shmlens_lock *lock = shmlens_entry_lock (entry);

  assert_ptr_equal (shmlens_entry_data (entry), lock->shared->inline_value);
  assert_ptr_equal (shmlens_entry_peek (entry), segment->base + info->offset);
  assert_int_equal ((uintptr_t) lock->shared % 64, 0);

  info = shmlens_entry_describe (make_array ("a", 'B', 3));
  assert_int_equal (info->offset % 64, 0);
}

static void
a_value_cannot_be_longer_than_one (void **state)
{
  struct shmlens_entry *entry = make_value ("x", 'q', NULL);
  int64_t number = 0;

  assert_int_equal (shmlens_entry_get (entry, 1, &number), -ERANGE);
  scratch_assert_sentence_has ("element 1 is out of bounds");
  assert_int_equal (shmlens_entry_set (entry, UINT64_MAX, &number), -ERANGE);
  assert_int_equal (shmlens_entry_add (entry, 1, 1), -ERANGE);
  assert_int_equal (shmlens_entry_load (entry, 1, &number), -ERANGE);
  assert_int_equal (shmlens_entry_store (entry, 1, &number), -ERANGE);
}


/* Arrays. */

static void
arrays_have_up_to_four_dimensions (void **state)
{
  const uint64_t shape[] = { 2, 3, 4, 5 };
  float elements[120];

  for (size_t i = 0; i < 120; i++)
    elements[i] = (float) i;
  for (unsigned dimensions = 1; dimensions <= 4; dimensions++)
    {
      const char name[] = { (char) ('0' + dimensions), '\0' };
      const struct shmlens_entry_info *info;
      struct shmlens_entry *entry;
      uint64_t length = 1;
      float read;

      assert_int_equal (
          shmlens_array_create (segment, name, 'f', dimensions, shape, elements, NULL, &entry), 0);
      info = shmlens_entry_describe (entry);
      assert_int_equal (info->dimensions, dimensions);
      for (unsigned i = 0; i < dimensions; i++)
        {
          assert_int_equal (info->shape[i], shape[i]);
          length *= shape[i];
        }
      assert_int_equal (info->length, length);
      assert_int_equal (shmlens_entry_get (entry, length - 1, &read), 0);
      assert_true (read == (float) (length - 1));
      assert_int_equal (shmlens_entry_get (entry, length, &read), -ERANGE);
    }
}

static void
slices_are_read_and_written_as_one (void **state)
{
  const int32_t written[] = { 10, 11, 12 };
  struct shmlens_entry *entry = make_array ("a", 'i', 6);
  int32_t read[6];

  assert_int_equal (shmlens_entry_set_slice (entry, 2, 5, written), 0);
  assert_int_equal (shmlens_entry_writes (entry), 1);
  assert_int_equal (shmlens_entry_get_slice (entry, 0, 6, read), 0);
  assert_memory_equal (read, ((int32_t[]){ 0, 0, 10, 11, 12, 0 }), sizeof read);
  assert_int_equal (shmlens_entry_get_slice (entry, 6, 6, read), 0);
  assert_int_equal (shmlens_entry_get_slice (entry, 3, 7, read), -ERANGE);
  assert_int_equal (shmlens_entry_get_slice (entry, 4, 3, read), -ERANGE);
  assert_int_equal (shmlens_entry_set_slice (entry, 0, UINT64_MAX, read), -ERANGE);
  assert_int_equal (shmlens_entry_snapshot (entry, 3, 7, read), -ERANGE);
  scratch_assert_sentence_has ("6 elements");
}

static void
an_array_may_be_empty (void **state)
{
  struct shmlens_entry *entry;
  double number;

  assert_int_equal (
      shmlens_array_create (segment, "e", 'd', 2, (uint64_t[]){ 3, 0 }, NULL, NULL, &entry), 0);
  assert_int_equal (shmlens_entry_describe (entry)->length, 0);
  assert_non_null (shmlens_entry_peek (entry));
  assert_int_equal (shmlens_entry_get (entry, 0, &number), -ERANGE);
  assert_int_equal (shmlens_entry_get_slice (entry, 0, 0, &number), 0);
  shmlens_entry_close (entry);
  assert_int_equal (shmlens_entry_open (segment, "e", &entry), 0);
}

static void
an_array_cannot_grow_and_says_so (void **state)
{
  struct shmlens_entry *entry = make_array ("a", 'd', 6);

  assert_int_equal (shmlens_array_resize (entry, 6), 0);
  assert_int_equal (shmlens_array_resize (entry, 7), -ENOTSUP);
  scratch_assert_sentence_has ("another array of 7");
}

static void
structures_are_copied_whole (void **state)
{
  const struct
  {
    double x, y;
    int32_t kind;
  } point = { 1, 2, 3 };
  const struct shmlens_field fields[] = { { .name = "pos.x", .code = 'd' },
                                          { .name = "pos.y", .code = 'd', .offset = 8 },
                                          { .name = "kind", .code = 'i', .offset = 16 } };
  const struct shmlens_label labels[]
      = { { .value = 3, .text = "corner", .field = 2 }, { .value = -1, .text = "n", .field = 2 } };
  const struct shmlens_entry_attr attr = { .element_size = sizeof point,
                                           .field_count = 3,
                                           .fields = fields,
                                           .label_count = 2,
                                           .labels = labels,
                                           .doc = "where it is" };
  const struct shmlens_entry_info *info;
  struct shmlens_entry *entry;
  uint8_t read[sizeof point];

  assert_int_equal (
      shmlens_array_create (segment, "points", 'T', 1, (uint64_t[]){ 3 }, NULL, &attr, &entry), 0);
  assert_int_equal (shmlens_entry_set (entry, 1, &point), 0);
  shmlens_entry_close (entry);
  assert_int_equal (shmlens_entry_open (segment, "points", &entry), 0);
  assert_int_equal (shmlens_entry_get (entry, 1, read), 0);
  assert_memory_equal (read, &point, sizeof point);
  assert_int_equal (shmlens_entry_load (entry, 1, read), -ENOTSUP);

  info = shmlens_entry_describe (entry);
  assert_int_equal (info->type.code, 'T');
  assert_int_equal (info->type.size, sizeof point);
  assert_int_equal (info->field_count, 3);
  assert_string_equal (info->fields[1].name, "pos.y");
  assert_int_equal (info->fields[1].offset, 8);
  assert_int_equal (info->fields[2].code, 'i');
  assert_int_equal (info->label_count, 2);
  assert_string_equal (info->labels[0].text, "corner");
  assert_int_equal (info->labels[1].value, -1);
  assert_int_equal (info->labels[1].field, 2);
  assert_string_equal (info->doc, "where it is");
}

static void
attributes_are_kept (void **state)
{
  const float minimum = -1.5f;
  const float maximum = 1e30f;
  const float end = 100;
  const struct shmlens_entry_attr attr = { .flags = SHMLENS_READ_ONLY_ENTRY | SHMLENS_NO_LOCK,
                                           .role = SHMLENS_ROLE_PROGRESS,
                                           .unit = "°C",
                                           .doc = "how warm",
                                           .minimum = &minimum,
                                           .maximum = &maximum,
                                           .progress_max = &end };
  const struct shmlens_entry_info *info;
  struct shmlens_entry *entry;

  assert_int_equal (shmlens_value_create (segment, "t", 'f', NULL, &attr, &entry), 0);
  shmlens_entry_close (entry);
  assert_int_equal (shmlens_entry_open (segment, "t", &entry), 0);
  info = shmlens_entry_describe (entry);
  assert_int_equal (info->flags, SHMLENS_READ_ONLY_ENTRY | SHMLENS_NO_LOCK);
  assert_int_equal (info->role, SHMLENS_ROLE_PROGRESS);
  assert_string_equal (info->unit, "°C");
  assert_string_equal (info->doc, "how warm");
  assert_memory_equal (info->minimum, &minimum, 4);
  assert_memory_equal (info->maximum, &maximum, 4);
  assert_memory_equal (info->progress_max, &end, 4);
  assert_int_equal (info->lock_kind, SHMLENS_LOCK_NONE);
  assert_null (shmlens_entry_lock (entry));

  info = shmlens_entry_describe (make_value ("plain", 'f', NULL));
  assert_null (info->minimum);
  assert_null (info->progress_max);
  assert_string_equal (info->unit, "");
  assert_string_equal (info->doc, "");
}

static void
what_cannot_be_made_is_refused (void **state)
{
  const struct shmlens_field far = { .name = "f", .code = 'd', .offset = 12 };
  const struct shmlens_field nameless = { .code = 'd' };
  const struct shmlens_field codeless = { .name = "f", .code = 'T' };
  const struct shmlens_label lost = { .value = 1, .text = "a", .field = 3 };
  const struct shmlens_label empty = { .value = 1, .text = "", .field = -1 };
  uint64_t shape[] = { 1, 1, 1, 1, 1 };
  char text[2000];
  struct shmlens_entry *entry = NULL;
  struct shmlens_lock *lock;

  memset (text, 'a', sizeof text);
  text[sizeof text - 1] = '\0';
  assert_int_equal (shmlens_value_create (segment, NULL, 'q', NULL, NULL, &entry), -EINVAL);
  assert_int_equal (shmlens_value_create (segment, "", 'q', NULL, NULL, &entry), -EINVAL);
  assert_int_equal (shmlens_value_create (segment, text, 'q', NULL, NULL, &entry), -EINVAL);
  assert_int_equal (shmlens_value_create (segment, "a\tb", 'q', NULL, NULL, &entry), -EINVAL);
  assert_int_equal (shmlens_value_create (segment, "\xc3", 'q', NULL, NULL, &entry), -EINVAL);
  assert_int_equal (shmlens_value_create (segment, "x", 'z', NULL, NULL, &entry), -EINVAL);
  assert_int_equal (shmlens_value_create (segment, "x", '\0', NULL, NULL, &entry), -EINVAL);
  assert_int_equal (shmlens_value_create (segment, "x", 'T', NULL, NULL, &entry), -EINVAL);
  scratch_assert_sentence_has ("element_size");
  assert_int_equal (shmlens_array_create (segment, "x", 'q', 0, shape, NULL, NULL, &entry),
                    -EINVAL);
  assert_int_equal (shmlens_array_create (segment, "x", 'q', 5, shape, NULL, NULL, &entry),
                    -EINVAL);
  assert_int_equal (shmlens_array_create (segment, "x", 'q', 2,
                                          (uint64_t[]){ UINT64_C (1) << 40, UINT64_C (1) << 40 },
                                          NULL, NULL, &entry),
                    -EOVERFLOW);
  assert_int_equal (shmlens_array_create (segment, "x", 'q', 3,
                                          (uint64_t[]){ UINT64_C (1) << 40, UINT64_C (1) << 40, 0 },
                                          NULL, NULL, &entry),
                    -EOVERFLOW);

  assert_int_equal (create_with (&(struct shmlens_entry_attr){ .flags = 1u << 20 }), -EINVAL);
  assert_int_equal (create_with (&(struct shmlens_entry_attr){ .flags = SHMLENS_NO_LOCK
                                                                        | SHMLENS_EXTERNAL_LOCK }),
                    -EINVAL);
  assert_int_equal (create_with (&(struct shmlens_entry_attr){ .role = (enum shmlens_role) 9 }),
                    -EINVAL);
  assert_int_equal (create_with (&(struct shmlens_entry_attr){ .unit = text }), -EINVAL);
  assert_int_equal (create_with (&(struct shmlens_entry_attr){ .doc = text }), -EINVAL);
  assert_int_equal (create_with (&(struct shmlens_entry_attr){ .doc = "two\nlines" }), -EINVAL);
  assert_int_equal (create_with (&(struct shmlens_entry_attr){ .element_size = 4 }), -EINVAL);
  assert_int_equal (create_with (&(struct shmlens_entry_attr){ .minimum = &(int64_t){ 1 },
                                                               .maximum = &(int64_t){ -1 } }),
                    -EINVAL);
  assert_int_equal (create_with (&(struct shmlens_entry_attr){ .reserved = { 0, 1 } }), -EINVAL);
  assert_int_equal (create_with (&(struct shmlens_entry_attr){ .field_count = 1, .fields = &far }),
                    -EINVAL);
  assert_int_equal (create_with (&(struct shmlens_entry_attr){ .label_count = 1, .labels = &lost }),
                    -EINVAL);
  assert_int_equal (
      create_with (&(struct shmlens_entry_attr){ .label_count = 1, .labels = &empty }), -EINVAL);
  assert_int_equal (
      create_with (&(struct shmlens_entry_attr){ .label_count = 5000, .labels = &lost }), -EINVAL);

  assert_int_equal (
      shmlens_value_create (segment, "x", 'T', NULL,
                            &(struct shmlens_entry_attr){ .element_size = 16, .minimum = text },
                            &entry),
      -EINVAL);
  assert_int_equal (
      shmlens_value_create (
          segment, "x", 'T', NULL,
          &(struct shmlens_entry_attr){ .element_size = 16, .field_count = 1, .fields = &far },
          &entry),
      -EINVAL);
  scratch_assert_sentence_has ("field 0 (\"f\"), offset: 12");
  assert_null (strstr (shmlens_error (), "slot"));
  assert_int_equal (
      shmlens_value_create (
          segment, "x", 'T', NULL,
          &(struct shmlens_entry_attr){ .element_size = 16, .field_count = 1, .fields = &nameless },
          &entry),
      -EINVAL);
  assert_int_equal (
      shmlens_value_create (
          segment, "x", 'T', NULL,
          &(struct shmlens_entry_attr){ .element_size = 16, .field_count = 1, .fields = &codeless },
          &entry),
      -EINVAL);

  assert_int_equal (shmlens_lock_create (segment, &lock), 0);
  assert_int_equal (
      create_with (&(struct shmlens_entry_attr){ .lock = lock, .flags = SHMLENS_NO_LOCK }),
      -EINVAL);
  shmlens_lock_close (lock);
  assert_null (entry);
  assert_int_equal (shmlens_segment_next (segment, &(uint32_t){ 0 }, &entry), 0);
}


/* Names. */

static void
a_name_is_used_once (void **state)
{
  struct shmlens_entry *entry = make_value ("loss", 'd', NULL);
  struct shmlens_entry *other = NULL;

  assert_int_equal (shmlens_value_create (segment, "loss", 'q', NULL, NULL, &other), -EEXIST);
  scratch_assert_sentence_has ("\"loss\"");
  scratch_assert_sentence_has ("shmlens_entry_open");
  assert_null (other);
  assert_int_equal (shmlens_entry_remove (entry), 0);
  make_value ("loss", 'q', NULL);
}

static void
open_says_what_is_missing (void **state)
{
  struct shmlens_entry *entry;

  assert_int_equal (shmlens_entry_open (segment, "nothing", &entry), -ENOENT);
  scratch_assert_sentence_has ("\"nothing\"");
  assert_int_equal (shmlens_entry_open (segment, NULL, &entry), -ENOENT);
  assert_int_equal (shmlens_entry_open_id (segment, 0, &entry), -ENOENT);
  assert_int_equal (shmlens_entry_open_id (segment, UINT64_MAX, &entry), -ENOENT);
}

static void
open_or_create_takes_only_the_same_type_and_shape (void **state)
{
  const struct shmlens_field fields[] = { { .name = "a", .code = 'i' } };
  const struct shmlens_field others[] = { { .name = "b", .code = 'i' } };
  struct shmlens_entry_attr attr = { .element_size = 4, .field_count = 1, .fields = fields };
  struct shmlens_entry *entry;
  int64_t number = 7;

  assert_int_equal (shmlens_value_open_or_create (segment, "x", 'q', &number, NULL, &entry), 1);
  number = 8;
  assert_int_equal (shmlens_value_open_or_create (segment, "x", 'q', &number, NULL, &entry), 0);
  assert_int_equal (shmlens_entry_get (entry, 0, &number), 0);
  assert_int_equal (number, 7);
  assert_int_equal (shmlens_value_open_or_create (segment, "x", 'Q', NULL, NULL, &entry),
                    -EPROTOTYPE);
  scratch_assert_sentence_has ("int64");
  assert_int_equal (shmlens_value_open_or_create (segment, "x", 'd', NULL, NULL, &entry),
                    -EPROTOTYPE);
  assert_int_equal (
      shmlens_array_open_or_create (segment, "x", 'q', 1, (uint64_t[]){ 1 }, NULL, NULL, &entry),
      -EPROTOTYPE);
  assert_int_equal (
      shmlens_array_open_or_create (segment, "a", 'q', 2, (uint64_t[]){ 2, 3 }, NULL, NULL, &entry),
      1);
  assert_int_equal (
      shmlens_array_open_or_create (segment, "a", 'q', 2, (uint64_t[]){ 2, 3 }, NULL, NULL, &entry),
      0);
  assert_int_equal (
      shmlens_array_open_or_create (segment, "a", 'q', 2, (uint64_t[]){ 3, 2 }, NULL, NULL, &entry),
      -EPROTOTYPE);
  assert_int_equal (
      shmlens_array_open_or_create (segment, "a", 'q', 9, (uint64_t[]){ 3, 2 }, NULL, NULL, &entry),
      -EINVAL);
  assert_int_equal (shmlens_value_open_or_create (segment, "s", 'T', NULL, &attr, &entry), 1);
  assert_int_equal (shmlens_value_open_or_create (segment, "s", 'T', NULL, &attr, &entry), 0);
  attr.fields = others;
  assert_int_equal (shmlens_value_open_or_create (segment, "s", 'T', NULL, &attr, &entry),
                    -EPROTOTYPE);
}

static void
made_up_names_get_a_number (void **state)
{
  const struct shmlens_entry_attr attr = { .flags = SHMLENS_UNNAMED };
  char long_name[SHMLENS_ENTRY_NAME_MAX + 1];
  struct shmlens_entry *entries[4];

  for (int i = 0; i < 4; i++)
    {
      const char *names[] = { "x", "x#2", "x#3", "x#4" };

      assert_int_equal (shmlens_value_create (segment, "x", 'd', NULL, &attr, &entries[i]), 0);
      assert_string_equal (shmlens_entry_describe (entries[i])->name, names[i]);
      assert_int_equal (shmlens_entry_describe (entries[i])->flags, SHMLENS_UNNAMED);
    }
  assert_int_equal (shmlens_entry_remove (entries[1]), 0);
  for (int i = 0; i < 2; i++)
    {
      assert_int_equal (shmlens_value_create (segment, "x", 'd', NULL, &attr, &entries[1]), 0);
      assert_true (strncmp (shmlens_entry_describe (entries[1])->name, "x#", 2) == 0);
    }

  /* 95 bytes of two-byte characters after an `a`: cut between characters. */
  long_name[0] = 'a';
  for (int i = 1; i < SHMLENS_ENTRY_NAME_MAX; i += 2)
    memcpy (long_name + i, "é", 2);
  long_name[SHMLENS_ENTRY_NAME_MAX] = '\0';
  for (int i = 0; i < 3; i++)
    assert_int_equal (shmlens_value_create (segment, long_name, 'd', NULL, &attr, &entries[i]), 0);
  assert_string_equal (shmlens_entry_describe (entries[2])->name + 93, "#3");
}

static void
thousands_may_have_the_same_made_up_name (void **state)
{
  const struct shmlens_entry_attr attr = { .flags = SHMLENS_UNNAMED };
  struct shmlens_entry *entry;
  char name[32];

  for (int i = 1; i <= 5000; i++)
    {
      assert_int_equal (shmlens_value_create (segment, "loop", 'd', NULL, &attr, &entry), 0);
      snprintf (name, sizeof name, i == 1 ? "loop" : "loop#%d", i);
      assert_string_equal (shmlens_entry_describe (entry)->name, name);
      shmlens_entry_close (entry);
    }
  assert_int_equal (shmlens_entry_open (segment, "loop#4321", &entry), 0);
}

static int
set_up (void **state)
{
  return scratch_set_up ("entry");
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
    TEST (values_of_every_type_begin_as_told),
    TEST (a_value_is_zero_when_nothing_is_told),
    TEST (a_small_value_lies_beside_its_lock),
    TEST (a_value_cannot_be_longer_than_one),
    TEST (arrays_have_up_to_four_dimensions),
    TEST (slices_are_read_and_written_as_one),
    TEST (an_array_may_be_empty),
    TEST (an_array_cannot_grow_and_says_so),
    TEST (structures_are_copied_whole),
    TEST (attributes_are_kept),
    TEST (what_cannot_be_made_is_refused),
    TEST (a_name_is_used_once),
    TEST (open_says_what_is_missing),
    TEST (open_or_create_takes_only_the_same_type_and_shape),
    TEST (made_up_names_get_a_number),
    TEST (thousands_may_have_the_same_made_up_name),
  };

  return cmocka_run_group_tests (tests, set_up, tear_down);
}
