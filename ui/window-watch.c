/* window-watch.c - the window's watch list: pinning to it, and its page. */
#include "window-private.h"

#include <glib/gi18n.h>

#include "target.h"

static void
set_state (ShmlensWindow *self, gboolean shown)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), "watch-list");

  g_simple_action_set_state (G_SIMPLE_ACTION (action), g_variant_new_boolean (shown));
}

gboolean
window_shows_watch_list (ShmlensWindow *self)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (self->pages), "watch") == 0;
}

void
window_show_watch_list (ShmlensWindow *self, gboolean show)
{
  if (show == window_shows_watch_list (self))
    return;
  gtk_stack_set_visible_child_name (self->pages, show ? "watch" : "segments");
  set_state (self, show);
  window_update_commands (self);
  if (show)
    {
      sidebar_unselect (self->sidebar);
      if (self->narrow)
        window_set_show_sidebar (self, FALSE);
      gtk_widget_grab_focus (GTK_WIDGET (self->watch_page));
    }
  else if (self->open_id != NULL)
    sidebar_select (self->sidebar, self->open_id);
  else if (!self->is_asked && !window_open_last (self))
    sidebar_select_first (self->sidebar);
}

static void
change_watch_list (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  window_show_watch_list (user_data, g_variant_get_boolean (state));
}

/* FALSE: there is no such target, and why. */
static gboolean
pin (ShmlensWindow *self, const char *text, GError **error)
{
  Attachment *attachment = entry_list_get_attachment (self->entries);
  struct target target;
  gboolean is_new;
  guint position;

  if (!target_parse (attachment, text, &target, error))
    return FALSE;
  target_clear (&target);
  position
    = watch_list_model_add (self->watch_list, entry_list_get_segment (self->entries), text, &is_new);
  if (!is_new)
    {
      g_autofree char *said
        = position != G_MAXUINT
            ? g_strdup_printf (_("“%s” is in the watch list already."), text)
            : g_strdup (_("The watch list is full. Remove something from it."));

      message_bar_say (self->message_bar, MESSAGE_NOTICE, said);
    }
  return TRUE;
}

static void
pin_target (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ShmlensWindow *self = user_data;
  g_autoptr (GError) error = NULL;

  if (self->entries != NULL && !pin (self, g_variant_get_string (parameter, NULL), &error))
    message_bar_say (self->message_bar, MESSAGE_ERROR, error->message);
}

static void
on_part_accepted (TextPopover *popover, const char *text, ShmlensWindow *self)
{
  g_autoptr (GError) error = NULL;

  if (self->entries != NULL && !pin (self, text, &error))
    text_popover_refuse (popover, error->message);
}

/* Asks which part of the selected entry. */
static void
pin_part (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ShmlensWindow *self = user_data;
  EntryItem *item = entry_table_get_selected (self->table);
  GtkWidget *table = GTK_WIDGET (self->table);
  g_autofree char *name = NULL;

  if (self->entries == NULL || item == NULL || !gtk_widget_get_mapped (table))
    return;
  name = target_name (entry_item_get_info (item)->name);
  if (self->pin_popover == NULL)
    {
      self->pin_popover = text_popover_new ();
      gtk_widget_set_parent (GTK_WIDGET (self->pin_popover), table);
      g_signal_connect (self->pin_popover, "accepted", G_CALLBACK (on_part_accepted), self);
    }
  text_popover_open (self->pin_popover, _("Watch for example counts[3], counts[2:5], pos.x"), name,
                     &(GdkRectangle) { gtk_widget_get_width (table) / 2,
                                       gtk_widget_get_height (table) / 3, 1, 1 });
}

static void
on_count (GListModel *model, guint position, guint removed, guint added, ShmlensWindow *self)
{
  sidebar_set_watched (self->sidebar, watch_list_model_count_targets (self->watch_list));
}

static void
on_failed (WatchListModel *model, const char *why, ShmlensWindow *self)
{
  g_autofree char *said = g_strconcat (why, ".", NULL);

  message_bar_say (self->message_bar, MESSAGE_ERROR, said);
}

static void
on_open (WatchPage *page, const char *segment, const char *entry, ShmlensWindow *self)
{
  window_show_watch_list (self, FALSE);
  shmlens_window_open (self, segment, entry);
  gtk_widget_grab_focus (GTK_WIDGET (self->table));
}

void
window_add_watch_list (ShmlensWindow *self)
{
  static const GActionEntry entries[] = {
    { .name = "watch-list", .state = "false", .change_state = change_watch_list },
    { .name = "pin", .parameter_type = "s", .activate = pin_target },
    { .name = "pin-part", .activate = pin_part },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  self->watch_list = watch_list_model_new (self->session, self->segments, NULL);
  g_signal_connect_object (self->watch_list, "items-changed", G_CALLBACK (on_count), self, 0);
  g_signal_connect_object (self->watch_list, "failed", G_CALLBACK (on_failed), self, 0);
  g_signal_connect_object (self->watch_page, "open", G_CALLBACK (on_open), self, 0);
  watch_list_model_load (self->watch_list);
  watch_page_set_model (self->watch_page, self->watch_list);
}

void
window_remove_watch_list (ShmlensWindow *self)
{
  if (self->pin_popover != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->pin_popover));
  self->pin_popover = NULL;
  watch_page_set_model (self->watch_page, NULL);
  g_clear_object (&self->watch_list);
}
