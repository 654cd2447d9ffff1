/* attachment-recording.h - a recording as a segment: it shows what was at one time, which can be
 * set, and can be neither locked nor written. */
#pragma once

#include "attachment.h"
#include "recording-file.h"

/* Shows its end. Errors: as recording_file_open(). */
Attachment *attachment_recording_new (const char *path, GError **error);

/* What follows is for such attachments only, from any thread. */
gboolean attachment_is_recording (Attachment *attachment);
/* Owned by the attachment. The path is as it was given. */
const char *attachment_recording_get_path (Attachment *attachment);
RecordingFile *attachment_recording_get_file (Attachment *attachment);
/* Microseconds as in the recording's head; what lies outside of it is brought to its ends. */
void attachment_recording_set_time (Attachment *attachment, gint64 time_us);
gint64 attachment_recording_get_time (Attachment *attachment);
