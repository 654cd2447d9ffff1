/* display-parse.c - reading back what people type in the form that a value is displayed in. */
#include "display.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "inspect-error.h"
#include "number.h"

static const DisplayLabel *
label_at (const Display *display, guint i)
{
  return &g_array_index (display->labels, DisplayLabel, i);
}

static const DisplayLabel *
find_label (const Display *display, const char *text)
{
  for (guint i = 0; i < display->labels->len; i++)
    if (g_str_equal (label_at (display, i)->text, text))
      return label_at (display, i);
  return NULL;
}

static guint
width_of (const struct shmlens_type *type, guint bits)
{
  return bits > 0 ? bits : (guint) type->size * 8;
}

/* What the bits mean to a signed type of this width. */
static gint64
signed_of (guint64 bits, guint width)
{
  return (gint64) (bits << (64 - width)) >> (64 - width);
}

/* A number in any base; of what displays bits, also one that is negative to the type. */
static gboolean
parse_number (const Display *display, const struct shmlens_type *type, guint bits,
              const char *text, Number *ret_number, GError **error)
{
  gboolean is_of_bits = display->form >= DISPLAY_HEXADECIMAL && display->form <= DISPLAY_BITS
                        && display->form != DISPLAY_PROGRESS;
  guint width = width_of (type, bits);
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
  if (is_of_bits && type->kind == SHMLENS_KIND_SIGNED && ret_number->integer > 0
      && ret_number->integer >> width == 0)
    ret_number->integer = signed_of ((guint64) ret_number->integer, width);
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
  guint width = width_of (type, bits);
  guint64 set = 0;

  for (guint i = 0; parts[i] != NULL; i++)
    {
      const DisplayLabel *label = find_label (display, g_strstrip (parts[i]));
      Number number;

      if (label != NULL)
        set |= G_GUINT64_CONSTANT (1) << label->value;
      else if (parse_number (display, type, bits, parts[i], &number, error))
        set |= (guint64) number.integer;
      else
        return FALSE;
    }
  *ret_number = (Number){ .form = NUMBER_INTEGER, .integer = set };
  /* The bits of a negative number go on to the left. */
  if (type->kind == SHMLENS_KIND_SIGNED && (width == 64 || set >> width == 0))
    ret_number->integer = signed_of (set, width);
  else if (type->kind == SHMLENS_KIND_SIGNED && (gint64) set < 0)
    ret_number->integer = (gint64) set;
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
parse_labels (const Display *display, const struct shmlens_type *type, guint bits, char *text,
              Number *ret_number, GError **error)
{
  const DisplayLabel *label = find_label (display, text);
  char *bracket = strrchr (text, '(');

  if (label == NULL && bracket != NULL && text[strlen (text) - 1] == ')')
    {
      g_autofree char *name = g_strndup (text, (gsize) (bracket - text));

      label = find_label (display, g_strstrip (name));
    }
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
  if (!is_read)
    return FALSE;
  if (!number_fits (type, 0, &number))
    {
      g_autofree char *decimal = number_integer_text (number.integer);

      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_BAD_VALUE,
                   _("%s does not fit %s; give a smaller one"), decimal,
                   shmlens_type_name (type));
      return FALSE;
    }
  number_store (type, &number, ret_value);
  return TRUE;
}
