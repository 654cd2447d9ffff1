/* py-scan-filter.c - two tables: by the part of memory that a word points into, and by the word. */
#include "py-scan-filter.h"

#include <string.h>

#define PART_TABLE_BITS 15
#define PART_TABLE (1u << PART_TABLE_BITS)
#define TYPE_TABLE_BITS 12
/* So few parts that nearly all words miss: pages of shared mappings, else larger parts. */
#define PARTS_MAX (PART_TABLE / 8)
#define PART_BITS_MIN 12
#define PART_BITS_MAX 40

struct interval
{
  guint64 start, end;
};

struct py_scan_filter
{
  guint8 parts[PART_TABLE];   /* 1: in it are shared mappings or types */
  guint8 types[1u << TYPE_TABLE_BITS];
  guint part_bits;    /* a part of memory has 2^part_bits bytes */
  GArray *intervals;  /* of struct interval, in order, none touches the next */
  GHashTable *values; /* of types */
};

/* Parts beside each other have slots beside each other. */
static inline guint
part_slot (guint64 word, guint part_bits)
{
  guint64 part = word >> part_bits;

  return (guint) (part ^ part >> (PART_TABLE_BITS - 3)) % PART_TABLE;
}

static inline guint
type_slot (guint64 word)
{
  return (guint) (word * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15) >> (64 - TYPE_TABLE_BITS));
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
        self->parts[part_slot (part << self->part_bits, self->part_bits)] = 1;
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
  self->parts[part_slot (type, self->part_bits)] = 1;
  self->types[type_slot (type)] = 1;
  g_hash_table_insert (self->values, g_memdup2 (&type, sizeof type), GUINT_TO_POINTER (value));
}

/* Without a branch: which words pass is as good as random. Returns how many do. */
static inline guint
search_parts (const guint8 *parts, guint part_bits, const guint64 *words, guint n,
              guint32 *ret_indices)
{
  guint passed = 0;

  for (guint i = 0; i < n; i++)
    {
      ret_indices[passed] = i;
      passed += parts[part_slot (words[i], part_bits)];
    }
  return passed;
}

guint
py_scan_filter_search (const PyScanFilter *self, const guint64 *words, guint n, guint32 *ret_indices)
{
  guint64 start = 0, end = 0;
  guint passed, found = 0;

  /* The compiler makes much of a number that it knows, and it nearly always is this one. */
  passed = self->part_bits == PART_BITS_MIN
             ? search_parts (self->parts, PART_BITS_MIN, words, n, ret_indices)
             : search_parts (self->parts, self->part_bits, words, n, ret_indices);
  if (self->intervals->len > 0)
    {
      start = g_array_index (self->intervals, struct interval, 0).start;
      end = g_array_index (self->intervals, struct interval, self->intervals->len - 1).end;
    }
  for (guint i = 0; i < passed; i++)
    {
      guint32 index = ret_indices[i];
      guint64 word = words[index];

      ret_indices[found] = index;
      found += self->types[type_slot (word)] | (word - start < end - start);
    }
  return found;
}

guint
py_scan_filter_type (const PyScanFilter *self, guint64 word)
{
  if (self->types[type_slot (word)] == 0)
    return 0;
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->values, &word));
}

gboolean
py_scan_filter_is_shared (const PyScanFilter *self, guint64 word)
{
  guint low = 0, high = self->intervals->len;

  if (self->parts[part_slot (word, self->part_bits)] == 0)
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
