/* segment-info.h - what is known of a segment at one moment. Immutable, counted
 * references, safe to hand between threads. */
#pragma once

#include <glib.h>
#include <sys/types.h>

enum segment_state
{
  SEGMENT_LIVE,
  SEGMENT_SHRUNK,     /* its file became shorter than what it holds; the last values stay */
  SEGMENT_REPLACED,   /* its name now stands for another object; this one is still mapped */
  SEGMENT_REMOVED,    /* its name is gone; still mapped */
  SEGMENT_FORBIDDEN,  /* may not be opened */
  SEGMENT_CORRUPT     /* not what it claims to be */
};

typedef struct segment_info SegmentInfo;

struct segment_info
{
  char *id;              /* "shm:/name": how people and targets name it */
  char *name;            /* "/name" */
  char *title;           /* the program's name, or the name again */
  char *logical_name;    /* stays the same from run to run; NULL when not known */
  const char *kind;      /* the source's: "native", "posix"; static */
  enum segment_state state;
  char *reason;          /* a sentence when the state is not LIVE, or there is more to say; else NULL */
  guint64 size;          /* bytes */
  guint64 device;        /* with inode: its identity */
  guint64 inode;
  uid_t owner;
  mode_t mode;
  gboolean writable;     /* this process may open it for writing */
  gboolean stale;        /* ours, and all its programs have ended */
  guint n_pids;
  pid_t *pids;           /* who maps it or has it attached, ascending */
  guint n_entries;
};

/* A copy with one reference, whose strings and pids are its own; texts are made printable. */
SegmentInfo *segment_info_new (const SegmentInfo *values);
SegmentInfo *segment_info_ref (SegmentInfo *info);
void segment_info_unref (SegmentInfo *info);
gboolean segment_info_equal (const SegmentInfo *a, const SegmentInfo *b);

/* "live", "shrunk", "replaced", "removed", "forbidden", "corrupt". Static. */
const char *segment_state_name (enum segment_state state);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SegmentInfo, segment_info_unref)
