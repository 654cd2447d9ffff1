/* condition-watch.h - a condition that is fed by a sampler.
 *
 * Everything on the thread that runs the sampler's context.
 */
#pragma once

#include "condition.h"
#include "sampler.h"

typedef struct condition_watch ConditionWatch;

/* Samples what the condition depends on. Takes the condition over; the sampler has to outlive it. */
ConditionWatch *condition_watch_new (Sampler *sampler, Attachment *attachment,
                                     Condition *condition);
void condition_watch_free (ConditionWatch *watch);

/* Whether the condition is met: once after each tick, since a change counts until it was asked. */
gboolean condition_watch_evaluate (ConditionWatch *watch);

/* Whether another condition means the same elements of the same entries, and says the same. */
gboolean condition_watch_is (ConditionWatch *watch, const Condition *other);
/* The entry that the condition begins with; owned by it. */
EntryInfo *condition_watch_get_entry (ConditionWatch *watch);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConditionWatch, condition_watch_free)
