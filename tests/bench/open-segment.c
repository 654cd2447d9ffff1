/* open-segment.c - how long the window takes to open a segment of very many entries.
 *
 * usage: with-display bench-open-segment [--json] [--quick] [--entries N] [--rounds N]
 *
 * The window is there, with an empty segment open; then one of so many entries (10000) is
 * selected, and the empty one again, and so on. Told is the time from the selection to the
 * moment when the table has all entries, and to the end of the first frame after it, which
 * shows them: medians and quartiles.
 */
#include <err.h>
#include <gtk/gtk.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "measure.h"
#include "shmlens.h"
#include "style.h"
#include "window.h"

#define PATIENCE_S 60

static unsigned frames;

static void
note_frame (GdkFrameClock *clock, gpointer data)
{
  frames++;
}

static gboolean
wake (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static gpointer
child_of (gpointer widget, const char *id)
{
  return gtk_widget_get_template_child (widget, G_OBJECT_TYPE (widget), id);
}

/* How many entries the table has, when it is what is seen. */
static guint
n_listed (ShmlensWindow *window)
{
  GtkColumnView *view = child_of (child_of (window, "table"), "view");

  if (g_strcmp0 (gtk_stack_get_visible_child_name (child_of (window, "stack")), "segment") != 0
      || g_strcmp0 (gtk_stack_get_visible_child_name (child_of (window, "table_stack")), "table")
             != 0)
    return 0;
  return g_list_model_get_n_items (G_LIST_MODEL (gtk_column_view_get_model (view)));
}

/* Until the table has so many entries, and until the end of the next frame. */
static void
open_segment (ShmlensWindow *window, const char *name, guint n_entries, double *ret_list,
              double *ret_frame)
{
  double start = measure_seconds (CLOCK_MONOTONIC);
  unsigned before;

  shmlens_window_open (window, name, NULL);
  while (n_listed (window) != n_entries)
    {
      g_main_context_iteration (NULL, TRUE);
      if (measure_seconds (CLOCK_MONOTONIC) - start > PATIENCE_S)
        errx (1, "%s is not shown", name);
    }
  *ret_list = measure_seconds (CLOCK_MONOTONIC) - start;
  before = frames;
  gtk_widget_queue_draw (GTK_WIDGET (window));
  while (frames == before)
    g_main_context_iteration (NULL, TRUE);
  *ret_frame = measure_seconds (CLOCK_MONOTONIC) - start;
}

static struct shmlens_segment *
make_segment (const char *name, guint n_entries)
{
  struct shmlens_segment *segment;
  int result;

  if (shmlens_segment_create (name, NULL, &segment) < 0)
    errx (1, "%s", shmlens_error ());
  for (guint i = 0; i < n_entries; i++)
    {
      g_autofree char *entry = g_strdup_printf ("entry%u", i);
      struct shmlens_entry *value;

      result = shmlens_value_create (segment, entry, 'q', &(int64_t){ i }, NULL, &value);
      if (result < 0)
        {
          shmlens_segment_unlink (name);
          errx (1, "%s", shmlens_error ());
        }
    }
  return segment;
}

static void
measure (ShmlensWindow *window, const char *small, const char *large, guint n_entries,
         unsigned rounds, gboolean json)
{
  struct measure lists = { 0 }, shown = { 0 };
  double list, frame;

  /* The first round makes what stays: rows and their cells. */
  for (unsigned i = 0; i <= rounds; i++)
    {
      open_segment (window, small, 1, &list, &frame);
      open_segment (window, large, n_entries, &list, &frame);
      measure_add (&lists, list);
      measure_add (&shown, frame);
    }
  if (json)
    {
      printf ("{\"entries\":%u,\"first_s\":%.4f,", n_entries, shown.values[0]);
      measure_print_json ("list_s", &lists);
      printf (",");
      measure_print_json ("frame_s", &shown);
      printf ("}\n");
    }
  else
    printf ("%u entries: listed after %.3f s, seen after %.3f s; the first time %.3f s\n",
            n_entries, measure_quantile (&lists, 0.5), measure_quantile (&shown, 0.5),
            shown.values[0]);
}

int
main (int argc, char **argv)
{
  double n_entries = 10000, rounds = 11;
  gboolean json = FALSE;
  g_autofree char *small = NULL, *large = NULL;
  struct shmlens_segment *segments[2];
  Session *session;
  ShmlensWindow *window;

  for (int i = 1; i < argc; i++)
    if (strcmp (argv[i], "--json") == 0)
      json = TRUE;
    else if (strcmp (argv[i], "--quick") == 0)
      rounds = 1;
    else if (!measure_option (argc, argv, &i, "--entries", &n_entries)
             && !measure_option (argc, argv, &i, "--rounds", &rounds))
      errx (1, "usage: bench-open-segment [--json] [--quick] [--entries N] [--rounds N]");
  n_entries = CLAMP (n_entries, 2, 100000);
  rounds = CLAMP (rounds, 1, MEASURE_ROUNDS_MAX - 1);
  if (!gtk_init_check ())
    errx (1, "there is no screen");
  style_load ();
  small = g_strdup_printf ("/bench-open-%d-small", (int)getpid ());
  large = g_strdup_printf ("/bench-open-%d-large", (int)getpid ());
  segments[0] = make_segment (small, 1);
  segments[1] = make_segment (large, (guint)n_entries);
  session = session_new (NULL);
  window = shmlens_window_new (NULL, session, NULL);
  gtk_window_present (GTK_WINDOW (window));
  g_timeout_add (5, wake, NULL);
  g_signal_connect (gtk_widget_get_frame_clock (GTK_WIDGET (window)), "after-paint",
                    G_CALLBACK (note_frame), NULL);
  measure (window, small, large, (guint)n_entries, (unsigned)rounds, json);
  shmlens_segment_unlink (small);
  shmlens_segment_unlink (large);
  gtk_window_destroy (GTK_WINDOW (window));
  g_object_unref (session);
  shmlens_segment_detach (segments[0]);
  shmlens_segment_detach (segments[1]);
  return 0;
}
