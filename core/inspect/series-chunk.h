/* series-chunk.h - some thousands of samples in a row of a series, with a pyramid of
 * their least and greatest values above them.
 */
#pragma once

#include <glib.h>

#define SERIES_CHUNK_LENGTH 4096
#define SERIES_GROUP 16          /* samples under a node of the pyramid, nodes under a node above */
#define SERIES_LEVELS 3          /* SERIES_GROUP ^ SERIES_LEVELS is SERIES_CHUNK_LENGTH */

typedef struct series_chunk SeriesChunk;

struct series_range
{
  double minimum, maximum;       /* the minimum is above the maximum when there is no number */
};

struct series_chunk
{
  guint length, capacity;
  guint thinned;                 /* how often */
  guint64 before;                /* how many samples of the series come before; the series' own */
  gint64 *times;
  double *values;
  struct series_range *nodes[SERIES_LEVELS];
};

/* capacity: at most SERIES_CHUNK_LENGTH. */
SeriesChunk *series_chunk_new (guint capacity);
void series_chunk_free (SeriesChunk *chunk);
/* What a chunk of this capacity takes in memory. */
gsize series_chunk_bytes (guint capacity);

/* Only where there is room. */
void series_chunk_add (SeriesChunk *chunk, gint64 time_us, double value);
/* How many samples are older than this time. */
guint series_chunk_find (const SeriesChunk *chunk, gint64 time_us);
/* Widens a range by the values of the samples first <= i < last. */
void series_chunk_widen (const SeriesChunk *chunk, guint first, guint last,
                         struct series_range *range);

/* Another with fewer samples: of each group the least, the greatest, the last and the first
 * that is a gap. */
SeriesChunk *series_chunk_thin (const SeriesChunk *chunk);
SeriesChunk *series_chunk_copy (const SeriesChunk *chunk);
/* Both in one; only where they fit into one, and were thinned equally often. */
SeriesChunk *series_chunk_join (const SeriesChunk *first, const SeriesChunk *second);
