/* entry-clipboard.c - entries into the clipboard, as text for other programs. */
#include "entry-clipboard.h"

#include "array-task.h"
#include "entry-copy.h"
#include "window.h"

struct copying
{
  GtkWidget *widget;
  GArray *copies;          /* of EntryCopy */
  enum literal_form form;
  ArrayTask *task;         /* what follows is the thread's until it is done */
  char *text;
  GError *error;
};

static const char *const copying_key = "entry-copying";

static void
copying_free (gpointer data)
{
  struct copying *copying = data;

  array_task_free (copying->task);
  g_array_unref (copying->copies);
  g_free (copying->text);
  g_clear_error (&copying->error);
  g_free (copying);
}

static void
run_copy (ArrayTask *task, gpointer data)
{
  struct copying *copying = data;

  copying->text = entry_copy_text ((const EntryCopy *) copying->copies->data, copying->copies->len,
                                   copying->form, task, &copying->error);
}

static void
note_copied (ArrayTask *task, gpointer data)
{
  struct copying *copying = data;
  GtkRoot *root = gtk_widget_get_root (copying->widget);

  if (copying->text != NULL)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (copying->widget), copying->text);
  else if (SHMLENS_IS_WINDOW (root))
    message_bar_say (shmlens_window_get_message_bar (SHMLENS_WINDOW (root)), MESSAGE_ERROR,
                     copying->error->message);
  g_object_set_data (G_OBJECT (copying->widget), copying_key, NULL);
}

static void
clear_copy (gpointer copy)
{
  entry_copy_clear (copy);
}

/* What stands still, or is on the screen now, is what people mean; the last values of others may
 * be old. */
static void
add_item (GArray *copies, EntryItem *item)
{
  EntryInfo *info = entry_item_get_info (item);
  guint64 n;
  const void *elements = entry_item_get_elements (item, &n);
  gboolean paused;
  EntryCopy copy;

  g_object_get (entry_item_get_session (item), "paused", &paused, NULL);
  entry_copy_init (&copy, entry_item_get_attachment (item), info,
                   elements != NULL && n == info->length ? elements : NULL,
                   paused || entry_item_is_held (item));
  g_array_append_val (copies, copy);
}

void
entry_clipboard_copy (GtkWidget *widget, GPtrArray *items, enum literal_form form)
{
  struct copying *copying;

  if (items->len == 0)
    return;
  copying = g_new0 (struct copying, 1);
  copying->widget = widget;
  copying->form = form;
  copying->copies = g_array_new (FALSE, FALSE, sizeof (EntryCopy));
  g_array_set_clear_func (copying->copies, clear_copy);
  for (guint i = 0; i < items->len; i++)
    add_item (copying->copies, items->pdata[i]);
  g_object_set_data_full (G_OBJECT (widget), copying_key, copying, copying_free);
  copying->task = array_task_new (run_copy, note_copied, copying);
}
