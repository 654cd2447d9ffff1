/* edit-text.h - what can be typed in, and the text that an edit begins with. */
#pragma once

#include "display-set.h"
#include "edit.h"

/* The elements as text that an edit would write back unchanged, newly allocated. NULL when
 * they cannot be edited as one text: arrays of numbers, whole structures.
 *
 * elements: `count` of them, as read. field: index, or -1 the element itself. */
char *edit_text_of (const EntryInfo *info, const void *elements, guint64 count, int field);
/* The same in the forms of a set, that display_set_parse() reads back, each number of several by
 * itself. Texts stay texts, and of progress there is only what is done. */
char *edit_text_in_form (const EntryInfo *info, const DisplaySet *displays, const void *elements,
                         guint64 count, int field);
/* Whether it is typed in as one text, and not number by number. */
gboolean edit_text_is_text (const EntryInfo *info, int field);

/* Whether one text can stand for this entry or field, as far as its type says. */
gboolean edit_text_is_possible (const EntryInfo *info, int field);

/* An edit of a whole value, text or field. Commas part the elements of a field that is
 * an array of numbers. */
Edit *edit_text_make (Attachment *attachment, EntryInfo *info, int field, const char *text);

/* An edit of several elements of an array, or of a field of each: "0:2" is a ramp. */
Edit *edit_text_make_block (Attachment *attachment, EntryInfo *info, const ArrayBlock *block,
                            int field, const char *text);
/* A line on what may be typed for several elements. Newly allocated. */
char *edit_text_block_hint (const EntryInfo *info, int field);

/* A line on what may be typed: its range, its labels, "+=5". Newly allocated. */
char *edit_text_hint (const EntryInfo *info, int field);

/* What else can be done about an edit that failed this way: the label of the offer, for a
 * button; NULL when there is none. */
const char *edit_text_offer (const Edit *edit, const GError *error);
/* The edit that is offered then. */
Edit *edit_text_make_offer (const Edit *edit, const GError *error);
