/* process.h - which processes there are, and what shared memory they map. */
#pragma once

#include <glib.h>
#include <sys/types.h>

/* Whether the process is surely no more: none of this id, another one that started
 * at another time (field 22 of PROC/PID/stat; 0: not known), or one that waits to be
 * reaped. */
gboolean process_is_gone (const char *proc, pid_t pid, guint64 start_time);

/* When it started, as field 22 of PROC/PID/stat has it; 0: there is none. */
guint64 process_start_time (const char *proc, pid_t pid);

/* Whether it is suspended, by a signal or a debugger. */
gboolean process_is_stopped (const char *proc, pid_t pid);

/* Its parent; 0: there is none, or it is gone. */
pid_t process_parent (const char *proc, pid_t pid);

/* Its command line, the arguments with NULs between them; NULL when it has none, is gone, or
 * may not be looked at. */
char *process_command_line (const char *proc, pid_t pid, gsize *ret_length);

/* Its name as the kernel has it; NULL when it is gone. */
char *process_name (const char *proc, pid_t pid);

/* The name of one of its threads; NULL when there is no such thread. */
char *process_thread_name (const char *proc, pid_t pid, pid_t tid);

/* Who maps the objects of one file system (a device). */
typedef struct process_table ProcessTable;

ProcessTable *process_table_new (const char *proc, guint64 device);
void process_table_free (ProcessTable *self);

/* Looks at the processes: those that are new since the last time, or at all of
 * them. Returns whether anybody maps something else than before. */
gboolean process_table_update (ProcessTable *self, gboolean all);

/* Looks at these processes alone, again. Returns as above. */
gboolean process_table_look (ProcessTable *self, const pid_t *pids, guint n);

/* A process with a Python interpreter in it that shares writable memory with others. */
struct python_process
{
  pid_t pid;
  guint64 shared;   /* another number whenever it maps other shared memory than before */
};

/* Those there are, in no order; owned by the table until the next update. */
const struct python_process *process_table_pythons (ProcessTable *self, guint *ret_n);

/* The processes that map the object, ascending; NULL when nobody does. */
const pid_t *process_table_find (ProcessTable *self, guint64 inode, guint *ret_n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ProcessTable, process_table_free)
