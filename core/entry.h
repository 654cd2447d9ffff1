/* entry.h - one process's handle on a value or an array. */
#ifndef SHMLENS_CORE_ENTRY_H
#define SHMLENS_CORE_ENTRY_H

#include "directory.h"
#include "segment.h"

/* Everything is copied out of shared memory and checked when the handle is
 * made; after that only the data, the lock and the counters are looked at
 * there. What every access needs comes first. */
struct shmlens_entry
{
  uint8_t *data;
  uint32_t *writes; /* what commit raises; `uncounted` when nobody counts */
  uint32_t *writes_high;
  struct shmlens_lock lock; /* lock.shared is NULL when there is none of ours */
  uint64_t length;          /* elements */
  uint32_t element_size;
  bool is_atomic; /* elements can be read and written in one go */
  bool is_writable;

  uint32_t uncounted[2];
  const uint32_t *count; /* the low half of the write counter; NULL: not counted */
  const uint32_t *count_high;
  const uint32_t *state; /* in shared memory */

  struct shmlens_segment *segment;
  uint32_t index;          /* of its slot */
  struct format_slot slot; /* the checked copy */
  struct shmlens_entry_info info;
  uint8_t *metadata;          /* the checked copy: fields, labels, doc */
  struct shmlens_entry *next; /* in the segment's list */
  struct shmlens_entry *previous;
};

/* Makes a handle on the live entry in a slot.
 *
 * @param header, length  from directory_copy, or under the directory lock.
 * @returns 0; -ENOENT there is none; -EBADMSG; -ENOMEM.
 */
int entry_new (struct shmlens_segment *segment, const struct format_header *header, uint64_t length,
               uint32_t index, struct shmlens_entry **ret_entry);

/* Under the directory lock: ends the life of the live entry that this copy of its
 * slot describes. */
void entry_withdraw (struct shmlens_segment *segment, uint32_t index,
                     const struct format_slot *slot);

/* Frees all handles of a segment that is being detached. */
void entry_free_all (struct shmlens_segment *segment);

/* For sentences: `entry "loss" in /train`. */
#define ENTRY_NAME_FORMAT "entry \"%s\" in %s"
#define ENTRY_NAME(entry) (entry)->slot.name, (entry)->segment->name

#endif
