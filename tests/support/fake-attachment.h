/* fake-attachment.h - an Attachment over plain memory, whose locks can be held or
 * dead, and whose memory, entries and segment can go away while somebody uses
 * them. All functions from any thread. */
#pragma once

#include "attachment.h"

typedef struct fake_attachment FakeAttachment;

struct fake_counts
{
  guint reads, refreshes, locks, stores;
  guint locked_stores;   /* of these, by a thread that held the entry's lock */
  guint unlocks;
  guint timeouts;        /* of threads that waited for a lock */
  guint64 stored_bytes;
};

/* Room for `size` bytes of elements. Give it to fake_attachment_unref(). */
FakeAttachment *fake_attachment_new (gsize size);
void fake_attachment_unref (FakeAttachment *fake);
Attachment *fake_attachment_base (FakeAttachment *fake);

/* Adds an entry; id, offset and length are filled in, and the lock id of a robust
 * lock when it is 0. initial: NULL is zero. The caller gets a reference. */
EntryInfo *fake_attachment_add (FakeAttachment *fake, const EntryInfo *values,
                                const void *initial);
/* A plain value (length 0) or one-dimensional array with a robust lock. */
EntryInfo *fake_attachment_add_plain (FakeAttachment *fake, const char *name, char code,
                                      guint64 length, const void *initial);

/* What the program itself does to its memory. */
void fake_attachment_poke (FakeAttachment *fake, EntryInfo *entry, guint64 first, guint64 n,
                           const void *elements);
void fake_attachment_peek (FakeAttachment *fake, EntryInfo *entry, guint64 first, guint64 n,
                           void *ret_elements);

/* Another process holds the entry's lock, lets it go, or died holding it. */
void fake_attachment_hold (FakeAttachment *fake, EntryInfo *entry, pid_t pid);
void fake_attachment_release (FakeAttachment *fake, EntryInfo *entry);
void fake_attachment_kill_holder (FakeAttachment *fake, EntryInfo *entry);

/* The memory is gone (and back); the entry was removed; the segment's state. */
void fake_attachment_set_gone (FakeAttachment *fake, gboolean gone);
void fake_attachment_remove (FakeAttachment *fake, EntryInfo *entry);
void fake_attachment_set_state (FakeAttachment *fake, enum segment_state state,
                                const char *reason);
/* Every store from now on fails. */
void fake_attachment_set_read_only (FakeAttachment *fake, gboolean read_only);

void fake_attachment_get_counts (FakeAttachment *fake, struct fake_counts *ret_counts);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FakeAttachment, fake_attachment_unref)
