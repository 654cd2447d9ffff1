/* attachment-native.h - a segment of ours, opened as a guest: no flock, no entry in
 * its table of attachers, mapped read-only until an edit is asked for. */
#pragma once

#include "attachment.h"
#include "shm-object.h"

/* Takes over the descriptor, whatever comes of it. NULL with CORRUPT when what lies
 * there is no whole segment. */
Attachment *attachment_native_new (ShmDirectory *directory, const char *file, int fd,
                                   const struct stat *status, GError **error);
