/* edit.h - one change of elements, as asked for: what, where, how. Set its members
 * after edit_new(); immutable once it is checked or applied.
 *
 * Values: what shmlens_type_parse() reads, or the text of a label. Integers are
 * computed exactly, whatever their size; floats in their own precision. A result
 * that the type or the entry's range cannot hold is an error, and nothing is written.
 * bool, char and Unicode elements can only be set. One text for several char
 * or Unicode elements is spread over them (in structures, over the array of each):
 * escapes as in single elements, the rest filled with NULs, longer than the room
 * is an error.
 *
 * Locks: an edit takes the entry's lock. An entry that can be edited but has a
 * `reason` (it has no lock, or one that cannot be taken from outside or is not known)
 * needs `unlocked`, else the edit fails with NO_LOCK. Without a lock, anything but the
 * setting of one element may lose what the program writes at the same moment;
 * edit_result.consistency tells.
 */
#pragma once

#include "array-block.h"

typedef struct edit Edit;
typedef struct edit_result EditResult;

enum edit_operation
{
  EDIT_FROM_TEXT, /* as the one text begins: "+=5", "-= 1", "*=2"; "5" sets */
  EDIT_SET,       /* = */
  EDIT_ADD,       /* += */
  EDIT_SUBTRACT,  /* -= */
  EDIT_MULTIPLY,  /* *= */
  EDIT_RAMP       /* two texts: what the first becomes, and how much more each next */
};

/* For field_index: all elements of an array in a structure. */
#define EDIT_FIELD_ALL ENTRY_FIELD_WHOLE

struct edit
{
  gint references;              /* atomic */
  Attachment *attachment;
  EntryInfo *entry;
  guint64 first, last;          /* elements first <= i < last; of a value 0, 1 */
  ArrayBlock *block;            /* of these only the ones in it; NULL: all */
  int field;                    /* of a structure: index; -1 the whole element */
  guint64 field_index;          /* of an array in a structure: which one, or EDIT_FIELD_ALL */
  enum edit_operation operation;
  GPtrArray *texts;             /* one text for all elements, or one for each */
  GBytes *elements;             /* instead of texts: packed elements, as read; else NULL */
  char *condition;              /* text of what every element must be before; NULL: anything */
  guint64 timeout_ns;
  gboolean unlocked;            /* explicitly without the lock */
  gboolean recover;             /* explicitly over a dead holder */
  gboolean without_undo;        /* explicitly, though the editor cannot keep what was there */
};

#define EDIT_TIMEOUT_DEFAULT_NS (G_GUINT64_CONSTANT (1000000000))

struct edit_result
{
  GBytes *before;  /* the elements, packed, as they were */
  GBytes *after;   /* and as the edit left them */
  gboolean recovered;  /* a dead holder's lock was recovered */
  enum shmlens_consistency consistency;  /* LOCKED; ATOMIC one element set; else UNLOCKED */
};

void edit_result_clear (EditResult *result);

/* An edit of `entry` with one text, for example "5", "+=5", "-= 1", "*=2". Characters
 * have no operators: "+=5" is text to them. Field -1, waits a second for the lock. */
Edit *edit_new (Attachment *attachment, EntryInfo *entry, guint64 first, guint64 last,
                const char *text);
/* The same with a text for each element. */
Edit *edit_new_texts (Attachment *attachment, EntryInfo *entry, guint64 first, guint64 last,
                      enum edit_operation operation, GPtrArray *texts);
/* Sets elements to bytes as attachment_read() gives them; of structures one field (set
 * `field`) of each, or (field -1) all that can be edited. */
Edit *edit_new_elements (Attachment *attachment, EntryInfo *entry, guint64 first, guint64 last,
                         GBytes *elements);
/* Edits the elements of a block, row by row, in place of all from first to last. */
void edit_set_block (Edit *edit, const ArrayBlock *block);
/* Which elements it edits, and how many bytes they have. */
ArrayBlock edit_get_block (const Edit *edit);
gsize edit_size (const Edit *edit);
Edit *edit_ref (Edit *edit);
void edit_unref (Edit *edit);

/* Checks all that can be told without touching the segment: the text is of the
 * type and in the entry's range, the entry may be edited, the range of elements is
 * there. For checking while the user types: fast, no side effects. That the entry
 * needs an unlocked edit is left to edit_apply(). Errors: BAD_VALUE, PERMISSION,
 * NOT_FOUND. */
gboolean edit_check (const Edit *edit, GError **error);

/* Applies it: parses, takes the lock, compares with the condition, computes, checks
 * the range, stores, releases. Nothing is written unless everything can be. Waits in
 * the calling thread; the editor calls it on its own.
 *
 * ret_result: give it to edit_result_clear(); may be NULL; untouched on failure.
 * Errors: BAD_VALUE, PERMISSION, NOT_FOUND, CONDITION, CORRUPT (the memory is gone, or
 * the segment was replaced by another of its name), and those of attachment_lock(). */
gboolean edit_apply (const Edit *edit, const gint *cancelled, EditResult *ret_result,
                     GError **error);

/* Makes the edited elements `wanted` where they still are `expected`, in the same way
 * and under the same lock: undo (expected after, wanted before) and redo. Of
 * structures only the edited field is looked at and written, of several those that differ. A dead holder's lock is
 * not recovered for it (OWNER_DIED), even if it was for the edit.
 *
 * force: whatever they are now. Errors: as edit_apply(); CONDITION names both values. */
gboolean edit_restore (const Edit *edit, GBytes *expected, GBytes *wanted, gboolean force,
                       const gint *cancelled, EditResult *ret_result, GError **error);

/* "loss = 0.5", "counts[3] = 7", "counts[0:5] += 1", "robot.pos.x = 2". */
char *edit_describe (const Edit *edit);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Edit, edit_unref)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (EditResult, edit_result_clear)
