/* release-dialog.h - asks whether a lock is to be let go for a holder that has died. */
#pragma once

#include <gtk/gtk.h>

#include "entry-item.h"

#define RELEASE_TYPE_DIALOG (release_dialog_get_type ())
G_DECLARE_FINAL_TYPE (ReleaseDialog, release_dialog, RELEASE, DIALOG, GtkWindow)

ReleaseDialog *release_dialog_new (GtkWindow *parent, EntryItem *item);
