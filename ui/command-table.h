/* command-table.h - everything that can be done in the window: what the command search lists, what
 * the page of shortcuts shows, and which keys the program listens to. */
#pragma once

#include <glib.h>

/* As the page of shortcuts orders them. */
enum command_group
{
  COMMAND_VALUES,
  COMMAND_ARRAY,
  COMMAND_PLOT,
  COMMAND_SNAPSHOTS,
  COMMAND_WATCH,
  COMMAND_WATCH_LIST,
  COMMAND_SEGMENT,
  COMMAND_VIEW,
  COMMAND_WINDOW,
  N_COMMAND_GROUPS
};

#define COMMAND_KEYS_MAX 3

/* Strings are static, and those for people are still to be translated. */
typedef struct command
{
  /* With its target: "win.undo", "plot.zoom(1.5)". NULL: keys that mean something where the
   * focus is, and are no command. */
  const char *action;
  const char *title;
  /* Of "app.", "win." and "window." the program listens to them everywhere; of others the
   * widget does whose action it is. */
  const char *keys[COMMAND_KEYS_MAX + 1];
  enum command_group group;
  /* Why it is of no use when it is disabled; NULL: nobody can say. */
  const char *why_not;
} Command;

const Command *command_table (guint *ret_n);
/* Translated; static, as is the next. */
const char *command_title (const Command *command);
const char *command_group_title (enum command_group group);
/* Whether the program listens to its keys everywhere in the window. */
gboolean command_is_global (const Command *command);
/* Why an action is of no use whose widget is not on the screen. Translated; static. */
const char *command_why_not_shown (const char *action);
