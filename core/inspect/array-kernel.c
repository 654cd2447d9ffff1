/* array-kernel.c - the innermost loops over the numbers of an array.
 *
 * They keep LANES results side by side, in vectors. What these are made of depends on the
 * processor: each loop is written once and built twice. All numbers become doubles first, in
 * which integers of up to 32 bits and their sums are exact.
 */
#include "array-kernel.h"

#include <math.h>
#include <string.h>

#define LANES 4
#define VECTORS 2
#define ALWAYS_INLINE static inline __attribute__ ((always_inline))

#if defined __x86_64__
#define WIDE __attribute__ ((target ("avx2,fma")))
#define has_wide() (__builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma"))
#else
#define WIDE
#define has_wide() FALSE
#endif

/* ------------------------------------------------------------------ to doubles -- */

#define DEFINE_TO_DOUBLE(name, Type)                                                           \
  ALWAYS_INLINE void name (const Type *from, guint64 n, double *to)                            \
  {                                                                                            \
    for (guint64 i = 0; i < n; i++)                                                            \
      to[i] = (double) from[i];                                                                \
  }

DEFINE_TO_DOUBLE (int8_to_double, gint8)
DEFINE_TO_DOUBLE (uint8_to_double, guint8)
DEFINE_TO_DOUBLE (int16_to_double, gint16)
DEFINE_TO_DOUBLE (uint16_to_double, guint16)
DEFINE_TO_DOUBLE (int32_to_double, gint32)
DEFINE_TO_DOUBLE (uint32_to_double, guint32)
DEFINE_TO_DOUBLE (int64_to_double, gint64)
DEFINE_TO_DOUBLE (uint64_to_double, guint64)
DEFINE_TO_DOUBLE (float_to_double, float)
DEFINE_TO_DOUBLE (double_to_double, double)

ALWAYS_INLINE void
to_double (const struct shmlens_type *type, const void *from, guint64 n, double *to)
{
  gboolean is_signed = type->kind == SHMLENS_KIND_SIGNED;

  if (type->kind == SHMLENS_KIND_FLOAT)
    type->size == sizeof (float) ? float_to_double (from, n, to) : double_to_double (from, n, to);
  else if (type->size == 1)
    is_signed ? int8_to_double (from, n, to) : uint8_to_double (from, n, to);
  else if (type->size == 2)
    is_signed ? int16_to_double (from, n, to) : uint16_to_double (from, n, to);
  else if (type->size == 4)
    is_signed ? int32_to_double (from, n, to) : uint32_to_double (from, n, to);
  else
    is_signed ? int64_to_double (from, n, to) : uint64_to_double (from, n, to);
}

WIDE static void
to_double_wide (const struct shmlens_type *type, const void *from, guint64 n, double *to)
{
  to_double (type, from, n, to);
}

void
array_kernel_to_double (const struct shmlens_type *type, const void *elements, guint64 n,
                        double *ret_doubles)
{
  if (has_wide ())
    to_double_wide (type, elements, n, ret_doubles);
  else
    to_double (type, elements, n, ret_doubles);
}

/* ------------------------------------------------------------------------ sums -- */

/* Compilers make vectors of sums by themselves, but not of choices. */
typedef double Vector __attribute__ ((vector_size (LANES * sizeof (double))));
typedef gint64 Mask __attribute__ ((vector_size (LANES * sizeof (gint64))));

#define choose(mask, a, b) ((Vector) (((mask) & (Mask) (a)) | (~(mask) & (Mask) (b))))

/* All of them: what is not finite makes the sums so. */
ALWAYS_INLINE void
sum_finite (const double *x, guint64 n, double shift, struct array_kernel_sums *ret)
{
  Vector sum[VECTORS], shifted[VECTORS], squares[VECTORS], least[VECTORS], most[VECTORS];
  guint64 i;

  for (guint j = 0; j < VECTORS; j++)
    {
      sum[j] = shifted[j] = squares[j] = (Vector) { 0 };
      least[j] = most[j] = x[0] - (Vector) { 0 };
    }
  for (i = 0; i + LANES * VECTORS <= n; i += LANES * VECTORS)
    for (guint j = 0; j < VECTORS; j++)
      {
        Vector is, apart;

        memcpy (&is, x + i + j * LANES, sizeof is);
        apart = is - shift;
        sum[j] += is;
        shifted[j] += apart;
        squares[j] += apart * apart;
        least[j] = choose (is < least[j], is, least[j]);
        most[j] = choose (is > most[j], is, most[j]);
      }
  for (; i < n; i++)
    {
      double is = x[i], apart = is - shift;

      sum[0][0] += is;
      shifted[0][0] += apart;
      squares[0][0] += apart * apart;
      least[0][0] = MIN (least[0][0], is);
      most[0][0] = MAX (most[0][0], is);
    }
  for (guint j = 0; j < LANES * VECTORS; j++)
    {
      ret->sum += sum[j / LANES][j % LANES];
      ret->shifted += shifted[j / LANES][j % LANES];
      ret->squares += squares[j / LANES][j % LANES];
      least[0][0] = MIN (least[0][0], least[j / LANES][j % LANES]);
      most[0][0] = MAX (most[0][0], most[j / LANES][j % LANES]);
    }
  ret->least = (Number){ .form = NUMBER_DOUBLE, .real = least[0][0] };
  ret->most = (Number){ .form = NUMBER_DOUBLE, .real = most[0][0] };
}

WIDE static void
sum_finite_wide (const double *x, guint64 n, double shift, struct array_kernel_sums *ret)
{
  sum_finite (x, n, shift, ret);
}

/* One by one, because some are not finite. */
static void
sum_any (const double *x, guint64 n, double shift, struct array_kernel_sums *ret)
{
  double least = INFINITY, most = -INFINITY;

  for (guint64 i = 0; i < n; i++)
    {
      double is = x[i], apart = is - shift;

      if (isfinite (is))
        {
          ret->sum += is;
          ret->shifted += apart;
          ret->squares += apart * apart;
          least = MIN (least, is);
          most = MAX (most, is);
        }
      else if (isnan (is))
        ret->n_nan++;
      else
        ret->n_infinite++;
    }
  ret->least = (Number){ .form = NUMBER_DOUBLE, .real = least };
  ret->most = (Number){ .form = NUMBER_DOUBLE, .real = most };
}

static void
sum_doubles (const double *x, guint64 n, double shift, struct array_kernel_sums *ret)
{
  if (has_wide ())
    sum_finite_wide (x, n, shift, ret);
  else
    sum_finite (x, n, shift, ret);
  if (isfinite (ret->sum) && isfinite (ret->shifted))
    return;
  *ret = (struct array_kernel_sums) { 0 };
  sum_any (x, n, shift, ret);
}

/* The upper and the lower half of each, so that no sum overflows. */
#define DEFINE_SUM_WHOLE(name, Type)                                                           \
  static void name (const Type *x, guint64 n, struct array_kernel_sums *ret)                   \
  {                                                                                            \
    Type upper = 0, least = x[0], most = x[0];                                                 \
    guint64 lower = 0;                                                                         \
                                                                                               \
    for (guint64 i = 0; i < n; i++)                                                            \
      {                                                                                        \
        upper += x[i] >> 32;                                                                   \
        lower += (guint64) x[i] & G_MAXUINT32;                                                 \
        least = MIN (least, x[i]);                                                             \
        most = MAX (most, x[i]);                                                               \
      }                                                                                        \
    ret->whole = (WideInteger) upper * ((WideInteger) 1 << 32) + lower;                        \
    ret->least.integer = least;                                                                \
    ret->most.integer = most;                                                                  \
  }

DEFINE_SUM_WHOLE (sum_int64, gint64)
DEFINE_SUM_WHOLE (sum_uint64, guint64)

/* What was computed in doubles, as the type has it. */
static void
give_type (const struct shmlens_type *type, const void *elements, guint64 n,
           struct array_kernel_sums *ret)
{
  double least = ret->least.real, most = ret->most.real;

  if (type->kind == SHMLENS_KIND_FLOAT)
    {
      if (type->size == sizeof (double))
        return;
      ret->least = (Number){ .form = NUMBER_FLOAT, .single = (float) least };
      ret->most = (Number){ .form = NUMBER_FLOAT, .single = (float) most };
      return;
    }
  ret->least = ret->most = (Number){ .form = NUMBER_INTEGER };
  if (type->size == sizeof (guint64))
    {
      if (type->kind == SHMLENS_KIND_SIGNED)
        sum_int64 (elements, n, ret);
      else
        sum_uint64 (elements, n, ret);
      return;
    }
  ret->whole = (gint64) ret->sum;
  ret->least.integer = (gint64) least;
  ret->most.integer = (gint64) most;
}

void
array_kernel_sum (const struct shmlens_type *type, const void *elements, guint64 n, double shift,
                  struct array_kernel_sums *ret_sums)
{
  double converted[ARRAY_KERNEL_ELEMENTS];
  const double *doubles = elements;

  *ret_sums = (struct array_kernel_sums) { 0 };
  if (n == 0)
    return;
  if (type->kind != SHMLENS_KIND_FLOAT || type->size != sizeof (double))
    {
      array_kernel_to_double (type, elements, n, converted);
      doubles = converted;
    }
  sum_doubles (doubles, n, shift, ret_sums);
  give_type (type, elements, n, ret_sums);
}

/* ---------------------------------------------------------------- ranges, bins -- */

ALWAYS_INLINE void
widen_range (const double *x, guint64 n, double *least, double *most)
{
  Vector lane_least = *least - (Vector) { 0 }, lane_most = *most - (Vector) { 0 };
  guint64 i;

  for (i = 0; i + LANES <= n; i += LANES)
    {
      Vector is;
      Mask finite;

      memcpy (&is, x + i, sizeof is);
      finite = is - is == (Vector) { 0 };
      lane_least = choose (finite & (is < lane_least), is, lane_least);
      lane_most = choose (finite & (is > lane_most), is, lane_most);
    }
  for (; i < n; i++)
    if (isfinite (x[i]))
      {
        lane_least[0] = MIN (lane_least[0], x[i]);
        lane_most[0] = MAX (lane_most[0], x[i]);
      }
  for (guint j = 0; j < LANES; j++)
    {
      *least = MIN (*least, lane_least[j]);
      *most = MAX (*most, lane_most[j]);
    }
}

WIDE static void
widen_range_wide (const double *x, guint64 n, double *least, double *most)
{
  widen_range (x, n, least, most);
}

void
array_kernel_range (const double *numbers, guint64 n, double *least, double *most)
{
  if (has_wide ())
    widen_range_wide (numbers, n, least, most);
  else
    widen_range (numbers, n, least, most);
}

void
array_kernel_count (const double *numbers, guint64 n, double low, double high, guint64 *bins,
                    guint n_bins)
{
  /* By halves: the difference of the ends may be beyond the greatest double. */
  double half = high / 2 - low / 2;
  double scale = half > 0 ? n_bins / half : 0;

  for (guint64 i = 0; i < n; i++)
    if (numbers[i] >= low && numbers[i] <= high)
      {
        double place = (numbers[i] / 2 - low / 2) * scale;

        bins[MIN ((guint) place, n_bins - 1)]++;
      }
}
