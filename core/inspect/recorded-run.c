/* recorded-run.c - samples of one entry that follow each other, as they are read. */
#include "recorded-run.h"

#include <string.h>

#define SAMPLES_MAX 100000000

/* Whether the elements are those of n samples, or of samples none of which could be read. */
static gboolean
has_elements (gsize n, gsize element, const gint8 *statuses, gsize size)
{
  if (size == 0)
    for (gsize i = 0; element > 0 && i < n; i++)
      if (statuses[i] >= 0)
        return FALSE;
  return size == 0 || (element > 0 && size / element == n && size % element == 0);
}

gint64
recorded_integer (const guint8 *bytes)
{
  gint64 value;

  memcpy (&value, bytes, sizeof value);
  return GINT64_FROM_LE (value);
}

guint32
recorded_word (const guint8 *bytes)
{
  guint32 value;

  memcpy (&value, bytes, sizeof value);
  return GUINT32_FROM_LE (value);
}

gsize
recorded_run_step (const EntryInfo *info, enum recording_kind kind)
{
  switch (kind)
    {
    case RECORDING_LOCKS:
      return RECORDING_LOCK_BYTES;
    case RECORDING_WRITES:
      return RECORDING_WRITES_BYTES;
    case RECORDING_SAMPLES:
    case RECORDING_KINDS:
    default:
      return (gsize) (info->length * info->type.size);
    }
}

gboolean
recorded_run_take (Statement *statement, const EntryInfo *info, enum recording_kind kind,
                   struct recorded_run *run)
{
  gboolean are_states = kind != RECORDING_SAMPLES;
  gsize element = recorded_run_step (info, kind);
  gsize sizes[3] = { 0, 0, 0 };
  const guint8 *parts[3] = { NULL, NULL, NULL };
  gint64 n, start;
  gsize step = are_states ? element : 8;

  if (!statement_integer (statement, 0, 1, SAMPLES_MAX, &n)
      || !statement_integer (statement, 1, G_MININT64, G_MAXINT64, &start))
    return FALSE;
  for (int i = 0; i < (are_states ? 1 : 3); i++)
    if ((parts[i] = statement_blob (statement, 2 + i, &sizes[i])) == NULL)
      return FALSE;
  if (sizes[0] != (gsize) n * step
      || (!are_states
          && (sizes[1] != (gsize) n
              || !has_elements ((gsize) n, element, (const gint8 *) parts[1], sizes[2]))))
    return FALSE;
  for (gsize i = 0; i < (gsize) n; i++)
    {
      gint64 time_us = recorded_integer (parts[0] + i * step);

      if (i == 0 ? time_us != start : time_us <= recorded_integer (parts[0] + (i - 1) * step))
        return FALSE;
    }
  run->n = (guint) n;
  run->times = g_new (gint64, n);
  for (gsize i = 0; i < (gsize) n; i++)
    run->times[i] = recorded_integer (parts[0] + i * step);
  run->statuses = are_states ? NULL : g_memdup2 (parts[1], sizes[1]);
  run->bytes = are_states ? g_memdup2 (parts[0], sizes[0]) : g_memdup2 (parts[2], sizes[2]);
  return TRUE;
}

void
recorded_run_clear (struct recorded_run *run)
{
  g_free (run->times);
  g_free (run->statuses);
  g_free (run->bytes);
  *run = (struct recorded_run){ .n = 0 };
}

gboolean
recorded_run_covers (const struct recorded_run *run, gint64 time_us)
{
  return run->n > 0 && time_us >= run->times[0] && time_us < run->next_us;
}

guint
recorded_run_find (const struct recorded_run *run, gint64 time_us)
{
  guint low = 0, high = run->n;

  while (high - low > 1)
    {
      guint middle = low + (high - low) / 2;

      if (run->times[middle] <= time_us)
        low = middle;
      else
        high = middle;
    }
  return low;
}
