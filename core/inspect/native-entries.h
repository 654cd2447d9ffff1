/* native-entries.h - the entries of a segment of ours, from copies of its slots. */
#pragma once

#include "entry-info.h"
#include "native-view.h"

/* More entries than this are not listed. */
#define NATIVE_ENTRIES_MAX 100000u

/* Nor those behind so many bytes of fields, labels and docs: all slots of a hostile
 * segment could point to the same ones. */
#define NATIVE_METADATA_MAX (G_GUINT64_CONSTANT (64) << 20)

/* All entries, in the order of their slots. What is corrupt is there too, named
 * "#3 (corrupt)", with the reason and without elements.
 *
 * old: the entries of an earlier look, of which those that live on are taken over;
 * may be NULL.
 * refusal: why none may be edited at all; NULL.
 * unlocked: why none can be locked; NULL. */
GPtrArray *native_entries (NativeView *view, GPtrArray *old, const char *refusal,
                           const char *unlocked);

/* The slot of an entry, and the state word that says it is still the same. */
static inline guint32
native_entry_slot (const EntryInfo *entry)
{
  return (guint32) entry->id;
}

static inline guint32
native_entry_state (const EntryInfo *entry)
{
  return (guint32) (entry->id >> 32) << FORMAT_STATE_BITS | FORMAT_SLOT_LIVE;
}
