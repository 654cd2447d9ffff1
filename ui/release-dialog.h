/* release-dialog.h - asks whether the lock of a holder that has died is to be made free. */
#pragma once

#include <gtk/gtk.h>

#include "session.h"

#define RELEASE_TYPE_DIALOG (release_dialog_get_type ())
G_DECLARE_FINAL_TYPE (ReleaseDialog, release_dialog, RELEASE, DIALOG, GtkWindow)

/* entry: one of those that the lock guards. death: what is known of its holder's death. The session
 * looks again afterwards. */
ReleaseDialog *release_dialog_new (GtkWindow *parent, Session *session, Attachment *attachment,
                                   EntryInfo *entry, const char *death);
