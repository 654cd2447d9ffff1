/* What it costs to watch: a worker changes 1000 entries all the time, and some of
 * them are watched.
 *
 * usage: bench-sampler [--json] [--quick] [--seconds N]
 *
 * Told are the processor time of the sampler's thread and of this whole process
 * (callbacks and main loop included) in percent of one core, how many samples were
 * handed over a second, and the share of ticks that were missed.
 */
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "busy-segment.h"
#include "measure.h"
#include "sampler.h"

#define ENTRIES 1000

static guint64 samples;
static double seconds = 3;
static gboolean json;

static void
count_sample (Watch *watch, const Sample *sample, gpointer data)
{
  samples++;
}

static gboolean
quit (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

static double
own_seconds (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
         + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void
run_for (double span)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);

  g_timeout_add (span * 1000, quit, loop);
  g_main_loop_run (loop);
}

static void
measure (Attachment *attachment, guint watched, double rate)
{
  g_autoptr (Sampler) sampler = sampler_new ();
  g_autoptr (GPtrArray) infos = attachment_get_entries (attachment, NULL);
  struct sampler_statistics before, after;
  double own, span;
  gint64 start;

  sampler_set_rate (sampler, rate);
  for (guint i = 0; i < watched; i++)
    sampler_watch (sampler, attachment, infos->pdata[i], 0, 1, count_sample, NULL);
  run_for (0.3);

  samples = 0;
  sampler_get_statistics (sampler, &before);
  own = own_seconds ();
  start = g_get_monotonic_time ();
  run_for (seconds);
  span = (g_get_monotonic_time () - start) / 1e6;
  own = own_seconds () - own;
  sampler_get_statistics (sampler, &after);

  guint64 ticks = after.ticks - before.ticks, missed = after.missed - before.missed;

  printf (json ? "{\"watched\":%u,\"hertz\":%.0f,\"thread_percent\":%.2f,\"process_percent\":%.2f,"
                 "\"samples_per_s\":%.0f,\"missed_percent\":%.3f}\n"
               : "%7u  %5.0f  %8.2f  %9.2f  %9.0f  %8.3f\n",
          watched, rate, (after.cpu_ns - before.cpu_ns) / span / 1e7, own / span * 100,
          samples / span, 100.0 * missed / MAX (ticks + missed, 1));
}

int
main (int argc, char **argv)
{
  static const struct
  {
    guint watched;
    double rate;
  } cases[] = { { 0, 10 }, { 40, 10 }, { 40, 60 }, { 1000, 10 }, { 1000, 60 }, { 100, 1000 } };
  struct busy_segment busy;

  for (int i = 1; i < argc; i++)
    if (strcmp (argv[i], "--json") == 0)
      json = TRUE;
    else if (strcmp (argv[i], "--quick") == 0)
      seconds = 0.05;
    else if (!measure_option (argc, argv, &i, "--seconds", &seconds))
      errx (1, "usage: bench-sampler [--json] [--quick] [--seconds N]");

  busy_segment_make (&busy, "bench-sampler", ENTRIES);
  busy_segment_start (&busy, 1000);
  if (!json)
    printf ("watched  hertz  thread %%  process %%  samples/s  missed %%\n");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    measure (busy.attachment, cases[i].watched, cases[i].rate);
  busy_segment_end (&busy);
  return 0;
}
