/* attachment-python.c - a running Python program, opened as a guest.
 *
 * What it has is found by the program's own thread (python-program.c): a refresh only takes
 * over its newest snapshot. Reading is beside the program, by the shared memory itself.
 */
#include "attachment-python.h"

#include <errno.h>
#include <glib/gi18n-lib.h>

#include "inspect-error.h"
#include "process.h"

/* Names are waited for so long before a target is looked up by name. */
#define SETTLE_US (10 * G_USEC_PER_SEC)

typedef struct python_attachment PythonAttachment;

struct python_attachment
{
  Attachment base;
  PythonProgram *program;
  PythonSnapshot *snapshot;   /* under base.mutex: what base.entries were made of */
  pthread_mutex_t refreshing; /* held while a snapshot takes the place of the one before, so that
                               * none is put back by a thread that was overtaken */
};

/* What this thread holds by python_lock(). */
static _Thread_local struct
{
  PythonAttachment *attachment;  /* NULL: nothing */
  PythonEntry *entry;            /* as it was found and checked when its lock was asked for */
} held;

/* Whether elements of the one can be read and written as those of the other: an id says where
 * an object is and what its type is called, not how large that is. */
static gboolean
is_alike (const EntryInfo *a, const EntryInfo *b)
{
  return a->type.kind == b->type.kind && a->type.size == b->type.size && a->length == b->length
         && a->object == b->object && a->n_fields == b->n_fields;
}

/* The entry that this thread has locked, whatever a later look has in its place: another
 * object there has another lock. Else as it is in the snapshot that was handed out; NULL. */
static PythonEntry *
find (PythonAttachment *self, const EntryInfo *info)
{
  PythonEntry *entry;

  if (held.attachment == self && held.entry->info->id == info->id)
    return is_alike (held.entry->info, info) ? python_entry_ref (held.entry) : NULL;
  pthread_mutex_lock (&self->base.mutex);
  entry = g_hash_table_lookup (self->snapshot->by_id, &info->id);
  entry = entry != NULL && is_alike (entry->info, info) ? python_entry_ref (entry) : NULL;
  pthread_mutex_unlock (&self->base.mutex);
  return entry;
}

static gboolean
python_refresh (Attachment *base)
{
  PythonAttachment *self = (PythonAttachment *) base;
  g_autoptr (PythonSnapshot) snapshot = NULL, before = NULL;
  g_autoptr (GPtrArray) entries = NULL;
  gboolean differs;

  pthread_mutex_lock (&self->refreshing);
  snapshot = python_program_snapshot (self->program);
  pthread_mutex_lock (&base->mutex);
  differs = snapshot != self->snapshot;
  if (differs)
    {
      before = self->snapshot;
      self->snapshot = python_snapshot_ref (snapshot);
    }
  pthread_mutex_unlock (&base->mutex);
  if (!differs)
    {
      pthread_mutex_unlock (&self->refreshing);
      return FALSE;
    }
  entries = g_ptr_array_new_with_free_func ((GDestroyNotify) entry_info_unref);
  for (guint i = 0; i < snapshot->entries->len; i++)
    g_ptr_array_add (entries,
                     entry_info_ref (((PythonEntry *) snapshot->entries->pdata[i])->info));
  differs = attachment_update (base, snapshot->info, entries);
  pthread_mutex_unlock (&self->refreshing);
  return differs;
}

static void
python_settle (Attachment *base)
{
  python_program_settle (((PythonAttachment *) base)->program, SETTLE_US);
  python_refresh (base);
}

static void
python_look_again (Attachment *base)
{
  python_program_look (((PythonAttachment *) base)->program);
}

static GPtrArray *
python_report (Attachment *base)
{
  g_autoptr (PythonSnapshot) snapshot
    = python_program_snapshot (((PythonAttachment *) base)->program);

  return g_ptr_array_ref (snapshot->reports);
}

static int
python_read (Attachment *base, EntryInfo *info, guint64 first, guint64 last, void *ret_elements)
{
  PythonAttachment *self = (PythonAttachment *) base;
  g_autoptr (PythonEntry) entry = find (self, info);
  int result;

  if (entry == NULL)
    return -ESTALE;
  result = python_entry_read (entry, first, last, ret_elements);
  if (result >= 0 && held.attachment == self && entry->lock == held.entry->lock)
    return SHMLENS_CONSISTENCY_LOCKED;
  return result;
}

static int
python_describe_lock (Attachment *base, EntryInfo *info, LockInfo *ret_info)
{
  g_autoptr (PythonEntry) entry = find ((PythonAttachment *) base, info);

  if (entry == NULL)
    return -ESTALE;
  if (entry->lock != NULL)
    return python_lock_describe (entry->lock, ret_info);
  *ret_info = (LockInfo) { .kind = info->lock_kind, .state = SHMLENS_LOCK_UNKNOWN, .waiters = -1 };
  return 0;
}

static void
python_list_waiters (Attachment *base, EntryInfo *info, GArray *pids)
{
  g_autoptr (PythonEntry) entry = find ((PythonAttachment *) base, info);

  if (entry != NULL && entry->lock != NULL)
    python_lock_list_waiters (entry->lock, pids);
}

static gboolean
python_release_dead (Attachment *base, EntryInfo *info, GError **error)
{
  g_autoptr (PythonEntry) entry = find ((PythonAttachment *) base, info);

  if (entry == NULL || entry->lock == NULL)
    {
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND,
                   _("%s: its program does not have it any more; look at the list again"),
                   info->name);
      return FALSE;
    }
  return python_lock_release_dead (entry->lock, info->name, error);
}

static gboolean
fail_lock (PythonEntry *entry, int result, guint64 timeout_ns, GError **error)
{
  const char *name = entry->info->name;
  g_autofree char *process = NULL, *refusal = NULL;
  LockInfo info = { 0 };

  switch (result)
    {
    case -ETIMEDOUT:
      python_lock_describe (entry->lock, &info);
      if (info.state == SHMLENS_LOCK_DEAD)
        g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_OWNER_DIED,
                     _("%s: the process that held its lock has died, and a semaphore does not"
                       " recover by itself; what it guards may be half written; ask for the"
                       " recovery, or start the program again"),
                     name);
      else if (info.owner_pid > 0)
        {
          process = process_name ("/proc", info.owner_pid);
          g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_TIMEOUT,
                       _("%s: the lock was not obtained within %.3g s: process %d (%s) has held"
                         " it for at least %.3g s; try again, or wait longer"),
                       name, timeout_ns / 1e9, (int) info.owner_pid,
                       process != NULL ? process : "?", info.held_ns / 1e9);
        }
      else
        g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_TIMEOUT,
                     _("%s: the lock was not obtained within %.3g s, for its program took it again"
                       " and again; try again, or wait longer"),
                     name, timeout_ns / 1e9);
      return FALSE;
    case -ECANCELED:
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_CANCELLED,
                   _("%s: the wait for its lock was given up; nothing was changed"), name);
      return FALSE;
    case -EPERM:
    case -EACCES:
      refusal = posix_semaphore_refusal (python_lock_semaphore (entry->lock));
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_NO_LOCK, "%s: %s", name, refusal);
      return FALSE;
    default:
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND,
                   _("%s: its lock is gone (%s); look at the list again"), name,
                   g_strerror (-result));
      return FALSE;
    }
}

static gboolean
python_lock (Attachment *base, EntryInfo *info, guint64 timeout_ns, gboolean recover,
             const gint *cancelled, gboolean *ret_recovered, GError **error)
{
  PythonAttachment *self = (PythonAttachment *) base;
  g_autoptr (PythonEntry) entry = find (self, info);
  gboolean recovered;
  int result;

  g_assert (held.attachment == NULL);
  if (entry == NULL || entry->lock == NULL || !python_entry_is_valid (entry))
    {
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND,
                   _("%s: its program does not have it any more; look at the list again"),
                   info->name);
      return FALSE;
    }
  recovered = recover && python_lock_release_dead (entry->lock, info->name, NULL);
  result = posix_semaphore_acquire (python_lock_semaphore (entry->lock), timeout_ns, cancelled);
  if (result < 0)
    return fail_lock (entry, result, timeout_ns, error);
  held.attachment = self;
  held.entry = g_steal_pointer (&entry);
  if (ret_recovered != NULL)
    *ret_recovered = recovered;
  return TRUE;
}

static void
python_unlock (Attachment *base, EntryInfo *info)
{
  PythonEntry *entry = held.entry;

  g_assert (held.attachment == (PythonAttachment *) base);
  posix_semaphore_release (python_lock_semaphore (entry->lock));
  held.attachment = NULL;
  held.entry = NULL;
  python_entry_unref (entry);
}

static gboolean
python_store (Attachment *base, EntryInfo *info, guint64 offset, guint64 length,
              const void *bytes, GError **error)
{
  PythonAttachment *self = (PythonAttachment *) base;
  g_autoptr (PythonEntry) entry = find (self, info);

  if (entry == NULL)
    {
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND,
                   _("%s: its program does not have it any more; look at the list again"),
                   info->name);
      return FALSE;
    }
  /* Of several that are edited under one lock another may have taken the place of one. */
  if (held.attachment == self && held.entry->lock != entry->lock)
    {
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND,
                   _("%s: another object has taken its place; look at the list again"), info->name);
      return FALSE;
    }
  if (info->object == OBJECT_EVENT && (held.attachment != self || held.entry->lock != entry->lock))
    {
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_NO_LOCK,
                   _("%s is an Event, which is only changed under its lock; ask for a locked edit"),
                   info->name);
      return FALSE;
    }
  return python_entry_store (entry, base->info->id, offset, length, bytes, error);
}

static void
python_finalize (Attachment *base)
{
  PythonAttachment *self = (PythonAttachment *) base;

  python_snapshot_unref (self->snapshot);
  python_program_unref (self->program);
  pthread_mutex_destroy (&self->refreshing);
}

static const AttachmentClass python_class = {
  .refresh = python_refresh,
  .settle = python_settle,
  .look_again = python_look_again,
  .report = python_report,
  .read = python_read,
  .describe_lock = python_describe_lock,
  .lock = python_lock,
  .unlock = python_unlock,
  .list_waiters = python_list_waiters,
  .release_dead = python_release_dead,
  .store = python_store,
  .finalize = python_finalize,
};

Attachment *
attachment_python_new (PythonProgram *program)
{
  PythonAttachment *self = g_new0 (PythonAttachment, 1);
  g_autoptr (PythonSnapshot) snapshot = python_program_snapshot (program);
  g_autoptr (GPtrArray) none = g_ptr_array_new ();

  attachment_init (&self->base, &python_class, snapshot->info);
  pthread_mutex_init (&self->refreshing, NULL);
  self->program = python_program_ref (program);
  /* An empty one, so that the refresh finds another. */
  self->snapshot = python_snapshot_new (snapshot->info, none, none, FALSE);
  python_refresh (&self->base);
  return &self->base;
}
