/* shared.h - copying elements to and from memory that others change meanwhile. */
#ifndef SHMLENS_CORE_SHARED_H
#define SHMLENS_CORE_SHARED_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined __has_feature
#if __has_feature(thread_sanitizer)
#define SHARED_UNDER_TSAN 1
#endif
#endif
#if defined __SANITIZE_THREAD__
#define SHARED_UNDER_TSAN 1
#endif

/* One element whose address is a multiple of its size: 1, 2, 4 or 8 bytes. */

static inline void
shared_load (const void *shared, size_t size, void *ret_element)
{
  uint64_t eight;
  uint32_t four;
  uint16_t two;

  switch (size)
    {
    case 8:
      eight = __atomic_load_n ((const uint64_t *) shared, __ATOMIC_RELAXED);
      memcpy (ret_element, &eight, sizeof eight);
      break;
    case 4:
      four = __atomic_load_n ((const uint32_t *) shared, __ATOMIC_RELAXED);
      memcpy (ret_element, &four, sizeof four);
      break;
    case 2:
      two = __atomic_load_n ((const uint16_t *) shared, __ATOMIC_RELAXED);
      memcpy (ret_element, &two, sizeof two);
      break;
    default:
      *(uint8_t *) ret_element = __atomic_load_n ((const uint8_t *) shared, __ATOMIC_RELAXED);
    }
}

static inline void
shared_store (void *shared, size_t size, const void *element)
{
  uint64_t eight;
  uint32_t four;
  uint16_t two;

  switch (size)
    {
    case 8:
      memcpy (&eight, element, sizeof eight);
      __atomic_store_n ((uint64_t *) shared, eight, __ATOMIC_RELAXED);
      break;
    case 4:
      memcpy (&four, element, sizeof four);
      __atomic_store_n ((uint32_t *) shared, four, __ATOMIC_RELAXED);
      break;
    case 2:
      memcpy (&two, element, sizeof two);
      __atomic_store_n ((uint16_t *) shared, two, __ATOMIC_RELAXED);
      break;
    default:
      __atomic_store_n ((uint8_t *) shared, *(const uint8_t *) element, __ATOMIC_RELAXED);
    }
}

/* Any number of bytes, which may be of different moments. Nothing is faster than
 * memcpy; only ThreadSanitizer must be told that the race is meant. */

static inline void
shared_read (void *ret_bytes, const void *shared, size_t size)
{
#ifdef SHARED_UNDER_TSAN
  for (size_t i = 0; i < size; i++)
    shared_load ((const uint8_t *) shared + i, 1, (uint8_t *) ret_bytes + i);
#else
  memcpy (ret_bytes, shared, size);
#endif
}

static inline void
shared_write (void *shared, const void *bytes, size_t size)
{
#ifdef SHARED_UNDER_TSAN
  for (size_t i = 0; i < size; i++)
    shared_store ((uint8_t *) shared + i, 1, (const uint8_t *) bytes + i);
#else
  memcpy (shared, bytes, size);
#endif
}

#endif
