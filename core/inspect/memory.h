/* memory.h - memory that may vanish while one looks at it: a mapped file that
 * becomes shorter answers with SIGBUS, what was unmapped with SIGSEGV.
 *
 * The access is made in memory_guarded(), which comes back with -EFAULT instead of
 * dying. The signal handlers are put in place at the first use; a fault anywhere
 * else goes on to whoever had them before, or kills as usual.
 */
#pragma once

#include <glib.h>

/* Puts the handlers in place again when somebody else took the signals (cmocka
 * does at the start of every test). */
void memory_install (void);

/* Calls work (data), which may touch the length bytes at start.
 *
 * When they are gone, work is left in the middle of what it does, so that it must
 * take nothing that has to be given back: no allocation, no lock of this
 * process. Returns 0 or -EFAULT. */
int memory_guarded (const void *start, gsize length, void (*work) (void *data), void *data);

/* One bulk copy out of such memory. Returns 0 or -EFAULT; then `to` holds a part. */
int memory_copy (void *to, const void *from, gsize length);

/* Loads a naturally aligned word of 1, 2, 4 or 8 bytes as one. */
int memory_load (const void *from, gsize size, void *ret_word);

/* Writes into such memory: units of 1, 2, 4 or 8 bytes each as one where they
 * are naturally aligned, anything else byte by byte. */
int memory_store (void *to, const void *from, gsize length, gsize unit);

/* Some bytes of each element. */
struct memory_part
{
  guint32 offset, length;
};

/* Writes parts of n elements of `size` bytes, in one go; each in the largest units that its place
 * allows. Parts that are in `from` as in `before` are left out; before: NULL writes all. Parts lie
 * within an element. Returns 0 or -EFAULT. */
int memory_store_parts (void *to, gsize size, guint64 n, const struct memory_part *parts,
                        guint n_parts, const void *before, const void *from);
