/* shared-file.h - the file behind a shared mapping of another process, mapped here too.
 *
 * Reading and writing survive that it becomes shorter. Counted references; any function
 * from any thread.
 */
#pragma once

#include "process-memory.h"

typedef struct shared_file SharedFile;

/* Opens it through a process that maps it. NULL with ret_code -errno when it cannot be
 * opened from here. */
SharedFile *shared_file_open (ProcessMemory *memory, const MemoryRegion *region, int *ret_code);
/* Opens it by a name, when that is still of the very inode. */
SharedFile *shared_file_open_path (const char *path, guint64 device, guint64 inode, int *ret_code);
SharedFile *shared_file_ref (SharedFile *self);
void shared_file_unref (SharedFile *self);

guint64 shared_file_device (SharedFile *self);
guint64 shared_file_inode (SharedFile *self);
/* Its length when it was last looked at. */
guint64 shared_file_length (SharedFile *self);

/* Copies bytes out; a naturally aligned word of 2, 4 or 8 bytes as one. 0, or -EFAULT when it
 * has not so many (any more). */
int shared_file_read (SharedFile *self, guint64 offset, gsize length, void *to);

/* Writes bytes, in units of 1, 2, 4 or 8 bytes as memory_store() does. 0; -EFAULT; -EACCES and
 * the like when it may not be written. */
int shared_file_store (SharedFile *self, guint64 offset, gsize length, gsize unit,
                       const void *from);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SharedFile, shared_file_unref)
