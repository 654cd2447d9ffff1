/* recording-file.h - reading a recording (recording-format.md) at any time in it.
 *
 * The file may come from anybody: everything in it is checked when it is read, and what is wrong
 * is CORRUPT, never followed. It can be read while it is still written.
 *
 * Thread safety: any function from any thread.
 */
#pragma once

#include "recording-entry.h"
#include "segment-info.h"

typedef struct recording_file RecordingFile;

struct recording_head
{
  char *segment;          /* the id of what was recorded */
  char *name, *title;
  char *logical_name;     /* may be NULL */
  char *kind;
  guint64 size;
  double rate;
  gint64 start_us;        /* as the times of samples: when the first values are known */
  gint64 start_wall_us;   /* the same moment, since 1970 */
  gint64 end_us;
};

struct recording_mark
{
  gint64 time_us;
  char *kind, *text;
};

/* A time in which something was not recorded. */
struct recording_hole
{
  gint64 start_us, end_us;
  guint64 ticks, samples;
};

/* Errors: NOT_FOUND, PERMISSION, CORRUPT. */
RecordingFile *recording_file_open (const char *path, GError **error);
void recording_file_close (RecordingFile *file);

/* Looks again whether a recording that is still written has grown. */
void recording_file_refresh (RecordingFile *file);

/* Owned by the file; end_us grows by refreshing. */
const struct recording_head *recording_file_head (RecordingFile *file);
gint64 recording_file_end (RecordingFile *file);
/* Of RecordedEntry, as they were when the file was opened; owned by the file. */
GPtrArray *recording_file_entries (RecordingFile *file);
/* The one of this number, which is its id; NULL. */
const RecordedEntry *recording_file_find_entry (RecordingFile *file, guint64 number);
/* By time; of struct recording_mark and struct recording_hole, at most some thousands. The caller
 * owns them. */
GArray *recording_file_marks (RecordingFile *file);
GArray *recording_file_holes (RecordingFile *file);

/* What an entry (by its number, which is its id) held at a time: the newest sample that is not
 * later. Returns its consistency, or -errno: as it was recorded; -ENODATA before the first sample;
 * -ESTALE once it was gone; -EBADMSG the file is damaged. */
int recording_file_read (RecordingFile *file, guint64 entry, gint64 time_us, guint64 first,
                         guint64 last, void *ret_elements);
int recording_file_read_lock (RecordingFile *file, guint64 entry, gint64 time_us,
                              LockInfo *ret_lock);

/* -ENODATA: it was not known. */
int recording_file_read_writes (RecordingFile *file, guint64 entry, gint64 time_us,
                                guint64 *ret_writes);

/* All samples of an entry, by time; elements: all of them, NULL when they could not be read.
 * func returns FALSE to end it. Errors: CORRUPT. */
typedef gboolean (*RecordingSampleFunc) (gint64 time_us, int status, const void *elements,
                                         gpointer user_data);
gboolean recording_file_each_sample (RecordingFile *file, guint64 entry, RecordingSampleFunc func,
                                     gpointer user_data, GError **error);
/* Those of a span: the one that holds at first_us, and all before last_us. */
gboolean recording_file_each_sample_between (RecordingFile *file, guint64 entry, gint64 first_us,
                                             gint64 last_us, RecordingSampleFunc func,
                                             gpointer user_data, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RecordingFile, recording_file_close)
