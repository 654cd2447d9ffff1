/* list-scroll.c - brings the selected row of a list onto the screen. */
#include "list-scroll.h"

/* By its address, the one handler of a list that waits until it is on the screen. */
static char waiting;

static void
on_map (GtkWidget *list, gpointer user_data)
{
  g_signal_handlers_disconnect_by_data (list, &waiting);
  list_scroll_to_selected (GTK_LIST_VIEW (list));
}

/* Rows get their places between one frame's start and the next one's. */
static gboolean
on_frame (GtkWidget *list, GdkFrameClock *clock, gpointer user_data)
{
  GtkSelectionModel *model;
  g_autoptr (GtkBitset) selected = NULL;
  guint *n_frames = user_data, position;

  if (!gtk_widget_get_mapped (list))
    {
      list_scroll_to_selected (GTK_LIST_VIEW (list));
      return G_SOURCE_REMOVE;
    }
  if (++*n_frames < 2)
    return G_SOURCE_CONTINUE;
  model = gtk_list_view_get_model (GTK_LIST_VIEW (list));
  selected = model != NULL ? gtk_selection_model_get_selection (model) : gtk_bitset_new_empty ();
  position = gtk_bitset_is_empty (selected) ? GTK_INVALID_LIST_POSITION
                                            : gtk_bitset_get_minimum (selected);
  /* The view has no other way to get there in this version of the toolkit. */
  if (position != GTK_INVALID_LIST_POSITION)
    gtk_widget_activate_action (list, "list.scroll-to-item", "u", position);
  return G_SOURCE_REMOVE;
}

void
list_scroll_to_selected (GtkListView *list)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (list)))
    gtk_widget_add_tick_callback (GTK_WIDGET (list), on_frame, g_new0 (guint, 1), g_free);
  else
    {
      g_signal_handlers_disconnect_by_data (list, &waiting);
      g_signal_connect (list, "map", G_CALLBACK (on_map), &waiting);
    }
}
