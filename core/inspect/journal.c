/* journal.c - the edits that can be undone and redone. */
#include "journal.h"

struct journal
{
  guint max_steps;
  gsize max_bytes;
  gsize bytes;
  GQueue undo, redo;  /* of struct journal_step; the next one is the tail */
  GSList *dropped;
};

Journal *
journal_new (guint max_steps, gsize max_bytes)
{
  Journal *journal = g_new0 (Journal, 1);

  journal->max_steps = max_steps;
  journal->max_bytes = max_bytes;
  return journal;
}

static void
step_free (gpointer data)
{
  struct journal_step *step = data;

  edit_unref (step->edit);
  g_bytes_unref (step->before);
  g_bytes_unref (step->after);
  g_free (step);
}

void
journal_steps_free (GSList *steps)
{
  g_slist_free_full (steps, step_free);
}

void
journal_free (Journal *journal)
{
  if (journal == NULL)
    return;
  g_queue_clear_full (&journal->undo, step_free);
  g_queue_clear_full (&journal->redo, step_free);
  journal_steps_free (journal->dropped);
  g_free (journal);
}

static gsize
step_size (const struct journal_step *step)
{
  return g_bytes_get_size (step->before) + g_bytes_get_size (step->after);
}

static void
drop (Journal *journal, struct journal_step *step)
{
  if (step == NULL)
    return;
  journal->bytes -= step_size (step);
  journal->dropped = g_slist_prepend (journal->dropped, step);
}

void
journal_add (Journal *journal, const Edit *edit, GBytes *before, GBytes *after)
{
  struct journal_step *step = g_new0 (struct journal_step, 1);

  step->edit = edit_ref ((Edit *) edit);
  step->before = g_bytes_ref (before);
  step->after = g_bytes_ref (after);
  while (!g_queue_is_empty (&journal->redo))
    drop (journal, g_queue_pop_head (&journal->redo));
  g_queue_push_tail (&journal->undo, step);
  journal->bytes += step_size (step);
  while (journal->undo.length > journal->max_steps || journal->bytes > journal->max_bytes)
    drop (journal, g_queue_pop_head (&journal->undo));
}

const struct journal_step *
journal_get_undo (Journal *journal)
{
  return g_queue_peek_tail (&journal->undo);
}

const struct journal_step *
journal_get_redo (Journal *journal)
{
  return g_queue_peek_tail (&journal->redo);
}

void
journal_undone (Journal *journal)
{
  g_queue_push_tail (&journal->redo, g_queue_pop_tail (&journal->undo));
}

void
journal_redone (Journal *journal)
{
  g_queue_push_tail (&journal->undo, g_queue_pop_tail (&journal->redo));
}

void
journal_drop_undo (Journal *journal)
{
  drop (journal, g_queue_pop_tail (&journal->undo));
}

void
journal_drop_redo (Journal *journal)
{
  drop (journal, g_queue_pop_tail (&journal->redo));
}

GSList *
journal_steal_dropped (Journal *journal)
{
  return g_steal_pointer (&journal->dropped);
}
