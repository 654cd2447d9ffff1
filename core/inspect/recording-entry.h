/* recording-entry.h - entries as rows of a recording (recording-format.md), and back. */
#pragma once

#include "database.h"
#include "entry-info.h"

/* Its number in the recording becomes the id of what is read back. */
gboolean recording_entry_write (Database *database, gint64 number, const EntryInfo *info,
                                gint64 first_us, GError **error);

typedef struct recorded_entry RecordedEntry;

struct recorded_entry
{
  EntryInfo *info;    /* without a lock that could be taken, and not editable */
  gint64 first_us;    /* when it was first seen, as in samples */
  gint64 gone_us;     /* when it was gone; G_MAXINT64: not before the end */
};

/* All of them, of RecordedEntry, by their numbers, which are their ids. NULL with CORRUPT when
 * anything in them is not what it may be. */
GPtrArray *recording_entry_read_all (Database *database, GError **error);
