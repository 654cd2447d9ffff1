/* alert-page.h - all alerts, of whatever segment: a page of the window. */
#pragma once

#include <gtk/gtk.h>

#include "alert-list-model.h"

#define ALERT_TYPE_PAGE (alert_page_get_type ())
G_DECLARE_FINAL_TYPE (AlertPage, alert_page, ALERT, PAGE, GtkWidget)

/* Its button to add one calls the action `win.alert`. Signal `open` (AlertItem *): people want to
 * see what it is on. */
GtkWidget *alert_page_new (AlertListModel *alerts);
