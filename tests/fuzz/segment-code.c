#include "segment-code.h"

#include <stdlib.h>
#include <string.h>

#include "support/segment-bytes.h"

#define RECORD 12u
#define WORD sizeof (uint64_t)

/* The words of 4 bytes that count: those of the header, of three attachers, of
 * the slots in use, and of the extents. */
static const struct
{
  uint64_t offset;
  uint64_t length;
} regions[] = {
  { 0, sizeof (struct format_header) },
  { SEGMENT_BYTES_ATTACHERS, 3 * sizeof (struct format_attacher) },
  { SEGMENT_BYTES_BLOCK, (SEGMENT_BYTES_SLOTS + 1) * sizeof (struct format_slot) },
  { SEGMENT_BYTES_EXTENTS, SEGMENT_BYTES_SIZE - SEGMENT_BYTES_EXTENTS },
};

static uint64_t
place_of (uint32_t word)
{
  uint64_t words = 0;

  for (size_t i = 0; i < sizeof regions / sizeof regions[0]; i++)
    words += regions[i].length / 4;
  word %= words;
  for (size_t i = 0;; i++)
    {
      if (word < regions[i].length / 4)
        return regions[i].offset + word * 4;
      word -= regions[i].length / 4;
    }
}

static uint64_t
number (const uint8_t *bytes, size_t size)
{
  uint64_t result = 0;

  while (size-- > 0)
    result = result << 8 | bytes[size];
  return result;
}

/* Numbers near which checks decide. */
static uint64_t
border (uint64_t choice)
{
  static const uint64_t borders[] = {
    0, 64, 128, 320, 960, 4096, 20480, 40960, 41088, 41216, 45056, 1u << 20, 1ull << 46, 1ull << 31,
    1ull << 32, 1ull << 62, 1ull << 63, 4194240, 1024, 95,
  };
  uint64_t adjustment = choice / 256 % 8;

  return borders[choice % 256 % (sizeof borders / sizeof borders[0])] + adjustment
         - (adjustment > 4 ? 8 : 0);
}

static char *
decode_patches (const uint8_t *code, size_t size, uint64_t *ret_length)
{
  char *segment = malloc (SEGMENT_BYTES_SIZE);
  uint64_t length = SEGMENT_BYTES_SIZE;

  if (segment == NULL)
    return NULL;
  segment_bytes_build (segment);
  for (; size >= RECORD; code += RECORD, size -= RECORD)
    {
      uint64_t place = place_of ((uint32_t) number (code, 2));
      uint64_t value = number (code + 4, 8);
      unsigned bytes = 4;

      switch (code[2] % 8)
        {
        case 0:
          break;
        case 1:
          bytes = 8;
          break;
        case 2:
          place += code[2] / 8 % 4;
          bytes = 1;
          break;
        case 3:
          value = border (value);
          break;
        case 4:
          bytes = 8;
          value = border (value);
          break;
        case 5:
          place += code[2] / 8 % 4;
          bytes = 1;
          value = (uint8_t) segment[place] ^ 1u << value % 8;
          break;
        case 6:
          place += code[2] / 8 % 2 * 2;
          bytes = 2;
          break;
        case 7:
          length = value % (SEGMENT_BYTES_SIZE + 1);
          continue;
        }
      if (place + bytes > SEGMENT_BYTES_SIZE)
        bytes = 4;
      for (unsigned i = 0; i < bytes; i++)
        segment[place + i] = (char) (value >> 8 * i);
    }

  /* Only a block of exactly this length lets AddressSanitizer see the byte
   * behind the end. */
  if (length < SEGMENT_BYTES_SIZE)
    {
      char *cut = realloc (segment, length > 0 ? length : 1);

      if (cut == NULL)
        abort ();
      segment = cut;
    }
  *ret_length = length;
  return segment;
}

static char *
decode_runs (const uint8_t *code, size_t size, uint64_t *ret_length)
{
  const uint8_t *run = code;
  size_t left = size;
  uint64_t length = 0;
  char *segment, *at;

  while (left >= 4)
    {
      size_t literals = number (run + 2, 2) * WORD;

      length += number (run, 2) * WORD + literals;
      if (left - 4 < literals || length > SEGMENT_CODE_LONGEST)
        return NULL;
      run += 4 + literals;
      left -= 4 + literals;
    }

  segment = at = calloc (1, length > 0 ? length : 1);
  if (segment == NULL)
    return NULL;
  for (run = code; size >= 4;)
    {
      size_t literals = number (run + 2, 2) * WORD;

      at += number (run, 2) * WORD;
      memcpy (at, run + 4, literals);
      at += literals;
      run += 4 + literals;
      size -= 4 + literals;
    }
  *ret_length = length;
  return segment;
}

char *
segment_code_decode (const uint8_t *code, size_t size, uint64_t *ret_length)
{
  if (size == 0)
    return NULL;
  switch (code[0])
    {
    case 'P':
      return decode_patches (code + 1, size - 1, ret_length);
    case 'Z':
      return decode_runs (code + 1, size - 1, ret_length);
    default:
      return NULL;
    }
}

uint8_t *
segment_code_encode (const char *segment, uint64_t length, size_t *ret_size)
{
  static const char zero[WORD];
  uint64_t words = length / WORD;
  uint8_t *code = malloc (1 + words * (WORD + 4));
  uint8_t *at = code;

  if (code == NULL)
    abort ();
  *at++ = 'Z';
  for (uint64_t i = 0; i < words;)
    {
      uint64_t zeroes = 0, literals = 0;

      while (i + zeroes < words && zeroes < UINT16_MAX
             && memcmp (segment + (i + zeroes) * WORD, zero, WORD) == 0)
        zeroes++;
      i += zeroes;
      while (i + literals < words && literals < UINT16_MAX
             && memcmp (segment + (i + literals) * WORD, zero, WORD) != 0)
        literals++;
      *at++ = (uint8_t) zeroes;
      *at++ = (uint8_t) (zeroes >> 8);
      *at++ = (uint8_t) literals;
      *at++ = (uint8_t) (literals >> 8);
      memcpy (at, segment + i * WORD, literals * WORD);
      at += literals * WORD;
      i += literals;
    }
  *ret_size = (size_t) (at - code);
  return code;
}
