/* entry-lock.h - locks that entries share, and locks that stand alone. */
#ifndef SHMLENS_CORE_ENTRY_LOCK_H
#define SHMLENS_CORE_ENTRY_LOCK_H

#include "directory.h"
#include "segment.h"

/* A lock from shmlens_lock_create(); shmlens_lock_close() gets the address of
 * its first member. */
struct lock_handle
{
  struct shmlens_lock lock;
  pid_t maker;              /* children inherit the handle, but not the lock */
  struct lock_handle *next; /* in the segment's list */
  struct lock_handle *previous;
};

/* Under the directory lock: whether the handle's lock may be given to a new
 * entry: its slot is still what it was. 0, -EINVAL. */
int entry_lock_check (const struct shmlens_segment *segment, const struct shmlens_lock *lock);

/* Under the directory lock: one entry more, or less, uses the lock of another
 * slot. With the last one goes a lock that was kept only for the others. */
void entry_lock_refer (struct shmlens_segment *segment, uint32_t index);
void entry_lock_forget (struct shmlens_segment *segment, uint32_t index);

/* Under the directory lock: withdraws a slot with a lock of its own; it is kept
 * as long as others use the lock, or somebody holds it. */
void entry_lock_withdraw (struct shmlens_segment *segment, uint32_t index,
                          const struct format_slot *slot);

/* Whether anybody holds the lock in a checked slot that has one of its own. */
bool entry_lock_is_held (struct shmlens_segment *segment, uint32_t index,
                         const struct format_slot *slot);

/* How many locks in the segment the calling thread holds. */
unsigned entry_lock_count_mine (const struct shmlens_segment *segment);

void entry_lock_free_all (struct shmlens_segment *segment);

#endif
