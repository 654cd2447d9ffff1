/* display-set.h - how people want one entry displayed: its elements, or each of their fields.
 *
 * NULL is a set too: all is as the entry itself says. Immutable; counted references, any thread.
 */
#pragma once

#include "display.h"
#include "entry-info.h"

/* A set that says display of the elements (field -1) or of a field, and else what `set` says; NULL
 * when nothing is left that differs from the entry. display: NULL, or one that does not suit: as the
 * entry says. Give it to display_set_unref(). */
DisplaySet *display_set_with (const DisplaySet *set, const EntryInfo *info, int field,
                              const Display *display);
DisplaySet *display_set_ref (DisplaySet *set);
void display_set_unref (DisplaySet *set);

/* NULL: as the entry says. Owned by the set. */
const Display *display_set_get (const DisplaySet *set, int field);
/* Whether numbers have another form than the entry says: more than a unit. */
gboolean display_set_has_form (const DisplaySet *set, int field);
/* Whether an edit begins with the number in that form: of progress there is only what is done. */
gboolean display_set_is_typed (const DisplaySet *set, int field);
/* Puts a set where another is, or none. FALSE: it was there already. */
gboolean display_set_replace (DisplaySet **place, DisplaySet *set);
/* The type of the scalars, and the bits of a bit field, else 0. */
const struct shmlens_type *display_set_type (const EntryInfo *info, int field, guint *ret_bits);

/* The names that the program itself gives to values, as a form to read them in. NULL: there are
 * none. */
Display *display_set_own_labels (const EntryInfo *info, int field);

/* One scalar of an element, as entry_info_extract() has it, in its form; FALSE, and nothing, when
 * that is as the entry says. */
gboolean display_set_append (const DisplaySet *set, const EntryInfo *info, const void *element,
                             int field, guint64 index, GString *text);
/* What people typed for such a scalar, as edits read it; in any form what only calculates ("+=5"),
 * and the names that the program itself has for values, unless the form has them for others. Newly
 * allocated; NULL with BAD_VALUE. */
char *display_set_parse (const DisplaySet *set, const EntryInfo *info, int field, const char *text,
                         GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DisplaySet, display_set_unref)
