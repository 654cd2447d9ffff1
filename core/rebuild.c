/* rebuild.c - putting a directory in order again. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "entry-lock.h"
#include "error.h"
#include "extent.h"
#include "format-private.h"

struct range
{
  uint64_t offset;
  uint64_t end;
};

struct rebuild
{
  struct shmlens_segment *segment;
  struct range *owned; /* what is in use, in the order of addresses */
  size_t owned_count;
  uint32_t *references; /* by slot: entries that use its lock */
  uint32_t *free;       /* slots that are free */
  uint32_t free_count;
};

/* In whole lines: what a corrupt slot claims may be of any length. The size is a
 * multiple of a page, so that this cannot overflow. */
static void
own (struct rebuild *rebuild, uint64_t offset, uint64_t length)
{
  const uint64_t line = FORMAT_ALIGNMENT;

  if (length > 0 && format_range_fits (offset, length, 0, rebuild->segment->directory.size))
    rebuild->owned[rebuild->owned_count++]
        = (struct range){ offset / line * line, (offset + length + line - 1) / line * line };
}

static int
compare_ranges (const void *a, const void *b)
{
  const struct range *one = a;
  const struct range *other = b;

  return one->offset < other->offset ? -1 : one->offset > other->offset;
}

/* Reads a slot as far as the directory is concerned; a corrupt one keeps what it
 * claims to own, and refers to nothing. */
static enum format_slot_state
read_slot (const struct rebuild *rebuild, uint32_t index, struct format_slot *ret_slot)
{
  const struct shmlens_segment *segment = rebuild->segment;
  const struct format_header *directory = &segment->directory;
  const struct format_slot *shared
      = directory_slot (segment, directory, segment->directory_length, index);
  enum format_slot_state state;

  if (format_copy_slot (shared, ret_slot) < 0)
    return FORMAT_SLOT_BUILDING;
  state = FORMAT_STATE (ret_slot->state);
  if (state != FORMAT_SLOT_LIVE && state != FORMAT_SLOT_RETIRED)
    return FORMAT_SLOT_FREE;
  if (format_check_slot (directory, ret_slot, index, segment->directory_length, NULL) < 0)
    {
      ret_slot->what = 0;
      ret_slot->lock_slot = FORMAT_NO_SLOT;
    }
  return state;
}

static struct format_lock *
own_lock (const struct rebuild *rebuild, const struct format_slot *slot, uint32_t index)
{
  return slot->lock_slot == index
             ? (struct format_lock *) (rebuild->segment->base + slot->extent_offset)
             : NULL;
}

static void
count_references (struct rebuild *rebuild)
{
  uint32_t slot_count = rebuild->segment->directory.slot_count;
  struct format_slot slot;

  for (uint32_t index = 0; index < slot_count; index++)
    if (read_slot (rebuild, index, &slot) == FORMAT_SLOT_LIVE && slot.lock_slot != index
        && slot.lock_slot < slot_count)
      rebuild->references[slot.lock_slot]++;
}

/* A slot that was retired for the sake of others, and has none left, is free. */
static void
sort_slots (struct rebuild *rebuild)
{
  struct format_slot slot;

  for (uint32_t index = 0; index < rebuild->segment->directory.slot_count; index++)
    {
      enum format_slot_state state = read_slot (rebuild, index, &slot);
      struct format_lock *lock = own_lock (rebuild, &slot, index);

      if (state == FORMAT_SLOT_RETIRED && rebuild->references[index] == 0
          && (lock == NULL || !entry_lock_is_held (rebuild->segment, index, &slot)))
        state = FORMAT_SLOT_FREE;
      if (state == FORMAT_SLOT_LIVE || state == FORMAT_SLOT_RETIRED)
        {
          if (lock != NULL)
            __atomic_store_n (&lock->references, rebuild->references[index], __ATOMIC_RELAXED);
          own (rebuild, slot.extent_offset, slot.extent_length);
        }
      else
        rebuild->free[rebuild->free_count++] = index;
    }
}

/* The gaps between what is owned go to free slots as long as there are any; what
 * is left over waits for the next time. */
static void
give_out_gaps (struct rebuild *rebuild)
{
  struct shmlens_segment *segment = rebuild->segment;
  uint64_t position = 0;

  for (size_t i = 0; i < rebuild->owned_count; i++)
    {
      const struct range *range = &rebuild->owned[i];

      if (range->offset > position && rebuild->free_count > 0)
        extent_give_back (segment, rebuild->free[--rebuild->free_count], position,
                          range->offset - position);
      if (range->end > position)
        position = range->end;
    }
  while (rebuild->free_count > 0)
    extent_give_back (segment, rebuild->free[--rebuild->free_count], 0, 0);
  extent_set_used (segment, position);
}

int
extent_rebuild (struct shmlens_segment *segment)
{
  struct format_header *directory = &segment->directory;
  struct rebuild rebuild = { .segment = segment };
  size_t fixed = 2 + FORMAT_BLOCKS;
  int result = 0;

  directory_store (segment, changing, 1);
  rebuild.owned = calloc (directory->slot_count + fixed, sizeof *rebuild.owned);
  rebuild.references = calloc (directory->slot_count + 1, sizeof *rebuild.references);
  rebuild.free = calloc (directory->slot_count + 1, sizeof *rebuild.free);
  if (rebuild.owned == NULL || rebuild.references == NULL || rebuild.free == NULL)
    {
      result = error_set (ENOMEM, "%s: no memory to put its directory in order", segment->name);
      goto out;
    }

  count_references (&rebuild);
  sort_slots (&rebuild);
  own (&rebuild, 0, FORMAT_PAGE);
  own (&rebuild, directory->attacher_offset, FORMAT_ATTACHERS_LENGTH);
  for (unsigned block = 0; block < FORMAT_BLOCKS && directory->block_offset[block] != 0; block++)
    own (&rebuild, directory->block_offset[block], format_block_length (block));
  qsort (rebuild.owned, rebuild.owned_count, sizeof *rebuild.owned, compare_ranges);

  directory_store (segment, free_slot, FORMAT_NO_SLOT);
  for (unsigned k = 0; k < FORMAT_FREE_CLASSES; k++)
    directory_store (segment, free_head[k], FORMAT_NO_SLOT);
  give_out_gaps (&rebuild);

  /* Who was killed may have changed a slot without saying so. */
  directory_store (segment, generation, directory->generation + 1);

out:
  free (rebuild.owned);
  free (rebuild.references);
  free (rebuild.free);
  return result;
}
