/* fake-attachment.c - an Attachment over plain memory, with faults on demand. */
#include "fake-attachment.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "inspect-error.h"
#include "worker.h"

#define LOCKS_MAX 64
#define SLICE_NS 2000000

struct fake_lock
{
  pid_t pid, tid;     /* 0: free */
  gboolean dead;
  guint recoveries;
  guint64 since_ns;
};

struct fake_attachment
{
  Attachment base;
  pthread_mutex_t mutex;
  pthread_cond_t released;
  guint8 *memory;
  gsize size, used;
  GPtrArray *entries;
  SegmentInfo values;          /* what the next refresh shows */
  char *reason;
  guint64 *removed_ids;
  guint n_removed;
  guint64 last_id;
  struct fake_lock locks[LOCKS_MAX];
  guint64 writes[LOCKS_MAX];   /* by entry id */
  gboolean gone, read_only;
  struct fake_counts counts;
};

static FakeAttachment *
fake (Attachment *self)
{
  return (FakeAttachment *) self;
}

static gboolean
is_removed (FakeAttachment *self, EntryInfo *entry)
{
  for (guint i = 0; i < self->n_removed; i++)
    if (self->removed_ids[i] == entry->id)
      return TRUE;
  return FALSE;
}

static int
state_of (FakeAttachment *self, EntryInfo *entry)
{
  return is_removed (self, entry) ? -ESTALE : self->gone ? -EFAULT : 0;
}

static gboolean
set_error_of (FakeAttachment *self, EntryInfo *entry, GError **error)
{
  int state = state_of (self, entry);

  if (state == -ESTALE)
    g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND, "%s: was removed", entry->name);
  else if (state == -EFAULT)
    g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_CORRUPT, "%s: is gone", entry->name);
  return state < 0;
}

static gboolean
fake_refresh (Attachment *base)
{
  FakeAttachment *self = fake (base);
  SegmentInfo *info;
  GPtrArray *entries;
  gboolean differs;

  pthread_mutex_lock (&self->mutex);
  self->counts.refreshes++;
  self->values.reason = self->reason;
  self->values.n_entries = self->entries->len;
  info = segment_info_new (&self->values);
  entries = g_ptr_array_ref (self->entries);
  pthread_mutex_unlock (&self->mutex);

  differs = attachment_update (base, info, entries);
  segment_info_unref (info);
  g_ptr_array_unref (entries);
  return differs;
}

/* Under the mutex: what a copy of it is worth, as our own segments tell. */
static int
consistency_of (FakeAttachment *self, EntryInfo *entry, guint64 n)
{
  const struct fake_lock *lock = &self->locks[entry->lock_id % LOCKS_MAX];

  if (entry->lock_kind == LOCK_ROBUST && (lock->pid == 0 || lock->pid == getpid ()))
    return SHMLENS_CONSISTENCY_SEQUENCE;
  return n == 1 && entry->type.size <= 8 ? SHMLENS_CONSISTENCY_ATOMIC
                                         : SHMLENS_CONSISTENCY_UNLOCKED;
}

static int
fake_read (Attachment *base, EntryInfo *entry, guint64 first, guint64 last, void *ret_elements)
{
  FakeAttachment *self = fake (base);
  gsize size = entry->type.size;
  int status;

  pthread_mutex_lock (&self->mutex);
  self->counts.reads++;
  status = state_of (self, entry);
  if (status == 0)
    {
      memcpy (ret_elements, self->memory + entry->offset + first * size, (last - first) * size);
      status = consistency_of (self, entry, last - first);
    }
  pthread_mutex_unlock (&self->mutex);
  return status;
}

static int
fake_writes (Attachment *base, EntryInfo *entry, guint64 *ret_writes)
{
  FakeAttachment *self = fake (base);

  if (entry->lock_kind != LOCK_ROBUST)
    return -ENOTSUP;
  pthread_mutex_lock (&self->mutex);
  *ret_writes = self->writes[entry->id % LOCKS_MAX];
  pthread_mutex_unlock (&self->mutex);
  return 0;
}

static int
fake_describe_lock (Attachment *base, EntryInfo *entry, LockInfo *ret_info)
{
  FakeAttachment *self = fake (base);
  const struct fake_lock *lock = &self->locks[entry->lock_id];

  pthread_mutex_lock (&self->mutex);
  *ret_info = (LockInfo) {
    .kind = LOCK_ROBUST,
    .state = lock->dead       ? SHMLENS_LOCK_DEAD
             : lock->pid != 0 ? SHMLENS_LOCK_HELD
                              : SHMLENS_LOCK_FREE,
    .owner_pid = lock->pid,
    .owner_tid = lock->tid,
    .depth = lock->pid != 0,
    .held_ns = lock->pid != 0 ? worker_now_ns () - lock->since_ns : 0,
    .recoveries = lock->recoveries,
  };
  pthread_mutex_unlock (&self->mutex);
  return 0;
}

/* Under the mutex. TRUE: it is ours; FALSE with an error: never; FALSE: wait. */
static gboolean
try_lock (FakeAttachment *self, EntryInfo *entry, gboolean recover, gboolean *recovered,
          GError **error)
{
  struct fake_lock *lock = &self->locks[entry->lock_id];

  if (set_error_of (self, entry, error))
    return FALSE;
  if (lock->dead && !recover)
    {
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_OWNER_DIED, "%s: its holder died",
                   entry->name);
      return FALSE;
    }
  if (lock->pid != 0 && !lock->dead)
    return FALSE;
  *recovered = lock->dead;
  lock->recoveries += lock->dead;
  lock->dead = FALSE;
  lock->pid = getpid ();
  lock->tid = gettid ();
  lock->since_ns = worker_now_ns ();
  self->counts.locks++;
  return TRUE;
}

static gboolean
fake_lock (Attachment *base, EntryInfo *entry, guint64 timeout_ns, gboolean recover,
           const gint *cancelled, gboolean *ret_recovered, GError **error)
{
  FakeAttachment *self = fake (base);
  guint64 end = worker_now_ns () + timeout_ns;
  GError *reason = NULL;
  gboolean recovered = FALSE;
  gboolean taken;

  pthread_mutex_lock (&self->mutex);
  while (!(taken = try_lock (self, entry, recover, &recovered, &reason)) && reason == NULL)
    {
      guint64 now = worker_now_ns ();
      guint64 until = MIN (end, now + SLICE_NS);
      struct timespec limit = { until / 1000000000, until % 1000000000 };

      if (cancelled != NULL && g_atomic_int_get (cancelled))
        g_set_error (&reason, INSPECT_ERROR, INSPECT_ERROR_CANCELLED, "%s: given up",
                     entry->name);
      else if (now >= end)
        {
          self->counts.timeouts++;
          g_set_error (&reason, INSPECT_ERROR, INSPECT_ERROR_TIMEOUT, "%s: still locked",
                       entry->name);
        }
      if (reason != NULL)
        break;
      pthread_cond_timedwait (&self->released, &self->mutex, &limit);
    }
  pthread_mutex_unlock (&self->mutex);

  if (ret_recovered != NULL)
    *ret_recovered = recovered;
  if (reason != NULL)
    g_propagate_error (error, reason);
  return taken;
}

static void
fake_unlock (Attachment *base, EntryInfo *entry)
{
  FakeAttachment *self = fake (base);

  pthread_mutex_lock (&self->mutex);
  self->counts.unlocks++;
  pthread_mutex_unlock (&self->mutex);
  fake_attachment_release (self, entry);
}

static gboolean
fake_store (Attachment *base, EntryInfo *entry, guint64 offset, guint64 length, const void *bytes,
            GError **error)
{
  FakeAttachment *self = fake (base);
  gboolean stored = FALSE;

  pthread_mutex_lock (&self->mutex);
  self->counts.stores++;
  if (self->read_only)
    g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_PERMISSION, "%s: read-only", entry->name);
  else if (!set_error_of (self, entry, error))
    {
      memcpy (self->memory + entry->offset + offset, bytes, length);
      stored = TRUE;
      self->counts.stored_bytes += length;
      if (entry->lock_kind == LOCK_ROBUST && self->locks[entry->lock_id].tid == gettid ())
        {
          self->counts.locked_stores++;
          self->writes[entry->id % LOCKS_MAX]++;
        }
    }
  pthread_mutex_unlock (&self->mutex);
  return stored;
}

static void
fake_finalize (Attachment *base)
{
  FakeAttachment *self = fake (base);

  pthread_cond_destroy (&self->released);
  pthread_mutex_destroy (&self->mutex);
  g_ptr_array_unref (self->entries);
  g_free (self->removed_ids);
  g_free (self->reason);
  g_free (self->memory);
}

static const AttachmentClass fake_class = {
  .refresh = fake_refresh,
  .read = fake_read,
  .writes = fake_writes,
  .describe_lock = fake_describe_lock,
  .lock = fake_lock,
  .unlock = fake_unlock,
  .store = fake_store,
  .finalize = fake_finalize,
};

FakeAttachment *
fake_attachment_new (gsize size)
{
  FakeAttachment *self = g_new0 (FakeAttachment, 1);
  SegmentInfo *info;

  self->values = (SegmentInfo) {
    .id = (char *) "shm:/fake",
    .name = (char *) "/fake",
    .title = (char *) "fake",
    .kind = "native",
    .state = SEGMENT_LIVE,
    .writable = TRUE,
  };
  info = segment_info_new (&self->values);
  attachment_init (&self->base, &fake_class, info);
  segment_info_unref (info);
  pthread_mutex_init (&self->mutex, NULL);
  worker_cond_init (&self->released);
  self->memory = g_malloc0 (size);
  self->size = size;
  self->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) entry_info_unref);
  return self;
}

void
fake_attachment_unref (FakeAttachment *self)
{
  if (self != NULL)
    attachment_unref (&self->base);
}

Attachment *
fake_attachment_base (FakeAttachment *self)
{
  return &self->base;
}

/* Entries that others look at stay as they are; a change is another array. */
static void
set_entries (FakeAttachment *self, EntryInfo *added, EntryInfo *removed)
{
  GPtrArray *entries = g_ptr_array_new_with_free_func ((GDestroyNotify) entry_info_unref);

  for (guint i = 0; i < self->entries->len; i++)
    if (self->entries->pdata[i] != removed)
      g_ptr_array_add (entries, entry_info_ref (self->entries->pdata[i]));
  if (added != NULL)
    g_ptr_array_add (entries, entry_info_ref (added));
  g_ptr_array_unref (self->entries);
  self->entries = entries;
}

EntryInfo *
fake_attachment_add (FakeAttachment *self, const EntryInfo *values, const void *initial)
{
  EntryInfo copy = *values;
  EntryInfo *entry;
  gsize bytes;

  copy.length = 1;
  for (guint i = 0; i < copy.dimensions; i++)
    copy.length *= copy.shape[i];
  bytes = copy.length * copy.type.size;

  pthread_mutex_lock (&self->mutex);
  copy.id = ++self->last_id;
  if (copy.lock_kind == LOCK_ROBUST && copy.lock_id == 0)
    copy.lock_id = copy.id % LOCKS_MAX;
  copy.offset = (self->used + 7) & ~(gsize) 7;
  g_assert (copy.offset + bytes <= self->size);
  self->used = copy.offset + bytes;
  if (initial != NULL)
    memcpy (self->memory + copy.offset, initial, bytes);
  entry = entry_info_new (&copy);
  set_entries (self, entry, NULL);
  pthread_mutex_unlock (&self->mutex);
  return entry;
}

EntryInfo *
fake_attachment_add_plain (FakeAttachment *self, const char *name, char code, guint64 length,
                           const void *initial)
{
  EntryInfo values = { .name = (char *) name, .lock_kind = LOCK_ROBUST,
                       .editable = TRUE };

  if (shmlens_type_from_code (code, &values.type) < 0)
    g_error ("no type code: %c", code);
  if (length > 0)
    {
      values.dimensions = 1;
      values.shape[0] = length;
    }
  return fake_attachment_add (self, &values, initial);
}

void
fake_attachment_poke (FakeAttachment *self, EntryInfo *entry, guint64 first, guint64 n,
                      const void *elements)
{
  gsize size = entry->type.size;

  pthread_mutex_lock (&self->mutex);
  memcpy (self->memory + entry->offset + first * size, elements, n * size);
  self->writes[entry->id % LOCKS_MAX]++;
  pthread_mutex_unlock (&self->mutex);
}

void
fake_attachment_peek (FakeAttachment *self, EntryInfo *entry, guint64 first, guint64 n,
                      void *ret_elements)
{
  gsize size = entry->type.size;

  pthread_mutex_lock (&self->mutex);
  memcpy (ret_elements, self->memory + entry->offset + first * size, n * size);
  pthread_mutex_unlock (&self->mutex);
}

void
fake_attachment_hold (FakeAttachment *self, EntryInfo *entry, pid_t pid)
{
  struct fake_lock *lock = &self->locks[entry->lock_id];

  pthread_mutex_lock (&self->mutex);
  g_assert (lock->pid == 0);
  lock->pid = lock->tid = pid;
  lock->since_ns = worker_now_ns ();
  pthread_mutex_unlock (&self->mutex);
}

void
fake_attachment_release (FakeAttachment *self, EntryInfo *entry)
{
  struct fake_lock *lock = &self->locks[entry->lock_id];

  pthread_mutex_lock (&self->mutex);
  lock->pid = lock->tid = 0;
  lock->dead = FALSE;
  pthread_cond_broadcast (&self->released);
  pthread_mutex_unlock (&self->mutex);
}

void
fake_attachment_kill_holder (FakeAttachment *self, EntryInfo *entry)
{
  pthread_mutex_lock (&self->mutex);
  g_assert (self->locks[entry->lock_id].pid != 0);
  self->locks[entry->lock_id].dead = TRUE;
  pthread_cond_broadcast (&self->released);
  pthread_mutex_unlock (&self->mutex);
}

void
fake_attachment_set_gone (FakeAttachment *self, gboolean gone)
{
  pthread_mutex_lock (&self->mutex);
  self->gone = gone;
  pthread_mutex_unlock (&self->mutex);
}

void
fake_attachment_remove (FakeAttachment *self, EntryInfo *entry)
{
  pthread_mutex_lock (&self->mutex);
  self->removed_ids = g_renew (guint64, self->removed_ids, self->n_removed + 1);
  self->removed_ids[self->n_removed++] = entry->id;
  set_entries (self, NULL, entry);
  pthread_mutex_unlock (&self->mutex);
}

void
fake_attachment_set_state (FakeAttachment *self, enum segment_state state, const char *reason)
{
  pthread_mutex_lock (&self->mutex);
  self->values.state = state;
  g_free (self->reason);
  self->reason = g_strdup (reason);
  pthread_mutex_unlock (&self->mutex);
}

void
fake_attachment_set_read_only (FakeAttachment *self, gboolean read_only)
{
  pthread_mutex_lock (&self->mutex);
  self->read_only = read_only;
  pthread_mutex_unlock (&self->mutex);
}

void
fake_attachment_get_counts (FakeAttachment *self, struct fake_counts *ret_counts)
{
  pthread_mutex_lock (&self->mutex);
  *ret_counts = self->counts;
  pthread_mutex_unlock (&self->mutex);
}
