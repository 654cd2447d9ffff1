/* window-state.c - what the window keeps from one start to the next: its size, what is shown in it
 * and how large, and what is open. */
#include "window-private.h"

/* So much of the table stays when the page below has its height again. */
#define TABLE_HEIGHT_MIN 120

void
window_restore_state (ShmlensWindow *self)
{
  g_autofree char *page = NULL;

  if (self->settings == NULL)
    return;
  gtk_window_set_default_size (GTK_WINDOW (self),
                               g_settings_get_int (self->settings, "window-width"),
                               g_settings_get_int (self->settings, "window-height"));
  gtk_paned_set_position (self->paned, g_settings_get_int (self->settings, "sidebar-width"));
  sidebar_set_settings (self->sidebar, self->settings);
  window_set_show_sidebar (self, g_settings_get_boolean (self->settings, "sidebar-shown"));
  self->details_height = g_settings_get_int (self->settings, "details-height");
  page = g_settings_get_string (self->settings, "dock-page");
  g_object_set (self->dock, "page", page, NULL);
  if (g_settings_get_boolean (self->settings, "window-maximized"))
    gtk_window_maximize (GTK_WINDOW (self));
}

/* What people have made it, of which the table keeps some rows; else at most half. */
static int
height_of_table (ShmlensWindow *self, int room)
{
  g_autoptr (GVariant) chosen
    = self->settings != NULL ? g_settings_get_user_value (self->settings, "details-height") : NULL;

  return MAX (room - self->details_height,
              chosen != NULL ? MIN (TABLE_HEIGHT_MIN, room / 2) : room - room / 2);
}

void
window_give_details_room (ShmlensWindow *self)
{
  int room, least;

  g_object_get (self->details_paned, "max-position", &room, NULL);
  if (self->details_height == 0 || room <= 0 || room == G_MAXINT)
    return;
  gtk_widget_measure (GTK_WIDGET (self->dock), GTK_ORIENTATION_VERTICAL,
                      gtk_widget_get_width (GTK_WIDGET (self->details_paned)), &least, NULL, NULL,
                      NULL);
  room += least;
  gtk_paned_set_position (self->details_paned, height_of_table (self, room));
  self->details_height = 0;
}

gboolean
window_open_last (ShmlensWindow *self)
{
  g_autofree char *segment = NULL, *entry = NULL;

  if (self->settings == NULL || self->is_asked
      || !g_settings_get_boolean (self->settings, "reopen-last"))
    return FALSE;
  segment = g_settings_get_string (self->settings, "last-segment");
  if (segment_list_find (self->segments, segment) == G_MAXUINT)
    return FALSE;
  entry = g_settings_get_string (self->settings, "last-entry");
  g_free (self->wanted_entry);
  self->wanted_entry = entry[0] != '\0' ? g_steal_pointer (&entry) : NULL;
  self->wants_entry_at_once = TRUE;
  return sidebar_select (self->sidebar, segment);
}

void
window_show_last_page (ShmlensWindow *self)
{
  if (self->settings != NULL && !self->is_asked
      && g_settings_get_boolean (self->settings, "reopen-last")
      && g_settings_get_boolean (self->settings, "watch-list-shown"))
    window_show_watch_list (self, TRUE);
}

/* The number of a program is another's at the next start. */
static void
save_what_is_open (ShmlensWindow *self)
{
  EntryItem *item = entry_table_get_selected (self->table);
  const char *segment = self->entries != NULL ? entry_list_get_segment (self->entries)->id : "";

  g_settings_set_boolean (self->settings, "watch-list-shown", window_shows_watch_list (self));
  g_settings_set_string (self->settings, "last-segment",
                         g_str_has_prefix (segment, "pid:") ? "" : segment);
  g_settings_set_string (self->settings, "last-entry",
                         item != NULL ? entry_item_get_info (item)->name : "");
}

void
shmlens_window_save_state (ShmlensWindow *self)
{
  gboolean maximized = gtk_window_is_maximized (GTK_WINDOW (self));
  g_autofree char *page = NULL;
  int width, height;

  if (self->settings == NULL)
    return;
  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  g_settings_set_boolean (self->settings, "window-maximized", maximized);
  g_settings_set_int (self->settings, "window-width", CLAMP (width, 360, 16384));
  g_settings_set_int (self->settings, "window-height", CLAMP (height, 240, 16384));
  if (gtk_widget_get_mapped (GTK_WIDGET (self->dock)))
    g_settings_set_int (self->settings, "details-height",
                        CLAMP (gtk_widget_get_height (GTK_WIDGET (self->dock)),
                               WINDOW_DETAILS_HEIGHT_MIN, 4096));
  g_object_get (self->dock, "page", &page, NULL);
  g_settings_set_string (self->settings, "dock-page", page);
  if (!self->narrow)
    {
      g_settings_set_boolean (self->settings, "sidebar-shown", self->show_sidebar);
      g_settings_set_int (self->settings, "sidebar-width",
                          CLAMP (gtk_paned_get_position (self->paned), 120, 4096));
    }
  save_what_is_open (self);
}
