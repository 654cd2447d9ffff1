/* lock-item.h - one lock of a segment, however many entries it guards. */
#pragma once

#include <glib-object.h>

#include "attachment.h"
#include "lock-history.h"
#include "lock-view.h"

#define LOCK_TYPE_ITEM (lock_item_get_type ())
G_DECLARE_FINAL_TYPE (LockItem, lock_item, LOCK, ITEM, GObject)

/* Signal `looked`: after each look.
 *
 * entry: one of those that it guards; names: of all of them, as people read it. */
LockItem *lock_item_new (Attachment *attachment, EntryInfo *entry, const char *names);

/* Looks at the lock now, without taking it. FALSE when it could not be looked at. */
gboolean lock_item_look (LockItem *self);
/* TRUE once for each time that it is held long, as is_long says now. */
gboolean lock_item_notice (LockItem *self, gboolean is_long);
/* Takes over what a newer item for the same lock was made with. */
void lock_item_adopt (LockItem *self, LockItem *newer);

/* All owned by the item. */
Attachment *lock_item_get_attachment (LockItem *self);
EntryInfo *lock_item_get_entry (LockItem *self);
const char *lock_item_get_names (LockItem *self);
const LockHistory *lock_item_get_history (LockItem *self);
/* As last seen. */
const LockInfo *lock_item_get_info (LockItem *self);
enum entry_lock lock_item_get_state (LockItem *self);
/* Who has it, "python3 (4711), thread loader (4712)"; NULL when nobody has it or it is not known. */
const char *lock_item_get_holder (LockItem *self);
/* Of one whose holder has died: who that was and when it was noticed; newly allocated. */
char *lock_item_get_death (LockItem *self);

/* The lock's identity in its segment, for list_update(). */
guint lock_item_hash (gconstpointer item);
gboolean lock_item_equal (gconstpointer a, gconstpointer b);
