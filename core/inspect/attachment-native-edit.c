/* attachment-native-edit.c - locking and storing: the only code that writes into a
 * segment. It maps the segment writable for one edit. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "attachment-native-private.h"
#include "inspect-error.h"
#include "memory.h"
#include "native-entries.h"

static gboolean
fail_gone (NativeAttachment *self, const EntryInfo *entry, GError **error)
{
  g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND,
               "%s %s was removed; look at the segment again", self->base.info->id, entry->name);
  return FALSE;
}

static gboolean
fail_vanished (NativeAttachment *self, const EntryInfo *entry, GError **error)
{
  g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_CORRUPT,
               "%s %s: its memory went away, for the segment's file became shorter; start its"
               " programs again",
               self->base.info->id, entry->name);
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
  pthread_mutex_lock (&self->refreshing);
  if (self->write_fd < 0)
    self->write_fd = shm_object_reopen (self->fd);
  fd = self->write_fd;
  pthread_mutex_unlock (&self->refreshing);
  if (fd < 0)
    {
      g_autofree char *sentence = shm_object_refusal (self->directory, self->file, fd);

      g_set_error_literal (error, INSPECT_ERROR, INSPECT_ERROR_PERMISSION, sentence);
      return NULL;
    }
  result = native_view_new (fd, TRUE, &view, &format_error);
  if (result < 0)
    {
      g_autofree char *sentence = native_corruption (self->base.info->id, result, &format_error);

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
                   "%s is corrupt: %s; remove it and start its programs again",
                   self->base.info->id, format_error.text);
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

  if (slot->lock_kind == SHMLENS_LOCK_NONE)
    return 0;
  if (slot->lock_kind == SHMLENS_LOCK_ROBUST && slot->lock_slot == index)
    count.low = &((struct format_lock *) (gpointer) (view->base + slot->extent_offset))->writes;
  return memory_guarded (view->base, view->length, guarded_count, &count);
}

gboolean
native_store (Attachment *base, EntryInfo *entry, guint64 offset, guint64 length,
              const void *bytes, GError **error)
{
  NativeAttachment *self = (NativeAttachment *) base;
  g_autoptr (NativeView) view = NULL;
  struct format_slot slot;
  guint64 place;

  view = view_to_write (self, entry, error);
  if (view == NULL || !check_slot (self, view, entry, &slot, error))
    return FALSE;
  place = slot.data_offset + offset;
  if (memory_store (view->base + place, bytes, length, unit_of (entry, place, length)) < 0
      || count_write (view, entry, &slot) < 0)
    return fail_vanished (self, entry, error);
  return TRUE;
}
