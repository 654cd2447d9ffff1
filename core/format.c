/* format.c - copying, finding and judging the bytes of a segment.
 *
 * The judges of slots and of whole segments are in format-slot.c and
 * format-validate.c.
 */
#include "format.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "format-private.h"

/* A slot changes when an entry is made or removed: a reader that meets this
 * many changes in a row is being teased. */
#define COPY_ATTEMPTS 64

#if defined __GLIBC__ && __SIZEOF_POINTER__ == 8
#define OUR_LOCK_ABI FORMAT_LOCK_ABI_GLIBC_64
#else
#define OUR_LOCK_ABI 0u
#endif

void
format_set_error (struct format_error *ret_error, const char *text, ...)
{
  va_list arguments;

  if (ret_error == NULL)
    return;
  va_start (arguments, text);
  vsnprintf (ret_error->text, sizeof ret_error->text, text, arguments);
  va_end (arguments);
}

bool
format_range_fits (uint64_t offset, uint64_t length, uint64_t first, uint64_t end)
{
  uint64_t last;

  return offset >= first && !__builtin_add_overflow (offset, length, &last) && last <= end;
}

bool
format_ranges_overlap (uint64_t a, uint64_t a_length, uint64_t b, uint64_t b_length)
{
  return a < b + b_length && b < a + a_length;
}

/* The bytes of one UTF-8 character that may stand in a text; 0 when it may not. */
static size_t
text_character (const unsigned char *bytes, size_t size)
{
  static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
  uint32_t character;
  size_t length;

  if (bytes[0] < 0x80)
    return bytes[0] >= 0x20 && bytes[0] != 0x7f;

  if (bytes[0] >= 0xc2 && bytes[0] <= 0xdf)
    length = 2;
  else if (bytes[0] >= 0xe0 && bytes[0] <= 0xef)
    length = 3;
  else if (bytes[0] >= 0xf0 && bytes[0] <= 0xf4)
    length = 4;
  else
    return 0;

  if (length > size)
    return 0;
  character = bytes[0] & (0x7fu >> length);
  for (size_t i = 1; i < length; i++)
    {
      if ((bytes[i] & 0xc0) != 0x80)
        return 0;
      character = character << 6 | (bytes[i] & 0x3f);
    }
  if (character < smallest[length] || character > 0x10ffff || character < 0xa0
      || (character >= 0xd800 && character <= 0xdfff))
    return 0;
  return length;
}

bool
format_text_is_valid (const char *text, size_t size, size_t longest)
{
  size_t position = 0;

  while (position < size && position <= longest)
    {
      size_t length;

      if (text[position] == '\0')
        return true;
      length = text_character ((const unsigned char *) text + position, size - position);
      if (length == 0)
        return false;
      position += length;
    }
  return false;
}

bool
format_name_is_valid (const char *name, size_t size, size_t longest)
{
  return size > 0 && name[0] != '\0' && format_text_is_valid (name, size, longest);
}

uint32_t
format_hash (const char *name)
{
  uint32_t hash = 2166136261u;

  for (; *name != '\0'; name++)
    hash = (hash ^ (unsigned char) *name) * 16777619u;
  return hash;
}


/* Copying. Every word is loaded with acquire and stored with release, instead
 * of relaxed words between fences: it is the same instructions on x86, and
 * ThreadSanitizer understands it. */

static void
copy_words (const void *memory, void *ret_copy, size_t first, size_t end)
{
  for (size_t i = first; i < end; i += sizeof (uint64_t))
    {
      uint64_t word
          = __atomic_load_n ((const uint64_t *) ((const char *) memory + i), __ATOMIC_ACQUIRE);

      memcpy ((char *) ret_copy + i, &word, sizeof word);
    }
}

void
format_copy_header (const void *header_memory, struct format_header *ret_header)
{
  const size_t size = offsetof (struct format_header, size);
  const size_t used = offsetof (struct format_header, used);
  const size_t slot_count = offsetof (struct format_header, slot_count);
  const size_t block_offset = offsetof (struct format_header, block_offset);
  const size_t free_head = offsetof (struct format_header, free_head);

  copy_words (header_memory, ret_header, free_head, sizeof *ret_header);
  copy_words (header_memory, ret_header, slot_count, block_offset);
  copy_words (header_memory, ret_header, block_offset, free_head);
  copy_words (header_memory, ret_header, used, slot_count);
  copy_words (header_memory, ret_header, size, used);
  copy_words (header_memory, ret_header, 0, size);
}

int
format_copy_slot (const void *slot_memory, struct format_slot *ret_slot)
{
  const uint32_t *words = slot_memory;

  for (int attempt = 0; attempt < COPY_ATTEMPTS; attempt++)
    {
      struct format_slot copy;

      copy.state = __atomic_load_n (&words[0], __ATOMIC_ACQUIRE);
      copy.next_free = __atomic_load_n (&words[1], __ATOMIC_ACQUIRE);
      copy_words (slot_memory, &copy, sizeof (uint64_t), sizeof copy);
      if (__atomic_load_n (&words[0], __ATOMIC_ACQUIRE) == copy.state)
        {
          *ret_slot = copy;
          return 0;
        }
    }
  return -EAGAIN;
}

void
format_store_slot (void *slot_memory, const struct format_slot *slot)
{
  __atomic_store_n ((uint32_t *) slot_memory + 1, slot->next_free, __ATOMIC_RELEASE);
  for (size_t i = sizeof (uint64_t); i < sizeof *slot; i += sizeof (uint64_t))
    {
      uint64_t word;

      memcpy (&word, (const char *) slot + i, sizeof word);
      __atomic_store_n ((uint64_t *) ((char *) slot_memory + i), word, __ATOMIC_RELEASE);
    }
}


/* The header. */

static uint64_t
block_slots (unsigned block)
{
  return (uint64_t) FORMAT_FIRST_BLOCK_SLOTS << block;
}

uint64_t
format_block_length (unsigned block)
{
  return block_slots (block) * sizeof (struct format_slot);
}

uint64_t
format_slot_offset (const struct format_header *header, uint32_t index, uint64_t length)
{
  unsigned block;
  uint64_t position;

  if (index >= FORMAT_SLOTS_MAX)
    return 0;
  block = 31 - (unsigned) __builtin_clz (index / FORMAT_FIRST_BLOCK_SLOTS + 1);
  position = index - (block_slots (block) - FORMAT_FIRST_BLOCK_SLOTS);
  if (header->block_offset[block] == 0
      || !format_range_fits (header->block_offset[block], format_block_length (block), 0, length))
    return 0;
  return header->block_offset[block] + position * sizeof (struct format_slot);
}

#define FAIL(code, ...) (format_set_error (ret_error, "header, " __VA_ARGS__), -(code))

/* What has to be right before any other field means anything. */
static int
check_identity (const struct format_header *header, struct format_error *ret_error)
{
  if (memcmp (header->magic, FORMAT_MAGIC, sizeof header->magic) != 0)
    return FAIL (EBADMSG, "magic: this is no segment of shmlens");
  if (header->byte_order == __builtin_bswap32 (FORMAT_BYTE_ORDER))
    return FAIL (EPROTONOSUPPORT, "byte_order: the segment is of a machine with the other order");
  if (header->byte_order != FORMAT_BYTE_ORDER)
    return FAIL (EBADMSG, "byte_order: 0x%08" PRIx32 " is neither order", header->byte_order);
  if (header->version != FORMAT_VERSION)
    return FAIL (EPROTONOSUPPORT, "version: %" PRIu32 ", but this library knows only version %u",
                 header->version, FORMAT_VERSION);
  if ((header->incompatible & ~FORMAT_INCOMPATIBLE_KNOWN) != 0)
    return FAIL (EPROTONOSUPPORT, "incompatible: unknown features 0x%" PRIx32 " are needed",
                 header->incompatible & ~FORMAT_INCOMPATIBLE_KNOWN);
  return 0;
}

static int
check_sizes (const struct format_header *header, uint64_t length, struct format_error *ret_error)
{
  if (header->header_size < sizeof *header || header->header_size > FORMAT_PAGE)
    return FAIL (EBADMSG, "header_size: %" PRIu32 " is not from %zu to %u", header->header_size,
                 sizeof *header, FORMAT_PAGE);
  if (header->slot_size != sizeof (struct format_slot))
    return FAIL (EBADMSG, "slot_size: %" PRIu32 " is not %zu", header->slot_size,
                 sizeof (struct format_slot));
  if (header->lock_size != sizeof (struct format_lock))
    return FAIL (EBADMSG, "lock_size: %" PRIu32 " is not %zu", header->lock_size,
                 sizeof (struct format_lock));
  if (header->attacher_size != sizeof (struct format_attacher))
    return FAIL (EBADMSG, "attacher_size: %" PRIu32 " is not %zu", header->attacher_size,
                 sizeof (struct format_attacher));
  if (header->capacity % FORMAT_PAGE != 0)
    return FAIL (EBADMSG, "capacity: %" PRIu64 " is no multiple of %u", header->capacity,
                 FORMAT_PAGE);
  if (header->capacity < FORMAT_CAPACITY_MIN || header->capacity > FORMAT_CAPACITY_MAX)
    return FAIL (EBADMSG, "capacity: %" PRIu64 " is not from %u to %" PRIu64, header->capacity,
                 FORMAT_CAPACITY_MIN, FORMAT_CAPACITY_MAX);
  if (header->size % FORMAT_PAGE != 0)
    return FAIL (EBADMSG, "size: %" PRIu64 " is no multiple of %u", header->size, FORMAT_PAGE);
  if (header->size > header->capacity)
    return FAIL (EBADMSG, "size: %" PRIu64 " is more than the capacity, %" PRIu64, header->size,
                 header->capacity);
  if (header->size > length)
    return FAIL (EBADMSG, "size: %" PRIu64 " bytes, but the file has only %" PRIu64, header->size,
                 length);
  if (header->used > header->size || header->used % FORMAT_ALIGNMENT != 0)
    return FAIL (EBADMSG, "used: %" PRIu64 " is no multiple of %u up to the size, %" PRIu64,
                 header->used, FORMAT_ALIGNMENT, header->size);
  return 0;
}

static int
check_attachers (const struct format_header *header, struct format_error *ret_error)
{
  if (header->attacher_count != FORMAT_ATTACHERS)
    return FAIL (EBADMSG, "attacher_count: %" PRIu32 " is not %u", header->attacher_count,
                 FORMAT_ATTACHERS);
  if (header->attacher_offset % FORMAT_ALIGNMENT != 0)
    return FAIL (EBADMSG, "attacher_offset: %" PRIu64 " is no multiple of %u",
                 header->attacher_offset, FORMAT_ALIGNMENT);
  if (!format_range_fits (header->attacher_offset, FORMAT_ATTACHERS_LENGTH, header->header_size,
                          header->size))
    return FAIL (EBADMSG,
                 "attacher_offset: %" PRIu64 " leaves no room for %u bytes between the header"
                 " and the segment's end, %" PRIu64,
                 header->attacher_offset, (unsigned) FORMAT_ATTACHERS_LENGTH, header->size);
  return 0;
}

static int
check_blocks (const struct format_header *header, struct format_error *ret_error)
{
  unsigned count = 0;
  uint64_t slots;

  while (count < FORMAT_BLOCKS && header->block_offset[count] != 0)
    {
      uint64_t offset = header->block_offset[count];
      uint64_t length = format_block_length (count);

      if (offset % FORMAT_ALIGNMENT != 0)
        return FAIL (EBADMSG, "block_offset[%u]: %" PRIu64 " is no multiple of %u", count, offset,
                     FORMAT_ALIGNMENT);
      if (!format_range_fits (offset, length, header->header_size, header->size))
        return FAIL (EBADMSG,
                     "block_offset[%u]: %" PRIu64 " leaves no room for %" PRIu64
                     " bytes between the header and the segment's end, %" PRIu64,
                     count, offset, length, header->size);
      if (format_ranges_overlap (offset, length, header->attacher_offset, FORMAT_ATTACHERS_LENGTH))
        return FAIL (EBADMSG, "block_offset[%u]: %" PRIu64 " overlaps the attachers at %" PRIu64,
                     count, offset, header->attacher_offset);
      for (unsigned other = 0; other < count; other++)
        if (format_ranges_overlap (offset, length, header->block_offset[other],
                                   format_block_length (other)))
          return FAIL (EBADMSG, "block_offset[%u]: %" PRIu64 " overlaps block %u at %" PRIu64,
                       count, offset, other, header->block_offset[other]);
      count++;
    }
  for (unsigned block = count; block < FORMAT_BLOCKS; block++)
    if (header->block_offset[block] != 0)
      return FAIL (EBADMSG, "block_offset[%u]: %" PRIu64 ", but block %u is not there", block,
                   header->block_offset[block], count);

  slots = block_slots (count) - FORMAT_FIRST_BLOCK_SLOTS;
  if (header->slot_count > slots)
    return FAIL (EBADMSG, "slot_count: %" PRIu32 " is more than the %" PRIu64 " slots there are",
                 header->slot_count, slots);
  return 0;
}

static int
check_free_lists (const struct format_header *header, struct format_error *ret_error)
{
  for (unsigned k = 0; k < FORMAT_FREE_CLASSES; k++)
    if (header->free_head[k] != FORMAT_NO_SLOT && header->free_head[k] >= header->slot_count)
      return FAIL (EBADMSG, "free_head[%u]: slot %" PRIu32 " is not one of the %" PRIu32 " slots",
                   k, header->free_head[k], header->slot_count);
  if (header->free_slot != FORMAT_NO_SLOT && header->free_slot >= header->slot_count)
    return FAIL (EBADMSG, "free_slot: slot %" PRIu32 " is not one of the %" PRIu32 " slots",
                 header->free_slot, header->slot_count);
  return 0;
}

int
format_check_header (const struct format_header *header, uint64_t length,
                     struct format_error *ret_error)
{
  int result;

  if ((result = check_identity (header, ret_error)) < 0
      || (result = check_sizes (header, length, ret_error)) < 0
      || (result = check_attachers (header, ret_error)) < 0
      || (result = check_blocks (header, ret_error)) < 0
      || (result = check_free_lists (header, ret_error)) < 0)
    return result;

  if (!format_text_is_valid (header->program, sizeof header->program, sizeof header->program - 1))
    return FAIL (EBADMSG, "program: not a text of at most %zu bytes", sizeof header->program - 1);
  if (!format_text_is_valid (header->logical_name, sizeof header->logical_name,
                             sizeof header->logical_name - 1))
    return FAIL (EBADMSG, "logical_name: not a text of at most %zu bytes",
                 sizeof header->logical_name - 1);
  return 0;
}

int
format_check_writable (const struct format_header *header, struct format_error *ret_error)
{
  if ((header->read_only_compatible & ~FORMAT_READ_ONLY_COMPATIBLE_KNOWN) != 0)
    return FAIL (EPROTONOSUPPORT,
                 "read_only_compatible: unknown features 0x%" PRIx32 " allow only reading",
                 header->read_only_compatible & ~FORMAT_READ_ONLY_COMPATIBLE_KNOWN);
  if (header->lock_abi != OUR_LOCK_ABI)
    return FAIL (EPROTONOSUPPORT,
                 "lock_abi: %" PRIu32 ", but this library's is %u: it can only read",
                 header->lock_abi, OUR_LOCK_ABI);
  return 0;
}
