/* segment.c - making, attaching and leaving segments. */
#include "segment.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "attacher.h"
#include "entry-lock.h"
#include "entry.h"
#include "error.h"
#include "format-private.h"

#define DIRECTORY "/dev/shm"
#define CAPACITY_DEFAULT (UINT64_C (64) << 30)

/* The first size: the tables and a little room. */
#define SIZE_FIRST (UINT64_C (64) << 10)

/* How often open-or-create goes round when others make and remove the name. */
#define ROUNDS 100

/* How long another's look whether a segment is stale may keep us out. */
#define FLOCK_PATIENCE_MS 1000

struct path
{
  char text[sizeof DIRECTORY + SHMLENS_SEGMENT_NAME_MAX + 1];
};

static int
make_path (const char *name, struct path *ret_path)
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
  snprintf (ret_path->text, sizeof ret_path->text, DIRECTORY "%s", name);
  return 0;
}

/* The sentence for a system call that failed with `code` for this segment. */
static int
system_error (int code, const char *name, const char *what)
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
                        " mode (shmlens_segment_attr.mode, chmod " DIRECTORY "%s)",
                        name, what, name);
    case ELOOP:
      return error_set (EBADMSG, "%s is a symbolic link, no segment", name);
    case ENOSPC:
      return error_set (ENOSPC,
                        "%s: " DIRECTORY " is full; remove segments (shmlensctl rm --stale), or"
                        " make it larger (mount -o remount,size=..., docker run --shm-size=...)",
                        name);
    default:
      return error_set (code, "%s: cannot %s: %s", name, what, strerror (code));
    }
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

/* Frees what is there of a segment that is not in use. */
static void
discard (struct shmlens_segment *segment)
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

static struct shmlens_segment *
new_segment (const char *name, enum shmlens_access access)
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

/* Maps the whole capacity, most of it beyond the file's end: growing the file
 * then grows every mapping. */
static int
map (struct shmlens_segment *segment)
{
  bool is_writable = segment->access == SHMLENS_READ_WRITE;
  void *base = mmap (NULL, segment->header.capacity, is_writable ? PROT_READ | PROT_WRITE : PROT_READ,
                     MAP_SHARED | MAP_NORESERVE, segment->fd, 0);
  uint64_t namespace = segment_pid_namespace ();

  if (base == MAP_FAILED)
    return errno == ENOMEM
               ? error_set (ENOMEM,
                            "%s: no address space for its capacity, %" PRIu64 " bytes; raise the"
                            " limit (ulimit -v), or make it with a smaller"
                            " shmlens_segment_attr.capacity",
                            segment->name, segment->header.capacity)
               : system_error (errno, segment->name, "map it");
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

/* Says that somebody is here, for as long as the descriptor is open. */
static int
take_presence (const struct shmlens_segment *segment)
{
  const struct timespec moment = { .tv_nsec = 1000000 };

  for (int ms = 0; flock (segment->fd, LOCK_SH | LOCK_NB) < 0; ms++)
    {
      if (errno != EWOULDBLOCK && errno != EINTR)
        return system_error (errno, segment->name, "lock the file");
      if (ms == FLOCK_PATIENCE_MS)
        return error_set (EBUSY,
                          "%s: another process keeps an exclusive flock() on it; end that process",
                          segment->name);
      nanosleep (&moment, NULL);
    }
  return 0;
}


/* Creating. */

/* A made-up text of ASCII, whatever the original was. */
static void
copy_printable (char *ret_text, size_t size, const char *text)
{
  size_t i;

  for (i = 0; i + 1 < size && text[i] != '\0'; i++)
    ret_text[i] = text[i] < 0x20 || text[i] > 0x7e ? '?' : text[i];
  ret_text[i] = '\0';
}

static int
check_attr (const char *name, const struct shmlens_segment_attr *attr)
{
  if (!format_name_is_valid (name + 1, SHMLENS_SEGMENT_NAME_MAX, SHMLENS_SEGMENT_NAME_MAX - 1))
    return error_set (EINVAL, "segment name: it must be UTF-8 without control characters");
  if ((attr->mode & ~(mode_t) 0777) != 0)
    return error_set (EINVAL, "%s: mode %#o has more than permission bits; use 0 to 0777", name,
                      (unsigned) attr->mode);
  if (attr->capacity != 0
      && (attr->capacity < FORMAT_CAPACITY_MIN || attr->capacity > FORMAT_CAPACITY_MAX))
    return error_set (EINVAL, "%s: capacity %" PRIu64 " is not from %u to %" PRIu64 " bytes", name,
                      attr->capacity, FORMAT_CAPACITY_MIN, FORMAT_CAPACITY_MAX);
  if (attr->program != NULL
      && !format_name_is_valid (attr->program, SIZE_MAX,
                                sizeof ((struct format_header *) 0)->program - 1))
    return error_set (EINVAL,
                      "%s: attr.program must be 1 to 63 bytes of UTF-8 without control characters",
                      name);
  if (attr->logical_name != NULL
      && !format_name_is_valid (attr->logical_name, SIZE_MAX,
                                sizeof ((struct format_header *) 0)->logical_name - 1))
    return error_set (EINVAL,
                      "%s: attr.logical_name must be 1 to 255 bytes of UTF-8 without control"
                      " characters",
                      name);
  for (size_t i = 0; i < sizeof attr->reserved / sizeof attr->reserved[0]; i++)
    if (attr->reserved[i] != 0)
      return error_set (EINVAL, "%s: attr.reserved must be zero; clear the structure first", name);
  return 0;
}

static void
fill_identity (uint8_t identity[16])
{
  struct timespec now;
  size_t length = 0;

  while (length < 16)
    {
      ssize_t result = getrandom (identity + length, 16 - length, GRND_NONBLOCK);

      if (result > 0)
        length += (size_t) result;
      else if (errno != EINTR)
        break;
    }
  if (length == 16)
    return;

  /* The pool is not ready, early at boot: time and process are rarely the same. */
  clock_gettime (CLOCK_REALTIME, &now);
  snprintf ((char *) identity, 16, "%x%lx", (unsigned) getpid (), now.tv_nsec ^ now.tv_sec);
}

static void
make_header (const char *name, const struct shmlens_segment_attr *attr,
             struct format_header *ret_header)
{
  uint64_t position = FORMAT_PAGE;
  struct timespec now;

  memset (ret_header, 0, sizeof *ret_header);
  memcpy (ret_header->magic, FORMAT_MAGIC, sizeof ret_header->magic);
  ret_header->version = FORMAT_VERSION;
  ret_header->byte_order = FORMAT_BYTE_ORDER;
  ret_header->header_size = sizeof *ret_header;
  ret_header->slot_size = sizeof (struct format_slot);
  ret_header->lock_size = sizeof (struct format_lock);
  ret_header->attacher_size = sizeof (struct format_attacher);
  ret_header->lock_abi = FORMAT_LOCK_ABI_GLIBC_64;
  ret_header->capacity = attr->capacity == 0 ? CAPACITY_DEFAULT
                                             : (attr->capacity + FORMAT_PAGE - 1) / FORMAT_PAGE * FORMAT_PAGE;
  ret_header->pid_namespace = segment_pid_namespace ();
  fill_identity (ret_header->identity);
  clock_gettime (CLOCK_REALTIME, &now);
  ret_header->created_ns = (uint64_t) now.tv_sec * 1000000000u + (uint64_t) now.tv_nsec;
  ret_header->maker_pid = (uint32_t) getpid ();
  ret_header->maker_start_time = attacher_start_time (getpid ());
  ret_header->attacher_count = FORMAT_ATTACHERS;
  ret_header->attacher_offset = position;
  position += FORMAT_ATTACHERS_LENGTH;
  if (attr->program != NULL)
    strcpy (ret_header->program, attr->program);
  else
    copy_printable (ret_header->program, sizeof ret_header->program, program_invocation_short_name);
  strcpy (ret_header->logical_name, attr->logical_name != NULL ? attr->logical_name : name);

  ret_header->block_offset[0] = position;
  position += format_block_length (0);
  ret_header->used = position;
  ret_header->size = ret_header->capacity < SIZE_FIRST ? ret_header->capacity : SIZE_FIRST;
  for (unsigned k = 0; k < FORMAT_FREE_CLASSES; k++)
    ret_header->free_head[k] = FORMAT_NO_SLOT;
  ret_header->free_slot = FORMAT_NO_SLOT;
}

/* Gives the finished file its name; that is the moment it can be seen. */
static int
publish (const struct shmlens_segment *segment, const struct path *path)
{
  char self[40];

  snprintf (self, sizeof self, "/proc/self/fd/%d", segment->fd);
  if (linkat (AT_FDCWD, self, AT_FDCWD, path->text, AT_SYMLINK_FOLLOW) == 0)
    return 0;
  if (errno == EEXIST)
    return error_set (EEXIST,
                      "segment %s exists already; attach to it with shmlens_segment_attach(), or"
                      " remove it with shmlens_segment_unlink()",
                      segment->name);
  return system_error (errno, segment->name, "give it its name through /proc");
}

static int
create (const char *name, const struct path *path, const struct shmlens_segment_attr *attr,
        struct shmlens_segment **ret_segment)
{
  struct shmlens_segment *segment = new_segment (name, SHMLENS_READ_WRITE);
  int result;

  if (segment == NULL)
    return -ENOMEM;
  make_header (name, attr, &segment->header);
  segment->fd = open (DIRECTORY, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (segment->fd < 0)
    {
      result = system_error (errno, name, "make a file in " DIRECTORY);
      goto fail;
    }
  if (fchmod (segment->fd, attr->mode == 0 ? 0600 : attr->mode) < 0)
    {
      result = system_error (errno, name, "set its mode");
      goto fail;
    }
  while ((result = posix_fallocate (segment->fd, 0, (off_t) segment->header.size)) == EINTR)
    ;
  if (result != 0)
    {
      result = system_error (result, name, "allocate memory");
      goto fail;
    }
  if ((result = map (segment)) < 0 || (result = take_presence (segment)) < 0)
    goto fail;
  memcpy (segment->base, &segment->header, sizeof segment->header);
  lock_initialise (&segment_header (segment)->directory_lock);

  attacher_enter (segment);
  if ((result = publish (segment, path)) < 0)
    {
      attacher_leave (segment);
      goto fail;
    }
  *ret_segment = segment;
  return 0;

fail:
  discard (segment);
  return result;
}

int
shmlens_segment_create (const char *name, const struct shmlens_segment_attr *attr,
                        struct shmlens_segment **ret_segment)
{
  static const struct shmlens_segment_attr defaults;
  struct path path;
  int result;

  if (attr == NULL)
    attr = &defaults;
  if ((result = make_path (name, &path)) < 0 || (result = check_attr (name, attr)) < 0)
    return result;
  return create (name, &path, attr, ret_segment);
}


/* Attaching. */

/* Opens what lies under a name, and reads its header.
 *
 * O_CREAT is never used: with fs.protected_regular it fails on another user's
 * file even for root. O_NONBLOCK keeps a FIFO from holding us up. */
static int
open_and_check (const char *name, const struct path *path, int flags, int *ret_fd,
                struct format_header *ret_header)
{
  struct format_header header;
  struct format_error error;
  struct stat status;
  ssize_t length;
  int result;
  int fd = open (path->text, flags | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

  if (fd < 0)
    return system_error (errno, name, "open it");
  if (fstat (fd, &status) < 0)
    {
      result = system_error (errno, name, "look at it");
      goto fail;
    }
  if (!S_ISREG (status.st_mode))
    {
      result = error_set (EBADMSG, "%s is no regular file, and so no segment", name);
      goto fail;
    }
  length = pread (fd, &header, sizeof header, 0);
  if (length < 0)
    {
      result = system_error (errno, name, "read it");
      goto fail;
    }
  if ((size_t) length < sizeof header)
    {
      result = error_set (EBADMSG,
                          "%s is no segment of shmlens: it has %zd bytes, and the header alone"
                          " %zu; remove it if it was left by a program that is gone",
                          name, length, sizeof header);
      goto fail;
    }

  /* Its size is asked for after the header was read: segments grow. */
  if (fstat (fd, &status) < 0)
    {
      result = system_error (errno, name, "look at it");
      goto fail;
    }
  result = format_check_header (&header, (uint64_t) status.st_size, &error);
  if (result < 0)
    {
      error_set (-result, "%s cannot be attached: %s", name, error.text);
      goto fail;
    }
  *ret_fd = fd;
  *ret_header = header;
  return 0;

fail:
  close (fd);
  return result;
}

static int
attach (const char *name, const struct path *path, enum shmlens_access access,
        struct shmlens_segment **ret_segment)
{
  struct shmlens_segment *segment = new_segment (name, access);
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
  if ((result = take_presence (segment)) < 0 || (result = map (segment)) < 0)
    goto fail;
  attacher_enter (segment);
  *ret_segment = segment;
  return 0;

fail:
  discard (segment);
  return result;
}

int
shmlens_segment_attach (const char *name, enum shmlens_access access,
                        struct shmlens_segment **ret_segment)
{
  struct path path;
  int result;

  if ((result = make_path (name, &path)) < 0)
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
  discard (segment);
  return 0;
}

int
shmlens_segment_unlink (const char *name)
{
  struct path path;
  int result;

  if ((result = make_path (name, &path)) < 0)
    return result;
  if (unlink (path.text) < 0)
    return system_error (errno, name, "remove it");
  return 0;
}

int
shmlens_segment_is_stale (const char *name)
{
  struct format_header header;
  struct path path;
  int result;
  int fd;

  if ((result = make_path (name, &path)) < 0
      || (result = open_and_check (name, &path, O_RDONLY, &fd, &header)) < 0)
    return result;

  /* Who attaches in this very moment waits until the descriptor is closed. */
  result = flock (fd, LOCK_EX | LOCK_NB) == 0 ? 1 : -errno;
  close (fd);
  if (result == -EWOULDBLOCK || result == -EINTR)
    return 0;
  return result < 0 ? system_error (-result, name, "ask for its lock") : result;
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
