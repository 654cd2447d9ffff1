/* entry-table.h - the entries of a segment as a table, live and editable. */
#pragma once

#include <gtk/gtk.h>

#include "entry-list.h"

#define ENTRY_TYPE_TABLE (entry_table_get_type ())
G_DECLARE_FINAL_TYPE (EntryTable, entry_table, ENTRY, TABLE, GtkWidget)

/* Several entries may be selected, and are edited at once then.
 *
 * Properties: `selected` (EntryItem: the one that was selected last, which is looked at), `narrow` (only the name and the value are shown).
 *
 * Signals: `apply` (Edit *): asks to apply an edit that was made without typing (a switch);
 * `open` (EntryItem): asks to edit an entry that one text cannot stand for.
 *
 * Actions: entry.edit, entry.write (name, text), entry.copy-name, entry.copy-value,
 * entry.copy-csv, entry.copy-c, entry.copy-python,
 * entry.pin (win.pin with its name), entry.display, entry.columns, entry.hide-column (id),
 * entry.reset-statistics,
 * entry.unsort. */

/* Keeps there which columns are shown; once. */
void entry_table_set_settings (EntryTable *self, GSettings *settings);
/* NULL: empties it. */
void entry_table_set_list (EntryTable *self, EntryList *list);
EntryItem *entry_table_get_selected (EntryTable *self);
/* Selects the entry of this name and scrolls to it; FALSE when there is none. */
gboolean entry_table_select (EntryTable *self, const char *name);
/* Only entries that pass, as EntryFilter reads it. */
void entry_table_set_filter (EntryTable *self, const char *text);
/* Shows an edit that failed as it was, so that a switch goes back. */
void entry_table_refresh (EntryTable *self, EntryInfo *info);
/* How many entries pass the filter. */
guint entry_table_get_n_visible (EntryTable *self);
