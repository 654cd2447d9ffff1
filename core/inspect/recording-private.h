/* recording-private.h - what the parts of a recording share: taking what is sampled (recording.c),
 * writing it (recording-write.c), and reading it (recording-file.c) by the words of
 * recording-format.md. */
#pragma once

#include "database.h"
#include "entry-info.h"
#include "segment-info.h"

#define RECORDING_APPLICATION 0x73686d72

/* A state of a lock, and one of a write counter, as they lie in a blob. */
#define RECORDING_LOCK_BYTES 40
#define RECORDING_WRITES_BYTES 16
/* The state of a counter that is not known. */
#define RECORDING_WRITES_UNKNOWN G_MAXUINT64

enum recording_kind
{
  RECORDING_SAMPLES,
  RECORDING_LOCKS,
  RECORDING_WRITES,
  RECORDING_KINDS
};

/* Samples of one entry that follow each other; or states of its lock or its write counter. */
struct recording_run
{
  enum recording_kind kind;
  guint entry;
  guint n;
  gint64 start_us, end_us;
  GByteArray *times, *statuses, *elements;  /* of samples */
  GByteArray *states;                       /* of what else */
};

struct recording_added
{
  guint entry;
  EntryInfo *info;
  gint64 first_us;
};

struct recording_gone
{
  guint entry;
  gint64 gone_us;
};

struct recording_note
{
  gint64 time_us;
  char *kind, *text;
};

struct recording_gap
{
  gint64 start_us, end_us;
  gint64 ticks, samples;
};

/* What is written in one transaction. */
struct recording_batch
{
  GArray *added, *gone, *notes, *gaps;  /* of the structs above */
  GPtrArray *runs;                      /* of struct recording_run */
  gsize bytes;
  gint64 end_us;
};

void recording_batch_init (struct recording_batch *batch);
void recording_batch_clear (struct recording_batch *batch);
void recording_run_free (struct recording_run *run);

/* The file that is written; one thread at a time. */
struct recording_writer
{
  Database *database;
  char *path;
  guint64 device, inode;   /* of the file */
  Statement *insert_run[RECORDING_KINDS], *insert_note, *insert_gap, *update_end, *update_gone;
};

/* Creates it. On failure, too, recording_writer_close(). */
gboolean recording_writer_open (struct recording_writer *writer, const char *path,
                                const SegmentInfo *segment, double rate, gint64 start_us,
                                GError **error);
gboolean recording_writer_write (struct recording_writer *writer,
                                 const struct recording_batch *batch, GError **error);
/* is_whole: nothing failed, and the file can be made a plain one. */
void recording_writer_close (struct recording_writer *writer, gboolean is_whole);
