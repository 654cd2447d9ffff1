/* command-help.c - the page of shortcuts.
 *
 * This version of the toolkit can fill a window of shortcuts from a description only, which is
 * written here. */
#include "command-help.h"

#include <glib/gi18n.h>

#include "command-table.h"

static void
append_group (GString *text, enum command_group group)
{
  guint n;
  const Command *commands = command_table (&n);
  g_autofree char *title = g_markup_escape_text (command_group_title (group), -1);

  g_string_append_printf (text,
                          "<child><object class='GtkShortcutsGroup'>"
                          "<property name='title'>%s</property>",
                          title);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *keys = NULL, *of_command = NULL, *what = NULL;

      if (commands[i].group != group || commands[i].keys[0] == NULL)
        continue;
      keys = g_strjoinv (" ", (char **)commands[i].keys);
      of_command = g_markup_escape_text (keys, -1);
      what = g_markup_escape_text (command_title (&commands[i]), -1);
      g_string_append_printf (text,
                              "<child><object class='GtkShortcutsShortcut'>"
                              "<property name='title'>%s</property>"
                              "<property name='accelerator'>%s</property></object></child>",
                              what, of_command);
    }
  g_string_append (text, "</object></child>");
}

/* The button that opens the search has an icon and no name. */
static void
name_search (GtkWidget *widget)
{
  if (GTK_IS_TOGGLE_BUTTON (widget))
    gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    _("Search"), -1);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    name_search (child);
}

GtkWindow *
command_help_new (GtkWindow *parent)
{
  g_autoptr (GtkBuilder) builder = NULL;
  g_autoptr (GString) text
    = g_string_new ("<interface><object class='GtkShortcutsWindow' id='window'>"
                      "<property name='modal'>True</property>"
                      "<child><object class='GtkShortcutsSection'>"
                      "<property name='section-name'>shortcuts</property>"
                      "<property name='max-height'>11</property>");
  GtkWindow *window;

  for (enum command_group group = 0; group < N_COMMAND_GROUPS; group++)
    append_group (text, group);
  g_string_append (text, "</object></child></object></interface>");
  builder = gtk_builder_new_from_string (text->str, -1);
  window = GTK_WINDOW (gtk_builder_get_object (builder, "window"));
  gtk_window_set_transient_for (window, parent);
  name_search (gtk_window_get_titlebar (window));
  return window;
}
