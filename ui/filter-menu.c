/* filter-menu.c - the button beside a filter. */
#include "filter-menu.h"

#include <glib/gi18n.h>

#include "entry-filter.h"

struct _FilterMenu
{
  GtkWidget parent_instance;

  GtkMenuButton *button;
  GMenuModel *filter_words;
  GtkEditable *entry;
  GSimpleActionGroup *actions;
};

G_DEFINE_FINAL_TYPE (FilterMenu, filter_menu, GTK_TYPE_WIDGET)

enum
{
  PROP_ENTRY = 1,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

/* What the menu offers: an action of each word, "is-changed" of the first. */
static const char *const offered[] = {
  "is:changed", "is:locked", "is:held", "is:readonly", "is:value", "is:array", "is:struct",
  "role:flag",  "role:progress", "role:counter", "role:text", "role:bytes", "role:image",
  "type:int",   "type:float", "type:bool",   "type:char",
};

static char *
action_of (const char *word)
{
  return g_strdelimit (g_strdup (word), ":", '-');
}

static void
set_text (FilterMenu *self, const char *text)
{
  gtk_editable_set_text (self->entry, text);
  gtk_editable_set_position (self->entry, -1);
}

static void
toggle (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  FilterMenu *self = user_data;

  for (guint i = 0; i < G_N_ELEMENTS (offered) && self->entry != NULL; i++)
    {
      g_autofree char *name = action_of (offered[i]);

      if (g_str_equal (name, g_action_get_name (G_ACTION (action))))
        {
          g_autofree char *text
            = entry_filter_toggle (gtk_editable_get_text (self->entry), offered[i]);

          set_text (self, text);
        }
    }
}

static void
clear (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  FilterMenu *self = user_data;

  if (self->entry != NULL)
    set_text (self, "");
}

/* Marks what stands in the text, and says what is wrong with it. */
static void
update (FilterMenu *self)
{
  const char *text = gtk_editable_get_text (self->entry);
  g_autoptr (EntryFilter) filter = entry_filter_new (text);
  const char *problem = entry_filter_get_problem (filter);
  const char *said = problem != NULL
                       ? problem
                       : _("Words of the name, type or unit; or for example type:double role:flag "
                           "process:worker is:changed -name:loss");

  for (guint i = 0; i < G_N_ELEMENTS (offered); i++)
    {
      g_autofree char *name = action_of (offered[i]);

      g_action_group_change_action_state (G_ACTION_GROUP (self->actions), name,
                                          g_variant_new_boolean (
                                            entry_filter_has (text, offered[i])));
    }
  g_simple_action_set_enabled (
    G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self->actions), "clear")),
    text[0] != '\0');

  if (problem != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self->entry), "warning");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->entry), "warning");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->entry), said);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, said, -1);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_STATE_INVALID,
                               problem != NULL ? GTK_ACCESSIBLE_INVALID_TRUE
                                               : GTK_ACCESSIBLE_INVALID_FALSE,
                               -1);
}

static void
on_text_changed (GtkEditable *entry, FilterMenu *self)
{
  update (self);
}

static void
set_entry (FilterMenu *self, GtkEditable *entry)
{
  if (self->entry != NULL)
    g_signal_handlers_disconnect_by_data (self->entry, self);
  g_set_object (&self->entry, entry);
  if (entry == NULL)
    return;
  g_signal_connect (entry, "changed", G_CALLBACK (on_text_changed), self);
  update (self);
}

static void
filter_menu_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_ENTRY)
    set_entry (FILTER_MENU (object), g_value_get_object (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
filter_menu_dispose (GObject *object)
{
  FilterMenu *self = FILTER_MENU (object);

  set_entry (self, NULL);
  if (self->button != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->button));
  self->button = NULL;
  g_clear_object (&self->actions);
  G_OBJECT_CLASS (filter_menu_parent_class)->dispose (object);
}

static void
filter_menu_class_init (FilterMenuClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  object_class->set_property = filter_menu_set_property;
  object_class->dispose = filter_menu_dispose;

  properties[PROP_ENTRY] = g_param_spec_object ("entry", NULL, NULL, GTK_TYPE_EDITABLE,
                                                G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/shmlens/Shmlens/ui/filter-menu.ui");
  gtk_widget_class_bind_template_child (widget_class, FilterMenu, button);
  gtk_widget_class_bind_template_child (widget_class, FilterMenu, filter_words);
}

/* Not before it is opened: its many items would take their time at each start. */
static void
make_popover (GtkMenuButton *button, gpointer user_data)
{
  if (gtk_menu_button_get_menu_model (button) == NULL)
    gtk_menu_button_set_menu_model (button, FILTER_MENU (user_data)->filter_words);
}

static void
filter_menu_init (FilterMenu *self)
{
  static const GActionEntry clear_entry[] = { { .name = "clear", .activate = clear } };

  self->actions = g_simple_action_group_new ();
  for (guint i = 0; i < G_N_ELEMENTS (offered); i++)
    {
      g_autofree char *name = action_of (offered[i]);
      g_autoptr (GSimpleAction) action
        = g_simple_action_new_stateful (name, NULL, g_variant_new_boolean (FALSE));

      g_signal_connect (action, "activate", G_CALLBACK (toggle), self);
      g_action_map_add_action (G_ACTION_MAP (self->actions), G_ACTION (action));
    }
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), clear_entry, 1, self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "filter", G_ACTION_GROUP (self->actions));
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_menu_button_set_create_popup_func (self->button, make_popover, self, NULL);
}
