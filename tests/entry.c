/* Making, finding and removing values, arrays and locks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>

#include "format.h"
#include "segment.h"
#include "support/scratch.h"

static struct shmlens_segment *segment;

static void
assert_sentence_has (const char *part)
{
  if (strstr (shmlens_error (), part) == NULL)
    fail_msg ("the sentence \"%s\" does not say \"%s\"", shmlens_error (), part);
}

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
  assert_sentence_has ("element 1 is out of bounds");
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

      assert_int_equal (shmlens_array_create (segment, name, 'f', dimensions, shape, elements,
                                              NULL, &entry),
                        0);
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
  assert_sentence_has ("6 elements");
}

static void
an_array_may_be_empty (void **state)
{
  struct shmlens_entry *entry;
  double number;

  assert_int_equal (shmlens_array_create (segment, "e", 'd', 2, (uint64_t[]){ 3, 0 }, NULL, NULL,
                                          &entry),
                    0);
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
  assert_sentence_has ("another array of 7");
}

static void
structures_are_copied_whole (void **state)
{
  const struct { double x, y; int32_t kind; } point = { 1, 2, 3 };
  const struct shmlens_field fields[]
      = { { .name = "pos.x", .code = 'd' }, { .name = "pos.y", .code = 'd', .offset = 8 },
          { .name = "kind", .code = 'i', .offset = 16 } };
  const struct shmlens_label labels[]
      = { { .value = 3, .text = "corner", .field = 2 }, { .value = -1, .text = "n", .field = 2 } };
  const struct shmlens_entry_attr attr
      = { .element_size = sizeof point, .field_count = 3, .fields = fields, .label_count = 2,
          .labels = labels, .doc = "where it is" };
  const struct shmlens_entry_info *info;
  struct shmlens_entry *entry;
  uint8_t read[sizeof point];

  assert_int_equal (shmlens_array_create (segment, "points", 'T', 1, (uint64_t[]){ 3 }, NULL,
                                          &attr, &entry),
                    0);
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
  const struct shmlens_entry_attr attr
      = { .flags = SHMLENS_READ_ONLY_ENTRY | SHMLENS_NO_LOCK, .role = SHMLENS_ROLE_PROGRESS,
          .unit = "°C", .doc = "how warm", .minimum = &minimum, .maximum = &maximum,
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
  assert_sentence_has ("element_size");
  assert_int_equal (shmlens_array_create (segment, "x", 'q', 0, shape, NULL, NULL, &entry),
                    -EINVAL);
  assert_int_equal (shmlens_array_create (segment, "x", 'q', 5, shape, NULL, NULL, &entry),
                    -EINVAL);
  assert_int_equal (shmlens_array_create (segment, "x", 'q', 2,
                                          (uint64_t[]){ UINT64_C (1) << 40, UINT64_C (1) << 40 },
                                          NULL, NULL, &entry),
                    -EOVERFLOW);
  assert_int_equal (shmlens_array_create (
                        segment, "x", 'q', 3,
                        (uint64_t[]){ UINT64_C (1) << 40, UINT64_C (1) << 40, 0 }, NULL, NULL,
                        &entry),
                    -EOVERFLOW);

  assert_int_equal (create_with (&(struct shmlens_entry_attr){ .flags = 1u << 20 }), -EINVAL);
  assert_int_equal (create_with (&(struct shmlens_entry_attr){
                        .flags = SHMLENS_NO_LOCK | SHMLENS_EXTERNAL_LOCK }),
                    -EINVAL);
  assert_int_equal (create_with (&(struct shmlens_entry_attr){ .role = (enum shmlens_role) 9 }),
                    -EINVAL);
  assert_int_equal (create_with (&(struct shmlens_entry_attr){ .unit = text }), -EINVAL);
  assert_int_equal (create_with (&(struct shmlens_entry_attr){ .doc = text }), -EINVAL);
  assert_int_equal (create_with (&(struct shmlens_entry_attr){ .doc = "two\nlines" }), -EINVAL);
  assert_int_equal (create_with (&(struct shmlens_entry_attr){ .element_size = 4 }), -EINVAL);
  assert_int_equal (create_with (&(struct shmlens_entry_attr){ .reserved = { 0, 1 } }), -EINVAL);
  assert_int_equal (
      create_with (&(struct shmlens_entry_attr){ .field_count = 1, .fields = &far }), -EINVAL);
  assert_int_equal (
      create_with (&(struct shmlens_entry_attr){ .label_count = 1, .labels = &lost }), -EINVAL);
  assert_int_equal (
      create_with (&(struct shmlens_entry_attr){ .label_count = 1, .labels = &empty }), -EINVAL);
  assert_int_equal (create_with (&(struct shmlens_entry_attr){ .label_count = 5000,
                                                               .labels = &lost }),
                    -EINVAL);

  assert_int_equal (shmlens_value_create (segment, "x", 'T', NULL,
                                          &(struct shmlens_entry_attr){ .element_size = 16,
                                                                        .minimum = text },
                                          &entry),
                    -EINVAL);
  assert_int_equal (shmlens_value_create (segment, "x", 'T', NULL,
                                          &(struct shmlens_entry_attr){ .element_size = 16,
                                                                        .field_count = 1,
                                                                        .fields = &far },
                                          &entry),
                    -EINVAL);
  assert_sentence_has ("field 0 (\"f\"), offset: 12");
  assert_null (strstr (shmlens_error (), "slot"));
  assert_int_equal (shmlens_value_create (segment, "x", 'T', NULL,
                                          &(struct shmlens_entry_attr){ .element_size = 16,
                                                                        .field_count = 1,
                                                                        .fields = &nameless },
                                          &entry),
                    -EINVAL);
  assert_int_equal (shmlens_value_create (segment, "x", 'T', NULL,
                                          &(struct shmlens_entry_attr){ .element_size = 16,
                                                                        .field_count = 1,
                                                                        .fields = &codeless },
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
  assert_sentence_has ("\"loss\"");
  assert_sentence_has ("shmlens_entry_open");
  assert_null (other);
  assert_int_equal (shmlens_entry_remove (entry), 0);
  make_value ("loss", 'q', NULL);
}

static void
open_says_what_is_missing (void **state)
{
  struct shmlens_entry *entry;

  assert_int_equal (shmlens_entry_open (segment, "nothing", &entry), -ENOENT);
  assert_sentence_has ("\"nothing\"");
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
  assert_sentence_has ("int64");
  assert_int_equal (shmlens_value_open_or_create (segment, "x", 'd', NULL, NULL, &entry),
                    -EPROTOTYPE);
  assert_int_equal (shmlens_array_open_or_create (segment, "x", 'q', 1, (uint64_t[]){ 1 }, NULL,
                                                  NULL, &entry),
                    -EPROTOTYPE);
  assert_int_equal (shmlens_array_open_or_create (segment, "a", 'q', 2, (uint64_t[]){ 2, 3 }, NULL,
                                                  NULL, &entry),
                    1);
  assert_int_equal (shmlens_array_open_or_create (segment, "a", 'q', 2, (uint64_t[]){ 2, 3 }, NULL,
                                                  NULL, &entry),
                    0);
  assert_int_equal (shmlens_array_open_or_create (segment, "a", 'q', 2, (uint64_t[]){ 3, 2 }, NULL,
                                                  NULL, &entry),
                    -EPROTOTYPE);
  assert_int_equal (shmlens_array_open_or_create (segment, "a", 'q', 9, (uint64_t[]){ 3, 2 }, NULL,
                                                  NULL, &entry),
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


/* Life and death. */

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
  assert_sentence_has ("slot 1 (\"b\"), kind");
  assert_int_equal (shmlens_segment_next (segment, &cursor, &entry), 1);
  assert_string_equal (shmlens_entry_describe (entry)->name, "c");
  assert_int_equal (shmlens_segment_next (segment, &cursor, &entry), 0);
  assert_int_equal (shmlens_entry_open (segment, "b", &entry), -EBADMSG);
  assert_int_equal (shmlens_entry_open (segment, "c", &entry), 0);
  scratch_write_file (shmlens_segment_name (segment), &good, 1, offset);
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
  assert_sentence_has ("capacity");
  assert_in_range (count, 300, 336);
  assert_int_equal (shmlens_array_create (segment, "more", 'B', 1, (uint64_t[]){ 70 << 20 }, NULL,
                                          NULL, &entry),
                    -ENOSPC);

  /* Every second one is no use to a long array, neighbours are. */
  for (int i = 0; i < 20; i += 2)
    {
      snprintf (name, sizeof name, "a%d", i);
      assert_int_equal (shmlens_entry_open (segment, name, &entry), 0);
      assert_int_equal (shmlens_entry_remove (entry), 0);
    }
  assert_int_equal (shmlens_array_create (segment, "long", 'B', 1, (uint64_t[]){ 1000000 }, NULL,
                                          NULL, &entry),
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
          if (shmlens_array_create (mine, entry_name, 'B', 1, &lengths[i], NULL, NULL,
                                    &entries[i])
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

static void *
hold (void *data)
{
  struct shmlens_lock *lock = ((void **) data)[0];
  pthread_barrier_t *barrier = ((void **) data)[1];
  intptr_t result = shmlens_lock_acquire (lock);

  pthread_barrier_wait (barrier);
  pthread_barrier_wait (barrier);
  shmlens_lock_release (lock);
  return (void *) result;
}

static pthread_t holder;
static pthread_barrier_t barrier;

static void
start_holder (struct shmlens_lock *lock)
{
  static void *data[2];

  data[0] = lock;
  data[1] = &barrier;
  pthread_barrier_init (&barrier, NULL, 2);
  assert_int_equal (pthread_create (&holder, NULL, hold, data), 0);
  pthread_barrier_wait (&barrier);
}

static void
stop_holder (void)
{
  void *result;

  pthread_barrier_wait (&barrier);
  assert_int_equal (pthread_join (holder, &result), 0);
  assert_null (result);
  pthread_barrier_destroy (&barrier);
}

static void
an_entry_is_not_removed_while_somebody_holds_its_lock (void **state)
{
  struct shmlens_entry *entry = make_value ("x", 'q', NULL);
  struct shmlens_lock *lock = shmlens_entry_lock (entry);

  start_holder (lock);
  assert_int_equal (shmlens_entry_remove (entry), -EBUSY);
  assert_true (shmlens_entry_is_live (entry));
  stop_holder ();
  assert_int_equal (shmlens_lock_acquire (lock), 0);
  assert_int_equal (shmlens_entry_remove (entry), -EBUSY);
  assert_sentence_has ("release it");
  assert_int_equal (shmlens_lock_release (lock), 0);
  assert_int_equal (shmlens_entry_remove (entry), 0);
}

static void
entries_that_share_a_lock_change_together (void **state)
{
  struct shmlens_entry_attr attr = { 0 };
  struct shmlens_entry *one;
  struct shmlens_entry *other;
  struct shmlens_lock *lock;
  int64_t number = 3;

  assert_int_equal (shmlens_lock_create (segment, &lock), 0);
  attr.lock = lock;
  assert_int_equal (shmlens_value_create (segment, "one", 'q', NULL, &attr, &one), 0);
  assert_int_equal (shmlens_value_create (segment, "other", 'q', NULL, &attr, &other), 0);
  start_holder (shmlens_entry_lock (one));
  assert_int_equal (shmlens_lock_try_acquire (shmlens_entry_lock (other)), -EBUSY);
  assert_int_equal (shmlens_lock_try_acquire (lock), -EBUSY);
  assert_int_equal (shmlens_entry_snapshot (other, 0, 1, &number), SHMLENS_CONSISTENCY_ATOMIC);
  stop_holder ();
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
  assert_sentence_has ("same segment");
  scratch_detach_and_unlink (elsewhere);

  assert_int_equal (shmlens_entry_open (segment, "x", &stale), 0);
  assert_int_equal (shmlens_entry_remove (entry), 0);
  assert_int_equal (
      create_with (&(struct shmlens_entry_attr){ .lock = shmlens_entry_lock (stale) }), -EINVAL);
  make_value ("y", 'q', NULL);
  assert_int_equal (
      create_with (&(struct shmlens_entry_attr){ .lock = shmlens_entry_lock (stale) }), -EINVAL);
  assert_sentence_has ("shmlens_lock_create");
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

  assert_int_equal (shmlens_value_create (
                        segment, "x", 'q', NULL,
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
    TEST (others_see_what_is_made_and_removed),
    TEST (a_stale_handle_does_not_come_back_to_life),
    TEST (one_goes_through_all_entries),
    TEST (a_corrupt_entry_does_not_hide_the_others),
    TEST (ten_thousand_made_and_removed_take_no_room),
    TEST (large_arrays_give_their_memory_back),
    TEST (a_full_segment_says_so_and_what_is_freed_is_joined),
    TEST (many_processes_make_and_remove_at_once),
    TEST (there_is_room_for_more_than_one_directory_block),
    TEST (an_entry_is_not_removed_while_somebody_holds_its_lock),
    TEST (entries_that_share_a_lock_change_together),
    TEST (a_lock_outlives_the_entry_that_had_it),
    TEST (a_lock_that_is_gone_is_refused),
    TEST (closed_locks_take_no_room),
    TEST (a_child_that_closes_a_lock_does_not_take_it_away),
    TEST (an_external_lock_is_left_to_the_program),
  };

  return cmocka_run_group_tests (tests, set_up, tear_down);
}
