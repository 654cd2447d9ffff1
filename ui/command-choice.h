/* command-choice.h - something that the command search offers: a command, a segment, an entry. */
#pragma once

#include <gtk/gtk.h>

#define COMMAND_TYPE_CHOICE (command_choice_get_type ())
G_DECLARE_FINAL_TYPE (CommandChoice, command_choice, COMMAND, CHOICE, GObject)

/* title: what people see and look for. kind: the word beside it: of which group it is. keys: as
 * people read them. why_not: why it is of no use now. Both may be NULL. */
CommandChoice *command_choice_new (const char *title, const char *kind, const char *keys,
                                   const char *why_not);
/* What is run. target: may be NULL, floating; widget: where. */
void command_choice_set_action (CommandChoice *self, const char *action, GVariant *target,
                                GtkWidget *widget);

/* Owned by the item. */
const char *command_choice_get_title (CommandChoice *self);
const char *command_choice_get_kind (CommandChoice *self);
const char *command_choice_get_keys (CommandChoice *self);
/* NULL: it can be used. */
const char *command_choice_get_why_not (CommandChoice *self);

/* How well it fits what was typed: as command_match() says. */
int command_choice_match (CommandChoice *self, const char *const *words);
/* FALSE: its widget has gone. */
gboolean command_choice_run (CommandChoice *self);
