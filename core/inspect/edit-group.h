/* edit-group.h - several edits made as one step: those that share a lock under one hold of
 * it, and undone together. An edit that cannot be made does not keep the others from it.
 * Filled by edit_group_add(); immutable once it is applied.
 */
#pragma once

#include "edit.h"

typedef struct edit_group EditGroup;
typedef struct edit_outcome EditOutcome;

struct edit_group
{
  gint references;   /* atomic */
  char *title;       /* what the step is called; NULL: as its first edit */
  GPtrArray *edits;
};

struct edit_outcome
{
  EditResult result;
  GError *error;     /* NULL: it was made */
};

EditGroup *edit_group_new (const char *title);
void edit_group_add (EditGroup *group, Edit *edit);
EditGroup *edit_group_ref (EditGroup *group);
void edit_group_unref (EditGroup *group);

/* "restore 12 entries", "loss = 0.5". Newly allocated. */
char *edit_group_describe (const EditGroup *group);

/* How many bytes were there before and are there afterwards. */
guint64 edit_group_bytes (const EditGroup *group);

/* Applies them as edit_apply() does each. Waits for each lock as long as the first of
 * its edits says; where it is not obtained, all that share it fail alike.
 *
 * ret_current: atomic; which edit is being waited for, for others to look at. May be NULL.
 * Returns an EditOutcome for each edit; the caller owns the array. */
GArray *edit_group_apply (const EditGroup *group, gint *ret_current, const gint *cancelled);

/* The same by edit_restore(); of GBytes, for each edit. backwards: the last one first, as an
 * undo needs of edits that overlap. */
GArray *edit_group_restore (const EditGroup *group, GPtrArray *expected, GPtrArray *wanted,
                            gboolean force, gboolean backwards, gint *ret_current,
                            const gint *cancelled);

/* The outcomes of a group of which nothing is made, for this reason. */
GArray *edit_group_refuse (const EditGroup *group, const GError *error);

/* How many failed; the first error is given when it is more than none, with their number where
 * there are several edits. error may be NULL. */
guint edit_outcomes_failed (const GArray *outcomes, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EditGroup, edit_group_unref)
