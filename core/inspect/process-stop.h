/* process-stop.h - all threads of some processes stopped for the time of one copy.
 *
 * By PTRACE_SEIZE and PTRACE_INTERRUPT: no signal reaches the programs, and what was
 * stopped by a signal before stays so. A thread of ours does the tracing and ends with it:
 * when that thread ends, or this process is killed, the kernel lets go whatever is left, so
 * that nothing can stay stopped.
 *
 * While its processes are stopped, another thread of this process that waits for one of
 * them as its child may be told that it stopped: such waits go on until it has ended.
 */
#pragma once

#include "process-memory.h"

typedef struct process_stop ProcessStop;

/* Asked once all have stopped, by the thread that traces them: 0 when that is a good
 * moment; else -errno, and all go on. */
typedef int (*ProcessStopCheck) (ProcessStop *self, gpointer data);

/* Stops every thread of the processes. All or none: on failure nothing is stopped.
 * check: may be NULL.
 * To be ended within a millisecond or so, by any thread.
 *
 * Returns 0; what the check said; -EPERM the kernel forbids it; -EBUSY one is traced
 * already; -ESRCH one has ended; -EAGAIN threads kept coming, or one could not be stopped
 * within 10 ms: try again. */
int process_stop_begin (ProcessMemory *const *processes, guint n, ProcessStopCheck check,
                        gpointer data, ProcessStop **ret_stop);
void process_stop_end (ProcessStop *self);

/* For the check: reads or writes 8 bytes of the process of this number. 0 or -errno. */
int process_stop_peek (ProcessStop *self, guint process, guint64 address, guint64 *ret_word);
int process_stop_poke (ProcessStop *self, guint process, guint64 address, guint64 word);
