/* extent.h - the bytes of a segment that entries own.
 *
 * Extents are cut off the free ones first, then off the end (`used`). A slot
 * that is FREE may own a free extent and stands in the list of its size; lists
 * are only a short cut: extent_rebuild makes them anew from what the slots in
 * use own, and so joins neighbours.
 *
 * All of it happens under the directory lock. What is given out is backed by
 * memory (fallocate), so that a full /dev/shm is an error here, not a SIGBUS in
 * somebody's store later.
 */
#ifndef SHMLENS_CORE_EXTENT_H
#define SHMLENS_CORE_EXTENT_H

#include "directory.h"

/* Finds room for `length` bytes and a slot to own them. The slot is BUILDING, the
 * bytes are zero.
 *
 * @param ret_length  may be a little more than was asked for.
 * @returns 0; -ENOSPC the capacity, the slots or /dev/shm are exhausted, with a
 *   sentence; -EBADMSG.
 */
int extent_take (struct shmlens_segment *segment, uint64_t length, uint32_t *ret_index,
                 uint64_t *ret_offset, uint64_t *ret_length);

/* Puts a slot that is FREE, or BUILDING and given up, and what it owns among the free ones. */
void extent_give_back (struct shmlens_segment *segment, uint32_t index, uint64_t offset,
                       uint64_t length);

/* Cuts bytes off the end that have no slot: a directory block. Zeroed. */
int extent_take_end (struct shmlens_segment *segment, uint64_t length, uint64_t *ret_offset);

/* Moves the end of what is given out, downwards. */
void extent_set_used (struct shmlens_segment *segment, uint64_t used);

/* Derives everything from the slots in use: how often a lock is referred to,
 * free slots and extents, `used`. What a killed process had begun is undone.
 *
 * @returns 0; -ENOMEM.
 */
int extent_rebuild (struct shmlens_segment *segment);

#endif
