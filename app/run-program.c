/* run-program.c - a program started so that shmlens may look into it. */
#include "run-program.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "broker-server.h"
#include "process.h"

#define CANNOT_RUN 126
#define NOT_FOUND  127
/* While a child is traced, the kernel does not tell what else happens to it: it is looked
 * at again after so long. */
#define AGAIN_MS 20
/* For so many times the program is expected to suspend itself after it was told to. */
#define SUSPEND_LOOKS 100
/* Of a process below this one. */
#define DEPTH_MAX 256

struct run
{
  pid_t pid;
  BrokerServer *broker;        /* NULL: there is none */
  sigset_t signals;            /* those that are waited for, */
  sigset_t mask_before;        /* and what was blocked before */
  struct sigaction child_before;
  guint suspend_looks;         /* above 0: this process was told to suspend itself */
  gboolean look_again;
  siginfo_t end;               /* how the program ended; si_pid 0: it runs */
};

/* What a terminal, a shell or a service manager sends. */
static const int forwarded[]
  = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM, SIGTSTP, SIGTTIN, SIGTTOU };

static gboolean
is_suspending (int signal_number)
{
  return signal_number == SIGTSTP || signal_number == SIGTTIN || signal_number == SIGTTOU;
}

/* ------------------------------------------------------------------------- starting -- */

static void
block_signals (struct run *run)
{
  struct sigaction by_default = { .sa_handler = SIG_DFL };

  sigemptyset (&run->signals);
  sigaddset (&run->signals, SIGCHLD);
  for (gsize i = 0; i < G_N_ELEMENTS (forwarded); i++)
    sigaddset (&run->signals, forwarded[i]);
  sigprocmask (SIG_BLOCK, &run->signals, &run->mask_before);
  /* Where children are ignored, nobody could wait for them. */
  sigaction (SIGCHLD, &by_default, &run->child_before);
}

/* In the child; does not return. */
static void
become (const struct run *run, char *const *arguments, int failure)
{
  int error;

  sigaction (SIGCHLD, &run->child_before, NULL);
  sigprocmask (SIG_SETMASK, &run->mask_before, NULL);
  execvp (arguments[0], arguments);
  error = errno;
  if (write (failure, &error, sizeof error) < 0)
    _exit (CANNOT_RUN);
  _exit (error == ENOENT ? NOT_FOUND : CANNOT_RUN);
}

/* 0, or the errno of why it cannot be started. */
static int
start (struct run *run, char *const *arguments)
{
  int failure[2], error = 0;
  gssize length;

  if (pipe2 (failure, O_CLOEXEC) < 0)
    return errno;
  run->pid = fork ();
  if (run->pid == 0)
    become (run, arguments, failure[1]);
  if (run->pid < 0)
    error = errno;
  close (failure[1]);
  while (run->pid > 0 && (length = read (failure[0], &error, sizeof error)) < 0 && errno == EINTR)
    continue;
  close (failure[0]);
  if (error != 0 && run->pid > 0)
    waitpid (run->pid, NULL, 0);
  return error;
}

/* -------------------------------------------------------------------------- waiting -- */

/* Takes note of children that have ended: the program, and orphans of it that came to this
 * process. Children are looked at before they are waited for, because one that is traced
 * by the broker seems to have stopped, which must not be taken from the broker. */
static void
reap (struct run *run)
{
  for (;;)
    {
      siginfo_t info = { 0 };

      if (waitid (P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT | __WNOTHREAD) < 0
          || info.si_pid == 0)
        return;
      if (info.si_code == CLD_TRAPPED)
        {
          run->look_again = TRUE;
          break;
        }
      waitid (P_PID, (id_t) info.si_pid, &info, WEXITED | WNOHANG | __WNOTHREAD);
      if (info.si_pid == run->pid)
        run->end = info;
    }
  /* One that is traced hides the others. */
  if (run->end.si_pid == 0)
    {
      siginfo_t info = { 0 };

      if (waitid (P_PID, (id_t) run->pid, &info, WEXITED | WNOHANG | WNOWAIT | __WNOTHREAD) == 0
          && info.si_pid != 0 && info.si_code != CLD_TRAPPED
          && waitid (P_PID, (id_t) run->pid, &info, WEXITED | WNOHANG | __WNOTHREAD) == 0)
        run->end = info;
    }
}

/* The signal that the program is suspended by; 0: it is not. */
static int
suspended_by (const struct run *run)
{
  siginfo_t info = { 0 };

  if (waitid (P_PID, (id_t) run->pid, &info, WSTOPPED | WNOHANG | WNOWAIT | __WNOTHREAD) < 0
      || info.si_pid == 0 || info.si_code != CLD_STOPPED)
    return 0;
  return info.si_status;
}

/* Whether this process, that is its group, was told to suspend itself and has not taken note yet. */
static gboolean
is_told_to_suspend (void)
{
  sigset_t pending;

  sigpending (&pending);
  return sigismember (&pending, SIGTSTP) || sigismember (&pending, SIGTTIN)
         || sigismember (&pending, SIGTTOU);
}

/* The program is suspended, now this process, so that the shell sees it. Nothing else that
 * this process has stopped may stay so. */
static void
suspend (struct run *run, int signal_number)
{
  sigset_t one;

  sigemptyset (&one);
  sigaddset (&one, signal_number);
  if (run->broker != NULL)
    broker_server_pause (run->broker);
  raise (signal_number);
  sigprocmask (SIG_UNBLOCK, &one, NULL);
  /* Here it goes on. */
  sigprocmask (SIG_BLOCK, &one, NULL);
  if (run->broker != NULL)
    broker_server_resume (run->broker);
  /* Who sent to the whole group has let it go on too. And it may be suspended again by now. */
  if (suspended_by (run) != 0 && !is_told_to_suspend ())
    kill (run->pid, SIGCONT);
}

/* Whether the process belongs to the program. */
static gboolean
is_below (pid_t pid)
{
  for (guint i = 0; i < DEPTH_MAX && pid > 1; i++)
    {
      pid = process_parent ("/proc", pid);
      if (pid == getpid ())
        return TRUE;
    }
  return FALSE;
}

/* Hands on what was sent to this process. The terminal sends to the whole group, and what
 * belongs to the program means that, or itself. Of others who send to the whole group the
 * program hears twice. */
static void
take_signal (struct run *run, const siginfo_t *info)
{
  gboolean is_of_group = info->si_code > 0 || is_below (info->si_pid);

  if (info->si_signo == SIGCHLD)
    return;
  if (is_suspending (info->si_signo))
    run->suspend_looks = SUSPEND_LOOKS;
  if (!is_of_group)
    kill (run->pid, info->si_signo);
}

static void
await_end (struct run *run)
{
  const struct timespec again = { 0, AGAIN_MS * 1000000 };

  while (run->end.si_pid == 0)
    {
      siginfo_t info;
      int by;

      run->look_again = FALSE;
      reap (run);
      if (run->end.si_pid != 0)
        break;
      if (run->suspend_looks > 0)
        {
          run->suspend_looks--;
          by = suspended_by (run);
          if (by != 0)
            {
              run->suspend_looks = 0;
              suspend (run, by);
            }
        }
      if (sigtimedwait (&run->signals, &info,
                        run->look_again || run->suspend_looks > 0 ? &again : NULL)
          > 0)
        take_signal (run, &info);
    }
}

/* Ends this process as the program was ended; without a second core. */
static int
die_of (int signal_number)
{
  const struct rlimit none = { 0, 0 };
  struct sigaction by_default = { .sa_handler = SIG_DFL };
  sigset_t one;

  setrlimit (RLIMIT_CORE, &none);
  sigaction (signal_number, &by_default, NULL);
  sigemptyset (&one);
  sigaddset (&one, signal_number);
  raise (signal_number);
  sigprocmask (SIG_UNBLOCK, &one, NULL);
  return 128 + signal_number;
}

int
run_program (const char *own_name, char *const *arguments, RunStarted started, gpointer data)
{
  struct run run = { 0 };
  g_autoptr (GError) error = NULL;
  int failure;

  /* Orphaned workers come to this process, and so stay below it. */
  prctl (PR_SET_CHILD_SUBREAPER, 1);
  block_signals (&run);
  failure = start (&run, arguments);
  if (failure != 0)
    {
      g_printerr ("%s: %s: %s\n", own_name, arguments[0], g_strerror (failure));
      return failure == ENOENT ? NOT_FOUND : CANNOT_RUN;
    }
  run.broker = broker_server_new (&error);
  if (run.broker == NULL)
    g_printerr (_("%s: other programs of shmlens cannot ask this one: %s\n"), own_name,
                error->message);
  if (started != NULL)
    started (run.pid, data);
  await_end (&run);
  broker_server_free (run.broker);
  return run.end.si_code == CLD_EXITED ? run.end.si_status : die_of (run.end.si_status);
}
