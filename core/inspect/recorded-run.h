/* recorded-run.h - samples of one entry that follow each other, states of its lock or of its write
 * counter, as they are read from a row of a recording. */
#pragma once

#include "recording-private.h"

struct recorded_run
{
  gint64 next_us;         /* when the next run starts; G_MAXINT64: none yet */
  guint n;
  gint64 *times;
  gint8 *statuses;        /* NULL: states */
  guint8 *bytes;
};

/* The run of the row that stands there: from column 2 on, of samples times, statuses and elements,
 * else states. next_us is not set. FALSE when it is not sound. */
gboolean recorded_run_take (Statement *statement, const EntryInfo *info, enum recording_kind kind,
                            struct recorded_run *ret_run);
void recorded_run_clear (struct recorded_run *run);

/* How many bytes a sample or a state has. */
gsize recorded_run_step (const EntryInfo *info, enum recording_kind kind);
gboolean recorded_run_covers (const struct recorded_run *run, gint64 time_us);
/* The last that is not later; the run covers the time. */
guint recorded_run_find (const struct recorded_run *run, gint64 time_us);

/* Out of the bytes of a state. */
gint64 recorded_integer (const guint8 *bytes);
guint32 recorded_word (const guint8 *bytes);
