/* window-dock.c - the pages below the entries, and what they are told. */
#include "window-private.h"

#include <glib/gi18n.h>

#include "snapshot-page.h"

static GtkWidget *
make_details (gpointer user_data)
{
  return g_object_new (DETAILS_TYPE, NULL);
}

static GtkWidget *
make_snapshots (gpointer user_data)
{
  ShmlensWindow *self = user_data;
  SnapshotPage *page = g_object_new (SNAPSHOT_TYPE_PAGE, NULL);

  snapshot_page_set_session (page, self->session);
  snapshot_page_set_list (page, self->entries);
  return GTK_WIDGET (page);
}

static void
take_snapshot (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ShmlensWindow *self = user_data;

  gtk_widget_activate_action (dock_show_page (self->dock, "snapshots"), "snapshot.take", NULL);
}

void
window_add_pages (ShmlensWindow *self)
{
  static const GActionEntry entries[] = {
    { .name = "take-snapshot", .activate = take_snapshot },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  dock_add (self->dock, "details", _("Details"), make_details, self);
  self->details = SHMLENS_DETAILS (dock_show_page (self->dock, "details"));
  window_add_plot (self);
  window_add_locks (self);
  dock_add (self->dock, "snapshots", _("Snapshots"), make_snapshots, self);
}

void
window_update_dock (ShmlensWindow *self, EntryItem *item)
{
  GtkWidget *snapshots = dock_get_page (self->dock, "snapshots");

  details_set_item (self->details, item);
  window_update_plot (self, item);
  window_update_commands (self);
  if (snapshots != NULL)
    snapshot_page_set_list (SNAPSHOT_PAGE (snapshots), self->entries);
}
