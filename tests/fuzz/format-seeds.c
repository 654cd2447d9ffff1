/* Writes the inputs that the format's corpus began with: recipes (see
 * segment-code.h) of the segment of segment-bytes.h, whole and patched, and of
 * one that the library made.
 *
 * Usage: format-seeds DIRECTORY */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "segment-code.h"
#include "shmlens.h"
#include "support/segment-bytes.h"

static const char *directory;

static void
write_seed (const char *name, const void *bytes, size_t size)
{
  char path[4096];
  FILE *file;

  snprintf (path, sizeof path, "%s/%s", directory, name);
  file = fopen (path, "wb");
  if (file == NULL || fwrite (bytes, 1, size, file) != size || fclose (file) != 0)
    err (1, "%s", path);
}

static void
write_segment (const char *name, const char *segment, uint64_t length)
{
  size_t size;
  uint8_t *code = segment_code_encode (segment, length, &size);

  write_seed (name, code, size);
  free (code);
}

static void
write_whole_segment (const char *name, const char *segment, uint64_t length)
{
  struct format_error error;

  if (format_validate (segment, length, &error) < 0)
    errx (1, "%s is not whole: %s", name, error.text);
  write_segment (name, segment, length);
}

static void
check (int result)
{
  if (result < 0)
    errx (1, "%s", shmlens_error ());
}

/* A segment with entries made, shared and removed by the library. */
static void
write_library_segment (void)
{
  static const struct shmlens_field fields[] = {
    { .name = "x", .code = 'd', .offset = 0 },
    { .name = "n", .code = 'i', .offset = 8, .dimensions = 1, .shape = { 2 } },
  };
  static const struct shmlens_label labels[] = { { .value = 1, .text = "one", .field = 1 } };
  struct shmlens_segment_attr attr = { .capacity = 1u << 20, .program = "seeds" };
  struct shmlens_entry_attr structure = {
    .element_size = 16, .field_count = 2, .fields = fields, .label_count = 1, .labels = labels,
    .unit = "m", .doc = "made by the library",
  };
  struct shmlens_entry_attr shared = { 0 }, unlocked = { .flags = SHMLENS_NO_LOCK };
  struct shmlens_segment *segment;
  struct shmlens_entry *entry;
  struct shmlens_lock *lock;
  char name[64];
  char *bytes;

  snprintf (name, sizeof name, "/format-seeds-%ld", (long) getpid ());
  check (shmlens_segment_create (name, &attr, &segment));
  check (shmlens_segment_unlink (name));
  check (shmlens_value_create (segment, "counter", 'q', NULL, NULL, &entry));
  check (shmlens_value_create (segment, "gone", 'd', NULL, NULL, &entry));
  shared.lock = shmlens_entry_lock (entry);
  check (shmlens_array_create (segment, "beside", 'H', 1, (uint64_t[]){ 9 }, NULL, &shared,
                               &(struct shmlens_entry *){ NULL }));
  check (shmlens_entry_remove (entry));
  check (shmlens_lock_create (segment, &lock));
  shared.lock = lock;
  check (shmlens_array_create (segment, "grid", 'f', 2, (uint64_t[]){ 3, 7 }, NULL, &shared,
                               &entry));
  check (shmlens_value_create (segment, "point", 'T', NULL, &structure, &entry));
  check (shmlens_array_create (segment, "bytes", 'B', 1, (uint64_t[]){ 500 }, NULL, &unlocked,
                               &entry));
  check (shmlens_entry_remove (entry));
  check (shmlens_array_create (segment, "few", 'c', 1, (uint64_t[]){ 5 }, NULL, &unlocked, &entry));

  bytes = malloc (shmlens_segment_size (segment));
  entry = NULL;
  check (shmlens_entry_open (segment, "counter", &entry));
  memcpy (bytes,
          (const char *) shmlens_entry_peek (entry) - shmlens_entry_describe (entry)->offset,
          shmlens_segment_size (segment));
  write_whole_segment ("library", bytes, shmlens_segment_size (segment));
  free (bytes);
  shmlens_lock_close (lock);
  shmlens_segment_detach (segment);
}

/* A segment whose directory has grown by a block, in place or on top of the first. */
static void
write_blocks (const char *segment)
{
  const uint64_t length = 90112;
  char *larger = aligned_alloc (64, length);
  struct format_header *header = (struct format_header *) larger;

  if (larger == NULL)
    err (1, NULL);
  memset (larger, 0, length);
  memcpy (larger, segment, SEGMENT_BYTES_SIZE);
  header->size = length;
  header->used = SEGMENT_BYTES_SIZE + 2 * 64 * sizeof (struct format_slot);
  header->slot_count = 100;
  header->block_offset[1] = SEGMENT_BYTES_SIZE;
  write_whole_segment ("two-blocks", larger, length);
  header->block_offset[1] = SEGMENT_BYTES_BLOCK + 64;
  write_segment ("two-blocks-overlap", larger, length);
  free (larger);
}

/* A recipe with one patch: `how` as in segment-code.c. */
static void
write_patch (const char *name, unsigned word, unsigned how, uint64_t value)
{
  uint8_t code[13] = { 'P', (uint8_t) word, (uint8_t) (word >> 8), (uint8_t) how };

  for (unsigned i = 0; i < 8; i++)
    code[5 + i] = (uint8_t) (value >> 8 * i);
  write_seed (name, code, sizeof code);
}

int
main (int argc, char **argv)
{
  static char bytes[SEGMENT_BYTES_SIZE] __attribute__ ((aligned (8)));
  const unsigned slots = (sizeof (struct format_header) + 3 * sizeof (struct format_attacher)) / 4;
  const unsigned slot = sizeof (struct format_slot) / 4;

  if (argc != 2)
    errx (2, "usage: %s DIRECTORY", argv[0]);
  directory = argv[1];

  segment_bytes_build (bytes);
  write_whole_segment ("whole", bytes, SEGMENT_BYTES_SIZE);
  write_segment ("cut", bytes, SEGMENT_BYTES_SIZE / 2);
  write_blocks (bytes);
  write_library_segment ();
  write_seed ("patched-not-at-all", "P", 1);
  write_seed ("nothing", "", 0);
  write_patch ("patched-size", offsetof (struct format_header, size) / 4, 4, 10);
  write_patch ("patched-block", offsetof (struct format_header, block_offset) / 4, 1, 4096);
  write_patch ("patched-length", 0, 7, 4096);
  write_patch ("patched-shape",
               slots + SEGMENT_BYTES_GRID * slot + offsetof (struct format_slot, shape) / 4, 4, 14);
  write_patch ("patched-lock-slot",
               slots + SEGMENT_BYTES_TEXT * slot + offsetof (struct format_slot, lock_slot) / 4, 0,
               SEGMENT_BYTES_FREE);
  write_patch ("patched-next-free",
               slots + SEGMENT_BYTES_FREE * slot + offsetof (struct format_slot, next_free) / 4, 0,
               SEGMENT_BYTES_FREE);
  return 0;
}
