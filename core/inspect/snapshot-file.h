/* snapshot-file.h - snapshots in files.
 *
 * A file is one serialized GVariant, little endian, that begins with a name and a
 * version of the format. What is loaded is believed only after everything in it was
 * checked: it may come from anybody.
 */
#pragma once

#include "snapshot.h"

/* A larger file is none. */
#define SNAPSHOT_FILE_BYTES_MAX (SNAPSHOT_BYTES_MAX + (64u << 20))
#define SNAPSHOT_FILE_SUFFIX ".shmsnap"

/* Writes it whole or not at all; an older file of this name is replaced.
 * Errors: PERMISSION. */
gboolean snapshot_save (Snapshot *snapshot, const char *path, GError **error);
/* Errors: NOT_FOUND, PERMISSION, CORRUPT: not such a file, or a damaged one. */
Snapshot *snapshot_load (const char *path, GError **error);

/* The same in memory. Errors: CORRUPT. */
GBytes *snapshot_to_bytes (Snapshot *snapshot);
Snapshot *snapshot_from_bytes (GBytes *bytes, GError **error);
