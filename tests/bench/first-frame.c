/* first-frame.c - tells when a GTK program, any, has drawn its first frame; loaded
 * before it by LD_PRELOAD.
 *
 * On standard output it prints `frame NOW USED` when the first frame in which a window was
 * drawn has been handed to the screen, and `values NOW USED` for the first frame that
 * shows a text with FIRST_FRAME_TEXT (from the environment) in it. NOW is CLOCK_MONOTONIC,
 * USED the processor time of the process, both in nanoseconds.
 */
#include <dlfcn.h>
#include <gtk/gtk.h>
#include <string.h>
#include <unistd.h>

static gboolean drawn, frame_told, values_told;

static void
tell (const char *what)
{
  struct timespec now, cpu;
  char line[128];
  int length;

  clock_gettime (CLOCK_MONOTONIC, &now);
  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &cpu);
  length = g_snprintf (line, sizeof line, "%s %ld%09ld %ld%09ld\n", what, (long) now.tv_sec,
                       now.tv_nsec, (long) cpu.tv_sec, cpu.tv_nsec);
  if (write (STDOUT_FILENO, line, (size_t) length) != length)
    _exit (1);
}

static gboolean
on_render (GSignalInvocationHint *hint, guint n, const GValue *values, gpointer data)
{
  drawn = TRUE;
  return !frame_told;
}

static gboolean
shows (GtkWidget *widget, const char *text)
{
  const char *own = NULL;

  if (!gtk_widget_get_mapped (widget))
    return FALSE;
  if (GTK_IS_INSCRIPTION (widget))
    own = gtk_inscription_get_text (GTK_INSCRIPTION (widget));
  else if (GTK_IS_LABEL (widget))
    own = gtk_label_get_text (GTK_LABEL (widget));
  if (own != NULL && strstr (own, text) != NULL)
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (shows (child, text))
      return TRUE;
  return FALSE;
}

static gboolean
on_after_paint (GSignalInvocationHint *hint, guint n, const GValue *values, gpointer data)
{
  const char *text = g_getenv ("FIRST_FRAME_TEXT");
  g_autoptr (GList) windows = NULL;

  if (!drawn)
    return TRUE;
  if (!frame_told)
    tell ("frame");
  frame_told = TRUE;
  if (text == NULL)
    return FALSE;
  windows = gtk_window_list_toplevels ();
  for (GList *i = windows; i != NULL && !values_told; i = i->next)
    if (shows (i->data, text))
      {
        tell ("values");
        values_told = TRUE;
      }
  return !values_told;
}

/* Programs call it before there is anything to draw. */
void
gtk_window_present (GtkWindow *window)
{
  static gboolean hooked;
  void (*real) (GtkWindow *);

  *(void **) &real = dlsym (RTLD_NEXT, "gtk_window_present");
  if (!hooked)
    {
      g_type_class_unref (g_type_class_ref (GDK_TYPE_SURFACE));
      g_type_class_unref (g_type_class_ref (GDK_TYPE_FRAME_CLOCK));
      g_signal_add_emission_hook (g_signal_lookup ("render", GDK_TYPE_SURFACE), 0, on_render,
                                  NULL, NULL);
      g_signal_add_emission_hook (g_signal_lookup ("after-paint", GDK_TYPE_FRAME_CLOCK), 0,
                                  on_after_paint, NULL, NULL);
    }
  hooked = TRUE;
  real (window);
}
