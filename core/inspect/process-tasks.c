/* process-tasks.c - the threads of some processes, as process-stop traces them. */
#include "process-tasks.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TASKS_MAX 2048

struct process_tasks_of
{
  pid_t pid;
  DIR *directory; /* PROC/PID/task; NULL: the process has ended */
};

struct process_tasks
{
  GArray *all; /* of struct process_task; changed by its thread alone, under the mutex */
  struct process_tasks_of *of;
  guint n;
  pthread_mutex_t mutex;
};

ProcessTasks *
process_tasks_new (ProcessMemory *const *processes, guint n)
{
  ProcessTasks *self = g_new0 (ProcessTasks, 1);

  self->all = g_array_new (FALSE, FALSE, sizeof (struct process_task));
  self->of = g_new0 (struct process_tasks_of, n);
  self->n = n;
  pthread_mutex_init (&self->mutex, NULL);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *path = NULL;

      self->of[i].pid = process_memory_pid (processes[i]);
      path = g_strdup_printf ("%s/%d/task", process_memory_proc (processes[i]), self->of[i].pid);
      self->of[i].directory = opendir (path);
    }
  return self;
}

void
process_tasks_free (ProcessTasks *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->n; i++)
    if (self->of[i].directory != NULL)
      closedir (self->of[i].directory);
  pthread_mutex_destroy (&self->mutex);
  g_array_unref (self->all);
  g_free (self->of);
  g_free (self);
}

guint
process_tasks_n (ProcessTasks *self)
{
  return self->all->len;
}

struct process_task *
process_tasks_get (ProcessTasks *self, guint i)
{
  return &g_array_index (self->all, struct process_task, i);
}

/* The letter that the kernel has for its state; 0: there is no such task. */
static char
state_letter (const struct process_tasks_of *of, pid_t tid)
{
  char path[32], text[512];
  const char *behind;
  gssize length;
  int fd;

  g_snprintf (path, sizeof path, "%d/stat", (int) tid);
  fd = openat (dirfd (of->directory), path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return '\0';
  length = read (fd, text, sizeof text - 1);
  close (fd);
  text[MAX (length, 0)] = '\0';
  behind = strrchr (text, ')');
  return behind != NULL && behind[1] == ' ' ? behind[2] : '\0';
}

static gboolean
is_dead (char letter)
{
  return letter == '\0' || letter == 'Z' || letter == 'X';
}

gboolean
process_tasks_is_dead (ProcessTasks *self, const struct process_task *task)
{
  return is_dead (state_letter (&self->of[task->process], task->tid));
}

static struct process_task *
find (ProcessTasks *self, pid_t tid)
{
  for (guint i = 0; i < self->all->len; i++)
    if (process_tasks_get (self, i)->tid == tid)
      return process_tasks_get (self, i);
  return NULL;
}

static void
add (ProcessTasks *self, const struct process_task *task)
{
  pthread_mutex_lock (&self->mutex);
  g_array_append_val (self->all, *task);
  pthread_mutex_unlock (&self->mutex);
}

/* Those of the process that were not listed any more. */
static void
take_off (ProcessTasks *self, guint process)
{
  pthread_mutex_lock (&self->mutex);
  for (guint i = self->all->len; i-- > 0;)
    if (process_tasks_get (self, i)->process == process && !process_tasks_get (self, i)->is_listed)
      g_array_remove_index_fast (self->all, i);
  pthread_mutex_unlock (&self->mutex);
}

/* Seizes and adds a thread that is new. */
static int
meet (ProcessTasks *self, guint process, pid_t tid, int (*seize) (struct process_task *task))
{
  struct process_task task
      = { .tid = tid, .process = process, .state = TASK_RUNNING, .is_listed = TRUE };
  char letter = state_letter (&self->of[process], tid);
  int result;

  if (letter == '\0')
    return 0;
  /* It may stay so for long, and the others would be stopped meanwhile. */
  if (letter == 'D' || self->all->len >= TASKS_MAX)
    return -EAGAIN;
  result = is_dead (letter) ? -EPERM : seize (&task);
  if (result == -ESRCH)
    return 0;
  if (result == -EPERM && process_tasks_is_dead (self, &task))
    {
      /* The first thread can have ended before the others, and stays; of them, nothing
       * does, and its place in the count may soon be another's. */
      if (tid != self->of[process].pid)
        return 0;
      task.state = TASK_DEAD;
      result = 0;
    }
  if (result == 0)
    add (self, &task);
  return result;
}

int
process_tasks_update (ProcessTasks *self, guint process, int (*seize) (struct process_task *task))
{
  struct process_tasks_of *of = &self->of[process];
  gboolean is_alive = FALSE;
  struct dirent *entry;
  int result = 0;

  if (of->directory == NULL)
    return -ESRCH;
  for (guint i = 0; i < self->all->len; i++)
    process_tasks_get (self, i)->is_listed = FALSE;
  rewinddir (of->directory);
  while (result == 0 && (entry = readdir (of->directory)) != NULL)
    {
      pid_t tid = atoi (entry->d_name);
      struct process_task *task = tid > 0 ? find (self, tid) : NULL;

      if (task != NULL)
        task->is_listed = TRUE;
      else if (tid > 0)
        result = meet (self, process, tid, seize);
    }
  if (result < 0)
    return result;
  take_off (self, process);
  for (guint i = 0; i < self->all->len; i++)
    is_alive |= process_tasks_get (self, i)->process == process
                && process_tasks_get (self, i)->state != TASK_DEAD;
  return is_alive ? 0 : -ESRCH;
}

gboolean
process_tasks_are_all (ProcessTasks *self)
{
  for (guint process = 0; process < self->n; process++)
    {
      struct stat status;
      guint known = 0;

      for (guint i = 0; i < self->all->len; i++)
        known += process_tasks_get (self, i)->process == process;
      /* The directory has a link for each thread. */
      if (fstat (dirfd (self->of[process].directory), &status) < 0 || status.st_nlink != known + 2)
        return FALSE;
    }
  return TRUE;
}

pid_t
process_tasks_stopped (ProcessTasks *self, guint process)
{
  for (guint i = 0; i < self->all->len; i++)
    if (process_tasks_get (self, i)->process == process
        && process_tasks_get (self, i)->state == TASK_STOPPED)
      return process_tasks_get (self, i)->tid;
  return 0;
}

guint
process_tasks_threads (ProcessTasks *self, pid_t *tids, guint max)
{
  guint n = 0;

  pthread_mutex_lock (&self->mutex);
  for (guint i = 0; i < self->all->len && n < max; i++)
    {
      const struct process_task *task = process_tasks_get (self, i);

      if (task->tid != self->of[task->process].pid)
        tids[n++] = task->tid;
    }
  pthread_mutex_unlock (&self->mutex);
  return n;
}
