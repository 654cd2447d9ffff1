/* entry-drag.c - entries that are dragged out of the table. */
#include "entry-drag.h"

#include "entry-cell.h"

EntryItem *
entry_drag_find (GtkWidget *view, double x, double y)
{
  /* The cell itself, or what is around it. */
  for (GtkWidget *w = gtk_widget_pick (view, x, y, GTK_PICK_DEFAULT); w != NULL && w != view;
       w = gtk_widget_get_parent (w))
    {
      GtkWidget *child = gtk_widget_get_first_child (w);

      if (ENTRY_IS_CELL (w))
        return entry_cell_get_item (ENTRY_CELL (w));
      if (child != NULL && ENTRY_IS_CELL (child))
        return entry_cell_get_item (ENTRY_CELL (child));
    }
  return NULL;
}

static GdkContentProvider *
on_prepare (GtkDragSource *source, double x, double y, GtkWidget *view)
{
  EntryItem *item = entry_drag_find (view, x, y);

  return item != NULL ? gdk_content_provider_new_typed (G_TYPE_STRING,
                                                        entry_item_get_info (item)->name)
                      : NULL;
}

void
entry_drag_start_from (GtkWidget *view)
{
  GtkDragSource *source = gtk_drag_source_new ();

  g_signal_connect (source, "prepare", G_CALLBACK (on_prepare), view);
  gtk_widget_add_controller (view, GTK_EVENT_CONTROLLER (source));
}
