/* segment-create.c - making segments. */
#include "segment-private.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "attacher.h"
#include "error.h"
#include "format-private.h"

#define CAPACITY_DEFAULT (UINT64_C (64) << 30)

/* The first size: the tables and a little room. */
#define SIZE_FIRST (UINT64_C (64) << 10)

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
    return error_set (
        EINVAL, "%s: attr.program must be 1 to 63 bytes of UTF-8 without control characters", name);
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

  memset (ret_header, 0, sizeof *ret_header);
  memcpy (ret_header->magic, FORMAT_MAGIC, sizeof ret_header->magic);
  ret_header->version = FORMAT_VERSION;
  ret_header->byte_order = FORMAT_BYTE_ORDER;
  ret_header->header_size = sizeof *ret_header;
  ret_header->slot_size = sizeof (struct format_slot);
  ret_header->lock_size = sizeof (struct format_lock);
  ret_header->attacher_size = sizeof (struct format_attacher);
  ret_header->lock_abi = FORMAT_LOCK_ABI_GLIBC_64;
  ret_header->capacity = attr->capacity == 0 ? CAPACITY_DEFAULT : attr->capacity;
  ret_header->capacity = (ret_header->capacity + FORMAT_PAGE - 1) / FORMAT_PAGE * FORMAT_PAGE;
  ret_header->pid_namespace = segment_pid_namespace ();
  fill_identity (ret_header->identity);
  ret_header->created_ns = segment_realtime_ns ();
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
publish (const struct shmlens_segment *segment, const struct segment_path *path)
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
  return segment_system_error (errno, segment->name, "give it its name through /proc");
}

static int
create (const char *name, const struct segment_path *path, const struct shmlens_segment_attr *attr,
        struct shmlens_segment **ret_segment)
{
  struct shmlens_segment *segment = segment_new (name, SHMLENS_READ_WRITE);
  int result;

  if (segment == NULL)
    return -ENOMEM;
  make_header (name, attr, &segment->header);
  if ((result = segment_check_file_limit (name, segment->header.size)) < 0)
    goto fail;
  segment->fd = open (SEGMENT_DIRECTORY, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (segment->fd < 0)
    {
      result = segment_system_error (errno, name, "make a file in " SEGMENT_DIRECTORY);
      goto fail;
    }
  if (fchmod (segment->fd, attr->mode == 0 ? 0600 : attr->mode) < 0)
    {
      result = segment_system_error (errno, name, "set its mode");
      goto fail;
    }
  while ((result = posix_fallocate (segment->fd, 0, (off_t) segment->header.size)) == EINTR)
    ;
  if (result != 0)
    {
      result = segment_system_error (result, name, "allocate memory");
      goto fail;
    }
  if ((result = segment_map (segment)) < 0 || (result = segment_take_presence (segment)) < 0)
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
  segment_discard (segment);
  return result;
}

int
shmlens_segment_create (const char *name, const struct shmlens_segment_attr *attr,
                        struct shmlens_segment **ret_segment)
{
  static const struct shmlens_segment_attr defaults;
  struct segment_path path;
  int result;

  if (attr == NULL)
    attr = &defaults;
  if ((result = segment_make_path (name, &path)) < 0 || (result = check_attr (name, attr)) < 0)
    return result;
  return create (name, &path, attr, ret_segment);
}
