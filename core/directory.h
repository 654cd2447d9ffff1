/* directory.h - finding slots, and changing which there are.
 *
 * A change is made between directory_begin and directory_end, under the robust
 * directory lock. Should its process be killed at any point in between, the
 * next one finds the word `changing` set and puts the directory in order again
 * (extent_rebuild): what counts are the slots that are live or retired, all
 * else is derived from them.
 *
 * Under the lock segment->directory is a checked copy of the header, and every
 * change is made in it and in shared memory: no number is taken from shared
 * memory twice.
 */
#ifndef SHMLENS_CORE_DIRECTORY_H
#define SHMLENS_CORE_DIRECTORY_H

#include "segment.h"

/* Takes the directory lock for a change.
 *
 * @returns 0; -EROFS; -EXDEV; -EBADMSG the header is corrupt; -ENOMEM.
 */
int directory_begin (struct shmlens_segment *segment);
void directory_end (struct shmlens_segment *segment);

/* A checked copy of the header for those who only read, with the bytes that
 * can be used. 0, -EBADMSG. */
int directory_copy (const struct shmlens_segment *segment, struct format_header *ret_header,
                    uint64_t *ret_length);

/* A slot in shared memory, by a checked copy of the header; NULL when there is
 * no such one. */
struct format_slot *directory_slot (const struct shmlens_segment *segment,
                                    const struct format_header *header, uint64_t length,
                                    uint32_t index);

/* A slot, copied and checked as it must be live or retired.
 *
 * @returns 0; -ENOENT it is neither; -EBADMSG.
 */
int directory_read_slot (const struct shmlens_segment *segment, const struct format_header *header,
                         uint64_t length, uint32_t index, struct format_slot *ret_slot);

/* The state word of a slot that is taken for something new. */
uint32_t directory_building_state (uint32_t state);

/* Under the lock: a free slot, without an extent, that is now BUILDING. */
int directory_take_slot (struct shmlens_segment *segment, uint32_t *ret_index);

/* Under the lock: makes a slot live, or ends its life, by one release store after
 * which everybody sees it so. */
void directory_set_state (struct shmlens_segment *segment, uint32_t index,
                          enum format_slot_state state);

/* Under the lock: stores a word of the header, here and in shared memory. */
#define directory_store(segment, field, value)                                                     \
  __atomic_store_n (&segment_header (segment)->field, (segment)->directory.field = (value),        \
                    __ATOMIC_RELEASE)

#endif
