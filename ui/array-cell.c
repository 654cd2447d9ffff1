/* array-cell.c - the short text of a cell in the grid. */
#include "array-cell.h"

#include <string.h>

/* A number longer than this is rounded in its cell; the exact text is one key away. */
#define NUMBER_WIDTH 13
/* What a column is widened for at most: names, and texts of any length. */
#define NAME_WIDTH 28
#define TEXT_WIDTH 22

static guint
type_width (const struct shmlens_type *type)
{
  switch ((enum shmlens_kind) type->kind)
    {
    case SHMLENS_KIND_BOOL:
      return 5;
    case SHMLENS_KIND_CHAR:
      return 4;
    case SHMLENS_KIND_SIGNED:
      return type->size == 1 ? 4 : type->size == 2 ? 6 : type->size == 4 ? 11 : 20;
    case SHMLENS_KIND_UNSIGNED:
      return type->size == 1 ? 3 : type->size == 2 ? 5 : type->size == 4 ? 10 : 20;
    case SHMLENS_KIND_UNICODE:
      return 6;
    case SHMLENS_KIND_FLOAT:
    case SHMLENS_KIND_STRUCT:
      break;
    }
  return NUMBER_WIDTH;
}

/* Of the names that the program itself gives to values. */
static guint
labels_width (const EntryInfo *entry, int field)
{
  guint width = 0;

  for (guint i = 0; i < entry->n_labels && width < NAME_WIDTH; i++)
    if (entry->labels[i].field == field)
      width = MAX (width, (guint) g_utf8_strlen (entry->labels[i].text, -1) + strlen (" ()"));
  return MIN (width, NAME_WIDTH);
}

static guint
scalar_width (const EntryInfo *entry, const DisplaySet *displays, int field)
{
  const Display *display = display_set_get (displays, field);
  guint bits;
  const struct shmlens_type *type = display_set_type (entry, field, &bits);
  guint decimal = type_width (type);

  if (display != NULL && display->form != DISPLAY_STANDARD)
    return display_width (display, type, bits, decimal);
  return decimal + labels_width (entry, field);
}

guint
array_cell_width (const EntryInfo *entry, const DisplaySet *displays)
{
  guint width = 4;

  if (entry->n_fields == 0)
    width = MAX (width, scalar_width (entry, displays, -1));
  for (guint i = 0; i < entry->n_fields; i++)
    {
      const EntryField *field = &entry->fields[i];

      width = MAX (width, field->dimensions > 0 ? TEXT_WIDTH
                                                : scalar_width (entry, displays, (int) i));
      width = MAX (width, MIN ((guint) g_utf8_strlen (field->name, -1), NAME_WIDTH));
    }
  return MIN (width, ARRAY_CELL_TEXT - sizeof "…");
}

/* Digits enough to compare by, as far as the exponent leaves room for them. */
static void
append_rounded (GString *text, const struct shmlens_type *type, const void *scalar, guint width)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE], format[] = "%.7g";
  double number = 0;

  if (type->size == sizeof (double))
    memcpy (&number, scalar, sizeof number);
  else
    {
      float narrow;

      memcpy (&narrow, scalar, sizeof narrow);
      number = (double) narrow;
    }
  do
    g_ascii_formatd (digits, sizeof digits, format, number);
  while (strlen (digits) > width && --format[2] > '0');
  g_string_append (text, digits);
}

/* Into the cell, as much as there is room for. */
static void
put_text (ArrayCell *cell, GString *text, guint width)
{
  const char *end = text->str;
  gsize room = sizeof cell->text - sizeof "…";
  gboolean is_cut = text->len > width && g_utf8_strlen (text->str, (gssize) text->len) > (glong) width;

  for (guint i = 0; is_cut && i < width - 1; i++)
    end = g_utf8_next_char (end);
  if (is_cut)
    g_string_truncate (text, (gsize) (end - text->str));
  /* Characters may have several bytes. */
  if (text->len > room)
    {
      while (room > 0 && ((guchar) text->str[room] & 0xc0) == 0x80)
        room--;
      g_string_truncate (text, room);
      is_cut = TRUE;
    }
  if (is_cut)
    g_string_append (text, "…");
  memcpy (cell->text, text->str, text->len + 1);
}

void
array_cell_fill (ArrayCell *cell, const EntryInfo *entry, const DisplaySet *displays,
                 const void *element, int field, guint width, GString *scratch)
{
  gboolean is_scalar = field < 0 ? entry->type.kind != SHMLENS_KIND_STRUCT
                                 : entry->fields[field].dimensions == 0;
  const Display *display = display_set_get (displays, field);
  gboolean is_progress = display != NULL && display->form == DISPLAY_PROGRESS;
  struct shmlens_type type = { .kind = SHMLENS_KIND_STRUCT };
  guint8 scalar[8] = { 0 };
  char buffer[64];

  g_string_truncate (scratch, 0);
  if (is_scalar)
    entry_info_extract (entry, element, field, 0, &type, scalar);
  if (is_scalar && entry->n_labels == 0 && !display_set_has_form (displays, field))
    {
      if (shmlens_type_print (&type, scalar, sizeof buffer, buffer) >= 0)
        g_string_append (scratch, buffer);
      else
        entry_info_append_element (entry, NULL, element, field, scratch);
    }
  else
    entry_info_append_element (entry, displays, element, field, scratch);
  /* Cut, it would lose its exponent. */
  if (type.kind == SHMLENS_KIND_FLOAT && scratch->len > (is_progress ? width : NUMBER_WIDTH))
    {
      g_string_truncate (scratch, 0);
      append_rounded (scratch, &type, scalar, width);
    }
  put_text (cell, scratch, width);
}
