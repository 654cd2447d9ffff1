/* lock.h - the robust recursive lock, and reading beside it by its sequence.
 *
 * What programs use: they trust each other, and lock through glibc. The
 * inspector, which trusts nobody, locks by core/inspect/raw-lock.h.
 */
#ifndef SHMLENS_CORE_LOCK_H
#define SHMLENS_CORE_LOCK_H

#include "format.h"
#include "shmlens.h"

/* One process's handle on a lock in a segment. */
struct shmlens_lock
{
  struct format_lock *shared;   /* mapped; read-only when !writable */
  struct shmlens_segment *segment;
  uint32_t slot;                /* whose extent begins with it; FORMAT_NO_SLOT: the directory lock */
  bool writable;                /* attached read-write */
  bool same_namespace;          /* thread ids in it mean what they mean here */
};

/* Makes a free lock out of zeroed memory that nobody else can see yet. */
void lock_initialise (struct format_lock *shared);

/* Reading without the lock: begin gives an even sequence (true) or says that
 * somebody holds it (false); after the copy, end tells whether nobody took it
 * meanwhile. */
bool lock_read_begin (const struct format_lock *shared, uint32_t *ret_sequence);
bool lock_read_end (const struct format_lock *shared, uint32_t sequence);

/* How many locks of this segment the calling thread holds. */
unsigned lock_held_by_thread (const struct shmlens_segment *segment);

/* Describes a lock word wherever it lies; `attachers` may be NULL. Pure, for
 * the inspector and for shmlens_lock_describe(). The caller gives a copy. */
void lock_describe_copy (const struct format_lock *copy, const struct format_attacher *attachers,
                         size_t attacher_count, struct shmlens_lock_info *ret_info);

#endif
