/* journal.h - the steps that can be undone and redone: bounded, oldest out first.
 * Not safe between threads by itself. */
#pragma once

#include "edit-group.h"

typedef struct journal Journal;

/* The edits of one step, and of each what was there before and after. */
struct journal_step
{
  EditGroup *group;
  GPtrArray *before, *after;   /* of GBytes */
  guint64 number;              /* from 1 on: a higher one each time that it is made, undone or
                                * redone; what could not be keeps its own */
};

Journal *journal_new (guint max_steps, gsize max_bytes);
void journal_free (Journal *journal);

/* Adds an edit that was made, or those of a group that were; what could be redone is forgotten. One
 * that is larger than the journal is not kept, and leaves the others as they are. FALSE: none was
 * made. */
void journal_add (Journal *journal, const Edit *edit, GBytes *before, GBytes *after);
gboolean journal_add_group (Journal *journal, const EditGroup *group, const GArray *outcomes);

/* What would be undone or redone next; NULL when nothing. Owned by the journal. */
const struct journal_step *journal_get_undo (Journal *journal);
const struct journal_step *journal_get_redo (Journal *journal);

/* It was undone or redone. Of each of its edits: moved to the other side, kept where it is since it
 * could not be made now, or dropped since it never can be. fates: NULL all are moved. */
enum journal_fate
{
  JOURNAL_MOVED,
  JOURNAL_KEPT,
  JOURNAL_DROPPED
};
void journal_undone (Journal *journal, const enum journal_fate *fates);
void journal_redone (Journal *journal, const enum journal_fate *fates);

/* Steps that left the journal are kept until this, because freeing one may unmap a
 * segment. The caller takes the list and gives it to journal_steps_free(). */
GSList *journal_steal_dropped (Journal *journal);
void journal_steps_free (GSList *steps);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Journal, journal_free)
