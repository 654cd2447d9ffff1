/* array-copy.h - elements of an array as text for other programs. Any thread. */
#pragma once

#include "array-block.h"
#include "literal.h"

#define ARRAY_COPY_ELEMENTS_MAX 4000000

/* Reads the block: for a table or CSV a line a row, for C and Python nested where there are several
 * rows. field: -1 the elements themselves; else a row has the fields from this one
 * on, n_fields of them, of each of its elements. Values are exact. NULL with BAD_VALUE for
 * more than ARRAY_COPY_ELEMENTS_MAX, NOT_FOUND where the block does not lie in the entry, CORRUPT
 * when it cannot be read, CANCELLED when the task was given up. task: may be NULL. Newly
 * allocated. */
char *array_copy_text (Attachment *attachment, EntryInfo *entry, const ArrayBlock *block, int field,
                       guint n_fields, enum literal_form form, ArrayTask *task,
                       GError **error);
