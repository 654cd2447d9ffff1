/* lock-view.h - a lock as people see it, while it is taken and let go. */
#pragma once

#include <glib.h>

#include "lock-info.h"

/* A lock that is taken and let go all the time is BUSY, not held and free by turns. */
enum entry_lock
{
  ENTRY_LOCK_UNKNOWN,   /* not looked at yet */
  ENTRY_LOCK_NONE,
  ENTRY_LOCK_EXTERNAL,
  ENTRY_LOCK_FREE,
  ENTRY_LOCK_BUSY,
  ENTRY_LOCK_HELD,
  ENTRY_LOCK_DEAD
};

struct lock_view
{
  enum entry_lock state;
  gint64 busy_until_us;
  pid_t holder_pid;
  char *holder;   /* the process holder_pid, in words */
};

/* Takes a look at the lock at this time. Returns whether the state is another. */
gboolean lock_view_update (struct lock_view *self, const LockInfo *info,
                           gint64 time_us);
/* "free", "python3 (4711), 1.2 s", "python3 (4711), ≥ 1.2 s"; newly allocated. */
char *lock_view_text (struct lock_view *self, const LockInfo *info);
/* The process that has it, in words; NULL when it is not known. Owned by the view. */
const char *lock_view_holder (struct lock_view *self, const LockInfo *info);
void lock_view_clear (struct lock_view *self);
