/* array-reader.h - a block of an array of any length, read in pieces: scalars of one type,
 * packed, in this machine's byte order.
 *
 * Of structures one field is read. Used by one thread at a time, any.
 */
#pragma once

#include "array-block.h"

typedef struct array_reader ArrayReader;

/* The scalar is what stands in `field`, or the element itself for -1. NULL with BAD_VALUE
 * where that is no number (a structure, a character, an array within a structure), and with
 * NOT_FOUND where the block does not lie in the entry. */
ArrayReader *array_reader_new (Attachment *attachment, EntryInfo *entry, int field,
                               const ArrayBlock *block, GError **error);
void array_reader_free (ArrayReader *reader);

/* Begins anew. */
void array_reader_rewind (ArrayReader *reader);
/* Numbers of the block before this one are not read. */
void array_reader_seek (ArrayReader *reader, guint64 number);

/* The next piece: scalars, of which the first has the number *ret_number in the block; valid
 * until the next call. Returns how many; 0 at the end; -1 when they cannot be read (CORRUPT, or
 * NOT_FOUND when the entry was removed). */
gint64 array_reader_next (ArrayReader *reader, const void **ret_scalars, guint64 *ret_number,
                          GError **error);

/* How many elements a piece has that is not the last. */
guint64 array_reader_get_piece (ArrayReader *reader);
const struct shmlens_type *array_reader_get_type (ArrayReader *reader);
const ArrayBlock *array_reader_get_block (ArrayReader *reader);
/* Whether all that was read since it began is of one moment is never promised: what the
 * weakest piece was, an enum shmlens_consistency. */
int array_reader_get_consistency (ArrayReader *reader);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ArrayReader, array_reader_free)
