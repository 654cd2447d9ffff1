/* array-commands.c - what is done with the selected elements of an array. */
#include "array-commands.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "array-paste.h"
#include "clipboard-text.h"
#include "inspect-error.h"
#include "window.h"

static MessageBar *
message_bar_of (ArrayGrid *grid)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (grid));

  return SHMLENS_IS_WINDOW (root) ? shmlens_window_get_message_bar (SHMLENS_WINDOW (root)) : NULL;
}

static void
say (ArrayGrid *grid, const char *text)
{
  MessageBar *bar = message_bar_of (grid);

  if (bar != NULL)
    message_bar_say (bar, MESSAGE_ERROR, text);
}

struct copying
{
  Attachment *attachment;
  EntryInfo *entry;
  ArrayBlock block;
  int field;
  guint n_fields;
  enum literal_form form;
};

static void
copying_free (gpointer data)
{
  struct copying *copying = data;

  attachment_unref (copying->attachment);
  entry_info_unref (copying->entry);
  g_free (copying);
}

static char *
make_text (gpointer data, ArrayTask *task, GError **error)
{
  const struct copying *copying = data;

  return array_copy_text (copying->attachment, copying->entry, &copying->block, copying->field,
                          copying->n_fields, copying->form, task, error);
}

void
array_commands_copy (ArrayGrid *grid, EntryItem *item, enum literal_form form)
{
  struct copying *copying;
  ArrayBlock block;
  guint n_fields;
  int field;

  if (item == NULL || !array_grid_get_selection (grid, &block, &field, &n_fields))
    return;
  copying = g_new0 (struct copying, 1);
  *copying = (struct copying){ .block = block, .field = field, .n_fields = n_fields, .form = form };
  copying->attachment = attachment_ref (entry_item_get_attachment (item));
  copying->entry = entry_info_ref (entry_item_get_info (item));
  clipboard_text_copy (GTK_WIDGET (grid), make_text, copying, copying_free);
}

/* The cells of a paste, as elements from the first selected one on. */
static gboolean
place_paste (const EntryInfo *entry, const ArrayBlock *selected, int field, guint n_fields,
             ArrayPaste *paste, ArrayBlock *ret_block, GError **error)
{
  guint64 cells = paste->n_rows * paste->n_columns;
  ArrayBlock block = *selected;

  if (field >= 0 && (paste->n_columns > 1 || n_fields > 1))
    {
      g_set_error_literal (error, INSPECT_ERROR, INSPECT_ERROR_BAD_VALUE,
                           _("structures are pasted into one field at a time; copy one column, and"
                             " select where in that field it is to begin"));
      return FALSE;
    }
  if (entry->dimensions <= 1 || field >= 0)
    /* Rows of the grid go on in the next: so do cells of several rows. */
    block = array_block_range (selected->first, selected->first + cells);
  else if (cells > 1)
    {
      block.n_rows = paste->n_rows;
      block.n_columns = paste->n_columns;
    }
  *ret_block = block;
  return TRUE;
}

/* Whether rows and columns of the plane hold it: a block may not go on in the next row. */
static gboolean
check_room (ArrayGrid *grid, const EntryInfo *entry, const ArrayBlock *block, GError **error)
{
  ArrayPlane plane;
  guint64 row = 0, column = block->first, n_rows = 1, n_columns = entry->length;

  if (entry->dimensions > 1 && array_grid_get_plane (grid, &plane))
    {
      ArrayBlock all = array_plane_block (&plane, entry);

      array_plane_aim (&plane, entry, block->first, &row, &column);
      n_rows = all.n_rows;
      n_columns = all.n_columns;
    }
  if (row + block->n_rows <= n_rows && column + block->n_columns <= n_columns)
    return TRUE;
  g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_BAD_VALUE,
               _("%s: %" PRIu64 " × %" PRIu64 " cells are pasted, and from here on there is room"
                 " for %" PRIu64 " × %" PRIu64 "; begin further up or to the left"),
               entry->name, block->n_rows, block->n_columns, n_rows - row, n_columns - column);
  return FALSE;
}

/* Takes the cells' texts over into an edit of what is selected; NULL: what is wrong with them. */
static Edit *
make_paste (ArrayGrid *grid, EntryItem *item, ArrayPaste *paste, GError **error)
{
  Attachment *attachment = entry_item_get_attachment (item);
  EntryInfo *info = entry_item_get_info (item);
  ArrayBlock block;
  guint n_fields;
  int field;
  Edit *edit;

  array_grid_get_selection (grid, &block, &field, &n_fields);
  if (!array_paste_read (paste, entry_item_get_displays (item), info, field, error))
    return NULL;
  if (paste->cells->len == 1 && n_fields == 1)
    {
      edit = edit_new (attachment, info, 0, 0, paste->cells->pdata[0]);
      edit->operation = EDIT_SET;
      edit->field = field;
      edit_set_block (edit, &block);
      return edit;
    }
  return place_paste (info, &block, field, n_fields, paste, &block, error)
             && check_room (grid, info, &block, error)
           ? array_paste_edit (paste, attachment, info, &block, field, error)
           : NULL;
}

void
array_commands_paste_text (ArrayGrid *grid, EntryItem *item, const char *text)
{
  MessageBar *bar = message_bar_of (grid);
  g_autoptr (GError) error = NULL;
  g_autoptr (Edit) edit = NULL;
  ArrayPaste paste;
  ArrayBlock block;
  guint n_fields;
  int field;

  if (item == NULL || bar == NULL || !array_grid_get_selection (grid, &block, &field, &n_fields))
    return;
  if (!array_paste_parse (text, display_set_get (entry_item_get_displays (item), field), &paste,
                          &error))
    {
      say (grid, error->message);
      return;
    }
  edit = make_paste (grid, item, &paste, &error);
  if (edit != NULL)
    message_bar_apply (bar, edit);
  else
    say (grid, error->message);
  array_paste_clear (&paste);
}

struct pasting
{
  GWeakRef grid;
  EntryItem *item;
};

static void
note_text (GObject *source, GAsyncResult *result, gpointer user_data)
{
  struct pasting *pasting = user_data;
  g_autofree char *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);
  ArrayGrid *grid = g_weak_ref_get (&pasting->grid);

  if (grid != NULL)
    array_commands_paste_text (grid, pasting->item, text != NULL ? text : "");
  g_clear_object (&grid);
  g_weak_ref_clear (&pasting->grid);
  g_object_unref (pasting->item);
  g_free (pasting);
}

void
array_commands_paste (ArrayGrid *grid, EntryItem *item)
{
  struct pasting *pasting;

  if (item == NULL)
    return;
  pasting = g_new0 (struct pasting, 1);
  g_weak_ref_init (&pasting->grid, grid);
  pasting->item = g_object_ref (item);
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (GTK_WIDGET (grid)), NULL, note_text,
                                 pasting);
}
