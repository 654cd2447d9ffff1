/* snapshot-task.h - what takes time with snapshots, on threads of its own. */
#pragma once

#include <gio/gio.h>

#include "snapshot-compare.h"

/* What is to be compared: a snapshot with another, or with a segment as it is then. */
struct snapshot_task_sides
{
  Snapshot *a, *b;
  Attachment *attachment;   /* instead of b */
  struct snapshot_tolerance tolerance;
};

typedef struct snapshot_comparison SnapshotComparison;

/* The differences point into a and b. */
struct snapshot_comparison
{
  Snapshot *a, *b;
  GPtrArray *differences;   /* of SnapshotDifference */
  gint64 took_us;
};

void snapshot_comparison_free (SnapshotComparison *comparison);

/* Takes one of the whole segment; loads one; source is kept as long, and may be any object. When the
 * cancellable was cancelled the result is G_IO_ERROR_CANCELLED. */
void snapshot_task_take (gpointer source, Attachment *attachment, const char *name,
                         GCancellable *cancellable, GAsyncReadyCallback callback);
void snapshot_task_load (gpointer source, const char *path, GCancellable *cancellable,
                         GAsyncReadyCallback callback);
/* Of both of them. */
Snapshot *snapshot_task_finish (GAsyncResult *result, GError **error);

void snapshot_task_save (gpointer source, Snapshot *snapshot, const char *path,
                         GAsyncReadyCallback callback);
gboolean snapshot_task_save_finish (GAsyncResult *result, GError **error);

/* Takes its own references. */
void snapshot_task_compare (gpointer source, const struct snapshot_task_sides *sides,
                            GCancellable *cancellable, GAsyncReadyCallback callback);
SnapshotComparison *snapshot_task_compare_finish (GAsyncResult *result, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SnapshotComparison, snapshot_comparison_free)
