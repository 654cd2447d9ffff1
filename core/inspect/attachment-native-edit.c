/* attachment-native-edit.c - locking and storing: the only code that writes into a
 * segment. It maps the segment writable for one edit. */
#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

#include "attachment-native-private.h"
#include "inspect-error.h"
#include "memory.h"
#include "native-entries.h"
#include "process.h"
#include "raw-lock.h"

/* While it waits for a lock, the entry is judged again so often: its memory may be
 * another entry's by now, where no lock must be taken. */
#define SLICE_NS (50 * 1000 * 1000)
/* A dead holder's lock is there to be taken, unless a program recovers it at this moment. */
#define RELEASE_NS G_GUINT64_CONSTANT (1000000000)

/* What this thread holds by native_lock(). */
static _Thread_local struct
{
  NativeAttachment *attachment;  /* NULL: nothing */
  guint64 lock_id;
  NativeView *view;
  struct format_lock *shared;
} held;

static gboolean
fail_gone (NativeAttachment *self, const EntryInfo *entry, GError **error)
{
  g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND,
               _("%s %s was removed; look at the segment again"), self->id, entry->name);
  return FALSE;
}

static gboolean
fail_vanished (NativeAttachment *self, const EntryInfo *entry, GError **error)
{
  g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_CORRUPT,
               _("%s %s: its memory went away, for the segment's file became shorter; start its"
                 " programs again"),
               self->id, entry->name);
  return FALSE;
}

/* A writable view of what is there now. */
static NativeView *
view_to_write (NativeAttachment *self, const EntryInfo *entry, GError **error)
{
  struct format_error format_error;
  NativeView *view;
  int fd, result;

  if (!entry->editable)
    {
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_PERMISSION, "%s: %s", entry->name,
                   entry->reason);
      return NULL;
    }
  fd = shm_object_open_to_write (self->directory, self->file, self->fd, &self->refreshing,
                                 &self->write_fd, error);
  if (fd < 0)
    return NULL;
  result = native_view_new (fd, TRUE, &view, &format_error);
  if (result < 0)
    {
      g_autofree char *sentence = native_corruption (self->id, result, &format_error);

      g_set_error_literal (error, INSPECT_ERROR, INSPECT_ERROR_CORRUPT, sentence);
      return NULL;
    }
  return view;
}

/* Judges the entry's slot as it is now: still the same, and whole. */
static gboolean
check_slot (NativeAttachment *self, NativeView *view, const EntryInfo *entry,
            struct format_slot *ret_slot, GError **error)
{
  struct format_error format_error;
  int result = native_view_slot (view, native_entry_slot (entry), ret_slot, &format_error);

  if (result == -EBADMSG)
    {
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_CORRUPT,
                   _("%s is corrupt: %s; remove it and start its programs again"),
                   self->id, format_error.text);
      return FALSE;
    }
  if (result == -EFAULT)
    return fail_vanished (self, entry, error);
  if (result < 0 || ret_slot->state != native_entry_state (entry)
      || ret_slot->data_offset != entry->offset
      || ret_slot->data_length != entry->length * entry->type.size)
    return fail_gone (self, entry, error);
  return TRUE;
}

/* The largest unit in which the bytes can be stored: that of the elements, and in a
 * structure what the place allows. */
static gsize
unit_of (const EntryInfo *entry, guint64 offset, guint64 length)
{
  gsize unit = entry->type.size;

  if (entry->type.kind == SHMLENS_KIND_STRUCT)
    for (unit = 8; unit > 1 && (offset % unit != 0 || length % unit != 0);)
      unit /= 2;
  return unit;
}

struct count
{
  guint32 *low, *high;
};

static void
guarded_count (void *data)
{
  struct count *count = data;

  if (__atomic_add_fetch (count->low, 1, __ATOMIC_RELAXED) == 0)
    __atomic_fetch_add (count->high, 1, __ATOMIC_RELAXED);
}

/* Raises the entry's write counter, as shmlens_entry_commit() does. */
static int
count_write (NativeView *view, const EntryInfo *entry, const struct format_slot *slot)
{
  guint32 index = native_entry_slot (entry);
  struct format_slot *shared
    = (gpointer) (view->base + format_slot_offset (&view->header, index, view->length));
  struct count count = { &shared->writes_low, &shared->writes_high };

  if (slot->lock_kind == LOCK_NONE)
    return 0;
  if (slot->lock_kind == LOCK_ROBUST && slot->lock_slot == index)
    count.low = &((struct format_lock *) (gpointer) (view->base + slot->extent_offset))->writes;
  return memory_guarded (view->base, view->length, guarded_count, &count);
}

gboolean
native_holds (NativeAttachment *self, const EntryInfo *entry)
{
  return held.attachment == self && entry->lock_kind == LOCK_ROBUST
         && entry->lock_id == held.lock_id;
}

/* Whom the wait was for. */
static gboolean
fail_timeout (NativeAttachment *self, EntryInfo *entry, guint64 timeout_ns, GError **error)
{
  LockInfo info = { 0 };
  g_autofree char *name = NULL;

  if (native_describe_lock (&self->base, entry, &info) == 0 && info.owner_pid > 0)
    name = process_name (self->directory->proc, info.owner_pid);
  if (info.state == SHMLENS_LOCK_HELD && info.owner_pid > 0)
    g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_TIMEOUT,
                 _("%s %s: the lock was not obtained within %.3g s: process %d (%s), thread %d, has"
                   " held it for %.3g s; try again, or wait longer"),
                 self->id, entry->name, timeout_ns / 1e9, info.owner_pid,
                 name != NULL ? name : C_("name of a process", "unknown"), info.owner_tid,
                 info.held_ns / 1e9);
  else
    g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_TIMEOUT,
                 _("%s %s: the lock was not obtained within %.3g s, for its program took it again"
                   " and again; try again, or wait longer"),
                 self->id, entry->name, timeout_ns / 1e9);
  return FALSE;
}

static gboolean
fail_lock (NativeAttachment *self, EntryInfo *entry, int result, guint64 timeout_ns,
           GError **error)
{
  LockInfo info = { 0 };

  switch (result)
    {
    case -ETIMEDOUT:
      return fail_timeout (self, entry, timeout_ns, error);
    case -ECANCELED:
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_CANCELLED,
                   _("%s %s: the wait for its lock was given up; nothing was changed"), self->id,
                   entry->name);
      return FALSE;
    case -EOWNERDEAD:
      native_describe_lock (&self->base, entry, &info);
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_OWNER_DIED,
                   _("%s %s: process %d died holding its lock, and what the lock guards may be half"
                     " written; let a program recover it, or ask for the recovery"),
                   self->id, entry->name, info.owner_pid);
      return FALSE;
    case -EFAULT:
      return fail_vanished (self, entry, error);
    case -EBADMSG:
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_CORRUPT,
                   _("%s %s: its lock is damaged or was left unusable; start its programs again"),
                   self->id, entry->name);
      return FALSE;
    default:
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_NO_LOCK,
                   _("%s %s: its lock cannot be taken here: %s; ask for an unlocked edit"),
                   self->id, entry->name, g_strerror (-result));
      return FALSE;
    }
}

/* Where the entry's lock is now, the entry being still the same and whole. */
static gboolean
find_lock (NativeAttachment *self, NativeView *view, const EntryInfo *entry,
           struct format_lock **ret_shared, GError **error)
{
  struct format_error format_error;
  struct format_slot slot;
  guint64 offset;
  int result;

  if (!check_slot (self, view, entry, &slot, error))
    return FALSE;
  result = native_view_lock (view, slot.lock_slot, &offset, &format_error);
  if (result == -EFAULT)
    return fail_vanished (self, entry, error);
  if (result == -EBADMSG)
    {
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_CORRUPT,
                   _("%s is corrupt: %s; remove it and start its programs again"), self->id,
                   format_error.text);
      return FALSE;
    }
  if (result < 0)
    return fail_gone (self, entry, error);
  *ret_shared = (gpointer) (view->base + offset);
  return TRUE;
}

/* Waits until the lock is taken, with a look at the entry now and then. */
static gboolean
wait_for_lock (NativeAttachment *self, NativeView *view, EntryInfo *entry, guint64 timeout_ns,
               gboolean recover, const gint *cancelled, struct format_lock **ret_shared,
               gboolean *ret_recovered, GError **error)
{
  gint64 begin = g_get_monotonic_time ();
  struct format_lock *again;
  guint64 waited, left;
  int result;

  do
    {
      if (!find_lock (self, view, entry, ret_shared, error))
        return FALSE;
      waited = (g_get_monotonic_time () - begin) * 1000;
      left = timeout_ns > waited ? timeout_ns - waited : 0;
      result = raw_lock_acquire (*ret_shared, MIN (left, SLICE_NS), recover, cancelled);
    }
  while (result == -ETIMEDOUT && left > SLICE_NS);
  if (result < 0)
    return fail_lock (self, entry, result, timeout_ns, error);

  /* It may have been removed between the look and the taking. */
  if (!find_lock (self, view, entry, &again, error))
    {
      raw_lock_release (*ret_shared);
      return FALSE;
    }
  if (again != *ret_shared)
    {
      raw_lock_release (*ret_shared);
      return fail_gone (self, entry, error);
    }
  *ret_recovered = result == 1;
  return TRUE;
}

gboolean
native_lock (Attachment *base, EntryInfo *entry, guint64 timeout_ns, gboolean recover,
             const gint *cancelled, gboolean *ret_recovered, GError **error)
{
  NativeAttachment *self = (NativeAttachment *) base;
  g_autoptr (NativeView) view = NULL;
  struct format_lock *shared;
  gboolean recovered;

  g_assert (held.attachment == NULL);
  if (!self->same_namespace)
    {
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_PERMISSION,
                   _("%s %s: its lock cannot be taken from here: its programs run in another PID"
                     " namespace (a container); run shmlens there, or ask for an unlocked edit"),
                   self->id, entry->name);
      return FALSE;
    }
  view = view_to_write (self, entry, error);
  if (view == NULL
      || !wait_for_lock (self, view, entry, timeout_ns, recover, cancelled, &shared, &recovered,
                         error))
    return FALSE;
  held.attachment = self;
  held.lock_id = entry->lock_id;
  held.view = g_steal_pointer (&view);
  held.shared = shared;
  if (ret_recovered != NULL)
    *ret_recovered = recovered;
  return TRUE;
}

void
native_unlock (Attachment *base, EntryInfo *entry)
{
  NativeView *view = held.view;

  g_assert (native_holds ((NativeAttachment *) base, entry));
  /* If the memory is gone, so is the lock. */
  raw_lock_release (held.shared);
  memset (&held, 0, sizeof held);
  native_view_unref (view);
}

gboolean
native_release_dead (Attachment *base, EntryInfo *entry, GError **error)
{
  NativeAttachment *self = (NativeAttachment *) base;
  LockInfo info = { 0 };

  if (native_describe_lock (base, entry, &info) < 0)
    return fail_gone (self, entry, error);
  if (info.state == SHMLENS_LOCK_DEAD)
    {
      if (!native_lock (base, entry, RELEASE_NS, TRUE, NULL, NULL, error))
        return FALSE;
      native_unlock (base, entry);
      return TRUE;
    }
  lock_info_refuse_release (&info, entry->name, error);
  return FALSE;
}

/* What is written to: the memory of the lock that is held, or for this once. NULL with the error. */
static NativeView *
view_to_store (NativeAttachment *self, EntryInfo *entry, struct format_slot *ret_slot,
               GError **error)
{
  g_autoptr (NativeView) view = native_holds (self, entry)
                                  ? native_view_ref (held.view)
                                  : view_to_write (self, entry, error);

  if (view == NULL || !check_slot (self, view, entry, ret_slot, error))
    return NULL;
  return g_steal_pointer (&view);
}

gboolean
native_store (Attachment *base, EntryInfo *entry, guint64 offset, guint64 length,
              const void *bytes, GError **error)
{
  NativeAttachment *self = (NativeAttachment *) base;
  struct format_slot slot;
  g_autoptr (NativeView) view = view_to_store (self, entry, &slot, error);
  guint64 place;

  if (view == NULL)
    return FALSE;
  place = slot.data_offset + offset;
  if (memory_store (view->base + place, bytes, length, unit_of (entry, place, length)) < 0
      || count_write (view, entry, &slot) < 0)
    return fail_vanished (self, entry, error);
  return TRUE;
}

gboolean
native_store_parts (Attachment *base, EntryInfo *entry, guint64 first, guint64 n,
                    const struct memory_part *parts, guint n_parts, const void *before,
                    const void *elements, GError **error)
{
  NativeAttachment *self = (NativeAttachment *) base;
  struct format_slot slot;
  g_autoptr (NativeView) view = view_to_store (self, entry, &slot, error);
  gsize size = entry->type.size;

  if (view == NULL)
    return FALSE;
  if (memory_store_parts (view->base + slot.data_offset + first * size, size, n, parts, n_parts,
                          before, elements)
        < 0
      || count_write (view, entry, &slot) < 0)
    return fail_vanished (self, entry, error);
  return TRUE;
}
