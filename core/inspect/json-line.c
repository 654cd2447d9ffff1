/* json-line.c - one JSON object on one line, read strictly. */
#include "json-line.h"

#include <string.h>

#define DEPTH_MAX 4

struct parser
{
  const char *position, *end;
};

static GVariant *parse_value (struct parser *parser, guint depth);

static void
skip_blanks (struct parser *parser)
{
  while (parser->position < parser->end
         && (*parser->position == ' ' || *parser->position == '\t'))
    parser->position++;
}

static gboolean
take (struct parser *parser, char wanted)
{
  skip_blanks (parser);
  if (parser->position == parser->end || *parser->position != wanted)
    return FALSE;
  parser->position++;
  return TRUE;
}

static gboolean
take_word (struct parser *parser, const char *word)
{
  gsize length = strlen (word);

  if ((gsize) (parser->end - parser->position) < length
      || memcmp (parser->position, word, length) != 0)
    return FALSE;
  parser->position += length;
  return TRUE;
}

/* The four digits of a \u escape. */
static gboolean
take_unit (struct parser *parser, guint *ret_unit)
{
  *ret_unit = 0;
  if (parser->end - parser->position < 4)
    return FALSE;
  for (guint i = 0; i < 4; i++)
    {
      int digit = g_ascii_xdigit_value (*parser->position++);

      if (digit < 0)
        return FALSE;
      *ret_unit = *ret_unit << 4 | (guint) digit;
    }
  return TRUE;
}

static gboolean
take_escaped_character (struct parser *parser, GString *text)
{
  guint unit, low;

  if (!take_unit (parser, &unit))
    return FALSE;
  if (unit >= 0xd800 && unit < 0xdc00)
    {
      if (!take_word (parser, "\\u") || !take_unit (parser, &low) || low < 0xdc00 || low >= 0xe000)
        return FALSE;
      unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
    }
  else if (unit == 0 || (unit >= 0xdc00 && unit < 0xe000))
    return FALSE;
  g_string_append_unichar (text, unit);
  return TRUE;
}

static gboolean
take_escape (struct parser *parser, GString *text)
{
  static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
  const char *found;
  char c;

  if (parser->position == parser->end)
    return FALSE;
  c = *parser->position++;
  if (c == 'u')
    return take_escaped_character (parser, text);
  found = c == '\0' ? NULL : strchr (from, c);
  if (found == NULL)
    return FALSE;
  g_string_append_c (text, to[found - from]);
  return TRUE;
}

/* What follows the opening quote. NULL: it is no string. */
static char *
parse_string (struct parser *parser)
{
  GString *text = g_string_new (NULL);

  while (parser->position < parser->end)
    {
      char c = *parser->position++;

      if (c == '"')
        return g_string_free (text, FALSE);
      if ((guchar) c < ' ' || (c == '\\' && !take_escape (parser, text)))
        break;
      if (c != '\\')
        g_string_append_c (text, c);
    }
  g_string_free (text, TRUE);
  return NULL;
}

static GVariant *
parse_object (struct parser *parser, guint depth)
{
  GVariantBuilder builder;
  gboolean is_good = TRUE;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  if (take (parser, '}'))
    return g_variant_builder_end (&builder);
  do
    {
      g_autofree char *name = take (parser, '"') ? parse_string (parser) : NULL;
      GVariant *value = name != NULL && take (parser, ':') ? parse_value (parser, depth) : NULL;

      is_good = value != NULL;
      if (is_good)
        g_variant_builder_add (&builder, "{sv}", name, value);
    }
  while (is_good && take (parser, ','));
  if (is_good && take (parser, '}'))
    return g_variant_builder_end (&builder);
  g_variant_builder_clear (&builder);
  return NULL;
}

static GVariant *
parse_array (struct parser *parser, guint depth)
{
  GVariantBuilder builder;
  gboolean is_good = TRUE;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("av"));
  if (take (parser, ']'))
    return g_variant_builder_end (&builder);
  do
    {
      GVariant *value = parse_value (parser, depth);

      is_good = value != NULL;
      if (is_good)
        g_variant_builder_add (&builder, "v", value);
    }
  while (is_good && take (parser, ','));
  if (is_good && take (parser, ']'))
    return g_variant_builder_end (&builder);
  g_variant_builder_clear (&builder);
  return NULL;
}

static GVariant *
parse_number (struct parser *parser)
{
  char text[32];
  gsize length = 0;
  gint64 number;

  while (parser->position < parser->end && length < sizeof text - 1
         && (g_ascii_isdigit (*parser->position) || (length == 0 && *parser->position == '-')))
    text[length++] = *parser->position++;
  text[length] = '\0';
  if (parser->position < parser->end && strchr (".eE", *parser->position) != NULL)
    return NULL;
  return g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, &number, NULL)
           ? g_variant_new_int64 (number)
           : NULL;
}

/* A floating value. */
static GVariant *
parse_value (struct parser *parser, guint depth)
{
  g_autofree char *text = NULL;

  skip_blanks (parser);
  if (parser->position == parser->end
      || (depth == DEPTH_MAX && strchr ("{[", *parser->position) != NULL))
    return NULL;
  switch (*parser->position)
    {
    case '{':
      parser->position++;
      return parse_object (parser, depth + 1);
    case '[':
      parser->position++;
      return parse_array (parser, depth + 1);
    case '"':
      parser->position++;
      text = parse_string (parser);
      return text != NULL ? g_variant_new_string (text) : NULL;
    case 't':
      return take_word (parser, "true") ? g_variant_new_boolean (TRUE) : NULL;
    case 'f':
      return take_word (parser, "false") ? g_variant_new_boolean (FALSE) : NULL;
    case 'n':
      return take_word (parser, "null") ? g_variant_new_tuple (NULL, 0) : NULL;
    default:
      return parse_number (parser);
    }
}

GVariant *
json_line_parse (const char *text, gsize length)
{
  struct parser parser = { text, text + length };
  g_autoptr (GVariant) value = NULL;

  if (!g_utf8_validate (text, (gssize) length, NULL))
    return NULL;
  skip_blanks (&parser);
  if (parser.position == parser.end || *parser.position != '{')
    return NULL;
  value = parse_value (&parser, 0);
  if (value == NULL)
    return NULL;
  g_variant_ref_sink (value);
  skip_blanks (&parser);
  return parser.position == parser.end ? g_steal_pointer (&value) : NULL;
}
