/* recording.h - writing what is sampled into a file (recording-format.md).
 *
 * What is added waits in memory and is written by a thread of its own, in one transaction each
 * half second, or earlier when much is waiting. There is a limit to what may wait: what is added
 * beyond it is lost, counted, and stands in the file as a gap.
 *
 * Thread safety: any function from any thread, but recording_close() once at the end. None waits
 * for the disk, but the first and the last.
 */
#pragma once

#include "entry-info.h"
#include "segment-info.h"

typedef struct recording Recording;

/* The largest entry, in bytes, that can be recorded. */
#define RECORDING_ELEMENTS_MAX (32 << 20)

/* Creates the file, which must not exist. rate: samples a second, for the reader.
 * Errors: PERMISSION, also when this build has no SQLite. */
Recording *recording_create (const char *path, const SegmentInfo *segment, double rate,
                             GError **error);
/* Writes what is waiting and ends it; frees it in any case. FALSE with what went wrong, also
 * earlier: then the file holds what was written before. */
gboolean recording_close (Recording *recording, GError **error);

/* An entry that is recorded from now on; returns the number for what follows. It must not be
 * larger than RECORDING_ELEMENTS_MAX. */
guint recording_add_entry (Recording *recording, EntryInfo *info, gint64 time_us);
void recording_end_entry (Recording *recording, guint entry, gint64 time_us);

/* Times of an entry ascend; an older one than the last is left out. status: as
 * attachment_read() gives it; elements: all of the entry; NULL when it could not be read.
 *
 * FALSE: there was no room for it. What the entry, or its lock, is from then on is not known to
 * the file: whoever records adds it again when there is room, also when it has not changed. */
gboolean recording_add_sample (Recording *recording, guint entry, gint64 time_us, int status,
                               const void *elements);
gboolean recording_add_lock (Recording *recording, guint entry, gint64 time_us,
                             const LockInfo *lock);
/* The write counter is another, or NULL: not known any more. FALSE as above, though no loss of it is
 * counted: it stands in the file as not known. */
gboolean recording_add_writes (Recording *recording, guint entry, gint64 time_us,
                               const guint64 *writes);
/* Whether a sample of the entry would be taken now. */
gboolean recording_has_room (Recording *recording, guint entry);

/* kind: "alert", "note". */
void recording_add_mark (Recording *recording, gint64 time_us, const char *kind, const char *text);
/* That everything was looked at now; missed: ticks that were not made before. */
void recording_add_tick (Recording *recording, gint64 time_us, guint64 missed);

struct recording_statistics
{
  guint64 samples;      /* added and not lost */
  guint64 lost;
  guint64 missed_ticks;
  guint64 written_bytes;
  gboolean has_failed;  /* recording_close() says why; nothing is written any more */
};
void recording_get_statistics (Recording *recording, struct recording_statistics *ret_statistics);
