/* recorder.h - samples a segment into a recording, started and ended by conditions.
 *
 * It has a clock and a thread of its own, so that it neither waits for a window nor slows
 * one. All functions on the thread that runs the context it was made on.
 */
#pragma once

#include "condition.h"
#include "recording-closing.h"

typedef struct recorder Recorder;

struct recorder_options
{
  double rate;          /* samples a second at most; within what a sampler takes */
  const char *when;     /* a condition: nothing is recorded before it is met once; NULL: at once */
  const char *until;    /* a condition: ended when it is met; NULL: none */
  double duration;      /* seconds from the first sample; 0: without end */
};

enum recorder_state
{
  RECORDER_WAITING,     /* for `when` */
  RECORDER_RECORDING,
  RECORDER_ENDED,       /* `until` or the duration came; recorder_stop() is still needed */
  RECORDER_FAILED       /* recorder_stop() says why */
};

/* The state is another. */
typedef void (*RecorderFunc) (Recorder *recorder, enum recorder_state state, gpointer user_data);

/* targets: what to record, as people write it (const char *; of a slice its elements, of a field
 * the whole structure); NULL: every entry, also those that come later. ret_left_out: how many of
 * these are too large to be recorded. The file must not exist.
 * Errors: of the conditions, of the targets, and PERMISSION. */
Recorder *recorder_start (Attachment *attachment, GPtrArray *targets, const char *path,
                          const struct recorder_options *options, RecorderFunc func,
                          gpointer user_data, guint *ret_left_out, GError **error);
/* Ends it; frees the recorder in any case. FALSE with what went wrong: the file then holds what
 * was written before. */
gboolean recorder_stop (Recorder *recorder, GError **error);
/* The same without waiting for the disk: the recorder is freed now, and func is called when all
 * of it is in the file. See recording_close_later(). */
typedef RecordingClosedFunc RecorderStoppedFunc;
void recorder_stop_later (Recorder *recorder, RecorderStoppedFunc func, gpointer user_data);

enum recorder_state recorder_get_state (Recorder *recorder);
/* How long it has recorded. */
double recorder_get_seconds (Recorder *recorder);
void recorder_add_mark (Recorder *recorder, const char *kind, const char *text);
void recorder_get_statistics (Recorder *recorder, struct recording_statistics *ret_statistics,
                              guint64 *ret_ticks);
