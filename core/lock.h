/* lock.h - the robust recursive lock, and reading beside it by its sequence.
 *
 * What programs use: they trust each other, and lock through glibc. The
 * inspector, which trusts nobody, locks by core/inspect/raw-lock.h.
 */
#ifndef SHMLENS_CORE_LOCK_H
#define SHMLENS_CORE_LOCK_H

#include <time.h>

#include "format.h"
#include "shmlens.h"

/* The 40 bytes of a glibc mutex, as every 64-bit glibc lays them out. */
struct lock_words
{
  uint32_t word;    /* a futex: the holder's thread id, LOCK_WAITERS, LOCK_OWNER_DIED; 0 free */
  uint32_t count;   /* how often the holder has taken it */
  uint32_t owner;   /* the holder's thread id, LOCK_NOT_RECOVERABLE or LOCK_INCONSISTENT */
  uint32_t users;
  uint32_t kind;
  uint16_t spins;
  uint16_t elision;
  uint64_t previous;  /* the holder's list of robust locks: pointers of its process */
  uint64_t next;
};
FORMAT_ASSERT (sizeof (struct lock_words) == sizeof ((struct format_lock *) 0)->mutex,
               "a mutex is 40 bytes");

#define LOCK_THREAD_MASK 0x3fffffffu
#define LOCK_OWNER_DIED 0x40000000u
#define LOCK_WAITERS 0x80000000u
#define LOCK_INCONSISTENT 0x7fffffffu    /* a dead holder's lock was taken, and not yet recovered */
#define LOCK_NOT_RECOVERABLE 0x7ffffffeu /* ... and was released like that */
#define LOCK_KIND 0x91u                  /* recursive, robust, process-shared */

/* One process's handle on a lock in a segment. */
struct shmlens_lock
{
  struct format_lock *shared;   /* mapped; read-only when !writable */
  struct shmlens_segment *segment;
  uint32_t slot;                /* its extent begins with it; FORMAT_NO_SLOT: the directory lock */
  uint32_t generation;          /* of that slot when the handle was made */
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

/* Copies a lock that may change meanwhile so that its words belong together
 * (after a bounded number of tries: so far as can be had). */
void lock_copy (const struct format_lock *shared, struct format_lock *ret_copy);

/* Whoever waits leaves the lock to those who release and take it in quick
 * succession for so long, since handing it over at each release would cost
 * them two context switches; then it pleads. */
#define LOCK_PATIENCE_NS 2000000u
/* So long a wait lasts before it looks around: a wake-up that died with the
 * thread it was meant for costs the others no more than this. */
#define LOCK_SLICE_NS 50000000u

/* Asks those who release the lock to let this thread in, unless another one is
 * asking; and asks no more. */
void lock_plead (struct format_lock *shared, uint32_t tid);
void lock_withdraw_plea (struct format_lock *shared, uint32_t tid);

/* The clock of format_lock.since_ms: CLOCK_MONOTONIC_COARSE in milliseconds. */
uint32_t lock_now_ms (void);
static inline uint32_t
lock_milliseconds (const struct timespec *now)
{
  return (uint32_t) now->tv_sec * 1000u + (uint32_t) now->tv_nsec / 1000000u;
}

/* Describes a copy of a lock. Pure, for the inspector and for
 * shmlens_lock_describe(). Believes the lock word: whether the holder still lives
 * must be asked of the kernel.
 *
 * @param attachers  a copy of the table of attachers or of a part; may be NULL.
 * @param now_ms  lock_now_ms() when the copy was made.
 */
void lock_describe_copy (const struct format_lock *copy, const struct format_attacher *attachers,
                         size_t attacher_count, uint32_t now_ms,
                         struct shmlens_lock_info *ret_info);

#endif
