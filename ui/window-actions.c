/* window-actions.c - the window's commands: buttons, menus, keys and tests call them. */
#include "window-private.h"

#include <glib/gi18n.h>

#include "preferences.h"
#include "tooltip.h"
#include "type-dialog.h"

void
window_enable_action (ShmlensWindow *self, const char *name, gboolean enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

static void
undo (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  message_bar_undo (SHMLENS_WINDOW (user_data)->message_bar);
}

static void
redo (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  message_bar_redo (SHMLENS_WINDOW (user_data)->message_bar);
}

static void
focus_filter (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  gtk_widget_grab_focus (GTK_WIDGET (SHMLENS_WINDOW (user_data)->filter_entry));
}

static void
go_to (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ShmlensWindow *self = user_data;

  dock_show_page (self->dock, "details");
  details_go_to (self->details);
}

static void
reopen (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ShmlensWindow *self = user_data;

  if (self->open_id == NULL)
    return;
  sidebar_select (self->sidebar, self->open_id);
  window_open_segment (self, self->open_id);
}

/* At what there is now; a segment that is no more is opened anew. */
static void
look_again (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ShmlensWindow *self = user_data;
  const SegmentInfo *info = self->entries != NULL ? entry_list_get_segment (self->entries) : NULL;

  if (info == NULL || !g_str_equal (info->kind, "python"))
    {
      reopen (action, parameter, user_data);
      return;
    }
  attachment_look_again (entry_list_get_attachment (self->entries));
  sampler_kick (session_get_sampler (self->session));
}

static void
copy_segment_name (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ShmlensWindow *self = user_data;

  if (self->open_id != NULL)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), self->open_id);
}

static void
show_preferences (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ShmlensWindow *self = user_data;

  gtk_window_present (
    GTK_WINDOW (preferences_new (GTK_WINDOW (self), self->session, self->settings)));
}

static void
set_type (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ShmlensWindow *self = user_data;

  gtk_window_present (
    GTK_WINDOW (type_dialog_new (GTK_WINDOW (self), self->session, self->open_id)));
}

static void
change_sidebar (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  window_set_show_sidebar (user_data, g_variant_get_boolean (state));
}

static void
update_undo (ShmlensWindow *self)
{
  g_autofree char *undo_text = NULL, *redo_text = NULL, *undo_tip = NULL, *redo_tip = NULL;

  g_object_get (self->session, "undo-text", &undo_text, "redo-text", &redo_text, NULL);
  window_enable_action (self, "undo", undo_text != NULL);
  window_enable_action (self, "redo", redo_text != NULL);
  undo_tip = undo_text != NULL ? g_strdup_printf (_("Undo %s (Ctrl+Z)"), undo_text)
                               : g_strdup (_("Nothing to undo"));
  redo_tip = redo_text != NULL ? g_strdup_printf (_("Redo %s (Ctrl+Shift+Z)"), redo_text)
                               : g_strdup (_("Nothing to redo"));
  tooltip_set_text (self->undo_button, undo_tip);
  tooltip_set_text (self->redo_button, redo_tip);
}

static void
on_undo_text (Session *session, GParamSpec *pspec, ShmlensWindow *self)
{
  update_undo (self);
}

static void
on_rate (Session *session, GParamSpec *pspec, ShmlensWindow *self)
{
  double rate;
  g_autofree char *label = NULL;

  g_object_get (session, "rate", &rate, NULL);
  label = g_strdup_printf (_("%g Hz"), rate);
  gtk_menu_button_set_label (self->rate_button, label);
}

/* Actions that are properties of the session. */
static const struct
{
  const char *action, *property;
} session_actions[] = {
  { "pause", "paused" },
  { "rate", "rate" },
  { "mark-changes", "mark-changes" },
};

void
window_add_actions (ShmlensWindow *self)
{
  static const GActionEntry entries[] = {
    { .name = "undo", .activate = undo },
    { .name = "redo", .activate = redo },
    { .name = "filter", .activate = focus_filter },
    { .name = "goto", .activate = go_to },
    { .name = "reopen", .activate = reopen },
    { .name = "look-again", .activate = look_again },
    { .name = "copy-segment-name", .activate = copy_segment_name },
    { .name = "set-type", .activate = set_type },
    { .name = "preferences", .activate = show_preferences },
    { .name = "sidebar", .state = "true", .change_state = change_sidebar },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  for (guint i = 0; i < G_N_ELEMENTS (session_actions); i++)
    {
      g_autoptr (GPropertyAction) action
        = g_property_action_new (session_actions[i].action, self->session,
                                 session_actions[i].property);

      g_action_map_add_action (G_ACTION_MAP (self), G_ACTION (action));
    }
  window_add_recording (self);
  window_enable_action (self, "set-type", FALSE);
  g_signal_connect_object (self->session, "notify::undo-text", G_CALLBACK (on_undo_text), self, 0);
  g_signal_connect_object (self->session, "notify::rate", G_CALLBACK (on_rate), self, 0);
  update_undo (self);
  on_rate (self->session, NULL, self);
}

/* The toolkit may keep the actions longer than the window, and these the session. */
void
window_remove_actions (ShmlensWindow *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (session_actions); i++)
    g_action_map_remove_action (G_ACTION_MAP (self), session_actions[i].action);
}
