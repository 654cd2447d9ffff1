/* edit.h - one change of elements, as asked for: what, where, how. Immutable
 * once applied. */
#pragma once

#include "attachment.h"

typedef struct edit Edit;

enum edit_operation
{
  EDIT_SET,       /* = */
  EDIT_ADD,       /* += */
  EDIT_SUBTRACT,  /* -= */
  EDIT_MULTIPLY   /* *= */
};

struct edit
{
  Attachment *attachment;
  EntryInfo *entry;
  guint64 first, last;          /* elements first <= i < last; of a value 0, 1 */
  int field;                    /* of a structure: index; -1 the whole element */
  guint64 field_index;          /* of an array in a structure: which one */
  enum edit_operation operation;
  GPtrArray *texts;             /* one text for all elements, or one for each */
  char *condition;              /* text of what every element must be before; NULL: anything */
  guint64 timeout_ns;
  gboolean unlocked;            /* explicitly without the lock */
  gboolean recover;             /* explicitly over a dead holder */
};

#define EDIT_TIMEOUT_DEFAULT_NS (G_GUINT64_CONSTANT (1000000000))

/* An edit of `entry` with one text, for example "5", "+=5", "-= 1", "*=2". A leading
 * operator is taken off the text unless the type is character or text. */
Edit *edit_new (Attachment *attachment, EntryInfo *entry, guint64 first, guint64 last,
                const char *text);
/* The same with a text for each element. */
Edit *edit_new_texts (Attachment *attachment, EntryInfo *entry, guint64 first, guint64 last,
                      enum edit_operation operation, GPtrArray *texts);
Edit *edit_ref (Edit *edit);
void edit_unref (Edit *edit);

/* Checks all that can be told without touching the segment: the text is of the
 * type and in the entry's range, the entry may be edited, the range of elements is
 * there. For checking while the user types. Errors: BAD_VALUE, PERMISSION, NOT_FOUND. */
gboolean edit_check (const Edit *edit, GError **error);

/* Applies it: parses, takes the lock, compares with the condition, computes, checks
 * the range, stores, releases. Nothing is written unless everything can be. Waits in
 * the calling thread; the editor calls it on its own.
 *
 * ret_before, ret_after: the elements (packed) before and after; newly allocated;
 * may be NULL. ret_recovered: a dead holder's lock was recovered; may be NULL. */
gboolean edit_apply (const Edit *edit, GCancellable *cancellable, GBytes **ret_before,
                     GBytes **ret_after, gboolean *ret_recovered, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Edit, edit_unref)
