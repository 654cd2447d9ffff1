/* bench-record - what recording costs, and whether it misses anything.
 *
 * 100 entries that all change between any two ticks are recorded at 1000 Hz: the ticks that were
 * missed, the samples that were lost, what the file holds of each tick, and the processor time.
 * Beside it a loop does nothing but wait for the same ticks: what it misses, the machine misses.
 */
#include <err.h>
#include <glib/gstdio.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include "busy-segment.h"
#include "database.h"
#include "measure.h"
#include "recorder.h"
#include "recording-file.h"
#include "worker.h"

#define ENTRIES 100
#define HERTZ 1000

static void
quit_when_ended (Recorder *recorder, enum recorder_state state, gpointer loop)
{
  if (state == RECORDER_ENDED || state == RECORDER_FAILED)
    g_main_loop_quit (loop);
}

/* Waits for ticks as the sampler does. */
struct empty_loop
{
  pthread_t thread;
  gboolean stop;         /* atomic */
  guint64 ticks, missed;
  double seconds;        /* of processor time */
};

static void *
wait_for_ticks (void *data)
{
  const guint64 period = 1000000000 / HERTZ;
  struct empty_loop *self = data;
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t cond;
  guint64 next = worker_now_ns ();
  struct timespec used;

  prctl (PR_SET_TIMERSLACK, 1L);
  worker_cond_init (&cond);
  pthread_mutex_lock (&mutex);
  while (!__atomic_load_n (&self->stop, __ATOMIC_RELAXED))
    {
      guint64 now = worker_now_ns ();
      struct timespec until = { (time_t) (next / 1000000000), (long) (next % 1000000000) };

      if (now < next)
        {
          pthread_cond_timedwait (&cond, &mutex, &until);
          continue;
        }
      self->ticks++;
      self->missed += (now - next) / period;
      next += ((now - next) / period + 1) * period;
    }
  pthread_mutex_unlock (&mutex);
  pthread_cond_destroy (&cond);
  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &used);
  self->seconds = (double) used.tv_sec + (double) used.tv_nsec / 1e9;
  return NULL;
}

static double
missed_percent (guint64 ticks, guint64 missed)
{
  return 100.0 * (double) missed / (double) MAX (ticks + missed, 1);
}

static double
own_seconds (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
         + (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static gboolean
count_sample (gint64 time_us, int status, const void *elements, gpointer user_data)
{
  *(guint64 *) user_data += elements != NULL;
  return TRUE;
}

static void
measure (Attachment *attachment, const char *path, double seconds, gboolean json)
{
  const struct recorder_options options = { .rate = HERTZ, .duration = seconds };
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GError) error = NULL;
  struct empty_loop empty = { 0 };
  double own = own_seconds ();
  Recorder *recorder
    = recorder_start (attachment, NULL, path, &options, quit_when_ended, loop, NULL, &error);
  struct recording_statistics statistics;
  g_autoptr (RecordingFile) file = NULL;
  guint64 ticks, held = 0;
  struct stat status;

  if (recorder == NULL)
    errx (1, "%s", error->message);
  worker_start (&empty.thread, "empty", wait_for_ticks, &empty);
  g_main_loop_run (loop);
  __atomic_store_n (&empty.stop, TRUE, __ATOMIC_RELAXED);
  pthread_join (empty.thread, NULL);
  own = own_seconds () - own - empty.seconds;
  recorder_get_statistics (recorder, &statistics, &ticks);
  if (!recorder_stop (recorder, &error) || (file = recording_file_open (path, &error)) == NULL)
    errx (1, "%s", error->message);
  for (guint i = 0; i < ENTRIES; i++)
    if (!recording_file_each_sample (file, i + 1, count_sample, &held, &error))
      errx (1, "%s", error->message);
  if (stat (path, &status) < 0)
    err (1, "%s", path);
  printf (json ? "{\"entries\":%d,\"hertz\":%d,\"ticks\":%" G_GUINT64_FORMAT
                 ",\"missed_percent\":%.4f,\"machine_missed_percent\":%.4f,\"lost\":%" G_GUINT64_FORMAT
                 ",\"held_of_samples\":%.6f,\"samples_per_tick\":%.2f,\"process_percent\":%.1f,"
                 "\"bytes_per_sample\":%.1f}\n"
               : "%d entries at %d Hz: %" G_GUINT64_FORMAT " ticks, missed %.4f %% (the machine %.4f %%), lost %"
                 G_GUINT64_FORMAT ", in the file %.6f of the samples, %.2f a tick; %.1f %% of a core,"
                 " %.1f bytes a sample\n",
          ENTRIES, HERTZ, ticks,
          missed_percent (ticks, statistics.missed_ticks), missed_percent (empty.ticks, empty.missed),
          statistics.lost, (double) held / (double) MAX (statistics.samples, 1),
          (double) statistics.samples / (double) MAX (ticks, 1), 100 * own / seconds,
          (double) status.st_size / (double) MAX (held, 1));
}

int
main (int argc, char **argv)
{
  struct busy_segment busy;
  g_autoptr (GError) error = NULL;
  g_autofree char *directory = NULL, *path = NULL;
  gboolean json = FALSE;
  double seconds = 10;

  for (int i = 1; i < argc; i++)
    if (strcmp (argv[i], "--json") == 0)
      json = TRUE;
    else if (strcmp (argv[i], "--quick") == 0)
      seconds = 0.2;
    else if (!measure_option (argc, argv, &i, "--seconds", &seconds))
      errx (1, "usage: bench-record [--json] [--quick] [--seconds N]");
  if (!database_is_built ())
    errx (1, "built without SQLite");

  busy_segment_make (&busy, "bench-record", ENTRIES);
  directory = g_dir_make_tmp ("bench-record-XXXXXX", &error);
  if (directory == NULL)
    errx (1, "%s", error->message);
  path = g_build_filename (directory, "r.shmrec", NULL);

  busy_segment_start (&busy, 300);
  measure (busy.attachment, path, seconds, json);
  g_unlink (path);
  g_rmdir (directory);
  busy_segment_end (&busy);
  return 0;
}
