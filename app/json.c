/* json.c - writing one JSON document. */
#include "json.h"

#include <string.h>

void
json_init (Json *json)
{
  json->text = g_string_new (NULL);
  json->need_comma = FALSE;
}

char *
json_finish (Json *json)
{
  char *text = g_string_free (json->text, FALSE);

  json->text = NULL;
  return text;
}

static void
append_character (GString *text, gunichar character)
{
  switch (character)
    {
    case '"':
      g_string_append (text, "\\\"");
      break;
    case '\\':
      g_string_append (text, "\\\\");
      break;
    case '\n':
      g_string_append (text, "\\n");
      break;
    case '\t':
      g_string_append (text, "\\t");
      break;
    default:
      if (character < 0x20 || (character >= 0x7f && character < 0xa0))
        g_string_append_printf (text, "\\u%04x", character);
      else
        g_string_append_unichar (text, character);
    }
}

static void
append_string (GString *text, const char *string)
{
  g_autofree char *valid = g_utf8_make_valid (string, -1);

  g_string_append_c (text, '"');
  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    append_character (text, g_utf8_get_char (p));
  g_string_append_c (text, '"');
}

/* What stands before every value: the comma and the name. */
static void
begin_member (Json *json, const char *name)
{
  if (json->need_comma)
    g_string_append (json->text, ", ");
  json->need_comma = TRUE;
  if (name != NULL)
    {
      append_string (json->text, name);
      g_string_append (json->text, ": ");
    }
}

static void
begin (Json *json, const char *name, char bracket)
{
  begin_member (json, name);
  g_string_append_c (json->text, bracket);
  json->need_comma = FALSE;
}

static void
end (Json *json, char bracket)
{
  g_string_append_c (json->text, bracket);
  json->need_comma = TRUE;
}

void
json_begin_object (Json *json, const char *name)
{
  begin (json, name, '{');
}

void
json_end_object (Json *json)
{
  end (json, '}');
}

void
json_begin_array (Json *json, const char *name)
{
  begin (json, name, '[');
}

void
json_end_array (Json *json)
{
  end (json, ']');
}

void
json_string (Json *json, const char *name, const char *text)
{
  begin_member (json, name);
  if (text == NULL)
    g_string_append (json->text, "null");
  else
    append_string (json->text, text);
}

void
json_unsigned (Json *json, const char *name, guint64 number)
{
  begin_member (json, name);
  g_string_append_printf (json->text, "%" G_GUINT64_FORMAT, number);
}

void
json_double (Json *json, const char *name, double number, int decimals)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE], format[8];

  begin_member (json, name);
  g_snprintf (format, sizeof format, "%%.%df", decimals);
  g_string_append (json->text, g_ascii_formatd (digits, sizeof digits, format, number));
}

void
json_boolean (Json *json, const char *name, gboolean value)
{
  begin_member (json, name);
  g_string_append (json->text, value ? "true" : "false");
}

void
json_null (Json *json, const char *name)
{
  begin_member (json, name);
  g_string_append (json->text, "null");
}

/* JSON has no word for what is not finite. */
static gboolean
is_finite_text (const char *text)
{
  return strchr (text, 'n') == NULL;
}

void
json_element (Json *json, const char *name, const struct shmlens_type *type, const void *element)
{
  char text[64];

  if (type->kind == SHMLENS_KIND_CHAR || type->kind == SHMLENS_KIND_UNICODE)
    {
      json_characters (json, name, type, element, 1);
      return;
    }
  begin_member (json, name);
  if (shmlens_type_print (type, element, sizeof text, text) < 0)
    g_string_append (json->text, "null");
  else if (type->kind == SHMLENS_KIND_FLOAT && !is_finite_text (text))
    append_string (json->text, strcmp (text, "-nan") == 0 ? "nan" : text);
  else
    g_string_append (json->text, text);
}

void
json_characters (Json *json, const char *name, const struct shmlens_type *type,
                 const void *elements, guint64 length)
{
  begin_member (json, name);
  g_string_append_c (json->text, '"');
  for (guint64 i = 0; i < length; i++)
    if (type->kind == SHMLENS_KIND_CHAR)
      {
        guchar byte = ((const guchar *) elements)[i];

        if (byte < 0x20 || byte > 0x7e || byte == '\\')
          g_string_append_printf (json->text, "\\\\x%02x", byte);
        else
          append_character (json->text, byte);
      }
    else
      {
        wchar_t code_point;

        memcpy (&code_point, (const guchar *) elements + i * sizeof code_point,
                sizeof code_point);
        append_character (json->text, g_unichar_validate ((gunichar) code_point)
                                        ? (gunichar) code_point
                                        : 0xfffd);
      }
  g_string_append_c (json->text, '"');
}
