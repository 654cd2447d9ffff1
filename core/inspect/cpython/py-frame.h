/* py-frame.h - the frames of a Python program that run or wait: what holds the locals of its
 * functions now. Frames that have ended, whose memory still has their words, are not among them.
 */
#pragma once

#include "py-object.h"

/* Whether an object waits with a frame that goes on later: up to 3.10 a frame object; from 3.11
 * on a generator, coroutine or asynchronous generator. */
gboolean py_frame_is_waiting (const PyReader *reader, guint64 object, guint64 *ret_frame);
/* As before; up to 3.10 also whether the frame object says that it runs. It says so for ever when
 * it ran in another thread as the process was forked: of what runs, py_frames_of_threads() knows. */
gboolean py_frame_is_live (const PyReader *reader, guint64 object, guint64 *ret_frame);

/* Adds the frames that threads are in to an array of guint64. What threads were in that are no
 * more, as after a fork, is not among them. */
void py_frames_of_threads (const PyReader *reader, GArray *frames);
