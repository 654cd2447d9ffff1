/* process-stop.c - all threads of some processes stopped for the time of one copy. */
#include "process-stop.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>

#include "process-memory-private.h"
#include "process-tasks.h"
#include "stop-refusal.h"

/* How long everything together may take to stop. */
#define PATIENCE_NS 10000000
/* Threads that come while others are being stopped are looked for so often. */
#define ROUNDS_MAX 16
/* So many looks without a sleep in between. */
#define LOOKS    64
#define SLEEP_NS 10000
/* If the tracing thread does nothing for so long, something is looked after. */
#define RESCUE_NS 20000000

enum phase
{
  PHASE_STOPPING,
  PHASE_STOPPED,
  PHASE_FAILED,
  PHASE_LETTING_GO
};

struct process_stop
{
  BrokerClient *broker; /* the broker that stops them, and then nothing else is set; or NULL */
  ProcessMemory **processes;
  guint n;
  ProcessStopCheck check;
  gpointer data;
  ProcessTasks *tasks; /* the tracing thread's, but for rescue() */
  gint was_rescued;    /* atomic: one of the tasks may be there no more */
  guint64 begin_ns;
  int result;
  pthread_t thread;
  pthread_mutex_t mutex; /* of what follows */
  pthread_cond_t changed;
  enum phase phase;
};

static guint64
now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (guint64) now.tv_sec * 1000000000u + (guint64) now.tv_nsec;
}

/* ------------------------------------------------------------- in the tracing thread -- */

/* Whether the task has stopped by now; then notes which signal it is to be given when it
 * goes on, for it may have stopped on the way to taking one. It is never waited for: that
 * would wipe the note that the kernel itself has of that signal, in case this process is
 * killed. */
static gboolean
has_stopped (struct process_task *task)
{
  siginfo_t info;

  if (ptrace (PTRACE_GETSIGINFO, task->tid, NULL, &info) != 0)
    return FALSE;
  task->signal = info.si_code >> 8 == PTRACE_EVENT_STOP ? 0 : info.si_signo;
  task->state = TASK_STOPPED;
  return TRUE;
}

/* Waits until all have stopped. */
static int
await_stops (ProcessStop *self)
{
  const struct timespec pause = { 0, SLEEP_NS };
  guint looks = 0;

  for (guint i = 0; i < process_tasks_n (self->tasks);)
    {
      struct process_task *task = process_tasks_get (self->tasks, i);

      if (task->state != TASK_RUNNING || has_stopped (task))
        {
          i++;
          continue;
        }
      if (++looks < LOOKS)
        {
          sched_yield ();
          continue;
        }
      if (process_tasks_is_dead (self->tasks, task))
        task->state = TASK_DEAD;
      else if (now_ns () - self->begin_ns > PATIENCE_NS)
        return -EAGAIN;
      else
        clock_nanosleep (CLOCK_MONOTONIC, 0, &pause, NULL);
    }
  return 0;
}

static int
interrupt_all (ProcessStop *self)
{
  for (guint i = 0; i < process_tasks_n (self->tasks); i++)
    {
      struct process_task *task = process_tasks_get (self->tasks, i);

      if (task->state != TASK_RUNNING || task->is_interrupted)
        continue;
      if (ptrace (PTRACE_INTERRUPT, task->tid, NULL, NULL) != 0 && errno != ESRCH)
        return -errno;
      task->is_interrupted = TRUE;
    }
  return 0;
}

/* Traces a task, which goes on meanwhile. */
static int
seize (struct process_task *task)
{
  return ptrace (PTRACE_SEIZE, task->tid, NULL, NULL) == 0 ? 0 : -errno;
}

/* Seizes the tasks that are not known yet of all processes. */
static int
seize_new (ProcessStop *self)
{
  for (guint i = 0; i < self->n; i++)
    {
      int result = process_tasks_update (self->tasks, i, seize);

      if (result == -EPERM && stop_refusal_tracer (self->processes[i]) != 0)
        return -EBUSY;
      if (result < 0)
        return result;
      /* Once it is traced, its id cannot become another's. */
      if (process_memory_is_gone (self->processes[i]))
        return -ESRCH;
    }
  return 0;
}

/* Whether all threads of one ended while they were to stop. */
static gboolean
is_any_dead (ProcessStop *self)
{
  for (guint i = 0; i < self->n; i++)
    if (process_tasks_stopped (self->tasks, i) == 0)
      return TRUE;
  return FALSE;
}

static int
stop_all (ProcessStop *self)
{
  int result = seize_new (self);

  self->begin_ns = now_ns ();
  for (guint round = 0; result == 0 && round < ROUNDS_MAX; round++)
    {
      result = interrupt_all (self);
      if (result == 0)
        result = await_stops (self);
      if (result == 0 && process_tasks_are_all (self->tasks))
        return is_any_dead (self) ? -ESRCH : g_atomic_int_get (&self->was_rescued) ? -EAGAIN : 0;
      if (result == 0)
        result = seize_new (self);
    }
  return result < 0 ? result : -EAGAIN;
}

/* Those that have not stopped, or died meanwhile, cannot be let go like this: that is done
 * by the end of this thread. */
static void
let_all_go (ProcessStop *self)
{
  for (guint i = 0; i < process_tasks_n (self->tasks); i++)
    {
      struct process_task *task = process_tasks_get (self->tasks, i);

      if (task->state == TASK_STOPPED || (task->is_interrupted && has_stopped (task)))
        ptrace (PTRACE_DETACH, task->tid, NULL, GINT_TO_POINTER (task->signal));
    }
}

static void *
trace (void *data)
{
  ProcessStop *self = data;
  int result;

  prctl (PR_SET_TIMERSLACK, 1000);
  result = stop_all (self);
  if (result == 0 && self->check != NULL)
    result = self->check (self, self->data);
  if (result < 0)
    let_all_go (self);
  pthread_mutex_lock (&self->mutex);
  self->result = result;
  self->phase = result < 0 ? PHASE_FAILED : PHASE_STOPPED;
  pthread_cond_broadcast (&self->changed);
  while (self->phase == PHASE_STOPPED)
    pthread_cond_wait (&self->changed, &self->mutex);
  pthread_mutex_unlock (&self->mutex);
  if (result == 0)
    let_all_go (self);
  return NULL;
}

int
process_stop_peek (ProcessStop *self, guint process, guint64 address, guint64 *ret_word)
{
  long word;

  if (self->broker != NULL)
    return broker_client_peek (self->broker, process, address, ret_word);
  errno = 0;
  word = ptrace (PTRACE_PEEKDATA, process_tasks_stopped (self->tasks, process),
                 GSIZE_TO_POINTER (address), NULL);
  if (errno != 0)
    return errno == EIO ? -EFAULT : -errno;
  *ret_word = (guint64) word;
  return 0;
}

int
process_stop_poke (ProcessStop *self, guint process, guint64 address, guint64 word)
{
  if (self->broker != NULL)
    return broker_client_poke (self->broker, process, address, word);
  if (ptrace (PTRACE_POKEDATA, process_tasks_stopped (self->tasks, process),
              GSIZE_TO_POINTER (address), GSIZE_TO_POINTER (word))
      != 0)
    return errno == EIO ? -EFAULT : -errno;
  return 0;
}

/* ------------------------------------------------------------------------ the caller -- */

static gboolean
start_thread (ProcessStop *self)
{
  sigset_t all, before;
  gboolean is_started;

  /* No handler of this process runs in it. */
  sigfillset (&all);
  pthread_sigmask (SIG_SETMASK, &all, &before);
  is_started = pthread_create (&self->thread, NULL, trace, self) == 0;
  pthread_sigmask (SIG_SETMASK, &before, NULL);
  return is_started;
}

static void
stop_free (ProcessStop *self)
{
  process_tasks_free (self->tasks);
  for (guint i = 0; i < self->n; i++)
    process_memory_unref (self->processes[i]);
  g_free (self->processes);
  pthread_cond_destroy (&self->changed);
  pthread_mutex_destroy (&self->mutex);
  g_free (self);
}

/* A program that replaces itself by another (execve) waits for its other threads to be
 * gone, and those that are traced are only gone once they have been waited for; while the
 * tracing thread in its turn waits for that execve, to trace one thread more. */
static void
rescue (ProcessStop *self)
{
  pid_t tids[64];
  guint n = process_tasks_threads (self->tasks, tids, G_N_ELEMENTS (tids));

  for (guint i = 0; i < n; i++)
    {
      const id_t tid = (id_t) tids[i];
      siginfo_t info = { .si_pid = 0 };

      /* Looked at first: one that has stopped is not to be waited for (see has_stopped). */
      if (waitid (P_PID, tid, &info, WEXITED | WNOHANG | WNOWAIT | __WALL) != 0 || info.si_pid == 0
          || info.si_code == CLD_TRAPPED)
        continue;
      g_atomic_int_set (&self->was_rescued, TRUE);
      waitid (P_PID, tid, &info, WEXITED | WNOHANG | __WALL);
    }
}

/* The result of the tracing thread. */
static int
await_result (ProcessStop *self)
{
  int result;

  pthread_mutex_lock (&self->mutex);
  while (self->phase == PHASE_STOPPING)
    {
      guint64 until = now_ns () + RESCUE_NS;
      struct timespec time = { (time_t) (until / 1000000000u), (long) (until % 1000000000u) };

      if (pthread_cond_timedwait (&self->changed, &self->mutex, &time) == ETIMEDOUT)
        rescue (self);
    }
  result = self->result;
  pthread_mutex_unlock (&self->mutex);
  return result;
}

/* By the broker, which must answer for all of them. */
static int
begin_by_broker (BrokerClient *broker, ProcessMemory *const *processes, guint n,
                 ProcessStopCheck check, gpointer data, ProcessStop **ret_stop)
{
  g_autofree struct broker_target *targets = g_new (struct broker_target, n);
  ProcessStop *self;
  int result;

  for (guint i = 0; i < n; i++)
    targets[i] = (struct broker_target) { process_memory_pid (processes[i]),
                                          process_memory_start_time (processes[i]) };
  self = g_new0 (ProcessStop, 1);
  result = broker_client_stop (broker, targets, n, &self->broker);
  if (result == 0)
    result = broker_client_checked (self->broker, check != NULL ? check (self, data) : 0);
  if (result == 0)
    {
      *ret_stop = self;
      return 0;
    }
  broker_client_unref (self->broker);
  g_free (self);
  /* It was not in time, or the broker is: another try may be. */
  return result == -ETIMEDOUT ? -EAGAIN : result;
}

int
process_stop_begin (ProcessMemory *const *processes, guint n, ProcessStopCheck check, gpointer data,
                    ProcessStop **ret_stop)
{
  ProcessStop *self;
  pthread_condattr_t attributes;
  int result;

  for (guint i = 0; i < n; i++)
    if (process_memory_broker (processes[i]) != NULL)
      return begin_by_broker (process_memory_broker (processes[i]), processes, n, check, data,
                              ret_stop);
  self = g_new0 (ProcessStop, 1);
  self->n = n;
  self->processes = g_new (ProcessMemory *, n);
  for (guint i = 0; i < n; i++)
    self->processes[i] = process_memory_ref (processes[i]);
  self->check = check;
  self->data = data;
  self->tasks = process_tasks_new (processes, n);
  pthread_mutex_init (&self->mutex, NULL);
  pthread_condattr_init (&attributes);
  pthread_condattr_setclock (&attributes, CLOCK_MONOTONIC);
  pthread_cond_init (&self->changed, &attributes);
  pthread_condattr_destroy (&attributes);
  if (!start_thread (self))
    {
      stop_free (self);
      return -EAGAIN;
    }
  result = await_result (self);
  if (result == 0)
    {
      *ret_stop = self;
      return 0;
    }
  pthread_join (self->thread, NULL);
  stop_free (self);
  return result;
}

void
process_stop_end (ProcessStop *self)
{
  if (self->broker != NULL)
    {
      broker_client_go_on (self->broker);
      broker_client_unref (self->broker);
      g_free (self);
      return;
    }
  pthread_mutex_lock (&self->mutex);
  self->phase = PHASE_LETTING_GO;
  pthread_cond_broadcast (&self->changed);
  pthread_mutex_unlock (&self->mutex);
  pthread_join (self->thread, NULL);
  stop_free (self);
}
