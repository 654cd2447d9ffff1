/* extent.c - the bytes of a segment that entries own. */
#include "extent.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "error.h"
#include "format-private.h"

/* Extents from this size give their memory back while they are found. */
#define LARGE (UINT64_C (1) << 20)

/* A segment grows by half of what it has, within these bounds, so that small
 * entries cost no system call each. */
#define GROWTH_MIN (UINT64_C (64) << 10)
#define GROWTH_MAX (UINT64_C (1) << 20)

/* fallocate starts again when a signal comes, so that it must not be long. */
#define BACKING_STEP (UINT64_C (16) << 20)

/* So many free extents of about the right size are looked at. */
#define LOOKS 32

/* Less than this is not cut off a free extent. */
#define REMAINDER_MIN UINT64_C (256)

static uint64_t
round_up (uint64_t number, uint64_t unit)
{
  return (number + unit - 1) / unit * unit;
}

static int
no_memory (const struct shmlens_segment *segment, uint64_t length, int code)
{
  struct statvfs system;
  uint64_t available = 0;

  if (fstatvfs (segment->fd, &system) == 0)
    available = (uint64_t) system.f_bavail * system.f_frsize;
  if (code == ENOSPC || code == ENOMEM)
    return error_set (ENOSPC,
                      "%s cannot grow by %" PRIu64 " bytes: /dev/shm has %" PRIu64
                      " left; remove segments (shmlensctl rm --stale), or make /dev/shm larger"
                      " (mount -o remount,size=..., docker run --shm-size=...)",
                      segment->name, length, available);
  return error_set (code, "%s cannot grow by %" PRIu64 " bytes: %s", segment->name, length,
                    strerror (code));
}

/* Makes sure that there is memory behind these bytes, also beyond the file's end. */
static int
back (const struct shmlens_segment *segment, uint64_t offset, uint64_t length)
{
  for (uint64_t done = 0; done < length;)
    {
      uint64_t step = length - done < BACKING_STEP ? length - done : BACKING_STEP;

      if (fallocate (segment->fd, FALLOC_FL_KEEP_SIZE, (off_t) (offset + done), (off_t) step) == 0)
        done += step;
      else if (errno != EINTR)
        return no_memory (segment, length, errno);
    }
  return 0;
}

static void
punch (const struct shmlens_segment *segment, uint64_t offset, uint64_t length)
{
  while (fallocate (segment->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t) offset,
                    (off_t) length)
             < 0
         && errno == EINTR)
    ;
}

/* As back, for bytes that nobody uses: takes no memory when it fails. */
static int
back_or_nothing (const struct shmlens_segment *segment, uint64_t offset, uint64_t length)
{
  int result = back (segment, offset, length);

  if (result < 0)
    punch (segment, offset, length);
  return result;
}

/* Zeroes bytes that may have been used before. */
static int
clear (const struct shmlens_segment *segment, uint64_t offset, uint64_t length)
{
  int result;

  if (length >= LARGE)
    punch (segment, offset, length);
  if ((result = back (segment, offset, length)) < 0)
    return result;
  if (length < LARGE)
    memset (segment->base + offset, 0, length);
  return 0;
}

/* Makes the file, and the memory behind it, reach `end`. Growing the file grows
 * every mapping of it, since capacity bytes were mapped at the start. */
static int
grow (struct shmlens_segment *segment, uint64_t end)
{
  uint64_t size = segment->directory.size;
  uint64_t capacity = segment->directory.capacity;
  uint64_t step = size / 2;
  uint64_t new_size;
  int result;

  if (end <= size)
    return 0;
  step = step < GROWTH_MIN ? GROWTH_MIN : step > GROWTH_MAX ? GROWTH_MAX : step;
  new_size = end - size > step ? round_up (end, FORMAT_PAGE) : round_up (size + step, FORMAT_PAGE);
  if (new_size > capacity)
    new_size = capacity;

  if (segment_check_file_limit (segment->name, new_size) < 0)
    {
      new_size = round_up (end, FORMAT_PAGE);
      if ((result = segment_check_file_limit (segment->name, new_size)) < 0)
        return result;
    }

  result = back_or_nothing (segment, size, new_size - size);
  if (result < 0 && new_size > round_up (end, FORMAT_PAGE))
    {
      new_size = round_up (end, FORMAT_PAGE);
      result = back_or_nothing (segment, size, new_size - size);
    }
  if (result < 0)
    return result;
  if (segment->directory_length < new_size)
    {
      if (ftruncate (segment->fd, (off_t) new_size) < 0)
        return no_memory (segment, new_size - size, errno);
      segment->directory_length = new_size;
    }
  directory_store (segment, size, new_size);
  return 0;
}

int
extent_take_end (struct shmlens_segment *segment, uint64_t length, uint64_t *ret_offset)
{
  uint64_t old_size = segment->directory.size;
  uint64_t offset = segment->directory.used;
  uint64_t used_before;
  int result;

  if (length > segment->directory.capacity - offset)
    return error_set (ENOSPC,
                      "%s is full: %" PRIu64 " bytes are wanted and %" PRIu64 " of its capacity of"
                      " %" PRIu64 " are left; remove entries, or make it again with a larger"
                      " capacity",
                      segment->name, length, segment->directory.capacity - offset,
                      segment->directory.capacity);
  if ((result = grow (segment, offset + length)) < 0)
    return result;

  /* What the file has just grown by is zero; what lies before was perhaps given
   * out and given back. */
  used_before = offset + length < old_size ? length : old_size - offset;
  if (used_before > 0 && (result = clear (segment, offset, used_before)) < 0)
    return result;
  directory_store (segment, used, offset + length);
  *ret_offset = offset;
  return 0;
}

void
extent_set_used (struct shmlens_segment *segment, uint64_t used)
{
  directory_store (segment, used, used);
  if (segment->directory.size - used >= LARGE)
    punch (segment, used, segment->directory.size - used);
}


/* Free extents. */

static unsigned
class_of (uint64_t length)
{
  return 63 - (unsigned) __builtin_clzll (length / FORMAT_ALIGNMENT);
}

struct free_extent
{
  struct format_slot *slot;
  uint32_t index;
  uint32_t next;
  uint64_t offset;
  uint64_t length;
};

/* Reads a member of a free list; false when it cannot be one. */
static bool
read_free (const struct shmlens_segment *segment, uint32_t index, struct free_extent *ret_free)
{
  const struct format_header *directory = &segment->directory;
  struct format_slot *slot = directory_slot (segment, directory, segment->directory_length, index);
  struct format_slot copy = { .state = FORMAT_SLOT_BUILDING };

  if (slot == NULL
      || FORMAT_STATE (__atomic_load_n (&slot->state, __ATOMIC_RELAXED)) != FORMAT_SLOT_FREE)
    return false;
  copy.extent_offset = __atomic_load_n (&slot->extent_offset, __ATOMIC_RELAXED);
  copy.extent_length = __atomic_load_n (&slot->extent_length, __ATOMIC_RELAXED);
  *ret_free = (struct free_extent){
    .slot = slot,
    .index = index,
    .next = __atomic_load_n (&slot->next_free, __ATOMIC_RELAXED),
    .offset = copy.extent_offset,
    .length = copy.extent_length,
  };
  return copy.extent_length > 0
         && format_check_extent (directory, &copy, index, directory->used, NULL) == 0
         && (ret_free->next == FORMAT_NO_SLOT || ret_free->next < directory->slot_count);
}

/* Takes the first that is long enough out of a list; ret_free is left alone when
 * there is none. */
static void
take_from_list (struct shmlens_segment *segment, unsigned k, uint64_t length,
                struct free_extent *ret_free)
{
  struct format_slot *before = NULL;
  uint32_t index = segment->directory.free_head[k];
  struct free_extent found;

  for (int looks = 0; looks < LOOKS && index != FORMAT_NO_SLOT; looks++)
    {
      if (!read_free (segment, index, &found))
        return;
      if (found.length >= length)
        {
          if (before == NULL)
            directory_store (segment, free_head[k], found.next);
          else
            __atomic_store_n (&before->next_free, found.next, __ATOMIC_RELEASE);
          *ret_free = found;
          return;
        }
      before = found.slot;
      index = found.next;
    }
}

void
extent_give_back (struct shmlens_segment *segment, uint32_t index, uint64_t offset, uint64_t length)
{
  struct format_slot *slot
      = directory_slot (segment, &segment->directory, segment->directory_length, index);
  uint32_t state = __atomic_load_n (&slot->state, __ATOMIC_RELAXED);
  uint32_t *head = &segment_header (segment)->free_slot;
  uint32_t *head_copy = &segment->directory.free_slot;

  if (length > 0)
    {
      head = &segment_header (segment)->free_head[class_of (length)];
      head_copy = &segment->directory.free_head[class_of (length)];
      if (length >= LARGE)
        punch (segment, offset, length);
    }
  __atomic_store_n (&slot->extent_offset, offset, __ATOMIC_RELAXED);
  __atomic_store_n (&slot->extent_length, length, __ATOMIC_RELAXED);
  __atomic_store_n (&slot->next_free, *head_copy, __ATOMIC_RELAXED);
  __atomic_store_n (&slot->state, FORMAT_GENERATION (state) << FORMAT_STATE_BITS | FORMAT_SLOT_FREE,
                    __ATOMIC_RELEASE);
  *head_copy = index;
  __atomic_store_n (head, index, __ATOMIC_RELEASE);
}

/* A free extent of the lists, cut to what is needed. */
static int
take_free (struct shmlens_segment *segment, uint64_t length, uint32_t *ret_index,
           uint64_t *ret_offset, uint64_t *ret_length)
{
  struct free_extent found = { .slot = NULL };
  uint32_t index;
  int result;

  for (unsigned k = class_of (length); k < FORMAT_FREE_CLASSES && found.slot == NULL; k++)
    take_from_list (segment, k, length, &found);
  if (found.slot == NULL)
    return 0;

  if (found.length - length >= REMAINDER_MIN && directory_take_slot (segment, &index) == 0)
    {
      extent_give_back (segment, found.index, found.offset + length, found.length - length);
      found.length = length;
    }
  else
    {
      uint32_t state = __atomic_load_n (&found.slot->state, __ATOMIC_RELAXED);

      index = found.index;
      __atomic_store_n (&found.slot->state, directory_building_state (state), __ATOMIC_RELEASE);
    }
  if ((result = clear (segment, found.offset, found.length)) < 0)
    {
      extent_give_back (segment, index, found.offset, found.length);
      return result;
    }
  *ret_index = index;
  *ret_offset = found.offset;
  *ret_length = found.length;
  return 1;
}

/* Whether so much lies free, in pieces, that it is better to join them than to
 * grow. */
static bool
is_worth_rebuilding (const struct shmlens_segment *segment, uint64_t length)
{
  const struct format_header *directory = &segment->directory;
  uint64_t free_bytes = 0;
  struct free_extent found;

  for (uint32_t index = 0; index < directory->slot_count; index++)
    if (read_free (segment, index, &found))
      free_bytes += found.length;
  return free_bytes >= length
         && (free_bytes >= directory->used / 4 || length > directory->capacity - directory->used);
}

int
extent_take (struct shmlens_segment *segment, uint64_t length, uint32_t *ret_index,
             uint64_t *ret_offset, uint64_t *ret_length)
{
  const struct format_header *directory = &segment->directory;
  uint64_t offset;
  uint32_t index;
  int result;

  if (length > directory->capacity)
    return error_set (ENOSPC,
                      "%s is too small: %" PRIu64 " bytes are wanted and its capacity is %" PRIu64
                      "; make it again with a larger capacity",
                      segment->name, length, directory->capacity);
  length = round_up (length, FORMAT_ALIGNMENT);
  if ((result = take_free (segment, length, ret_index, ret_offset, ret_length)) != 0)
    return result < 0 ? result : 0;
  if (length > directory->size - directory->used && is_worth_rebuilding (segment, length))
    {
      if ((result = extent_rebuild (segment)) < 0)
        return result;
      if ((result = take_free (segment, length, ret_index, ret_offset, ret_length)) != 0)
        return result < 0 ? result : 0;
    }

  if ((result = directory_take_slot (segment, &index)) < 0)
    return result;
  if ((result = extent_take_end (segment, length, &offset)) < 0)
    {
      extent_give_back (segment, index, 0, 0);
      return result;
    }
  *ret_index = index;
  *ret_offset = offset;
  *ret_length = length;
  return 0;
}
