/* series.c - what a value was over any length of time. */
#include "series.h"

#include <math.h>

#include "series-chunk.h"

#define CHUNKS_MIN 4

struct series
{
  GPtrArray *chunks;     /* the oldest first, how often they are thinned never ascends; only the
                          * last one has room */
  gsize limit, bytes;
  guint64 length;
  SeriesSpillFunc spill;
  gpointer spill_data;
};

static SeriesChunk *
chunk_at (const Series *series, guint index)
{
  return series->chunks->pdata[index];
}

static SeriesChunk *
newest_chunk (const Series *series)
{
  return series->chunks->len > 0 ? chunk_at (series, series->chunks->len - 1) : NULL;
}

Series *
series_new (gsize limit)
{
  Series *series = g_new0 (Series, 1);

  series->chunks = g_ptr_array_new_with_free_func ((GDestroyNotify) series_chunk_free);
  series_set_limit (series, limit);
  return series;
}

void
series_free (Series *series)
{
  if (series == NULL)
    return;
  g_ptr_array_unref (series->chunks);
  g_free (series);
}

Series *
series_copy (const Series *series)
{
  Series *copy = g_new0 (Series, 1);

  copy->chunks = g_ptr_array_new_full (series->chunks->len, (GDestroyNotify) series_chunk_free);
  for (guint i = 0; i < series->chunks->len; i++)
    g_ptr_array_add (copy->chunks, series_chunk_copy (chunk_at (series, i)));
  copy->limit = series->limit;
  copy->bytes = series->bytes;
  copy->length = series->length;
  return copy;
}

void
series_set_spill (Series *series, SeriesSpillFunc func, gpointer user_data)
{
  series->spill = func;
  series->spill_data = user_data;
}

static void
count (Series *series)
{
  series->bytes = 0;
  series->length = 0;
  for (guint i = 0; i < series->chunks->len; i++)
    {
      SeriesChunk *chunk = chunk_at (series, i);

      chunk->before = series->length;
      series->length += chunk->length;
      series->bytes += series_chunk_bytes (chunk->capacity);
    }
}

/* The oldest chunk of those thinned equally often that take half of what they and all older ones
 * take: so each degree has half of the memory that the one before it left over. Never the
 * newest chunk, which is not full yet. */
static guint
choose_to_thin (const Series *series)
{
  gsize older = series->bytes, of_degree = 0;
  guint i = series->chunks->len;

  while (i-- > 0)
    {
      const SeriesChunk *chunk = chunk_at (series, i);

      of_degree += series_chunk_bytes (chunk->capacity);
      if (i > 0 && chunk_at (series, i - 1)->thinned == chunk->thinned)
        continue;
      if (2 * of_degree >= older || i == 0)
        return i;
      older -= of_degree;
      of_degree = 0;
    }
  return 0;
}

static void
replace (Series *series, guint index, SeriesChunk *chunk)
{
  series_chunk_free (series->chunks->pdata[index]);
  series->chunks->pdata[index] = chunk;
}

/* FALSE when it made nothing smaller. */
static gboolean
thin_one (Series *series)
{
  guint index = choose_to_thin (series);
  SeriesChunk *chunk = chunk_at (series, index);
  gsize before = series->bytes;

  if (index == series->chunks->len - 1)
    return FALSE;
  if (chunk->thinned == 0 && series->spill != NULL)
    series->spill (series, chunk->times, chunk->values, chunk->length, series->spill_data);
  replace (series, index, series_chunk_thin (chunk));
  if (index > 0)
    {
      SeriesChunk *older = chunk_at (series, index - 1);

      chunk = chunk_at (series, index);
      if (older->thinned == chunk->thinned
          && older->length + chunk->length <= SERIES_CHUNK_LENGTH)
        {
          replace (series, index - 1, series_chunk_join (older, chunk));
          g_ptr_array_remove_index (series->chunks, index);
        }
    }
  count (series);
  return series->bytes < before;
}

static void
thin (Series *series)
{
  while (series->bytes > series->limit && thin_one (series))
    ;
}

void
series_set_limit (Series *series, gsize limit)
{
  series->limit = MAX (limit, CHUNKS_MIN * series_chunk_bytes (SERIES_CHUNK_LENGTH));
  thin (series);
}

void
series_add (Series *series, gint64 time_us, double value)
{
  SeriesChunk *chunk = newest_chunk (series);

  if (chunk != NULL && time_us < chunk->times[chunk->length - 1])
    return;
  if (chunk == NULL || chunk->length == chunk->capacity)
    {
      chunk = series_chunk_new (SERIES_CHUNK_LENGTH);
      chunk->before = series->length;
      series->bytes += series_chunk_bytes (chunk->capacity);
      g_ptr_array_add (series->chunks, chunk);
    }
  series_chunk_add (chunk, time_us, value);
  series->length++;
  thin (series);
}

void
series_clear (Series *series)
{
  g_ptr_array_set_size (series->chunks, 0);
  count (series);
}

guint64
series_length (const Series *series)
{
  return series->length;
}

gsize
series_bytes (const Series *series)
{
  return series->bytes;
}

gboolean
series_span (const Series *series, gint64 *ret_first_us, gint64 *ret_last_us)
{
  const SeriesChunk *newest = newest_chunk (series);

  if (newest == NULL)
    return FALSE;
  *ret_first_us = chunk_at (series, 0)->times[0];
  *ret_last_us = newest->times[newest->length - 1];
  return TRUE;
}

/* The chunk that has the first sample that is not older; the last one when all are. There is
 * at least one. */
static guint
chunk_of_time (const Series *series, gint64 time_us)
{
  guint low = 0, high = series->chunks->len - 1;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      const SeriesChunk *chunk = chunk_at (series, middle);

      if (chunk->times[chunk->length - 1] < time_us)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/* The chunk that has the sample of this index, which there is. */
static guint
chunk_of_index (const Series *series, guint64 index)
{
  guint low = 0, high = series->chunks->len - 1;

  while (low < high)
    {
      guint middle = low + (high - low + 1) / 2;

      if (chunk_at (series, middle)->before <= index)
        low = middle;
      else
        high = middle - 1;
    }
  return low;
}

/* How often chunks are thinned never ascends: that of the first one in the span decides. */
gboolean
series_is_thinned_between (const Series *series, gint64 first_us, gint64 last_us)
{
  const SeriesChunk *chunk
    = series->chunks->len > 0 ? chunk_at (series, chunk_of_time (series, first_us)) : NULL;

  return chunk != NULL && chunk->thinned > 0 && chunk->times[0] < last_us
         && chunk->times[chunk->length - 1] >= first_us;
}

guint64
series_find (const Series *series, gint64 time_us)
{
  const SeriesChunk *chunk;

  if (series->chunks->len == 0)
    return 0;
  chunk = chunk_at (series, chunk_of_time (series, time_us));
  return chunk->before + series_chunk_find (chunk, time_us);
}

gboolean
series_get (const Series *series, guint64 index, gint64 *ret_time_us, double *ret_value)
{
  const SeriesChunk *chunk;

  if (index >= series->length)
    return FALSE;
  chunk = chunk_at (series, chunk_of_index (series, index));
  *ret_time_us = chunk->times[index - chunk->before];
  *ret_value = chunk->values[index - chunk->before];
  return TRUE;
}

double
series_at (const Series *series, gint64 time_us)
{
  guint64 newer = time_us < G_MAXINT64 ? series_find (series, time_us + 1) : series->length;
  gint64 time;
  double value;

  return newer > 0 && series_get (series, newer - 1, &time, &value) ? value : NAN;
}

gint64
series_column_begin (gint64 first_us, gint64 last_us, guint n, guint index)
{
  guint64 span = (guint64) last_us - (guint64) first_us;

  return (gint64) ((guint64) first_us + span / n * index + span % n * index / n);
}

void
series_columns (const Series *series, gint64 first_us, gint64 last_us, guint n,
                SeriesColumn *ret_columns)
{
  guint place = 0;      /* which chunk, and where in it, the next column begins */
  guint offset = 0;

  if (series->chunks->len > 0)
    {
      place = chunk_of_time (series, first_us);
      offset = series_chunk_find (chunk_at (series, place), first_us);
    }
  for (guint i = 0; i < n; i++)
    {
      gint64 end = series_column_begin (first_us, last_us, n, i + 1);
      struct series_range range = { INFINITY, -INFINITY };
      SeriesColumn *column = &ret_columns[i];

      *column = (SeriesColumn) { 0, NAN, NAN, NAN, NAN };
      for (; place < series->chunks->len; place++, offset = 0)
        {
          const SeriesChunk *chunk = chunk_at (series, place);
          guint to = chunk->times[chunk->length - 1] < end ? chunk->length
                                                           : series_chunk_find (chunk, end);

          if (to > offset)
            {
              if (column->n == 0)
                column->first = chunk->values[offset];
              column->last = chunk->values[to - 1];
              column->n += to - offset;
              series_chunk_widen (chunk, offset, to, &range);
            }
          offset = MAX (offset, to);
          if (to < chunk->length)
            break;
        }
      if (range.minimum <= range.maximum)
        {
          column->minimum = range.minimum;
          column->maximum = range.maximum;
        }
    }
}
