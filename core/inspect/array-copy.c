/* array-copy.c - elements of an array as text for other programs. */
#include "array-copy.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "inspect-error.h"

/* Of elements that are read at once. */
#define BYTES_MAX (64u << 20)
/* So many cells are written until it is asked whether to go on. */
#define CELLS_BETWEEN 4096

struct marks
{
  const char *begin, *end;            /* of all, where there are several rows */
  const char *begin_row, *end_row;
  const char *between_rows, *between;
};

static const struct marks marks[] = {
  [ARRAY_COPY_TABLE] = { "", "\n", "", "", "\n", "\t" },
  [ARRAY_COPY_C] = { "{ ", " }", "{ ", " }", ",\n  ", ", " },
  [ARRAY_COPY_PYTHON] = { "[", "]", "[", "]", ",\n ", ", " },
};

static gboolean
is_odd (const struct shmlens_type *type, const void *value, double *ret_number)
{
  float narrow;

  if (type->kind != SHMLENS_KIND_FLOAT)
    return FALSE;
  if (type->size == sizeof (double))
    memcpy (ret_number, value, sizeof *ret_number);
  else
    {
      memcpy (&narrow, value, sizeof narrow);
      *ret_number = (double) narrow;
    }
  return !isfinite (*ret_number);
}

static void
append_c (GString *text, const struct shmlens_type *type, const void *value, const char *printed)
{
  double number;

  if (is_odd (type, value, &number))
    g_string_append (text, isnan (number) ? "NAN" : number > 0 ? "INFINITY" : "-INFINITY");
  else if (type->kind == SHMLENS_KIND_CHAR || type->kind == SHMLENS_KIND_UNICODE)
    g_string_append_printf (text, "%s'%s%s'", type->kind == SHMLENS_KIND_UNICODE ? "L" : "",
                            g_str_equal (printed, "'") ? "\\" : "", printed);
  /* The least number of 64 bits is no literal: its digits alone do not fit. */
  else if (g_str_equal (printed, "-9223372036854775808"))
    g_string_append (text, "(-9223372036854775807 - 1)");
  else
    g_string_append_printf (
      text, "%s%s", printed,
      type->kind == SHMLENS_KIND_FLOAT && type->size == sizeof (float)      ? "f"
      : type->kind == SHMLENS_KIND_UNSIGNED && type->size > sizeof (guint16) ? "u"
                                                                             : "");
}

static void
append_python (GString *text, const struct shmlens_type *type, const void *value,
               const char *printed)
{
  double number;

  if (is_odd (type, value, &number))
    g_string_append_printf (text, "float('%s')", printed);
  else if (type->kind == SHMLENS_KIND_CHAR || type->kind == SHMLENS_KIND_UNICODE)
    g_string_append_printf (text, "%s'%s%s'", type->kind == SHMLENS_KIND_CHAR ? "b" : "",
                            g_str_equal (printed, "'") ? "\\" : "", printed);
  else if (type->kind == SHMLENS_KIND_BOOL)
    g_string_append (text, g_str_equal (printed, "true") ? "True" : "False");
  else
    g_string_append (text, printed);
}

/* A quotation mark, a tab or an end of line would end the cell. */
static void
append_cell (GString *text, const char *printed)
{
  g_auto (GStrv) parts = NULL;
  g_autofree char *doubled = NULL;

  if (strpbrk (printed, "\"\t\n\r") == NULL)
    {
      g_string_append (text, printed);
      return;
    }
  parts = g_strsplit (printed, "\"", -1);
  doubled = g_strjoinv ("\"\"", parts);
  g_string_append_printf (text, "\"%s\"", doubled);
}

static void
append_value (GString *text, const EntryInfo *entry, const guint8 *element, int field,
              enum array_copy_format format)
{
  gboolean whole = field < 0 ? entry->type.kind == SHMLENS_KIND_STRUCT
                             : entry->fields[field].dimensions > 0;
  struct shmlens_type type = { 0 };
  char printed[64];
  guint8 value[8];

  if (whole)
    {
      g_autofree char *one = entry_info_element_text (entry, element, field);

      append_cell (text, one);
      return;
    }
  entry_info_extract (entry, element, field, 0, &type, value);
  if (shmlens_type_print (&type, value, sizeof printed, printed) < 0)
    return;
  if (format == ARRAY_COPY_C)
    append_c (text, &type, value, printed);
  else if (format == ARRAY_COPY_PYTHON)
    append_python (text, &type, value, printed);
  else
    append_cell (text, printed);
}

static guint8 *
read_elements (Attachment *attachment, EntryInfo *entry, const ArrayBlock *block, GError **error)
{
  guint64 n = array_block_n_elements (block);
  guint8 *elements;
  int status;

  if (!array_block_is_within (block, entry))
    {
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND,
                   _("%s: it has no such elements; look again, it may be another"), entry->name);
      return NULL;
    }
  elements = n <= ARRAY_COPY_ELEMENTS_MAX && n <= BYTES_MAX / MAX (entry->type.size, 1)
               ? g_try_malloc (MAX (n * entry->type.size, 1))
               : NULL;
  if (elements == NULL)
    {
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_BAD_VALUE,
                   _("%s: so many elements are too much text; copy at most %d at once"),
                   entry->name, ARRAY_COPY_ELEMENTS_MAX);
      return NULL;
    }
  status = array_block_read (block, attachment, entry, 0, n, elements);
  if (status >= 0)
    return elements;
  g_free (elements);
  g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_CORRUPT, _("%s: its memory cannot be read: %s"),
               entry->name, g_strerror (-status));
  return NULL;
}

/* Between two cells, now and then. */
static gboolean
go_on (ArrayTask *task, guint64 n_done, guint64 n_all, GError **error)
{
  if (n_done % CELLS_BETWEEN != 0 || array_task_go_on (task, n_done, n_all))
    return TRUE;
  g_set_error_literal (error, INSPECT_ERROR, INSPECT_ERROR_CANCELLED,
                       _("given up before all was read; ask for it again"));
  return FALSE;
}

char *
array_copy_text (Attachment *attachment, EntryInfo *entry, const ArrayBlock *block, int field,
                 guint n_fields, enum array_copy_format format, ArrayTask *task, GError **error)
{
  g_autofree guint8 *elements = read_elements (attachment, entry, block, error);
  const struct marks *mark = &marks[format];
  gboolean nested = block->n_rows > 1 || format == ARRAY_COPY_TABLE;
  guint n = field < 0 ? 1 : n_fields;
  g_autoptr (GString) text = NULL;

  if (elements == NULL)
    return NULL;
  text = g_string_new (nested ? mark->begin : "");
  for (guint64 row = 0; row < block->n_rows; row++)
    {
      g_string_append (text, row > 0 ? mark->between_rows : "");
      g_string_append (text, mark->begin_row);
      for (guint64 column = 0; column < block->n_columns; column++)
        {
          guint64 number = row * block->n_columns + column;

          if (!go_on (task, number, array_block_n_elements (block), error))
            return NULL;
          for (guint i = 0; i < n; i++)
            {
              g_string_append (text, column + i > 0 ? mark->between : "");
              append_value (text, entry, elements + number * entry->type.size,
                            field < 0 ? -1 : field + (int) i, format);
            }
        }
      g_string_append (text, mark->end_row);
    }
  g_string_append (text, nested ? mark->end : "");
  return g_string_free (g_steal_pointer (&text), FALSE);
}
