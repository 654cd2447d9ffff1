/* lock-info.h - what is known of the lock of an entry, whatever kind of program it
 * belongs to. */
#pragma once

#include <glib.h>
#include <sys/types.h>

#include "shmlens.h"

/* What guards an entry. The first three are those that a segment of ours can say. */
enum lock_kind
{
  LOCK_NONE = SHMLENS_LOCK_NONE,
  LOCK_ROBUST = SHMLENS_LOCK_ROBUST,
  LOCK_EXTERNAL = SHMLENS_LOCK_EXTERNAL,  /* only the program itself can take it */
  LOCK_SEMAPHORE = 3                      /* a POSIX semaphore, as Python's multiprocessing has */
};

/* How the inspector would take a lock that is not ours. */
enum lock_way
{
  LOCK_WAY_NONE,       /* it cannot; the entry's reason says why */
  LOCK_WAY_LINKED,     /* the semaphore still has a name that can be opened */
  LOCK_WAY_MAP_FILES,  /* through /proc/PID/map_files, with a capability */
  LOCK_WAY_STOP        /* its programs are stopped while the lock is free */
};

typedef struct lock_info LockInfo;

struct lock_info
{
  enum lock_kind kind;
  enum shmlens_lock_state state;
  pid_t owner_pid;           /* 0: not known */
  pid_t owner_tid;           /* 0: not known */
  guint64 owner_start_time;  /* field 22 of /proc/PID/stat; 0: not known */
  guint32 depth;             /* how often the holder has taken it */
  guint64 held_ns;           /* since when, as a time span */
  gboolean held_longer;      /* that is since it was first seen held; it may be longer */
  guint32 recoveries;        /* how often a dead holder's lock was recovered */
  int waiters;               /* how many wait for it; -1: not known */
};

/* "none", "robust", "external", "sem"; "none", "linked", "map_files", "stop". Static. */
const char *lock_kind_name (enum lock_kind kind);
const char *lock_way_name (enum lock_way way);

/* "free", "held", "dead", "none", "unknown". Static. */
const char *lock_state_name (enum lock_kind kind, enum shmlens_lock_state state);

/* Whether the inspector has ways to look at such a lock and to take it. */
gboolean lock_kind_can_be_taken (enum lock_kind kind);

/* Why the lock of the entry of this name is not let go for its holder, which is not known to be dead:
 * error is set to a CONDITION that says so. */
void lock_info_refuse_release (const LockInfo *info, const char *name, GError **error);
