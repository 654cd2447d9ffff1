/* words.h - numbers, times and states in words, as all of the window says them. */
#pragma once

#include <glib.h>

#include "attachment.h"
#include "display.h"
#include "entry-info.h"
#include "segment-info.h"

/* "now", "0.4 s", "12 s", "3 min", "2 h"; newly allocated, like all here. */
char *words_age (gint64 age_us);
/* "0.4 s", "1.2 s", "2 min 5 s". */
char *words_span (guint64 span_ns);
/* "python3 (4711)", or "process 4711" when its name is not known. */
char *words_process (pid_t pid);
/* Likewise, with the thread when it is not the process's first: "python3 (4711), thread
 * loader (4712)". tid: 0 when not known. */
char *words_thread (pid_t pid, pid_t tid);
/* "python3 (4711), python3 (4712)"; of very many only the first. */
char *words_processes (const pid_t *pids, guint n);
/* "Waiting for the lock of “loss”, held by python3 (4711) for 1.4 s". */
char *words_waiting (const char *name, const LockInfo *holder);
/* "12.5 KiB · 4 processes", and with " · 27 entries"; of a program only "4 processes",
 * of a recording only "12.5 KiB". */
char *words_segment_size (const SegmentInfo *info);
char *words_segment_summary (const SegmentInfo *info, guint n_entries);
/* "12.3/s"; NULL when there is none. */
char *words_rate (double per_second);

/* Of a sample of an entry with this kind of lock: "one moment (sequence)", or why it could
 * not be read. Static. */
const char *words_consistency (int status, enum lock_kind kind);
/* "live", "removed"…, translated. Static. */
const char *words_segment_state (const SegmentInfo *info);
/* "flag", "progress"…, translated. Static. */
const char *words_role (enum shmlens_role role);
/* The form that somebody chose; NULL: none. */
const char *words_form (enum display_form form);
/* "robust, recursive", "external", "none", "semaphore, recursive". Static. */
const char *words_lock_kind (const EntryInfo *info);
/* How an edit takes a lock that is not ours: "by its name". Static. */
const char *words_lock_way (enum lock_way way);
/* "free", "held by python3 (4711) for at least 3.0 s, 2 deep"; NULL when there is no lock. Newly
 * allocated. holder: who has it, in words; NULL when that is not known. */
char *words_lock (const LockInfo *lock, const char *holder);
/* The names of other entries on the same lock, "loss, steps, …": at most so many; NULL when there
 * is none. Newly allocated. */
char *words_on_same_lock (Attachment *attachment, const EntryInfo *entry, guint max);
