/* journal.h - the edits that can be undone and redone: bounded, oldest out first.
 * Not safe between threads by itself. */
#pragma once

#include "edit.h"

typedef struct journal Journal;

struct journal_step
{
  Edit *edit;
  GBytes *before, *after;
};

Journal *journal_new (guint max_steps, gsize max_bytes);
void journal_free (Journal *journal);

/* Adds an edit that was made; what could be redone is forgotten. */
void journal_add (Journal *journal, const Edit *edit, GBytes *before, GBytes *after);

/* What would be undone or redone next; NULL when nothing. Owned by the journal. */
const struct journal_step *journal_get_undo (Journal *journal);
const struct journal_step *journal_get_redo (Journal *journal);

/* It was undone or redone: moves it to the other side. */
void journal_undone (Journal *journal);
void journal_redone (Journal *journal);
/* It can never be. */
void journal_drop_undo (Journal *journal);
void journal_drop_redo (Journal *journal);

/* Steps that left the journal are kept until this, because freeing one may unmap a
 * segment. The caller takes the list and gives it to journal_steps_free(). */
GSList *journal_steal_dropped (Journal *journal);
void journal_steps_free (GSList *steps);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Journal, journal_free)
