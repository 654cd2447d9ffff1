/* snapshot.c - the elements of a segment's entries at one time. */
#include "snapshot.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "inspect-error.h"

/* Between two holds of a lock, so many times the hold: its program is not slowed by a
 * hundredth. */
#define REST_FACTOR 200
#define REST_MAX_US 20000

static void
entry_free (gpointer data)
{
  SnapshotEntry *entry = data;

  entry_info_unref (entry->info);
  g_clear_pointer (&entry->elements, g_bytes_unref);
  g_free (entry->reason);
  g_free (entry);
}

Snapshot *
snapshot_new (const char *name, const char *segment, const char *title, gint64 time_us)
{
  Snapshot *snapshot = g_atomic_rc_box_new0 (Snapshot);

  snapshot->name = g_strdup (name != NULL ? name : "");
  snapshot->segment = g_strdup (segment);
  snapshot->title = g_strdup (title);
  snapshot->time_us = time_us;
  snapshot->entries = g_ptr_array_new_with_free_func (entry_free);
  snapshot->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  return snapshot;
}

SnapshotEntry *
snapshot_add (Snapshot *snapshot, EntryInfo *info, GBytes *elements, const char *reason)
{
  SnapshotEntry *entry = g_new0 (SnapshotEntry, 1);

  g_return_val_if_fail ((elements != NULL) != (reason != NULL), NULL);
  entry->info = entry_info_ref (info);
  entry->elements = elements != NULL ? g_bytes_ref (elements) : NULL;
  entry->reason = g_strdup (reason);
  entry->consistency = SHMLENS_CONSISTENCY_UNLOCKED;
  entry->time_us = snapshot->time_us;
  g_ptr_array_add (snapshot->entries, entry);
  if (!g_hash_table_contains (snapshot->by_name, info->name))
    g_hash_table_insert (snapshot->by_name, info->name, entry);
  return entry;
}

Snapshot *
snapshot_rename (Snapshot *snapshot, const char *name)
{
  Snapshot *renamed
    = snapshot_new (name, snapshot->segment, snapshot->title, snapshot->time_us);

  for (guint i = 0; i < snapshot->entries->len; i++)
    {
      const SnapshotEntry *entry = snapshot->entries->pdata[i];
      SnapshotEntry *copy = snapshot_add (renamed, entry->info, entry->elements, entry->reason);

      copy->consistency = entry->consistency;
      copy->time_us = entry->time_us;
    }
  return renamed;
}

Snapshot *
snapshot_ref (Snapshot *snapshot)
{
  return g_atomic_rc_box_acquire (snapshot);
}

static void
clear_box (gpointer data)
{
  Snapshot *snapshot = data;

  g_hash_table_unref (snapshot->by_name);
  g_ptr_array_unref (snapshot->entries);
  g_free (snapshot->name);
  g_free (snapshot->segment);
  g_free (snapshot->title);
}

void
snapshot_unref (Snapshot *snapshot)
{
  if (snapshot != NULL)
    g_atomic_rc_box_release_full (snapshot, clear_box);
}

const SnapshotEntry *
snapshot_find (Snapshot *snapshot, const char *name)
{
  return g_hash_table_lookup (snapshot->by_name, name);
}

guint64
snapshot_bytes (Snapshot *snapshot)
{
  guint64 bytes = 0;

  for (guint i = 0; i < snapshot->entries->len; i++)
    {
      const SnapshotEntry *entry = snapshot->entries->pdata[i];

      if (entry->elements != NULL)
        bytes += g_bytes_get_size (entry->elements);
    }
  return bytes;
}

guint
snapshot_left_out (Snapshot *snapshot)
{
  guint n = 0;

  for (guint i = 0; i < snapshot->entries->len; i++)
    n += ((const SnapshotEntry *) snapshot->entries->pdata[i])->elements == NULL;
  return n;
}

/* ---------------------------------------------------------------------- taking -- */

static gboolean
is_cancelled (const gint *cancelled)
{
  return cancelled != NULL && g_atomic_int_get (cancelled) != 0;
}

/* Under its lock; FALSE when that was not to be had. Each lock is waited for once: one that is stuck
 * guards thousands of entries in some programs.
 *
 * stuck: the ids of the locks that were not to be had before. */
static gboolean
read_locked (Attachment *attachment, EntryInfo *info, guint8 *elements, GHashTable *stuck,
             const gint *cancelled, int *ret_status)
{
  g_autoptr (GError) error = NULL;
  gint64 begin, held_us;

  if (g_hash_table_contains (stuck, &info->lock_id))
    return FALSE;
  if (!attachment_lock (attachment, info, SNAPSHOT_LOCK_TIMEOUT_NS, FALSE, cancelled, NULL, &error))
    {
      if (g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_TIMEOUT))
        g_hash_table_add (stuck, g_memdup2 (&info->lock_id, sizeof info->lock_id));
      return FALSE;
    }
  begin = g_get_monotonic_time ();
  *ret_status = attachment_read (attachment, info, 0, info->length, elements);
  attachment_unlock (attachment, info);
  held_us = g_get_monotonic_time () - begin;
  g_usleep ((gulong) MIN (held_us * REST_FACTOR, REST_MAX_US));
  return TRUE;
}

/* Several pieces are of several moments. Returns as attachment_read(), or -ECANCELED. */
static int
read_pieces (Attachment *attachment, EntryInfo *info, guint8 *elements, const gint *cancelled)
{
  guint64 size = info->type.size;
  guint64 step = MAX (SNAPSHOT_PIECE_BYTES / MAX (size, 1), 1);
  int status = SHMLENS_CONSISTENCY_UNLOCKED;

  if (info->length <= step)
    return attachment_read (attachment, info, 0, info->length, elements);
  for (guint64 first = 0; first < info->length; first += step)
    {
      status = is_cancelled (cancelled)
                 ? -ECANCELED
                 : attachment_read (attachment, info, first, MIN (first + step, info->length),
                                    elements + first * size);
      if (status < 0)
        return status;
    }
  return SHMLENS_CONSISTENCY_UNLOCKED;
}

/* Why an entry of this size is not taken; NULL: it is. */
static char *
refuse_size (const EntryInfo *info, gboolean is_asked_for, guint64 left, gsize *ret_bytes)
{
  g_autofree char *text = NULL;

  if (!g_size_checked_mul (ret_bytes, info->length, info->type.size) || *ret_bytes > left)
    return g_strdup_printf (_("the snapshot would be larger than %u MiB; take fewer entries"),
                            SNAPSHOT_BYTES_MAX >> 20);
  if (is_asked_for || *ret_bytes <= SNAPSHOT_ENTRY_BYTES)
    return NULL;
  text = g_format_size_full (*ret_bytes, G_FORMAT_SIZE_IEC_UNITS);
  return g_strdup_printf (_("it has %s; ask for it by name to have it taken too"), text);
}

static char *
read_refusal (Attachment *attachment, int status)
{
  g_autoptr (SegmentInfo) info = NULL;

  if (status == -ESTALE)
    return g_strdup (_("its program has removed it; look at the list again"));
  info = attachment_get_info (attachment);
  return g_strdup_printf (_("its memory cannot be read: %s"),
                          info->reason != NULL ? info->reason : g_strerror (-status));
}

/* FALSE: given up. */
static gboolean
take_entry (Snapshot *snapshot, Attachment *attachment, EntryInfo *info,
            const struct snapshot_options *options, GHashTable *stuck, guint64 *left,
            const gint *cancelled)
{
  gsize bytes;
  g_autofree char *reason = refuse_size (info, options->entries != NULL, *left, &bytes);
  g_autofree guint8 *elements = NULL;
  g_autoptr (GBytes) packed = NULL;
  SnapshotEntry *entry;
  gint64 time_us = g_get_real_time ();
  int status = 0;

  if (is_cancelled (cancelled))
    return FALSE;
  if (reason == NULL && (elements = g_try_malloc (MAX (bytes, 1))) == NULL)
    reason = g_strdup (_("there is no memory for a copy of it; take fewer entries"));
  if (reason == NULL)
    {
      /* The pages are there before a lock is held. */
      memset (elements, 0, MAX (bytes, 1));
      if (!options->locked || bytes > SNAPSHOT_LOCKED_BYTES
          || !lock_kind_can_be_taken (info->lock_kind) || !info->editable || info->reason != NULL
          || !read_locked (attachment, info, elements, stuck, cancelled, &status))
        status = read_pieces (attachment, info, elements, cancelled);
      if (status == -ECANCELED)
        return FALSE;
      if (status < 0)
        reason = read_refusal (attachment, status);
    }
  if (reason == NULL)
    packed = g_bytes_new_take (g_steal_pointer (&elements), bytes);
  entry = snapshot_add (snapshot, info, packed, reason);
  entry->time_us = time_us;
  if (packed == NULL)
    return TRUE;
  entry->consistency = (enum shmlens_consistency) status;
  *left -= bytes;
  return TRUE;
}

Snapshot *
snapshot_take (Attachment *attachment, const struct snapshot_options *options,
               const gint *cancelled)
{
  static const struct snapshot_options nothing = { .name = NULL };
  g_autoptr (Snapshot) snapshot = NULL;
  g_autoptr (SegmentInfo) segment = NULL;
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (GHashTable) stuck = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  guint64 left = SNAPSHOT_BYTES_MAX;

  if (options == NULL)
    options = &nothing;
  attachment_refresh (attachment);
  segment = attachment_get_info (attachment);
  entries = attachment_get_entries (attachment, NULL);
  snapshot = snapshot_new (options->name,
                           segment->logical_name != NULL ? segment->logical_name : segment->id,
                           segment->title, g_get_real_time ());
  for (guint i = 0; i < entries->len && snapshot->entries->len < SNAPSHOT_ENTRIES_MAX; i++)
    {
      EntryInfo *info = entries->pdata[i];

      if (options->entries != NULL && !g_strv_contains (options->entries, info->name))
        continue;
      if (!take_entry (snapshot, attachment, info, options, stuck, &left, cancelled))
        return NULL;
    }
  return g_steal_pointer (&snapshot);
}
