/* array-statistics.c - what the numbers of an array are like. */
#include "array-statistics.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "array-kernel.h"
#include "inspect-error.h"

void
array_statistics_init (ArrayStatistics *statistics, const struct shmlens_type *type)
{
  *statistics = (ArrayStatistics){ .type = *type };
}

/* One that is near to the others: differences from it are small, so that the squares of
 * numbers that are far from 0 but near to each other lose nothing. */
static gboolean
choose_shift (ArrayStatistics *statistics, const void *elements, guint64 n)
{
  gsize size = statistics->type.size;
  double number;

  for (guint64 i = 0; i < n; i++)
    {
      array_kernel_to_double (&statistics->type, (const guint8 *) elements + i * size, 1, &number);
      if (!isfinite (number))
        continue;
      statistics->shift = number;
      return TRUE;
    }
  return FALSE;
}

static guint64
find (const ArrayStatistics *statistics, const guint8 *elements, guint64 n, const Number *wanted)
{
  for (guint64 i = 0; i < n; i++)
    {
      Number number = number_load (&statistics->type, elements + i * statistics->type.size);

      if (number_equal (&number, wanted))
        return i;
    }
  return 0;
}

/* A new extreme is looked for in its block only when the piece has ended: numbers that go
 * up all the time have one in each block. */
struct extreme
{
  Number value;
  guint64 block, n;
  gboolean is_new;
};

static void
note_extreme (struct extreme *extreme, const Number *value, gboolean better, guint64 block,
              guint64 n)
{
  if (better)
    *extreme = (struct extreme) { *value, block, n, TRUE };
}

void
array_statistics_add (ArrayStatistics *statistics, const void *elements, guint64 n, guint64 number)
{
  const guint8 *bytes = elements;
  gsize size = statistics->type.size;
  struct extreme least = { .value = statistics->least }, most = { .value = statistics->most };
  gboolean has = statistics->has_numbers;

  if (!has && !choose_shift (statistics, elements, n))
    statistics->shift = 0;
  for (guint64 i = 0; i < n; i += ARRAY_KERNEL_ELEMENTS)
    {
      guint64 part = MIN (n - i, ARRAY_KERNEL_ELEMENTS);
      struct array_kernel_sums sums;

      array_kernel_sum (&statistics->type, bytes + i * size, part, statistics->shift, &sums);
      statistics->n_nan += sums.n_nan;
      statistics->n_infinite += sums.n_infinite;
      statistics->whole += sums.whole;
      statistics->sum = statistics->type.kind == SHMLENS_KIND_FLOAT ? statistics->sum + sums.sum
                                                                    : (double) statistics->whole;
      statistics->shifted += sums.shifted;
      statistics->squares += sums.squares;
      if (sums.n_nan + sums.n_infinite == part)
        continue;
      note_extreme (&least, &sums.least,
                    !has || !number_less_or_equal (&least.value, &sums.least), i, part);
      note_extreme (&most, &sums.most, !has || !number_less_or_equal (&sums.most, &most.value), i,
                    part);
      has = TRUE;
    }
  statistics->n += n;
  statistics->has_numbers = has;
  statistics->least = least.value;
  statistics->most = most.value;
  if (least.is_new)
    statistics->least_number
      = number + least.block + find (statistics, bytes + least.block * size, least.n, &least.value);
  if (most.is_new)
    statistics->most_number
      = number + most.block + find (statistics, bytes + most.block * size, most.n, &most.value);
}

static double
n_finite (const ArrayStatistics *statistics)
{
  return (double) (statistics->n - statistics->n_nan - statistics->n_infinite);
}

double
array_statistics_mean (const ArrayStatistics *statistics)
{
  if (!statistics->has_numbers)
    return NAN;
  return statistics->shift + statistics->shifted / n_finite (statistics);
}

double
array_statistics_deviation (const ArrayStatistics *statistics)
{
  double n = n_finite (statistics), variance;

  if (!statistics->has_numbers)
    return NAN;
  variance = (statistics->squares - statistics->shifted / n * statistics->shifted) / n;
  return sqrt (MAX (variance, 0));
}

char *
array_statistics_sum_text (const ArrayStatistics *statistics)
{
  char text[64];
  static const struct shmlens_type float64 = { sizeof (double), SHMLENS_KIND_FLOAT, 'd', 0 };

  if (statistics->type.kind != SHMLENS_KIND_FLOAT)
    return number_integer_text (statistics->whole);
  return g_strdup (shmlens_type_print (&float64, &statistics->sum, sizeof text, text) < 0 ? "?"
                                                                                          : text);
}

static gboolean
go_on (ArrayReader *reader, ArrayTask *task, guint64 n_done, guint passes, GError **error)
{
  guint64 n = array_block_n_elements (array_reader_get_block (reader));

  if (array_task_go_on (task, n_done, n * passes))
    return TRUE;
  g_set_error_literal (error, INSPECT_ERROR, INSPECT_ERROR_CANCELLED,
                       _("given up before all was read; ask for it again"));
  return FALSE;
}

static gboolean
read_sums (ArrayReader *reader, ArrayTask *task, guint passes, ArrayStatistics *ret, GError **error)
{
  const void *scalars;
  guint64 number;
  gint64 n;

  array_statistics_init (ret, array_reader_get_type (reader));
  array_reader_rewind (reader);
  while ((n = array_reader_next (reader, &scalars, &number, error)) > 0)
    {
      array_statistics_add (ret, scalars, (guint64) n, number);
      if (!go_on (reader, task, number + (guint64) n, passes, error))
        return FALSE;
    }
  return n == 0;
}

gboolean
array_statistics_read (ArrayReader *reader, ArrayTask *task, ArrayStatistics *ret_statistics,
                       GError **error)
{
  return read_sums (reader, task, 1, ret_statistics, error);
}

/* The ends as doubles. */
static double
as_double (const Number *number)
{
  return number->form == NUMBER_DOUBLE  ? number->real
         : number->form == NUMBER_FLOAT ? (double) number->single
                                        : (double) number->integer;
}

static gboolean
read_bins (ArrayReader *reader, ArrayTask *task, double low, double high, guint64 *bins,
           guint n_bins, GError **error)
{
  const struct shmlens_type *type = array_reader_get_type (reader);
  guint64 all = array_block_n_elements (array_reader_get_block (reader)), number;
  double doubles[ARRAY_KERNEL_ELEMENTS];
  const void *scalars;
  gint64 n;

  array_reader_rewind (reader);
  while ((n = array_reader_next (reader, &scalars, &number, error)) > 0)
    {
      for (guint64 i = 0; i < (guint64) n; i += ARRAY_KERNEL_ELEMENTS)
        {
          guint64 part = MIN ((guint64) n - i, ARRAY_KERNEL_ELEMENTS);

          array_kernel_to_double (type, (const guint8 *) scalars + i * type->size, part, doubles);
          array_kernel_count (doubles, part, low, high, bins, n_bins);
        }
      if (!go_on (reader, task, all + number + (guint64) n, 2, error))
        return FALSE;
    }
  return n == 0;
}

gboolean
array_statistics_read_bins (ArrayReader *reader, ArrayTask *task, ArrayStatistics *ret_statistics,
                            double *low, double *high, guint64 *ret_bins, guint n_bins,
                            GError **error)
{
  memset (ret_bins, 0, n_bins * sizeof *ret_bins);
  if (!read_sums (reader, task, 2, ret_statistics, error))
    return FALSE;
  if (isnan (*low) || isnan (*high))
    {
      if (!ret_statistics->has_numbers)
        return TRUE;
      *low = as_double (&ret_statistics->least);
      *high = as_double (&ret_statistics->most);
    }
  return read_bins (reader, task, *low, *high, ret_bins, n_bins, error);
}
