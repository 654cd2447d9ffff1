/* process-memory.h - another process's memory, looked at as a guest: it is not stopped,
 * changed only by process_memory_write(), and need not know.
 *
 * Counted references; any function may be called from any thread.
 */
#pragma once

#include <glib.h>
#include <sys/types.h>

#include "memory-region.h"

typedef struct process_memory ProcessMemory;

/* Where to read, and how it went. */
struct memory_piece
{
  guint64 address;
  void *to;
  gsize length;
  gboolean is_read;  /* set: whether all of it was */
};

/* Opens it for reading. proc: "/proc". When the kernel refuses this process, a broker that is
 * an ancestor of that one (broker-client.h) does everything.
 *
 * Errors: NOT_FOUND there is no such process; PERMISSION with what forbids it and what
 * helps. */
ProcessMemory *process_memory_open (const char *proc, pid_t pid, GError **error);
/* For a process whose memory may not be read: its mappings and the files behind them can be told
 * and opened all the same, where the kernel lets this user; reads fail. NULL: there is no such
 * process. */
ProcessMemory *process_memory_open_files (const char *proc, pid_t pid);
ProcessMemory *process_memory_ref (ProcessMemory *self);
void process_memory_unref (ProcessMemory *self);

pid_t process_memory_pid (ProcessMemory *self);
const char *process_memory_proc (ProcessMemory *self);
/* Field 22 of /proc/PID/stat: tells reused ids apart. */
guint64 process_memory_start_time (ProcessMemory *self);
/* Whether it has ended. */
gboolean process_memory_is_gone (ProcessMemory *self);

/* Copies memory out. Returns how many bytes from address on were there, which may be
 * fewer than length; or -errno when none: -EFAULT nothing is mapped there, -ESRCH it has
 * ended, -EPERM. */
gssize process_memory_read (ProcessMemory *self, guint64 address, void *to, gsize length);

/* Writes into memory that the process itself may write; for memory that cannot be mapped
 * here. 0; or -errno: -EFAULT also when only a part could be written. */
int process_memory_write (ProcessMemory *self, guint64 address, const void *from, gsize length);

/* Copies many small pieces in few calls. Each succeeds or fails on its own. Returns how
 * many were read. */
guint process_memory_read_pieces (ProcessMemory *self, struct memory_piece *pieces, guint n);

/* Its mappings, in the order of addresses; read anew at each call. The caller owns the
 * array of MemoryRegion *. NULL with errno when they cannot be read. */
GPtrArray *process_memory_regions (ProcessMemory *self);

/* The next run of pages at or behind `from`, and before `end`, that have content. Pages
 * without one are not to be read: that could give them memory, or hang where the program
 * fills them itself (userfaultfd). FALSE: none. Where the kernel does not tell, everything
 * counts as content. */
gboolean process_memory_next_content (ProcessMemory *self, guint64 from, guint64 end,
                                      guint64 *ret_start, guint64 *ret_end);

/* What its threads do in the kernel: for each a line of PROC/PID/task/TID/syscall, "running",
 * or number and arguments. NULL with errno. The caller frees it. */
GString *process_memory_syscalls (ProcessMemory *self);

/* Opens the file behind a shared mapping, of the very inode: by its name, by a descriptor
 * that the process has of it, or by map_files.
 *
 * is_kept_open: whether programs keep such descriptors. Else they are not gone through: a program has
 * thousands of locks, and thousands of descriptors.
 *
 * Returns a descriptor that the caller closes, or -errno: -EPERM, -EACCES, -ENOENT there is
 * none that can be opened. */
int process_memory_open_region (ProcessMemory *self, const MemoryRegion *region, gboolean writable,
                                gboolean is_kept_open);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ProcessMemory, process_memory_unref)
