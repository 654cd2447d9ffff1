/* field-table.h - the fields of a structure, live, each editable. */
#pragma once

#include <gtk/gtk.h>

#include "entry-item.h"

#define FIELD_TYPE_TABLE (field_table_get_type ())
G_DECLARE_FINAL_TYPE (FieldTable, field_table, FIELD, TABLE, GtkWidget)

/* Actions: field.edit, field.display, field.menu, field.pin. */

/* A value that is a structure; NULL empties the table. */
void field_table_set_item (FieldTable *self, EntryItem *item);
