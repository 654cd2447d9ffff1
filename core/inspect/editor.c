/* editor.c - applies edits on a thread of its own, and keeps the journal.
 *
 * A job goes from the queue to `current` to the finished ones; jobs and steps of the
 * journal are made and freed in the main context alone. The journal is changed by the
 * thread, right after each job, so that the next undo finds the edit before it.
 */
#include "editor.h"

#include <glib/gi18n-lib.h>
#include <unistd.h>

#include "inspect-error.h"
#include "journal.h"
#include "worker.h"

#define WAITING_INTERVAL_MS 100

enum job_kind
{
  JOB_APPLY,
  JOB_UNDO,
  JOB_REDO
};

struct job
{
  enum job_kind kind;
  gboolean force;
  EditorDone done;
  EditorGroupDone group_done;
  gpointer user_data;
  EditGroup *group;         /* of an undo: known once it has begun */
  gint cancelled;           /* atomic: set to give it up */
  gint current;             /* atomic: which of the group's edits is being made */
  guint64 started_ns;
  GArray *outcomes;         /* of each edit; NULL: it never came to that */
  GError *error;            /* of the whole */
};

struct editor
{
  pthread_mutex_t mutex;
  pthread_cond_t cond;
  pthread_t thread;
  GSource *source;          /* holds the editor's memory */

  /* The main context's. */
  gboolean freed;
  guint n_jobs;             /* not yet reported */
  GSource *waiting_source;
  EditorWaiting waiting;
  gpointer waiting_data;
  EditorChanged changed;
  gpointer changed_data;

  /* Under the mutex. */
  gboolean stop;
  pid_t tid;                /* the thread's */
  GQueue queue;             /* of struct job */
  GQueue finished;
  struct job *current;
  Journal *journal;
};

static void
job_free (gpointer data)
{
  struct job *job = data;

  edit_group_unref (job->group);
  g_clear_pointer (&job->outcomes, g_array_unref);
  g_clear_error (&job->error);
  g_free (job);
}

/* -------------------------------------------------------------- the thread -- */

/* What a step that cannot be undone any more fails with. */
static gboolean
is_final (const GError *error)
{
  return g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND)
         || g_error_matches (error, INSPECT_ERROR, INSPECT_ERROR_CORRUPT);
}

/* A step that the journal cannot keep is made only when that was asked for: else a person finds out
 * when it is too late. NULL: it may be made. */
static GError *
check_undo (const EditGroup *group)
{
  const Edit *first = group->edits->pdata[0];
  g_autofree char *size = NULL, *limit = NULL;

  if (edit_group_bytes (group) <= EDITOR_JOURNAL_BYTES)
    return NULL;
  for (guint i = 0; i < group->edits->len; i++)
    if (((const Edit *) group->edits->pdata[i])->without_undo)
      return NULL;
  size = g_format_size_full (edit_group_bytes (group) / 2, G_FORMAT_SIZE_IEC_UNITS);
  limit = g_format_size_full (EDITOR_JOURNAL_BYTES / 2, G_FORMAT_SIZE_IEC_UNITS);
  return g_error_new (INSPECT_ERROR, INSPECT_ERROR_NO_UNDO,
                      _("%s: %s would be written in one step, and Undo cannot take back more than"
                        " %s; edit fewer elements at once, or write without Undo"),
                      first->entry->name, size, limit);
}

/* These two are called and left with the mutex held, which they give up to work. */
static void
run_apply (Editor *editor, struct job *job)
{
  g_autoptr (GError) refusal = check_undo (job->group);

  pthread_mutex_unlock (&editor->mutex);
  job->outcomes = refusal != NULL
                    ? edit_group_refuse (job->group, refusal)
                    : edit_group_apply (job->group, &job->current, &job->cancelled);
  edit_outcomes_failed (job->outcomes, &job->error);
  pthread_mutex_lock (&editor->mutex);
  journal_add_group (editor->journal, job->group, job->outcomes);
}

/* What becomes of each edit of a step. */
static enum journal_fate *
decide_fates (const GArray *outcomes)
{
  enum journal_fate *fates = g_new (enum journal_fate, outcomes->len);

  for (guint i = 0; i < outcomes->len; i++)
    {
      const GError *error = g_array_index (outcomes, EditOutcome, i).error;

      fates[i] = error == NULL ? JOURNAL_MOVED : is_final (error) ? JOURNAL_DROPPED : JOURNAL_KEPT;
    }
  return fates;
}

static void
run_restore (Editor *editor, struct job *job)
{
  gboolean undo = job->kind == JOB_UNDO;
  /* The step stays where it is: only this thread moves any. */
  const struct journal_step *step
    = undo ? journal_get_undo (editor->journal) : journal_get_redo (editor->journal);
  g_autofree enum journal_fate *fates = NULL;

  if (step == NULL)
    {
      g_set_error_literal (&job->error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND,
                           undo ? _("there is nothing to undo; make an edit first")
                                : _("there is nothing to redo; make an edit first"));
      return;
    }
  job->group = edit_group_ref (step->group);

  pthread_mutex_unlock (&editor->mutex);
  job->outcomes = edit_group_restore (step->group, undo ? step->after : step->before,
                                      undo ? step->before : step->after, job->force, undo,
                                      &job->current, &job->cancelled);
  edit_outcomes_failed (job->outcomes, &job->error);
  fates = decide_fates (job->outcomes);
  pthread_mutex_lock (&editor->mutex);
  (undo ? journal_undone : journal_redone) (editor->journal, fates);
}

static void *
editor_run (void *data)
{
  Editor *editor = data;

  pthread_mutex_lock (&editor->mutex);
  editor->tid = gettid ();
  while (!editor->stop)
    {
      struct job *job = g_queue_pop_head (&editor->queue);

      if (job == NULL)
        {
          pthread_cond_wait (&editor->cond, &editor->mutex);
          continue;
        }
      editor->current = job;
      job->started_ns = worker_now_ns ();
      if (job->kind == JOB_APPLY)
        run_apply (editor, job);
      else
        run_restore (editor, job);
      editor->current = NULL;
      g_queue_push_tail (&editor->finished, job);
      worker_wake (editor->source);
    }
  pthread_mutex_unlock (&editor->mutex);
  return NULL;
}

/* -------------------------------------------------------- the main context -- */

static Edit *
current_edit (struct job *job)
{
  return job->group->edits->pdata[g_atomic_int_get (&job->current)];
}

/* Tells whom the current edit waits for. Looks here and not in the thread, because that
 * is waiting. */
static gboolean
tell_waiting (gpointer data)
{
  Editor *editor = data;
  g_autoptr (Edit) edit = NULL;
  LockInfo holder;
  guint64 waited_ns = 0;
  pid_t tid;

  pthread_mutex_lock (&editor->mutex);
  if (editor->current != NULL && editor->current->group != NULL)
    {
      edit = edit_ref (current_edit (editor->current));
      waited_ns = worker_now_ns () - editor->current->started_ns;
    }
  tid = editor->tid;
  pthread_mutex_unlock (&editor->mutex);

  if (edit == NULL || edit->unlocked || waited_ns < WAITING_INTERVAL_MS * 1000000u
      || edit->entry->lock_kind == LOCK_NONE
      || attachment_describe_lock (edit->attachment, edit->entry, &holder) < 0
      || holder.owner_tid == tid)
    return G_SOURCE_CONTINUE;
  editor->waiting (editor, edit, waited_ns, &holder, editor->waiting_data);
  return G_SOURCE_CONTINUE;
}

/* The timer runs while there is something that could wait. */
static void
update_timer (Editor *editor)
{
  gboolean wanted = !editor->freed && editor->n_jobs > 0 && editor->waiting != NULL;

  if (wanted == (editor->waiting_source != NULL))
    return;
  if (!wanted)
    {
      g_source_destroy (editor->waiting_source);
      g_clear_pointer (&editor->waiting_source, g_source_unref);
      return;
    }
  editor->waiting_source = g_timeout_source_new (WAITING_INTERVAL_MS);
  g_source_set_callback (editor->waiting_source, tell_waiting, editor, NULL);
  g_source_attach (editor->waiting_source, g_source_get_context (editor->source));
}

static void
report (Editor *editor, struct job *job)
{
  const EditOutcome *first = NULL;

  if (job->outcomes != NULL)
    first = &g_array_index (job->outcomes, EditOutcome, 0);
  if (job->group_done != NULL)
    job->group_done (editor, job->group, job->outcomes, job->error, job->user_data);
  if (job->done != NULL)
    job->done (editor, job->group != NULL ? job->group->edits->pdata[0] : NULL,
               job->error == NULL ? &first->result : NULL, job->error, job->user_data);
}

static struct job *
take_finished (Editor *editor)
{
  struct job *job;

  pthread_mutex_lock (&editor->mutex);
  job = g_queue_pop_head (&editor->finished);
  pthread_mutex_unlock (&editor->mutex);
  return job;
}

static gboolean
editor_dispatch (gpointer data)
{
  Editor *editor = data;
  GSList *dropped;
  struct job *job;

  while (!editor->freed && (job = take_finished (editor)) != NULL)
    {
      editor->n_jobs--;
      update_timer (editor);
      report (editor, job);
      job_free (job);
    }
  if (editor->freed)
    return G_SOURCE_CONTINUE;

  pthread_mutex_lock (&editor->mutex);
  dropped = journal_steal_dropped (editor->journal);
  pthread_mutex_unlock (&editor->mutex);
  journal_steps_free (dropped);
  if (editor->changed != NULL)
    editor->changed (editor, editor->changed_data);
  return G_SOURCE_CONTINUE;
}

/* Once the source is gone: after a callback in which editor_free() was called. */
static void
editor_finalize (gpointer data)
{
  Editor *editor = data;

  pthread_cond_destroy (&editor->cond);
  pthread_mutex_destroy (&editor->mutex);
  g_free (editor);
}

Editor *
editor_new (void)
{
  Editor *editor = g_new0 (Editor, 1);

  pthread_mutex_init (&editor->mutex, NULL);
  worker_cond_init (&editor->cond);
  editor->journal = journal_new (EDITOR_JOURNAL_EDITS, EDITOR_JOURNAL_BYTES);
  editor->source
    = worker_source_new (G_PRIORITY_DEFAULT, editor_dispatch, editor, editor_finalize);
  worker_start (&editor->thread, "editor", editor_run, editor);
  return editor;
}

void
editor_free (Editor *editor)
{
  GSource *source;
  GQueue jobs;

  if (editor == NULL)
    return;
  pthread_mutex_lock (&editor->mutex);
  editor->stop = TRUE;
  pthread_cond_signal (&editor->cond);
  pthread_mutex_unlock (&editor->mutex);
  editor_cancel (editor);
  pthread_join (editor->thread, NULL);

  editor->freed = TRUE;
  update_timer (editor);
  /* The thread is gone; the mutex only tells so to those who check. */
  pthread_mutex_lock (&editor->mutex);
  jobs = editor->finished;
  g_queue_init (&editor->finished);
  pthread_mutex_unlock (&editor->mutex);
  g_queue_clear_full (&jobs, job_free);
  g_clear_pointer (&editor->journal, journal_free);

  source = editor->source;
  g_source_destroy (source);
  g_source_unref (source);
}

static struct job *
job_new (enum job_kind kind, gboolean force, EditorDone done, gpointer user_data)
{
  struct job *job = g_new0 (struct job, 1);

  job->kind = kind;
  job->force = force;
  job->done = done;
  job->user_data = user_data;
  return job;
}

static void
add_job (Editor *editor, struct job *job)
{
  pthread_mutex_lock (&editor->mutex);
  g_queue_push_tail (&editor->queue, job);
  pthread_cond_signal (&editor->cond);
  pthread_mutex_unlock (&editor->mutex);
  editor->n_jobs++;
  update_timer (editor);
  worker_wake (editor->source);
}

void
editor_apply (Editor *editor, Edit *edit, EditorDone done, gpointer user_data)
{
  struct job *job = job_new (JOB_APPLY, FALSE, done, user_data);

  job->group = edit_group_new (NULL);
  edit_group_add (job->group, edit);
  add_job (editor, job);
}

void
editor_apply_group (Editor *editor, EditGroup *group, EditorGroupDone done, gpointer user_data)
{
  struct job *job = job_new (JOB_APPLY, FALSE, NULL, user_data);

  g_return_if_fail (group->edits->len > 0);
  job->group = edit_group_ref (group);
  job->group_done = done;
  add_job (editor, job);
}

void
editor_undo (Editor *editor, gboolean force, EditorDone done, gpointer user_data)
{
  add_job (editor, job_new (JOB_UNDO, force, done, user_data));
}

void
editor_redo (Editor *editor, gboolean force, EditorDone done, gpointer user_data)
{
  add_job (editor, job_new (JOB_REDO, force, done, user_data));
}

void
editor_cancel (Editor *editor)
{
  struct job *job;

  pthread_mutex_lock (&editor->mutex);
  if (editor->current != NULL)
    g_atomic_int_set (&editor->current->cancelled, TRUE);
  while ((job = g_queue_pop_head (&editor->queue)) != NULL)
    {
      g_set_error_literal (&job->error, INSPECT_ERROR, INSPECT_ERROR_CANCELLED,
                           _("given up before its turn came; nothing was written"));
      g_queue_push_tail (&editor->finished, job);
    }
  pthread_mutex_unlock (&editor->mutex);
  worker_wake (editor->source);
}

gboolean
editor_is_busy (Editor *editor)
{
  return editor->n_jobs > 0;
}

static const struct journal_step *
get_step (Editor *editor, gboolean undo)
{
  return undo ? journal_get_undo (editor->journal) : journal_get_redo (editor->journal);
}

static guint64
get_number (Editor *editor, gboolean undo)
{
  const struct journal_step *step;
  guint64 number;

  pthread_mutex_lock (&editor->mutex);
  step = get_step (editor, undo);
  number = step != NULL ? step->number : 0;
  pthread_mutex_unlock (&editor->mutex);
  return number;
}

static char *
describe_step (Editor *editor, gboolean undo)
{
  const struct journal_step *step;
  char *text;

  pthread_mutex_lock (&editor->mutex);
  step = get_step (editor, undo);
  text = step != NULL ? edit_group_describe (step->group) : NULL;
  pthread_mutex_unlock (&editor->mutex);
  return text;
}

gboolean
editor_can_undo (Editor *editor)
{
  return get_number (editor, TRUE) != 0;
}

gboolean
editor_can_redo (Editor *editor)
{
  return get_number (editor, FALSE) != 0;
}

guint64
editor_get_undo_number (Editor *editor)
{
  return get_number (editor, TRUE);
}

guint64
editor_get_redo_number (Editor *editor)
{
  return get_number (editor, FALSE);
}

char *
editor_describe_undo (Editor *editor)
{
  return describe_step (editor, TRUE);
}

char *
editor_describe_redo (Editor *editor)
{
  return describe_step (editor, FALSE);
}

void
editor_set_waiting_func (Editor *editor, EditorWaiting func, gpointer user_data)
{
  editor->waiting = func;
  editor->waiting_data = user_data;
  update_timer (editor);
}

void
editor_set_changed_func (Editor *editor, EditorChanged func, gpointer user_data)
{
  editor->changed = func;
  editor->changed_data = user_data;
}
