/* Elements parsed and printed with an eye on every byte beside them. */
#ifndef SHMLENS_TESTS_ELEMENT_H
#define SHMLENS_TESTS_ELEMENT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "shmlens.h"
#include "text.h"

#define CANARY 0xa5

static inline struct shmlens_type
type_of (char code)
{
  struct shmlens_type type;

  assert_int_equal (shmlens_type_from_code (code, &type), 0);
  return type;
}

/* Parses at an odd address and looks at the bytes beside the element. */
static inline int
parse_bytes (char code, const char *text, size_t length, void *ret_element)
{
  struct shmlens_type type = type_of (code);
  unsigned char room[32];
  int result;

  memset (room, CANARY, sizeof room);
  result = shmlens_type_parse (&type, text, length, room + 9);
  for (size_t i = 0; i < sizeof room; i++)
    if (result < 0 || i < 9 || i >= 9 + type.size)
      assert_int_equal (room[i], CANARY);
  if (result == 0)
    memcpy (ret_element, room + 9, type.size);
  return result;
}

static inline void
refuses_bytes (char code, const char *text, size_t length, int error)
{
  uint64_t unused;
  char quoted[TEXT_QUOTED_SIZE];
  int result = parse_bytes (code, text, length, &unused);

  if (result != error)
    fail_msg ("%c from %s gave %d, not %d", code, text_quote (text, length, quoted), result, error);
  assert_ptr_equal (strchr (shmlens_error (), '"'), shmlens_error ());
  assert_non_null (strstr (shmlens_error (), "\": "));
  assert_non_null (strstr (shmlens_error (), "; "));
}

static inline void
refuses (char code, const char *text, int error)
{
  refuses_bytes (code, text, strlen (text), error);
}

static inline void
prints (char code, const void *element, const char *expected)
{
  struct shmlens_type type = type_of (code);
  char unaligned[16];
  char text[64];

  memcpy (unaligned + 1, element, type.size);
  assert_int_equal (shmlens_type_print (&type, unaligned + 1, sizeof text, text),
                    strlen (expected));
  assert_string_equal (text, expected);
}

/* Prints the element, reads the text and compares the bits. */
static inline void
survives (char code, const void *element)
{
  struct shmlens_type type = type_of (code);
  unsigned char back[8];
  char text[64];
  int length = shmlens_type_print (&type, element, sizeof text, text);

  assert_int_equal (length, strlen (text));
  assert_int_equal (parse_bytes (code, text, (size_t) length, back), 0);
  if (memcmp (back, element, type.size) != 0)
    fail_msg ("%c: \"%s\" reads back to other bits", code, text);
}

static inline uint64_t
next_random (void)
{
  static uint64_t state = 0x9e3779b97f4a7c15u;

  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state * 0x2545f4914f6cdd1du;
}

#endif
