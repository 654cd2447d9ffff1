/* display-dialog.h - asks how an entry, or a field of it, is to be displayed, and shows it
 * meanwhile. */
#pragma once

#include <gtk/gtk.h>

#include "entry-item.h"

#define DISPLAY_TYPE_DIALOG (display_dialog_get_type ())
G_DECLARE_FINAL_TYPE (DisplayDialog, display_dialog, DISPLAY, DIALOG, GtkWindow)

/* items: of EntryItem, those that can be displayed in several forms; at least one, which is
 * looked at. It is applied to all that it suits. */
DisplayDialog *display_dialog_new (GtkWindow *parent, GPtrArray *items);
/* Of a field; -1: of the entry itself. index: the element whose value is shown meanwhile. */
DisplayDialog *display_dialog_new_field (GtkWindow *parent, EntryItem *item, guint64 index,
                                         int field);
