/* entry-filter.h - which entries are looked for: a small language, without GTK.
 *
 * Words parted by blanks; an entry passes when all of them are true of it:
 *   loss            the name, type or unit contains it
 *   name:loss  unit:mm
 *   type:double     the type contains it, in our words or in those of its program; or is its
 *                   type code ("type:d")
 *   role:flag       what it is shown as
 *   pid:4711  process:worker    one of its processes
 *   is:changed  is:locked  is:held  is:array  is:value  is:struct  is:readonly
 * A comma parts what may be the one or the other ("role:flag,counter"), "-" before a word means
 * not, quotes keep blanks and commas in it ("name:'worker 1'"). Upper and lower case are the same.
 *
 * A word that cannot be understood never hides anything: it is left out, or, when it only looks
 * like one of those with a colon, looked for as it stands; `problem` says so.
 */
#pragma once

#include <glib.h>

#include "entry-info.h"
#include "lock-view.h"
#include "segment-info.h"

typedef struct entry_filter EntryFilter;

/* What the entry's description does not tell. */
struct entry_filter_state
{
  gboolean changed;       /* not long ago; this and the lock only of what is looked at */
  enum entry_lock lock;
  gboolean held;          /* we keep it, or a part of it, from changing */
};

/* Never fails. text: NULL is as "". */
EntryFilter *entry_filter_new (const char *text);
void entry_filter_free (EntryFilter *self);

/* What could not be understood, and what is known: a sentence or two; NULL when all was. Owned
 * by the filter. */
const char *entry_filter_get_problem (const EntryFilter *self);
/* Whether every entry passes. */
gboolean entry_filter_is_empty (const EntryFilter *self);
/* Whether it asks for what is only known of entries that are looked at. */
gboolean entry_filter_needs_state (const EntryFilter *self);
/* Whether it asks what is held. */
gboolean entry_filter_needs_held (const EntryFilter *self);

/* segment: the one that it is in; its processes are those of an entry that has none of its own. */
gboolean entry_filter_matches (EntryFilter *self, const EntryInfo *entry,
                               const SegmentInfo *segment,
                               const struct entry_filter_state *state);

/* The text with this word ("role:flag") put in, or taken out where it stands in it. Of "role:",
 * "type:" and the like only one stays. Newly allocated. */
char *entry_filter_toggle (const char *text, const char *word);
/* Whether the word stands in the text by itself. */
gboolean entry_filter_has (const char *text, const char *word);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EntryFilter, entry_filter_free)
