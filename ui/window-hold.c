/* window-hold.c - holding entries: the command, and the banner with what is held. */
#include "window-private.h"

#include "hold-dialog.h"

static void
hold (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ShmlensWindow *self = user_data;
  EntryItem *item = entry_table_get_selected (self->table);

  if (item != NULL)
    gtk_window_present (
      GTK_WINDOW (hold_dialog_new (GTK_WINDOW (self), HOLD_BANNER (self->hold_banner), item)));
}

void
window_add_hold (ShmlensWindow *self)
{
  static const GActionEntry entries[] = {
    { .name = "hold", .activate = hold },
  };
  GtkWidget *bar = GTK_WIDGET (self->message_bar);

  self->hold_banner = hold_banner_new (self->session);
  gtk_box_insert_child_after (GTK_BOX (gtk_widget_get_parent (bar)), self->hold_banner, bar);
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
}
