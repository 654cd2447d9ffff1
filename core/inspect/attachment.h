/* attachment.h - a segment that the inspector has opened: the one interface
 * behind which every kind of program is read, locked and written.
 *
 * The sampler, the editor and the command line know only this; a source (native,
 * posix, later Python, debug information) implements it. An attachment is a
 * guest: it does not show up as an attacher, keeps nothing alive, and never
 * takes a lock but in attachment_lock().
 *
 * Thread safety: any function may be called from any thread. attachment_read()
 * and its kin never wait for a lock of the program or for an edit. One thread
 * may hold at most one lock by attachment_lock() at a time.
 */
#pragma once

#include <glib.h>
#include <pthread.h>

#include "entry-info.h"
#include "memory.h"
#include "segment-info.h"

typedef struct attachment Attachment;
typedef struct attachment_class AttachmentClass;
typedef struct attachment_table AttachmentTable;

struct attachment_class
{
  gboolean (*refresh) (Attachment *self);
  void (*settle) (Attachment *self);
  void (*look_again) (Attachment *self);
  GPtrArray *(*report) (Attachment *self);
  int (*read) (Attachment *self, EntryInfo *entry, guint64 first, guint64 last, void *ret_elements);
  int (*writes) (Attachment *self, EntryInfo *entry, guint64 *ret_writes);
  int (*describe_lock) (Attachment *self, EntryInfo *entry, LockInfo *ret_info);
  gboolean (*lock) (Attachment *self, EntryInfo *entry, guint64 timeout_ns, gboolean recover,
                    const gint *cancelled, gboolean *ret_recovered, GError **error);
  void (*unlock) (Attachment *self, EntryInfo *entry);
  void (*list_waiters) (Attachment *self, EntryInfo *entry, GArray *pids);
  gboolean (*release_dead) (Attachment *self, EntryInfo *entry, GError **error);
  gboolean (*store) (Attachment *self, EntryInfo *entry, guint64 offset, guint64 length,
                     const void *bytes, GError **error);
  gboolean (*store_parts) (Attachment *self, EntryInfo *entry, guint64 first, guint64 n,
                           const struct memory_part *parts, guint n_parts, const void *before,
                           const void *elements, GError **error);
  void (*finalize) (Attachment *self);
};

/* Base of every implementation's own struct, which is made by g_new0() and freed
 * here after finalize() has let go what it holds itself. The two snapshots are
 * replaced under the mutex by refresh. All but read may be NULL; those of locks are only called for kinds that can be taken, and every
 * range is checked against the entry before. */
struct attachment
{
  const AttachmentClass *class;
  gint references;      /* atomic */
  AttachmentTable *table; /* where others find it as long as it is open; NULL */
  pthread_mutex_t mutex;
  SegmentInfo *info;
  GPtrArray *entries;   /* of EntryInfo; immutable once it stands here */
  guint64 generation;   /* raised whenever entries is another array */
};

/* For implementations: sets up the base, with empty entries; takes its own
 * reference of info. */
void attachment_init (Attachment *self, const AttachmentClass *class, SegmentInfo *info);

/* For implementations: puts new snapshots in place (takes its own references);
 * NULL leaves one as it is. Returns whether anything differs. */
gboolean attachment_update (Attachment *self, SegmentInfo *info, GPtrArray *entries);

Attachment *attachment_ref (Attachment *self);
void attachment_unref (Attachment *self);

/* Looks again: has it shrunk, been replaced or removed, have entries come or
 * gone? Costs next to nothing when nothing changed. Returns whether info or
 * entries are other than before; of several who share it the first is told, so a
 * user compares them with what it has itself. */
gboolean attachment_refresh (Attachment *self);

/* What is found out in the background after opening (names of a program's objects) is waited
 * for, a few seconds at most. For who looks up a name; the window shows what there is. */
void attachment_settle (Attachment *self);

/* Asks for a look at everything, also where nothing tells of a change; its result comes with a
 * later refresh. */
void attachment_look_again (Attachment *self);

/* What was found, not readable and why, and how long it took, as lines for people (char *). The
 * caller owns the array; empty where there is nothing to find. */
GPtrArray *attachment_report (Attachment *self);

/* The newest snapshots; the caller owns a reference. */
SegmentInfo *attachment_get_info (Attachment *self);
GPtrArray *attachment_get_entries (Attachment *self, guint64 *ret_generation);

/* The entry of this name or id in the newest snapshot, with a reference; NULL. */
EntryInfo *attachment_find_entry (Attachment *self, const char *name);
EntryInfo *attachment_find_entry_id (Attachment *self, guint64 id);

/* Copies the elements first <= i < last, in C order and packed, without taking a
 * lock and without disturbing anyone. Memory that went away is survived.
 *
 * Returns an enum shmlens_consistency, or -errno: -ERANGE, -EFAULT the memory is
 * gone (refresh says why), -ESTALE the entry was removed. */
int attachment_read (Attachment *self, EntryInfo *entry, guint64 first, guint64 last,
                     void *ret_elements);

/* The entry's write counter; -ENOTSUP when its kind counts none. */
int attachment_writes (Attachment *self, EntryInfo *entry, guint64 *ret_writes);

/* The lock at this moment, without taking it; a holder that is gone is reported
 * as dead. 0, or -errno as attachment_read(). */
int attachment_describe_lock (Attachment *self, EntryInfo *entry,
                              LockInfo *ret_info);

/* The processes that wait for the entry's lock now, as pid_t, ascending; those that
 * cannot be told are left out. Costs a look at every thread of the programs. The caller
 * owns the array. */
GArray *attachment_list_waiters (Attachment *self, EntryInfo *entry);

/* Takes the entry's own lock the way that survives our death, waiting
 * timeout_ns at most. The entry is validated again once it is held.
 *
 * recover: take over a dead holder's lock, instead of failing with OWNER_DIED.
 * cancelled: atomic; another thread sets it to make this one give up. May be NULL.
 * ret_recovered: whether that happened; may be NULL.
 * Errors: TIMEOUT, CANCELLED, NO_LOCK, OWNER_DIED, PERMISSION, CORRUPT, NOT_FOUND. */
gboolean attachment_lock (Attachment *self, EntryInfo *entry, guint64 timeout_ns,
                          gboolean recover, const gint *cancelled,
                          gboolean *ret_recovered, GError **error);
void attachment_unlock (Attachment *self, EntryInfo *entry);

/* Makes free, for a holder that is dead, its lock: a semaphore is let go; a lock that programs
 * recover themselves is recovered, and the next to take it is not told of the death. What it
 * guards may be half written: to be asked for by a person who was told so.
 *
 * Errors: CONDITION the lock is free, or its holder lives, or that is not certain;
 * PERMISSION, NO_LOCK, CORRUPT, NOT_FOUND. */
gboolean attachment_release_dead (Attachment *self, EntryInfo *entry, GError **error);

/* Writes bytes at an offset counted from the entry's first element, in packed C
 * order. Whole aligned elements of up to 8 bytes are stored atomically. Raises the
 * write counter where the entry has one, as shmlens_entry_store() does without the
 * lock.
 * Errors: PERMISSION, CORRUPT, NOT_FOUND. */
gboolean attachment_store (Attachment *self, EntryInfo *entry, guint64 offset, guint64 length,
                           const void *bytes, GError **error);

/* Writes these parts of each of n elements from the first on, those that differ from what is in
 * `before`: as several attachment_store(), at once where the source can. before: NULL writes all. The
 * elements are packed. */
gboolean attachment_store_parts (Attachment *self, EntryInfo *entry, guint64 first, guint64 n,
                                 const struct memory_part *parts, guint n_parts,
                                 const void *before, const void *elements, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Attachment, attachment_unref)
