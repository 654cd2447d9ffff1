/* window-plot.c - the page of plots, and how an entry comes there. */
#include "window-private.h"

#include <glib/gi18n.h>

#include "plot-page.h"

#define NAME "plot"

static GtkWidget *
make_page (gpointer user_data)
{
  ShmlensWindow *self = user_data;
  PlotPage *page = PLOT_PAGE (plot_page_new ());

  plot_page_set_session (page, self->session);
  plot_page_set_list (page, self->entries);
  plot_page_set_item (page, entry_table_get_selected (self->table));
  return GTK_WIDGET (page);
}

static void
plot (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ShmlensWindow *self = user_data;
  EntryItem *item = entry_table_get_selected (self->table);
  GtkWidget *page = dock_show_page (self->dock, NAME);

  if (item != NULL && self->entries != NULL)
    plot_page_add_item (PLOT_PAGE (page), item);
}

void
window_add_plot (ShmlensWindow *self)
{
  static const GActionEntry entries[] = { { .name = "plot", .activate = plot } };

  dock_add (self->dock, NAME, _("Plot"), make_page, self);
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
}

void
window_update_plot (ShmlensWindow *self, EntryItem *item)
{
  GtkWidget *page = dock_get_page (self->dock, NAME);

  if (page == NULL)
    return;
  plot_page_set_list (PLOT_PAGE (page), self->entries);
  plot_page_set_item (PLOT_PAGE (page), item);
}
