/* python-snapshot.c - what a look at a Python program found. */
#include "python-snapshot.h"

PythonSnapshot *
python_snapshot_new (SegmentInfo *info, GPtrArray *entries, GPtrArray *reports, gboolean is_named)
{
  PythonSnapshot *self = g_atomic_rc_box_new0 (PythonSnapshot);

  self->info = segment_info_ref (info);
  self->entries = g_ptr_array_ref (entries);
  self->reports = g_ptr_array_ref (reports);
  self->is_named = is_named;
  self->by_id = g_hash_table_new (g_int64_hash, g_int64_equal);
  for (guint i = 0; i < entries->len; i++)
    {
      PythonEntry *entry = entries->pdata[i];

      g_hash_table_insert (self->by_id, &entry->info->id, entry);
    }
  return self;
}

PythonSnapshot *
python_snapshot_ref (PythonSnapshot *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  PythonSnapshot *self = data;

  segment_info_unref (self->info);
  g_hash_table_unref (self->by_id);
  g_ptr_array_unref (self->entries);
  g_ptr_array_unref (self->reports);
}

void
python_snapshot_unref (PythonSnapshot *self)
{
  if (self != NULL)
    g_atomic_rc_box_release_full (self, clear);
}
