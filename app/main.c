/* main.c - the window's program: what it is told on the command line. */
#include <fcntl.h>
#include <glib/gi18n.h>
#include <locale.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "application.h"
#include "demo-children.h"
#include "recording-closing.h"
#include "run-program.h"
#include "segment-name.h"

/* A file is named by a path, from where the command was given. */
static char *
segment_of (GApplicationCommandLine *line, const char *argument)
{
  g_autoptr (GFile) file = g_application_command_line_create_file_for_arg (line, argument);
  const char *path = g_file_peek_path (file);

  if (path != NULL && !g_str_has_prefix (argument, "shm:") && !g_str_has_prefix (argument, "file:")
      && g_file_test (path, G_FILE_TEST_IS_REGULAR)
      && (g_str_has_suffix (path, ".shmrec") || strchr (argument + 1, '/') != NULL))
    {
      char *name = segment_name_of_path (path, NULL);

      return name != NULL ? name : g_strconcat ("file:", path, NULL);
    }
  return g_strdup (argument);
}

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
    {
      g_autofree char *segment = segment_of (line, arguments[0]);

      shmlens_window_open (window, segment, arguments[1]);
    }
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

/* In the child that becomes the window: it is not of the program's session, so that it
 * stays when the program is interrupted, and keeps nobody waiting who reads what the program
 * writes. */
static void
leave_session (gpointer user_data)
{
  sigset_t none;
  int null;

  sigemptyset (&none);
  sigprocmask (SIG_SETMASK, &none, NULL);
  setsid ();
  if (!isatty (STDERR_FILENO) && (null = open ("/dev/null", O_WRONLY | O_CLOEXEC)) >= 0)
    dup2 (null, STDERR_FILENO);
}

/* The window is a process of its own, or that of a window that is open already; both ask this
 * one, which is the program's ancestor and ends with it. */
static void
open_window (pid_t pid, gpointer data)
{
  g_autofree char *segment = g_strdup_printf ("pid:%d", (int) pid);
  const char *arguments[] = { "/proc/self/exe", "shmlens", segment, NULL };
  g_autoptr (GError) error = NULL;

  if (!g_spawn_async (NULL, (char **) arguments, NULL,
                      G_SPAWN_FILE_AND_ARGV_ZERO | G_SPAWN_DO_NOT_REAP_CHILD
                        | G_SPAWN_STDOUT_TO_DEV_NULL,
                      leave_session, NULL, NULL, &error))
    g_printerr (_("shmlens: the window cannot be opened: %s\n"), error->message);
}

/* shmlens run [--] PROGRAM ARGUMENT... */
static int
run (char **arguments)
{
  if (arguments[0] != NULL && strcmp (arguments[0], "--") == 0)
    arguments++;
  else if (arguments[0] != NULL && arguments[0][0] == '-')
    arguments = arguments + g_strv_length (arguments);
  if (arguments[0] == NULL)
    {
      g_printerr (_("shmlens: no program was given: shmlens run [--] PROGRAM ARGUMENT...\n"));
      return 1;
    }
  return run_program ("shmlens", arguments, open_window, NULL);
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
  const char *catalogues = g_getenv ("SHMLENS_LOCALE_DIR");  /* of a build tree */
  g_autoptr (ShmlensApplication) application = NULL;
  GApplicationFlags flags = G_APPLICATION_HANDLES_COMMAND_LINE;
  int status;

  /* Words and characters are the user's; numbers look as they are typed, which GTK is kept
   * from changing. */
  setlocale (LC_ALL, "");
  setlocale (LC_NUMERIC, "C");
  gtk_disable_setlocale ();
  bindtextdomain ("shmlens", catalogues != NULL ? catalogues : SHMLENS_LOCALE_DIR);
  bind_textdomain_codeset ("shmlens", "UTF-8");
  textdomain ("shmlens");

  /* Before anything that makes threads. */
  if (argc > 1 && strcmp (argv[1], "run") == 0)
    return run (argv + 2);

  /* Tests open several at once. */
  if (g_getenv ("SHMLENS_NON_UNIQUE") != NULL)
    flags |= G_APPLICATION_NON_UNIQUE;
  application = shmlens_application_new (flags);
  g_application_add_main_option_entries (G_APPLICATION (application), options);
  g_application_set_option_context_summary (
    G_APPLICATION (application),
    _("Shows what is inside live shared memory, and changes it safely.\n\n"
      "shmlens run [--] PROGRAM ARGUMENT... runs a program, and shows it."));
  g_action_map_add_action_entries (G_ACTION_MAP (application), actions, G_N_ELEMENTS (actions),
                                   application);
  g_signal_connect (application, "handle-local-options", G_CALLBACK (on_local_options), NULL);
  g_signal_connect (application, "command-line", G_CALLBACK (on_command_line), NULL);
  status = g_application_run (G_APPLICATION (application), argc, argv);
  recording_wait_closed ();
  demo_children_stop ();
  return status;
}
