/* Round values on the axes of plots. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "plot-axis.h"

/* The texts of all ticks that have one, joined by blanks. */
static char *
texts (const PlotAxis *axis, guint wanted)
{
  PlotTick ticks[PLOT_TICKS_MAX];
  g_autoptr (GString) joined = g_string_new (NULL);
  guint n = plot_axis_ticks (axis, wanted, ticks);

  assert_true (n <= PLOT_TICKS_MAX);
  for (guint i = 0; i < n; i++)
    {
      assert_true (ticks[i].place >= -1e-9 && ticks[i].place <= 1 + 1e-9);
      assert_true (i == 0 || ticks[i].value > ticks[i - 1].value);
      if (ticks[i].text[0] != '\0')
        g_string_append_printf (joined, joined->len > 0 ? " %s" : "%s", ticks[i].text);
    }
  return g_strdup (joined->str);
}

static void
assert_texts (enum plot_axis_kind kind, double first, double last, guint wanted,
              const char *expected)
{
  const PlotAxis axis = { kind, first, last };
  g_autofree char *found = NULL;

  assert_true (plot_axis_is_valid (&axis));
  found = texts (&axis, wanted);
  assert_string_equal (found, expected);
}

static void
steps_are_of_1_2_or_5 (void **state)
{
  assert_texts (PLOT_AXIS_LINEAR, 0, 10, 5, "0 2 4 6 8 10");
  assert_texts (PLOT_AXIS_LINEAR, 0, 1, 5, "0 0.2 0.4 0.6 0.8 1.0");
  assert_texts (PLOT_AXIS_LINEAR, -0.3, 0.3, 6, "-0.3 -0.2 -0.1 0 0.1 0.2 0.3");
  assert_texts (PLOT_AXIS_LINEAR, 0, 23, 5, "0 5 10 15 20");
  assert_texts (PLOT_AXIS_LINEAR, 1e9, 3e9, 3, "1e+09 2e+09 3e+09");
  assert_texts (PLOT_AXIS_LINEAR, 0, 1e-9, 2, "0 5e-10 1.0e-09");
  /* Far from 0 a step is still told. */
  assert_texts (PLOT_AXIS_LINEAR, 1e9, 1e9 + 2, 2,
                "1.000000000e+09 1.000000001e+09 1.000000002e+09");
}

static void
a_logarithmic_axis_has_powers_of_ten (void **state)
{
  assert_texts (PLOT_AXIS_LOGARITHMIC, 1, 1000, 5, "1 10 100 1000");
  assert_texts (PLOT_AXIS_LOGARITHMIC, 1, 10, 5, "1 2 5 10");
  assert_texts (PLOT_AXIS_LOGARITHMIC, 1e-9, 1e9, 4, "0.00001 1 100000");
  /* Where there is hardly a power of ten, as on any other. */
  assert_texts (PLOT_AXIS_LOGARITHMIC, 31, 39, 4, "32 34 36 38");
}

static void
times_are_local (void **state)
{
  const double noon = 1700000000.0 / 86400;
  double day;

  g_setenv ("TZ", "XYZ-05:30", TRUE);
  tzset ();
  day = floor (noon) * 86400e6 - 5.5 * 3600e6;
  assert_texts (PLOT_AXIS_TIME, day + 3600e6, day + 3 * 3600e6, 4, "01:00 01:30 02:00 02:30 03:00");
  assert_texts (PLOT_AXIS_TIME, day + 1e6, day + 3.5e6, 3, "00:00:01 00:00:02 00:00:03");
  assert_texts (PLOT_AXIS_TIME, day, day + 2e3, 2, "00:00:00.000 00:00:00.001 00:00:00.002");
  assert_texts (PLOT_AXIS_TIME, day, day + 86400e6, 1, "2023-11-14 2023-11-15");
}

static void
values_and_places_belong_to_each_other (void **state)
{
  const PlotAxis axes[] = { { PLOT_AXIS_LINEAR, -3, 17 }, { PLOT_AXIS_LOGARITHMIC, 0.5, 4e6 } };

  for (guint i = 0; i < G_N_ELEMENTS (axes); i++)
    for (double place = -0.5; place <= 1.5; place += 0.125)
      assert_true (fabs (plot_axis_place (&axes[i], plot_axis_value (&axes[i], place)) - place)
                   < 1e-12);
  assert_true (isnan (plot_axis_place (&axes[1], 0)));
  assert_true (isnan (plot_axis_place (&axes[1], -1)));
  assert_true (isnan (plot_axis_place (&axes[0], NAN)));
}

static void
any_values_are_covered (void **state)
{
  static const double values[] = { 0, 1, -1, 5e-324, 1e17, -1.7e308, 1.7e308, INFINITY, -INFINITY,
                                   NAN, 1e-300, 0.1 };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    for (guint j = 0; j < G_N_ELEMENTS (values); j++)
      for (int kind = PLOT_AXIS_LINEAR; kind <= PLOT_AXIS_LOGARITHMIC; kind++)
        {
          PlotAxis axis = plot_axis_cover (kind, values[i], values[j]);
          PlotTick ticks[PLOT_TICKS_MAX];

          assert_true (plot_axis_is_valid (&axis));
          for (guint wanted = 1; wanted < 20; wanted++)
            assert_true (plot_axis_ticks (&axis, wanted, ticks) <= PLOT_TICKS_MAX);
        }
  assert_true (plot_axis_cover (PLOT_AXIS_LINEAR, 5, 5).first < 5);
  assert_true (plot_axis_cover (PLOT_AXIS_LINEAR, 5, 5).last > 5);
}

static void
zooming_keeps_what_is_under_the_pointer (void **state)
{
  PlotAxis axis = { PLOT_AXIS_LINEAR, 0, 100 };

  plot_axis_zoom (&axis, 0.25, 5);
  assert_true (axis.first == 20 && axis.last == 40);
  plot_axis_pan (&axis, 0.5);
  assert_true (axis.first == 30 && axis.last == 50);
  /* As far as numbers go, and no further. */
  for (int i = 0; i < 2000; i++)
    plot_axis_zoom (&axis, 0.5, i < 1000 ? 3 : 1 / 3.0);
  assert_true (plot_axis_is_valid (&axis));
}

static void
texts_are_as_fine_as_the_axis (void **state)
{
  const PlotAxis hour = { PLOT_AXIS_TIME, 1.7e15, 1.7e15 + 3600e6 };
  const PlotAxis unit = { PLOT_AXIS_LINEAR, 0, 1 };
  const PlotAxis wide = { PLOT_AXIS_LINEAR, 0, 1e6 };
  char text[PLOT_TEXT_MAX];

  plot_axis_text (&unit, 0.123456, text);
  assert_string_equal (text, "0.123");
  plot_axis_text (&wide, 123456.7, text);
  assert_string_equal (text, "123457");
  plot_axis_text (&wide, NAN, text);
  assert_string_equal (text, "nan");
  plot_axis_text (&hour, 1.7e15, text);
  assert_int_equal (strlen (text), strlen ("00:00:00"));
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (steps_are_of_1_2_or_5),
    cmocka_unit_test (a_logarithmic_axis_has_powers_of_ten),
    cmocka_unit_test (times_are_local),
    cmocka_unit_test (values_and_places_belong_to_each_other),
    cmocka_unit_test (any_values_are_covered),
    cmocka_unit_test (zooming_keeps_what_is_under_the_pointer),
    cmocka_unit_test (texts_are_as_fine_as_the_axis),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
