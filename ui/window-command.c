/* window-command.c - the command search, the page of shortcuts, and going to what is named. */
#include "window-private.h"

#include <glib/gi18n.h>

#include "command-help.h"
#include "command-search.h"

/* Of more entries than that nobody finds one by some letters. */
#define ENTRIES_MAX 20000

static void
add_item (ShmlensWindow *self, GPtrArray *items, const char *title, const char *kind,
          const char *action, const char *target)
{
  CommandChoice *item = command_choice_new (title, kind, NULL, NULL);

  command_choice_set_action (item, action, g_variant_new_string (target), GTK_WIDGET (self));
  g_ptr_array_add (items, item);
}

static void
add_names (GPtrArray *items, gpointer user_data)
{
  ShmlensWindow *self = user_data;
  guint n_segments = g_list_model_get_n_items (G_LIST_MODEL (self->segments));
  guint n_entries
    = self->entries != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->entries)) : 0;

  for (guint i = 0; i < n_segments; i++)
    {
      g_autoptr (SegmentItem) segment = g_list_model_get_item (G_LIST_MODEL (self->segments), i);
      const SegmentInfo *info = segment_item_get_info (segment);
      g_autofree char *title = g_str_equal (info->title, info->name)
                                 ? g_strdup (info->title)
                                 : g_strdup_printf ("%s · %s", info->title, info->name);

      add_item (self, items, title, _("Segment"), "win.open-segment", info->id);
    }
  for (guint i = 0; i < MIN (n_entries, ENTRIES_MAX); i++)
    {
      g_autoptr (EntryItem) entry = g_list_model_get_item (G_LIST_MODEL (self->entries), i);
      const char *name = entry_item_get_info (entry)->name;

      add_item (self, items, name, _("Entry"), "win.select-entry", name);
    }
}

static void
show_commands (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ShmlensWindow *self = user_data;

  if (self->command_search == NULL)
    {
      self->command_search = GTK_WIDGET (command_search_new (add_names, self));
      gtk_widget_set_parent (self->command_search, GTK_WIDGET (self));
    }
  command_search_open (COMMAND_SEARCH (self->command_search));
}

static void
show_help (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  gtk_window_present (GTK_WINDOW (command_help_new (GTK_WINDOW (user_data))));
}

static void
open_segment (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ShmlensWindow *self = user_data;

  window_show_watch_list (self, FALSE);
  shmlens_window_open (self, g_variant_get_string (parameter, NULL), NULL);
}

/* Also one that the filter hides. */
static void
select_entry (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ShmlensWindow *self = user_data;
  const char *name = g_variant_get_string (parameter, NULL);

  window_show_watch_list (self, FALSE);
  if (!entry_table_select (self->table, name))
    {
      gtk_editable_set_text (GTK_EDITABLE (self->filter_entry), "");
      entry_table_set_filter (self->table, "");
      entry_table_select (self->table, name);
    }
  gtk_widget_grab_focus (GTK_WIDGET (self->table));
}

void
window_add_commands (ShmlensWindow *self)
{
  static const GActionEntry entries[] = {
    { .name = "commands", .activate = show_commands },
    { .name = "show-help-overlay", .activate = show_help },
    { .name = "open-segment", .parameter_type = "s", .activate = open_segment },
    { .name = "select-entry", .parameter_type = "s", .activate = select_entry },
  };
  g_autoptr (GPropertyAction) page = g_property_action_new ("dock-page", self->dock, "page");

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  g_action_map_add_action (G_ACTION_MAP (self), G_ACTION (page));
}

void
window_remove_commands (ShmlensWindow *self)
{
  g_clear_pointer (&self->command_search, gtk_widget_unparent);
  g_action_map_remove_action (G_ACTION_MAP (self), "dock-page");
}

void
window_update_commands (ShmlensWindow *self)
{
  static const char *const of_entry[] = { "hold", "pin-part", "goto" };
  static const char *const of_segment[] = { "filter", "take-snapshot" };
  gboolean shown = self->entries != NULL && !window_shows_watch_list (self);
  gboolean selected = shown && entry_table_get_selected (self->table) != NULL;

  for (guint i = 0; i < G_N_ELEMENTS (of_entry); i++)
    window_enable_action (self, of_entry[i], selected);
  for (guint i = 0; i < G_N_ELEMENTS (of_segment); i++)
    window_enable_action (self, of_segment[i], shown);
}
