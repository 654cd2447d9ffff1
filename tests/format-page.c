/* The page about the format, core/format.md, says what the C structures say.
 *
 * Usage: test-format-page format.md */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"

static const char *page;

struct member
{
  const char *structure;
  const char *name;
  size_t offset;
  size_t size;
};

#define M(structure, member)                                                                      \
  { #structure, #member, offsetof (struct structure, member),                                     \
    sizeof ((struct structure *) NULL)->member }

static const struct member members[] = {
  M (format_header, magic), M (format_header, version), M (format_header, byte_order),
  M (format_header, header_size), M (format_header, slot_size), M (format_header, lock_size),
  M (format_header, attacher_size), M (format_header, compatible),
  M (format_header, read_only_compatible), M (format_header, incompatible),
  M (format_header, lock_abi), M (format_header, capacity), M (format_header, pid_namespace),
  M (format_header, identity), M (format_header, created_ns),
  M (format_header, maker_start_time), M (format_header, maker_pid),
  M (format_header, attacher_count), M (format_header, attacher_offset),
  M (format_header, program), M (format_header, logical_name),
  M (format_header, reserved_0), M (format_header, size),
  M (format_header, used), M (format_header, slot_count), M (format_header, generation),
  M (format_header, block_offset), M (format_header, free_head), M (format_header, free_slot),
  M (format_header, changing), M (format_header, reserved_1),
  M (format_header, directory_lock),

  M (format_lock, mutex), M (format_lock, holder_pid), M (format_lock, sequence),
  M (format_lock, since_ms), M (format_lock, writes), M (format_lock, inline_value),
  M (format_lock, plea), M (format_lock, recoveries), M (format_lock, references),
  M (format_lock, reserved_0), M (format_lock, reserved),

  M (format_attacher, pid), M (format_attacher, reserved_0), M (format_attacher, start_time),
  M (format_attacher, reserved), M (format_attacher, program),

  M (format_slot, state), M (format_slot, next_free), M (format_slot, name_hash),
  M (format_slot, writes_low), M (format_slot, writes_high), M (format_slot, lock_slot),
  M (format_slot, extent_offset), M (format_slot, extent_length), M (format_slot, data_offset),
  M (format_slot, data_length), M (format_slot, what), M (format_slot, kind),
  M (format_slot, code), M (format_slot, role), M (format_slot, lock_kind),
  M (format_slot, dimensions), M (format_slot, flags), M (format_slot, element_size),
  M (format_slot, maker_pid), M (format_slot, shape), M (format_slot, minimum),
  M (format_slot, maximum), M (format_slot, progress_max), M (format_slot, created_ns),
  M (format_slot, metadata_offset), M (format_slot, metadata_length),
  M (format_slot, field_count), M (format_slot, label_count), M (format_slot, doc_length),
  M (format_slot, reserved_0), M (format_slot, unit), M (format_slot, name),
  M (format_slot, reserved),

  M (format_field, offset), M (format_field, size), M (format_field, kind),
  M (format_field, code), M (format_field, swapped), M (format_field, bit_offset),
  M (format_field, bit_width), M (format_field, dimensions), M (format_field, reserved_0),
  M (format_field, shape), M (format_field, name),

  M (format_label, value), M (format_label, field), M (format_label, reserved_0),
  M (format_label, text),
};

#define S(structure) { #structure, NULL, 0, sizeof (struct structure) }
static const struct member structures[] = {
  S (format_header), S (format_lock),  S (format_attacher),
  S (format_slot),   S (format_field), S (format_label),
};

#define N(name) { #name, name }
static const struct
{
  const char *name;
  uint64_t value;
} numbers[] = {
  N (FORMAT_VERSION), N (FORMAT_PAGE), N (FORMAT_ALIGNMENT), N (FORMAT_ATTACHERS),
  N (FORMAT_BLOCKS), N (FORMAT_FIRST_BLOCK_SLOTS), N (FORMAT_SLOTS_MAX),
  N (FORMAT_FREE_CLASSES), N (FORMAT_NO_SLOT), N (FORMAT_CAPACITY_MIN),
  N (FORMAT_CAPACITY_MAX), N (FORMAT_ELEMENT_MAX), N (FORMAT_METADATA_MAX),
  N (FORMAT_LOCK_ABI_GLIBC_64), N (FORMAT_SLOT_FREE), N (FORMAT_SLOT_BUILDING),
  N (FORMAT_SLOT_LIVE), N (FORMAT_SLOT_RETIRED), N (FORMAT_WHAT_ENTRY), N (FORMAT_WHAT_LOCK),
  N (SHMLENS_KIND_BOOL), N (SHMLENS_KIND_CHAR), N (SHMLENS_KIND_UNICODE),
  N (SHMLENS_KIND_SIGNED), N (SHMLENS_KIND_UNSIGNED), N (SHMLENS_KIND_FLOAT),
  N (SHMLENS_KIND_STRUCT), N (SHMLENS_ROLE_PLAIN), N (SHMLENS_ROLE_PROGRESS),
  N (SHMLENS_ROLE_FLAG), N (SHMLENS_ROLE_COUNTER), N (SHMLENS_ROLE_TEXT),
  N (SHMLENS_ROLE_BYTES), N (SHMLENS_ROLE_IMAGE), N (SHMLENS_LOCK_NONE),
  N (SHMLENS_LOCK_ROBUST), N (SHMLENS_LOCK_EXTERNAL), N (FORMAT_HAS_MINIMUM),
  N (FORMAT_HAS_MAXIMUM), N (FORMAT_HAS_PROGRESS_MAX), N (FORMAT_NOT_EDITABLE),
  N (FORMAT_MADE_UP_NAME),
};

#define COUNT(array) (sizeof (array) / sizeof (array)[0])

static const struct member *
find_member (const char *structure, const char *name)
{
  for (size_t i = 0; i < COUNT (members); i++)
    if (strcmp (members[i].structure, structure) == 0 && strcmp (members[i].name, name) == 0)
      return &members[i];
  return NULL;
}

static size_t
count_members (const char *structure)
{
  size_t count = 0;

  for (size_t i = 0; i < COUNT (members); i++)
    if (strcmp (members[i].structure, structure) == 0)
      count++;
  return count;
}

/* Reads one structure's table: rows follow each other without a gap, and each
 * is what C has. */
static void
check_structure (FILE *file, const struct member *structure)
{
  char heading[100];
  char line[512];
  size_t end = 0, rows = 0, offset, size;
  bool found = false;

  snprintf (heading, sizeof heading, "### `struct %s` (%zu bytes)\n", structure->structure,
            structure->size);
  rewind (file);
  while (!found && fgets (line, sizeof line, file) != NULL)
    found = strcmp (line, heading) == 0;
  if (!found)
    fail_msg ("no heading \"%s\"", heading);

  while (fgets (line, sizeof line, file) != NULL && line[0] != '#')
    {
      const struct member *member;
      char name[40];

      if (sscanf (line, "| %zu | %zu | %39[^|]|", &offset, &size, name) != 3)
        continue;
      if (offset != end)
        fail_msg ("struct %s: the row before \"%s\" ends at %zu", structure->structure, line, end);
      end = offset + size;
      if (sscanf (line, "| %*u | %*u | `%39[a-z_0-9]` |", name) != 1
          || (member = find_member (structure->structure, name)) == NULL)
        fail_msg ("struct %s has no field like \"%s\"", structure->structure, line);
      else if (member->offset != offset || member->size != size)
        fail_msg ("struct %s, %s: at %zu with %zu bytes, the page says %zu with %zu",
                  structure->structure, name, member->offset, member->size, offset, size);
      rows++;
    }
  assert_int_equal (end, structure->size);
  assert_int_equal (rows, count_members (structure->structure));
}

static void
says_where_each_field_lies (void **state)
{
  FILE *file = fopen (page, "r");

  assert_non_null (file);
  for (size_t i = 0; i < COUNT (structures); i++)
    check_structure (file, &structures[i]);
  fclose (file);
}

static void
gives_each_number (void **state)
{
  FILE *file = fopen (page, "r");
  char line[512];
  size_t rows = 0;

  assert_non_null (file);
  while (fgets (line, sizeof line, file) != NULL)
    {
      char name[40], value[40];
      size_t i;

      if (sscanf (line, "| `%39[A-Z_0-9]` | %39s |", name, value) != 2)
        continue;
      for (i = 0; i < COUNT (numbers) && strcmp (numbers[i].name, name) != 0; i++)
        ;
      if (i == COUNT (numbers))
        fail_msg ("there is no %s", name);
      else if (strtoull (value, NULL, 0) != numbers[i].value)
        fail_msg ("%s is %llu, the page says %s", name, (unsigned long long) numbers[i].value,
                  value);
      rows++;
    }
  fclose (file);
  assert_int_equal (rows, COUNT (numbers));
}

int
main (int argc, char **argv)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (says_where_each_field_lies),
    cmocka_unit_test (gives_each_number),
  };

  if (argc != 2)
    return 99;
  page = argv[1];
  return cmocka_run_group_tests (tests, NULL, NULL);
}
