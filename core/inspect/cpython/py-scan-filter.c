/* py-scan-filter.c - two tables of bytes, one by the page a word points into, one by the word. */
#include "py-scan-filter.h"

#include <string.h>

#define TABLE_BITS 14
#define TABLE (1u << TABLE_BITS)
/* So few entries that nearly all words miss: parts of shared mappings, else larger parts. */
#define PARTS_MAX (TABLE / 16)
#define PART_BITS_MIN 12
#define PART_BITS_MAX 40

struct interval
{
  guint64 start, end;
};

struct py_scan_filter
{
  guint8 parts[TABLE], types[TABLE];
  guint part_bits;    /* a part of a mapping has 2^part_bits bytes */
  GArray *intervals;  /* of struct interval, in order, none touches the next */
  GHashTable *values; /* of types */
};

static inline guint
slot_of (guint64 key)
{
  return (guint) (key * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15) >> (64 - TABLE_BITS));
}

static guint64
count_parts (const GArray *intervals, guint bits)
{
  guint64 n = 0;

  for (guint i = 0; i < intervals->len; i++)
    {
      const struct interval *interval = &g_array_index (intervals, struct interval, i);

      n += ((interval->end - 1) >> bits) - (interval->start >> bits) + 1;
    }
  return n;
}

PyScanFilter *
py_scan_filter_new (const GPtrArray *regions)
{
  PyScanFilter *self = g_new0 (PyScanFilter, 1);

  self->intervals = g_array_new (FALSE, FALSE, sizeof (struct interval));
  self->values = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  for (guint i = 0; i < regions->len; i++)
    {
      const MemoryRegion *region = regions->pdata[i];
      struct interval *last
          = self->intervals->len > 0
                ? &g_array_index (self->intervals, struct interval, self->intervals->len - 1)
                : NULL;

      if (!region->is_shared)
        continue;
      if (last != NULL && last->end == region->start)
        last->end = region->end;
      else
        g_array_append_val (self->intervals, ((struct interval) { region->start, region->end }));
    }
  self->part_bits = PART_BITS_MIN;
  while (self->part_bits < PART_BITS_MAX
         && count_parts (self->intervals, self->part_bits) > PARTS_MAX)
    self->part_bits++;
  for (guint i = 0; i < self->intervals->len; i++)
    {
      const struct interval *interval = &g_array_index (self->intervals, struct interval, i);

      for (guint64 part = interval->start >> self->part_bits;
           part <= (interval->end - 1) >> self->part_bits; part++)
        self->parts[slot_of (part)] = 1;
    }
  return self;
}

void
py_scan_filter_free (PyScanFilter *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->intervals);
  g_hash_table_unref (self->values);
  g_free (self);
}

void
py_scan_filter_add_type (PyScanFilter *self, guint64 type, guint value)
{
  if (type == 0)
    return;
  self->types[slot_of (type)] = 1;
  g_hash_table_insert (self->values, g_memdup2 (&type, sizeof type), GUINT_TO_POINTER (value));
}

guint
py_scan_filter_search (const PyScanFilter *self, const guint64 *words, guint n, guint32 *ret_indices)
{
  guint part_bits = self->part_bits;
  guint found = 0;

  /* Without a branch: what passes is as good as random. */
  for (guint i = 0; i < n; i++)
    {
      ret_indices[found] = i;
      found += self->parts[slot_of (words[i] >> part_bits)] | self->types[slot_of (words[i])];
    }
  return found;
}

guint
py_scan_filter_type (const PyScanFilter *self, guint64 word)
{
  if (self->types[slot_of (word)] == 0)
    return 0;
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->values, &word));
}

gboolean
py_scan_filter_is_shared (const PyScanFilter *self, guint64 word)
{
  guint low = 0, high = self->intervals->len;

  if (self->parts[slot_of (word >> self->part_bits)] == 0)
    return FALSE;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      const struct interval *interval = &g_array_index (self->intervals, struct interval, middle);

      if (word < interval->start)
        high = middle;
      else if (word >= interval->end)
        low = middle + 1;
      else
        return TRUE;
    }
  return FALSE;
}
