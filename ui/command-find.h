/* command-find.h - which of all commands a window has now, and where they are run. */
#pragma once

#include "command-choice.h"

/* A CommandChoice for each command of the table that this window knows: in the table's order, those
 * that can be used before those that cannot. Actions of a widget count as those of the one with
 * the focus, or else of the first on the screen. */
GPtrArray *command_find_all (GtkWindow *window);
