/* heat-map.c - what a heat map of an array that changes all the time costs.
 *
 * usage: with-display bench-heat-map [--json] [--quick] [--seconds N] [--side N] [--pixels N]
 *
 * Shows an array of side x side doubles (1000) of a segment of its own in a window of so many
 * pixels (700) at the 10 Hz of the window, and rewrites a row of it between, so that each
 * picture is another. Told is the processor time of this process, the reading thread
 * included, per second of the wall clock, and how many pictures were drawn in it. What the
 * display server does with the pixels is not counted.
 */
#include <err.h>
#include <gtk/gtk.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "array-image.h"
#include "measure.h"
#include "style.h"

static unsigned frames;

static void
note_frame (GdkFrameClock *clock, gpointer data)
{
  frames++;
}

static gboolean
quit (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_REMOVE;
}

static void
run_for (double seconds)
{
  GMainLoop *loop = g_main_loop_new (NULL, FALSE);

  g_timeout_add ((guint) (seconds * 1000), quit, loop);
  g_main_loop_run (loop);
  g_main_loop_unref (loop);
}

/* The writer's own cost is next to nothing: one row. */
static double *elements;
static guint64 side;

static gboolean
change (gpointer data)
{
  static guint64 row;

  row = (row + 37) % side;
  for (guint64 i = 0; i < side; i++)
    elements[row * side + i] = -elements[row * side + i];
  return G_SOURCE_CONTINUE;
}

/* The segment's name goes at once, so that nothing is left whatever happens. */
static Attachment *
make_array (Session *session, EntryInfo **ret_entry)
{
  g_autofree char *name = g_strdup_printf ("/bench-heat-map-%d", (int) getpid ());
  struct shmlens_segment *segment;
  struct shmlens_entry *entry;
  uint64_t shape[] = { side, side };
  g_autoptr (GError) error = NULL;
  Attachment *attachment = NULL;

  if (shmlens_segment_create (name, NULL, &segment) < 0)
    errx (1, "%s", shmlens_error ());
  if (shmlens_array_create (segment, "map", 'd', 2, shape, NULL, NULL, &entry) == 0)
    attachment = registry_open (session_get_registry (session), name, &error);
  shmlens_segment_unlink (name);
  if (attachment == NULL)
    errx (1, "%s", error != NULL ? error->message : shmlens_error ());
  elements = shmlens_entry_data (entry);
  for (guint64 i = 0; i < side * side; i++)
    elements[i] = sin ((double) (i / side) / 50) * cos ((double) (i % side) / 40);
  *ret_entry = attachment_find_entry (attachment, "map");
  return attachment;
}

int
main (int argc, char **argv)
{
  double seconds = 5, wanted_side = 1000, pixels = 700, wall, cpu;
  g_autoptr (EntryInfo) entry = NULL;
  g_autoptr (Attachment) attachment = NULL;
  Session *session;
  GtkWidget *window, *image;
  ArrayPlane plane;
  bool json = false;

  for (int i = 1; i < argc; i++)
    if (strcmp (argv[i], "--json") == 0)
      json = true;
    else if (strcmp (argv[i], "--quick") == 0)
      seconds = 0.5;
    else if (!measure_option (argc, argv, &i, "--seconds", &seconds)
             && !measure_option (argc, argv, &i, "--side", &wanted_side)
             && !measure_option (argc, argv, &i, "--pixels", &pixels))
      errx (1, "usage: bench-heat-map [--json] [--quick] [--seconds N] [--side N] [--pixels N]");
  if (!gtk_init_check ())
    errx (1, "there is no screen");
  side = (guint64) CLAMP (wanted_side, 1, 10000);
  style_load ();
  session = session_new (NULL);
  attachment = make_array (session, &entry);
  plane = array_plane_of (entry);
  image = g_object_new (ARRAY_TYPE_IMAGE, NULL);
  window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (window), (int) pixels, (int) pixels);
  gtk_window_set_child (GTK_WINDOW (window), image);
  array_image_set (ARRAY_IMAGE (image), session, attachment, entry, &plane, -1);
  gtk_window_present (GTK_WINDOW (window));
  run_for (MIN (seconds, 1));

  g_signal_connect (gtk_widget_get_frame_clock (image), "after-paint", G_CALLBACK (note_frame),
                    NULL);
  g_timeout_add (50, change, NULL);
  wall = measure_seconds (CLOCK_MONOTONIC);
  cpu = measure_seconds (CLOCK_PROCESS_CPUTIME_ID);
  frames = 0;
  run_for (seconds);
  wall = measure_seconds (CLOCK_MONOTONIC) - wall;
  cpu = measure_seconds (CLOCK_PROCESS_CPUTIME_ID) - cpu;
  printf (json ? "{\"side\":%.0f,\"percent\":%.2f,\"frames_per_s\":%.2f}\n"
               : "heat map of %.0f x the same: %.1f %% of a core, %.1f pictures a second\n",
          (double) side, 100 * cpu / wall, frames / wall);
  gtk_window_destroy (GTK_WINDOW (window));
  g_object_unref (session);
  return 0;
}
