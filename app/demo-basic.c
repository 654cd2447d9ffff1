/* demo-basic.c - the small demos: what multiprocessing.Value and Array are used
 * for, each with a result that can be checked. */
#include <glib/gi18n.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "demo.h"

enum
{
  TIMES = 50,
  LENGTH = 5,
  RANGE = 100,
  TRANSFERS = 200
};


static struct shmlens_entry *
make_value (struct shmlens_segment *segment, const char *name, char code, const void *initial,
            const struct shmlens_entry_attr *attr)
{
  struct shmlens_entry *entry = NULL;

  demo_must (shmlens_value_create (segment, name, code, initial, attr, &entry));
  return entry;
}

static struct shmlens_entry *
make_array (struct shmlens_segment *segment, const char *name, char code, uint64_t length,
            const void *initial, const struct shmlens_entry_attr *attr)
{
  struct shmlens_entry *entry = NULL;

  demo_must (shmlens_array_create (segment, name, code, 1, &length, initial, attr, &entry));
  return entry;
}

static void
print_integers (const char *name, const int32_t *elements, unsigned length)
{
  printf ("%s = [", name);
  for (unsigned i = 0; i < length; i++)
    printf ("%s%" PRId32, i > 0 ? ", " : "", elements[i]);
  printf ("]\n");
}

/* (a) Each worker adds 1.0 to a float and doubles every element of an array. */

static void
mixed_prepare (struct shmlens_segment *segment, unsigned workers)
{
  const double zero = 0.0;
  const int32_t first[LENGTH] = { 1, 2, 3, 4, 5 };

  make_value (segment, "number", 'd', &zero,
              &(struct shmlens_entry_attr){ .doc = "each worker adds 1.0" });
  make_array (segment, "elements", 'i', LENGTH, first,
              &(struct shmlens_entry_attr){ .doc = "each worker doubles every element" });
}

static void
mixed_work (struct shmlens_segment *segment, unsigned worker, unsigned workers)
{
  struct shmlens_entry *number = demo_open (segment, "number");
  struct shmlens_entry *elements = demo_open (segment, "elements");
  double *sum = shmlens_entry_data (number);
  int32_t *element = shmlens_entry_data (elements);

  demo_lock (number);
  *sum += 1.0;
  demo_unlock (number);
  for (unsigned i = 0; i < LENGTH && demo_pace (500); i++)
    {
      demo_lock (elements);
      element[i] *= 2;
      demo_unlock (elements);
    }
}

static bool
mixed_check (struct shmlens_segment *segment, unsigned workers)
{
  const double *sum = shmlens_entry_peek (demo_open (segment, "number"));
  const int32_t *element = shmlens_entry_peek (demo_open (segment, "elements"));
  bool right = *sum == workers;

  for (unsigned i = 0; i < LENGTH; i++)
    right = right && element[i] == (int32_t) (i + 1) << workers;
  printf ("number = %.1f\n", *sum);
  print_integers ("elements", element, LENGTH);
  return right;
}

const struct demo demo_mixed = {
  .name = "mixed",
  .summary = N_ ("each worker adds 1.0 to a float and doubles every element of an array"),
  .workers = 2,
  .prepare = mixed_prepare,
  .work = mixed_work,
  .check = mixed_check,
};

/* (b) A counter, raised under its lock. */

static void
counter_prepare (struct shmlens_segment *segment, unsigned workers)
{
  const int32_t end = (int32_t) (TIMES * workers);

  make_value (segment, "counter", 'i', NULL,
              &(struct shmlens_entry_attr){ .role = SHMLENS_ROLE_PROGRESS,
                                            .progress_max = &end,
                                            .doc = "each worker raises it 50 times" });
}

static void
counter_work (struct shmlens_segment *segment, unsigned worker, unsigned workers)
{
  struct shmlens_entry *counter = demo_open (segment, "counter");
  int32_t *count = shmlens_entry_data (counter);

  for (unsigned i = 0; i < TIMES && demo_pace (100); i++)
    {
      demo_lock (counter);
      ++*count;
      demo_unlock (counter);
    }
}

static bool
counter_check (struct shmlens_segment *segment, unsigned workers)
{
  const int32_t *count = shmlens_entry_peek (demo_open (segment, "counter"));

  printf ("counter = %" PRId32 "\n", *count);
  return *count == (int32_t) (TIMES * workers);
}

const struct demo demo_counter = {
  .name = "counter",
  .summary = N_ ("each worker raises one counter 50 times under its lock"),
  .workers = 2,
  .prepare = counter_prepare,
  .work = counter_work,
  .check = counter_check,
};

/* (c) Every element of an array, likewise. */

static void
array_prepare (struct shmlens_segment *segment, unsigned workers)
{
  make_array (segment, "counts", 'i', LENGTH, NULL,
              &(struct shmlens_entry_attr){ .doc = "each worker raises every element 50 times" });
}

static void
array_work (struct shmlens_segment *segment, unsigned worker, unsigned workers)
{
  struct shmlens_entry *counts = demo_open (segment, "counts");
  int32_t *count = shmlens_entry_data (counts);

  for (unsigned i = 0; i < TIMES && demo_pace (100); i++)
    {
      demo_lock (counts);
      for (unsigned k = 0; k < LENGTH; k++)
        ++count[k];
      demo_unlock (counts);
    }
}

static bool
array_check (struct shmlens_segment *segment, unsigned workers)
{
  const int32_t *count = shmlens_entry_peek (demo_open (segment, "counts"));
  bool right = true;

  for (unsigned i = 0; i < LENGTH; i++)
    right = right && count[i] == (int32_t) (TIMES * workers);
  print_integers ("counts", count, LENGTH);
  return right;
}

const struct demo demo_array = {
  .name = "array",
  .summary = N_ ("each worker raises every element of an array 50 times under its lock"),
  .workers = 2,
  .prepare = array_prepare,
  .work = array_work,
  .check = array_check,
};

/* (d) No lock: each worker has a range to itself. */

static void
ranges_prepare (struct shmlens_segment *segment, unsigned workers)
{
  make_array (segment, "cells", 'i', (uint64_t) RANGE * workers, NULL,
              &(struct shmlens_entry_attr){ .flags = SHMLENS_NO_LOCK,
                                            .doc = "each worker fills 100 cells of its own" });
}

static void
ranges_work (struct shmlens_segment *segment, unsigned worker, unsigned workers)
{
  struct shmlens_entry *cells = demo_open (segment, "cells");

  for (unsigned i = worker * RANGE; i < (worker + 1) * RANGE && demo_pace (50); i++)
    {
      int32_t cell = (int32_t) i * 3;

      demo_must (shmlens_entry_store (cells, i, &cell));
    }
}

static bool
ranges_check (struct shmlens_segment *segment, unsigned workers)
{
  const int32_t *cell = shmlens_entry_peek (demo_open (segment, "cells"));
  unsigned wrong = 0;

  for (unsigned i = 0; i < RANGE * workers; i++)
    wrong += cell[i] != (int32_t) i * 3;
  printf ("%u cells, %u wrong\n", RANGE * workers, wrong);
  return wrong == 0;
}

const struct demo demo_ranges = {
  .name = "ranges",
  .summary = N_ ("an array without a lock, each worker in its own range"),
  .workers = 2,
  .prepare = ranges_prepare,
  .work = ranges_work,
  .check = ranges_check,
};

/* (e) Squares, and their sum. */

static void
squares_prepare (struct shmlens_segment *segment, unsigned workers)
{
  make_array (segment, "squares", 'q', 4 * workers, NULL,
              &(struct shmlens_entry_attr){ .doc = "the squares of 1, 2, 3 and so on" });
  make_value (segment, "sum", 'q', NULL, &(struct shmlens_entry_attr){ .doc = "of all squares" });
}

static void
squares_work (struct shmlens_segment *segment, unsigned worker, unsigned workers)
{
  struct shmlens_entry *squares = demo_open (segment, "squares");
  struct shmlens_entry *sum = demo_open (segment, "sum");

  for (unsigned i = worker * 4; i < (worker + 1) * 4 && demo_pace (500); i++)
    {
      int64_t square = (int64_t) (i + 1) * (i + 1);

      demo_must (shmlens_entry_set (squares, i, &square));
      demo_must (shmlens_entry_add (sum, 0, square));
    }
}

static bool
squares_check (struct shmlens_segment *segment, unsigned workers)
{
  const int64_t *square = shmlens_entry_peek (demo_open (segment, "squares"));
  const int64_t *sum = shmlens_entry_peek (demo_open (segment, "sum"));
  int64_t expected = 0;
  bool right = true;

  for (unsigned i = 0; i < 4 * workers; i++)
    {
      expected += (int64_t) (i + 1) * (i + 1);
      right = right && square[i] == (int64_t) (i + 1) * (i + 1);
    }
  printf ("sum = %" PRId64 ", expected %" PRId64 "\n", *sum, expected);
  return right && *sum == expected;
}

const struct demo demo_squares = {
  .name = "squares",
  .summary = N_ ("squares written to an array, and their sum to a value"),
  .workers = 2,
  .prepare = squares_prepare,
  .work = squares_work,
  .check = squares_check,
};

/* (f) Two accounts and a ledger on one lock: together they never change. */

static void
together_prepare (struct shmlens_segment *segment, unsigned workers)
{
  const int64_t start = 1000;
  struct shmlens_entry *left = make_value (
    segment, "left", 'q', &start, &(struct shmlens_entry_attr){ .unit = "coins" });
  const struct shmlens_entry_attr same_lock = { .lock = shmlens_entry_lock (left),
                                                .unit = "coins" };

  make_value (segment, "right", 'q', &start, &same_lock);
  make_array (segment, "moved", 'q', workers, NULL,
              &(struct shmlens_entry_attr){ .lock = shmlens_entry_lock (left),
                                            .doc = "what each worker moved to the right" });
}

static void
together_work (struct shmlens_segment *segment, unsigned worker, unsigned workers)
{
  struct shmlens_entry *entries[] = { demo_open (segment, "left"), demo_open (segment, "right"),
                                      demo_open (segment, "moved") };
  struct shmlens_lock *lock = shmlens_entry_lock (entries[0]);
  int64_t *left = shmlens_entry_data (entries[0]);
  int64_t *right = shmlens_entry_data (entries[1]);
  int64_t *moved = shmlens_entry_data (entries[2]);

  for (unsigned i = 0; i < TRANSFERS && demo_pace (50); i++)
    {
      int64_t coins = (int64_t) (i % 7) - 2;

      demo_must (shmlens_lock_acquire (lock));
      *left -= coins;
      *right += coins;
      moved[worker] += coins;
      for (unsigned k = 0; k < 3; k++)
        shmlens_entry_commit (entries[k]);
      demo_must (shmlens_lock_release (lock));
    }
}

static bool
together_check (struct shmlens_segment *segment, unsigned workers)
{
  const int64_t *left = shmlens_entry_peek (demo_open (segment, "left"));
  const int64_t *right = shmlens_entry_peek (demo_open (segment, "right"));
  const int64_t *moved = shmlens_entry_peek (demo_open (segment, "moved"));
  int64_t sum = 0;

  for (unsigned i = 0; i < workers; i++)
    sum += moved[i];
  printf ("left = %" PRId64 ", right = %" PRId64 ", moved = %" PRId64 "\n", *left, *right, sum);
  return *left + *right == 2000 && *right == 1000 + sum;
}

const struct demo demo_together = {
  .name = "together",
  .summary = N_ ("two values and an array that change together, on one shared lock"),
  .workers = 2,
  .prepare = together_prepare,
  .work = together_work,
  .check = together_check,
};
