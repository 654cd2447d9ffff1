/* hold-keeper.h - all that is held, looked at by a thread of its own that may wait for locks. No
 * lock is held between two looks: when this process ends, in whatever way, nothing is.
 *
 * All functions on the context the keeper was made on.
 */
#pragma once

#include "hold.h"

typedef struct hold_keeper HoldKeeper;

#define HOLD_KEEPER_INTERVAL_MS 20
/* How often it tells of the statistics. */
#define HOLD_KEEPER_NEWS_MS 500

HoldKeeper *hold_keeper_new (void);
/* Lets everything go. No callback comes afterwards. */
void hold_keeper_free (HoldKeeper *keeper);

/* Instead of what held the same scalar before. */
void hold_keeper_add (HoldKeeper *keeper, Hold *hold);
/* Once it returns the hold writes no more. */
void hold_keeper_release (HoldKeeper *keeper, Hold *hold);
void hold_keeper_release_all (HoldKeeper *keeper);

/* What is held, and what has ended by itself and was not yet released; of Hold, the caller owns the array. */
GPtrArray *hold_keeper_list (HoldKeeper *keeper);

/* Called when a hold was added, released or has ended, and now and then while something is held. */
typedef void (*HoldKeeperChanged) (HoldKeeper *keeper, gpointer user_data);
void hold_keeper_set_changed_func (HoldKeeper *keeper, HoldKeeperChanged func, gpointer user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HoldKeeper, hold_keeper_free)
