/* attachment.c - the part of an attachment that is the same for every source. */
#include "attachment.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#include "attachment-table.h"
#include "inspect-error.h"

void
attachment_init (Attachment *self, const AttachmentClass *class, SegmentInfo *info)
{
  self->class = class;
  self->references = 1;
  pthread_mutex_init (&self->mutex, NULL);
  self->info = segment_info_ref (info);
  self->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) entry_info_unref);
  self->generation = 0;
}

static gboolean
entries_equal (const GPtrArray *a, const GPtrArray *b)
{
  if (a == b)
    return TRUE;
  if (a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++)
    if (!entry_info_equal (a->pdata[i], b->pdata[i]))
      return FALSE;
  return TRUE;
}

gboolean
attachment_update (Attachment *self, SegmentInfo *info, GPtrArray *entries)
{
  g_autoptr (SegmentInfo) old_info = NULL;
  g_autoptr (GPtrArray) old_entries = NULL;

  /* What is equal stays the same object, so that rows made from it can stay. */
  pthread_mutex_lock (&self->mutex);
  if (info != NULL && !segment_info_equal (self->info, info))
    {
      old_info = self->info;
      self->info = segment_info_ref (info);
    }
  if (entries != NULL && !entries_equal (self->entries, entries))
    {
      old_entries = self->entries;
      self->entries = g_ptr_array_ref (entries);
      self->generation++;
    }
  pthread_mutex_unlock (&self->mutex);
  return old_info != NULL || old_entries != NULL;
}

Attachment *
attachment_ref (Attachment *self)
{
  g_atomic_int_inc (&self->references);
  return self;
}

void
attachment_unref (Attachment *self)
{
  if (self == NULL || !g_atomic_int_dec_and_test (&self->references))
    return;
  if (self->table != NULL)
    attachment_table_forget (self->table, self);
  attachment_table_unref (self->table);
  if (self->class->finalize != NULL)
    self->class->finalize (self);
  segment_info_unref (self->info);
  g_ptr_array_unref (self->entries);
  pthread_mutex_destroy (&self->mutex);
  g_free (self);
}

gboolean
attachment_refresh (Attachment *self)
{
  return self->class->refresh != NULL && self->class->refresh (self);
}

void
attachment_settle (Attachment *self)
{
  if (self->class->settle != NULL)
    self->class->settle (self);
}

void
attachment_look_again (Attachment *self)
{
  if (self->class->look_again != NULL)
    self->class->look_again (self);
}

GPtrArray *
attachment_report (Attachment *self)
{
  return self->class->report != NULL ? self->class->report (self)
                                     : g_ptr_array_new_with_free_func (g_free);
}

SegmentInfo *
attachment_get_info (Attachment *self)
{
  SegmentInfo *info;

  pthread_mutex_lock (&self->mutex);
  info = segment_info_ref (self->info);
  pthread_mutex_unlock (&self->mutex);
  return info;
}

GPtrArray *
attachment_get_entries (Attachment *self, guint64 *ret_generation)
{
  GPtrArray *entries;

  pthread_mutex_lock (&self->mutex);
  entries = g_ptr_array_ref (self->entries);
  if (ret_generation != NULL)
    *ret_generation = self->generation;
  pthread_mutex_unlock (&self->mutex);
  return entries;
}

EntryInfo *
attachment_find_entry (Attachment *self, const char *name)
{
  g_autoptr (GPtrArray) entries = attachment_get_entries (self, NULL);

  for (guint i = 0; i < entries->len; i++)
    {
      EntryInfo *entry = entries->pdata[i];

      if (g_str_equal (entry->name, name))
        return entry_info_ref (entry);
    }
  return NULL;
}

EntryInfo *
attachment_find_entry_id (Attachment *self, guint64 id)
{
  g_autoptr (GPtrArray) entries = attachment_get_entries (self, NULL);

  for (guint i = 0; i < entries->len; i++)
    {
      EntryInfo *entry = entries->pdata[i];

      if (entry->id == id)
        return entry_info_ref (entry);
    }
  return NULL;
}

int
attachment_read (Attachment *self, EntryInfo *entry, guint64 first, guint64 last,
                 void *ret_elements)
{
  if (first > last || last > entry->length)
    return -ERANGE;
  return self->class->read (self, entry, first, last, ret_elements);
}

int
attachment_writes (Attachment *self, EntryInfo *entry, guint64 *ret_writes)
{
  if (self->class->writes == NULL)
    return -ENOTSUP;
  return self->class->writes (self, entry, ret_writes);
}

int
attachment_describe_lock (Attachment *self, EntryInfo *entry, LockInfo *ret_info)
{
  if (!lock_kind_can_be_taken (entry->lock_kind) || self->class->describe_lock == NULL)
    {
      *ret_info = (LockInfo) {
        .waiters = -1,
        .kind = entry->lock_kind,
        .state = entry->lock_kind == LOCK_NONE ? SHMLENS_LOCK_FREE : SHMLENS_LOCK_UNKNOWN,
      };
      return 0;
    }
  return self->class->describe_lock (self, entry, ret_info);
}

gboolean
attachment_lock (Attachment *self, EntryInfo *entry, guint64 timeout_ns, gboolean recover,
                 const gint *cancelled, gboolean *ret_recovered, GError **error)
{
  if (!lock_kind_can_be_taken (entry->lock_kind) || self->class->lock == NULL)
    {
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_NO_LOCK,
                   entry->lock_kind == LOCK_EXTERNAL
                     ? _("%s: its lock is of a kind that only the program itself can take; to"
                         " write all the same, ask for an unlocked edit")
                     : _("%s: it has no lock; to write all the same, ask for an unlocked edit"),
                   entry->name);
      return FALSE;
    }
  return self->class->lock (self, entry, timeout_ns, recover, cancelled, ret_recovered, error);
}

void
attachment_unlock (Attachment *self, EntryInfo *entry)
{
  if (self->class->unlock != NULL)
    self->class->unlock (self, entry);
}

GArray *
attachment_list_waiters (Attachment *self, EntryInfo *entry)
{
  GArray *pids = g_array_new (FALSE, FALSE, sizeof (pid_t));

  if (lock_kind_can_be_taken (entry->lock_kind) && self->class->list_waiters != NULL)
    self->class->list_waiters (self, entry, pids);
  return pids;
}

gboolean
attachment_release_dead (Attachment *self, EntryInfo *entry, GError **error)
{
  if (!lock_kind_can_be_taken (entry->lock_kind) || self->class->release_dead == NULL)
    {
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_NO_LOCK,
                   _("%s: it has no lock that could be let go from outside"),
                   entry->name);
      return FALSE;
    }
  return self->class->release_dead (self, entry, error);
}

gboolean
attachment_store (Attachment *self, EntryInfo *entry, guint64 offset, guint64 length,
                  const void *bytes, GError **error)
{
  guint64 size = entry->length * entry->type.size;

  if (offset > size || length > size - offset)
    {
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND,
                   _("%s: %" PRIu64 " bytes at %" PRIu64 " do not lie in its %" PRIu64
                     " bytes; look again, it may be another"),
                   entry->name, length, offset, size);
      return FALSE;
    }
  if (self->class->store == NULL)
    {
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_PERMISSION,
                   _("%s: this kind of segment cannot be written; only look at it"), entry->name);
      return FALSE;
    }
  return self->class->store (self, entry, offset, length, bytes, error);
}

/* Where the source cannot write them at once. Those that lie one behind the other are one piece. */
static gboolean
store_each_part (Attachment *self, EntryInfo *entry, guint64 first, guint64 n,
                 const struct memory_part *parts, guint n_parts, const guint8 *before,
                 const guint8 *elements, GError **error)
{
  guint64 size = entry->type.size, begin = 0, end = 0;

  for (guint64 i = 0; i < n; i++)
    for (guint j = 0; j < n_parts; j++)
      {
        guint64 at = i * size + parts[j].offset;

        if (before != NULL && memcmp (before + at, elements + at, parts[j].length) == 0)
          continue;
        if (at != end && end > begin
            && !attachment_store (self, entry, first * size + begin, end - begin, elements + begin,
                                  error))
          return FALSE;
        if (at != end)
          begin = at;
        end = at + parts[j].length;
      }
  return end == begin
         || attachment_store (self, entry, first * size + begin, end - begin, elements + begin,
                              error);
}

gboolean
attachment_store_parts (Attachment *self, EntryInfo *entry, guint64 first, guint64 n,
                        const struct memory_part *parts, guint n_parts, const void *before,
                        const void *elements, GError **error)
{
  g_return_val_if_fail (first <= entry->length && n <= entry->length - first, FALSE);
  if (n * n_parts > 1 && self->class->store_parts != NULL)
    return self->class->store_parts (self, entry, first, n, parts, n_parts, before, elements,
                                     error);
  return store_each_part (self, entry, first, n, parts, n_parts, before, elements, error);
}
