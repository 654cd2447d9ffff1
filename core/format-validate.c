/* format-validate.c - judging a whole segment at rest. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "format-private.h"

/* Whether extents overlap each other is asked of every pair, so only up to this
 * many slots. Beyond, such a pair is not found: it harms nothing but the values
 * of whoever wrote it, since every access is held to one entry's own extent. */
#define PAIRS_MAX 1024u

#define PID_MAX 4194304u

struct segment
{
  struct format_header header;
  const char *bytes;
  struct format_error *error;
};

#define FAIL(...) (format_set_error (segment->error, __VA_ARGS__), -EBADMSG)

/* The slot with an index below slot_count: the header was found to hold its block. */
static const struct format_slot *
slot_at (const struct segment *segment, uint32_t index)
{
  return (const void *) (segment->bytes
                         + format_slot_offset (&segment->header, index, segment->header.size));
}

static bool
is_used (const struct format_slot *slot)
{
  return FORMAT_STATE (slot->state) == FORMAT_SLOT_LIVE
         || FORMAT_STATE (slot->state) == FORMAT_SLOT_RETIRED;
}

static int
check_attachers (const struct segment *segment)
{
  const char *memory = segment->bytes + segment->header.attacher_offset;

  for (uint32_t i = 0; i < FORMAT_ATTACHERS; i++)
    {
      struct format_attacher attacher;

      memcpy (&attacher, memory + i * sizeof attacher, sizeof attacher);
      if (attacher.pid > PID_MAX)
        return FAIL ("attacher %" PRIu32 ", pid: %" PRIu32 " is more than %u", i, attacher.pid,
                     PID_MAX);
      if (attacher.pid != 0 && attacher.start_time != 0
          && memchr (attacher.program, '\0', sizeof attacher.program) == NULL)
        return FAIL ("attacher %" PRIu32 ", program: longer than %zu bytes", i,
                     sizeof attacher.program - 1);
    }
  return 0;
}

/* A lock that lies in another slot's extent. */
static int
check_shared_lock (const struct segment *segment, const struct format_slot *slot, uint32_t index)
{
  const struct format_slot *owner;

  if (slot->lock_kind != SHMLENS_LOCK_ROBUST || slot->lock_slot == index)
    return 0;
  if (slot->lock_slot >= segment->header.slot_count)
    return FAIL ("slot %" PRIu32 " (\"%s\"), lock_slot: %" PRIu32 " is not one of the %" PRIu32
                 " slots",
                 index, slot->name, slot->lock_slot, segment->header.slot_count);
  owner = slot_at (segment, slot->lock_slot);
  if (!is_used (owner) || format_lock_offset (slot, index, owner, slot->lock_slot) == 0)
    return FAIL ("slot %" PRIu32 " (\"%s\"), lock_slot: slot %" PRIu32 " has no lock", index,
                 slot->name, slot->lock_slot);
  return 0;
}

static int
check_slot (const struct segment *segment, uint32_t index)
{
  const struct format_header *header = &segment->header;
  const struct format_slot *slot = slot_at (segment, index);
  int result = 0;

  switch (FORMAT_STATE (slot->state))
    {
    case FORMAT_SLOT_BUILDING:
      return 0;
    case FORMAT_SLOT_FREE:
      result = format_check_extent (header, slot, index, header->size, segment->error);
      break;
    case FORMAT_SLOT_LIVE:
    case FORMAT_SLOT_RETIRED:
      result = format_check_slot (header, slot, index, header->size, segment->error);
      break;
    default:
      return FAIL ("slot %" PRIu32 ", state: %u is no known state", index,
                   FORMAT_STATE (slot->state));
    }
  if (result < 0)
    return result;
  if (slot->extent_offset + slot->extent_length > header->used)
    return FAIL ("slot %" PRIu32 ", extent_offset: %" PRIu64 " with %" PRIu64
                 " bytes lies beyond what is used, %" PRIu64,
                 index, slot->extent_offset, slot->extent_length, header->used);
  if (FORMAT_STATE (slot->state) != FORMAT_SLOT_LIVE)
    return 0;

  result = check_shared_lock (segment, slot, index);
  if (result == 0 && slot->metadata_length > 0)
    result = format_check_metadata (slot, index, segment->bytes + slot->metadata_offset,
                                    segment->error);
  return result;
}

static int
check_pairs (const struct segment *segment)
{
  if (segment->header.slot_count > PAIRS_MAX)
    return 0;
  for (uint32_t a = 0; a < segment->header.slot_count; a++)
    {
      const struct format_slot *slot = slot_at (segment, a);

      if (FORMAT_STATE (slot->state) == FORMAT_SLOT_BUILDING || slot->extent_length == 0)
        continue;
      for (uint32_t b = 0; b < a; b++)
        {
          const struct format_slot *other = slot_at (segment, b);

          if (FORMAT_STATE (other->state) != FORMAT_SLOT_BUILDING && other->extent_length != 0
              && format_ranges_overlap (slot->extent_offset, slot->extent_length,
                                        other->extent_offset, other->extent_length))
            return FAIL ("slot %" PRIu32 ", extent_offset: %" PRIu64 " with %" PRIu64
                         " bytes overlaps the extent of slot %" PRIu32 " at %" PRIu64,
                         a, slot->extent_offset, slot->extent_length, b, other->extent_offset);
        }
    }
  return 0;
}

/* Walks one free list. `steps` bounds all walks together: no slot is in two
 * lists, or twice in one.
 *
 * A slot under construction may still be listed, when its maker died. */
static int
check_free_list (const struct segment *segment, const char *list, unsigned k, uint32_t head,
                 uint64_t least, uint64_t most, uint32_t *steps)
{
  for (uint32_t index = head; index != FORMAT_NO_SLOT;)
    {
      const struct format_slot *slot;

      if (index >= segment->header.slot_count)
        return FAIL ("header, %s[%u]: leads to slot %" PRIu32 ", which is not one of the %" PRIu32
                     " slots",
                     list, k, index, segment->header.slot_count);
      if ((*steps)++ >= segment->header.slot_count)
        return FAIL ("header, %s[%u]: goes round in a circle", list, k);
      slot = slot_at (segment, index);
      if (is_used (slot))
        return FAIL ("header, %s[%u]: leads to slot %" PRIu32 ", which is not free", list, k,
                     index);
      if (slot->extent_length < least || slot->extent_length > most)
        return FAIL ("header, %s[%u]: leads to slot %" PRIu32 ", whose extent of %" PRIu64
                     " bytes belongs into another list",
                     list, k, index, slot->extent_length);
      index = slot->next_free;
    }
  return 0;
}

static int
check_free_lists (const struct segment *segment)
{
  uint32_t steps = 0;
  int result;

  result = check_free_list (segment, "free_slot", 0, segment->header.free_slot, 0, 0, &steps);
  for (unsigned k = 0; k < FORMAT_FREE_CLASSES && result == 0; k++)
    {
      uint64_t least = (uint64_t) FORMAT_ALIGNMENT << k;

      result = check_free_list (segment, "free_head", k, segment->header.free_head[k], least,
                                2 * least - 1, &steps);
    }
  return result;
}

int
format_validate (const void *bytes, uint64_t length, struct format_error *ret_error)
{
  struct segment whole = { .bytes = bytes, .error = ret_error };
  const struct segment *segment = &whole;
  int result;

  if (length < sizeof whole.header)
    return FAIL ("header, size: the file has only %" PRIu64 " bytes, a header has %zu", length,
                 sizeof whole.header);
  memcpy (&whole.header, bytes, sizeof whole.header);
  if ((result = format_check_header (&whole.header, length, ret_error)) < 0
      || (result = check_attachers (segment)) < 0)
    return result;
  for (uint32_t index = 0; index < whole.header.slot_count; index++)
    if ((result = check_slot (segment, index)) < 0)
      return result;
  if ((result = check_pairs (segment)) < 0)
    return result;
  return check_free_lists (segment);
}
