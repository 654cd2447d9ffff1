/* array-summary.h - what selected elements sum up to, kept up to date while they are selected. No
 * GTK.
 *
 * They are read on a thread of their own, and as often as costs little: a long selection is read
 * less often. Main context only. */
#pragma once

#include "array-statistics.h"
#include "display-set.h"

typedef struct array_summary ArraySummary;

/* The text is another. */
typedef void (*ArraySummaryChanged) (gpointer user_data);

ArraySummary *array_summary_new (ArraySummaryChanged changed, gpointer user_data);
void array_summary_free (ArraySummary *summary);

/* Sums up a block, or a field of its elements; the same again goes on. entry NULL: nothing.
 * displays: the forms of the extremes; NULL: as the entry says. */
void array_summary_set (ArraySummary *summary, Attachment *attachment, EntryInfo *entry,
                        DisplaySet *displays, const ArrayBlock *block, int field);

/* "6 elements · sum 57 · 6 to 13 · mean 9.5 · deviation 2.6", or why there is none; NULL as
 * long as nothing was read. Owned by the summary. */
const char *array_summary_get_text (ArraySummary *summary);

/* Such a text of statistics that somebody else has. display: the form of the extremes; NULL: as the
 * type's. bits: of a bit field, else 0. Newly allocated. */
char *array_summary_text (const ArrayStatistics *statistics, const Display *display, guint bits);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ArraySummary, array_summary_free)
