/* entry-row-filter.h - an EntryFilter on the rows of the table.
 *
 * Entries are sampled only while somebody looks at them. So a filter that asks what they
 * are doing ("is:changed") looks at all of them, for as long as it is set.
 */
#pragma once

#include <gtk/gtk.h>

#include "entry-list.h"

#define ENTRY_TYPE_ROW_FILTER (entry_row_filter_get_type ())
G_DECLARE_FINAL_TYPE (EntryRowFilter, entry_row_filter, ENTRY, ROW_FILTER, GtkFilter)

EntryRowFilter *entry_row_filter_new (void);

/* As EntryFilter reads it; NULL or "": all pass. */
void entry_row_filter_set_text (EntryRowFilter *self, const char *text);
/* The entries that it is asked about; NULL: none. */
void entry_row_filter_set_list (EntryRowFilter *self, EntryList *list);
