/* command-search.h - everything the window can do and shows, found by typing some of its name. */
#pragma once

#include "command-choice.h"

#define COMMAND_TYPE_SEARCH (command_search_get_type ())
G_DECLARE_FINAL_TYPE (CommandSearch, command_search, COMMAND, SEARCH, GtkPopover)

/* Adds to `items` what is found besides commands: CommandChoice. Called once for each time that
 * it is opened, and only when something is typed. */
typedef void (*CommandSearchMore) (GPtrArray *items, gpointer user_data);

/* Set as parent a window, which unparents it in dispose. more: may be NULL. */
CommandSearch *command_search_new (CommandSearchMore more, gpointer user_data);

/* With what the window can do now; closes it when it is open. What is chosen is run when it has
 * closed, and the focus is again where it was. */
void command_search_open (CommandSearch *self);
