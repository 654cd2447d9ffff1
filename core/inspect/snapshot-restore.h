/* snapshot-restore.h - what is to be written so that entries are as they are in a snapshot, and what
 * cannot be.
 */
#pragma once

#include "edit-group.h"
#include "snapshot.h"

typedef struct snapshot_restore SnapshotRestore;

struct snapshot_refusal
{
  char *name;      /* of the entry, or "entry.field" */
  char *reason;    /* a sentence */
};

struct snapshot_restore
{
  EditGroup *group;      /* one edit an entry; may be empty */
  GPtrArray *refusals;   /* of struct snapshot_refusal */
  guint n_entries;       /* that are written */
  guint n_same;          /* that are already as they were */
  guint64 bytes;         /* that the edits have before and after them */
};

/* For the entries of these names (NULL: all) the edits that make them what they are in the
 * snapshot. What is the same in `live`, a snapshot of just now (may be NULL), is left alone.
 * Entries that are gone, of another type now, read-only or without a lock are refused; the
 * last not when `unlocked` says that they may be written without.
 *
 * Reads nothing and takes no lock: the edits are applied as any group, by the editor or by
 * edit_group_apply(). */
SnapshotRestore *snapshot_restore_new (Snapshot *snapshot, Attachment *attachment,
                                       const char *const *names, Snapshot *live,
                                       gboolean unlocked, guint64 timeout_ns);
void snapshot_restore_free (SnapshotRestore *restore);

/* Takes what could not be written into the refusals; n_entries counts what could. outcomes: of the
 * group's edits; NULL: none was made, for the reason in error. */
void snapshot_restore_finish (SnapshotRestore *restore, const GArray *outcomes,
                              const GError *error);

/* "3 entries restored, 2 were the same, 1 could not be"; a line for each refusal behind it.
 * Newly allocated. */
char *snapshot_restore_summary (const SnapshotRestore *restore);
char *snapshot_restore_report (const SnapshotRestore *restore);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SnapshotRestore, snapshot_restore_free)
