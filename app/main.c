/* main.c - the window's program: what it is told on the command line. */
#include <glib/gi18n.h>
#include <locale.h>

#include "application.h"
#include "demo-children.h"

/* Second starts are handed to the first, which runs this for each. */
static int
on_command_line (GApplication *application, GApplicationCommandLine *line, gpointer user_data)
{
  ShmlensWindow *window = shmlens_application_show (SHMLENS_APPLICATION (application));
  GVariantDict *options = g_application_command_line_get_options_dict (line);
  g_autofree const char **arguments = NULL;

  if (g_variant_dict_contains (options, "demo"))
    g_action_group_activate_action (G_ACTION_GROUP (application), "demo", NULL);
  if (g_variant_dict_lookup (options, G_OPTION_REMAINING, "^a&s", &arguments))
    shmlens_window_open (window, arguments[0], arguments[1]);
  return 0;
}

static void
start_demo (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ShmlensWindow *window = shmlens_application_show (SHMLENS_APPLICATION (user_data));
  g_autoptr (GError) error = NULL;

  if (demo_children_start (&error))
    shmlens_window_open (window, demo_children_segment (), NULL);
  else
    message_bar_say (shmlens_window_get_message_bar (window), MESSAGE_ERROR, error->message);
}

/* What can be answered without a screen, and mistakes. */
static int
on_local_options (GApplication *application, GVariantDict *options, gpointer user_data)
{
  g_autofree const char **arguments = NULL;

  if (g_variant_dict_contains (options, "version"))
    {
      g_print ("shmlens %s\n", shmlens_version ());
      return 0;
    }
  if (g_variant_dict_lookup (options, G_OPTION_REMAINING, "^a&s", &arguments)
      && g_strv_length ((char **) arguments) > 2)
    {
      g_printerr (_("shmlens: at most a segment and an entry can be given; see --help\n"));
      return 1;
    }
  return -1;
}

int
main (int argc, char **argv)
{
  static const GOptionEntry options[] = {
    { "demo", 0, 0, G_OPTION_ARG_NONE, NULL,
      N_ ("Start programs to look at, which end with the window"), NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Print the version"), NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, NULL, NULL, N_ ("[SEGMENT [ENTRY]]") },
    { 0 },
  };
  static const GActionEntry actions[] = { { .name = "demo", .activate = start_demo } };
  g_autoptr (ShmlensApplication) application = NULL;
  GApplicationFlags flags = G_APPLICATION_HANDLES_COMMAND_LINE;
  int status;

  setlocale (LC_ALL, "");
  bindtextdomain ("shmlens", SHMLENS_LOCALE_DIR);
  bind_textdomain_codeset ("shmlens", "UTF-8");
  textdomain ("shmlens");

  /* Tests open several at once. */
  if (g_getenv ("SHMLENS_NON_UNIQUE") != NULL)
    flags |= G_APPLICATION_NON_UNIQUE;
  application = shmlens_application_new (flags);
  g_application_add_main_option_entries (G_APPLICATION (application), options);
  g_application_set_option_context_summary (
    G_APPLICATION (application),
    _("Shows what is inside live shared memory, and changes it safely."));
  g_action_map_add_action_entries (G_ACTION_MAP (application), actions, G_N_ELEMENTS (actions),
                                   application);
  g_signal_connect (application, "handle-local-options", G_CALLBACK (on_local_options), NULL);
  g_signal_connect (application, "command-line", G_CALLBACK (on_command_line), NULL);
  status = g_application_run (G_APPLICATION (application), argc, argv);
  demo_children_stop ();
  return status;
}
