/* column-chooser.h - a popover in which people choose the columns of a table. */
#pragma once

#include "entry-columns.h"

#define COLUMN_TYPE_CHOOSER (column_chooser_get_type ())
G_DECLARE_FINAL_TYPE (ColumnChooser, column_chooser, COLUMN, CHOOSER, GtkPopover)

/* Set as parent by whoever uses it, who unparents it before the columns are freed. */
ColumnChooser *column_chooser_new (EntryColumns *columns);
/* where: in coordinates of its parent. */
void column_chooser_open (ColumnChooser *self, const GdkRectangle *where);
