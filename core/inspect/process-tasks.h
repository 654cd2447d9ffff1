/* process-tasks.h - the threads of some processes, as process-stop traces them.
 *
 * For one thread, but for process_tasks_threads().
 */
#pragma once

#include "process-memory.h"

typedef struct process_tasks ProcessTasks;

enum process_task_state
{
  TASK_RUNNING,
  TASK_STOPPED,
  TASK_DEAD /* nothing of it runs any more, but its id is still taken */
};

struct process_task
{
  pid_t tid;
  guint process; /* by number */
  enum process_task_state state;
  gboolean is_interrupted; /* it was told to stop */
  gboolean is_listed;      /* in the last listing of its process */
  int signal;              /* that it is to be given when it goes on; 0: none */
};

ProcessTasks *process_tasks_new (ProcessMemory *const *processes, guint n);
void process_tasks_free (ProcessTasks *self);

/* Lists the threads of a process: takes off those that are no more, and adds those that
 * are new once `seize` has said 0 of them; who ends before is passed over.
 *
 * Returns 0; what seize said; -ESRCH the process has ended; -EAGAIN one is in a state in
 * which it cannot be stopped, or there are too many. */
int process_tasks_update (ProcessTasks *self, guint process,
                          int (*seize) (struct process_task *task));

guint process_tasks_n (ProcessTasks *self);
/* Valid until the next update. */
struct process_task *process_tasks_get (ProcessTasks *self, guint i);

/* Whether they are all threads that the processes have now. */
gboolean process_tasks_are_all (ProcessTasks *self);

/* Whether it has ended, as the kernel says now. */
gboolean process_tasks_is_dead (ProcessTasks *self, const struct process_task *task);

/* A stopped thread of the process. 0: none. */
pid_t process_tasks_stopped (ProcessTasks *self, guint process);

/* The ids of some, but of no process's first one. Any thread may ask. */
guint process_tasks_threads (ProcessTasks *self, pid_t *tids, guint max);
