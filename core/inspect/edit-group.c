/* edit-group.c - several edits made as one step. */
#include "edit-group.h"

#include <glib/gi18n-lib.h>

#include "edit-run.h"
#include "inspect-error.h"

EditGroup *
edit_group_new (const char *title)
{
  EditGroup *group = g_new0 (EditGroup, 1);

  group->references = 1;
  group->title = g_strdup (title);
  group->edits = g_ptr_array_new_with_free_func ((GDestroyNotify) edit_unref);
  return group;
}

void
edit_group_add (EditGroup *group, Edit *edit)
{
  g_ptr_array_add (group->edits, edit_ref (edit));
}

EditGroup *
edit_group_ref (EditGroup *group)
{
  g_atomic_int_inc (&group->references);
  return group;
}

void
edit_group_unref (EditGroup *group)
{
  if (group == NULL || !g_atomic_int_dec_and_test (&group->references))
    return;
  g_ptr_array_unref (group->edits);
  g_free (group->title);
  g_free (group);
}

char *
edit_group_describe (const EditGroup *group)
{
  if (group->title != NULL || group->edits->len == 0)
    return g_strdup (group->title != NULL ? group->title : "");
  return edit_describe (group->edits->pdata[0]);
}

guint64
edit_group_bytes (const EditGroup *group)
{
  guint64 bytes = 0;

  for (guint i = 0; i < group->edits->len; i++)
    bytes += 2 * (guint64) edit_size (group->edits->pdata[i]);
  return bytes;
}

/* --------------------------------------------------------------------- carrying out -- */

struct member
{
  EditRun run;
  guint number;        /* in the group */
  gboolean is_ready;   /* prepared, and not yet tried */
  EditOutcome *outcome;
};

static void
outcome_clear (gpointer data)
{
  EditOutcome *outcome = data;

  edit_result_clear (&outcome->result);
  g_clear_error (&outcome->error);
}

static GArray *
outcomes_new (const EditGroup *group)
{
  GArray *outcomes = g_array_new (FALSE, TRUE, sizeof (EditOutcome));

  g_array_set_clear_func (outcomes, outcome_clear);
  g_array_set_size (outcomes, group->edits->len);
  return outcomes;
}

static gboolean
share_lock (const struct member *a, const struct member *b)
{
  const Edit *edit_a = a->run.plan.edit, *edit_b = b->run.plan.edit;

  return a->run.takes_lock && b->run.takes_lock && edit_a->attachment == edit_b->attachment
         && edit_a->entry->lock_kind == edit_b->entry->lock_kind
         && edit_a->entry->lock_id == edit_b->entry->lock_id;
}

/* Under the lock, if it takes one. */
static void
work (struct member *member)
{
  member->is_ready = FALSE;
  edit_run_work (&member->run, &member->outcome->error);
}

static gboolean
is_cancelled (const gint *cancelled)
{
  return cancelled != NULL && g_atomic_int_get (cancelled) != 0;
}

static void
give_up (struct member *member)
{
  member->is_ready = FALSE;
  g_set_error (&member->outcome->error, INSPECT_ERROR, INSPECT_ERROR_CANCELLED,
               _("%s: the edit was given up"), member->run.plan.edit->entry->name);
}

/* Those from the first on that share its lock. */
static void
work_under_lock (struct member *first, struct member *end, const gint *cancelled)
{
  const Edit *edit = first->run.plan.edit;
  gboolean recovered = FALSE;
  GError *error = NULL;
  gboolean held = attachment_lock (edit->attachment, edit->entry, edit->timeout_ns,
                                   first->run.plan.recover, cancelled, &recovered, &error);

  for (struct member *member = first; member < end; member++)
    {
      if (!member->is_ready || (member != first && !share_lock (first, member)))
        continue;
      /* That the first is gone keeps the others from nothing: they ask for the lock themselves. */
      if (member != first && g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND))
        continue;
      member->outcome->result.recovered = recovered;
      if (held && member != first && is_cancelled (cancelled))
        give_up (member);
      else if (held)
        work (member);
      else
        member->outcome->error = g_error_copy (error);
      member->is_ready = FALSE;
    }
  if (held)
    attachment_unlock (edit->attachment, edit->entry);
  g_clear_error (&error);
}

/* Prepares number i. */
typedef gboolean (*Prepare) (EditRun *run, const EditGroup *group, guint i, gconstpointer data,
                             GError **error);

/* backwards: what was edited last comes first, as fields that overlap need to be undone. */
static GArray *
carry_out (const EditGroup *group, Prepare prepare, gconstpointer data, gboolean backwards,
           gint *ret_current, const gint *cancelled)
{
  guint n = group->edits->len;
  GArray *outcomes = outcomes_new (group);
  g_autofree struct member *members = g_new0 (struct member, n);
  g_autofree gboolean *is_prepared = g_new0 (gboolean, n);

  for (guint i = 0; i < n; i++)
    {
      guint number = backwards ? n - 1 - i : i;

      members[i].number = number;
      members[i].outcome = &g_array_index (outcomes, EditOutcome, number);
      is_prepared[i] = members[i].is_ready
        = prepare (&members[i].run, group, number, data, &members[i].outcome->error);
    }
  for (guint i = 0; i < n; i++)
    {
      if (!members[i].is_ready)
        continue;
      if (is_cancelled (cancelled))
        {
          give_up (&members[i]);
          continue;
        }
      if (ret_current != NULL)
        g_atomic_int_set (ret_current, (gint) members[i].number);
      if (members[i].run.takes_lock)
        work_under_lock (&members[i], members + n, cancelled);
      else
        work (&members[i]);
    }
  for (guint i = 0; i < n; i++)
    {
      if (!is_prepared[i])
        continue;
      if (members[i].outcome->error == NULL)
        edit_run_give (&members[i].run, members[i].outcome->result.recovered,
                       &members[i].outcome->result);
      edit_run_clear (&members[i].run);
    }
  return outcomes;
}

static gboolean
prepare_apply (EditRun *run, const EditGroup *group, guint i, gconstpointer data, GError **error)
{
  return edit_run_init (run, group->edits->pdata[i], error);
}

GArray *
edit_group_apply (const EditGroup *group, gint *ret_current, const gint *cancelled)
{
  return carry_out (group, prepare_apply, NULL, FALSE, ret_current, cancelled);
}

struct restoring
{
  GPtrArray *expected, *wanted;
  gboolean force;
};

static gboolean
prepare_restore (EditRun *run, const EditGroup *group, guint i, gconstpointer data, GError **error)
{
  const struct restoring *restoring = data;

  return edit_run_init_restore (run, group->edits->pdata[i], restoring->expected->pdata[i],
                                restoring->wanted->pdata[i], restoring->force, error);
}

GArray *
edit_group_restore (const EditGroup *group, GPtrArray *expected, GPtrArray *wanted, gboolean force,
                    gboolean backwards, gint *ret_current, const gint *cancelled)
{
  const struct restoring restoring = { expected, wanted, force };

  return carry_out (group, prepare_restore, &restoring, backwards, ret_current, cancelled);
}

GArray *
edit_group_refuse (const EditGroup *group, const GError *error)
{
  GArray *outcomes = outcomes_new (group);

  for (guint i = 0; i < outcomes->len; i++)
    g_array_index (outcomes, EditOutcome, i).error = g_error_copy (error);
  return outcomes;
}

guint
edit_outcomes_failed (const GArray *outcomes, GError **error)
{
  const GError *first = NULL;
  guint n = 0;

  for (guint i = 0; i < outcomes->len; i++)
    {
      const EditOutcome *outcome = &g_array_index (outcomes, EditOutcome, i);

      if (outcome->error == NULL)
        continue;
      n++;
      first = first != NULL ? first : outcome->error;
    }
  if (first != NULL && outcomes->len == 1)
    g_propagate_error (error, g_error_copy (first));
  else if (first != NULL)
    g_set_error (error, first->domain, first->code,
                 /* Translators: NUMBER of NUMBER failed: THE FIRST ERROR. */
                 _("%u of %u failed: %s"), n, outcomes->len, first->message);
  return n;
}
