/* hold-dialog.h - asks how an entry, or an element or field of it, is to be held. */
#pragma once

#include "entry-item.h"
#include "hold-banner.h"

#define HOLD_TYPE_DIALOG (hold_dialog_get_type ())
G_DECLARE_FINAL_TYPE (HoldDialog, hold_dialog, HOLD, DIALOG, GtkWindow)

/* What is then held goes to the banner. */
HoldDialog *hold_dialog_new (GtkWindow *parent, HoldBanner *banner, EntryItem *item);
