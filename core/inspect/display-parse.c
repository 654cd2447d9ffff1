/* display-parse.c - reading back what people type in the form that a value is displayed in. */
#include "display.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "inspect-error.h"
#include "number.h"

/* The highest of the bits of a signed type is its sign; more than it has stay what they are. */
static WideInteger
with_sign (const struct shmlens_type *type, guint bits, WideInteger integer)
{
  guint width = number_width (type, bits);

  if (type->kind != SHMLENS_KIND_SIGNED || integer < 0 || integer >> width != 0)
    return integer;
  return integer >> (width - 1) != 0 ? integer - ((WideInteger) 1 << width) : integer;
}

static gboolean
check_type (const struct shmlens_type *type, guint bits, const Number *number, GError **error)
{
  g_autofree char *text = NULL, *least_text = NULL, *most_text = NULL;
  WideInteger least, most;

  if (number_fits (type, bits, number))
    return TRUE;
  number_limits (type, bits, &least, &most);
  text = number_integer_text (number->integer);
  least_text = number_integer_text (least);
  most_text = number_integer_text (most);
  /* Translators: NUMBER does not fit TYPE; give LEAST to MOST. */
  g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_BAD_VALUE,
               _("%s does not fit %s; give %s to %s"), text, shmlens_type_name (type), least_text,
               most_text);
  return FALSE;
}

/* A number in any base; of what displays bits, also one that is negative to the type. */
static gboolean
parse_number (const Display *display, const struct shmlens_type *type, guint bits,
              const char *text, Number *ret_number, GError **error)
{
  gboolean is_of_bits = display->form >= DISPLAY_HEXADECIMAL && display->form <= DISPLAY_BITS
                        && display->form != DISPLAY_PROGRESS;
  guint8 value[8] = { 0 };

  if (type->kind == SHMLENS_KIND_FLOAT)
    {
      if (shmlens_type_parse (type, text, strlen (text), value) < 0)
        {
          inspect_error_set_from_core (error, -EINVAL);
          return FALSE;
        }
      *ret_number = number_load (type, value);
      return TRUE;
    }
  if (number_parse_integer (text, strlen (text), ret_number) < 0)
    {
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_BAD_VALUE,
                   display->form == DISPLAY_CHARACTER
                     ? _("“%s” is neither a number nor a character; give 65, 0x41 or 'A'")
                   : display->labels->len > 0
                     ? _("“%s” is neither a number nor one of the labels; give 5, 0x05, 0b101 or "
                         "a label")
                     : _("“%s” is no number; give it as 5, 0x05, 0o5 or 0b101"),
                   text);
      return FALSE;
    }
  if (is_of_bits)
    ret_number->integer = with_sign (type, bits, ret_number->integer);
  return TRUE;
}

/* 'A', A; not a digit without quotes. */
static gboolean
parse_character (const char *text, Number *ret_number)
{
  static const struct shmlens_type unicode
    = { .size = 4, .kind = SHMLENS_KIND_UNICODE, .code = 'u' };
  gsize length = strlen (text);
  guint32 code;

  if (length >= 3 && text[0] == '\'' && text[length - 1] == '\'')
    {
      text++;
      length -= 2;
    }
  else if (g_utf8_strlen (text, -1) != 1 || g_ascii_isdigit (text[0]))
    return FALSE;
  if (shmlens_type_parse (&unicode, text, length, &code) < 0)
    return FALSE;
  *ret_number = (Number){ .form = NUMBER_INTEGER, .integer = code };
  return TRUE;
}

/* "RUN | 0x40". */
static gboolean
parse_bits (const Display *display, const struct shmlens_type *type, guint bits, const char *text,
            Number *ret_number, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, "|", 65);
  WideInteger set = 0;

  for (guint i = 0; parts[i] != NULL; i++)
    {
      const DisplayLabel *label = display_find_label (display, g_strstrip (parts[i]));
      Number number;

      if (label != NULL)
        number = (Number){ .form = NUMBER_INTEGER,
                           .integer = with_sign (type, bits, (WideInteger) 1 << label->value) };
      else if (!parse_number (display, type, bits, parts[i], &number, error))
        return FALSE;
      /* Of several each by itself: the bits of a negative one go on to the left, and would hide
       * what is too much for the field. */
      if (!check_type (type, parts[1] != NULL ? bits : 0, &number, error))
        return FALSE;
      set |= number.integer;
    }
  *ret_number
    = (Number){ .form = NUMBER_INTEGER, .integer = with_sign (type, bits, set) };
  return TRUE;
}

/* "42 / 100", "42 %", "42". */
static gboolean
parse_progress (const Display *display, const struct shmlens_type *type, guint bits, char *text,
                Number *ret_number, GError **error)
{
  char *slash = strchr (text, '/');
  gsize length = strlen (text);
  char *end;
  double percent;

  if (slash != NULL)
    {
      /* A step of a ramp behind it is not of the maximum. */
      g_ascii_strtod (slash + 1, &end);
      if (end != slash + 1 && end[strspn (end, " ")] == '\0')
        *slash = '\0';
    }
  else if (length > 1 && text[length - 1] == '%')
    {
      percent = g_ascii_strtod (text, &end);
      if (end != text && g_strstrip (end)[0] == '%' && isfinite (percent)
          && fabs (percent) <= 1e6)
        {
          double real = display->maximum * percent / 100;

          if (type->kind != SHMLENS_KIND_FLOAT && fabs (real) < 0x1p64)
            *ret_number
              = (Number){ .form = NUMBER_INTEGER, .integer = (WideInteger) round (real) };
          else if (type->size == sizeof (float))
            *ret_number = (Number){ .form = NUMBER_FLOAT, .single = (float) real };
          else
            *ret_number = (Number){ .form = NUMBER_DOUBLE, .real = real };
          if (type->kind == SHMLENS_KIND_FLOAT || fabs (real) < 0x1p64)
            return TRUE;
        }
    }
  return parse_number (display, type, bits, g_strstrip (text), ret_number, error);
}

/* "running", "running (2)", "2". */
static gboolean
parse_labels (const Display *display, const struct shmlens_type *type, guint bits,
              const char *text, Number *ret_number, GError **error)
{
  const DisplayLabel *label = display_find_label (display, text);

  if (label == NULL)
    return parse_number (display, type, bits, text, ret_number, error);
  /* 64 bits wide, whatever the type's sign. */
  ret_number->form = NUMBER_INTEGER;
  ret_number->integer = type->kind != SHMLENS_KIND_SIGNED && type->size == 8
                          ? (WideInteger) (guint64) label->value
                          : label->value;
  return TRUE;
}

gboolean
display_parse (const Display *display, const struct shmlens_type *type, guint bits,
               const char *text, void *ret_value, GError **error)
{
  g_autofree char *copy = g_strstrip (g_strndup (text, MIN (strlen (text), DISPLAY_TEXT_MAX)));
  Number number;
  gboolean is_read;

  if (!display_suits (display, type))
    {
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_BAD_VALUE,
                   _("%s cannot be displayed in this form; choose another"),
                   shmlens_type_name (type));
      return FALSE;
    }
  is_read = display->form == DISPLAY_BITS ? parse_bits (display, type, bits, copy, &number, error)
            : display->form == DISPLAY_LABELS
              ? parse_labels (display, type, bits, copy, &number, error)
            : display->form == DISPLAY_PROGRESS
              ? parse_progress (display, type, bits, copy, &number, error)
            : display->form == DISPLAY_CHARACTER && parse_character (copy, &number)
              ? TRUE
              : parse_number (display, type, bits, copy, &number, error);
  if (!is_read || !check_type (type, 0, &number, error))
    return FALSE;
  number_store (type, &number, ret_value);
  return TRUE;
}

gsize
display_character_length (const char *text, char separator)
{
  const char *at = text + 1;

  if (text[0] == '\0')
    return 0;
  if (text[0] == separator && (text[1] == separator || text[1] == '\0' || strchr ("\r\n", text[1])))
    return 1;
  if (text[0] != '\'' || text[1] == '\0')
    return 0;
  if (at[0] == '\\' && at[1] != '\0')
    for (at += 2; g_ascii_isxdigit (*at);)
      at++;
  else if (g_utf8_get_char_validated (at, -1) < 0x110000)
    at = g_utf8_next_char (at);
  return *at == '\'' ? (gsize) (at + 1 - text) : 0;
}

char **
display_split (const Display *display, const char *text, char separator)
{
  g_autoptr (GStrvBuilder) parts = g_strv_builder_new ();
  const char *begin = text;

  for (const char *at = begin;; begin = ++at)
    {
      g_autofree char *part = NULL;

      while (g_ascii_isspace (*at))
        at++;
      if (display->form == DISPLAY_CHARACTER)
        at += display_character_length (at, separator);
      while (*at != '\0' && *at != separator)
        at++;
      part = g_strndup (begin, (gsize) (at - begin));
      g_strv_builder_add (parts, part);
      if (*at == '\0')
        return g_strv_builder_end (parts);
    }
}
