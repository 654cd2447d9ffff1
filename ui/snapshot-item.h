/* snapshot-item.h - a difference between two snapshots, as a row. */
#pragma once

#include <gio/gio.h>

#include "snapshot-compare.h"

#define SNAPSHOT_TYPE_ITEM (snapshot_item_get_type ())
G_DECLARE_FINAL_TYPE (SnapshotItem, snapshot_item, SNAPSHOT, ITEM, GObject)

/* Properties, all strings for people and never NULL, each notified only when it is another:
 * `entry` its name; `place` which elements; `then`, `now`; `change` by how much, or what else
 * became of it.
 *
 * range: NULL for a difference that is not in elements. */
SnapshotItem *snapshot_item_new (const SnapshotDifference *difference,
                                 const struct snapshot_range *range);

/* The name of the entry, owned by the item. */
const char *snapshot_item_get_entry (SnapshotItem *self);

/* For list_update(): the same entry and place; takes over what is said of it. */
guint snapshot_item_hash (gconstpointer item);
gboolean snapshot_item_equal (gconstpointer a, gconstpointer b);
void snapshot_item_adopt (gpointer item, gpointer newer);
