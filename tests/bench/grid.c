/* grid.c - how fast a long array scrolls, and whether its length costs memory.
 *
 * usage: with-display bench-grid [--json] [--quick] [--seconds N] [--elements N]
 *
 * Shows a shared memory object that is one array of doubles (1e8 of them, all holes, so
 * that it takes no memory itself) in the grid of the window, and scrolls it by a third of
 * a page each frame, somewhere else every tenth. Told are the frames a second, the
 * processor time of one frame, and the memory of this process: its own (RssAnon), and the
 * pages of the array that it has touched (RssShmem). The screen itself makes 60 frames a
 * second at most. The array begins with numbers that differ, so that what is drawn is no
 * column of zeros.
 */
#include <err.h>
#include <fcntl.h>
#include <gtk/gtk.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "array-grid.h"
#include "measure.h"
#include "source.h"

static GMainLoop *loop;
static unsigned frames;

static gboolean
scroll (GtkWidget *grid, GdkFrameClock *clock, gpointer data)
{
  GtkAdjustment *vertical = data;
  double page = gtk_adjustment_get_page_size (vertical);
  double end = gtk_adjustment_get_upper (vertical) - page;
  double value = gtk_adjustment_get_value (vertical) + page / 3;

  frames++;
  /* Steps by the golden ratio come everywhere. */
  if (frames % 10 == 0)
    value = end * (frames * 0.6180339887 - (unsigned) (frames * 0.6180339887));
  gtk_adjustment_set_value (vertical, value < end ? value : 0);
  return G_SOURCE_CONTINUE;
}

static gboolean
quit (gpointer data)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

static void
run_for (double seconds)
{
  g_timeout_add ((guint) (seconds * 1000), quit, NULL);
  g_main_loop_run (loop);
}

/* A line of /proc/self/status, in MiB. */
static double
memory (const char *what)
{
  g_autofree char *status = NULL;
  char *line;

  if (!g_file_get_contents ("/proc/self/status", &status, NULL, NULL))
    errx (1, "/proc/self/status cannot be read");
  line = strstr (status, what);
  return line != NULL ? atof (line + strlen (what)) / 1024 : 0;
}

/* Made and opened; its name and type are forgotten at once. */
static Attachment *
open_array (Registry *registry, guint64 elements)
{
  g_autofree char *name = g_strdup_printf ("/bench-grid-%d", getpid ());
  g_autofree char *type = g_strdup_printf ("float64[%" G_GUINT64_FORMAT "]", elements);
  g_autoptr (GError) error = NULL;
  Attachment *attachment = NULL;
  int fd = shm_open (name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

  if (fd < 0)
    err (1, "%s", name);
  if (ftruncate (fd, (off_t) (elements * sizeof (double))) == 0
      && registry_set_type (registry, name, type, &error))
    {
      for (guint i = 0; i < MIN (elements, 10000); i++)
        {
          double number = i * 1.1;

          if (pwrite (fd, &number, sizeof number, (off_t) (i * sizeof number)) < 0)
            warn ("%s", name);
        }
      attachment = registry_open (registry, name, &error);
      registry_set_type (registry, name, NULL, NULL);
    }
  shm_unlink (name);
  close (fd);
  if (attachment == NULL)
    errx (1, "%s", error != NULL ? error->message : "the object could not be made");
  return attachment;
}

static void
measure_frames (GtkWidget *grid, GtkAdjustment *vertical, double elements, double seconds,
                gboolean json)
{
  double wall, cpu;
  guint tick;

  tick = gtk_widget_add_tick_callback (grid, scroll, vertical, NULL);
  run_for (seconds / 4);
  frames = 0;
  wall = measure_seconds (CLOCK_MONOTONIC);
  cpu = measure_seconds (CLOCK_PROCESS_CPUTIME_ID);
  run_for (seconds);
  wall = measure_seconds (CLOCK_MONOTONIC) - wall;
  cpu = measure_seconds (CLOCK_PROCESS_CPUTIME_ID) - cpu;
  gtk_widget_remove_tick_callback (grid, tick);
  printf (json ? "{\"elements\":%.0f,\"frames_per_s\":%.2f,\"frame_ms\":%.3f,"
                 "\"own_mib\":%.1f,\"touched_mib\":%.1f}\n"
               : "%.0f elements: %.2f frames a second, %.3f ms of processor time each; "
                 "%.1f MiB of its own, %.1f MiB of the array\n",
          elements, frames / wall, cpu * 1000 / MAX (frames, 1), memory ("RssAnon:"),
          memory ("RssShmem:"));
}

int
main (int argc, char **argv)
{
  double elements = 1e8, seconds = 4;
  gboolean json = FALSE;
  g_autoptr (Registry) registry = NULL;
  g_autoptr (Attachment) attachment = NULL;
  g_autoptr (GPtrArray) infos = NULL;
  GtkWidget *window, *scrolled, *grid;
  Sampler *sampler;

  for (int i = 1; i < argc; i++)
    if (strcmp (argv[i], "--json") == 0)
      json = TRUE;
    else if (strcmp (argv[i], "--quick") == 0)
      seconds = 0.2;
    else if (!measure_option (argc, argv, &i, "--seconds", &seconds)
             && !measure_option (argc, argv, &i, "--elements", &elements))
      errx (1, "usage: bench-grid [--json] [--quick] [--seconds N] [--elements N]");
  if (!gtk_init_check ())
    errx (77, "there is no screen");

  loop = g_main_loop_new (NULL, FALSE);
  registry = registry_new (NULL);
  attachment = open_array (registry, (guint64) elements);
  infos = attachment_get_entries (attachment, NULL);
  sampler = sampler_new ();
  window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (window), 1000, 900);
  scrolled = gtk_scrolled_window_new ();
  grid = array_grid_new ();
  array_grid_set_array (ARRAY_GRID (grid), sampler, attachment, infos->pdata[0]);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), grid);
  gtk_window_set_child (GTK_WINDOW (window), scrolled);
  gtk_window_present (GTK_WINDOW (window));
  measure_frames (grid, gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (grid)), elements, seconds,
                  json);

  gtk_window_destroy (GTK_WINDOW (window));
  sampler_free (sampler);
  g_main_loop_unref (loop);
  return 0;
}
