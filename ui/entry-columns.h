/* entry-columns.h - the columns of the table of entries: what stands in each, which are shown
 * and in which order. */
#pragma once

#include <gtk/gtk.h>

#include "entry-item.h"

typedef struct entry_columns EntryColumns;

/* Columns are named by their ids ("value", "rate-10"), which the settings keep. */
#define ENTRY_COLUMNS_KEY "columns"
#define ENTRY_COLUMNS_SORT_KEY "sort-column"
#define ENTRY_COLUMNS_DESCENDING_KEY "sort-descending"

/* Puts the columns into the view, which outlives them. */
EntryColumns *entry_columns_new (GtkColumnView *view);
void entry_columns_free (EntryColumns *self);

/* Shows what the settings say, and says there what is shown from now on, and how wide. */
void entry_columns_set_settings (EntryColumns *self, GSettings *settings);
/* The rows in the order that they have in their segment. */
void entry_columns_unsort (EntryColumns *self);
/* Other entries are about to be shown. */
void entry_columns_forget_entries (EntryColumns *self);
/* Only the name and the value. */
void entry_columns_set_narrow (EntryColumns *self, gboolean narrow);

/* The ids of those that are shown, in their order; then those that are not. ret_n_shown may be
 * NULL. Free the array, not the ids. */
const char **entry_columns_list (EntryColumns *self, guint *ret_n_shown);
/* Translated; static. */
const char *entry_columns_get_title (const char *id);
gboolean entry_columns_is_shown (EntryColumns *self, const char *id);
/* The name and the value are always shown. */
gboolean entry_columns_can_hide (const char *id);
/* Behind the others. */
void entry_columns_set_shown (EntryColumns *self, const char *id, gboolean shown);
/* By so many places, to the left when negative. */
void entry_columns_move (EntryColumns *self, const char *id, int places);
/* As they are at first: which, in which order and how wide. */
void entry_columns_reset (EntryColumns *self);
/* Whether one is shown that tells what became of the values, or rows are sorted by them. */
gboolean entry_columns_want_statistics (EntryColumns *self);

/* Called whenever other columns are shown, or in another order. */
typedef void (*EntryColumnsChanged) (EntryColumns *self, gpointer user_data);
void entry_columns_set_changed_func (EntryColumns *self, EntryColumnsChanged func,
                                     gpointer user_data);

/* The cell with the value of an entry; NULL when it has no row. */
GtkWidget *entry_columns_get_value_cell (EntryColumns *self, EntryItem *item);
/* Notifies `active` of the entry where it has a row, so that a switch shows it again. */
void entry_columns_refresh (EntryColumns *self, EntryInfo *info);
