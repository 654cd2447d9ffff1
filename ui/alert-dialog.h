/* alert-dialog.h - asks for the condition of an alert: a new one, or another one. */
#pragma once

#include <gtk/gtk.h>

#include "alert-list-model.h"

#define ALERT_TYPE_DIALOG (alert_dialog_get_type ())
G_DECLARE_FINAL_TYPE (AlertDialog, alert_dialog, ALERT, DIALOG, GtkWindow)

/* Adds an alert on the segment of the attachment. condition: what is offered. */
AlertDialog *alert_dialog_new (GtkWindow *parent, AlertListModel *alerts, Attachment *attachment,
                               const char *condition);
/* Changes an alert. */
AlertDialog *alert_dialog_new_for_item (GtkWindow *parent, AlertListModel *alerts,
                                        AlertItem *item);
