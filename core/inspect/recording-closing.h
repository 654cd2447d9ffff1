/* recording-closing.h - ending recordings without waiting for the disk.
 *
 * All functions on the thread that runs the context on which results are wanted.
 */
#pragma once

#include "recording.h"

/* All of it is in the file: statistics are the last ones; error: what went wrong, or NULL. */
typedef void (*RecordingClosedFunc) (const struct recording_statistics *statistics,
                                     const GError *error, gpointer user_data);

/* As recording_close(), on a thread of its own: returns at once, and calls func (NULL: nobody) in
 * the thread-default main context of the caller. */
void recording_close_later (Recording *recording, RecordingClosedFunc func, gpointer user_data);
/* Waits until all that is closed later is in its file, and calls what is to be called: before a
 * program ends, whose threads end with it. */
void recording_wait_closed (void);
