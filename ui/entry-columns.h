/* entry-columns.h - the columns of the table of entries: what stands in each, and which are
 * there. */
#pragma once

#include <gtk/gtk.h>

#include "entry-item.h"

typedef struct entry_columns EntryColumns;

/* Puts the columns into the view, which outlives them. */
EntryColumns *entry_columns_new (GtkColumnView *view);
void entry_columns_free (EntryColumns *self);

/* Only the name and the value. */
void entry_columns_set_narrow (EntryColumns *self, gboolean narrow);

/* The cell with the value of an entry; NULL when it has no row. */
GtkWidget *entry_columns_get_value_cell (EntryColumns *self, EntryItem *item);
/* Notifies `active` of the entry where it has a row, so that a switch shows it again. */
void entry_columns_refresh (EntryColumns *self, EntryInfo *info);
