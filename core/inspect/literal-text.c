/* literal-text.c - characters and names as other programs write them. */
#include "literal-text.h"

#include <string.h>

#include "printable.h"

/* Of C, of C++ and of what most files include, that no identifier may be. */
static const char *const keywords[] = {
  "and", "asm", "auto", "bool", "break", "case", "catch", "char", "class", "const", "continue",
  "default", "delete", "do", "double", "else", "enum", "explicit", "export", "extern", "false",
  "float", "for", "friend", "goto", "if", "inline", "int", "long", "mutable", "namespace", "new",
  "not", "nullptr", "operator", "or", "private", "protected", "public", "register", "restrict",
  "return", "short", "signed", "sizeof", "static", "struct", "switch", "template", "this", "throw",
  "true", "try", "typedef", "typename", "typeof", "union", "unsigned", "using", "virtual", "void",
  "volatile", "wchar_t", "while", "xor", "NULL", "NAN", "INFINITY", "EOF", "errno", "linux", "main",
  "unix", NULL
};

static guint32
load (const LiteralCharacters *characters, guint64 index)
{
  const guint8 *at = characters->bytes + index * characters->size;
  guint32 wide;

  if (characters->size == 1)
    return *at;
  memcpy (&wide, at, sizeof wide);
  return characters->swapped ? GUINT32_SWAP_LE_BE (wide) : wide;
}

/* How many are to be written. */
static guint64
end_of (const LiteralCharacters *characters)
{
  guint64 end = characters->n;

  if (characters->is_text)
    for (guint64 i = 0; i < end; i++)
      if (load (characters, i) == 0)
        end = i;
  while (end > 0 && load (characters, end - 1) == 0)
    end--;
  return end;
}

static gboolean
is_printable (guint32 c)
{
  return g_unichar_validate (c) && printable_character (c);
}

/* Escapes of a fixed length: digits that follow one are characters of their own. Only the code
 * of what is no character at all has no such escape, and the string goes on as another one. */
static void
append_c (GString *text, guint32 c, gboolean wide, char quote)
{
  if (c == (guchar) quote || c == '\\')
    g_string_append_printf (text, "\\%c", (char) c);
  else if (c == '?' && text->len > 0 && text->str[text->len - 1] == '?')
    g_string_append (text, "\\?");  /* two begin a trigraph */
  else if (c == '\n' || c == '\t' || c == '\r')
    g_string_append (text, c == '\n' ? "\\n" : c == '\t' ? "\\t" : "\\r");
  else if (is_printable (c) && (wide || c < 0x80))
    g_string_append_unichar (text, c);
  else if (c < 0x100)
    g_string_append_printf (text, "\\%03o", c);
  else if (g_unichar_validate (c))
    g_string_append_printf (text, "\\U%08x", c);
  else
    g_string_append_printf (text, quote == '"' ? "\\x%08x\" L\"" : "\\x%08x", c);
}

static void
append_python (GString *text, guint32 c, gboolean is_bytes)
{
  if (c == '\'' || c == '\\')
    g_string_append_printf (text, "\\%c", (char) c);
  else if (is_printable (c) && (!is_bytes || c < 0x80))
    g_string_append_unichar (text, c);
  else if (c == '\n' || c == '\t' || c == '\r')
    g_string_append (text, c == '\n' ? "\\n" : c == '\t' ? "\\t" : "\\r");
  else
    g_string_append_printf (text, c < 0x100     ? "\\x%02x"
                                  : c < 0x10000 ? "\\u%04x"
                                                : "\\U%08x",
                            c <= 0x10ffff ? c : 0xfffd);
}

static void
append_in_cell (GString *text, guint32 c, gboolean is_bare)
{
  if (!is_bare && (c == '"' || c == '\\'))
    g_string_append_c (text, '\\');
  if (c <= 0x10ffff)
    printable_append (text, c);
  else
    g_string_append_printf (text, "\\U%08x", c);
}

/* A character of a text of bytes; how many bytes it has. */
static guint64
decode (const LiteralCharacters *characters, guint64 index, guint64 end, guint32 *ret_c)
{
  gunichar decoded;

  *ret_c = load (characters, index);
  if (characters->size > 1 || *ret_c < 0x80)
    return 1;
  decoded = g_utf8_get_char_validated ((const char *) characters->bytes + index,
                                       (gssize) (end - index));
  if (decoded >= 0x110000 || !is_printable (decoded))
    return 1;
  *ret_c = decoded;
  return (guint64) g_unichar_to_utf8 (decoded, NULL);
}

void
literal_append_string (GString *text, enum literal_form form, const LiteralCharacters *characters,
                       gboolean is_bare)
{
  guint64 end = end_of (characters), used;
  gboolean is_wide = characters->size > 1;
  gboolean is_bytes = !is_wide && form == LITERAL_PYTHON
                      && !(characters->is_text
                           && g_utf8_validate ((const char *) characters->bytes, (gssize) end, NULL));
  const char *quote = form == LITERAL_PYTHON ? "'" : is_bare ? "" : "\"";
  guint32 c;

  g_string_append (text, is_bytes ? "b" : is_wide && form == LITERAL_C ? "L" : "");
  g_string_append (text, quote);
  for (guint64 i = 0; i < end; i += used)
    {
      used = is_bytes ? 1 : decode (characters, i, end, &c);
      if (is_bytes)
        c = load (characters, i);
      if (form == LITERAL_C)
        append_c (text, c, is_wide || used > 1, '"');
      else if (form == LITERAL_PYTHON)
        append_python (text, c, is_bytes);
      else if (used == 1 && !is_wide && c >= 0x80)
        g_string_append_printf (text, "\\x%02x", c);
      else
        append_in_cell (text, c, is_bare);
    }
  g_string_append (text, quote);
}

void
literal_append_character (GString *text, enum literal_form form, const LiteralCharacters *character)
{
  guint32 c = load (character, 0);
  gboolean is_wide = character->size > 1;

  if (form == LITERAL_C)
    {
      g_string_append (text, is_wide ? "L'" : "'");
      append_c (text, c, is_wide, '\'');
      g_string_append_c (text, '\'');
    }
  else if (form == LITERAL_PYTHON)
    {
      g_string_append (text, is_wide ? "'" : "b'");
      append_python (text, c, !is_wide);
      g_string_append_c (text, '\'');
    }
  else if (!is_wide && c >= 0x80)
    g_string_append_printf (text, "\\x%02x", c);
  else
    append_in_cell (text, c, TRUE);
}

void
literal_append_python_name (GString *text, const char *name)
{
  g_string_append_c (text, '\'');
  for (; *name != '\0'; name = g_utf8_next_char (name))
    append_python (text, g_utf8_get_char (name), FALSE);
  g_string_append_c (text, '\'');
}

char *
literal_identifier (const char *name, GHashTable *taken)
{
  g_autoptr (GString) identifier = g_string_new (NULL);
  g_autofree char *stem = NULL;
  guint n;

  for (; *name != '\0'; name++)
    if (g_ascii_isalnum (*name) || *name == '_')
      g_string_append_c (identifier, *name);
    else if (identifier->len > 0 && identifier->str[identifier->len - 1] != '_')
      g_string_append_c (identifier, '_');
  if (identifier->len > 1 && identifier->str[identifier->len - 1] == '_')
    g_string_truncate (identifier, identifier->len - 1);
  if (identifier->len == 0 || g_ascii_isdigit (identifier->str[0]))
    g_string_prepend_c (identifier, '_');
  if (identifier->len == 1 && identifier->str[0] == '_')
    g_string_assign (identifier, "value");
  if (g_strv_contains (keywords, identifier->str))
    g_string_append_c (identifier, '_');
  stem = g_strdup (identifier->str);
  n = GPOINTER_TO_UINT (g_hash_table_lookup (taken, stem));
  while (g_hash_table_contains (taken, identifier->str))
    g_string_printf (identifier, "%s_%u", stem, ++n);
  g_hash_table_insert (taken, g_strdup (identifier->str), GUINT_TO_POINTER (1));
  if (n > 0)
    g_hash_table_insert (taken, g_strdup (stem), GUINT_TO_POINTER (n));
  return g_strdup (identifier->str);
}

void
literal_append_cell (GString *text, enum literal_form form, const char *cell)
{
  g_auto (GStrv) parts = NULL;
  g_autofree char *doubled = NULL;

  if (strpbrk (cell, form == LITERAL_CSV ? "\",\n\r" : "\"\t\n\r") == NULL)
    {
      g_string_append (text, cell);
      return;
    }
  parts = g_strsplit (cell, "\"", -1);
  doubled = g_strjoinv ("\"\"", parts);
  g_string_append_printf (text, "\"%s\"", doubled);
}
