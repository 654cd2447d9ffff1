/* words.h - numbers, times and states in words, as all of the window says them. */
#pragma once

#include <glib.h>

#include "entry-info.h"
#include "segment-info.h"

/* "now", "0.4 s", "12 s", "3 min", "2 h"; newly allocated, like all here. */
char *words_age (gint64 age_us);
/* "0.4 s", "1.2 s", "2 min 5 s". */
char *words_span (guint64 span_ns);
/* "python3 (4711)", or "process 4711" when its name is not known. */
char *words_process (pid_t pid);
/* "Waiting for the lock of “loss”, held by python3 (4711) for 1.4 s". */
char *words_waiting (const char *name, const LockInfo *holder);
/* "12.5 KiB · 4 processes", and with " · 27 entries". */
char *words_segment_size (const SegmentInfo *info);
char *words_segment_summary (const SegmentInfo *info, guint n_entries);
/* "12.3/s"; NULL when there is none. */
char *words_rate (double per_second);

/* Of a sample of an entry with this kind of lock: "one moment (sequence)", or why it could
 * not be read. Static. */
const char *words_consistency (int status, enum lock_kind kind);
/* "live", "removed"…, translated. Static. */
const char *words_segment_state (enum segment_state state);
/* "flag", "progress"…, translated. Static. */
const char *words_role (enum shmlens_role role);
/* "robust, recursive", "external", "none". Static. */
const char *words_lock_kind (enum lock_kind kind);
