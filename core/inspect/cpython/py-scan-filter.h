/* py-scan-filter.h - which words of memory may be pointers that a scan looks for: into a mapping
 * that is shared, or to one of a few types. Tables that stay in the innermost cache pass over
 * nearly all words; what they let through is then looked up exactly.
 *
 * Thread safety: a filter that does not change any more may be used from any thread.
 */
#pragma once

#include "process-memory.h"

typedef struct py_scan_filter PyScanFilter;

/* regions: those that are shared are taken. */
PyScanFilter *py_scan_filter_new (const GPtrArray *regions);
void py_scan_filter_free (PyScanFilter *self);

/* What is found when a word is this address; value: not 0, the caller's own. */
void py_scan_filter_add_type (PyScanFilter *self, guint64 type, guint value);

/* Writes the indices of words that may be one: at most n. Returns how many. */
guint py_scan_filter_search (const PyScanFilter *self, const guint64 *words, guint n,
                             guint32 *ret_indices);
/* The value of a type; 0 it is none. */
guint py_scan_filter_type (const PyScanFilter *self, guint64 word);
/* Whether it points into a shared mapping. */
gboolean py_scan_filter_is_shared (const PyScanFilter *self, guint64 word);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PyScanFilter, py_scan_filter_free)
