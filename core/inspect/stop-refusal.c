/* stop-refusal.c - why a process may not be stopped. */
#include "stop-refusal.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <unistd.h>

#include "process-memory-private.h"
#include "process.h"

/* A number of the file PROC/PID/status; 0: there is none. */
static pid_t
status_number (const char *proc, pid_t pid, const char *name)
{
  g_autofree char *path = g_strdup_printf ("%s/%d/status", proc, (int) pid);
  g_autofree char *text = NULL;
  const char *line;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return 0;
  line = strstr (text, name);
  return line != NULL ? atoi (line + strlen (name)) : 0;
}

pid_t
stop_refusal_tracer (ProcessMemory *process)
{
  const char *proc = process_memory_proc (process);
  pid_t thread = status_number (proc, process_memory_pid (process), "\nTracerPid:");
  pid_t pid = thread != 0 ? status_number (proc, thread, "\nTgid:") : 0;

  return pid != 0 ? pid : thread;
}

/* Whether this process may use ptrace() at all: nobody traces itself, and that is what it
 * says then. */
static gboolean
may_trace (void)
{
  return ptrace (PTRACE_INTERRUPT, getpid (), NULL, NULL) == 0 || errno == ESRCH;
}

char *
stop_refusal_sentence (ProcessMemory *process)
{
  const char *proc = process_memory_proc (process);
  pid_t pid = process_memory_pid (process), tracer = stop_refusal_tracer (process);
  g_autoptr (ProcessMemory) again = NULL;
  g_autoptr (GError) error = NULL;

  if (tracer != 0)
    {
      g_autofree char *name = process_name (proc, tracer);

      return g_strdup_printf (_("process %d may not be stopped: process %d (%s) traces it, as a"
                                " debugger does; end that first"),
                              (int) pid, (int) tracer, name != NULL ? name : "?");
    }
  if (process_memory_broker (process) == NULL && !may_trace ())
    return g_strdup_printf (_("process %d may not be stopped: a container (seccomp) forbids"
                              " ptrace; run shmlens outside of it, or give it SYS_PTRACE"),
                            (int) pid);
  again = process_memory_open (proc, pid, &error);
  return again == NULL ? g_strdup (error->message) : NULL;
}
