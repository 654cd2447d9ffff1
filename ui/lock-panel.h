/* lock-panel.h - what the details say about a lock that is in use: who waits, what else it
 * guards, and what can be done when its holder has died. */
#pragma once

#include <gtk/gtk.h>

#include "entry-item.h"

#define LOCK_TYPE_PANEL (lock_panel_get_type ())
G_DECLARE_FINAL_TYPE (LockPanel, lock_panel, LOCK, PANEL, GtkWidget)

/* NULL: nothing. The panel does not hold the item. */
void lock_panel_set_item (LockPanel *self, EntryItem *item);
/* After each sample of the item. */
void lock_panel_update (LockPanel *self);
