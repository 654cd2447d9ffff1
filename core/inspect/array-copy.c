/* array-copy.c - elements of an array as text for other programs. */
#include "array-copy.h"

#include <glib/gi18n-lib.h>

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
  [LITERAL_TABLE] = { "", "\n", "", "", "\n", "\t" },
  [LITERAL_CSV] = { "", "\n", "", "", "\n", "," },
  [LITERAL_C] = { "{ ", " }", "{ ", " }", ",\n  ", ", " },
  [LITERAL_PYTHON] = { "[", "]", "[", "]", ",\n ", ", " },
};

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
                 guint n_fields, enum literal_form form, ArrayTask *task, GError **error)
{
  g_autofree guint8 *elements = read_elements (attachment, entry, block, error);
  const struct marks *mark = &marks[form];
  gboolean nested = block->n_rows > 1 || form == LITERAL_TABLE || form == LITERAL_CSV;
  guint n = field < 0 ? 1 : n_fields;
  g_autoptr (GString) text = NULL;
  g_autoptr (Literal) literal = NULL;

  if (elements == NULL)
    return NULL;
  literal = literal_new (form, entry);
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
              literal_append_element (literal, text, elements + number * entry->type.size,
                                      field < 0 ? -1 : field + (int) i);
            }
        }
      g_string_append (text, mark->end_row);
    }
  g_string_append (text, nested ? mark->end : "");
  return g_string_free (g_steal_pointer (&text), FALSE);
}
