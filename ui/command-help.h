/* command-help.h - the page of shortcuts. */
#pragma once

#include <gtk/gtk.h>

/* A window with all keys of the table of commands. */
GtkWindow *command_help_new (GtkWindow *parent);
