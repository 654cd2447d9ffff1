/* directory.c - finding slots, and changing which there are. */
#include "directory.h"

#include <errno.h>
#include <string.h>

#include "attacher.h"
#include "error.h"
#include "extent.h"
#include "format-private.h"

#define GENERATION_MAX (UINT32_MAX >> FORMAT_STATE_BITS)

struct format_slot *
directory_slot (const struct shmlens_segment *segment, const struct format_header *header,
                uint64_t length, uint32_t index)
{
  uint64_t offset = index < header->slot_count ? format_slot_offset (header, index, length) : 0;

  return offset == 0 ? NULL : (struct format_slot *) (segment->base + offset);
}

int
directory_copy (const struct shmlens_segment *segment, struct format_header *ret_header,
                uint64_t *ret_length)
{
  struct format_header header;
  struct format_error error;
  int64_t length;

  format_copy_header (segment->base, &header);
  length = segment_length (segment);
  if (length < 0)
    return error_set ((int) -length, "%s: cannot ask for its size: %s", segment->name,
                      strerror ((int) -length));
  if (format_check_header (&header, (uint64_t) length, &error) < 0)
    return error_set (EBADMSG, "%s is corrupt: %s; remove it and run its programs again",
                      segment->name, error.text);
  if (header.capacity != segment->header.capacity
      || header.attacher_offset != segment->header.attacher_offset)
    return error_set (EBADMSG,
                      "%s is corrupt: header, capacity or attacher_offset was changed after it"
                      " was attached; remove it and run its programs again",
                      segment->name);
  *ret_header = header;
  *ret_length = (uint64_t) length;
  return 0;
}

/* Whether the end of what is given out lies where it can: behind the tables. */
static bool
used_is_possible (const struct format_header *header)
{
  uint64_t least = header->attacher_offset + FORMAT_ATTACHERS_LENGTH;

  for (unsigned block = 0; block < FORMAT_BLOCKS && header->block_offset[block] != 0; block++)
    if (header->block_offset[block] + format_block_length (block) > least)
      least = header->block_offset[block] + format_block_length (block);
  return header->used >= least;
}

int
directory_begin (struct shmlens_segment *segment)
{
  int result;

  if ((result = segment_check_writable (segment)) < 0)
    return result;
  attacher_after_fork ();
  if ((result = shmlens_lock_acquire (&segment->directory_lock)) < 0)
    return result;
  result = directory_copy (segment, &segment->directory, &segment->directory_length);
  if (result == 0 && (segment->directory.changing != 0 || !used_is_possible (&segment->directory)))
    result = extent_rebuild (segment);
  if (result < 0)
    {
      shmlens_lock_release (&segment->directory_lock);
      return result;
    }
  directory_store (segment, changing, 1);
  return 0;
}

void
directory_end (struct shmlens_segment *segment)
{
  directory_store (segment, changing, 0);
  shmlens_lock_release (&segment->directory_lock);
}

int
directory_read_slot (const struct shmlens_segment *segment, const struct format_header *header,
                     uint64_t length, uint32_t index, struct format_slot *ret_slot)
{
  const struct format_slot *shared = directory_slot (segment, header, length, index);
  struct format_slot slot;
  struct format_error error;

  if (shared == NULL)
    return error_set (ENOENT, "%s has no slot %u", segment->name, index);
  if (format_copy_slot (shared, &slot) < 0)
    return error_set (EBADMSG, "slot %u of %s keeps changing; try again", index, segment->name);
  if (FORMAT_STATE (slot.state) != FORMAT_SLOT_LIVE
      && FORMAT_STATE (slot.state) != FORMAT_SLOT_RETIRED)
    return error_set (ENOENT, "slot %u of %s is not in use", index, segment->name);
  if (format_check_slot (header, &slot, index, length, &error) < 0)
    return error_set (EBADMSG, "%s is corrupt: %s; remove that entry or the segment", segment->name,
                      error.text);
  *ret_slot = slot;
  return 0;
}

/* Adds a directory block for the slot after the last one. */
static int
add_block (struct shmlens_segment *segment)
{
  unsigned block = 0;
  uint64_t offset;
  int result;

  while (block < FORMAT_BLOCKS && segment->directory.block_offset[block] != 0)
    block++;
  if (block == FORMAT_BLOCKS)
    return error_set (ENOSPC, "%s has all the %u entries it can have; remove some", segment->name,
                      FORMAT_SLOTS_MAX);
  if ((result = extent_take_end (segment, format_block_length (block), &offset)) < 0)
    return result;
  directory_store (segment, block_offset[block], offset);
  return 0;
}

uint32_t
directory_building_state (uint32_t state)
{
  uint32_t generation = FORMAT_GENERATION (state);

  generation = generation == GENERATION_MAX ? 1 : generation + 1;
  return generation << FORMAT_STATE_BITS | FORMAT_SLOT_BUILDING;
}

int
directory_take_slot (struct shmlens_segment *segment, uint32_t *ret_index)
{
  struct format_header *directory = &segment->directory;
  uint32_t index = directory->free_slot;
  struct format_slot *slot = directory_slot (segment, directory, segment->directory_length, index);
  uint32_t state = slot == NULL ? 0 : __atomic_load_n (&slot->state, __ATOMIC_RELAXED);
  int result;

  if (slot != NULL && FORMAT_STATE (state) == FORMAT_SLOT_FREE)
    {
      uint32_t next = __atomic_load_n (&slot->next_free, __ATOMIC_RELAXED);

      directory_store (segment, free_slot, next < directory->slot_count ? next : FORMAT_NO_SLOT);
    }
  else
    {
      index = directory->slot_count;
      if (format_slot_offset (directory, index, segment->directory_length) == 0
          && (result = add_block (segment)) < 0)
        return result;
      directory_store (segment, slot_count, index + 1);
      slot = directory_slot (segment, directory, segment->directory_length, index);
      state = __atomic_load_n (&slot->state, __ATOMIC_RELAXED);
    }
  __atomic_store_n (&slot->state, directory_building_state (state), __ATOMIC_RELEASE);
  *ret_index = index;
  return 0;
}

void
directory_set_state (struct shmlens_segment *segment, uint32_t index, enum format_slot_state state)
{
  struct format_slot *slot
      = directory_slot (segment, &segment->directory, segment->directory_length, index);
  uint32_t generation = FORMAT_GENERATION (__atomic_load_n (&slot->state, __ATOMIC_RELAXED));

  __atomic_store_n (&slot->state, generation << FORMAT_STATE_BITS | state, __ATOMIC_RELEASE);
  directory_store (segment, generation, segment->directory.generation + 1);
  names_update (segment, index, slot);
}
