/* series-chunk.c - samples in a row, with a pyramid of their least and greatest values. */
#include "series-chunk.h"

#include <math.h>
#include <string.h>

G_STATIC_ASSERT (SERIES_GROUP * SERIES_GROUP * SERIES_GROUP == SERIES_CHUNK_LENGTH);

/* How many nodes a level has above so many samples. */
static guint
nodes_of (guint capacity, guint level)
{
  for (guint i = 0; i <= level; i++)
    capacity = (capacity + SERIES_GROUP - 1) / SERIES_GROUP;
  return capacity;
}

gsize
series_chunk_bytes (guint capacity)
{
  gsize bytes = sizeof (SeriesChunk) + capacity * (sizeof (gint64) + sizeof (double));

  for (guint level = 0; level < SERIES_LEVELS; level++)
    bytes += nodes_of (capacity, level) * sizeof (struct series_range);
  return bytes;
}

SeriesChunk *
series_chunk_new (guint capacity)
{
  SeriesChunk *chunk = g_new0 (SeriesChunk, 1);

  capacity = CLAMP (capacity, 1, SERIES_CHUNK_LENGTH);
  chunk->capacity = capacity;
  chunk->times = g_new (gint64, capacity);
  chunk->values = g_new (double, capacity);
  for (guint level = 0; level < SERIES_LEVELS; level++)
    chunk->nodes[level] = g_new (struct series_range, nodes_of (capacity, level));
  return chunk;
}

void
series_chunk_free (SeriesChunk *chunk)
{
  if (chunk == NULL)
    return;
  for (guint level = 0; level < SERIES_LEVELS; level++)
    g_free (chunk->nodes[level]);
  g_free (chunk->values);
  g_free (chunk->times);
  g_free (chunk);
}

/* No number widens nothing. */
static void
widen (struct series_range *range, double minimum, double maximum)
{
  if (minimum < range->minimum)
    range->minimum = minimum;
  if (maximum > range->maximum)
    range->maximum = maximum;
}

void
series_chunk_add (SeriesChunk *chunk, gint64 time_us, double value)
{
  guint index = chunk->length++;

  chunk->times[index] = time_us;
  chunk->values[index] = value;
  for (guint level = 0, unit = SERIES_GROUP; level < SERIES_LEVELS; level++, unit *= SERIES_GROUP)
    {
      struct series_range *node = &chunk->nodes[level][index / unit];

      if (index % unit == 0)
        *node = (struct series_range) { INFINITY, -INFINITY };
      widen (node, value, value);
    }
}

guint
series_chunk_find (const SeriesChunk *chunk, gint64 time_us)
{
  guint low = 0, high = chunk->length;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (chunk->times[middle] < time_us)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

void
series_chunk_widen (const SeriesChunk *chunk, guint first, guint last, struct series_range *range)
{
  for (; first < last && first % SERIES_GROUP != 0; first++)
    widen (range, chunk->values[first], chunk->values[first]);
  for (; first < last && last % SERIES_GROUP != 0; last--)
    widen (range, chunk->values[last - 1], chunk->values[last - 1]);
  for (guint level = 0; first < last; level++)
    {
      const struct series_range *nodes = chunk->nodes[level];
      gboolean top = level == SERIES_LEVELS - 1;

      first /= SERIES_GROUP;
      last /= SERIES_GROUP;
      for (; first < last && (top || first % SERIES_GROUP != 0); first++)
        widen (range, nodes[first].minimum, nodes[first].maximum);
      for (; first < last && last % SERIES_GROUP != 0; last--)
        widen (range, nodes[last - 1].minimum, nodes[last - 1].maximum);
    }
}

/* Marks which samples of a group stay; returns how many. */
static guint
choose (const SeriesChunk *chunk, guint first, guint last, gboolean *ret_stays)
{
  guint least = last - 1, greatest = last - 1, gap = last - 1, n = 0;

  for (guint i = last; i-- > first;)
    {
      if (isnan (chunk->values[i]))
        gap = i;
      else
        {
          if (!(chunk->values[i] > chunk->values[least]))
            least = i;
          if (!(chunk->values[i] < chunk->values[greatest]))
            greatest = i;
        }
    }
  for (guint i = first; i < last; i++)
    {
      ret_stays[i] = i == least || i == greatest || i == gap || i == last - 1;
      n += ret_stays[i];
    }
  return n;
}

SeriesChunk *
series_chunk_thin (const SeriesChunk *chunk)
{
  g_autofree gboolean *stays = g_new (gboolean, chunk->length);
  SeriesChunk *thinned;
  guint n = 0;

  for (guint i = 0; i < chunk->length; i += SERIES_GROUP)
    n += choose (chunk, i, MIN (i + SERIES_GROUP, chunk->length), stays);
  thinned = series_chunk_new (n);
  thinned->thinned = chunk->thinned + 1;
  for (guint i = 0; i < chunk->length; i++)
    if (stays[i])
      series_chunk_add (thinned, chunk->times[i], chunk->values[i]);
  return thinned;
}

SeriesChunk *
series_chunk_copy (const SeriesChunk *chunk)
{
  SeriesChunk *copy = series_chunk_new (chunk->capacity);

  copy->length = chunk->length;
  copy->thinned = chunk->thinned;
  copy->before = chunk->before;
  memcpy (copy->times, chunk->times, chunk->length * sizeof (gint64));
  memcpy (copy->values, chunk->values, chunk->length * sizeof (double));
  for (guint level = 0; level < SERIES_LEVELS; level++)
    memcpy (copy->nodes[level], chunk->nodes[level],
            nodes_of (chunk->length, level) * sizeof (struct series_range));
  return copy;
}

SeriesChunk *
series_chunk_join (const SeriesChunk *first, const SeriesChunk *second)
{
  SeriesChunk *joined = series_chunk_new (first->length + second->length);

  joined->thinned = first->thinned;
  joined->before = first->before;
  for (guint i = 0; i < first->length; i++)
    series_chunk_add (joined, first->times[i], first->values[i]);
  for (guint i = 0; i < second->length; i++)
    series_chunk_add (joined, second->times[i], second->values[i]);
  return joined;
}
