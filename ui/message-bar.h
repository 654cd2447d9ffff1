/* message-bar.h - applies edits that have no popover of their own, and says in a sentence
 * how anything went that did not go well. */
#pragma once

#include <gtk/gtk.h>

#include "session.h"

#define MESSAGE_TYPE_BAR (message_bar_get_type ())
G_DECLARE_FINAL_TYPE (MessageBar, message_bar, MESSAGE, BAR, GtkWidget)

enum message_kind
{
  MESSAGE_NOTICE,
  MESSAGE_ERROR
};

/* Signal `failed` (Edit *): an edit was not made. */

void message_bar_set_session (MessageBar *self, Session *session);
/* Shows a sentence until it is closed or another comes; while it says for whom an edit waits, when
 * that is over. */
void message_bar_say (MessageBar *self, enum message_kind kind, const char *text);
void message_bar_close (MessageBar *self);
/* Closes it if this sentence, which is no longer of use, is what it says. */
void message_bar_take_back (MessageBar *self, const char *text);
/* Tells a screen reader what people who see it see anyway; shows nothing. For what they did or
 * must know at once: an announcement interrupts what is being read. */
void message_bar_announce (MessageBar *self, const char *text);

/* Applies; says for whom it waits, with a way to cancel; says why it failed, with
 * what can be done about it. */
void message_bar_apply (MessageBar *self, Edit *edit);
void message_bar_undo (MessageBar *self);
void message_bar_redo (MessageBar *self);

/* What it says now; NULL when it is closed. For tests and screen readers. */
const char *message_bar_get_text (MessageBar *self);
