/* run-program.h - a program started so that shmlens may look into it: as a child of this
 * process, which answers for it as its broker (broker-server.h). */
#pragma once

#include <glib.h>
#include <sys/types.h>

/* Called once the program runs. */
typedef void (*RunStarted) (pid_t pid, gpointer data);

/* Runs the program as if this process were it: same terminal, group, working directory and
 * environment; signals that reach this process alone are handed on to it, and when it is
 * suspended from the terminal, so is this process. Prints on the standard error what goes
 * wrong, after own_name.
 *
 * arguments: ends with NULL. started: may be NULL. For a process that has no threads yet.
 * Returns the program's exit status; 126 or 127 when it cannot be started, as shells do it.
 * When a signal ended it, that signal ends this process too. */
int run_program (const char *own_name, char *const *arguments, RunStarted started, gpointer data);
