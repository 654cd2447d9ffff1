/* command-help.c - the page of shortcuts. */
#include "command-help.h"

#include "command-match.h"
#include "command-table.h"
#include "tab-focus.h"

/* What it asks for where the screen has the room, and what is around it on one that has not:
 * a title and a panel. */
#define WIDTH 560
#define HEIGHT 620
#define AROUND_WIDTH 24
#define AROUND_HEIGHT 72

/* By these keys, of a row: its command, and what is searched for in it. */
#define COMMAND "command"
#define FOLDED "folded"

struct _CommandHelp
{
  GtkWindow parent_instance;

  GtkEditable *filter;
  GtkWidget *scrolled, *nothing;
  GtkListBox *list;

  char **words; /* what was typed */
  guint n_fitting;
};

G_DEFINE_FINAL_TYPE (CommandHelp, command_help, GTK_TYPE_WINDOW)

static const Command *
command_of (GtkListBoxRow *row)
{
  return g_object_get_data (G_OBJECT (row), COMMAND);
}

/* As people read them; free with g_strfreev(). */
static char **
keys_of (const Command *command)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; command->keys[i] != NULL; i++)
    {
      GdkModifierType modifiers;
      guint key;
      g_autofree char *label = NULL;

      if (!gtk_accelerator_parse (command->keys[i], &key, &modifiers))
        continue;
      label = gtk_accelerator_get_label (key, modifiers);
      g_strv_builder_add (builder, label);
    }
  return g_strv_builder_end (builder);
}

static GtkWidget *
make_keys (char **keys)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  for (guint i = 0; keys[i] != NULL; i++)
    {
      GtkWidget *label = gtk_label_new (keys[i]);

      gtk_widget_add_css_class (label, "keycap");
      gtk_box_append (GTK_BOX (box), label);
    }
  gtk_widget_set_halign (box, GTK_ALIGN_END);
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  return box;
}

static GtkWidget *
make_row (const Command *command)
{
  GtkWidget *row = gtk_list_box_row_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *title = gtk_label_new (command_title (command));
  const char *group = command_group_title (command->group);
  g_auto (GStrv) keys = keys_of (command);
  g_autofree char *all_keys = g_strjoinv (", ", keys);
  g_autofree char *name = g_strjoin (", ", command_title (command), all_keys, NULL);
  g_autofree char *searched = g_strjoin (" ", command_title (command), all_keys, group, NULL);

  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_label_set_wrap (GTK_LABEL (title), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (title), PANGO_WRAP_WORD_CHAR);
  gtk_widget_set_hexpand (title, TRUE);
  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), make_keys (keys));
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, group, -1);
  g_object_set_data (G_OBJECT (row), COMMAND, (gpointer)command);
  g_object_set_data_full (G_OBJECT (row), FOLDED, command_match_fold (searched), g_free);
  return row;
}

/* The name of the group above its first row. */
static void
update_header (GtkListBoxRow *row, GtkListBoxRow *before, gpointer unused)
{
  enum command_group group = command_of (row)->group;
  GtkWidget *header = NULL;

  if (before == NULL || command_of (before)->group != group)
    {
      header = gtk_label_new (command_group_title (group));
      gtk_label_set_xalign (GTK_LABEL (header), 0);
      gtk_widget_add_css_class (header, "heading");
    }
  gtk_list_box_row_set_header (row, header);
}

static gboolean
fits (GtkListBoxRow *row, gpointer user_data)
{
  CommandHelp *self = user_data;
  gboolean does = command_match ((const char *const *)self->words,
                                 g_object_get_data (G_OBJECT (row), FOLDED)) >= 0;

  self->n_fitting += does;
  return does;
}

static void
on_changed (GtkEditable *editable, CommandHelp *self)
{
  g_strfreev (self->words);
  self->words = command_match_words (gtk_editable_get_text (editable));
  self->n_fitting = 0;
  gtk_list_box_invalidate_filter (self->list);
  gtk_adjustment_set_value (
      gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scrolled)), 0);
  gtk_widget_set_visible (self->nothing, self->n_fitting == 0);
  gtk_widget_set_visible (self->scrolled, self->n_fitting > 0);
}

static void
on_stop (GtkSearchEntry *entry, CommandHelp *self)
{
  gtk_window_close (GTK_WINDOW (self));
}

static void
add_rows (CommandHelp *self)
{
  guint n;
  const Command *commands = command_table (&n);

  for (enum command_group group = 0; group < N_COMMAND_GROUPS; group++)
    for (guint i = 0; i < n; i++)
      if (commands[i].group == group && commands[i].keys[0] != NULL)
        gtk_list_box_append (self->list, make_row (&commands[i]));
}

/* As much of the size it would like as the screen of its parent has. */
static void
set_size (CommandHelp *self, GtkWindow *parent)
{
  GdkSurface *surface = gtk_native_get_surface (GTK_NATIVE (parent));
  GdkMonitor *monitor = surface != NULL ? gdk_display_get_monitor_at_surface (
                                              gdk_surface_get_display (surface), surface)
                                        : NULL;
  GdkRectangle screen = { .width = WIDTH + AROUND_WIDTH, .height = HEIGHT + AROUND_HEIGHT };

  if (monitor != NULL)
    gdk_monitor_get_geometry (monitor, &screen);
  gtk_window_set_default_size (GTK_WINDOW (self), MIN (WIDTH, MAX (screen.width - AROUND_WIDTH, 1)),
                               MIN (HEIGHT, MAX (screen.height - AROUND_HEIGHT, 1)));
}

CommandHelp *
command_help_new (GtkWindow *parent)
{
  CommandHelp *self = g_object_new (COMMAND_TYPE_HELP, "transient-for", parent, NULL);

  set_size (self, parent);
  return self;
}

static void
command_help_finalize (GObject *object)
{
  g_strfreev (COMMAND_HELP (object)->words);
  G_OBJECT_CLASS (command_help_parent_class)->finalize (object);
}

static void
command_help_class_init (CommandHelpClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = command_help_finalize;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/shmlens/Shmlens/ui/command-help.ui");
  gtk_widget_class_bind_template_child (widget_class, CommandHelp, filter);
  gtk_widget_class_bind_template_child (widget_class, CommandHelp, scrolled);
  gtk_widget_class_bind_template_child (widget_class, CommandHelp, nothing);
  gtk_widget_class_bind_template_child (widget_class, CommandHelp, list);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_stop);
}

static void
command_help_init (CommandHelp *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->words = command_match_words ("");
  tab_focus_leave_list (GTK_WIDGET (self->list));
  gtk_search_entry_set_key_capture_widget (GTK_SEARCH_ENTRY (self->filter), GTK_WIDGET (self));
  gtk_list_box_set_header_func (self->list, update_header, NULL, NULL);
  gtk_list_box_set_filter_func (self->list, fits, self, NULL);
  add_rows (self);
}
