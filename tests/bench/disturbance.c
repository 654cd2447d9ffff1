/* disturbance.c - how much slower a worker gets while it is watched.
 *
 * usage: bench-disturbance [--json] [--quick] [--rounds N] [--ms N] [--rate HZ]
 *
 * The worker increments a value under its lock as fast as it can, on one processor; the
 * engine watches it from another, as the window does. Each round is four periods: not
 * watched, watched, not watched, not watched. The loss is that of the second period
 * against the mean of its neighbours; the noise floor is the loss, reckoned the same
 * way, of the fourth, in which nothing is different. Told by the worker's processor
 * time, so that other programs do not count, and by the clock on the wall.
 */
#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "measure.h"
#include "sampler.h"
#include "source.h"

#define PERIODS 4
#define ROUNDS_MAX 500
#define PERIODS_MAX (ROUNDS_MAX * PERIODS + 1)
#define BATCH 2000
/* Between two periods the worker works on, and nothing is measured. */
#define REST_MS 20

/* The worker ends a period as soon as it sees that `wanted` is another, and then tells
 * in `ended` which one it ended, with its rates; `begun` is the one that it is in, so that none is
 * over before a busy machine has let the worker see it. */
struct shared
{
  unsigned wanted __attribute__ ((aligned (64)));
  unsigned begun __attribute__ ((aligned (64)));
  unsigned ended __attribute__ ((aligned (64)));
  double rate_cpu, rate_wall;
};

static struct shared *shared;
static struct shmlens_segment *segment;
static struct shmlens_entry *entry;
static GMainLoop *loop;
static guint64 samples;

static void
increment (void)
{
  struct shmlens_lock *lock = shmlens_entry_lock (entry);
  volatile int64_t *value = shmlens_entry_data (entry);

  for (unsigned i = 0; i < BATCH; i++)
    {
      shmlens_lock_acquire (lock);
      ++*value;
      shmlens_entry_commit (entry);
      shmlens_lock_release (lock);
    }
}

static void
work (void)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  measure_pin (0);
  for (;;)
    {
      unsigned period = __atomic_load_n (&shared->wanted, __ATOMIC_ACQUIRE);
      double cpu = measure_seconds (CLOCK_THREAD_CPUTIME_ID);
      double wall = measure_seconds (CLOCK_MONOTONIC);
      double count = 0;

      __atomic_store_n (&shared->begun, period, __ATOMIC_RELEASE);
      do
        {
          increment ();
          count += BATCH;
        }
      while (__atomic_load_n (&shared->wanted, __ATOMIC_ACQUIRE) == period);
      shared->rate_cpu = count / (measure_seconds (CLOCK_THREAD_CPUTIME_ID) - cpu);
      shared->rate_wall = count / (measure_seconds (CLOCK_MONOTONIC) - wall);
      __atomic_store_n (&shared->ended, period, __ATOMIC_RELEASE);
    }
}

static gboolean
quit (gpointer data)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

static void
run_for (guint milliseconds)
{
  g_timeout_add (milliseconds, quit, NULL);
  g_main_loop_run (loop);
}

static void
measure_period (Sampler *sampler, gboolean watched, guint milliseconds, double *ret_cpu,
                double *ret_wall)
{
  unsigned period;

  sampler_set_paused (sampler, !watched);
  run_for (REST_MS);
  period = __atomic_add_fetch (&shared->wanted, 1, __ATOMIC_ACQ_REL);
  run_for (milliseconds);
  while (__atomic_load_n (&shared->begun, __ATOMIC_ACQUIRE) != period)
    g_usleep (100);
  __atomic_add_fetch (&shared->wanted, 1, __ATOMIC_ACQ_REL);
  while (__atomic_load_n (&shared->ended, __ATOMIC_ACQUIRE) < period)
    g_usleep (100);
  *ret_cpu = shared->rate_cpu;
  *ret_wall = shared->rate_wall;
}

static void
count_sample (Watch *watch, const Sample *sample, gpointer data)
{
  samples++;
}

static void
ignore_segment (Attachment *attachment, gpointer data)
{
}

/* How much slower the period was than its neighbours. */
static double
loss_percent (const double *rate)
{
  return 100 - 200 * rate[0] / (rate[-1] + rate[1]);
}

/* The segment's name goes as soon as it is attached. */
static Attachment *
make_segment (Registry *registry)
{
  g_autoptr (GError) error = NULL;
  Attachment *attachment = NULL;
  char name[64];
  int result;

  snprintf (name, sizeof name, "/bench-disturbance-%d", getpid ());
  result = shmlens_segment_create (name, NULL, &segment);
  if (result == 0)
    {
      result = shmlens_value_create (segment, "count", 'q', NULL, NULL, &entry);
      if (result == 0)
        attachment = registry_open (registry, name, &error);
      shmlens_segment_unlink (name);
    }
  if (attachment == NULL)
    errx (1, "%s", result < 0 ? shmlens_error () : error->message);
  return attachment;
}

static void
print_line (const char *what, const struct measure *measure)
{
  printf ("%-34s %7.3f  (%.3f to %.3f)\n", what, measure_quantile (measure, 0.5),
          measure_quantile (measure, 0.25), measure_quantile (measure, 0.75));
}

static void
report (gboolean json, double rate, double seconds, const struct measure *speed,
        const struct measure *loss, const struct measure *noise)
{
  if (json)
    {
      printf ("{\"hertz\":%g,\"rounds\":%u,\"samples_per_s\":%.1f,", rate, loss[0].count,
              (double) samples / seconds);
      measure_print_json ("per_s", speed);
      putchar (',');
      measure_print_json ("loss_percent", &loss[0]);
      putchar (',');
      measure_print_json ("noise_percent", &noise[0]);
      putchar (',');
      measure_print_json ("loss_wall_percent", &loss[1]);
      putchar (',');
      measure_print_json ("noise_wall_percent", &noise[1]);
      puts ("}");
      return;
    }
  printf ("%u rounds, %.1f samples a second; medians (quartiles)\n", loss[0].count,
          (double) samples / seconds);
  print_line ("not watched, M/s", speed);
  print_line ("loss, %, by processor time", &loss[0]);
  print_line ("noise, %, by processor time", &noise[0]);
  print_line ("loss, %, by the wall's clock", &loss[1]);
  print_line ("noise, %, by the wall's clock", &noise[1]);
}

int
main (int argc, char **argv)
{
  static struct measure speed, loss[2], noise[2];
  static double cpu[PERIODS_MAX], wall[PERIODS_MAX];
  double rounds = 24, milliseconds = 400, rate = 60;
  g_autoptr (Registry) registry = NULL;
  g_autoptr (Attachment) attachment = NULL;
  g_autoptr (GPtrArray) infos = NULL;
  g_autoptr (Sampler) sampler = NULL;
  gboolean json = FALSE;
  unsigned periods;
  pid_t worker;

  for (int i = 1; i < argc; i++)
    if (strcmp (argv[i], "--json") == 0)
      json = TRUE;
    else if (strcmp (argv[i], "--quick") == 0)
      rounds = 2, milliseconds = 50;
    else if (!measure_option (argc, argv, &i, "--rounds", &rounds)
             && !measure_option (argc, argv, &i, "--ms", &milliseconds)
             && !measure_option (argc, argv, &i, "--rate", &rate))
      errx (1, "usage: bench-disturbance [--json] [--quick] [--rounds N] [--ms N] [--rate HZ]");
  if (rounds > ROUNDS_MAX)
    errx (1, "--rounds: at most %d", ROUNDS_MAX);

  shared = mmap (NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED)
    err (1, "mmap");
  registry = registry_new (NULL);
  attachment = make_segment (registry);
  worker = fork ();
  if (worker < 0)
    err (1, "fork");
  if (worker == 0)
    work ();

  /* Before there are threads, which then are there too. */
  if (measure_pin (1) < 2)
    warnx ("one processor alone: the worker has to share it");
  loop = g_main_loop_new (NULL, FALSE);
  sampler = sampler_new ();
  sampler_set_rate (sampler, rate);
  infos = attachment_get_entries (attachment, NULL);
  sampler_watch_segment (sampler, attachment, ignore_segment, NULL);
  sampler_watch (sampler, attachment, infos->pdata[0], 0, 1, count_sample, NULL);

  /* One period to warm up, and a last one, for the last round's fourth to have a
   * neighbour. */
  periods = (unsigned) rounds * PERIODS + 1;
  measure_period (sampler, TRUE, (guint) milliseconds, &cpu[0], &wall[0]);
  samples = 0;
  for (unsigned i = 0; i < periods; i++)
    measure_period (sampler, i % PERIODS == 1, (guint) milliseconds, &cpu[i], &wall[i]);
  kill (worker, SIGKILL);
  waitpid (worker, NULL, 0);
  for (unsigned i = 1; i < periods; i += 2)
    {
      gboolean watched = i % PERIODS == 1;

      measure_add (&(watched ? loss : noise)[0], loss_percent (&cpu[i]));
      measure_add (&(watched ? loss : noise)[1], loss_percent (&wall[i]));
      measure_add (&speed, cpu[i - 1] * (json ? 1 : 1e-6));
    }
  report (json, rate, rounds * (milliseconds + REST_MS) / 1000, &speed, loss, noise);
  shmlens_segment_detach (segment);
  g_main_loop_unref (loop);
  if (samples == 0)
    errx (1, "the worker was not watched at all");
  return 0;
}
