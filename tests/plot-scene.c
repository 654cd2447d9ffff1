/* Which lines a plot has, over which time and in which range. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "plot-scene.h"

/* Of 1000 values, one each millisecond from 0 on: `offset` and what is added to it. */
static PlotSeries *
add (PlotList *list, const char *name, const char *unit, double offset)
{
  struct shmlens_type type;
  g_autoptr (PlotSeries) series = NULL;

  shmlens_type_from_code ('d', &type);
  series = plot_series_new_of (series_new (SERIES_LIMIT_DEFAULT), name, unit, &type);
  for (int i = 0; i < 1000; i++)
    plot_series_add (series, i * 1000, offset + i % 10);
  assert_true (plot_list_add (list, series));
  return series;
}

static void
panes_are_shared_by_unit_by_all_or_by_none (void **state)
{
  g_autoptr (PlotList) list = plot_list_new ();
  g_autoptr (PlotScene) scene = plot_scene_new ();
  PlotSeries *kelvin;

  add (list, "a", "K", 1);
  add (list, "b", "", 2);
  kelvin = add (list, "c", "K", 3);
  plot_scene_arrange (scene, list, PLOT_PANES_BY_UNIT);
  assert_int_equal (scene->n_panes, 2);
  assert_int_equal (scene->lines[0].pane, scene->lines[2].pane);
  assert_string_equal (scene->panes[0].title, "K");
  plot_scene_arrange (scene, list, PLOT_PANES_ONE);
  assert_int_equal (scene->n_panes, 1);
  plot_scene_arrange (scene, list, PLOT_PANES_EACH);
  assert_int_equal (scene->n_panes, 3);
  assert_string_equal (scene->panes[2].title, "c");

  plot_series_set_visible (kelvin, FALSE);
  plot_scene_arrange (scene, list, PLOT_PANES_EACH);
  assert_int_equal (scene->n_panes, 2);
  assert_int_equal (scene->n_lines, 2);
}

static void
ranges_follow_what_is_in_sight_or_stay (void **state)
{
  g_autoptr (PlotList) list = plot_list_new ();
  g_autoptr (PlotScene) scene = plot_scene_new ();

  add (list, "a", "", 100);
  plot_scene_arrange (scene, list, PLOT_PANES_ONE);
  plot_scene_update (scene, 100000, 999000, 50);
  assert_true (scene->panes[0].axis.first < 100 && scene->panes[0].axis.last > 109);
  assert_true (scene->panes[0].axis.first > 90 && scene->panes[0].axis.last < 120);

  assert_true (plot_scene_set_range (scene, 0, 0, 5));
  assert_false (plot_scene_set_range (scene, 0, 5, 0));
  assert_false (plot_scene_set_range (scene, 1, 0, 5));
  plot_scene_update (scene, 100000, 999000, 50);
  assert_true (scene->panes[0].axis.last == 5);
  /* Also when something is added beside it. */
  add (list, "b", "", 1);
  plot_scene_arrange (scene, list, PLOT_PANES_ONE);
  assert_true (scene->panes[0].axis.last == 5);
  plot_scene_set_automatic (scene, 0);
  plot_scene_update (scene, 100000, 999000, 50);
  assert_true (scene->panes[0].axis.last > 109 && scene->panes[0].axis.first < 1);

  plot_scene_set_logarithmic (scene, TRUE);
  plot_scene_update (scene, 100000, 999000, 50);
  assert_true (plot_axis_is_valid (&scene->panes[0].axis) && scene->panes[0].axis.first > 0);
}

/* Columns stand where they stood when the time has moved on by less than one of them: what
 * is drawn of noise does not flicker. */
static void
columns_stand_still (void **state)
{
  g_autoptr (PlotList) list = plot_list_new ();
  g_autoptr (PlotScene) scene = plot_scene_new ();
  SeriesColumn before;

  add (list, "a", "", 0);
  plot_scene_arrange (scene, list, PLOT_PANES_ONE);
  plot_scene_update (scene, 700000, 900001, 100);
  assert_int_equal (scene->first_us % scene->column_us, 0);
  before = scene->lines[0].columns[50];
  assert_int_equal (before.n, 7);
  plot_scene_update (scene, 700000, 900001 + scene->column_us, 100);
  assert_memory_equal (&before, &scene->lines[0].columns[49], sizeof before);

  /* The end is in the last column; what is to come has none. */
  assert_true (scene->first_us + 100 * scene->column_us > 900001);
  plot_scene_update (scene, 1000000, 1499999, 100);
  assert_int_equal (scene->lines[0].n_columns, 50);
  plot_scene_update (scene, 1000000, 9000000, 100);
  assert_int_equal (scene->lines[0].n_columns, 0);
}

static void
each_series_has_a_style_of_its_own (void **state)
{
  g_autoptr (PlotList) list = plot_list_new ();
  PlotSeries *second;

  add (list, "a", "", 0);
  second = add (list, "b", "", 0);
  add (list, "c", "", 0);
  assert_int_equal (plot_series_get_style (second), 1);
  plot_list_remove (list, second);
  assert_int_equal (plot_series_get_style (add (list, "d", "", 0)), 1);
  while (plot_list_length (list) < PLOT_LIST_MAX)
    add (list, "e", "", 0);
  for (guint i = 0; i < PLOT_LIST_MAX; i++)
    for (guint j = 0; j < i; j++)
      assert_int_not_equal (plot_series_get_style (plot_list_get (list, i)),
                            plot_series_get_style (plot_list_get (list, j)));
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (panes_are_shared_by_unit_by_all_or_by_none),
    cmocka_unit_test (ranges_follow_what_is_in_sight_or_stay),
    cmocka_unit_test (columns_stand_still),
    cmocka_unit_test (each_series_has_a_style_of_its_own),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
