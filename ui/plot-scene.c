/* plot-scene.c - what a plot shows of its series. */
#include "plot-scene.h"

#include <math.h>

#define USED_MIN 0.4   /* of an automatic range: with less of it in use, it is made anew */

PlotScene *
plot_scene_new (void)
{
  PlotScene *scene = g_new0 (PlotScene, 1);

  scene->column_us = 1;
  return scene;
}

static void
free_panes (PlotPane *panes, guint n)
{
  for (guint i = 0; i < n; i++)
    g_free (panes[i].title);
  g_free (panes);
}

static void
clear_lines (PlotScene *scene)
{
  for (guint i = 0; i < scene->n_lines; i++)
    {
      g_object_unref (scene->lines[i].series);
      g_free (scene->lines[i].columns);
    }
  g_clear_pointer (&scene->lines, g_free);
  scene->n_lines = 0;
}

void
plot_scene_free (PlotScene *scene)
{
  if (scene == NULL)
    return;
  clear_lines (scene);
  free_panes (scene->panes, scene->n_panes);
  g_free (scene);
}

static enum plot_axis_kind
kind_of (const PlotScene *scene)
{
  return scene->logarithmic ? PLOT_AXIS_LOGARITHMIC : PLOT_AXIS_LINEAR;
}

static const char *
title_of (PlotSeries *series, enum plot_panes panes)
{
  switch (panes)
    {
    case PLOT_PANES_BY_UNIT:
      return plot_series_get_unit (series);
    case PLOT_PANES_EACH:
      return plot_series_get_name (series);
    case PLOT_PANES_ONE:
    default:
      return "";
    }
}

/* The pane of this title; of series of the same name each has one. */
static guint
find_pane (GArray *panes, const char *title, enum plot_panes wish)
{
  if (wish != PLOT_PANES_EACH)
    for (guint i = 0; i < panes->len; i++)
      if (g_str_equal (g_array_index (panes, PlotPane, i).title, title))
        return i;
  return G_MAXUINT;
}

static PlotPane
make_pane (const PlotScene *scene, const char *title)
{
  PlotPane pane = { .axis = plot_axis_cover (kind_of (scene), 0, 1) };

  for (guint i = 0; i < scene->n_panes; i++)
    if (g_str_equal (scene->panes[i].title, title))
      {
        pane = scene->panes[i];
        break;
      }
  pane.title = g_strdup (title);
  return pane;
}

void
plot_scene_arrange (PlotScene *scene, PlotList *list, enum plot_panes wish)
{
  g_autoptr (GArray) panes = g_array_new (FALSE, TRUE, sizeof (PlotPane));
  guint n_panes;

  clear_lines (scene);
  scene->lines = g_new0 (PlotLine, MAX (plot_list_length (list), 1));
  for (guint i = 0; i < plot_list_length (list); i++)
    {
      PlotSeries *series = plot_list_get (list, i);
      const char *title = title_of (series, wish);
      guint pane = find_pane (panes, title, wish);

      if (!plot_series_get_visible (series))
        continue;
      if (pane == G_MAXUINT)
        {
          PlotPane made = make_pane (scene, title);

          pane = panes->len;
          g_array_append_val (panes, made);
        }
      scene->lines[scene->n_lines++]
        = (PlotLine) { .series = g_object_ref (series), .pane = pane, .before = NAN };
    }
  n_panes = panes->len;
  free_panes (scene->panes, scene->n_panes);
  scene->panes = (PlotPane *) (void *) g_array_free (g_steal_pointer (&panes), FALSE);
  scene->n_panes = n_panes;
  scene->n_columns = 0;
}

void
plot_scene_set_logarithmic (PlotScene *scene, gboolean logarithmic)
{
  scene->logarithmic = logarithmic;
  for (guint i = 0; i < scene->n_panes; i++)
    {
      PlotPane *pane = &scene->panes[i];

      pane->own_range = FALSE;
      pane->axis = pane->has_range ? plot_axis_cover (kind_of (scene), pane->minimum, pane->maximum)
                                   : plot_axis_cover (kind_of (scene), 0, 1);
    }
}

gboolean
plot_scene_set_range (PlotScene *scene, guint pane, double minimum, double maximum)
{
  const PlotAxis axis = { kind_of (scene), minimum, maximum };

  if (pane >= scene->n_panes || !plot_axis_is_valid (&axis))
    return FALSE;
  scene->panes[pane].axis = axis;
  scene->panes[pane].own_range = TRUE;
  return TRUE;
}

void
plot_scene_set_automatic (PlotScene *scene, guint pane)
{
  PlotPane *found;

  if (pane >= scene->n_panes)
    return;
  found = &scene->panes[pane];
  found->own_range = FALSE;
  if (found->has_range)
    found->axis = plot_axis_cover (kind_of (scene), found->minimum, found->maximum);
}

static void
update_line (const PlotScene *scene, PlotLine *line)
{
  const Series *series
    = plot_series_look (line->series, scene->first_us,
                        scene->first_us + scene->n_columns * scene->column_us, scene->n_columns);
  gint64 now = plot_series_get_now (line->series);

  if (now < scene->first_us)
    line->n_columns = 0;
  else
    line->n_columns = (guint) MIN ((now - scene->first_us) / scene->column_us + 1,
                                   (gint64) scene->n_columns);
  line->before = series_at (series, scene->first_us - 1);
  if (line->n_columns > 0)
    series_columns (series, scene->first_us,
                    scene->first_us + line->n_columns * scene->column_us, line->n_columns,
                    line->columns);
}

static void
widen (PlotPane *pane, const PlotScene *scene, double value)
{
  if (!isfinite (value) || (scene->logarithmic && value <= 0))
    return;
  pane->minimum = pane->has_range ? MIN (pane->minimum, value) : value;
  pane->maximum = pane->has_range ? MAX (pane->maximum, value) : value;
  pane->has_range = TRUE;
}

static void
fit (PlotPane *pane, const PlotScene *scene)
{
  double low, high, margin;

  if (pane->own_range || !pane->has_range)
    return;
  low = plot_axis_place (&pane->axis, pane->minimum);
  high = plot_axis_place (&pane->axis, pane->maximum);
  margin = pane->minimum == pane->maximum ? 0.05 : 0.0;
  if (!(low >= margin) || !(high <= 1 - margin) || (high - low < USED_MIN && high > low)
      || (high == low && pane->axis.kind == PLOT_AXIS_LINEAR
          && fabs (pane->axis.last - pane->axis.first) > fabs (pane->maximum) + 2))
    pane->axis = plot_axis_cover (kind_of (scene), pane->minimum, pane->maximum);
}

void
plot_scene_update (PlotScene *scene, gint64 span_us, gint64 last_us, guint n_columns)
{
  n_columns = MAX (n_columns, 1);
  if (n_columns > scene->n_columns)
    for (guint i = 0; i < scene->n_lines; i++)
      scene->lines[i].columns = g_renew (SeriesColumn, scene->lines[i].columns, n_columns);
  scene->n_columns = n_columns;
  scene->column_us = MAX (span_us / n_columns, 1);
  scene->first_us = (last_us / scene->column_us + 1 - n_columns) * scene->column_us;
  for (guint i = 0; i < scene->n_panes; i++)
    scene->panes[i].has_range = FALSE;
  for (guint i = 0; i < scene->n_lines; i++)
    {
      PlotLine *line = &scene->lines[i];
      PlotPane *pane = &scene->panes[line->pane];

      update_line (scene, line);
      if (line->n_columns > 0)
        widen (pane, scene, line->before);
      for (guint j = 0; j < line->n_columns; j++)
        if (line->columns[j].n > 0)
          {
            widen (pane, scene, line->columns[j].minimum);
            widen (pane, scene, line->columns[j].maximum);
          }
    }
  for (guint i = 0; i < scene->n_panes; i++)
    fit (&scene->panes[i], scene);
}

PlotAxis
plot_scene_time (const PlotScene *scene)
{
  return (PlotAxis) { PLOT_AXIS_TIME, (double) scene->first_us,
                      (double) (scene->first_us + scene->n_columns * scene->column_us) };
}
