/* The bytes of a segment: what is accepted, what is refused, and in which words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "support/segment-bytes.h"

static char *
new_segment (void)
{
  char *segment = aligned_alloc (64, SEGMENT_BYTES_SIZE);

  assert_non_null (segment);
  segment_bytes_build (segment);
  return segment;
}

static void
accepts_a_whole_segment (void **state)
{
  struct format_error error = { "" };
  char *segment = new_segment ();

  assert_int_equal (format_validate (segment, SEGMENT_BYTES_SIZE, &error), 0);
  assert_string_equal (error.text, "");
  free (segment);
}

static void
accepts_a_file_that_somebody_has_extended (void **state)
{
  char *segment = calloc (1, SEGMENT_BYTES_SIZE + 100);

  assert_non_null (segment);
  segment_bytes_build (segment);
  assert_int_equal (format_validate (segment, SEGMENT_BYTES_SIZE + 100, NULL), 0);
  free (segment);
}

/* Bytes to be overwritten, and how the sentence about them begins. */
struct breach
{
  uint64_t offset;
  uint64_t value;
  unsigned size;
  int code;
  const char *sentence;
};

static void
check_breaches (const struct breach *breaches, size_t count)
{
  char *segment = malloc (SEGMENT_BYTES_SIZE);

  assert_non_null (segment);
  for (size_t i = 0; i < count; i++)
    {
      const struct breach *breach = &breaches[i];
      struct format_error error = { "" };
      int result;

      segment_bytes_build (segment);
      memcpy (segment + breach->offset, &breach->value, breach->size);
      result = format_validate (segment, SEGMENT_BYTES_SIZE, &error);
      if (strncmp (error.text, breach->sentence, strlen (breach->sentence)) != 0)
        fail_msg ("\"%s\" should begin with \"%s\"", error.text, breach->sentence);
      assert_int_equal (result, breach->code);
      assert_int_equal (format_validate (segment, SEGMENT_BYTES_SIZE, NULL), breach->code);
    }
  free (segment);
}

#define SIZE_OF(structure, field) sizeof ((struct structure *) NULL)->field
#define HEADER_AT(field, index, value, code, sentence)                                            \
  { offsetof (struct format_header, field) + (index) * SIZE_OF (format_header, field[0]), value,  \
    SIZE_OF (format_header, field[0]), code, "header, " sentence }
#define HEADER(field, value, code, sentence)                                                      \
  { offsetof (struct format_header, field), value, SIZE_OF (format_header, field), code,          \
    "header, " sentence }

static void
names_the_field_of_a_bad_header (void **state)
{
  static const struct breach breaches[] = {
    HEADER_AT (magic, 0, 'X', -EBADMSG, "magic: this is no segment of shmlens"),
    HEADER_AT (magic, 7, 0, -EBADMSG, "magic: "),
    HEADER (byte_order, 0x04030201, -EPROTONOSUPPORT, "byte_order: the segment is of a machine"),
    HEADER (byte_order, 5, -EBADMSG, "byte_order: 0x00000005 is neither order"),
    HEADER (version, 2, -EPROTONOSUPPORT, "version: 2, but this library knows only version 1"),
    HEADER (version, 0, -EPROTONOSUPPORT, "version: 0, "),
    HEADER (incompatible, 0x80000000, -EPROTONOSUPPORT,
            "incompatible: unknown features 0x80000000 are needed"),
    HEADER (header_size, 959, -EBADMSG, "header_size: 959 is not from 960 to 4096"),
    HEADER (header_size, 4097, -EBADMSG, "header_size: 4097 "),
    HEADER (slot_size, 319, -EBADMSG, "slot_size: 319 is not 320"),
    HEADER (lock_size, 64, -EBADMSG, "lock_size: 64 is not 128"),
    HEADER (attacher_size, 0, -EBADMSG, "attacher_size: 0 is not 64"),
    HEADER (capacity, 65537, -EBADMSG, "capacity: 65537 is no multiple of 4096"),
    HEADER (capacity, 36864, -EBADMSG, "capacity: 36864 is not from 40960 to 70368744177664"),
    HEADER (capacity, 1ull << 47, -EBADMSG, "capacity: 140737488355328 is not from "),
    HEADER (capacity, 40960, -EBADMSG, "size: 45056 is more than the capacity, 40960"),
    HEADER (size, 45055, -EBADMSG, "size: 45055 is no multiple of 4096"),
    HEADER (size, 49152, -EBADMSG, "size: 49152 bytes, but the file has only 45056"),
    HEADER (size, 1ull << 63, -EBADMSG, "size: 9223372036854775808 is more than the capacity"),
    HEADER (size, 0, -EBADMSG, "used: "),
    HEADER (used, 45120, -EBADMSG, "used: 45120 is no multiple of 64 up to the size, 45056"),
    HEADER (used, 44999, -EBADMSG, "used: 44999 is no multiple of 64 "),
    HEADER (attacher_count, 255, -EBADMSG, "attacher_count: 255 is not 256"),
    HEADER (attacher_offset, 4097, -EBADMSG, "attacher_offset: 4097 is no multiple of 64"),
    HEADER (attacher_offset, 896, -EBADMSG, "attacher_offset: 896 leaves no room for 16384 bytes"),
    HEADER (attacher_offset, 28736, -EBADMSG, "attacher_offset: 28736 leaves no room"),
    HEADER (attacher_offset, -64, -EBADMSG, "attacher_offset: 18446744073709551552 leaves no"),
    HEADER_AT (block_offset, 0, 20488, -EBADMSG, "block_offset[0]: 20488 is no multiple of 64"),
    HEADER_AT (block_offset, 0, 896, -EBADMSG, "block_offset[0]: 896 leaves no room for 20480"),
    HEADER_AT (block_offset, 0, 24640, -EBADMSG, "block_offset[0]: 24640 leaves no room"),
    HEADER_AT (block_offset, 0, -64, -EBADMSG, "block_offset[0]: 18446744073709551552 leaves"),
    HEADER_AT (block_offset, 0, 20416, -EBADMSG,
               "block_offset[0]: 20416 overlaps the attachers at 4096"),
    HEADER_AT (block_offset, 1, 4096, -EBADMSG, "block_offset[1]: 4096 overlaps the attachers"),
    HEADER_AT (block_offset, 15, 20480, -EBADMSG,
               "block_offset[15]: 20480, but block 1 is not there"),
    HEADER_AT (block_offset, 0, 0, -EBADMSG, "slot_count: 12 is more than the 0 slots there are"),
    HEADER (slot_count, 65, -EBADMSG, "slot_count: 65 is more than the 64 slots there are"),
    HEADER_AT (free_head, 47, 12, -EBADMSG, "free_head[47]: slot 12 is not one of the 12 slots"),
    HEADER (free_slot, 12, -EBADMSG, "free_slot: slot 12 is not one of the 12 slots"),
    HEADER_AT (program, 0, 7, -EBADMSG, "program: not a text of at most 63 bytes"),
    HEADER_AT (logical_name, 1, 0xff, -EBADMSG, "logical_name: not a text of at most 255 bytes"),
  };

  check_breaches (breaches, sizeof breaches / sizeof breaches[0]);
}

static void
refuses_blocks_on_top_of_each_other (void **state)
{
  struct format_header header;
  struct format_error error;
  char *segment = new_segment ();

  memcpy (&header, segment, sizeof header);
  header.capacity = header.size = 1u << 20;
  header.block_offset[1] = 20544;
  assert_int_equal (format_check_header (&header, 1u << 20, &error), -EBADMSG);
  assert_string_equal (error.text, "header, block_offset[1]: 20544 overlaps block 0 at 20480");
  header.block_offset[1] = 40960;
  assert_int_equal (format_check_header (&header, 1u << 20, &error), 0);
  free (segment);
}

static void
forbids_writing_what_it_does_not_understand (void **state)
{
  struct format_header header;
  struct format_error error;
  char *segment = new_segment ();

  memcpy (&header, segment, sizeof header);
  header.compatible = UINT32_MAX;
  assert_int_equal (format_check_header (&header, SEGMENT_BYTES_SIZE, &error), 0);
  assert_int_equal (format_check_writable (&header, &error), 0);
  header.read_only_compatible = 2;
  assert_int_equal (format_check_header (&header, SEGMENT_BYTES_SIZE, &error), 0);
  assert_int_equal (format_check_writable (&header, &error), -EPROTONOSUPPORT);
  assert_string_equal (error.text,
                       "header, read_only_compatible: unknown features 0x2 allow only reading");
  header.read_only_compatible = 0;
  header.lock_abi = 2;
  assert_int_equal (format_check_writable (&header, &error), -EPROTONOSUPPORT);
  assert_string_equal (error.text,
                       "header, lock_abi: 2, but this library's is 1: it can only read");
  free (segment);
}

static void
names_the_field_of_a_bad_attacher (void **state)
{
  static const struct breach breaches[] = {
    { SEGMENT_BYTES_ATTACHERS + 255 * 64, 4194305, 4, -EBADMSG,
      "attacher 255, pid: 4194305 is more than 4194304" },
  };
  struct format_attacher *attacher;
  struct format_error error;
  char *segment = new_segment ();

  check_breaches (breaches, 1);
  attacher = (struct format_attacher *) (segment + SEGMENT_BYTES_ATTACHERS);
  memset (attacher->program, 'x', sizeof attacher->program);
  assert_int_equal (format_validate (segment, SEGMENT_BYTES_SIZE, &error), -EBADMSG);
  assert_string_equal (error.text, "attacher 0, program: longer than 31 bytes");
  attacher->start_time = 0;
  assert_int_equal (format_validate (segment, SEGMENT_BYTES_SIZE, &error), 0);
  free (segment);
}

#define SLOT_AT(slot, field, index, value, sentence)                                              \
  { SEGMENT_BYTES_BLOCK + SEGMENT_BYTES_##slot * sizeof (struct format_slot)                      \
        + offsetof (struct format_slot, field) + (index) * SIZE_OF (format_slot, field[0]),       \
    value, SIZE_OF (format_slot, field[0]), -EBADMSG, "slot " sentence }
#define SLOT(slot, field, value, sentence)                                                        \
  { SEGMENT_BYTES_BLOCK + SEGMENT_BYTES_##slot * sizeof (struct format_slot)                      \
        + offsetof (struct format_slot, field),                                                   \
    value, SIZE_OF (format_slot, field), -EBADMSG, "slot " sentence }

static void
names_the_field_of_a_bad_slot (void **state)
{
  static const struct breach breaches[] = {
    SLOT (COUNTER, state, 4, "0, state: 4 is no known state"),
    SLOT (LOSS, what, 0, "1, what: 0 is neither an entry nor a lock"),
    SLOT (LOSS, what, 3, "1, what: 3 is neither an entry nor a lock"),
    SLOT_AT (LOSS, name, 0, 0, "1, name: not a name of 1 to 95 bytes"),
    SLOT_AT (LOSS, name, 1, '\n', "1, name: "),
    SLOT (LOSS, name_hash, 5, "1 (\"loss\"), name_hash: 0x00000005 is not that of the name, 0x"),
    SLOT (LOSS, kind, 0, "1 (\"loss\"), kind: 0 with element size 8 and code 100 is no known kind"),
    SLOT (LOSS, kind, 8, "1 (\"loss\"), kind: 8 "),
    SLOT (LOSS, element_size, 2, "1 (\"loss\"), kind: 6 with element size 2 and code 100 has no"
          " such size"),
    SLOT (LOSS, code, 'i', "1 (\"loss\"), kind: 6 with element size 8 and code 105 has no such"
          " code"),
    SLOT (LOSS, code, 0, "1 (\"loss\"), kind: 6 "),
    SLOT (COUNTER, element_size, 3, "0 (\"counter\"), kind: 4 with element size 3 "),
    SLOT (TEXT, element_size, 2, "7 (\"text\"), kind: 2 with element size 2 "),
    SLOT (PARTICLES, element_size, 0, "4 (\"particles\"), kind: 7 with element size 0 "),
    SLOT (PARTICLES, element_size, (1u << 20) + 1, "4 (\"particles\"), kind: 7 "),
    SLOT (LOSS, role, 7, "1 (\"loss\"), role: 7 is no known role"),
    SLOT (LOSS, flags, 32, "1 (\"loss\"), flags: 0x20 has bits beyond 0x1f"),
    SLOT (PARTICLES, flags, 1, "4 (\"particles\"), flags: 0x1 gives a limit, but a structure"),
    SLOT (GRID, dimensions, 5, "3 (\"grid\"), dimensions: 5 is more than 4"),
    SLOT (GRID, dimensions, 1, "3 (\"grid\"), shape[1]: 5, but there are only 1 dimensions"),
    SLOT_AT (GRID, shape, 3, 1, "3 (\"grid\"), shape[3]: 1, but there are only 2 dimensions"),
    SLOT_AT (GRID, shape, 1, 1ull << 62, "3 (\"grid\"), shape[1]: 4611686018427387904 makes the"
             " length overflow"),
    SLOT_AT (EXTERNAL, shape, 0, UINT64_MAX, "8 (\"external\"), shape[0]: 18446744073709551615"),
    SLOT_AT (GRID, shape, 1, 6, "3 (\"grid\"), data_length: 80 is not the shape's 96 bytes"),
    SLOT (GRID, data_length, 81, "3 (\"grid\"), data_length: 81 is not the shape's 80 bytes"),

    SLOT (GRID, extent_offset, 41001, "3 (\"grid\"), extent_offset: 41001 is no multiple of 64"),
    SLOT (GRID, extent_offset, 0, "3 (\"grid\"), extent_offset: 0 lies in the header's 960"),
    SLOT (GRID, extent_offset, 4160, "3 (\"grid\"), extent_offset: 4160 with 128 bytes overlaps"
          " the attachers at 4096"),
    SLOT (GRID, extent_offset, 20416, "3 (\"grid\"), extent_offset: 20416 with 128 bytes overlaps"
          " the attachers"),
    SLOT (GRID, extent_offset, 40896, "3 (\"grid\"), extent_offset: 40896 with 128 bytes overlaps"
          " directory block 0 at 20480"),
    SLOT (GRID, extent_offset, 44992, "3 (\"grid\"), extent_offset: 44992 with 128 bytes lies"
          " beyond the segment's 45056 bytes"),
    SLOT (GRID, extent_offset, -64, "3 (\"grid\"), extent_offset: 18446744073709551552 with 128"
          " bytes lies beyond"),
    SLOT (GRID, extent_length, 100, "3 (\"grid\"), extent_length: 100 is no multiple of 64"),
    SLOT (GRID, extent_length, 0, "3 (\"grid\"), extent_length: 0 is no multiple of 64 above 0"),
    SLOT (GRID, extent_length, 1ull << 63, "3 (\"grid\"), extent_offset: "),
    SLOT (GRID, extent_length, 192, "6, extent_offset: 41536 with 128 bytes overlaps the extent of"
          " slot 3 at 41408"),
    SLOT (FREE, extent_offset, 20480, "9, extent_offset: 20480 with 192 bytes overlaps directory"),
    SLOT (FREE, extent_length, 1856, "9, extent_offset: "),

    SLOT (LOSS, lock_kind, 3, "1 (\"loss\"), lock_kind: 3 is no known kind"),
    SLOT (LOSS, lock_kind, 0, "1 (\"loss\"), lock_slot: 1, but lock kind 0 has none"),
    SLOT (EXTERNAL, lock_slot, 2, "8 (\"external\"), lock_slot: 2, but lock kind 2 has none"),
    SLOT (GRID, lock_slot, UINT32_MAX, "3 (\"grid\"), lock_slot: 4294967295 is not below 4194240"),
    SLOT (GRID, lock_slot, 12, "3 (\"grid\"), lock_slot: 12 is not one of the 12 slots"),
    SLOT (GRID, lock_slot, 5, "3 (\"grid\"), lock_slot: slot 5 has no lock"),
    SLOT (GRID, lock_slot, 7, "3 (\"grid\"), lock_slot: slot 7 has no lock"),
    SLOT (GRID, lock_slot, 9, "3 (\"grid\"), lock_slot: slot 9 has no lock"),
    SLOT (GRID, lock_slot, 11, "3 (\"grid\"), lock_slot: slot 11 has no lock"),
    SLOT (LOCK, lock_slot, 1, "2, lock_slot: 1 with kind 1, but a lock that stands alone"),
    SLOT_AT (LOCK, name, 0, 'x', "2, name: a lock that stands alone has none"),
    SLOT (LOCK, data_length, 8, "2, data_length: 8, but a lock that stands alone has no data"),
    SLOT (LOCK, metadata_length, 8, "2, metadata_length: 8, but a lock that stands alone"),
    SLOT (COUNTER, extent_length, 64, "0 (\"counter\"), extent_length: 64 has no room for the"
          " lock's 128 bytes"),
    SLOT (RETIRED, lock_slot, 0, "6, lock_slot: 0, but a retired slot is kept for its lock"),
    SLOT (RETIRED, lock_kind, 2, "6, lock_slot: 6, but lock kind 2 has none"),

    SLOT (COUNTER, data_offset, 0, "0 (\"counter\"), data_offset: 0 with 8 bytes does not lie in"
          " the entry's extent, 41088 to 41088"),
    SLOT (COUNTER, data_offset, 41024, "0 (\"counter\"), data_offset: 41024 with 8 bytes"),
    SLOT (GRID, data_offset, 45000, "3 (\"grid\"), data_offset: 45000 with 80 bytes does not lie"),
    SLOT (GRID, data_offset, -8, "3 (\"grid\"), data_offset: 18446744073709551608 with 80"),
    SLOT (TEXT, metadata_offset, 8, "7 (\"text\"), metadata_offset: 8, but there is no metadata"),
    SLOT (LOSS, metadata_offset, 41209, "1 (\"loss\"), metadata_offset: 41209 is no multiple of 8"),
    SLOT (LOSS, metadata_offset, 41088, "1 (\"loss\"), metadata_offset: 41088 with 25 bytes does"
          " not lie between the data and the extent's end, 41216 to 41280"),
    SLOT (LOSS, metadata_length, 65, "1 (\"loss\"), metadata_offset: 41216 with 65 bytes"),
    SLOT (LOSS, metadata_length, 24, "1 (\"loss\"), metadata_length: 24 is not from 25 to 262144"),
    SLOT (LOSS, metadata_length, 262145, "1 (\"loss\"), metadata_length: 262145 is not from"),
    SLOT (LOSS, field_count, 1, "1 (\"loss\"), field_count: 1, but only a structure has fields"),
    SLOT (PARTICLES, field_count, 1025, "4 (\"particles\"), field_count: 1025 is more than 1024"),
    SLOT (STATUS, label_count, 1025, "5 (\"status\"), label_count: 1025 is more than 1024"),
    SLOT (LOSS, doc_length, 1024, "1 (\"loss\"), doc_length: 1024 is more than 1023"),
    SLOT (LOSS, doc_length, 23, "1 (\"loss\"), doc: not a text of 23 bytes"),
    SLOT_AT (LOSS, unit, 0, 0x80, "1 (\"loss\"), unit: not a text of at most 23 bytes"),
  };

  check_breaches (breaches, sizeof breaches / sizeof breaches[0]);
}

static void
judges_only_slots_that_are_in_use (void **state)
{
  struct format_error error;
  struct format_header header;
  char *segment = new_segment ();
  struct format_slot *slot = segment_bytes_slot (segment, SEGMENT_BYTES_COUNTER);

  memcpy (&header, segment, sizeof header);
  assert_int_equal (format_check_slot (&header, slot, 0, SEGMENT_BYTES_SIZE, &error), 0);
  slot->state = FORMAT_SLOT_BUILDING;
  assert_int_equal (format_check_slot (&header, slot, 0, SEGMENT_BYTES_SIZE, &error), -EBADMSG);
  assert_string_equal (error.text, "slot 0, state: 1 is neither live nor retired");
  slot->state = FORMAT_SLOT_FREE;
  assert_int_equal (format_check_slot (&header, slot, 0, SEGMENT_BYTES_SIZE, &error), -EBADMSG);
  free (segment);
}

static void
judges_a_slot_by_the_file_not_by_an_old_header (void **state)
{
  struct format_header header;
  char *segment = new_segment ();
  struct format_slot *slot = segment_bytes_slot (segment, SEGMENT_BYTES_GRID);
  uint64_t end;

  memcpy (&header, segment, sizeof header);
  slot->extent_offset = slot->data_offset = SEGMENT_BYTES_SIZE;
  end = slot->extent_offset + slot->extent_length;
  assert_int_equal (format_check_slot (&header, slot, SEGMENT_BYTES_GRID, end, NULL), 0);
  assert_int_equal (format_check_slot (&header, slot, SEGMENT_BYTES_GRID, end - 1, NULL), -EBADMSG);
  slot->extent_offset = slot->data_offset = header.capacity;
  assert_int_equal (format_check_slot (&header, slot, SEGMENT_BYTES_GRID, UINT64_MAX, NULL),
                    -EBADMSG);
  free (segment);
}

static void
wants_data_aligned_to_its_type (void **state)
{
  struct format_error error;
  char *segment = new_segment ();
  struct format_slot *grid = segment_bytes_slot (segment, SEGMENT_BYTES_GRID);
  char sentence[100];

  grid->data_offset += 2;
  snprintf (sentence, sizeof sentence, "slot 3 (\"grid\"), data_offset: %llu is no multiple of 4",
            (unsigned long long) grid->data_offset);
  assert_int_equal (format_validate (segment, SEGMENT_BYTES_SIZE, &error), -EBADMSG);
  assert_string_equal (error.text, sentence);
  grid->data_offset += 2;
  assert_int_equal (format_validate (segment, SEGMENT_BYTES_SIZE, &error), 0);
  free (segment);
}

static void
keeps_a_value_inside_its_lock_small (void **state)
{
  struct format_error error;
  char *segment = new_segment ();
  struct format_slot *counter = segment_bytes_slot (segment, SEGMENT_BYTES_COUNTER);

  counter->dimensions = 1;
  counter->shape[0] = 2;
  counter->data_length = 16;
  assert_int_equal (format_validate (segment, SEGMENT_BYTES_SIZE, &error), -EBADMSG);
  assert_string_equal (error.text,
                       "slot 0 (\"counter\"), data_length: 16 bytes do not fit into the lock");
  free (segment);
}

static void
refuses_extents_on_top_of_each_other (void **state)
{
  struct format_error error;
  char *segment = new_segment ();
  struct format_slot *grid = segment_bytes_slot (segment, SEGMENT_BYTES_GRID);
  struct format_slot *text = segment_bytes_slot (segment, SEGMENT_BYTES_TEXT);

  text->extent_offset = text->data_offset = grid->extent_offset + FORMAT_ALIGNMENT;
  assert_int_equal (format_validate (segment, SEGMENT_BYTES_SIZE, &error), -EBADMSG);
  assert_memory_equal (error.text, "slot 7, extent_offset: ", 23);
  assert_non_null (strstr (error.text, "overlaps the extent of slot 3 at "));
  free (segment);
}

#define FIELD(index, field, value, sentence)                                                      \
  { (index) * sizeof (struct format_field) + offsetof (struct format_field, field), value,        \
    SIZE_OF (format_field, field), -EBADMSG, "slot 4, field " sentence }
#define FIELD_SHAPE(index, dimension, value, sentence)                                            \
  { (index) * sizeof (struct format_field) + offsetof (struct format_field, shape[dimension]),    \
    value, 4, -EBADMSG, "slot 4, field " sentence }
#define LABEL(index, field, value, size, sentence)                                                \
  { 6 * sizeof (struct format_field) + (index) * sizeof (struct format_label)                     \
        + offsetof (struct format_label, field),                                                  \
    value, size, -EBADMSG, "slot 4 (\"particles\"), label " sentence }

static void
names_the_field_of_bad_metadata (void **state)
{
  struct breach breaches[] = {
    FIELD (0, name, 0, "0, name: not a name of 1 to 95 bytes"),
    FIELD (0, kind, SHMLENS_KIND_STRUCT, "0 (\"pos.x\"), kind: 7 with size 8 and code 100 is a"
           " structure; fields are flat"),
    FIELD (0, kind, 0, "0 (\"pos.x\"), kind: 0 with size 8 and code 100 is no known kind"),
    FIELD (0, size, 16, "0 (\"pos.x\"), kind: 6 with size 16 and code 100 has no such size"),
    FIELD (0, offset, 25, "0 (\"pos.x\"), offset: 25 with 8 bytes lies beyond the element's 32"),
    FIELD (0, offset, UINT32_MAX, "0 (\"pos.x\"), offset: 4294967295 with 8 bytes lies beyond"),
    FIELD (1, swapped, 2, "1 (\"pos.y\"), swapped: 2 is neither 0 nor 1"),
    FIELD (1, bit_offset, 1, "1 (\"pos.y\"), bit_offset: 1, but it is no bit field"),
    FIELD (1, bit_width, 1, "1 (\"pos.y\"), bit_width: 1, but kind 6 has no bit fields"),
    FIELD (5, bit_width, 1, "5 (\"ports\"), bit_width: 1, but it is an array"),
    FIELD (4, bit_width, 4, "4 (\"mode\"), bit_offset: 29 with 4 bits lies beyond the field's 32"),
    FIELD (4, bit_offset, 255, "4 (\"mode\"), bit_offset: 255 with 3 bits lies beyond"),
    FIELD (5, dimensions, 5, "5 (\"ports\"), dimensions: 5 is more than 4"),
    FIELD (5, dimensions, 1, "5 (\"ports\"), shape[1]: 2, but there are only 1 dimensions"),
    FIELD_SHAPE (5, 0, 2, "5 (\"ports\"), offset: 24 with 16 bytes lies beyond"),
    FIELD_SHAPE (5, 0, UINT32_MAX, "5 (\"ports\"), offset: 24 with 34359738360 bytes lies beyond"),
    LABEL (0, field, 6, 4, "0, field: 6 is not from -1 to 5"),
    LABEL (0, field, -2, 4, "0, field: -2 is not from -1 to 5"),
    LABEL (1, field, -1, 4, "1, field: -1, but a structure is no number"),
    LABEL (1, text, 0, 1, "1, text: not a text of 1 to 63 bytes"),
  };
  char *segment = new_segment ();
  uint64_t metadata = segment_bytes_slot (segment, SEGMENT_BYTES_PARTICLES)->metadata_offset;

  for (size_t i = 0; i < sizeof breaches / sizeof breaches[0]; i++)
    breaches[i].offset += metadata;
  check_breaches (breaches, sizeof breaches / sizeof breaches[0]);
  free (segment);
}

static void
finds_a_field_whose_length_overflows (void **state)
{
  struct format_error error;
  char *segment = new_segment ();
  struct format_slot *slot = segment_bytes_slot (segment, SEGMENT_BYTES_PARTICLES);
  struct format_field *field = (struct format_field *) (segment + slot->metadata_offset);

  /* 8 x 2^31 x 2^31 is 2^65. */
  field->dimensions = 4;
  field->shape[0] = 0;
  field->shape[1] = field->shape[2] = 1u << 31;
  field->shape[3] = 1;
  assert_int_equal (format_check_metadata (slot, 4, field, &error), -EBADMSG);
  assert_string_equal (error.text, "slot 4, field 0 (\"pos.x\"), shape[2]: 2147483648 makes the"
                                   " length overflow");
  free (segment);
}

static void
holds_sentences_with_the_longest_names (void **state)
{
  struct format_error error;
  char *segment = new_segment ();
  struct format_slot *slot = segment_bytes_slot (segment, SEGMENT_BYTES_PARTICLES);
  struct format_field *field = (struct format_field *) (segment + slot->metadata_offset);
  const char *end = "bytes lies beyond the element's 32 bytes";

  memset (field->name, 'x', SHMLENS_ENTRY_NAME_MAX);
  field->offset = UINT32_MAX;
  assert_int_equal (format_check_metadata (slot, UINT32_MAX, field, &error), -EBADMSG);
  assert_string_equal (error.text + strlen (error.text) - strlen (end), end);
  free (segment);
}

static void
notices_free_lists_that_lead_astray (void **state)
{
  struct format_error error;
  char *segment = new_segment ();
  struct format_header *header = (struct format_header *) segment;
  struct format_slot *slot = segment_bytes_slot (segment, SEGMENT_BYTES_FREE);
  static const struct
  {
    uint32_t next;
    const char *sentence;
  } cases[] = {
    { SEGMENT_BYTES_FREE, "header, free_head[1]: goes round in a circle" },
    { 12, "header, free_head[1]: leads to slot 12, which is not one of the 12 slots" },
    { SEGMENT_BYTES_GRID, "header, free_head[1]: leads to slot 3, which is not free" },
    { SEGMENT_BYTES_RETIRED, "header, free_head[1]: leads to slot 6, which is not free" },
    { SEGMENT_BYTES_EMPTY, "header, free_head[1]: leads to slot 10, whose extent of 0 bytes belongs"
                           " into another list" },
  };

  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    {
      slot->next_free = cases[i].next;
      assert_int_equal (format_validate (segment, SEGMENT_BYTES_SIZE, &error), -EBADMSG);
      assert_string_equal (error.text, cases[i].sentence);
    }

  slot->next_free = FORMAT_NO_SLOT;
  uint32_t head = header->free_head[1];
  header->free_head[1] = FORMAT_NO_SLOT;
  header->free_head[0] = head;
  assert_int_equal (format_validate (segment, SEGMENT_BYTES_SIZE, &error), -EBADMSG);
  header->free_head[0] = FORMAT_NO_SLOT;
  header->free_slot = head;
  assert_int_equal (format_validate (segment, SEGMENT_BYTES_SIZE, &error), -EBADMSG);
  free (segment);
}

/* A copy of exactly the length, so that AddressSanitizer sees the byte after it. */
static int
validate_exactly (const char *segment, size_t length)
{
  struct format_error error = { "" };
  char *copy = malloc (length);
  int result;

  assert_true (copy != NULL || length == 0);
  if (length > 0)
    memcpy (copy, segment, length);
  result = format_validate (copy, length, &error);
  assert_int_equal (result == 0, error.text[0] == '\0');
  free (copy);
  return result;
}

static void
refuses_every_shorter_length (void **state)
{
  char *segment = new_segment ();

  for (size_t length = 0; length < SEGMENT_BYTES_SIZE; length += length < 2048 ? 1 : 509)
    assert_int_equal (validate_exactly (segment, length), -EBADMSG);
  assert_int_equal (validate_exactly (segment, SEGMENT_BYTES_SIZE), 0);
  free (segment);
}

static void
survives_any_byte_turned_round (void **state)
{
  static const unsigned char masks[] = { 0xff, 0x80, 0x01 };
  char *segment = new_segment ();

  for (size_t i = 0; i < SEGMENT_BYTES_SIZE; i++)
    for (size_t mask = 0; mask < sizeof masks; mask++)
      {
        struct format_error error = { "" };
        int result;

        segment[i] ^= masks[mask];
        result = format_validate (segment, SEGMENT_BYTES_SIZE, &error);
        assert_int_equal (result == 0, error.text[0] == '\0');
        assert_true (result == 0 || result == -EBADMSG || result == -EPROTONOSUPPORT);
        segment[i] ^= masks[mask];
      }
  assert_int_equal (format_validate (segment, SEGMENT_BYTES_SIZE, NULL), 0);
  free (segment);
}

static void
tells_names_from_other_bytes (void **state)
{
  static const struct
  {
    const char *name;
    bool valid;
  } cases[] = {
    { "x", true }, { "a name[3].with \"all\"", true }, { "größe", true }, { "\u20ac", true },
    { "\U0001f600", true }, { "\U0010ffff", true }, { "\u00a0", true },
    { "~", true }, { " ", true }, { "\ud7ff", true }, { "\ue000", true },
    { "", false }, { "a\tb", false }, { "\x7f", false }, { "\xc2\x80", false },
    { "\xc2\x9f", false }, { "\x80", false }, { "\xbf", false }, { "\xc0\x80", false },
    { "\xc1\xbf", false }, { "\xe0\x80\x80", false }, { "\xe0\x9f\xbf", false },
    { "\xed\xa0\x80", false }, { "\xed\xbf\xbf", false }, { "\xf0\x80\x80\x80", false },
    { "\xf0\x8f\xbf\xbf", false }, { "\xf4\x90\x80\x80", false }, { "\xf5\x80\x80\x80", false },
    { "\xff", false }, { "\xc3", false }, { "\xe2\x82", false }, { "\xc3(", false },
    { "\xe2\x82(", false },
  };

  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    if (format_name_is_valid (cases[i].name, strlen (cases[i].name) + 1, 20) != cases[i].valid)
      fail_msg ("name %zu, \"%s\"", i, cases[i].name);
}

static void
holds_names_to_their_length (void **state)
{
  assert_true (format_name_is_valid ("abc", 4, 3));
  assert_false (format_name_is_valid ("abc", 4, 2));
  assert_false (format_name_is_valid ("abc", 3, 3));
  assert_false (format_name_is_valid ("abc", 0, 3));
  assert_true (format_name_is_valid ("a\303\244", 4, 3));
  assert_false (format_name_is_valid ("a\303\244", 4, 2));
  assert_false (format_name_is_valid ("a\303\244", 2, 3));
}

static void
hashes_as_fnv_1a_does (void **state)
{
  assert_int_equal (format_hash (""), 0x811c9dc5);
  assert_int_equal (format_hash ("a"), 0xe40c292c);
  assert_int_equal (format_hash ("foobar"), 0xbf9cf968);
  assert_int_equal (format_hash ("\xff"), (0x811c9dc5u ^ 0xff) * 16777619u);
}

static void
finds_slots_in_blocks_that_double (void **state)
{
  struct format_header header = { 0 };
  const uint64_t length = UINT64_C (1) << 32;
  uint64_t at = 4096;

  for (unsigned block = 0; block < FORMAT_BLOCKS; block++)
    {
      header.block_offset[block] = at;
      at += (uint64_t) 320 * 64 << block;
    }
  /* Here the blocks follow each other, so slots do too. */
  for (uint32_t index = 0; index < FORMAT_SLOTS_MAX; index += index < 1000 ? 1 : 997)
    assert_int_equal (format_slot_offset (&header, index, length), 4096 + (uint64_t) index * 320);
  assert_int_equal (format_slot_offset (&header, FORMAT_SLOTS_MAX - 1, length), at - 320);
  assert_int_equal (format_slot_offset (&header, FORMAT_SLOTS_MAX - 1, at), at - 320);
  assert_int_equal (format_slot_offset (&header, FORMAT_SLOTS_MAX - 1, at - 1), 0);
  assert_int_equal (format_slot_offset (&header, FORMAT_SLOTS_MAX, UINT64_MAX), 0);
  assert_int_equal (format_slot_offset (&header, UINT32_MAX, UINT64_MAX), 0);
  header.block_offset[1] = 0;
  assert_int_equal (format_slot_offset (&header, 63, length), 4096 + 63 * 320);
  assert_int_equal (format_slot_offset (&header, 64, length), 0);
  assert_int_equal (format_slot_offset (&header, 191, length), 0);
  assert_int_not_equal (format_slot_offset (&header, 192, length), 0);
}

static void
finds_the_lock_of_an_entry (void **state)
{
  char *segment = new_segment ();
  const struct format_slot *counter = segment_bytes_slot (segment, SEGMENT_BYTES_COUNTER);
  const struct format_slot *lock = segment_bytes_slot (segment, SEGMENT_BYTES_LOCK);
  const struct format_slot *grid = segment_bytes_slot (segment, SEGMENT_BYTES_GRID);
  const struct format_slot *text = segment_bytes_slot (segment, SEGMENT_BYTES_TEXT);
  const struct format_slot *retired = segment_bytes_slot (segment, SEGMENT_BYTES_RETIRED);
  const struct format_slot *external = segment_bytes_slot (segment, SEGMENT_BYTES_EXTERNAL);

  assert_int_equal (format_lock_offset (counter, SEGMENT_BYTES_COUNTER, NULL, 0),
                    counter->extent_offset);
  assert_int_equal (format_lock_offset (grid, SEGMENT_BYTES_GRID, lock, SEGMENT_BYTES_LOCK),
                    lock->extent_offset);
  assert_int_equal (format_lock_offset (text, SEGMENT_BYTES_TEXT, retired, SEGMENT_BYTES_RETIRED),
                    retired->extent_offset);
  assert_int_equal (format_lock_offset (grid, SEGMENT_BYTES_GRID, NULL, 0), 0);
  assert_int_equal (format_lock_offset (grid, SEGMENT_BYTES_GRID, counter, SEGMENT_BYTES_COUNTER),
                    0);
  assert_int_equal (format_lock_offset (grid, SEGMENT_BYTES_GRID, text, SEGMENT_BYTES_LOCK), 0);
  assert_int_equal (format_lock_offset (external, SEGMENT_BYTES_EXTERNAL, lock, 2), 0);
  free (segment);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (accepts_a_whole_segment),
    cmocka_unit_test (accepts_a_file_that_somebody_has_extended),
    cmocka_unit_test (names_the_field_of_a_bad_header),
    cmocka_unit_test (refuses_blocks_on_top_of_each_other),
    cmocka_unit_test (forbids_writing_what_it_does_not_understand),
    cmocka_unit_test (names_the_field_of_a_bad_attacher),
    cmocka_unit_test (names_the_field_of_a_bad_slot),
    cmocka_unit_test (judges_only_slots_that_are_in_use),
    cmocka_unit_test (judges_a_slot_by_the_file_not_by_an_old_header),
    cmocka_unit_test (wants_data_aligned_to_its_type),
    cmocka_unit_test (keeps_a_value_inside_its_lock_small),
    cmocka_unit_test (refuses_extents_on_top_of_each_other),
    cmocka_unit_test (names_the_field_of_bad_metadata),
    cmocka_unit_test (finds_a_field_whose_length_overflows),
    cmocka_unit_test (holds_sentences_with_the_longest_names),
    cmocka_unit_test (notices_free_lists_that_lead_astray),
    cmocka_unit_test (refuses_every_shorter_length),
    cmocka_unit_test (survives_any_byte_turned_round),
    cmocka_unit_test (tells_names_from_other_bytes),
    cmocka_unit_test (holds_names_to_their_length),
    cmocka_unit_test (hashes_as_fnv_1a_does),
    cmocka_unit_test (finds_slots_in_blocks_that_double),
    cmocka_unit_test (finds_the_lock_of_an_entry),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
