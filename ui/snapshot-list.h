/* snapshot-list.h - the differences between two snapshots, as a list model whose rows stay as
 * long as they differ. */
#pragma once

#include "snapshot-item.h"

#define SNAPSHOT_TYPE_LIST (snapshot_list_get_type ())
G_DECLARE_FINAL_TYPE (SnapshotList, snapshot_list, SNAPSHOT, LIST, GObject)

/* So many rows are shown. */
#define SNAPSHOT_LIST_MAX 2000

SnapshotList *snapshot_list_new (void);
/* differences: as snapshot_compare() gives them, and is not kept; NULL: none. FALSE: there are more than
 * are shown. */
gboolean snapshot_list_update (SnapshotList *self, GPtrArray *differences);
