/* array-paste.c - a block of cells from a spreadsheet. */
#include "array-paste.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#include "inspect-error.h"

/* How much of a wrong cell is told. */
#define CELL_SHOWN 40

/* How cells are told apart. */
struct cells
{
  gboolean are_characters;  /* which may be separators themselves */
  char separator;
};

/* Whether it parts cells somewhere. */
static gboolean
has_separator (const char *text, gboolean are_characters, char separator)
{
  for (; *text != '\0'; text++)
    {
      if (are_characters)
        text += display_character_length (text, '\0');
      if (*text == separator)
        return TRUE;
      if (*text == '\0')
        break;
    }
  return FALSE;
}

static struct cells
find_cells (const char *text, const Display *display)
{
  struct cells cells
    = { .are_characters = display != NULL && display->form == DISPLAY_CHARACTER, .separator = ',' };

  if (has_separator (text, cells.are_characters, '\t'))
    cells.separator = '\t';
  else if (has_separator (text, cells.are_characters, ';'))
    cells.separator = ';';
  return cells;
}

/* Whether this is a line of nothing but one separator, which then is a character; amid others it
 * has an empty cell on a side. */
static gboolean
is_separator_alone (const char *text, const struct cells *cells)
{
  return *text == cells->separator && (text[1] == '\0' || text[1] == '\n' || text[1] == '\r');
}

/* Steps over the cell at *text, to what ends it. */
static char *
take_cell (const char **text, const struct cells *cells, gboolean is_first)
{
  GString *cell = g_string_new (NULL);
  const char *at = *text;
  gboolean quoted = *at == '"';

  if (quoted)
    for (at++; *at != '\0' && (at[0] != '"' || at[1] == '"'); at++)
      {
        g_string_append_c (cell, *at);
        if (*at == '"')
          at++;
      }
  if (quoted && *at == '"')
    at++;
  if (cells->are_characters && !quoted)
    {
      while (*at == ' ')
        at++;
      g_string_append_len (cell, at,
                           is_first && is_separator_alone (at, cells)
                             ? 1
                             : (gssize) display_character_length (at, '\0'));
      at += cell->len;
    }
  for (; *at != '\0' && *at != cells->separator && *at != '\n' && *at != '\r'; at++)
    g_string_append_c (cell, *at);
  *text = at;
  return g_string_free (cell, FALSE);
}

static void
end_line (const char **text)
{
  if (**text == '\r')
    ++*text;
  if (**text == '\n')
    ++*text;
}

/* A row has ended that has `n` cells. */
static gboolean
check_row (ArrayPaste *paste, guint64 n, GError **error)
{
  paste->n_rows++;
  if (paste->n_rows == 1)
    paste->n_columns = n;
  if (n == paste->n_columns)
    return TRUE;
  g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_BAD_VALUE,
               _("row %" PRIu64 " of what is pasted has %" PRIu64
                 " cells, and the first has %" PRIu64 "; copy a whole block"),
               paste->n_rows, n, paste->n_columns);
  return FALSE;
}

static gboolean
parse_rows (const char *text, const struct cells *cells, ArrayPaste *paste, GError **error)
{
  while (*text != '\0')
    {
      guint64 before = paste->cells->len;

      g_ptr_array_add (paste->cells, take_cell (&text, cells, TRUE));
      while (*text == cells->separator && paste->cells->len <= ARRAY_PASTE_CELLS_MAX)
        {
          text++;
          g_ptr_array_add (paste->cells, take_cell (&text, cells, FALSE));
        }
      if (paste->cells->len > ARRAY_PASTE_CELLS_MAX)
        {
          g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_BAD_VALUE,
                       _("there are more than %d cells to paste; paste fewer at once"),
                       ARRAY_PASTE_CELLS_MAX);
          return FALSE;
        }
      if (!check_row (paste, paste->cells->len - before, error))
        return FALSE;
      end_line (&text);
    }
  return TRUE;
}

gboolean
array_paste_parse (const char *text, const Display *display, ArrayPaste *ret_paste,
                   GError **error)
{
  struct cells cells = find_cells (text, display);
  ArrayPaste paste = { .cells = g_ptr_array_new_with_free_func (g_free) };
  gboolean right = g_utf8_validate (text, -1, NULL) && *text != '\0';

  if (!right)
    g_set_error_literal (error, INSPECT_ERROR, INSPECT_ERROR_BAD_VALUE,
                         _("there is no text to paste; copy cells of a spreadsheet first"));
  else
    right = parse_rows (text, &cells, &paste, error);
  if (right)
    *ret_paste = paste;
  else
    array_paste_clear (&paste);
  return right;
}

void
array_paste_clear (ArrayPaste *paste)
{
  g_clear_pointer (&paste->cells, g_ptr_array_unref);
}

static void
refuse_cell (const ArrayPaste *paste, guint i, const char *reason, GError **error)
{
  const char *text = paste->cells->pdata[i];
  g_autofree char *shown = g_utf8_strlen (text, -1) > CELL_SHOWN
                             ? g_utf8_substring (text, 0, CELL_SHOWN)
                             : g_strdup (text);

  g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_BAD_VALUE,
               /* Translators: of cells that were pasted; the last one is the reason. */
               _("row %" PRIu64 ", column %" PRIu64
                 ", “%s”: %s; nothing was written"),
               i / paste->n_columns + 1, i % paste->n_columns + 1, shown, reason);
}

gboolean
array_paste_read (ArrayPaste *paste, const DisplaySet *displays, const EntryInfo *entry, int field,
                  GError **error)
{
  for (guint i = 0; display_set_get (displays, field) != NULL && i < paste->cells->len; i++)
    {
      g_autoptr (GError) reason = NULL;
      char *read = display_set_parse (displays, entry, field, paste->cells->pdata[i], &reason);

      if (read == NULL)
        {
          refuse_cell (paste, i, reason->message, error);
          return FALSE;
        }
      g_free (paste->cells->pdata[i]);
      paste->cells->pdata[i] = read;
    }
  return TRUE;
}

/* Says which cell is the first that is wrong; leaves the error as it is when none is by
 * itself. */
static void
blame_cell (const ArrayPaste *paste, const Edit *edit, GError **error)
{
  for (guint i = 0; i < paste->cells->len; i++)
    {
      g_autoptr (GPtrArray) one = g_ptr_array_new ();
      g_autoptr (GError) reason = NULL;
      g_autoptr (Edit) single = NULL;

      g_ptr_array_add (one, paste->cells->pdata[i]);
      single = edit_new_texts (edit->attachment, edit->entry, edit->first, edit->first + 1, EDIT_SET,
                               one);
      single->field = edit->field;
      if (edit_check (single, &reason))
        continue;
      g_clear_error (error);
      refuse_cell (paste, i, reason->message, error);
      return;
    }
}

Edit *
array_paste_edit (const ArrayPaste *paste, Attachment *attachment, EntryInfo *entry,
                  const ArrayBlock *block, int field, GError **error)
{
  Edit *edit
    = edit_new_texts (attachment, entry, 0, 0, EDIT_SET, paste->cells);
  GError *found = NULL;

  g_return_val_if_fail (array_block_n_elements (block) == paste->cells->len, NULL);
  edit->field = field;
  edit_set_block (edit, block);
  if (edit_check (edit, &found))
    return edit;
  if (g_error_matches (found, INSPECT_ERROR, INSPECT_ERROR_BAD_VALUE))
    blame_cell (paste, edit, &found);
  g_propagate_error (error, found);
  edit_unref (edit);
  return NULL;
}
