/* journal.c - the steps that can be undone and redone. */
#include "journal.h"

struct journal
{
  guint max_steps;
  gsize max_bytes;
  gsize bytes;
  GQueue undo, redo;  /* of struct journal_step; the next one is the tail */
  GSList *dropped;
  guint64 newest;     /* the highest number that was given */
};

Journal *
journal_new (guint max_steps, gsize max_bytes)
{
  Journal *journal = g_new0 (Journal, 1);

  journal->max_steps = max_steps;
  journal->max_bytes = max_bytes;
  return journal;
}

static struct journal_step *
step_new (const char *title)
{
  struct journal_step *step = g_new0 (struct journal_step, 1);

  step->group = edit_group_new (title);
  step->before = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  step->after = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  return step;
}

static void
step_free (gpointer data)
{
  struct journal_step *step = data;

  edit_group_unref (step->group);
  g_ptr_array_unref (step->before);
  g_ptr_array_unref (step->after);
  g_free (step);
}

static void
step_add (struct journal_step *step, const Edit *edit, GBytes *before, GBytes *after)
{
  edit_group_add (step->group, (Edit *) edit);
  g_ptr_array_add (step->before, g_bytes_ref (before));
  g_ptr_array_add (step->after, g_bytes_ref (after));
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
  gsize size = 0;

  for (guint i = 0; i < step->before->len; i++)
    size += g_bytes_get_size (step->before->pdata[i]) + g_bytes_get_size (step->after->pdata[i]);
  return size;
}

static void
drop (Journal *journal, struct journal_step *step)
{
  if (step == NULL)
    return;
  journal->bytes -= step_size (step);
  journal->dropped = g_slist_prepend (journal->dropped, step);
}

static void
push (Journal *journal, GQueue *side, struct journal_step *step)
{
  g_queue_push_tail (side, step);
  journal->bytes += step_size (step);
}

static void
add_step (Journal *journal, struct journal_step *step)
{
  step->number = ++journal->newest;
  while (!g_queue_is_empty (&journal->redo))
    drop (journal, g_queue_pop_head (&journal->redo));
  if (step_size (step) > journal->max_bytes)
    {
      journal->dropped = g_slist_prepend (journal->dropped, step);
      return;
    }
  push (journal, &journal->undo, step);
  while (journal->undo.length > journal->max_steps || journal->bytes > journal->max_bytes)
    drop (journal, g_queue_pop_head (&journal->undo));
}

void
journal_add (Journal *journal, const Edit *edit, GBytes *before, GBytes *after)
{
  struct journal_step *step = step_new (NULL);

  step_add (step, edit, before, after);
  add_step (journal, step);
}

gboolean
journal_add_group (Journal *journal, const EditGroup *group, const GArray *outcomes)
{
  struct journal_step *step = step_new (group->title);

  for (guint i = 0; i < outcomes->len; i++)
    {
      const EditOutcome *outcome = &g_array_index (outcomes, EditOutcome, i);

      if (outcome->error == NULL)
        step_add (step, group->edits->pdata[i], outcome->result.before, outcome->result.after);
    }
  if (step->before->len > 0)
    add_step (journal, step);
  else
    step_free (step);
  return outcomes->len > edit_outcomes_failed (outcomes, NULL);
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

/* The part of a step with this fate; NULL: there is none. */
static struct journal_step *
part_of (const struct journal_step *step, const enum journal_fate *fates, enum journal_fate fate)
{
  struct journal_step *part = step_new (step->group->title);

  part->number = step->number;
  for (guint i = 0; i < step->before->len; i++)
    if (fates[i] == fate)
      step_add (part, step->group->edits->pdata[i], step->before->pdata[i], step->after->pdata[i]);
  if (part->before->len > 0)
    return part;
  step_free (part);
  return NULL;
}

static void
move (Journal *journal, GQueue *from, GQueue *to, const enum journal_fate *fates)
{
  struct journal_step *step = g_queue_pop_tail (from);
  struct journal_step *kept, *moved;

  if (fates == NULL)
    {
      step->number = ++journal->newest;
      g_queue_push_tail (to, step);
      return;
    }
  kept = part_of (step, fates, JOURNAL_KEPT);
  moved = part_of (step, fates, JOURNAL_MOVED);
  drop (journal, step);
  if (kept != NULL)
    push (journal, from, kept);
  if (moved == NULL)
    return;
  moved->number = ++journal->newest;
  push (journal, to, moved);
}

void
journal_undone (Journal *journal, const enum journal_fate *fates)
{
  move (journal, &journal->undo, &journal->redo, fates);
}

void
journal_redone (Journal *journal, const enum journal_fate *fates)
{
  move (journal, &journal->redo, &journal->undo, fates);
}

GSList *
journal_steal_dropped (Journal *journal)
{
  return g_steal_pointer (&journal->dropped);
}
