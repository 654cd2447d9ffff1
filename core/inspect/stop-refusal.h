/* stop-refusal.h - why a process may not be stopped by process_stop_begin(). */
#pragma once

#include "process-memory.h"

/* A sentence with what helps, without a begin of its own; the caller frees it. NULL when
 * nothing is known that stands against it. */
char *stop_refusal_sentence (ProcessMemory *process);

/* The process that traces it, a debugger; 0: none. */
pid_t stop_refusal_tracer (ProcessMemory *process);
