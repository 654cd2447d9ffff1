/* Hostile bytes of a segment: judged as a whole, and read slot by slot as a
 * reader does. Nothing outside the bytes is touched, everything ends, and what
 * was found whole can be read. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "format.h"
#include "segment-code.h"

/* More slots, and more bytes of an entry, than this take too long. */
#define SLOTS_MAX 256u
#define BYTES_MAX 4096u

static void
demand (bool condition)
{
  if (!condition)
    abort ();
}

/* Where the bytes go, so that the compiler cannot leave out their reading. */
static volatile uint8_t seen;

static void
touch (const char *segment, uint64_t length, uint64_t offset, uint64_t size)
{
  uint8_t sum = 0;

  demand (offset <= length && size <= length - offset);
  if (size == 0)
    return;
  for (uint64_t i = 0; i < size && i < BYTES_MAX; i++)
    sum ^= (uint8_t) segment[offset + i];
  seen = sum ^ (uint8_t) segment[offset + size - 1];
}

static bool
copy_slot (const char *segment, uint64_t length, const struct format_header *header, uint32_t index,
           struct format_slot *ret_slot)
{
  uint64_t offset = format_slot_offset (header, index, length);

  if (offset == 0)
    return false;
  demand (offset <= length && sizeof *ret_slot <= length - offset);
  demand (format_copy_slot (segment + offset, ret_slot) == 0);
  return FORMAT_STATE (ret_slot->state) == FORMAT_SLOT_LIVE
         || FORMAT_STATE (ret_slot->state) == FORMAT_SLOT_RETIRED;
}

static void
read_lock (const char *segment, uint64_t length, const struct format_header *header,
           const struct format_slot *slot, uint32_t index, bool is_whole)
{
  struct format_slot owner;
  uint64_t offset;

  if (slot->lock_kind != SHMLENS_LOCK_ROBUST)
    {
      demand (format_lock_offset (slot, index, NULL, 0) == 0);
      return;
    }
  owner = *slot;
  if (slot->lock_slot != index
      && (!copy_slot (segment, length, header, slot->lock_slot, &owner)
          || format_check_slot (header, &owner, slot->lock_slot, length, NULL) < 0))
    {
      demand (!is_whole);
      return;
    }
  offset = format_lock_offset (slot, index, &owner, slot->lock_slot);
  demand (offset != 0 || !is_whole);
  if (offset != 0)
    touch (segment, length, offset, sizeof (struct format_lock));
}

static void
read_metadata (const char *segment, uint64_t length, const struct format_slot *slot, uint32_t index,
               bool is_whole)
{
  void *metadata;
  struct format_error error;

  touch (segment, length, slot->metadata_offset, slot->metadata_length);
  if (slot->metadata_length == 0)
    return;
  metadata = malloc (slot->metadata_length);
  demand (metadata != NULL);
  memcpy (metadata, segment + slot->metadata_offset, slot->metadata_length);
  if (format_check_metadata (slot, index, metadata, &error) == 0)
    {
      const struct format_field *field = metadata;

      for (unsigned i = 0; i < slot->field_count; i++)
        {
          uint64_t bytes = field[i].size;

          for (unsigned d = 0; d < field[i].dimensions; d++)
            bytes *= field[i].shape[d];
          demand (field[i].offset + bytes <= slot->element_size);
          demand (strlen (field[i].name) <= SHMLENS_ENTRY_NAME_MAX);
        }
    }
  else
    demand (!is_whole);
  free (metadata);
}

static void
read_slot (const char *segment, uint64_t length, const struct format_header *header, uint32_t index,
           bool is_whole)
{
  struct format_error error = { "" };
  struct format_slot slot;

  if (!copy_slot (segment, length, header, index, &slot))
    return;
  if (format_check_slot (header, &slot, index, length, &error) < 0)
    {
      demand (!is_whole && error.text[0] != '\0');
      return;
    }
  read_lock (segment, length, header, &slot, index, is_whole);
  if (FORMAT_STATE (slot.state) == FORMAT_SLOT_RETIRED || slot.what == FORMAT_WHAT_LOCK)
    return;
  demand (strlen (slot.name) <= SHMLENS_ENTRY_NAME_MAX && strlen (slot.unit) <= SHMLENS_UNIT_MAX);
  if (slot.data_length > 0)
    demand (slot.data_length >= slot.element_size && slot.data_length % slot.element_size == 0);
  touch (segment, length, slot.data_offset, slot.data_length);
  read_metadata (segment, length, &slot, index, is_whole);
}

static void
judge (const char *segment, uint64_t length)
{
  struct format_error error = { "" };
  struct format_header header;
  bool is_whole = format_validate (segment, length, &error) == 0;

  /* A sentence is text, whatever was quoted in it. */
  demand (is_whole == (error.text[0] == '\0'));
  demand (is_whole
          || format_name_is_valid (error.text, sizeof error.text, sizeof error.text - 1));

  if (length < sizeof header)
    return;
  format_copy_header (segment, &header);
  if (format_check_header (&header, length, &error) < 0)
    {
      demand (!is_whole);
      return;
    }
  (void) format_check_writable (&header, &error);
  for (uint32_t index = 0; index < header.slot_count && index < SLOTS_MAX; index++)
    read_slot (segment, length, &header, index, is_whole);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  uint64_t length;
  char *segment = segment_code_decode (data, size, &length);

  if (segment != NULL)
    judge (segment, length);
  free (segment);
  return 0;
}
