/* array-task.c - work on an array on a thread of its own. */
#include "array-task.h"

#include "worker.h"

#define PROGRESS_UNIT 1000

struct array_task
{
  pthread_t thread;
  GSource *source;      /* holds the task's memory */
  ArrayTaskRun run;
  ArrayTaskDone done;
  gpointer data;
  gint cancelled;       /* atomic */
  gint progress;        /* atomic; of PROGRESS_UNIT */
  gboolean joined;      /* the main context's */
};

static void *
task_run (void *data)
{
  ArrayTask *task = data;

  task->run (task, task->data);
  worker_wake (task->source);
  return NULL;
}

static void
join (ArrayTask *task)
{
  if (!task->joined)
    pthread_join (task->thread, NULL);
  task->joined = TRUE;
}

static gboolean
task_dispatch (gpointer data)
{
  ArrayTask *task = data;

  join (task);
  task->done (task, task->data);
  return G_SOURCE_CONTINUE;
}

ArrayTask *
array_task_new (ArrayTaskRun run, ArrayTaskDone done, gpointer data)
{
  ArrayTask *task = g_new0 (ArrayTask, 1);

  task->run = run;
  task->done = done;
  task->data = data;
  task->source = worker_source_new (G_PRIORITY_DEFAULT, task_dispatch, task, g_free);
  worker_start (&task->thread, "array", task_run, task);
  return task;
}

void
array_task_free (ArrayTask *task)
{
  GSource *source;

  if (task == NULL)
    return;
  g_atomic_int_set (&task->cancelled, TRUE);
  join (task);
  source = task->source;
  g_source_destroy (source);
  g_source_unref (source);
}

double
array_task_get_progress (ArrayTask *task)
{
  return (double) g_atomic_int_get (&task->progress) / PROGRESS_UNIT;
}

gboolean
array_task_go_on (ArrayTask *task, guint64 n_done, guint64 n_all)
{
  if (task == NULL)
    return TRUE;
  g_atomic_int_set (&task->progress,
                    n_all == 0 ? PROGRESS_UNIT
                               : (gint) ((double) n_done / (double) n_all * PROGRESS_UNIT));
  return !g_atomic_int_get (&task->cancelled);
}
