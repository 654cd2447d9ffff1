/* command-find.c - which of all commands a window has now, and where they are run. */
#include "command-find.h"

#include <glib/gi18n.h>

#include "command-table.h"

/* Widgets may be nested so deep that commands are looked for in them. */
#define DEPTH_MAX 64

/* Notes its actions, unless another widget has them already. */
static void
note_actions (GHashTable *widgets, GtkWidget *widget)
{
  GtkWidgetClass *class = GTK_WIDGET_GET_CLASS (widget);
  const GVariantType *parameter;
  const char *name, *property;
  GType owner;

  for (guint i = 0; gtk_widget_class_query_action (class, i, &owner, &name, &parameter, &property);
       i++)
    if (!g_hash_table_contains (widgets, name))
      g_hash_table_insert (widgets, (gpointer)name, widget);
}

/* Rows of lists have no commands of their own, and there are many. */
static void
note_below (GHashTable *widgets, GtkWidget *widget, int depth)
{
  if (!gtk_widget_get_mapped (widget) || GTK_IS_POPOVER (widget) || depth > DEPTH_MAX)
    return;
  note_actions (widgets, widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget);
       child != NULL && !GTK_IS_LIST_VIEW (widget); child = gtk_widget_get_next_sibling (child))
    note_below (widgets, child, depth + 1);
}

/* Name of an action -> widget. */
static GHashTable *
find_widgets (GtkWindow *window)
{
  GHashTable *widgets = g_hash_table_new (g_str_hash, g_str_equal);

  for (GtkWidget *widget = gtk_window_get_focus (window); widget != NULL;
       widget = gtk_widget_get_parent (widget))
    note_actions (widgets, widget);
  note_below (widgets, GTK_WIDGET (window), 0);
  return widgets;
}

static GActionGroup *
group_of (GtkWindow *window, const char *action)
{
  GtkApplication *application = gtk_window_get_application (window);

  if (g_str_has_prefix (action, "win.") && G_IS_ACTION_GROUP (window))
    return G_ACTION_GROUP (window);
  return g_str_has_prefix (action, "app.") && application != NULL ? G_ACTION_GROUP (application)
                                                                  : NULL;
}

/* The toolkit tells nobody but its own buttons whether an action of a widget is enabled. */
static gboolean
is_enabled (GtkWidget *widget, const char *action, GVariant *target)
{
  GtkWidget *button = g_object_ref_sink (gtk_button_new ());
  gboolean enabled;

  gtk_actionable_set_action_target_value (GTK_ACTIONABLE (button), target);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_widget_set_parent (button, widget);
  enabled = gtk_widget_get_sensitive (button);
  gtk_widget_unparent (button);
  g_object_unref (button);
  return enabled;
}

static char *
keys_in_words (const Command *command)
{
  guint key;
  GdkModifierType modifiers;

  if (command->keys[0] == NULL || !gtk_accelerator_parse (command->keys[0], &key, &modifiers))
    return NULL;
  return gtk_accelerator_get_label (key, modifiers);
}

/* NULL: the window has no such command. */
static CommandChoice *
make_item (GtkWindow *window, GHashTable *widgets, const Command *command)
{
  g_autoptr (GVariant) target = NULL;
  g_autofree char *action = NULL, *keys = keys_in_words (command);
  const char *why_not
    = command->why_not != NULL ? _(command->why_not) : _("It is of no use now.");
  GtkWidget *widget = GTK_WIDGET (window);
  GActionGroup *group;
  CommandChoice *item;

  if (!g_action_parse_detailed_name (command->action, &action, &target, NULL))
    return NULL;
  group = group_of (window, action);
  if (group != NULL)
    {
      const char *name = strchr (action, '.') + 1;

      if (!g_action_group_has_action (group, name))
        return NULL;
      if (g_action_group_get_action_enabled (group, name))
        why_not = NULL;
    }
  else if (g_str_has_prefix (action, "win.") || g_str_has_prefix (action, "app."))
    return NULL;
  else if ((widget = g_hash_table_lookup (widgets, action)) == NULL)
    why_not = command_why_not_shown (action);
  else if (is_enabled (widget, action, target))
    why_not = NULL;
  item = command_choice_new (command_title (command), command_group_title (command->group), keys,
                             why_not);
  command_choice_set_action (item, action, target, widget);
  return item;
}

GPtrArray *
command_find_all (GtkWindow *window)
{
  guint n, n_usable = 0;
  const Command *commands = command_table (&n);
  g_autoptr (GHashTable) widgets = find_widgets (window);
  GPtrArray *items = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n; i++)
    {
      CommandChoice *item
          = commands[i].action != NULL ? make_item (window, widgets, &commands[i]) : NULL;

      if (item == NULL)
        continue;
      g_ptr_array_insert (items, command_choice_get_why_not (item) == NULL ? (gint)n_usable++ : -1,
                          item);
    }
  return items;
}
