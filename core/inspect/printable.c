/* printable.c - text that came from outside, made so that it can be shown. */
#include "printable.h"

#include <string.h>

#include "text.h"

#define ELLIPSIS "…"

gboolean
printable_character (gunichar c)
{
  return text_is_printable (c) && (c == ' ' || g_unichar_isprint (c));
}

void
printable_append (GString *text, gunichar c)
{
  if (printable_character (c))
    g_string_append_unichar (text, c);
  else if (c == '\n')
    g_string_append (text, "\\n");
  else if (c == '\r')
    g_string_append (text, "\\r");
  else if (c == '\t')
    g_string_append (text, "\\t");
  else if (c < 0x80)
    g_string_append_printf (text, "\\x%02x", c);
  else if (c < 0x10000)
    g_string_append_printf (text, "\\u%04x", c);
  else
    g_string_append_printf (text, "\\U%08x", c);
}

/* Most are, and are copied as they are. */
static gboolean
is_plain (const char *text)
{
  gsize length = 0;

  for (; text[length] != '\0'; length++)
    if (text[length] < ' ' || text[length] > '~')
      return FALSE;
  return length <= PRINTABLE_MAX;
}

static char *
make_printable (const char *text, gboolean is_prose)
{
  GString *made;

  if (text == NULL || is_plain (text))
    return g_strdup (text);
  made = g_string_new (NULL);
  while (*text != '\0' && made->len <= PRINTABLE_MAX)
    {
      uint32_t c;
      gsize length = text_decode (text, 4, &c);

      if (length == 0)
        g_string_append_printf (made, "\\x%02x", (guint8) *text++);
      else
        {
          if (is_prose && g_unichar_isspace (c))
            g_string_append_c (made, ' ');
          else
            printable_append (made, c);
          text += length;
        }
    }
  if (made->len > PRINTABLE_MAX)
    {
      gsize end = PRINTABLE_MAX - strlen (ELLIPSIS);

      while (end > 0 && ((guchar) made->str[end] & 0xc0) == 0x80)
        end--;
      g_string_truncate (made, end);
      g_string_append (made, ELLIPSIS);
    }
  return g_string_free (made, FALSE);
}

char *
printable_name (const char *text)
{
  return make_printable (text, FALSE);
}

char *
printable_prose (const char *text)
{
  return make_printable (text, TRUE);
}
