/* plot.c - how much processor time plots take that move.
 *
 * usage: with-display bench-plot [--json] [--quick] [--seconds N] [--points N]
 *
 * Shows four plots, one above the other, with 1e5 points each in sight; 30 times a second each
 * gets another point, and all of them move on. Told is the processor time of this process, of
 * all its threads, in percent of one core, and the frames a second; the noise floor is how far
 * two halves of the time are apart. The points are a wave with noise: nearly every column of
 * pixels is full of them.
 */
#include <err.h>
#include <gtk/gtk.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "measure.h"
#include "plot-view.h"

#define PLOTS 4
#define RATE 30

static GMainLoop *loop;
static PlotList *list;
static GtkWidget *view;
static GRand *noise;
static guint64 added;
static gint64 step_us, time_us;
static unsigned frames;

static double
value_of (guint64 index, guint plot)
{
  return sin ((double) index * (0.0001 + 0.0001 * plot)) + g_rand_double_range (noise, -0.3, 0.3);
}

static void
add_point (void)
{
  time_us += step_us;
  for (guint i = 0; i < PLOTS; i++)
    plot_series_add (plot_list_get (list, i), time_us, value_of (added, i));
  added++;
}

static gboolean
on_tick (gpointer data)
{
  add_point ();
  plot_view_refresh (PLOT_VIEW (view));
  return G_SOURCE_CONTINUE;
}

static void
note_frame (GdkFrameClock *clock, gpointer data)
{
  frames++;
}

static gboolean
quit (gpointer data)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

/* In percent of a core. */
static double
run_for (double seconds)
{
  double wall = measure_seconds (CLOCK_MONOTONIC);
  double cpu = measure_seconds (CLOCK_PROCESS_CPUTIME_ID);

  g_timeout_add ((guint) (seconds * 1000), quit, NULL);
  g_main_loop_run (loop);
  return 100 * (measure_seconds (CLOCK_PROCESS_CPUTIME_ID) - cpu)
         / (measure_seconds (CLOCK_MONOTONIC) - wall);
}

int
main (int argc, char **argv)
{
  struct shmlens_type type;
  double points = 1e5, seconds = 8, first, second, wall;
  gboolean json = FALSE;
  GtkWidget *window;

  for (int i = 1; i < argc; i++)
    if (strcmp (argv[i], "--json") == 0)
      json = TRUE;
    else if (strcmp (argv[i], "--quick") == 0)
      seconds = 0.4;
    else if (!measure_option (argc, argv, &i, "--seconds", &seconds)
             && !measure_option (argc, argv, &i, "--points", &points))
      errx (1, "usage: bench-plot [--json] [--quick] [--seconds N] [--points N]");
  if (!gtk_init_check ())
    errx (77, "there is no screen");

  loop = g_main_loop_new (NULL, FALSE);
  noise = g_rand_new_with_seed (1);
  shmlens_type_from_code ('d', &type);
  list = plot_list_new ();
  for (guint i = 0; i < PLOTS; i++)
    {
      g_autofree char *name = g_strdup_printf ("plot %u", i);
      g_autoptr (PlotSeries) series
        = plot_series_new_of (series_new (SERIES_LIMIT_DEFAULT), name, "", &type);

      plot_list_add (list, series);
    }
  /* All the points in a minute, and so on. */
  step_us = (gint64) (60e6 / points);
  time_us = 1700000000 * G_GINT64_CONSTANT (1000000);
  for (guint64 i = 0; i < (guint64) points; i++)
    add_point ();
  step_us = G_USEC_PER_SEC / RATE;

  window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (window), 1000, 900);
  view = plot_view_new ();
  plot_view_set_panes (PLOT_VIEW (view), PLOT_PANES_EACH);
  plot_view_set_list (PLOT_VIEW (view), list);
  gtk_window_set_child (GTK_WINDOW (window), view);
  gtk_window_present (GTK_WINDOW (window));
  g_timeout_add (1000 / RATE, on_tick, NULL);
  run_for (seconds / 4);
  g_signal_connect (gtk_widget_get_frame_clock (window), "after-paint", G_CALLBACK (note_frame),
                    NULL);
  wall = measure_seconds (CLOCK_MONOTONIC);
  first = run_for (seconds / 2);
  second = run_for (seconds / 2);
  wall = measure_seconds (CLOCK_MONOTONIC) - wall;
  printf (json ? "{\"points\":%.0f,\"percent\":%.2f,\"noise_percent\":%.2f,"
                 "\"frames_per_s\":%.2f,\"frame_ms\":%.3f}\n"
               : "four plots of %.0f points: %.2f %% of a core (noise %.2f), %.2f frames a second, "
                 "%.3f ms each\n",
          points, (first + second) / 2, fabs (first - second), frames / wall,
          (first + second) / 200 * wall * 1000 / MAX (frames, 1));

  gtk_window_destroy (GTK_WINDOW (window));
  g_object_unref (list);
  g_rand_free (noise);
  g_main_loop_unref (loop);
  return 0;
}
