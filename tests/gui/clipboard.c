/* clipboard.c - what is in the clipboard. */
#include "clipboard.h"

#include <string.h>

struct read_text
{
  char *text;
  gboolean is_done;
};

/* No text when it has become another meanwhile. */
static void
note_text (GObject *source, GAsyncResult *result, gpointer user_data)
{
  struct read_text *read = user_data;

  read->text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);
  read->is_done = TRUE;
}

char *
clipboard_text (GtkWidget *widget)
{
  struct read_text read = { NULL, FALSE };

  while (read.text == NULL)
    {
      read.is_done = FALSE;
      gdk_clipboard_read_text_async (gtk_widget_get_clipboard (widget), NULL, note_text, &read);
      wait_until (read.is_done);
    }
  return read.text;
}

void
wait_for_clipboard (GtkWidget *widget, const char *expected)
{
  g_autofree char *text = clipboard_text (widget);

  while (strcmp (text, expected) != 0)
    {
      gint64 before = g_get_monotonic_time ();

      wait_until (g_get_monotonic_time () > before + 20000);
      g_free (text);
      text = clipboard_text (widget);
    }
}
