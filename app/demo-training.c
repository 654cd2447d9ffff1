/* demo-training.c - (g) a training run that goes on until it is told to stop.
 *
 * What a real one would share: per worker progress, loss, rate and status; a stop
 * and a pause flag and a learning rate that people set; a field and an image
 * that change. The loss falls towards a floor that the learning rate decides, so
 * that an edit can be seen to work.
 */
#include <glib/gi18n.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "demo.h"

enum
{
  STEPS_PER_EPOCH = 500,
  STEP_MS = 10,
  FIELD_HEIGHT = 48,
  FIELD_WIDTH = 64,
  IMAGE_HEIGHT = 64,
  IMAGE_WIDTH = 96,
  TRAIL = 256  /* losses kept */
};

enum status
{
  WAITING,
  RUNNING,
  PAUSED,
  STOPPED
};

/* The best result so far, as one value. */
struct best
{
  double loss;
  int64_t step;
  int32_t worker;
  uint32_t improved : 31;
  uint32_t converged : 1;
};
_Static_assert (sizeof (struct best) == 24, "the bit fields begin at byte 20");

static struct shmlens_entry *
make_value (struct shmlens_segment *segment, const char *name, char code, const void *initial,
            const struct shmlens_entry_attr *attr)
{
  struct shmlens_entry *entry = NULL;

  demo_must (shmlens_value_create (segment, name, code, initial, attr, &entry));
  return entry;
}

static void
make_array (struct shmlens_segment *segment, const char *name, char code, unsigned dimensions,
            const uint64_t *shape, const void *initial, const struct shmlens_entry_attr *attr)
{
  struct shmlens_entry *entry = NULL;

  demo_must (
    shmlens_array_create (segment, name, code, dimensions, shape, initial, attr, &entry));
}

static void
prepare_controls (struct shmlens_segment *segment)
{
  const double rate = 0.1, lowest = 1e-6, highest = 1.0;
  const uint64_t length = 64;
  char note[64] = "set stop to end the run";

  make_value (segment, "stop", '?', NULL,
              &(struct shmlens_entry_attr){ .role = SHMLENS_ROLE_FLAG,
                                            .doc = "ends the run after the step under way" });
  make_value (segment, "pause", '?', NULL,
              &(struct shmlens_entry_attr){ .role = SHMLENS_ROLE_FLAG,
                                            .doc = "holds all workers until it is off again" });
  make_value (segment, "learning rate", 'd', &rate,
              &(struct shmlens_entry_attr){ .minimum = &lowest,
                                            .maximum = &highest,
                                            .doc = "lower: slower, to a lower loss" });
  make_array (segment, "note", 'c', 1, &length, note,
              &(struct shmlens_entry_attr){ .role = SHMLENS_ROLE_TEXT, .doc = "a line for people" });
}

static void
prepare_worker (struct shmlens_segment *segment, unsigned worker)
{
  static const struct shmlens_label labels[] = {
    { .value = WAITING, .text = "waiting", .field = -1 },
    { .value = RUNNING, .text = "running", .field = -1 },
    { .value = PAUSED, .text = "paused", .field = -1 },
    { .value = STOPPED, .text = "stopped", .field = -1 },
  };
  const int32_t end = STEPS_PER_EPOCH;
  const double one = 1.0;
  char name[SHMLENS_ENTRY_NAME_MAX + 1];

  snprintf (name, sizeof name, "worker %u status", worker);
  make_value (segment, name, 'B', NULL,
              &(struct shmlens_entry_attr){ .label_count = 4, .labels = labels });
  snprintf (name, sizeof name, "worker %u progress", worker);
  make_value (segment, name, 'i', NULL,
              &(struct shmlens_entry_attr){ .role = SHMLENS_ROLE_PROGRESS,
                                            .progress_max = &end,
                                            .unit = "steps",
                                            .doc = "steps of the epoch under way" });
  snprintf (name, sizeof name, "worker %u loss", worker);
  make_value (segment, name, 'd', &one, NULL);
  snprintf (name, sizeof name, "worker %u rate", worker);
  make_value (segment, name, 'f', NULL, &(struct shmlens_entry_attr){ .unit = "steps/s" });
}

static void
training_prepare (struct shmlens_segment *segment, unsigned workers)
{
  static const struct shmlens_field fields[] = {
    { .name = "loss", .code = 'd', .offset = offsetof (struct best, loss) },
    { .name = "step", .code = 'q', .offset = offsetof (struct best, step) },
    { .name = "worker", .code = 'i', .offset = offsetof (struct best, worker) },
    { .name = "improved", .code = 'I', .offset = 20, .bit_offset = 0, .bit_width = 31 },
    { .name = "converged", .code = 'I', .offset = 20, .bit_offset = 31, .bit_width = 1 },
  };
  const struct best best = { .loss = 1.0, .worker = -1 };
  const uint64_t trail = TRAIL;
  const uint64_t field[] = { FIELD_HEIGHT, FIELD_WIDTH };
  const uint64_t image[] = { IMAGE_HEIGHT, IMAGE_WIDTH };

  prepare_controls (segment);
  for (unsigned i = 0; i < workers; i++)
    prepare_worker (segment, i);
  make_value (segment, "steps", 'Q', NULL,
              &(struct shmlens_entry_attr){ .role = SHMLENS_ROLE_COUNTER,
                                            .unit = "steps",
                                            .doc = "of all workers" });
  make_value (segment, "best", 'T', &best,
              &(struct shmlens_entry_attr){ .element_size = sizeof best,
                                            .field_count = 5,
                                            .fields = fields,
                                            .doc = "the lowest loss so far" });
  make_array (segment, "losses", 'd', 1, &trail, NULL,
              &(struct shmlens_entry_attr){ .doc = "the last 256 losses of worker 0" });
  make_array (segment, "field", 'f', 2, field, NULL,
              &(struct shmlens_entry_attr){ .flags = SHMLENS_NO_LOCK, .unit = "mV" });
  make_array (segment, "image", 'B', 2, image, NULL,
              &(struct shmlens_entry_attr){ .flags = SHMLENS_NO_LOCK,
                                            .role = SHMLENS_ROLE_IMAGE });
}

/* What one worker has open. */
struct work
{
  struct shmlens_entry *stop, *pause, *learning_rate, *steps, *best, *losses, *field, *image;
  struct shmlens_entry *status, *progress, *loss, *rate;
  unsigned worker;
};

static struct shmlens_entry *
open_own (struct shmlens_segment *segment, unsigned worker, const char *what)
{
  char name[SHMLENS_ENTRY_NAME_MAX + 1];

  snprintf (name, sizeof name, "worker %u %s", worker, what);
  return demo_open (segment, name);
}

static void
set (struct shmlens_entry *entry, const void *element)
{
  demo_must (shmlens_entry_set (entry, 0, element));
}

static bool
is_set (const struct shmlens_entry *flag)
{
  uint8_t on = 0;

  demo_must (shmlens_entry_load (flag, 0, &on));
  return on != 0;
}

static void
set_status (struct work *work, enum status status)
{
  const uint8_t code = (uint8_t) status;

  set (work->status, &code);
}

static void
draw_field (struct work *work, int64_t step)
{
  float *field = shmlens_entry_data (work->field);

  for (int y = 0; y < FIELD_HEIGHT; y++)
    for (int x = 0; x < FIELD_WIDTH; x++)
      field[y * FIELD_WIDTH + x] = sinf ((float) x * 0.2f + (float) step * 0.05f)
                                   * cosf ((float) y * 0.15f - (float) step * 0.03f);
}

static void
draw_image (struct work *work, int64_t step)
{
  uint8_t *image = shmlens_entry_data (work->image);
  float cx = IMAGE_WIDTH / 2.0f + 30.0f * cosf ((float) step * 0.04f);
  float cy = IMAGE_HEIGHT / 2.0f + 18.0f * sinf ((float) step * 0.06f);

  for (int y = 0; y < IMAGE_HEIGHT; y++)
    for (int x = 0; x < IMAGE_WIDTH; x++)
      {
        float distance = hypotf ((float) x - cx, (float) y - cy);

        image[y * IMAGE_WIDTH + x] = (uint8_t) (255.0f * expf (-distance * distance / 300.0f));
      }
}

static void
note_best (struct work *work, double loss, int64_t step)
{
  struct best *best = shmlens_entry_data (work->best);

  demo_lock (work->best);
  if (loss < best->loss)
    {
      best->loss = loss;
      best->step = step;
      best->worker = (int32_t) work->worker;
      best->improved++;
      best->converged = loss < 0.01;
    }
  demo_unlock (work->best);
}

static double
seconds (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (double) now.tv_sec + (double) now.tv_nsec * 1e-9;
}

/* Holds while the pause flag is on; false when the run shall end. */
static bool
wait_while_paused (struct work *work)
{
  if (!is_set (work->pause))
    return true;
  set_status (work, PAUSED);
  while (is_set (work->pause) && !is_set (work->stop))
    if (!demo_wait (20))
      return false;
  set_status (work, RUNNING);
  return true;
}

static void
training_work (struct shmlens_segment *segment, unsigned worker, unsigned workers)
{
  struct work work = {
    .stop = demo_open (segment, "stop"),
    .pause = demo_open (segment, "pause"),
    .learning_rate = demo_open (segment, "learning rate"),
    .steps = demo_open (segment, "steps"),
    .best = demo_open (segment, "best"),
    .losses = demo_open (segment, "losses"),
    .field = demo_open (segment, "field"),
    .image = demo_open (segment, "image"),
    .status = open_own (segment, worker, "status"),
    .progress = open_own (segment, worker, "progress"),
    .loss = open_own (segment, worker, "loss"),
    .rate = open_own (segment, worker, "rate"),
    .worker = worker,
  };
  double loss = 1.0 + 0.1 * worker, since = seconds ();
  uint32_t noise = 12345 + worker;

  set_status (&work, RUNNING);
  for (int64_t step = 1; demo_wait (STEP_MS + 2 * worker); step++)
    {
      double learning_rate;
      const int32_t progress = (int32_t) (step % STEPS_PER_EPOCH);

      if (is_set (work.stop) || !wait_while_paused (&work) || is_set (work.stop))
        break;
      demo_must (shmlens_entry_get (work.learning_rate, 0, &learning_rate));
      noise = noise * 1664525u + 1013904223u;
      loss += (0.05 * learning_rate - loss) * 0.02 * learning_rate
              + 1e-4 * ((double) (noise >> 8) / 16777216.0 - 0.5);
      loss = fabs (loss);
      set (work.loss, &loss);
      set (work.progress, &progress);
      demo_must (shmlens_entry_add (work.steps, 0, 1));
      note_best (&work, loss, step);
      if (step % 50 == 0)
        {
          const float rate = (float) (50.0 / (seconds () - since));

          since = seconds ();
          set (work.rate, &rate);
        }
      if (worker == 0)
        {
          demo_must (shmlens_entry_set (work.losses, (uint64_t) step % TRAIL, &loss));
          draw_field (&work, step);
        }
      if (worker == workers - 1)
        draw_image (&work, step);
    }
  set_status (&work, STOPPED);
}

static bool
training_check (struct shmlens_segment *segment, unsigned workers)
{
  const uint64_t *steps = shmlens_entry_peek (demo_open (segment, "steps"));
  const struct best *best = shmlens_entry_peek (demo_open (segment, "best"));
  unsigned stopped = 0;

  for (unsigned i = 0; i < workers; i++)
    stopped += *(const uint8_t *) shmlens_entry_peek (open_own (segment, i, "status")) == STOPPED;
  printf ("%" PRIu64 " steps, best loss %g, %u of %u workers stopped\n", *steps, best->loss,
          stopped, workers);
  return stopped == workers && *steps > 0 && best->worker >= 0 && best->worker < (int32_t) workers
         && isfinite (best->loss);
}

const struct demo demo_training = {
  .name = "training",
  .summary = N_ ("a training run that goes on until its stop flag is set"),
  .workers = 3,
  .prepare = training_prepare,
  .work = training_work,
  .check = training_check,
};
