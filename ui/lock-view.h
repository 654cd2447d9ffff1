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
  gint64 died_us;       /* when its holder was first seen to be dead, by g_get_real_time(); 0 */
  gboolean seen_held;   /* by the process below, since it was last seen free */
  pid_t pid, tid;
  guint64 start_time;
  char *process;        /* that one, in words; NULL: none yet */
  char *thread;         /* and with the thread */
};

/* Takes a look at the lock at this time. Returns whether the state is another. */
gboolean lock_view_update (struct lock_view *self, const LockInfo *info,
                           gint64 time_us);
/* "free", "python3 (4711), 1.2 s", "python3 (4711), ≥ 1.2 s"; newly allocated. */
char *lock_view_text (struct lock_view *self, const LockInfo *info);
/* Who has it, in words: the process; and with the thread, when that is not its first. NULL
 * when it is not known. Owned by the view. */
const char *lock_view_holder (struct lock_view *self, const LockInfo *info);
const char *lock_view_holder_thread (struct lock_view *self, const LockInfo *info);
/* All that is known of who has it: "held by python3 (4711), thread loader (4712), for 1.2 s, 2
 * deep"; newly allocated. */
char *lock_view_details (struct lock_view *self, const LockInfo *info);
/* Of one that is DEAD, as a sentence: who had it, and when that one was first seen to be dead; newly
 * allocated. */
char *lock_view_death (struct lock_view *self, const LockInfo *info);
void lock_view_clear (struct lock_view *self);
