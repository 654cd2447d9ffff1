/* snapshot-restore-dialog.h - asks whether entries are to be made what they are in a snapshot, with what
 * cannot be; and tells how it went. */
#pragma once

#include <gtk/gtk.h>

#include "session.h"
#include "snapshot.h"

#define SNAPSHOT_TYPE_RESTORE_DIALOG (snapshot_restore_dialog_get_type ())
G_DECLARE_FINAL_TYPE (SnapshotRestoreDialog, snapshot_restore_dialog, SNAPSHOT, RESTORE_DIALOG,
                      GtkWindow)

/* names: of the entries; NULL: all. */
SnapshotRestoreDialog *snapshot_restore_dialog_new (GtkWindow *parent, Session *session,
                                                    Attachment *attachment, Snapshot *snapshot,
                                                    const char *const *names);
