/* snapshot-compare.c - what differs between two snapshots. */
#include "snapshot-compare.h"

#include <math.h>
#include <string.h>

#include "number.h"

/* Bytes that are the same are not looked at one by one. */
#define BLOCK_BYTES 4096

static void
difference_free (gpointer data)
{
  SnapshotDifference *difference = data;

  g_clear_pointer (&difference->ranges, g_array_unref);
  g_free (difference);
}

static gboolean
is_same_scalar (const struct shmlens_type *a, const struct shmlens_type *b)
{
  return a->size == b->size && a->kind == b->kind;
}

static gboolean
is_same_field (const EntryField *a, const EntryField *b)
{
  return g_str_equal (a->name, b->name) && is_same_scalar (&a->type, &b->type)
         && a->swapped == b->swapped && a->offset == b->offset && a->bit_width == b->bit_width
         && a->bit_offset == b->bit_offset && a->dimensions == b->dimensions
         && memcmp (a->shape, b->shape, a->dimensions * sizeof *a->shape) == 0;
}

gboolean
snapshot_is_same_type (const EntryInfo *a, const EntryInfo *b)
{
  if (!is_same_scalar (&a->type, &b->type) || a->swapped != b->swapped
      || a->dimensions != b->dimensions || a->length != b->length || a->n_fields != b->n_fields
      || memcmp (a->shape, b->shape, a->dimensions * sizeof *a->shape) != 0)
    return FALSE;
  for (guint i = 0; i < a->n_fields; i++)
    if (!is_same_field (&a->fields[i], &b->fields[i]))
      return FALSE;
  return TRUE;
}

/* -------------------------------------------------------------------- elements -- */

struct comparing
{
  const EntryInfo *info;
  const guint8 *a, *b;
  struct snapshot_tolerance tolerance;
  SnapshotDifference *difference;
};

static gboolean
is_number (const struct shmlens_type *type)
{
  return type->kind == SHMLENS_KIND_SIGNED || type->kind == SHMLENS_KIND_UNSIGNED
         || type->kind == SHMLENS_KIND_FLOAT;
}

/* How far apart they are; NAN where one cannot say. */
static double
distance (const Number *a, const Number *b)
{
  if (a->form == NUMBER_INTEGER)
    return fabs ((double) (b->integer - a->integer));
  return fabs (number_double (b) - number_double (a));
}

static gboolean
is_tolerated (const struct comparing *self, const Number *a, const Number *b, double apart)
{
  double larger = MAX (fabs (number_double (a)), fabs (number_double (b)));

  return apart <= self->tolerance.absolute
         || (isfinite (larger) && apart <= self->tolerance.relative * larger);
}

/* Whether one scalar of both counts as different, and by how much. */
static gboolean
scalar_differs (const struct comparing *self, guint64 element, int field, guint64 index,
                double *ret_apart)
{
  guint64 offset = element * self->info->type.size;
  struct shmlens_type type;
  guint8 a[8] = { 0 }, b[8] = { 0 };
  Number number_a, number_b;

  entry_info_extract (self->info, self->a + offset, field, index, &type, a);
  entry_info_extract (self->info, self->b + offset, field, index, NULL, b);
  *ret_apart = NAN;
  if (memcmp (a, b, type.size) == 0)
    return FALSE;
  number_a = number_load (&type, a);
  number_b = number_load (&type, b);
  if (number_equal (&number_a, &number_b))
    return FALSE;
  if (!is_number (&type))
    return TRUE;
  *ret_apart = distance (&number_a, &number_b);
  return !is_tolerated (self, &number_a, &number_b, *ret_apart);
}

static void
take_larger (double *largest, double apart)
{
  *largest = isnan (*largest) ? apart : isnan (apart) ? *largest : MAX (*largest, apart);
}

static void
add_element (const struct comparing *self, int field, guint64 element, double apart)
{
  GArray *ranges = self->difference->ranges;
  struct snapshot_range *last
    = ranges->len > 0 ? &g_array_index (ranges, struct snapshot_range, ranges->len - 1) : NULL;

  self->difference->count++;
  take_larger (&self->difference->largest, apart);
  if (last != NULL && last->field == field
      && (last->last == element || ranges->len == SNAPSHOT_RANGES_MAX))
    {
      last->last = element + 1;
      last->count++;
      take_larger (&last->largest, apart);
      return;
    }
  if (ranges->len < SNAPSHOT_RANGES_MAX)
    {
      struct snapshot_range range = { field, element, element + 1, 1, apart };

      g_array_append_val (ranges, range);
      return;
    }
  /* Of a structure with that many fields that differ, the last range counts what is left. */
  last->count++;
}

static void
compare_element (const struct comparing *self, int field, guint64 element)
{
  const EntryInfo *info = self->info;
  gboolean differs = FALSE;
  double largest = NAN, apart;

  if (field < 0 && info->type.kind == SHMLENS_KIND_STRUCT)
    {
      guint64 offset = element * info->type.size;

      differs = memcmp (self->a + offset, self->b + offset, info->type.size) != 0;
    }
  else
    for (guint64 i = 0; i < (field < 0 ? 1 : entry_field_length (&info->fields[field])); i++)
      if (scalar_differs (self, element, field, i, &apart))
        {
          differs = TRUE;
          take_larger (&largest, apart);
        }
  if (differs)
    add_element (self, field, element, largest);
}

static void
compare_field (const struct comparing *self, int field)
{
  gsize size = self->info->type.size;
  guint64 step = MAX (BLOCK_BYTES / size, 1);

  for (guint64 first = 0; first < self->info->length; first += step)
    {
      guint64 last = MIN (first + step, self->info->length);

      if (memcmp (self->a + first * size, self->b + first * size, (last - first) * size) == 0)
        continue;
      for (guint64 i = first; i < last; i++)
        compare_element (self, field, i);
    }
}

static SnapshotDifference *
difference_new (enum snapshot_change change, const SnapshotEntry *a, const SnapshotEntry *b)
{
  SnapshotDifference *difference = g_new0 (SnapshotDifference, 1);

  difference->change = change;
  difference->a = a;
  difference->b = b;
  difference->largest = NAN;
  return difference;
}

/* NULL: nothing differs. */
static SnapshotDifference *
compare_entries (const SnapshotEntry *a, const SnapshotEntry *b,
                 const struct snapshot_tolerance *tolerance)
{
  SnapshotDifference *difference;
  struct comparing self = { .info = a->info };

  if (!snapshot_is_same_type (a->info, b->info))
    return difference_new (SNAPSHOT_TYPE, a, b);
  if (a->elements == NULL || b->elements == NULL)
    return difference_new (SNAPSHOT_NOT_READ, a, b);
  if (a->info->length == 0 || g_bytes_equal (a->elements, b->elements))
    return NULL;
  difference = difference_new (SNAPSHOT_ELEMENTS, a, b);
  difference->ranges = g_array_new (FALSE, FALSE, sizeof (struct snapshot_range));
  self.a = g_bytes_get_data (a->elements, NULL);
  self.b = g_bytes_get_data (b->elements, NULL);
  self.difference = difference;
  if (tolerance != NULL)
    self.tolerance = *tolerance;
  /* Of structures field by field: what lies between them is nobody's. */
  if (a->info->n_fields == 0)
    compare_field (&self, -1);
  for (guint i = 0; i < a->info->n_fields; i++)
    compare_field (&self, (int) i);
  if (difference->count > 0)
    return difference;
  difference_free (difference);
  return NULL;
}

static gboolean
is_meant (const SnapshotEntry *entry, Snapshot *snapshot, const char *const *names)
{
  const char *name = entry->info->name;

  return snapshot_find (snapshot, name) == entry
         && (names == NULL || g_strv_contains (names, name));
}

GPtrArray *
snapshot_compare (Snapshot *a, Snapshot *b, const struct snapshot_tolerance *tolerance,
                  const char *const *names)
{
  GPtrArray *differences = g_ptr_array_new_with_free_func (difference_free);

  for (guint i = 0; i < a->entries->len; i++)
    {
      const SnapshotEntry *entry = a->entries->pdata[i];
      const SnapshotEntry *other = snapshot_find (b, entry->info->name);
      SnapshotDifference *difference;

      if (!is_meant (entry, a, names))
        continue;
      difference = other == NULL ? difference_new (SNAPSHOT_ONLY_A, entry, NULL)
                                 : compare_entries (entry, other, tolerance);
      if (difference != NULL)
        g_ptr_array_add (differences, difference);
    }
  for (guint i = 0; i < b->entries->len; i++)
    {
      const SnapshotEntry *entry = b->entries->pdata[i];

      if (is_meant (entry, b, names) && snapshot_find (a, entry->info->name) == NULL)
        g_ptr_array_add (differences, difference_new (SNAPSHOT_ONLY_B, NULL, entry));
    }
  return differences;
}

/* ------------------------------------------------------------------------ texts -- */

static const guint8 *
element_of (const SnapshotEntry *entry, guint64 index)
{
  return (const guint8 *) g_bytes_get_data (entry->elements, NULL) + index * entry->info->type.size;
}

char *
snapshot_range_name (const SnapshotDifference *difference, const struct snapshot_range *range)
{
  const EntryInfo *info = difference->a->info;
  g_autofree char *first = entry_info_place_text (info, range->first);
  g_autofree char *field = entry_info_field_text (info, range->field, ENTRY_FIELD_WHOLE);
  GString *text = g_string_new (info->name);

  if (range->last - range->first > 1 && info->dimensions == 1)
    g_string_append_printf (text, "[%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT "]", range->first,
                            range->last);
  else
    g_string_append (text, first);
  if (range->last - range->first > 1 && info->dimensions > 1)
    {
      g_autofree char *last = entry_info_place_text (info, range->last - 1);

      g_string_append_printf (text, "…%s", last);
    }
  g_string_append (text, field);
  return g_string_free (text, FALSE);
}

char *
snapshot_element_text (const SnapshotEntry *entry, int field, guint64 index)
{
  g_return_val_if_fail (entry->elements != NULL && index < entry->info->length, NULL);
  return entry_info_element_text (entry->info, element_of (entry, index), field);
}

char *
snapshot_difference_text (const SnapshotDifference *difference, int field, guint64 index)
{
  const EntryInfo *info = difference->a->info;
  struct shmlens_type type;
  guint8 a[8] = { 0 }, b[8] = { 0 };
  Number number_a, number_b, apart;
  g_autofree char *text = NULL;

  if ((field < 0 ? info->type.kind == SHMLENS_KIND_STRUCT : info->fields[field].dimensions > 0))
    return NULL;
  entry_info_extract (info, element_of (difference->a, index), field, 0, &type, a);
  entry_info_extract (info, element_of (difference->b, index), field, 0, NULL, b);
  number_a = number_load (&type, a);
  number_b = number_load (&type, b);
  if (!is_number (&type) || !number_compute (NUMBER_SUBTRACT, &number_b, &number_a, &apart)
      || (apart.form != NUMBER_INTEGER && isnan (number_double (&apart))))
    return NULL;
  text = number_text (&type, &apart);
  return g_strconcat (text[0] == '-' ? "" : "+", text, NULL);
}
