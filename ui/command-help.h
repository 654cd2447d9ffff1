/* command-help.h - the page of shortcuts: a window of its own, which fits any screen.
 *
 * The toolkit's own (4.8) lays all keys out side by side, and is larger than a small screen. */
#pragma once

#include <gtk/gtk.h>

#define COMMAND_TYPE_HELP (command_help_get_type ())
G_DECLARE_FINAL_TYPE (CommandHelp, command_help, COMMAND, HELP, GtkWindow)

/* With all keys of the table of commands, for this window. Main thread. */
CommandHelp *command_help_new (GtkWindow *parent);
