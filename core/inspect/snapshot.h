/* snapshot.h - the elements of a segment's entries at one time, under a name. Immutable,
 * counted references, safe to hand between threads.
 */
#pragma once

#include "attachment.h"

typedef struct snapshot Snapshot;
typedef struct snapshot_entry SnapshotEntry;

struct snapshot_entry
{
  EntryInfo *info;       /* from a file: name, type, shape, fields and unit alone */
  GBytes *elements;      /* packed, in C order; NULL: it was left out */
  char *reason;          /* why it was left out: a sentence; else NULL */
  enum shmlens_consistency consistency;
  gint64 time_us;        /* g_get_real_time() of the copy */
};

struct snapshot
{
  char *name;            /* what a person called it; "" nothing */
  char *segment;         /* the segment's logical name, or where it has none its id */
  char *title;
  gint64 time_us;        /* when it was begun */
  GPtrArray *entries;    /* of SnapshotEntry, in the segment's order */
  GHashTable *by_name;   /* of them; the first of each name */
};

/* What a snapshot may hold. Entries beyond the first are left out, unless they are asked for
 * by name; entries beyond the second always are. */
#define SNAPSHOT_ENTRY_BYTES (16u << 20)
#define SNAPSHOT_BYTES_MAX (256u << 20)
#define SNAPSHOT_ENTRIES_MAX 100000
/* Up to this size an entry is read as one moment; a larger one piece by piece. */
#define SNAPSHOT_PIECE_BYTES (4u << 20)
/* For so much a lock is held, and so long it is waited for at most, once for all it guards. */
#define SNAPSHOT_LOCKED_BYTES (64u << 10)
#define SNAPSHOT_LOCK_TIMEOUT_NS (100 * 1000 * 1000)

struct snapshot_options
{
  const char *name;            /* NULL: none */
  const char *const *entries;  /* only these, whatever their size; NULL: all */
  gboolean locked;             /* under its lock what has one and is small enough */
};

/* Reads the segment as it is now. Meant for a thread of its own: it takes as long as the
 * copies do. Takes no lock unless asked to, and then waits for none longer than the limit; what
 * cannot be read is left out, with its reason. options: NULL is all zero.
 *
 * cancelled: atomic; set by another thread to give up: then NULL. May be NULL. */
Snapshot *snapshot_take (Attachment *attachment, const struct snapshot_options *options,
                         const gint *cancelled);

/* For who builds one by hand: an empty one, and adding to it. Takes its own references;
 * exactly one of elements and reason. */
Snapshot *snapshot_new (const char *name, const char *segment, const char *title, gint64 time_us);
SnapshotEntry *snapshot_add (Snapshot *snapshot, EntryInfo *info, GBytes *elements,
                             const char *reason);

/* The same under another name. */
Snapshot *snapshot_rename (Snapshot *snapshot, const char *name);

Snapshot *snapshot_ref (Snapshot *snapshot);
void snapshot_unref (Snapshot *snapshot);

/* The entry of this name; NULL when there is none. Owned by the snapshot. */
const SnapshotEntry *snapshot_find (Snapshot *snapshot, const char *name);
/* How many bytes of elements it holds, and how many entries were left out. */
guint64 snapshot_bytes (Snapshot *snapshot);
guint snapshot_left_out (Snapshot *snapshot);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Snapshot, snapshot_unref)
