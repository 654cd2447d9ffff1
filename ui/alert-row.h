/* alert-row.h - an alert as a row: a switch, the condition, how it stands, and how often it was met.
 */
#pragma once

#include <gtk/gtk.h>

#include "alert-item.h"

#define ALERT_TYPE_ROW (alert_row_get_type ())
G_DECLARE_FINAL_TYPE (AlertRowWidget, alert_row, ALERT, ROW, GtkWidget)

/* Signals: `switched` (gboolean), `edit`, `remove`. */
GtkWidget *alert_row_new (AlertItem *item);
AlertItem *alert_row_get_item (AlertRowWidget *self);
