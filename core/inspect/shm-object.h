/* shm-object.h - an object in the shared memory directory as a file: its name, who
 * may open it, whether it is still the one that was opened.
 *
 * Nothing here trusts the directory: only regular files are opened, no link is
 * followed, no open waits. A file name may be any bytes; in ids and titles those
 * that are no printable UTF-8, and the backslash, stand as \xNN.
 */
#pragma once

#include <pthread.h>
#include <sys/stat.h>

#include "segment-info.h"

typedef struct shm_directory ShmDirectory;

/* The directory of such objects, "/dev/shm", held open. Counted references, safe
 * to share between threads. The process directory stands beside it since both are
 * the roots at which a system is looked at. */
struct shm_directory
{
  int fd;            /* or -errno */
  char *path;
  char *proc;
};

ShmDirectory *shm_directory_new (const char *path, const char *proc);
ShmDirectory *shm_directory_ref (ShmDirectory *self);
void shm_directory_unref (ShmDirectory *self);

/* The names of all entries of the directory; NULL with errno set. */
GPtrArray *shm_directory_names (ShmDirectory *self);

/* "shm:/name" for a file's name, and back: "shm:/name" and "/name" with \xNN undone,
 * or as they stand when there is none such. NULL when it cannot be the id of such an
 * object. */
char *shm_object_id (const char *file);
char *shm_object_file (ShmDirectory *directory, const char *id);

/* Opens it to read. Returns a descriptor, or -errno; -ENOENT also for what is no
 * regular file. */
int shm_object_open (ShmDirectory *directory, const char *file, struct stat *ret_status);

/* Opens the object behind a descriptor again, to write, once: *write_fd, below 0 until then, is read
 * and written under the mutex. A descriptor that stays the caller's, or below 0 with an error:
 * PERMISSION. */
int shm_object_open_to_write (ShmDirectory *directory, const char *file, int fd,
                              pthread_mutex_t *mutex, int *write_fd, GError **error);

/* Looks at it without opening. 0, or -errno as above. */
int shm_object_stat (ShmDirectory *directory, const char *file, struct stat *ret_status);

/* What is known of an object from its file. The strings in ret_values are to be
 * freed by shm_object_clear(); kind is left alone. */
void shm_object_describe (ShmDirectory *directory, const char *file, const struct stat *status,
                          SegmentInfo *ret_values);
void shm_object_clear (SegmentInfo *values);

/* Whether the object that was opened under this name still has it: LIVE, REPLACED
 * or REMOVED with a sentence. */
enum segment_state shm_object_state (ShmDirectory *directory, const char *file,
                                     const struct stat *opened, char **ret_reason);

/* Why opening it failed, as a sentence for an error or a reason. */
char *shm_object_refusal (ShmDirectory *directory, const char *file, int code);

/* Whether the object that was opened may be written by now, and why not, as a sentence. */
gboolean shm_object_may_write (int fd);
char *shm_object_read_only (ShmDirectory *directory, const char *file, int fd);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShmDirectory, shm_directory_unref)
