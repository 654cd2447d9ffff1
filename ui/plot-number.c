/* plot-number.c - times and numbers of plots. */
#include "plot-number.h"

#include <math.h>

gint64
plot_time (gint64 monotonic_us)
{
  static gint64 difference;

  if (difference == 0)
    difference = g_get_real_time () - g_get_monotonic_time ();
  return monotonic_us + difference;
}

void
plot_number_text (const struct shmlens_type *type, double value, char ret_text[64])
{
  const struct shmlens_type real = { .kind = SHMLENS_KIND_FLOAT, .code = 'd', .size = 8 };
  float single = (float) value;

  ret_text[0] = '\0';
  if (isnan (value))
    return;
  if (type->kind != SHMLENS_KIND_FLOAT)
    g_snprintf (ret_text, 64, "%.0f", value);
  else if (type->size == sizeof single)
    shmlens_type_print (type, &single, 64, ret_text);
  else
    shmlens_type_print (&real, &value, 64, ret_text);
}
