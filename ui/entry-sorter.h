/* entry-sorter.h - the order of the rows of the table of entries.
 *
 * While the table is sorted by what changes, it is sorted anew once a second, and only when the
 * order is another: rows that jump at the pace of the values could not be read. What is selected
 * stays selected, and what is scrolled to stays there; nothing moves while something is asked for
 * in a popover. */
#pragma once

#include <gtk/gtk.h>

#include "entry-sort.h"

typedef struct entry_sorter EntrySorter;

/* Called when people sort by another column, or the other way round. */
typedef void (*EntrySorterChanged) (gpointer user_data);

/* The view may go before it, when entry_sorter_forget() was called. */
EntrySorter *entry_sorter_new (GtkColumnView *view, EntrySorterChanged changed,
                               gpointer user_data);
void entry_sorter_free (EntrySorter *self);

/* Makes the title of this column sort by it. id: static. */
void entry_sorter_add (EntrySorter *self, GtkColumnViewColumn *column, const char *id,
                       enum entry_sort by, enum entry_statistic statistic);
/* By which column the rows are sorted; NULL: by none. ret_descending may be NULL. */
const char *entry_sorter_get (EntrySorter *self, gboolean *ret_descending);
/* id: NULL, or one that was not added, for the order of the segment. */
void entry_sorter_set (EntrySorter *self, const char *id, gboolean descending);
/* Whether it is sorted by what changes: values must be read of rows that nobody sees. */
gboolean entry_sorter_is_live (EntrySorter *self);
/* Lets go of all entries, when others are about to be shown. */
void entry_sorter_forget (EntrySorter *self);
