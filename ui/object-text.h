/* object-text.h - what programs coordinate with, and its state, in words. */
#pragma once

#include "entry-info.h"

/* "An event: processes wait until it is set."; NULL of data. Static. */
const char *object_text_about (const EntryInfo *info);

/* "Event", "float64[5]"; newly allocated. */
char *object_text_type (const EntryInfo *info);

/* "set", "held by python3 (4711), 2 wait", "3 of 10 free", "2 of 5"; newly allocated.
 *
 * element: as read. lock: what is known of it, of which only locks say more; NULL. holder: the
 * process that has it, in words; NULL when it is not known. */
char *object_text_state (const EntryInfo *info, const void *element, const LockInfo *lock,
                         const char *holder);

/* How full it is, of what can be full, from 0 to 1; -1 else. element: NULL as long as it was not
 * read. */
double object_text_fraction (const EntryInfo *info, const void *element);
