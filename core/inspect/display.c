/* display.c - how people want one value displayed, and reading it back. */
#include "display.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "inspect-error.h"
#include "number.h"

static const char *const form_names[DISPLAY_N_FORMS]
  = { "standard", "decimal", "hexadecimal", "octal", "binary",
      "character", "progress", "bits", "labels" };

static void
label_clear (gpointer label)
{
  g_free (((DisplayLabel *) label)->text);
}

static GArray *
labels_new (void)
{
  GArray *labels = g_array_new (FALSE, FALSE, sizeof (DisplayLabel));

  g_array_set_clear_func (labels, label_clear);
  return labels;
}

Display *
display_new (enum display_form form)
{
  Display *display = g_new0 (Display, 1);

  display->form = form;
  display->maximum = 100;
  display->labels = labels_new ();
  return display;
}

static const DisplayLabel *
label_at (const Display *display, guint i)
{
  return &g_array_index (display->labels, DisplayLabel, i);
}

static void
add_label (GArray *labels, gint64 value, const char *text)
{
  DisplayLabel label = { value, g_strdup (text) };

  g_array_append_val (labels, label);
}

Display *
display_copy (const Display *display)
{
  Display *copy = display_new (display->form);

  copy->maximum = display->maximum;
  copy->unit = g_strdup (display->unit);
  for (guint i = 0; i < display->labels->len; i++)
    add_label (copy->labels, label_at (display, i)->value, label_at (display, i)->text);
  return copy;
}

void
display_free (Display *display)
{
  if (display == NULL)
    return;
  g_array_unref (display->labels);
  g_free (display->unit);
  g_free (display);
}

gboolean
display_suits (const Display *display, const struct shmlens_type *type)
{
  if (type->kind == SHMLENS_KIND_STRUCT || type->size > 8)
    return FALSE;
  if (type->kind == SHMLENS_KIND_FLOAT)
    return display->form <= DISPLAY_DECIMAL || display->form == DISPLAY_PROGRESS;
  return TRUE;
}

gboolean
display_is_standard (const Display *display)
{
  return display->form == DISPLAY_STANDARD && display->unit == NULL;
}

/* ---------------------------------------------------------------------- labels -- */

static gboolean
refuse_label (const char *part, GError **error)
{
  g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_BAD_VALUE,
               _("“%s” names nothing; give labels as 0=idle, 1=running, or bits 0 to 63 by their "
                 "numbers, at most %d"),
               part, DISPLAY_LABELS_MAX);
  return FALSE;
}

/* "1=running", "running". */
static gboolean
parse_label (const Display *display, char *part, GArray *labels, GError **error)
{
  char *equals = strchr (part, '=');
  const char *text = equals != NULL ? g_strstrip (equals + 1) : g_strstrip (part);
  Number number = { .form = NUMBER_INTEGER, .integer = 0 };
  gboolean is_bit = display->form == DISPLAY_BITS;

  if (labels->len > 0)
    number.integer = (WideInteger) g_array_index (labels, DisplayLabel, labels->len - 1).value + 1;
  if (labels->len == DISPLAY_LABELS_MAX || text[0] == '\0' || strchr (text, '|') != NULL)
    return refuse_label (part, error);
  if (equals != NULL && number_parse_integer (part, (gsize) (equals - part), &number) < 0)
    return refuse_label (part, error);
  if (number.integer < (is_bit ? 0 : (WideInteger) G_MININT64)
      || number.integer > (is_bit ? 63 : (WideInteger) G_MAXUINT64))
    return refuse_label (part, error);
  add_label (labels, (gint64) number.integer, text);
  return TRUE;
}

gboolean
display_set_labels (Display *display, const char *text, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, ",", DISPLAY_LABELS_MAX + 2);
  GArray *labels = labels_new ();

  for (guint i = 0; parts[i] != NULL; i++)
    {
      /* Also behind the last comma. */
      if (g_strstrip (parts[i])[0] == '\0' && parts[i + 1] == NULL)
        break;
      if (parse_label (display, parts[i], labels, error))
        continue;
      g_array_unref (labels);
      return FALSE;
    }
  g_array_unref (display->labels);
  display->labels = labels;
  return TRUE;
}

char *
display_get_labels (const Display *display)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < display->labels->len; i++)
    g_string_append_printf (text, "%s%" G_GINT64_FORMAT "=%s", i > 0 ? ", " : "",
                            label_at (display, i)->value, label_at (display, i)->text);
  return g_strdup (text->str);
}

void
display_add_label (Display *display, gint64 value, const char *text)
{
  add_label (display->labels, value, text);
}

const DisplayLabel *
display_find_label (const Display *display, const char *text)
{
  const DisplayLabel *shown = NULL;

  for (guint i = 0; i < display->labels->len; i++)
    {
      const DisplayLabel *label = label_at (display, i);
      gsize length = strlen (label->text);

      if (strncmp (text, label->text, length) != 0)
        continue;
      if (text[length] == '\0')
        return label;
      if (shown == NULL && display->form == DISPLAY_LABELS
          && number_is_in_brackets (text + length, label->value))
        shown = label;
    }
  return shown;
}

/* The label of the value or of the bit of this number; NULL. */
static const char *
label_of (const Display *display, gint64 value)
{
  for (guint i = 0; i < display->labels->len; i++)
    if (label_at (display, i)->value == value)
      return label_at (display, i)->text;
  return NULL;
}

/* ------------------------------------------------------------------ formatting -- */

/* The bits of an integer, as many as its type or its bit field has. */
static guint64
bits_of (const struct shmlens_type *type, guint bits, const void *value)
{
  guint64 all = (guint64) number_load (type, value).integer;
  guint width = number_width (type, bits);

  return width < 64 ? all & ((G_GUINT64_CONSTANT (1) << width) - 1) : all;
}

static void
append_binary (GString *text, guint64 bits, guint width)
{
  g_string_append (text, "0b");
  for (guint i = width; i-- > 0;)
    {
      g_string_append_c (text, bits >> i & 1 ? '1' : '0');
      if (i > 0 && i % 8 == 0)
        g_string_append_c (text, '_');
    }
}

static void
append_character (GString *text, guint64 code)
{
  if (code == '\'' || code == '\\')
    g_string_append_printf (text, "'\\%c'", (char) code);
  else if (code < 0x110000 && g_unichar_validate ((gunichar) code)
           && (code == ' ' || g_unichar_isgraph ((gunichar) code)))
    {
      g_string_append_c (text, '\'');
      g_string_append_unichar (text, (gunichar) code);
      g_string_append_c (text, '\'');
    }
  else if (code <= 0xff)
    g_string_append_printf (text, "'\\x%02x'", (guint) code);
  else if (code <= 0xffff)
    g_string_append_printf (text, "'\\u%04x'", (guint) code);
  else
    g_string_append_printf (text, "0x%" G_GINT64_MODIFIER "x", code);
}

static void
append_bits (const Display *display, GString *text, guint64 bits)
{
  gsize begin = text->len;
  guint64 unnamed = 0;

  for (guint bit = 0; bit < 64; bit++)
    {
      const char *label;

      if ((bits >> bit & 1) == 0)
        continue;
      label = label_of (display, bit);
      if (label == NULL)
        unnamed |= G_GUINT64_CONSTANT (1) << bit;
      else
        {
          g_string_append (text, text->len > begin ? " | " : "");
          g_string_append (text, label);
        }
    }
  if (unnamed != 0)
    g_string_append_printf (text, "%s0x%" G_GINT64_MODIFIER "x", text->len > begin ? " | " : "",
                            unnamed);
  if (text->len == begin)
    g_string_append_c (text, '0');
}

/* A number without labels; characters are their codes. */
static void
append_decimal (GString *text, const struct shmlens_type *type, const void *value)
{
  Number number = number_load (type, value);
  char buffer[64] = "";

  if (number.form != NUMBER_INTEGER)
    {
      shmlens_type_print (type, value, sizeof buffer, buffer);
      g_string_append (text, buffer);
    }
  else if (number.integer < 0)
    g_string_append_printf (text, "%" G_GINT64_FORMAT, (gint64) number.integer);
  else
    g_string_append_printf (text, "%" G_GUINT64_FORMAT, (guint64) number.integer);
}

static void
append_label (const Display *display, GString *text, const struct shmlens_type *type,
              const void *value)
{
  const char *label = label_of (display, (gint64) number_load (type, value).integer);

  if (label != NULL)
    {
      g_string_append (text, label);
      g_string_append (text, " (");
    }
  append_decimal (text, type, value);
  if (label != NULL)
    g_string_append_c (text, ')');
}

gboolean
display_append (const Display *display, const struct shmlens_type *type, guint bits,
                const void *value, GString *text)
{
  char maximum[G_ASCII_DTOSTR_BUF_SIZE];
  guint width = number_width (type, bits);

  if (display->form == DISPLAY_STANDARD || !display_suits (display, type))
    return FALSE;
  switch (display->form)
    {
    case DISPLAY_HEXADECIMAL:
      g_string_append_printf (text, "0x%0*" G_GINT64_MODIFIER "x", (int) (width + 3) / 4,
                              bits_of (type, bits, value));
      break;
    case DISPLAY_OCTAL:
      g_string_append_printf (text, "0o%" G_GINT64_MODIFIER "o", bits_of (type, bits, value));
      break;
    case DISPLAY_BINARY:
      append_binary (text, bits_of (type, bits, value), width);
      break;
    case DISPLAY_CHARACTER:
      append_character (text, bits_of (type, bits, value));
      break;
    case DISPLAY_PROGRESS:
      append_decimal (text, type, value);
      /* As numbers are everywhere here, in any language. */
      g_string_append (text, " / ");
      g_string_append (text, g_ascii_formatd (maximum, sizeof maximum, "%.15g", display->maximum));
      break;
    case DISPLAY_BITS:
      append_bits (display, text, bits_of (type, bits, value));
      break;
    case DISPLAY_LABELS:
      append_label (display, text, type, value);
      break;
    default:
      append_decimal (text, type, value);
      break;
    }
  return TRUE;
}

char *
display_format (const Display *display, const struct shmlens_type *type, guint bits,
                const void *value)
{
  g_autoptr (GString) text = g_string_new (NULL);

  return display_append (display, type, bits, value, text) ? g_strdup (text->str) : NULL;
}

/* Of names: what a column is widened for at most. */
#define NAMES_WIDTH_MAX 28

static guint
names_width (const Display *display, gboolean together)
{
  guint width = 0;

  for (guint i = 0; i < display->labels->len && width < NAMES_WIDTH_MAX; i++)
    {
      guint one = (guint) g_utf8_strlen (label_at (display, i)->text, -1);

      width = together ? width + one + 3 : MAX (width, one);
    }
  return MIN (width, NAMES_WIDTH_MAX);
}

guint
display_width (const Display *display, const struct shmlens_type *type, guint bits, guint decimal)
{
  char maximum[G_ASCII_DTOSTR_BUF_SIZE];
  guint width = number_width (type, bits);

  switch (display->form)
    {
    case DISPLAY_HEXADECIMAL:
      return 2 + (width + 3) / 4;
    case DISPLAY_OCTAL:
      return 2 + (width + 2) / 3;
    case DISPLAY_BINARY:
      return 2 + width + (width - 1) / 8;
    case DISPLAY_CHARACTER:
      return width <= 8 ? 6 : width <= 16 ? 8 : 10;
    case DISPLAY_PROGRESS:
      g_ascii_formatd (maximum, sizeof maximum, "%.15g", display->maximum);
      return decimal + 3 + (guint) strlen (maximum);
    case DISPLAY_BITS:
      return MAX (names_width (display, TRUE), 2 + (width + 3) / 4);
    case DISPLAY_LABELS:
      return MAX (names_width (display, FALSE) + decimal + 3, decimal);
    default:
      return decimal;
    }
}

/* -------------------------------------------------------------------- progress -- */

double
display_fraction (const Display *display, double value)
{
  double fraction = value / display->maximum;

  return display->form == DISPLAY_PROGRESS && isfinite (fraction) ? CLAMP (fraction, 0, 1) : NAN;
}

double
display_time_left (const Display *display, double value, double per_second)
{
  double left = display->maximum - value;

  if (display->form != DISPLAY_PROGRESS || !isfinite (left) || !(per_second > 0))
    return NAN;
  return MAX (left, 0) / per_second;
}

/* ---------------------------------------------------------------------- the file -- */

const char *
display_form_name (enum display_form form)
{
  return (guint) form < DISPLAY_N_FORMS ? form_names[form] : form_names[0];
}

void
display_save (const Display *display, GKeyFile *file, const char *group)
{
  g_key_file_remove_group (file, group, NULL);
  g_key_file_set_string (file, group, "Form", display_form_name (display->form));
  if (display->form == DISPLAY_PROGRESS)
    g_key_file_set_double (file, group, "Maximum", display->maximum);
  if (display->labels->len > 0)
    {
      g_autofree char *labels = display_get_labels (display);

      g_key_file_set_string (file, group, "Labels", labels);
    }
  if (display->unit != NULL)
    g_key_file_set_string (file, group, "Unit", display->unit);
}

Display *
display_load (GKeyFile *file, const char *group)
{
  g_autofree char *form = g_key_file_get_string (file, group, "Form", NULL);
  g_autofree char *labels = g_key_file_get_string (file, group, "Labels", NULL);
  g_autoptr (Display) display = display_new (DISPLAY_STANDARD);

  while (form != NULL && display->form < DISPLAY_N_FORMS
         && !g_str_equal (form, form_names[display->form]))
    display->form++;
  if (form == NULL || display->form == DISPLAY_N_FORMS)
    return NULL;
  if (labels != NULL && !display_set_labels (display, labels, NULL))
    return NULL;
  display->unit = g_key_file_get_string (file, group, "Unit", NULL);
  if (display->form != DISPLAY_PROGRESS)
    return g_steal_pointer (&display);
  display->maximum = g_key_file_get_double (file, group, "Maximum", NULL);
  return isfinite (display->maximum) && display->maximum > 0 ? g_steal_pointer (&display) : NULL;
}
