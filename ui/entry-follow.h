/* entry-follow.h - has statistics kept of all entries of a list, on the screen or not, as far
 * as the cost allows. */
#pragma once

#include "entry-item.h"

typedef struct entry_follow EntryFollow;

/* Samples of entries in a second that are no burden; a list that takes more is not followed:
 * of its entries, only what is on the screen has statistics. */
#define ENTRY_FOLLOW_SAMPLES_MAX 50000

EntryFollow *entry_follow_new (void);
void entry_follow_free (EntryFollow *self);
/* model: of EntryItem, as long as it is set; NULL. session: whose items they are. */
void entry_follow_set_model (EntryFollow *self, GListModel *model, Session *session);
/* Whether anybody wants to see statistics. */
void entry_follow_set_wanted (EntryFollow *self, gboolean wanted);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EntryFollow, entry_follow_free)
