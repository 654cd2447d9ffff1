/* lock-list.h - the locks of one segment, as a list model, looked at all the time. */
#pragma once

#include "entry-list.h"
#include "lock-item.h"

#define LOCK_TYPE_LIST (lock_list_get_type ())
G_DECLARE_FINAL_TYPE (LockList, lock_list, LOCK, LIST, GObject)

/* Follows the entries as long as it lives, and the session's `lock-notice`. Locks that
 * nobody can look at from outside are not among them. Empty until the first look, a second
 * after it was made, or until somebody sees it.
 *
 * Signal `held-long` (LockItem *): it has been held for longer than the session's
 * `lock-notice`, or its holder has died; once for each time that it is taken. */
LockList *lock_list_new (EntryList *entries);

/* Whether somebody sees the list: then each lock is looked at ten times a second, else once. */
void lock_list_set_seen (LockList *self, gboolean seen);
