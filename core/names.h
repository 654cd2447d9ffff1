/* names.h - a process's own index of the names in a segment.
 *
 * Only a short cut: whatever it says is looked up in the slot itself, and it is
 * made anew when the segment's generation has gone on without it.
 */
#ifndef SHMLENS_CORE_NAMES_H
#define SHMLENS_CORE_NAMES_H

#include "format.h"

struct shmlens_segment;

struct names
{
  uint32_t generation; /* everything that was published up to this one is in */
  uint32_t room;       /* slots that the tables have room for; 0: nothing is in */
  uint32_t mask;       /* buckets less one */
  uint32_t *buckets;   /* the first slot with such a hash, or FORMAT_NO_SLOT */
  uint32_t *next;      /* by slot: the next in its bucket */
  uint32_t *hashes;    /* by slot */
  bool *is_in;         /* by slot */
};

/* Finds the live entry of this name, without judging it.
 *
 * @param header, length  from directory_copy, or under the directory lock.
 * @returns 0; -ENOENT without a sentence; -ENOMEM.
 */
int names_find (struct shmlens_segment *segment, const struct format_header *header,
                uint64_t length, const char *name, uint32_t *ret_index);

/* Under the directory lock, after the generation was raised: notes the change
 * that this process made itself. */
void names_update (struct shmlens_segment *segment, uint32_t index,
                   const struct format_slot *shared);

void names_free (struct names *names);

#endif
