/* python-state.h - what multiprocessing keeps in semaphores, shown as if it were data: the
 * state of an Event, a Lock, a Semaphore, a Condition, a Queue. And an Event set or cleared by
 * its own protocol, so that those who wait for it wake. */
#pragma once

#include "python-entry.h"

/* Computes the one element of such an entry. SHMLENS_CONSISTENCY_ATOMIC where one semaphore
 * tells all of it, else UNLOCKED; or -errno. */
int python_state_read (PythonEntry *entry, void *ret_element);

/* Sets or clears an Event. Its lock is held by this thread (attachment_lock()).
 *
 * Those who wait for a set are woken: by semaphores where they can be reached; while the
 * program is stopped, by their values alone, which the sleepers look at as they go on.
 * Errors: PERMISSION; TIMEOUT those who were woken did not say so within a tenth of a
 * second, for which the lock is held: one of them has died, or is stopped. They count as waiting
 * as before, so that it can be set again. */
gboolean python_state_set_event (PythonEntry *entry, gboolean set, GError **error);
