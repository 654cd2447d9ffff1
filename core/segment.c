/* segment.c - making, attaching and leaving segments. */
#include "segment-private.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "attacher.h"
#include "entry-lock.h"
#include "entry.h"
#include "error.h"

/* How often open-or-create goes round when others make and remove the name. */
#define ROUNDS 100

/* How often a header that seems corrupt is read: it may be growing. */
#define HEADER_ROUNDS 16

/* How long another's look whether a segment is stale may keep us out. */
#define FLOCK_PATIENCE_MS 1000

int
segment_make_path (const char *name, struct segment_path *ret_path)
{
  if (name == NULL || name[0] != '/')
    return error_set (EINVAL, "segment name \"%s\": a name begins with /; write \"/%s\"",
                      name == NULL ? "" : name, name == NULL ? "name" : name);
  if (strlen (name) > SHMLENS_SEGMENT_NAME_MAX)
    return error_set (ENAMETOOLONG, "segment name \"%.40s...\": at most %d bytes are possible",
                      name, SHMLENS_SEGMENT_NAME_MAX);
  if (name[1] == '\0' || strchr (name + 1, '/') != NULL || strcmp (name, "/.") == 0
      || strcmp (name, "/..") == 0)
    return error_set (EINVAL,
                      "segment name \"%s\": one / and then at least one other character are"
                      " needed, as for shm_open()",
                      name);
  snprintf (ret_path->text, sizeof ret_path->text, SEGMENT_DIRECTORY "%s", name);
  return 0;
}

int
segment_system_error (int code, const char *name, const char *what)
{
  switch (code)
    {
    case ENOENT:
      return error_set (ENOENT,
                        "there is no segment %s; make it with shmlens_segment_create(), or see"
                        " shmlensctl list",
                        name);
    case EACCES:
    case EPERM:
      return error_set (EACCES,
                        "%s: no permission to %s; it belongs to another user, or needs another"
                        " mode (shmlens_segment_attr.mode, chmod " SEGMENT_DIRECTORY "%s)",
                        name, what, name);
    case ELOOP:
    case EISDIR:
    case ENXIO:
      return error_set (EBADMSG, "%s is a symbolic link, a folder or a socket, and so no segment",
                        name);
    case ENOSPC:
      return error_set (ENOSPC,
                        "%s: " SEGMENT_DIRECTORY
                        " is full; remove segments (shmlensctl rm --stale), or"
                        " make it larger (mount -o remount,size=..., docker run --shm-size=...)",
                        name);
    default:
      return error_set (code, "%s: cannot %s: %s", name, what, strerror (code));
    }
}

int
segment_check_file_limit (const char *name, uint64_t size)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_FSIZE, &limit) < 0 || limit.rlim_cur == RLIM_INFINITY
      || size <= limit.rlim_cur)
    return 0;
  return error_set (ENOSPC,
                    "%s cannot have %" PRIu64
                    " bytes: this process may make files of at most %" PRIu64
                    " bytes; raise the limit (ulimit -f)",
                    name, size, (uint64_t) limit.rlim_cur);
}

uint64_t
segment_realtime_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_REALTIME, &now);
  return (uint64_t) now.tv_sec * 1000000000u + (uint64_t) now.tv_nsec;
}

uint64_t
segment_pid_namespace (void)
{
  struct stat status;

  return stat ("/proc/self/ns/pid", &status) < 0 ? 0 : (uint64_t) status.st_ino;
}

struct format_header *
segment_header (const struct shmlens_segment *segment)
{
  return (struct format_header *) segment->base;
}

int64_t
segment_length (const struct shmlens_segment *segment)
{
  struct stat status;

  if (fstat (segment->fd, &status) < 0)
    return -errno;
  return (uint64_t) status.st_size < segment->header.capacity ? (int64_t) status.st_size
                                                              : (int64_t) segment->header.capacity;
}

int
segment_check_writable (const struct shmlens_segment *segment)
{
  if (segment->access == SHMLENS_READ_WRITE)
    return 0;
  return error_set (EROFS, "%s is attached read-only; attach it with SHMLENS_READ_WRITE",
                    segment->name);
}

void
segment_discard (struct shmlens_segment *segment)
{
  if (segment == NULL)
    return;
  if (segment->base != NULL)
    munmap (segment->base, segment->header.capacity);
  if (segment->fd >= 0)
    close (segment->fd);
  names_free (&segment->names);
  pthread_mutex_destroy (&segment->handles_lock);
  free (segment);
}

struct shmlens_segment *
segment_new (const char *name, enum shmlens_access access)
{
  struct shmlens_segment *segment = calloc (1, sizeof *segment);

  if (segment == NULL)
    {
      error_set (ENOMEM, "%s: no memory for its handle", name);
      return NULL;
    }
  segment->fd = -1;
  segment->access = access;
  memcpy (segment->name, name, strlen (name) + 1);
  pthread_mutex_init (&segment->handles_lock, NULL);
  return segment;
}

int
segment_map (struct shmlens_segment *segment)
{
  bool is_writable = segment->access == SHMLENS_READ_WRITE;
  void *base
      = mmap (NULL, segment->header.capacity, is_writable ? PROT_READ | PROT_WRITE : PROT_READ,
              MAP_SHARED | MAP_NORESERVE, segment->fd, 0);
  uint64_t namespace = segment_pid_namespace ();

  if (base == MAP_FAILED)
    return errno == ENOMEM
               ? error_set (ENOMEM,
                            "%s: no address space for its capacity, %" PRIu64 " bytes; raise the"
                            " limit (ulimit -v), or make it with a smaller"
                            " shmlens_segment_attr.capacity",
                            segment->name, segment->header.capacity)
               : segment_system_error (errno, segment->name, "map it");
  segment->base = base;
  segment->directory_lock = (struct shmlens_lock){
    .shared = &segment_header (segment)->directory_lock,
    .segment = segment,
    .slot = FORMAT_NO_SLOT,
    .writable = is_writable,
    .same_namespace = namespace != 0 && namespace == segment->header.pid_namespace,
  };
  return 0;
}

int
segment_take_presence (const struct shmlens_segment *segment)
{
  const struct timespec moment = { .tv_nsec = 1000000 };

  for (int ms = 0; flock (segment->fd, LOCK_SH | LOCK_NB) < 0; ms++)
    {
      if (errno != EWOULDBLOCK && errno != EINTR)
        return segment_system_error (errno, segment->name, "lock the file");
      if (ms == FLOCK_PATIENCE_MS)
        return error_set (EBUSY,
                          "%s: another process keeps an exclusive flock() on it; end that process",
                          segment->name);
      nanosleep (&moment, NULL);
    }
  return 0;
}


/* Attaching. */

/* By pread, which cannot fault. It does not copy the words in the order of
 * format_copy_header(), so that one that is changed at this moment may look
 * corrupt: then it is read again. */
static int
read_header (int fd, const char *name, struct format_header *ret_header)
{
  struct format_error error;
  struct stat status;
  ssize_t length;
  int result = -EBADMSG;

  for (int round = 0; result == -EBADMSG && round < HEADER_ROUNDS; round++)
    {
      length = pread (fd, ret_header, sizeof *ret_header, 0);
      if (length < 0)
        return segment_system_error (errno, name, "read it");
      if ((size_t) length < sizeof *ret_header)
        return error_set (EBADMSG,
                          "%s is no segment of shmlens: it has %zd bytes, and the header alone"
                          " %zu; remove it if it was left by a program that is gone",
                          name, length, sizeof *ret_header);

      /* Its size is asked for after the header was read: segments grow. */
      if (fstat (fd, &status) < 0)
        return segment_system_error (errno, name, "look at it");
      result = format_check_header (ret_header, (uint64_t) status.st_size, &error);
    }
  return result == 0 ? 0 : error_set (-result, "%s cannot be attached: %s", name, error.text);
}

/* Opens what lies under a name, and reads its header.
 *
 * O_CREAT is never used: with fs.protected_regular it fails on another user's
 * file even for root. Other than files are not opened at all: that would wake
 * who waits at a FIFO. */
static int
open_and_check (const char *name, const struct segment_path *path, int flags, int *ret_fd,
                struct format_header *ret_header)
{
  struct stat status;
  int result;
  int fd;

  if (lstat (path->text, &status) < 0)
    return segment_system_error (errno, name, "look at it");
  if (S_ISLNK (status.st_mode) || S_ISDIR (status.st_mode))
    return segment_system_error (ELOOP, name, "open it");
  if (!S_ISREG (status.st_mode))
    return error_set (EBADMSG, "%s is no regular file, and so no segment", name);
  fd = open (path->text, flags | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (fd < 0)
    return segment_system_error (errno, name, "open it");
  if (fstat (fd, &status) < 0)
    result = segment_system_error (errno, name, "look at it");
  else if (!S_ISREG (status.st_mode))
    result = error_set (EBADMSG, "%s is no regular file, and so no segment", name);
  else
    result = read_header (fd, name, ret_header);
  if (result < 0)
    close (fd);
  else
    *ret_fd = fd;
  return result;
}

/* Whether the file still has a name: who removes stale segments may have been
 * faster, and this one would be found by nobody else. */
static int
check_is_named (const struct shmlens_segment *segment)
{
  struct stat status;

  if (fstat (segment->fd, &status) < 0)
    return segment_system_error (errno, segment->name, "look at it");
  return status.st_nlink > 0 ? 0 : segment_system_error (ENOENT, segment->name, "open it");
}

static int
attach (const char *name, const struct segment_path *path, enum shmlens_access access,
        struct shmlens_segment **ret_segment)
{
  struct shmlens_segment *segment = segment_new (name, access);
  struct format_error error;
  int result;

  if (segment == NULL)
    return -ENOMEM;
  result = open_and_check (name, path, access == SHMLENS_READ_WRITE ? O_RDWR : O_RDONLY,
                           &segment->fd, &segment->header);
  if (result < 0)
    goto fail;
  if (access == SHMLENS_READ_WRITE
      && (result = format_check_writable (&segment->header, &error)) < 0)
    {
      error_set (-result, "%s cannot be attached read-write: %s; SHMLENS_READ_ONLY works", name,
                 error.text);
      goto fail;
    }
  if ((result = segment_take_presence (segment)) < 0 || (result = check_is_named (segment)) < 0
      || (result = segment_map (segment)) < 0)
    goto fail;
  attacher_enter (segment);
  *ret_segment = segment;
  return 0;

fail:
  segment_discard (segment);
  return result;
}

int
shmlens_segment_attach (const char *name, enum shmlens_access access,
                        struct shmlens_segment **ret_segment)
{
  struct segment_path path;
  int result;

  if ((result = segment_make_path (name, &path)) < 0)
    return result;
  if (access != SHMLENS_READ_ONLY && access != SHMLENS_READ_WRITE)
    return error_set (EINVAL, "%s: access %d is neither SHMLENS_READ_ONLY nor SHMLENS_READ_WRITE",
                      name, (int) access);
  return attach (name, &path, access, ret_segment);
}

int
shmlens_segment_open_or_create (const char *name, const struct shmlens_segment_attr *attr,
                                struct shmlens_segment **ret_segment)
{
  int result = shmlens_segment_attach (name, SHMLENS_READ_WRITE, ret_segment);

  for (int round = 0; result == -ENOENT && round < ROUNDS; round++)
    {
      result = shmlens_segment_create (name, attr, ret_segment);
      if (result == 0)
        return 1;
      if (result != -EEXIST)
        return result;
      result = shmlens_segment_attach (name, SHMLENS_READ_WRITE, ret_segment);
    }
  return result;
}

int
shmlens_segment_detach (struct shmlens_segment *segment)
{
  unsigned held;

  if (segment == NULL)
    return 0;
  held = entry_lock_count_mine (segment);
  if (held > 0)
    return error_set (EBUSY,
                      "%s cannot be detached: this thread holds %u of its locks; release them"
                      " first",
                      segment->name, held);
  attacher_leave (segment);
  entry_free_all (segment);
  entry_lock_free_all (segment);
  segment_discard (segment);
  return 0;
}

/* Unlike opening, removing is nothing that a mode of the segment could allow. */
static int
refuse_removal (int code, const char *name)
{
  if (code == EACCES || code == EPERM)
    return error_set (EACCES, "%s: no permission to remove it; only its owner may: run as that user",
                      name);
  return segment_system_error (code, name, "remove it");
}

int
shmlens_segment_unlink (const char *name)
{
  struct segment_path path;
  int result;

  if ((result = segment_make_path (name, &path)) < 0)
    return result;
  if (unlink (path.text) < 0)
    return errno == EISDIR ? error_set (EINVAL, "%s is a folder, no shared memory", name)
                           : refuse_removal (errno, name);
  return 0;
}

/* Keeps others from attaching if nobody has it. 1 with a descriptor that does so
 * until it is closed, 0 somebody has it. */
static int
take_if_stale (const char *name, const struct segment_path *path, int *ret_fd)
{
  struct format_header header;
  int result;
  int fd;

  if ((result = open_and_check (name, path, O_RDONLY, &fd, &header)) < 0)
    return result;
  if (flock (fd, LOCK_EX | LOCK_NB) == 0)
    {
      *ret_fd = fd;
      return 1;
    }
  result = errno == EWOULDBLOCK || errno == EINTR ? 0
                                                  : segment_system_error (errno, name,
                                                                          "ask for its lock");
  close (fd);
  return result;
}

int
shmlens_segment_is_stale (const char *name)
{
  struct segment_path path;
  int result;
  int fd = -1;

  if ((result = segment_make_path (name, &path)) < 0)
    return result;
  result = take_if_stale (name, &path, &fd);
  if (result == 1)
    close (fd);
  return result;
}

int
shmlens_segment_unlink_stale (const char *name)
{
  struct segment_path path;
  struct stat opened, named;
  int result;
  int fd = -1;

  if ((result = segment_make_path (name, &path)) < 0
      || (result = take_if_stale (name, &path, &fd)) <= 0)
    return result;
  /* While it is kept nobody else removes it in this way, so that the name stays its own. */
  if (fstat (fd, &opened) < 0 || lstat (path.text, &named) < 0)
    result = segment_system_error (errno, name, "look at it");
  else if (opened.st_dev != named.st_dev || opened.st_ino != named.st_ino)
    result = 0;
  else if (unlink (path.text) < 0)
    result = refuse_removal (errno, name);
  close (fd);
  return result;
}

const char *
shmlens_segment_name (const struct shmlens_segment *segment)
{
  return segment->name;
}

const char *
shmlens_segment_program (const struct shmlens_segment *segment)
{
  return segment->header.program;
}

const char *
shmlens_segment_logical_name (const struct shmlens_segment *segment)
{
  return segment->header.logical_name;
}

uint64_t
shmlens_segment_size (const struct shmlens_segment *segment)
{
  int64_t length = segment_length (segment);

  return length < 0 ? 0 : (uint64_t) length;
}

uint64_t
shmlens_segment_capacity (const struct shmlens_segment *segment)
{
  return segment->header.capacity;
}

enum shmlens_access
shmlens_segment_access (const struct shmlens_segment *segment)
{
  return segment->access;
}
