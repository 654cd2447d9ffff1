/* py-coordinator.h - how what programs coordinate with is shown: element type, fields, labels,
 * and why it cannot be edited. */
#pragma once

#include "py-found.h"

/* Sets the shape of an Event, Lock, Semaphore, Condition, Barrier or Queue.
 *
 * is_joinable: a Queue with a count of unfinished tasks.
 * maximum: of a Semaphore, of a Queue's size, of those who meet at a Barrier; 0: not known. */
void py_coordinator_shape (PyFound *found, enum entry_object object, gboolean is_joinable,
                           gint64 maximum);
