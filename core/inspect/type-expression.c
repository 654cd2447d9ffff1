/* type-expression.c - types given by hand to bytes that nobody describes. */
#include "type-expression.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <stdarg.h>
#include <string.h>

#include "format.h"
#include "inspect-error.h"

/* The most an offset, or an array's bytes, can be: what a file can hold. */
#define BYTES_MAX ((guint64) G_MAXINT64)

struct parser
{
  const char *text;
  const char *position;
  GPtrArray *items;
  guint64 end;          /* behind the last item */
  gboolean end_is_open; /* ... which takes all there is */
  GError **error;
};

static void
item_free (gpointer data)
{
  TypeItem *item = data;

  g_free (item->name);
  g_free (item);
}

static gboolean G_GNUC_PRINTF (3, 4)
fail (struct parser *parser, const char *place, const char *format, ...)
{
  g_autofree char *why = NULL;
  va_list arguments;

  va_start (arguments, format);
  why = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (parser->error, INSPECT_ERROR, INSPECT_ERROR_USAGE,
               /* Translators: character NUMBER: WHAT IS WRONG THERE. */
               _("type expression, character %ld: %s; write for example \"float32[480][640]\" or"
                 " \"int64 @ 128\""),
               g_utf8_pointer_to_offset (parser->text, place) + 1, why);
  return FALSE;
}

static void
skip_blanks (struct parser *parser)
{
  while (*parser->position == ' ' || *parser->position == '\t')
    parser->position++;
}

static gboolean
parse_number (struct parser *parser, guint64 *ret_number)
{
  const char *start = parser->position;
  gboolean is_hexadecimal = start[0] == '0' && (start[1] == 'x' || start[1] == 'X');
  const char *digits = is_hexadecimal ? start + 2 : start;
  char *end;

  if (is_hexadecimal ? !g_ascii_isxdigit (*digits) : !g_ascii_isdigit (*digits))
    return fail (parser, start, _("a number is missing"));
  errno = 0;
  *ret_number = g_ascii_strtoull (digits, &end, is_hexadecimal ? 16 : 10);
  if (errno == ERANGE || *ret_number > BYTES_MAX)
    return fail (parser, start, _("the number is too large"));
  parser->position = end;
  return TRUE;
}

/* "name :" when there is one. */
static gboolean
parse_name (struct parser *parser, TypeItem *item)
{
  gsize length = strcspn (parser->position, ":;");
  const char *start = parser->position;

  if (start[length] != ':')
    return TRUE;
  item->name = g_strchomp (g_strndup (start, length));
  if (!format_name_is_valid (item->name, strlen (item->name) + 1, SHMLENS_ENTRY_NAME_MAX))
    return fail (parser, start, _("a name has 1 to %d bytes and no control characters"),
                 SHMLENS_ENTRY_NAME_MAX);
  parser->position = start + length + 1;
  skip_blanks (parser);
  return TRUE;
}

static gboolean
parse_type (struct parser *parser, TypeItem *item)
{
  gsize length = strcspn (parser->position, " \t[@;");
  g_autofree char *name = g_strndup (parser->position, length);

  if (length == 0)
    return fail (parser, parser->position, _("a type is missing"));
  if (shmlens_type_from_name (name, &item->type) < 0)
    return fail (parser, parser->position,
                 _("\"%s\" is no type (bool, char, wchar, int8 to int64, uint8 to uint64, float32,"
                   " float64, or a type code)"),
                 name);
  parser->position += length;
  skip_blanks (parser);
  return TRUE;
}

static gboolean
parse_dimensions (struct parser *parser, TypeItem *item)
{
  guint64 bytes = item->type.size;

  while (*parser->position == '[')
    {
      const char *start = parser->position++;
      guint64 number = 0;

      if (item->dimensions == SHMLENS_DIMENSIONS_MAX)
        return fail (parser, start, _("there are at most %d dimensions"), SHMLENS_DIMENSIONS_MAX);
      skip_blanks (parser);
      if (*parser->position == ']' && item->dimensions == 0)
        item->is_open = TRUE;
      else if (!parse_number (parser, &number))
        return FALSE;
      else if (number == 0)
        return fail (parser, start, _("a dimension is at least 1"));
      else if (!g_uint64_checked_mul (&bytes, bytes, number) || bytes > BYTES_MAX)
        return fail (parser, start, _("the array is too large"));
      skip_blanks (parser);
      if (*parser->position != ']')
        return fail (parser, parser->position, _("a ] is missing"));
      parser->position++;
      skip_blanks (parser);
      item->shape[item->dimensions++] = number;
    }
  return TRUE;
}

static guint64
bytes_of (const TypeItem *item)
{
  guint64 bytes = item->type.size;

  for (guint i = item->is_open ? 1 : 0; i < item->dimensions; i++)
    bytes *= item->shape[i];
  return bytes;
}

static gboolean
parse_offset (struct parser *parser, TypeItem *item)
{
  const char *start = parser->position;
  guint64 alignment = item->type.size;

  if (*parser->position == '@')
    {
      parser->position++;
      skip_blanks (parser);
      if (!parse_number (parser, &item->offset))
        return FALSE;
      skip_blanks (parser);
    }
  else if (parser->end_is_open)
    return fail (parser, start, _("an offset is missing: the one before takes all the rest"));
  else
    item->offset = (parser->end + alignment - 1) / alignment * alignment;
  if (bytes_of (item) > BYTES_MAX - item->offset)
    return fail (parser, start, _("it would end behind the largest possible file"));
  parser->end = item->offset + bytes_of (item);
  parser->end_is_open = item->is_open;
  return TRUE;
}

static gboolean
parse_item (struct parser *parser)
{
  const char *start = parser->position;
  TypeItem *item = g_new0 (TypeItem, 1);

  g_ptr_array_add (parser->items, item);
  if (parser->items->len > TYPE_EXPRESSION_ITEMS_MAX)
    return fail (parser, start, _("there are more than %u parts"), TYPE_EXPRESSION_ITEMS_MAX);
  if (!parse_name (parser, item) || !parse_type (parser, item)
      || !parse_dimensions (parser, item) || !parse_offset (parser, item))
    return FALSE;
  if (item->name == NULL)
    item->name = g_strdup_printf ("%s@%" G_GUINT64_FORMAT, shmlens_type_name (&item->type),
                                  item->offset);
  for (guint i = 0; i + 1 < parser->items->len; i++)
    if (g_str_equal (((TypeItem *) parser->items->pdata[i])->name, item->name))
      return fail (parser, start, _("\"%s\" is there twice: give names (\"a: int64 @ 0\")"),
                   item->name);
  if (*parser->position != ';' && *parser->position != '\0')
    return fail (parser, parser->position, _("this cannot be understood: \"%s\""),
                 parser->position);
  return TRUE;
}

GPtrArray *
type_expression_parse (const char *text, GError **error)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (item_free);
  struct parser parser = { .text = text, .position = text, .items = items, .error = error };

  if (strlen (text) > TYPE_EXPRESSION_BYTES_MAX || !g_utf8_validate (text, -1, NULL))
    {
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_USAGE,
                   _("type expression: it is no UTF-8 text of at most %u bytes"),
                   TYPE_EXPRESSION_BYTES_MAX);
      return NULL;
    }
  do
    {
      skip_blanks (&parser);
      /* A semicolon may stand at the end. */
      if (*parser.position == '\0' && items->len > 0)
        break;
      if (!parse_item (&parser))
        return NULL;
    }
  while (*parser.position++ == ';');
  return g_steal_pointer (&items);
}

guint64
type_item_resolve (const TypeItem *item, guint64 object_size,
                   guint64 ret_shape[SHMLENS_DIMENSIONS_MAX])
{
  guint64 length = 1;

  memcpy (ret_shape, item->shape, sizeof item->shape);
  if (item->is_open)
    ret_shape[0] = object_size > item->offset ? (object_size - item->offset) / bytes_of (item) : 0;
  for (guint i = 0; i < item->dimensions; i++)
    length *= ret_shape[i];
  return length;
}
