/* clipboard-text.c - text into the clipboard that takes its time. */
#include "clipboard-text.h"

#include "window.h"

struct copying
{
  GtkWidget *widget;
  ClipboardTextFunc func;
  gpointer data;
  GDestroyNotify free;
  ArrayTask *task;         /* what follows is the thread's until it is done */
  char *text;
  GError *error;
};

static const char *const copying_key = "copying";

static void
copying_free (gpointer data)
{
  struct copying *copying = data;

  array_task_free (copying->task);
  copying->free (copying->data);
  g_free (copying->text);
  g_clear_error (&copying->error);
  g_free (copying);
}

static void
make_text (ArrayTask *task, gpointer data)
{
  struct copying *copying = data;

  copying->text = copying->func (copying->data, task, &copying->error);
}

static void
note_made (ArrayTask *task, gpointer data)
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

void
clipboard_text_copy (GtkWidget *widget, ClipboardTextFunc func, gpointer data, GDestroyNotify free)
{
  struct copying *copying = g_new0 (struct copying, 1);

  *copying = (struct copying){ .widget = widget, .func = func, .data = data, .free = free };
  g_object_set_data_full (G_OBJECT (widget), copying_key, copying, copying_free);
  copying->task = array_task_new (make_text, note_made, copying);
}
