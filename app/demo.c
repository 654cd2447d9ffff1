/* demo.c - starting workers, waiting for them, and leaving nothing behind. */
#include "demo.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

const struct demo *const demo_all[] = {
  &demo_mixed, &demo_counter, &demo_array,    &demo_ranges,
  &demo_squares, &demo_together, &demo_training, NULL,
};

static volatile sig_atomic_t ending;
static bool slow_pace;
static pid_t demo_parent;  /* of a worker: the process that made the segment */

static void
note_signal (int number)
{
  ending = 1;
}

const struct demo *
demo_find (const char *name)
{
  for (size_t i = 0; demo_all[i] != NULL; i++)
    if (strcmp (demo_all[i]->name, name) == 0)
      return demo_all[i];
  return NULL;
}

void
demo_must (int result)
{
  if (result >= 0)
    return;
  fprintf (stderr, "demo: %s\n", shmlens_error ());
  exit (1);
}

struct shmlens_entry *
demo_open (struct shmlens_segment *segment, const char *name)
{
  struct shmlens_entry *entry = NULL;

  demo_must (shmlens_entry_open (segment, name, &entry));
  return entry;
}

void
demo_lock (struct shmlens_entry *entry)
{
  demo_must (shmlens_lock_acquire (shmlens_entry_lock (entry)));
}

void
demo_unlock (struct shmlens_entry *entry)
{
  shmlens_entry_commit (entry);
  demo_must (shmlens_lock_release (shmlens_entry_lock (entry)));
}

static bool
must_end (void)
{
  return ending || (demo_parent != 0 && getppid () != demo_parent);
}

bool
demo_wait (unsigned milliseconds)
{
  struct timespec left = { .tv_sec = milliseconds / 1000,
                           .tv_nsec = (long) (milliseconds % 1000) * 1000000 };

  /* A signal cuts the sleep short, which is what it is for. */
  if (!must_end ())
    nanosleep (&left, NULL);
  return !must_end ();
}

bool
demo_pace (unsigned milliseconds)
{
  return slow_pace ? demo_wait (milliseconds) : !must_end ();
}

static void
end_with (pid_t parent)
{
  prctl (PR_SET_PDEATHSIG, SIGTERM);
  if (getppid () != parent)  /* it ended before we asked to be told */
    ending = 1;
}

static void
catch_signals (void)
{
  struct sigaction action = { .sa_handler = note_signal };

  sigemptyset (&action.sa_mask);
  sigaction (SIGINT, &action, NULL);
  sigaction (SIGTERM, &action, NULL);
  sigaction (SIGHUP, &action, NULL);
}

static void
run_worker (const struct demo *demo, struct shmlens_segment *segment, unsigned worker,
            unsigned workers, pid_t parent)
{
  char name[16];

  demo_parent = parent;
  end_with (parent);
  snprintf (name, sizeof name, "%.8s-%u", demo->name, worker);
  prctl (PR_SET_NAME, name);
  demo->work (segment, worker, workers);
  if (getppid () != parent)  /* nobody else is left to remove the name */
    shmlens_segment_unlink (shmlens_segment_name (segment));
  fflush (NULL);
  _exit (0);
}

/* Waits for all workers. True when each came to its end by itself. */
static bool
wait_for_workers (unsigned workers, const pid_t *pids)
{
  bool fine = true;
  bool told = false;
  unsigned left = workers;

  while (left > 0)
    {
      int status;
      pid_t pid = waitpid (-1, &status, WNOHANG);

      if (pid > 0)
        {
          left--;
          if (!WIFEXITED (status) || WEXITSTATUS (status) != 0)
            {
              printf ("worker process %d ended by %s %d\n", (int) pid,
                      WIFSIGNALED (status) ? "signal" : "status",
                      WIFSIGNALED (status) ? WTERMSIG (status) : WEXITSTATUS (status));
              fine = false;
            }
          continue;
        }
      if (pid < 0 && errno != EINTR)
        break;
      if (ending && !told)
        {
          for (unsigned i = 0; i < workers; i++)
            kill (pids[i], SIGTERM);
          told = true;
        }
      /* Not a blocking wait: a signal that came just before it would be missed. */
      nanosleep (&(struct timespec){ .tv_nsec = 10000000 }, NULL);
    }
  return fine && !told;
}

int
demo_run (const struct demo *demo, const struct demo_options *options)
{
  unsigned workers = options->workers != 0 ? options->workers : demo->workers;
  struct shmlens_segment *segment = NULL;
  char made_up[64], title[64], logical[64];
  const char *name = options->segment;
  pid_t pids[64] = { 0 };
  unsigned started;
  bool whole, pass;

  if (workers > 64)
    {
      fprintf (stderr, "demo: %u workers are more than the 64 that a demo can start\n", workers);
      return 1;
    }
  slow_pace = options->slow;
  catch_signals ();
  if (options->with_parent)
    end_with (getppid ());
  if (name == NULL)
    {
      snprintf (made_up, sizeof made_up, "/demo-%s-%d", demo->name, (int) getpid ());
      name = made_up;
    }
  snprintf (title, sizeof title, "demo %s", demo->name);
  snprintf (logical, sizeof logical, "demo-%s", demo->name);
  demo_must (shmlens_segment_create (
    name, &(struct shmlens_segment_attr){ .program = title, .logical_name = logical }, &segment));
  demo->prepare (segment, workers);
  printf ("%s: %s\nsegment %s, %u workers\n", demo->name, demo->summary, name, workers);
  fflush (NULL);

  for (started = 0; started < workers && !ending; started++)
    {
      pid_t parent = getpid ();

      pids[started] = fork ();
      if (pids[started] == 0)
        run_worker (demo, segment, started, workers, parent);
      if (pids[started] < 0)
        {
          perror ("demo: fork");
          ending = 1;
          break;
        }
    }
  whole = wait_for_workers (started, pids) && started == workers;
  pass = demo->check (segment, workers);
  if (!whole)
    printf ("%s: stopped early\n", demo->name);
  else
    printf ("%s: %s\n", demo->name, pass ? "pass" : "FAIL");
  fflush (NULL);
  shmlens_segment_unlink (name);
  shmlens_segment_detach (segment);
  return whole && pass ? 0 : 1;
}
