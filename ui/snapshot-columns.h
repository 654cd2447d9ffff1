/* snapshot-columns.h - the columns of the table with what differs from a snapshot. */
#pragma once

#include <gtk/gtk.h>

/* Adds them to a view whose model is of SnapshotItem. */
void snapshot_columns_add (GtkColumnView *view);
