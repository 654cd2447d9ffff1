/* py-frame.h - the frames of a Python program that run or wait: what holds the locals of its
 * functions now. Frames that have ended, whose memory still has their words, are not among them.
 */
#pragma once

#include "py-object.h"

/* Up to 3.10: whether a frame object runs, or waits to go on. From 3.11 on: whether a generator
 * (coroutine, asynchronous generator) waits, with its frame. */
gboolean py_frame_is_live (const PyReader *reader, guint64 object, guint64 *ret_frame);

/* Adds the frames that threads are in, from 3.11 on, to an array of guint64. */
void py_frames_of_threads (const PyReader *reader, GArray *frames);
