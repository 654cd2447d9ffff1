/* array-task.h - work on an array on a thread of its own, which tells how far it is and can
 * be given up.
 *
 * All functions on the context the task was made on, but for those of the work itself.
 */
#pragma once

#include <glib.h>

typedef struct array_task ArrayTask;

/* The work, on its thread. */
typedef void (*ArrayTaskRun) (ArrayTask *task, gpointer data);
/* It has ended by itself; array_task_free() may be called in it. */
typedef void (*ArrayTaskDone) (ArrayTask *task, gpointer data);

/* Begins at once. data must stay until the task is freed. */
ArrayTask *array_task_new (ArrayTaskRun run, ArrayTaskDone done, gpointer data);
/* Gives it up when it has not ended, and waits for the thread, which takes a piece of the
 * array at most; done is not called any more. */
void array_task_free (ArrayTask *task);

/* From 0 to 1. */
double array_task_get_progress (ArrayTask *task);

/* For the work, after each piece. FALSE: it is to end. task NULL: it never is. */
gboolean array_task_go_on (ArrayTask *task, guint64 n_done, guint64 n_all);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ArrayTask, array_task_free)
