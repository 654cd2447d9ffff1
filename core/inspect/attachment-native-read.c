/* attachment-native-read.c - reading beside the programs: without a lock, without
 * writing anything, from memory that may vanish and change at any moment.
 *
 * The functions named guarded_... run in memory_guarded() and so touch nothing but
 * the memory and their own arguments. Where something lies is checked against the
 * view at each look, since it comes out of the memory.
 */
#include <errno.h>
#include <string.h>

#include "attachment-native-private.h"
#include "lock.h"
#include "memory.h"
#include "native-entries.h"
#include "process.h"

/* How often a copy beside the lock is tried, by how much a try costs. */
#define TRIES_SMALL 64
#define TRIES_LARGE 8
#define TRIES_HUGE 3
#define LARGE_BYTES 4096u
#define HUGE_BYTES (1u << 20)

static const struct format_slot *
guarded_slot (NativeView *view, guint32 index)
{
  guint64 offset = format_slot_offset (&view->header, index, view->length);

  return offset == 0 ? NULL : (const struct format_slot *) (gconstpointer) (view->base + offset);
}

/* The lock in a slot's extent; NULL when the slot has none by now. */
static const struct format_lock *
guarded_lock (NativeView *view, guint32 lock_slot)
{
  const struct format_slot *slot = guarded_slot (view, lock_slot);
  enum format_slot_state state;
  guint64 offset;

  if (slot == NULL)
    return NULL;
  state = FORMAT_STATE (__atomic_load_n (&slot->state, __ATOMIC_ACQUIRE));
  offset = __atomic_load_n (&slot->extent_offset, __ATOMIC_RELAXED);
  if ((state != FORMAT_SLOT_LIVE && state != FORMAT_SLOT_RETIRED) || offset % FORMAT_ALIGNMENT != 0
      || offset < view->header.header_size || offset > view->length
      || view->length - offset < sizeof (struct format_lock))
    return NULL;
  return (const struct format_lock *) (gconstpointer) (view->base + offset);
}

static gboolean
guarded_is_same (NativeView *view, const EntryInfo *entry)
{
  const struct format_slot *slot = guarded_slot (view, native_entry_slot (entry));

  return slot != NULL
         && __atomic_load_n (&slot->state, __ATOMIC_ACQUIRE) == native_entry_state (entry);
}

struct look
{
  NativeView *view;
  const EntryInfo *entry;
  guint64 offset, bytes;
  void *to;
  gboolean is_locked;    /* by this thread */
  gboolean is_word;      /* one element that can be loaded as one */
  guint64 writes;
  struct format_lock lock;
  struct format_attacher holder;
  int result;
};

static int
tries_for (guint64 bytes)
{
  return bytes < LARGE_BYTES ? TRIES_SMALL : bytes < HUGE_BYTES ? TRIES_LARGE : TRIES_HUGE;
}

static void
guarded_copy (const struct look *look)
{
  const guint8 *from = look->view->base + look->offset;

  if (look->is_word)
    switch (look->bytes)
      {
      case 2:
        *(guint16 *) look->to = __atomic_load_n ((const guint16 *) from, __ATOMIC_RELAXED);
        return;
      case 4:
        *(guint32 *) look->to = __atomic_load_n ((const guint32 *) from, __ATOMIC_RELAXED);
        return;
      case 8:
        *(guint64 *) look->to = __atomic_load_n ((const guint64 *) from, __ATOMIC_RELAXED);
        return;
      }
  memcpy (look->to, from, look->bytes);
}

static void
guarded_read (void *data)
{
  struct look *look = data;
  const struct format_lock *lock = NULL;

  look->result = -ESTALE;
  if (!guarded_is_same (look->view, look->entry))
    return;
  if (look->is_locked)
    {
      guarded_copy (look);
      look->result = SHMLENS_CONSISTENCY_LOCKED;
      return;
    }
  look->result = look->is_word ? SHMLENS_CONSISTENCY_ATOMIC : SHMLENS_CONSISTENCY_UNLOCKED;
  if (look->entry->lock_kind == LOCK_ROBUST)
    lock = guarded_lock (look->view, look->entry->lock_id);
  for (int tries = lock == NULL ? 0 : tries_for (look->bytes); tries > 0; tries--)
    {
      guint32 sequence;

      if (!lock_read_begin (lock, &sequence))
        continue;
      guarded_copy (look);
      if (lock_read_end (lock, sequence))
        {
          look->result = SHMLENS_CONSISTENCY_SEQUENCE;
          break;
        }
    }
  if (look->result != SHMLENS_CONSISTENCY_SEQUENCE)
    guarded_copy (look);
  /* Removed meanwhile, its bytes may be another entry's by now. */
  __atomic_thread_fence (__ATOMIC_ACQUIRE);
  if (!guarded_is_same (look->view, look->entry))
    look->result = -ESTALE;
}

int
native_read (Attachment *base, EntryInfo *entry, guint64 first, guint64 last, void *ret_elements)
{
  NativeAttachment *self = (NativeAttachment *) base;
  g_autoptr (NativeView) view = native_attachment_view (self);
  guint64 size = entry->type.size;
  guint64 word = 0;
  struct look look = {
    .view = view,
    .entry = entry,
    .offset = entry->offset + first * size,
    .bytes = (last - first) * size,
    .to = ret_elements,
    .is_locked = native_holds (self, entry),
  };

  if (look.offset > view->length || look.bytes > view->length - look.offset)
    return -EFAULT;
  if (last - first == 1 && size <= 8 && (size & (size - 1)) == 0 && look.offset % size == 0)
    {
      look.is_word = TRUE;
      look.to = &word;
    }
  if (memory_guarded (view->base, view->length, guarded_read, &look) < 0)
    return -EFAULT;
  if (look.is_word && look.result >= 0)
    memcpy (ret_elements, &word, size);
  return look.result;
}

static void
guarded_writes (void *data)
{
  struct look *look = data;
  const struct format_slot *slot = guarded_slot (look->view, native_entry_slot (look->entry));
  const guint32 *low = slot == NULL ? NULL : &slot->writes_low;
  guint32 high, number;

  look->result = -ESTALE;
  if (slot == NULL || !guarded_is_same (look->view, look->entry))
    return;
  if (look->entry->lock_kind == LOCK_ROBUST
      && look->entry->lock_id == native_entry_slot (look->entry))
    {
      const struct format_lock *lock = guarded_lock (look->view, look->entry->lock_id);

      if (lock == NULL)
        return;
      low = &lock->writes;
    }
  /* The high half is raised after the low one went round: once in 2^32 writes the
   * number can be too low by that for a moment, which is not worth a loop that a
   * hostile writer could prolong. */
  high = __atomic_load_n (&slot->writes_high, __ATOMIC_ACQUIRE);
  number = __atomic_load_n (low, __ATOMIC_ACQUIRE);
  look->writes = (guint64) high << 32 | number;
  look->result = 0;
}

int
native_writes (Attachment *base, EntryInfo *entry, guint64 *ret_writes)
{
  g_autoptr (NativeView) view = native_attachment_view ((NativeAttachment *) base);
  struct look look = { .view = view, .entry = entry };

  if (entry->lock_kind == LOCK_NONE)
    return -ENOTSUP;
  if (memory_guarded (view->base, view->length, guarded_writes, &look) < 0)
    return -EFAULT;
  if (look.result == 0)
    *ret_writes = look.writes;
  return look.result;
}

static void
guarded_describe (void *data)
{
  struct look *look = data;
  const struct format_lock *lock;
  const struct format_attacher *table;

  look->result = -ESTALE;
  if (!guarded_is_same (look->view, look->entry))
    return;
  lock = guarded_lock (look->view, look->entry->lock_id);
  if (lock == NULL)
    return;
  lock_copy (lock, &look->lock);
  look->result = 0;
  if (look->lock.sequence % 2 == 0)
    return;
  table = (gconstpointer) (look->view->base + look->view->header.attacher_offset);
  for (guint i = 0; i < FORMAT_ATTACHERS; i++)
    if (__atomic_load_n (&table[i].pid, __ATOMIC_ACQUIRE) == look->lock.holder_pid)
      {
        look->holder.pid = look->lock.holder_pid;
        look->holder.start_time = __atomic_load_n (&table[i].start_time, __ATOMIC_RELAXED);
        break;
      }
}

static LockInfo
from_core (const struct shmlens_lock_info *info)
{
  return (LockInfo) {
    .kind = LOCK_ROBUST,
    .state = info->state,
    .owner_pid = info->owner_pid,
    .owner_tid = info->owner_tid,
    .owner_start_time = info->owner_start_time,
    .depth = info->depth,
    .held_ns = info->held_ns,
    .recoveries = info->recoveries,
    .waiters = -1,
  };
}

int
native_describe_lock (Attachment *base, EntryInfo *entry, LockInfo *ret_info)
{
  NativeAttachment *self = (NativeAttachment *) base;
  g_autoptr (NativeView) view = native_attachment_view (self);
  struct look look = { .view = view, .entry = entry };
  struct shmlens_lock_info info;

  if (memory_guarded (view->base, view->length, guarded_describe, &look) < 0)
    return -EFAULT;
  if (look.result < 0)
    return look.result;
  lock_describe_copy (&look.lock, look.holder.pid != 0 ? &look.holder : NULL, 1, lock_now_ms (),
                      &info);
  *ret_info = from_core (&info);
  /* A word that nobody can clear any more: the kernel does it when a holder dies,
   * unless it found no way to (the list of its locks was damaged). */
  if (ret_info->state == SHMLENS_LOCK_HELD && self->same_namespace && ret_info->owner_pid > 0
      && process_is_gone (self->directory->proc, ret_info->owner_pid, ret_info->owner_start_time))
    ret_info->state = SHMLENS_LOCK_DEAD;
  return 0;
}
