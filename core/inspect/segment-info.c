/* segment-info.c - what is known of a segment at one moment. */
#include "segment-info.h"

#include <string.h>

#include "printable.h"

SegmentInfo *
segment_info_new (const SegmentInfo *values)
{
  SegmentInfo *info = g_atomic_rc_box_new (SegmentInfo);

  *info = *values;
  /* By its id it is found again; whoever makes ids makes them printable. */
  info->id = g_strdup (values->id);
  info->name = printable_name (values->name);
  info->title = printable_prose (values->title);
  info->logical_name = printable_name (values->logical_name);
  info->reason = printable_prose (values->reason);
  info->pids = g_memdup2 (values->pids, values->n_pids * sizeof *values->pids);
  return info;
}

SegmentInfo *
segment_info_ref (SegmentInfo *info)
{
  return g_atomic_rc_box_acquire (info);
}

static void
segment_info_clear (gpointer data)
{
  SegmentInfo *info = data;

  g_free (info->id);
  g_free (info->name);
  g_free (info->title);
  g_free (info->logical_name);
  g_free (info->reason);
  g_free (info->pids);
}

void
segment_info_unref (SegmentInfo *info)
{
  if (info != NULL)
    g_atomic_rc_box_release_full (info, segment_info_clear);
}

gboolean
segment_info_equal (const SegmentInfo *a, const SegmentInfo *b)
{
  return g_strcmp0 (a->id, b->id) == 0 && g_strcmp0 (a->name, b->name) == 0
         && g_strcmp0 (a->title, b->title) == 0
         && g_strcmp0 (a->logical_name, b->logical_name) == 0
         && g_strcmp0 (a->kind, b->kind) == 0 && a->state == b->state
         && g_strcmp0 (a->reason, b->reason) == 0 && a->size == b->size
         && a->device == b->device && a->inode == b->inode && a->owner == b->owner
         && a->mode == b->mode && a->writable == b->writable && a->stale == b->stale
         && a->n_entries == b->n_entries && a->n_pids == b->n_pids
         && (a->n_pids == 0 || memcmp (a->pids, b->pids, a->n_pids * sizeof *a->pids) == 0);
}

const char *
segment_state_name (enum segment_state state)
{
  static const char *const names[] = {
    [SEGMENT_LIVE] = "live",         [SEGMENT_SHRUNK] = "shrunk",
    [SEGMENT_REPLACED] = "replaced", [SEGMENT_REMOVED] = "removed",
    [SEGMENT_FORBIDDEN] = "forbidden", [SEGMENT_CORRUPT] = "corrupt",
  };

  g_return_val_if_fail ((guint) state < G_N_ELEMENTS (names), "corrupt");
  return names[state];
}
