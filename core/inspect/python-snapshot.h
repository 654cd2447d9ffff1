/* python-snapshot.h - what a look at a Python program found. Immutable, counted references;
 * any function from any thread. */
#pragma once

#include "python-entry.h"
#include "segment-info.h"

typedef struct python_snapshot PythonSnapshot;

struct python_snapshot
{
  SegmentInfo *info;
  GPtrArray *entries;    /* of PythonEntry *, by name */
  GHashTable *by_id;     /* &entry->info->id -> PythonEntry, owned by entries */
  GPtrArray *reports;    /* of char *: a line for each process, what was found and how long each
                          * step took, or what could not be read and why */
  gboolean is_named;     /* names were looked for */
};

/* Takes references of its own. */
PythonSnapshot *python_snapshot_new (SegmentInfo *info, GPtrArray *entries, GPtrArray *reports,
                                     gboolean is_named);
PythonSnapshot *python_snapshot_ref (PythonSnapshot *self);
void python_snapshot_unref (PythonSnapshot *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PythonSnapshot, python_snapshot_unref)
