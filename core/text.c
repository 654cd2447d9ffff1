/* text.c - UTF-8, and text that is safe to show in a sentence. */
#include "text.h"

#include <stdio.h>
#include <string.h>

#include "error.h"

#define QUOTED_BYTES 40

size_t
text_decode (const char *text, size_t length, uint32_t *ret_code_point)
{
  static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
  const unsigned char *bytes = (const unsigned char *) text;
  uint32_t code_point;
  size_t count;

  if (length == 0)
    return 0;
  if (bytes[0] < 0x80)
    {
      *ret_code_point = bytes[0];
      return 1;
    }

  if (bytes[0] < 0xc0 || bytes[0] > 0xf7)
    return 0;
  count = bytes[0] >= 0xf0 ? 4 : bytes[0] >= 0xe0 ? 3 : 2;
  if (count > length)
    return 0;
  code_point = bytes[0] & (0x7fu >> count);
  for (size_t i = 1; i < count; i++)
    {
      if ((bytes[i] & 0xc0) != 0x80)
        return 0;
      code_point = code_point << 6 | (bytes[i] & 0x3f);
    }
  if (code_point < smallest[count] || code_point > 0x10ffff
      || (code_point >= 0xd800 && code_point <= 0xdfff))
    return 0;
  *ret_code_point = code_point;
  return count;
}

size_t
text_encode (uint32_t code_point, char ret_bytes[4])
{
  size_t count;

  if (code_point > 0x10ffff || (code_point >= 0xd800 && code_point <= 0xdfff))
    return 0;
  if (code_point < 0x80)
    {
      ret_bytes[0] = (char) code_point;
      return 1;
    }

  count = code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
  for (size_t i = count - 1; i > 0; i--)
    {
      ret_bytes[i] = (char) (0x80 | (code_point & 0x3f));
      code_point >>= 6;
    }
  ret_bytes[0] = (char) ((0xf00 >> count & 0xff) | code_point);
  return count;
}

bool
text_is_printable (uint32_t code_point)
{
  /* The C library's iswprint() goes by the locale: in "C" it knows ASCII only. */
  static const struct
  {
    uint32_t first;
    uint32_t last;
  } hidden[] = {
    { 0x0000, 0x001f },   { 0x007f, 0x00a0 }, { 0x00ad, 0x00ad },
    { 0x034f, 0x034f },   { 0x061c, 0x061c }, { 0x115f, 0x1160 },
    { 0x1680, 0x1680 },   { 0x17b4, 0x17b5 }, { 0x180b, 0x180f },
    { 0x2000, 0x200f },   { 0x2028, 0x202f }, { 0x205f, 0x206f },
    { 0x3000, 0x3000 },   { 0x3164, 0x3164 }, { 0xd800, 0xf8ff },  /* surrogates, private use */
    { 0xfdd0, 0xfdef },   { 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff },
    { 0xffa0, 0xffa0 },   { 0xfff0, 0xfffb }, { 0x1bca0, 0x1bca3 },
    { 0x1d173, 0x1d17a }, { 0xe0000, UINT32_MAX },  /* tags, private use, beyond Unicode */
  };

  if ((code_point & 0xfffe) == 0xfffe)  /* the last two of each plane are no characters */
    return false;
  for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++)
    if (code_point >= hidden[i].first && code_point <= hidden[i].last)
      return false;
  return true;
}

const char *
text_quote (const char *text, size_t length, char ret_quoted[TEXT_QUOTED_SIZE])
{
  char *end = ret_quoted;
  size_t at = 0;

  *end++ = '"';
  while (at < length && at < QUOTED_BYTES)
    {
      uint32_t code_point = 0;
      size_t count = text_decode (text + at, length - at, &code_point);

      if (count > 0 && text_is_printable (code_point))
        {
          if (code_point == '"' || code_point == '\\')
            *end++ = '\\';
          memcpy (end, text + at, count);
          end += count;
        }
      else
        {
          if (count == 0)
            count = 1;
          for (size_t i = 0; i < count; i++)
            end += sprintf (end, "\\x%02x", (unsigned char) text[at + i]);
        }
      at += count;
    }
  strcpy (end, at < length ? "…\"" : "\"");
  return ret_quoted;
}

/* The last character may begin at byte 39 and have 4 bytes, each an escape. */
_Static_assert (1 + (QUOTED_BYTES + 3) * 4 + sizeof "…\"" <= TEXT_QUOTED_SIZE, "a quote fits");

int
text_refuse (int code, const char *text, size_t length, const char *reason, const char *remedy)
{
  char quoted[TEXT_QUOTED_SIZE];

  return error_set (code, "%s: %s; %s", text_quote (text, length, quoted), reason, remedy);
}
