/* window-plot.c - the page of plots, and how an entry comes there. */
#include "window-private.h"

#include <glib/gi18n.h>

#include "plot-page.h"
#include "scratch-directory.h"

#define NAME "plot"
/* Long after the first frame. */
#define CLEAN_SECONDS 5

static void
take_recorded (ShmlensWindow *self, PlotPage *page)
{
  const char *path;
  Attachment *recorded = window_get_recorded (self, &path);

  plot_page_set_recorded (page, recorded, path);
}

static void
on_failed (PlotPage *page, const char *sentence, ShmlensWindow *self)
{
  message_bar_say (self->message_bar, MESSAGE_ERROR, sentence);
}

static GtkWidget *
make_page (gpointer user_data)
{
  ShmlensWindow *self = user_data;
  PlotPage *page = PLOT_PAGE (plot_page_new ());

  plot_page_set_session (page, self->session);
  plot_page_set_marks (page, window_get_marks (self));
  plot_page_set_list (page, self->entries);
  plot_page_set_item (page, entry_table_get_selected (self->table));
  take_recorded (self, page);
  g_signal_connect_object (page, "failed", G_CALLBACK (on_failed), self, 0);
  return GTK_WIDGET (page);
}

ArrayGrid *
window_find_cell (ShmlensWindow *self, guint64 *ret_index, int *ret_field)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));

  return ARRAY_IS_GRID (focus) && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->details))
             && array_grid_get_cursor (ARRAY_GRID (focus), ret_index, ret_field)
           ? ARRAY_GRID (focus)
           : NULL;
}

static void
plot (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ShmlensWindow *self = user_data;
  EntryItem *item = entry_table_get_selected (self->table);
  struct plot_place place = { .field = -1 };
  gboolean is_cell;
  PlotPage *page;

  if (item == NULL || self->entries == NULL)
    {
      dock_show_page (self->dock, NAME);
      return;
    }
  /* Looked for before the details are out of sight. */
  is_cell = window_find_cell (self, &place.element, &place.field) != NULL;
  page = PLOT_PAGE (dock_show_page (self->dock, NAME));
  place.attachment = entry_item_get_attachment (item);
  place.entry = entry_item_get_info (item);
  if (!is_cell || !plot_page_add_place (page, &place))
    plot_page_add_item (page, item);
}

static void
clean_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  g_autofree char *root = scratch_directory_root ("plots");

  scratch_directory_clean (root);
  g_task_return_boolean (task, TRUE);
}

/* What plots of a program that was killed left on the disk. */
static gboolean
clean (gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);

  g_task_run_in_thread (task, clean_in_thread);
  return G_SOURCE_REMOVE;
}

void
window_add_plot (ShmlensWindow *self)
{
  static const GActionEntry entries[] = { { .name = "plot", .activate = plot } };
  static gboolean is_cleaned;

  if (!is_cleaned)
    g_timeout_add_seconds (CLEAN_SECONDS, clean, NULL);
  is_cleaned = TRUE;

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

void
window_update_plot_recorded (ShmlensWindow *self)
{
  GtkWidget *page = dock_get_page (self->dock, NAME);

  if (page != NULL)
    take_recorded (self, PLOT_PAGE (page));
}
