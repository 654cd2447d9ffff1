/* entry-clipboard.c - entries into the clipboard, as text for other programs. */
#include "entry-clipboard.h"

#include "clipboard-text.h"
#include "entry-copy.h"

struct copying
{
  GArray *copies;          /* of EntryCopy */
  enum literal_form form;
};

static void
copying_free (gpointer data)
{
  struct copying *copying = data;

  g_array_unref (copying->copies);
  g_free (copying);
}

static char *
make_text (gpointer data, ArrayTask *task, GError **error)
{
  const struct copying *copying = data;

  return entry_copy_text ((const EntryCopy *) copying->copies->data, copying->copies->len,
                          copying->form, task, error);
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
  copying->form = form;
  copying->copies = g_array_new (FALSE, FALSE, sizeof (EntryCopy));
  g_array_set_clear_func (copying->copies, clear_copy);
  for (guint i = 0; i < items->len; i++)
    add_item (copying->copies, items->pdata[i]);
  clipboard_text_copy (widget, make_text, copying, copying_free);
}
