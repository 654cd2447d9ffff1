/* entry-selection.h - which entries of the table are selected, and which of them is the one
 * that is looked at: the row that was selected last. */
#pragma once

#include <gtk/gtk.h>

#include "entry-item.h"

typedef struct entry_selection EntrySelection;

/* Another row is looked at, or more or fewer are selected. */
typedef void (*EntrySelectionChanged) (EntrySelection *self, gpointer user_data);

/* model: of EntryItem. As long as there are rows one of them is selected. */
EntrySelection *entry_selection_new (GListModel *model, EntrySelectionChanged changed,
                                     gpointer user_data);
void entry_selection_free (EntrySelection *self);

/* Owned by the selection; for the view, which shall have it first. */
GtkSelectionModel *entry_selection_get_model (EntrySelection *self);
/* Once the view has the model: follows it. */
void entry_selection_start (EntrySelection *self);

/* However rows go and come, what is selected stays so, and nothing is told of, until it is resumed;
 * then what is there again is selected, or, as always, the first row. That is told of when another
 * row is looked at than before; that others which were selected are not there is not. Either does
 * nothing the second time. */
void entry_selection_suspend (EntrySelection *self);
void entry_selection_resume (EntrySelection *self);
/* While it is suspended: selects this entry alone, or none, whether or not its row is there, and
 * tells of it. */
void entry_selection_keep (EntrySelection *self, EntryItem *item);
/* And how many of these rows are needed to have all of those that are selected. */
guint entry_selection_reach (EntrySelection *self, GListModel *rows);

/* NULL when there are no rows. */
EntryItem *entry_selection_get_cursor (EntrySelection *self);
/* Selects this row alone. */
void entry_selection_select (EntrySelection *self, guint position);
gboolean entry_selection_is_selected (EntrySelection *self, guint position);
/* The selected entries in the order of their rows; the caller owns the array. */
GPtrArray *entry_selection_list (EntrySelection *self);
