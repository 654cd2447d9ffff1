/* process-stop.h - all threads of some processes stopped for the time of one copy.
 *
 * By PTRACE_SEIZE and PTRACE_INTERRUPT: no signal reaches the programs, and when the
 * inspector is killed the kernel lets them go on.
 */
#pragma once

#include "process-memory.h"

typedef struct process_stop ProcessStop;

/* Stops every thread of the processes. All or none: on failure nothing is stopped.
 * To be ended by the same thread, within a millisecond or so.
 *
 * Returns 0; -EPERM; -ESRCH one has ended; -EAGAIN threads kept coming, or one could not be
 * stopped within 10 ms: try again. */
int process_stop_begin (ProcessMemory *const *processes, guint n, ProcessStop **ret_stop);
void process_stop_end (ProcessStop *self);
