/* entry-lock.c - locks that entries share, and locks that stand alone. */
#include "entry-lock.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "extent.h"

static struct format_lock *
lock_at (const struct shmlens_segment *segment, const struct format_slot *slot)
{
  return (struct format_lock *) (segment->base + slot->extent_offset);
}

bool
entry_lock_is_held (struct shmlens_segment *segment, uint32_t index, const struct format_slot *slot)
{
  const struct shmlens_lock lock
      = { .shared = lock_at (segment, slot), .segment = segment, .slot = index };
  struct shmlens_lock_info info;

  shmlens_lock_describe (&lock, &info);
  return info.state == SHMLENS_LOCK_HELD;
}

/* The copy of a slot with a lock of its own. */
static int
read_owner (const struct shmlens_segment *segment, uint32_t index, struct format_slot *ret_slot)
{
  int result = directory_read_slot (segment, &segment->directory, segment->directory_length, index,
                                    ret_slot);

  if (result == 0 && format_lock_offset (ret_slot, index, NULL, 0) == 0)
    result = error_set (EBADMSG, "slot %u of %s has no lock", index, segment->name);
  return result;
}

int
entry_lock_check (const struct shmlens_segment *segment, const struct shmlens_lock *lock)
{
  struct format_slot slot;

  if (lock->segment != segment)
    return error_set (EINVAL,
                      "attr.lock: it is of segment %s, the entry of %s; use a lock of the"
                      " same segment",
                      lock->segment->name, segment->name);
  if (lock->slot == FORMAT_NO_SLOT || read_owner (segment, lock->slot, &slot) < 0
      || FORMAT_GENERATION (slot.state) != lock->generation)
    return error_set (EINVAL,
                      "attr.lock: this lock of %s was closed, or its entry removed; make"
                      " one with shmlens_lock_create()",
                      segment->name);
  return 0;
}

void
entry_lock_refer (struct shmlens_segment *segment, uint32_t index)
{
  struct format_slot slot;

  if (read_owner (segment, index, &slot) == 0)
    __atomic_fetch_add (&lock_at (segment, &slot)->references, 1, __ATOMIC_RELAXED);
}

void
entry_lock_withdraw (struct shmlens_segment *segment, uint32_t index,
                     const struct format_slot *slot)
{
  if (__atomic_load_n (&lock_at (segment, slot)->references, __ATOMIC_RELAXED) > 0
      || entry_lock_is_held (segment, index, slot))
    {
      directory_set_state (segment, index, FORMAT_SLOT_RETIRED);
      return;
    }
  directory_set_state (segment, index, FORMAT_SLOT_FREE);
  extent_give_back (segment, index, slot->extent_offset, slot->extent_length);
}

void
entry_lock_forget (struct shmlens_segment *segment, uint32_t index)
{
  struct format_slot slot;
  uint32_t references;

  if (read_owner (segment, index, &slot) < 0)
    return;
  references = __atomic_load_n (&lock_at (segment, &slot)->references, __ATOMIC_RELAXED);
  if (references > 0)
    __atomic_store_n (&lock_at (segment, &slot)->references, references - 1, __ATOMIC_RELAXED);
  if (references <= 1 && FORMAT_STATE (slot.state) == FORMAT_SLOT_RETIRED)
    entry_lock_withdraw (segment, index, &slot);
}

unsigned
entry_lock_count_mine (const struct shmlens_segment *segment)
{
  struct format_header header;
  struct format_slot slot;
  uint64_t length;
  unsigned count = 0;

  if (!segment->directory_lock.writable || directory_copy (segment, &header, &length) < 0)
    return 0;
  for (uint32_t index = 0; index < header.slot_count; index++)
    if (directory_read_slot (segment, &header, length, index, &slot) == 0
        && format_lock_offset (&slot, index, NULL, 0) != 0)
      {
        struct shmlens_lock lock = segment->directory_lock;

        lock.shared = lock_at (segment, &slot);
        if (shmlens_lock_is_mine (&lock))
          count++;
      }
  return count;
}


/* Locks that stand alone. */

int
shmlens_lock_create (struct shmlens_segment *segment, struct shmlens_lock **ret_lock)
{
  struct format_slot slot = { .what = FORMAT_WHAT_LOCK, .lock_kind = SHMLENS_LOCK_ROBUST };
  struct lock_handle *handle;
  struct format_slot *shared;
  uint32_t index;
  int result;

  handle = calloc (1, sizeof *handle);
  if (handle == NULL)
    return error_set (ENOMEM, "%s: no memory for a lock's handle", segment->name);
  if ((result = directory_begin (segment)) < 0)
    {
      free (handle);
      return result;
    }
  result = extent_take (segment, sizeof (struct format_lock), &index, &slot.extent_offset,
                        &slot.extent_length);
  if (result < 0)
    {
      directory_end (segment);
      free (handle);
      return result;
    }
  slot.created_ns = segment_realtime_ns ();
  slot.next_free = FORMAT_NO_SLOT;
  slot.lock_slot = index;
  slot.maker_pid = (uint32_t) getpid ();
  shared = directory_slot (segment, &segment->directory, segment->directory_length, index);
  lock_initialise (lock_at (segment, &slot));
  format_store_slot (shared, &slot);
  directory_set_state (segment, index, FORMAT_SLOT_LIVE);

  handle->lock = segment->directory_lock;
  handle->lock.shared = lock_at (segment, &slot);
  handle->lock.slot = index;
  handle->lock.generation = FORMAT_GENERATION (__atomic_load_n (&shared->state, __ATOMIC_RELAXED));
  handle->maker = getpid ();
  directory_end (segment);

  pthread_mutex_lock (&segment->handles_lock);
  handle->next = segment->locks;
  if (handle->next != NULL)
    handle->next->previous = handle;
  segment->locks = handle;
  pthread_mutex_unlock (&segment->handles_lock);
  *ret_lock = &handle->lock;
  return 0;
}

void
shmlens_lock_close (struct shmlens_lock *lock)
{
  struct lock_handle *handle = (struct lock_handle *) lock;
  struct shmlens_segment *segment;
  struct format_slot slot;

  if (lock == NULL)
    return;
  segment = lock->segment;
  if (handle->maker == getpid () && directory_begin (segment) == 0)
    {
      if (read_owner (segment, lock->slot, &slot) == 0
          && FORMAT_STATE (slot.state) == FORMAT_SLOT_LIVE
          && FORMAT_GENERATION (slot.state) == lock->generation)
        entry_lock_withdraw (segment, lock->slot, &slot);
      directory_end (segment);
    }

  pthread_mutex_lock (&segment->handles_lock);
  if (handle->next != NULL)
    handle->next->previous = handle->previous;
  if (handle->previous != NULL)
    handle->previous->next = handle->next;
  else
    segment->locks = handle->next;
  pthread_mutex_unlock (&segment->handles_lock);
  free (handle);
}

void
entry_lock_free_all (struct shmlens_segment *segment)
{
  while (segment->locks != NULL)
    {
      struct lock_handle *handle = segment->locks;

      segment->locks = handle->next;
      free (handle);
    }
}
