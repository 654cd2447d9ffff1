/* condition-entry.h - a line in which a condition is written, checked as it is typed, with a
 * sentence below it on what is wrong.
 */
#pragma once

#include <gtk/gtk.h>

#include "condition.h"

#define CONDITION_TYPE_ENTRY (condition_entry_get_type ())
G_DECLARE_FINAL_TYPE (ConditionEntry, condition_entry, CONDITION, ENTRY, GtkWidget)

/* Properties: `label`, for screen readers; `valid` (read only): whether a condition stands there. */

/* The segment in which it is to mean something; NULL: it is not there now, so that any text is
 * valid. */
void condition_entry_set_attachment (ConditionEntry *self, Attachment *attachment);
void condition_entry_set_text (ConditionEntry *self, const char *text);
/* Without spaces around it. Newly allocated. */
char *condition_entry_dup_text (ConditionEntry *self);
gboolean condition_entry_is_valid (ConditionEntry *self);

/* What is offered for an entry, with its value (may be NULL) as limit: "loss > 0.5", "stop != 0",
 * "changed(counts)", "lock(done) > 1". part: of the entry, as people write it; NULL the whole.
 * Newly allocated. */
char *condition_entry_suggest (const EntryInfo *info, const char *part, const char *value);
