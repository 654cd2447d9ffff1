/* type.c - element types: their codes and names, and their elements as text. */
#include "type.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "error.h"
#include "real.h"
#include "text.h"

static const char integer_remedy[]
    = "give digits, with 0x, 0o or 0b before them unless decimal, and _ only between two of them";

/* Of codes with the same kind and size the first is preferred. */
static const struct
{
  char code;
  uint8_t kind;
  uint8_t size;
} codes[] = {
  { '?', SHMLENS_KIND_BOOL, sizeof (bool) },
  { 'c', SHMLENS_KIND_CHAR, sizeof (char) },
  { 'u', SHMLENS_KIND_UNICODE, sizeof (wchar_t) },
  { 'b', SHMLENS_KIND_SIGNED, sizeof (signed char) },
  { 'B', SHMLENS_KIND_UNSIGNED, sizeof (unsigned char) },
  { 'h', SHMLENS_KIND_SIGNED, sizeof (short) },
  { 'H', SHMLENS_KIND_UNSIGNED, sizeof (unsigned short) },
  { 'i', SHMLENS_KIND_SIGNED, sizeof (int) },
  { 'I', SHMLENS_KIND_UNSIGNED, sizeof (unsigned int) },
  { 'q', SHMLENS_KIND_SIGNED, sizeof (long long) },
  { 'Q', SHMLENS_KIND_UNSIGNED, sizeof (unsigned long long) },
  { 'l', SHMLENS_KIND_SIGNED, sizeof (long) },
  { 'L', SHMLENS_KIND_UNSIGNED, sizeof (unsigned long) },
  { 'f', SHMLENS_KIND_FLOAT, sizeof (float) },
  { 'd', SHMLENS_KIND_FLOAT, sizeof (double) },
};

#define CODES (sizeof codes / sizeof codes[0])

static const struct
{
  const char *name;
  uint8_t kind;
  uint8_t size;
} names[] = {
  { "bool", SHMLENS_KIND_BOOL, 1 },
  { "char", SHMLENS_KIND_CHAR, 1 },
  { "wchar", SHMLENS_KIND_UNICODE, sizeof (wchar_t) },
  { "int8", SHMLENS_KIND_SIGNED, 1 },
  { "uint8", SHMLENS_KIND_UNSIGNED, 1 },
  { "int16", SHMLENS_KIND_SIGNED, 2 },
  { "uint16", SHMLENS_KIND_UNSIGNED, 2 },
  { "int32", SHMLENS_KIND_SIGNED, 4 },
  { "uint32", SHMLENS_KIND_UNSIGNED, 4 },
  { "int64", SHMLENS_KIND_SIGNED, 8 },
  { "uint64", SHMLENS_KIND_UNSIGNED, 8 },
  { "float32", SHMLENS_KIND_FLOAT, 4 },
  { "float64", SHMLENS_KIND_FLOAT, 8 },
};

#define NAMES (sizeof names / sizeof names[0])

_Static_assert (sizeof (bool) == 1 && sizeof (wchar_t) == 4 && sizeof (float) == 4
                    && sizeof (double) == 8,
                "text is read and written for these sizes");

static bool
find_code (char code, struct shmlens_type *ret_type)
{
  for (size_t i = 0; i < CODES; i++)
    if (codes[i].code == code)
      {
        *ret_type = (struct shmlens_type) {
          .size = codes[i].size, .kind = codes[i].kind, .code = code
        };
        return true;
      }
  return false;
}

int
shmlens_type_from_code (char code, struct shmlens_type *ret_type)
{
  if (!find_code (code, ret_type))
    return text_refuse (EINVAL, &code, 1, "not a type code",
                        "use one of ? c b B u h H i I l L q Q f d");
  return 0;
}

bool
type_from_kind (uint8_t kind, uint32_t size, struct shmlens_type *ret_type)
{
  if (kind == SHMLENS_KIND_STRUCT && size > 0)
    {
      *ret_type = (struct shmlens_type) { .size = size, .kind = kind, .code = 'T' };
      return true;
    }
  for (size_t i = 0; i < CODES; i++)
    if (codes[i].kind == kind && codes[i].size == size)
      return find_code (codes[i].code, ret_type);
  return false;
}

bool
type_from_stored (uint8_t kind, uint32_t size, char code, struct shmlens_type *ret_type)
{
  struct shmlens_type by_code;

  if (find_code (code, &by_code) && by_code.kind == kind && by_code.size == size)
    {
      *ret_type = by_code;
      return true;
    }
  return type_from_kind (kind, size, ret_type);
}

bool
type_is_scalar (const struct shmlens_type *type)
{
  struct shmlens_type found;

  return type->kind != SHMLENS_KIND_STRUCT && type_from_kind (type->kind, type->size, &found);
}

int
shmlens_type_from_name (const char *name, struct shmlens_type *ret_type)
{
  for (size_t i = 0; i < NAMES; i++)
    if (strcmp (name, names[i].name) == 0)
      {
        bool found = type_from_kind (names[i].kind, names[i].size, ret_type);

        assert (found);
        (void) found;
        return 0;
      }
  if (name[0] != '\0' && name[1] == '\0' && find_code (name[0], ret_type))
    return 0;
  return text_refuse (EINVAL, name, strlen (name), "not a type",
                      "use bool, char, wchar, int8 to int64, uint8 to uint64, float32, float64, "
                      "or one of ? c b B u h H i I l L q Q f d");
}

const char *
shmlens_type_name (const struct shmlens_type *type)
{
  if (type->kind == SHMLENS_KIND_STRUCT)
    return "struct";
  for (size_t i = 0; i < NAMES; i++)
    if (names[i].kind == type->kind && names[i].size == type->size)
      return names[i].name;
  return "?";
}

/* An integer element of 1, 2, 4 or 8 bytes, as the 64 bits it would be extended to. */
static uint64_t
load_integer (const struct shmlens_type *type, const void *element)
{
  bool is_signed = type->kind == SHMLENS_KIND_SIGNED;
  uint8_t u8;
  uint16_t u16;
  uint32_t u32;
  uint64_t u64;

  switch (type->size)
    {
    case 1:
      memcpy (&u8, element, sizeof u8);
      return is_signed ? (uint64_t) (int8_t) u8 : u8;
    case 2:
      memcpy (&u16, element, sizeof u16);
      return is_signed ? (uint64_t) (int16_t) u16 : u16;
    case 4:
      memcpy (&u32, element, sizeof u32);
      return is_signed ? (uint64_t) (int32_t) u32 : u32;
    default:
      memcpy (&u64, element, sizeof u64);
      return u64;
    }
}

static void
store_integer (const struct shmlens_type *type, uint64_t bits, void *ret_element)
{
  uint8_t u8 = (uint8_t) bits;
  uint16_t u16 = (uint16_t) bits;
  uint32_t u32 = (uint32_t) bits;

  switch (type->size)
    {
    case 1:
      memcpy (ret_element, &u8, sizeof u8);
      break;
    case 2:
      memcpy (ret_element, &u16, sizeof u16);
      break;
    case 4:
      memcpy (ret_element, &u32, sizeof u32);
      break;
    default:
      memcpy (ret_element, &bits, sizeof bits);
      break;
    }
}

static int
digit_value (char character)
{
  if (character >= '0' && character <= '9')
    return character - '0';
  if (character >= 'a' && character <= 'f')
    return character - 'a' + 10;
  if (character >= 'A' && character <= 'F')
    return character - 'A' + 10;
  return 16;
}

static int
refuse_range (const struct shmlens_type *type, const char *text, size_t length)
{
  unsigned bits = type->size * 8;
  char reason[64];
  char remedy[64];

  snprintf (reason, sizeof reason, "does not fit into %s", shmlens_type_name (type));
  if (type->kind == SHMLENS_KIND_SIGNED)
    snprintf (remedy, sizeof remedy, "give %" PRId64 " to %" PRId64,
              (int64_t) (UINT64_MAX << (bits - 1)), (int64_t) (UINT64_MAX >> (65 - bits)));
  else
    snprintf (remedy, sizeof remedy, "give 0 to %" PRIu64, UINT64_MAX >> (64 - bits));
  return text_refuse (ERANGE, text, length, reason, remedy);
}

static int
parse_integer (const struct shmlens_type *type, const char *text, size_t length,
               void *ret_element)
{
  size_t at = text[0] == '+' || text[0] == '-' ? 1 : 0;
  bool negative = text[0] == '-';
  uint64_t magnitude = 0;
  uint64_t largest;
  bool overflow = false;
  bool after_digit = false;
  int base = 10;

  if (length - at >= 2 && text[at] == '0')
    {
      char letter = (char) (text[at + 1] | 0x20);

      base = letter == 'x' ? 16 : letter == 'o' ? 8 : letter == 'b' ? 2 : 10;
      if (base != 10)
        {
          at += 2;
          after_digit = at < length && text[at] == '_';  /* as in Python: 0x_ff */
        }
    }

  if (at == length)
    return text_refuse (EINVAL, text, length, "has no digits", integer_remedy);
  for (; at < length; at++)
    {
      int digit;

      if (text[at] == '_' && after_digit && at + 1 < length)
        {
          after_digit = false;
          continue;
        }
      digit = digit_value (text[at]);
      if (digit >= base)
        return text_refuse (EINVAL, text, length, "not an integer", integer_remedy);
      /* What comes after an overflow is still to be checked. */
      overflow |= __builtin_mul_overflow (magnitude, (uint64_t) base, &magnitude);
      overflow |= __builtin_add_overflow (magnitude, (uint64_t) digit, &magnitude);
      after_digit = true;
    }

  if (type->kind == SHMLENS_KIND_SIGNED)
    largest = (UINT64_MAX >> (65 - type->size * 8)) + (negative ? 1 : 0);
  else
    largest = negative ? 0 : UINT64_MAX >> (64 - type->size * 8);
  if (overflow || magnitude > largest)
    return refuse_range (type, text, length);
  store_integer (type, negative ? 0 - magnitude : magnitude, ret_element);
  return 0;
}

static int
print_integer (const struct shmlens_type *type, const void *element, char *ret_text)
{
  uint64_t bits = load_integer (type, element);

  if (type->kind == SHMLENS_KIND_SIGNED)
    return sprintf (ret_text, "%" PRId64, (int64_t) bits);
  return sprintf (ret_text, "%" PRIu64, bits);
}

static int
parse_bool (const char *text, size_t length, void *ret_element)
{
  static const struct
  {
    const char *word;
    bool value;
  } words[] = {
    { "true", true }, { "false", false }, { "on", true }, { "off", false },
    { "yes", true },  { "no", false },    { "1", true },  { "0", false },
  };

  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
    if (length == strlen (words[i].word) && memcmp (text, words[i].word, length) == 0)
      {
        memcpy (ret_element, &words[i].value, sizeof words[i].value);
        return 0;
      }
  return text_refuse (EINVAL, text, length, "neither true nor false",
                      "give true, false, on, off, yes, no, 1 or 0");
}

/* Reads the escape that the text, which has no NUL, begins with by a backslash;
 * returns its bytes, 0 when there is no such escape. */
static size_t
read_escape (const char *text, size_t length, bool wide, uint32_t *ret_value)
{
  static const char letters[] = "ntr0\\'\"";
  static const char meanings[] = "\n\t\r\0\\'\"";
  const char *letter;
  uint32_t value = 0;
  size_t digits = 0;

  if (length < 2)
    return 0;
  letter = strchr (letters, text[1]);
  if (letter)
    {
      *ret_value = (uint32_t) meanings[letter - letters];
      return 2;
    }

  if (text[1] == 'x')
    digits = 2;
  else if (wide && text[1] == 'u')
    digits = 4;
  else if (wide && text[1] == 'U')
    digits = 8;
  if (digits == 0 || length < 2 + digits)
    return 0;
  for (size_t i = 0; i < digits; i++)
    {
      int digit = digit_value (text[2 + i]);

      if (digit >= 16)
        return 0;
      value = value << 4 | (uint32_t) digit;
    }
  *ret_value = value;
  return 2 + digits;
}

static int
parse_character (const struct shmlens_type *type, const char *text, size_t length,
                 void *ret_element)
{
  bool wide = type->kind == SHMLENS_KIND_UNICODE;
  uint32_t value = 0;
  size_t used;

  if (text[0] == '\\')
    {
      used = read_escape (text, length, wide, &value);
      if (used == 0)
        return text_refuse (EINVAL, text, length, "not an escape",
                            wide ? "use \\n \\t \\r \\0 \\\\ \\' \\\" \\xNN \\uXXXX or \\UXXXXXXXX"
                                 : "use \\n \\t \\r \\0 \\\\ \\' \\\" or \\xNN");
    }
  else if (wide)
    {
      used = text_decode (text, length, &value);
      if (used == 0)
        return text_refuse (EINVAL, text, length, "not valid UTF-8",
                            "give one UTF-8 character, or its number as \\uXXXX or \\UXXXXXXXX");
    }
  else
    {
      value = (unsigned char) text[0];
      used = 1;
    }

  if (used < length)
    return text_refuse (EINVAL, text, length, wide ? "more than one character"
                                                   : "more than one byte",
                        wide ? "give one character, as itself or as an escape"
                             : "give one byte, as itself or as \\xNN");
  store_integer (type, value, ret_element);
  return 0;
}

static int
print_character (const struct shmlens_type *type, const void *element, char *ret_text)
{
  bool wide = type->kind == SHMLENS_KIND_UNICODE;
  uint32_t value = (uint32_t) load_integer (type, element);
  static const char letters[] = "ntr\\";
  static const char meanings[] = "\n\t\r\\";
  const char *meaning = value > 0 && value < 0x80 ? strchr (meanings, (int) value) : NULL;

  if (meaning)
    return sprintf (ret_text, "\\%c", letters[meaning - meanings]);
  if (text_is_printable (value) && (wide || value < 0x80))
    {
      size_t length = text_encode (value, ret_text);

      ret_text[length] = '\0';
      return (int) length;
    }
  if (!wide)
    return sprintf (ret_text, "\\x%02" PRIx32, value);
  return sprintf (ret_text, value <= 0xffff ? "\\u%04" PRIx32 : "\\U%08" PRIx32, value);
}

static int
refuse_type (const struct shmlens_type *type)
{
  if (type->kind == SHMLENS_KIND_STRUCT)
    return error_set (EINVAL, "struct: a structure has no text of its own; use its fields");
  return error_set (EINVAL, "kind %u, size %" PRIu32 ": no such type here; use a scalar type",
                    type->kind, type->size);
}

int
shmlens_type_parse (const struct shmlens_type *type, const char *text, size_t length,
                    void *ret_element)
{
  bool is_character
      = type->kind == SHMLENS_KIND_CHAR || type->kind == SHMLENS_KIND_UNICODE;
  const char *start = text;
  size_t count = length;

  if (!type_is_scalar (type))
    return refuse_type (type);
  if (length > 0 && memchr (text, '\0', length))
    return text_refuse (EINVAL, text, length, "has a NUL in it",
                        is_character ? "write a NUL as \\0" : "leave it out");
  if (!is_character)
    {
      for (; count > 0 && (*start == ' ' || *start == '\t'); count--)
        start++;
      while (count > 0 && (start[count - 1] == ' ' || start[count - 1] == '\t'))
        count--;
    }
  if (count == 0)
    {
      char remedy[32];

      snprintf (remedy, sizeof remedy, "give one %s", shmlens_type_name (type));
      return text_refuse (EINVAL, text, length, "empty", remedy);
    }

  switch ((enum shmlens_kind) type->kind)
    {
    case SHMLENS_KIND_BOOL:
      return parse_bool (start, count, ret_element);
    case SHMLENS_KIND_CHAR:
    case SHMLENS_KIND_UNICODE:
      return parse_character (type, start, count, ret_element);
    case SHMLENS_KIND_FLOAT:
      return real_parse (start, count, type->size, ret_element);
    default:
      return parse_integer (type, start, count, ret_element);
    }
}

int
shmlens_type_print (const struct shmlens_type *type, const void *element, size_t size,
                    char *ret_text)
{
  char text[REAL_TEXT_SIZE];
  int length;

  if (!type_is_scalar (type))
    return refuse_type (type);
  switch ((enum shmlens_kind) type->kind)
    {
    case SHMLENS_KIND_BOOL:
      length = sprintf (text, "%s", *(const uint8_t *) element ? "true" : "false");
      break;
    case SHMLENS_KIND_CHAR:
    case SHMLENS_KIND_UNICODE:
      length = print_character (type, element, text);
      break;
    case SHMLENS_KIND_FLOAT:
      length = real_print (element, type->size, text);
      break;
    default:
      length = print_integer (type, element, text);
      break;
    }

  if (size <= (size_t) length)
    return error_set (ENOSPC, "%s: needs %d bytes of text, and there are %zu; give 64",
                      shmlens_type_name (type), length + 1, size);
  memcpy (ret_text, text, (size_t) length + 1);
  return length;
}
