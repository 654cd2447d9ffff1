/* entry-access.c - reading and writing the elements of an entry. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "entry.h"
#include "error.h"
#include "shared.h"

/* How often a copy beside the lock is tried, by how much a try costs. */
#define TRIES_SMALL 64
#define TRIES_LARGE 8
#define TRIES_HUGE 3
#define LARGE_BYTES (UINT64_C (4) << 10)
#define HUGE_BYTES (UINT64_C (1) << 20)

static uint8_t *
element_at (const struct shmlens_entry *entry, uint64_t index)
{
  return entry->data + index * entry->element_size;
}

static int
out_of_bounds (const struct shmlens_entry *entry, uint64_t index)
{
  return error_set (ERANGE,
                    ENTRY_NAME_FORMAT ": element %" PRIu64 " is out of bounds; it has %" PRIu64,
                    ENTRY_NAME (entry), index, entry->length);
}

static int
check_slice (const struct shmlens_entry *entry, uint64_t first, uint64_t last)
{
  if (first <= last && last <= entry->length)
    return 0;
  return error_set (ERANGE,
                    ENTRY_NAME_FORMAT ": the slice %" PRIu64 ":%" PRIu64 " is out of bounds; it has"
                                      " %" PRIu64 " elements",
                    ENTRY_NAME (entry), first, last, entry->length);
}

static int
check_writable (const struct shmlens_entry *entry)
{
  return entry->is_writable ? 0 : segment_check_writable (entry->segment);
}

/* An entry without a lock of ours needs none. */
static inline int
acquire (struct shmlens_entry *entry)
{
  return entry->lock.shared == NULL ? 0 : shmlens_lock_acquire (&entry->lock);
}

static inline void
release (struct shmlens_entry *entry)
{
  if (entry->lock.shared != NULL)
    shmlens_lock_release (&entry->lock);
}

static inline void
read_element (const struct shmlens_entry *entry, uint64_t index, void *ret_element)
{
  if (entry->is_atomic)
    shared_load (element_at (entry, index), entry->element_size, ret_element);
  else
    shared_read (ret_element, element_at (entry, index), entry->element_size);
}

static inline void
write_element (struct shmlens_entry *entry, uint64_t index, const void *element)
{
  if (entry->is_atomic)
    shared_store (element_at (entry, index), entry->element_size, element);
  else
    shared_write (element_at (entry, index), element, entry->element_size);
}

void *
shmlens_entry_data (const struct shmlens_entry *entry)
{
  return entry->is_writable ? entry->data : NULL;
}

const void *
shmlens_entry_peek (const struct shmlens_entry *entry)
{
  return entry->data;
}

/* Only the holder of the lock writes the counter, so that a plain sum does. */
void
shmlens_entry_commit (struct shmlens_entry *entry)
{
  uint32_t writes = __atomic_load_n (entry->writes, __ATOMIC_RELAXED) + 1;

  __atomic_store_n (entry->writes, writes, __ATOMIC_RELAXED);
  if (__builtin_expect (writes == 0, 0))
    __atomic_fetch_add (entry->writes_high, 1, __ATOMIC_RELAXED);
}

uint64_t
shmlens_entry_writes (const struct shmlens_entry *entry)
{
  uint32_t high = 0;
  uint32_t low = 0;

  if (entry->count == NULL)
    return 0;
  for (int tries = 0; tries < TRIES_SMALL; tries++)
    {
      high = __atomic_load_n (entry->count_high, __ATOMIC_ACQUIRE);
      low = __atomic_load_n (entry->count, __ATOMIC_ACQUIRE);
      if (high == __atomic_load_n (entry->count_high, __ATOMIC_RELAXED))
        break;
    }
  return (uint64_t) high << 32 | low;
}

int
shmlens_entry_get (struct shmlens_entry *entry, uint64_t index, void *ret_element)
{
  int result;

  if (index >= entry->length)
    return out_of_bounds (entry, index);
  if ((result = acquire (entry)) < 0)
    return result;
  read_element (entry, index, ret_element);
  release (entry);
  return result;
}

int
shmlens_entry_set (struct shmlens_entry *entry, uint64_t index, const void *element)
{
  int result;

  if (index >= entry->length)
    return out_of_bounds (entry, index);
  if ((result = check_writable (entry)) < 0 || (result = acquire (entry)) < 0)
    return result;
  write_element (entry, index, element);
  shmlens_entry_commit (entry);
  release (entry);
  return result;
}

int
shmlens_entry_get_slice (struct shmlens_entry *entry, uint64_t first, uint64_t last,
                         void *ret_elements)
{
  int result;

  if ((result = check_slice (entry, first, last)) < 0 || (result = acquire (entry)) < 0)
    return result;
  shared_read (ret_elements, element_at (entry, first), (last - first) * entry->element_size);
  release (entry);
  return result;
}

int
shmlens_entry_set_slice (struct shmlens_entry *entry, uint64_t first, uint64_t last,
                         const void *elements)
{
  int result;

  if ((result = check_slice (entry, first, last)) < 0 || (result = check_writable (entry)) < 0
      || (result = acquire (entry)) < 0)
    return result;
  shared_write (element_at (entry, first), elements, (last - first) * entry->element_size);
  shmlens_entry_commit (entry);
  release (entry);
  return result;
}


/* Adding. */

static int
sum_does_not_fit (const struct shmlens_entry *entry, int64_t delta)
{
  return error_set (EOVERFLOW,
                    ENTRY_NAME_FORMAT ": the sum with %" PRId64 " does not fit %s; nothing was"
                                      " written",
                    ENTRY_NAME (entry), delta, shmlens_type_name (&entry->info.type));
}

static int
not_a_number (const struct shmlens_entry *entry, const char *wanted)
{
  return error_set (EINVAL, ENTRY_NAME_FORMAT ": its elements are %s, and only %s can be added to",
                    ENTRY_NAME (entry), shmlens_type_name (&entry->info.type), wanted);
}

/* False when the sum does not fit. Elements are stored little end first or not,
 * as the machine does, hence the copies by size. */
static bool
add_integer (uint8_t kind, uint32_t size, void *element, int64_t delta)
{
  bool is_signed = kind == SHMLENS_KIND_SIGNED;

#define ADD(type)                                                                                  \
  {                                                                                                \
    type number;                                                                                   \
                                                                                                   \
    memcpy (&number, element, sizeof number);                                                      \
    if (__builtin_add_overflow (number, delta, &number))                                           \
      return false;                                                                                \
    memcpy (element, &number, sizeof number);                                                      \
    return true;                                                                                   \
  }
  switch (size)
    {
    case 1:
      if (is_signed)
        ADD (int8_t)
      ADD (uint8_t)
    case 2:
      if (is_signed)
        ADD (int16_t)
      ADD (uint16_t)
    case 4:
      if (is_signed)
        ADD (int32_t)
      ADD (uint32_t)
    default:
      if (is_signed)
        ADD (int64_t)
      ADD (uint64_t)
    }
#undef ADD
}

static void
add_float (uint32_t size, void *element, double delta)
{
  double number;
  float single;

  if (size == sizeof number)
    {
      memcpy (&number, element, sizeof number);
      number += delta;
      memcpy (element, &number, sizeof number);
    }
  else
    {
      memcpy (&single, element, sizeof single);
      single = (float) (single + delta);
      memcpy (element, &single, sizeof single);
    }
}

int
shmlens_entry_add (struct shmlens_entry *entry, uint64_t index, int64_t delta)
{
  uint8_t kind = entry->slot.kind;
  bool is_float = kind == SHMLENS_KIND_FLOAT;
  uint64_t element = 0;
  int result;

  if (!is_float && kind != SHMLENS_KIND_SIGNED && kind != SHMLENS_KIND_UNSIGNED)
    return not_a_number (entry, "integers and floats");
  if (index >= entry->length)
    return out_of_bounds (entry, index);
  if ((result = check_writable (entry)) < 0 || (result = acquire (entry)) < 0)
    return result;
  read_element (entry, index, &element);
  if (is_float)
    add_float (entry->element_size, &element, (double) delta);
  else if (!add_integer (kind, entry->element_size, &element, delta))
    result = sum_does_not_fit (entry, delta);
  if (result >= 0)
    {
      write_element (entry, index, &element);
      shmlens_entry_commit (entry);
    }
  release (entry);
  return result;
}

int
shmlens_entry_add_double (struct shmlens_entry *entry, uint64_t index, double delta)
{
  uint64_t element = 0;
  int result;

  if (entry->slot.kind != SHMLENS_KIND_FLOAT)
    return not_a_number (entry, "floats");
  if (index >= entry->length)
    return out_of_bounds (entry, index);
  if ((result = check_writable (entry)) < 0 || (result = acquire (entry)) < 0)
    return result;
  read_element (entry, index, &element);
  add_float (entry->element_size, &element, delta);
  write_element (entry, index, &element);
  shmlens_entry_commit (entry);
  release (entry);
  return result;
}


/* Without the lock. */

static int
check_atomic (const struct shmlens_entry *entry, uint64_t index)
{
  if (index >= entry->length)
    return out_of_bounds (entry, index);
  if (!entry->is_atomic)
    return error_set (ENOTSUP,
                      ENTRY_NAME_FORMAT ": elements of %" PRIu32 " bytes cannot be read or written"
                                        " at once; use the functions that take the lock",
                      ENTRY_NAME (entry), entry->element_size);
  return 0;
}

int
shmlens_entry_load (const struct shmlens_entry *entry, uint64_t index, void *ret_element)
{
  int result;

  if ((result = check_atomic (entry, index)) < 0)
    return result;
  shared_load (element_at (entry, index), entry->element_size, ret_element);
  return 0;
}

int
shmlens_entry_store (struct shmlens_entry *entry, uint64_t index, const void *element)
{
  int result;

  if ((result = check_atomic (entry, index)) < 0 || (result = check_writable (entry)) < 0)
    return result;
  shared_store (element_at (entry, index), entry->element_size, element);
  if (__atomic_add_fetch (entry->writes, 1, __ATOMIC_RELAXED) == 0)
    __atomic_fetch_add (entry->writes_high, 1, __ATOMIC_RELAXED);
  return 0;
}

static int
tries_for (uint64_t bytes)
{
  return bytes < LARGE_BYTES ? TRIES_SMALL : bytes < HUGE_BYTES ? TRIES_LARGE : TRIES_HUGE;
}

int
shmlens_entry_snapshot (const struct shmlens_entry *entry, uint64_t first, uint64_t last,
                        void *ret_elements)
{
  uint64_t bytes;
  int result;

  if ((result = check_slice (entry, first, last)) < 0)
    return result;
  bytes = (last - first) * entry->element_size;
  if (entry->lock.shared != NULL)
    {
      if (shmlens_lock_is_mine (&entry->lock))
        {
          shared_read (ret_elements, element_at (entry, first), bytes);
          return SHMLENS_CONSISTENCY_LOCKED;
        }
      for (int tries = tries_for (bytes); tries > 0; tries--)
        {
          uint32_t sequence;

          if (!lock_read_begin (entry->lock.shared, &sequence))
            continue;
          shared_read (ret_elements, element_at (entry, first), bytes);
          if (lock_read_end (entry->lock.shared, sequence))
            return SHMLENS_CONSISTENCY_SEQUENCE;
        }
    }
  if (last - first == 1 && entry->is_atomic)
    {
      shared_load (element_at (entry, first), entry->element_size, ret_elements);
      return SHMLENS_CONSISTENCY_ATOMIC;
    }
  shared_read (ret_elements, element_at (entry, first), bytes);
  return SHMLENS_CONSISTENCY_UNLOCKED;
}

int
shmlens_array_resize (struct shmlens_entry *entry, uint64_t length)
{
  if (length == entry->length)
    return 0;
  return error_set (ENOTSUP,
                    ENTRY_NAME_FORMAT " has %" PRIu64
                                      " elements for good; make another array of %" PRIu64
                                      ", copy, and remove this one",
                    ENTRY_NAME (entry), entry->length, length);
}
