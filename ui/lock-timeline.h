/* lock-timeline.h - the last minute of a lock as a strip: when it was held. */
#pragma once

#include <gtk/gtk.h>

#include "lock-item.h"

#define LOCK_TYPE_TIMELINE (lock_timeline_get_type ())
G_DECLARE_FINAL_TYPE (LockTimeline, lock_timeline, LOCK, TIMELINE, GtkWidget)

GtkWidget *lock_timeline_new (void);
/* NULL: shows nothing. Follows the item as long as it has it. */
void lock_timeline_set_item (LockTimeline *self, LockItem *item);
