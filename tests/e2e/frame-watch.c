/* frame-watch.c - tells how well a GTK program, any, keeps up, and how much memory it has in
 * use; loaded before it by LD_PRELOAD.
 *
 * A source as urgent as drawing shall be called sixty times a second; when more than a tenth
 * of a second goes by without it, and none in which a frame of the first window was done, a
 * frame counts as missed: one would have been, had there been anything to draw. How
 * much of such a gap the main thread used a processor, and how much it waited for one that
 * others had, says who is to blame. Four times a second it prints, on standard output:
 *
 *   frames MISSED BUSY LONGEST_MS USED_MS WAITED_MS CALLS IN_USE
 *
 * MISSED and BUSY are counted from the start, BUSY those in which the main thread used more
 * than a tenth of a second of a processor. LONGEST_MS is the longest gap since the line before,
 * USED_MS and WAITED_MS are of that gap. CALLS is how often the source has been called. IN_USE
 * is what malloc has given out, in bytes.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <gtk/gtk.h>
#include <malloc.h>
#include <unistd.h>

#define PERIOD_MS 16
#define TELL_MS   250
#define LATE_US   (100 * 1000)

/* Microseconds: of the clock, of a processor used, and of waiting for one. */
struct moment
{
  gint64 time, used, waited;
};

static int schedstat = -1;
static guint missed, busy, calls;
static struct moment last, longest;

static struct moment
now (void)
{
  struct moment moment = { .time = g_get_monotonic_time () };
  char text[96] = "", *end;

  if (pread (schedstat, text, sizeof text - 1, 0) > 0)
    {
      moment.used = (gint64)(g_ascii_strtoull (text, &end, 10) / 1000);
      moment.waited = (gint64)(g_ascii_strtoull (end, NULL, 10) / 1000);
    }
  return moment;
}

static void
look (void)
{
  struct moment here = now ();
  struct moment gap = { here.time - last.time, here.used - last.used, here.waited - last.waited };

  if (last.time != 0)
    {
      missed += gap.time > LATE_US;
      busy += gap.used > LATE_US;
      if (gap.time > longest.time)
        longest = gap;
    }
  last = here;
}

static gboolean
on_period (gpointer data)
{
  look ();
  calls++;
  return G_SOURCE_CONTINUE;
}

static gboolean
on_time (gpointer data)
{
  struct mallinfo2 memory = mallinfo2 ();
  char line[160];
  int length = g_snprintf (line, sizeof line, "frames %u %u %d %d %d %u %zu\n", missed, busy,
                           (int)(longest.time / 1000), (int)(longest.used / 1000),
                           (int)(longest.waited / 1000), calls, memory.uordblks + memory.hblkhd);

  longest = (struct moment){ 0 };
  return write (STDOUT_FILENO, line, (size_t)length) == length ? G_SOURCE_CONTINUE
                                                               : G_SOURCE_REMOVE;
}

/* Programs call it before there is anything to draw, in the main thread. */
void
gtk_window_present (GtkWindow *window)
{
  void (*real) (GtkWindow *);

  *(void **)&real = dlsym (RTLD_NEXT, "gtk_window_present");
  if (schedstat < 0)
    {
      schedstat = open ("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
      g_timeout_add_full (GDK_PRIORITY_REDRAW, PERIOD_MS, on_period, NULL, NULL);
      g_timeout_add (TELL_MS, on_time, NULL);
      gtk_widget_realize (GTK_WIDGET (window));
      g_signal_connect (gtk_widget_get_frame_clock (GTK_WIDGET (window)), "after-paint",
                        G_CALLBACK (look), NULL);
    }
  real (window);
}
