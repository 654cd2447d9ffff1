/* record-dialog.h - asks when a recording is to begin, and when it is to end. */
#pragma once

#include <gtk/gtk.h>

#include "attachment.h"

#define RECORD_TYPE_DIALOG (record_dialog_get_type ())
G_DECLARE_FINAL_TYPE (RecordDialog, record_dialog, RECORD, DIALOG, GtkWindow)

/* Signal `accepted` (const char *when, const char *until): conditions in the segment; NULL: at
 * once, and by hand. condition: what is offered for both. */
RecordDialog *record_dialog_new (GtkWindow *parent, Attachment *attachment, const char *condition);
