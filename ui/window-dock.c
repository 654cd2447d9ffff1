/* window-dock.c - the pages below the entries, and what they are told. */
#include "window-private.h"

#include <glib/gi18n.h>

static GtkWidget *
make_details (gpointer user_data)
{
  return g_object_new (DETAILS_TYPE, NULL);
}

void
window_add_pages (ShmlensWindow *self)
{
  dock_add (self->dock, "details", _("Details"), make_details, self);
  self->details = SHMLENS_DETAILS (dock_show_page (self->dock, "details"));
  window_add_plot (self);
}

void
window_update_dock (ShmlensWindow *self, EntryItem *item)
{
  details_set_item (self->details, item);
  window_update_plot (self, item);
}
