/* attacher.h - the processes that have a segment attached.
 *
 * The records tell people who is there, and locks when their holder started.
 * Nothing else hangs on them: a process that finds the table full works without
 * a record, and whether anybody is there at all is told by flock.
 */
#ifndef SHMLENS_CORE_ATTACHER_H
#define SHMLENS_CORE_ATTACHER_H

#include "segment.h"

/* Enters this process into a segment that is attached read-write, and from now
 * on its children as well (attacher_after_fork). */
void attacher_enter (struct shmlens_segment *segment);

/* The opposite; gives back the record if it is this process's own. */
void attacher_leave (struct shmlens_segment *segment);

/* In a child of fork: enters it into all its segments, at its first use of one.
 * A child that goes on to execute another program never comes here. Nearly
 * free when there is nothing to do. */
void attacher_after_fork (void);

/* Field 22 of /proc/PID/stat; 0 when not known. */
uint64_t attacher_start_time (pid_t pid);

/* Whether the process is surely no more: none of this id, another one that
 * started at another time, or one that waits to be reaped.
 *
 * @param start_time  0: not known.
 */
bool attacher_is_gone (pid_t pid, uint64_t start_time);

#endif
