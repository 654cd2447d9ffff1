/* churn.c - churn [--attach] SEGMENT: a program that never rests, to be looked at for hours.
 *
 * Makes the segment, in the place of one of this name that there may be, with 900 numbers
 * "steady 0" and so on, 100 that come and go, "passing 0" and so on, an array "grid" of
 * 200 x 200 doubles and one "row" of 5000; says "ready"; and fifty times a second adds 1 to
 * each number, rewrites a row of the grid, and takes one of the numbers that pass away and
 * makes another, of another type.
 *
 * With --attach it attaches to such a segment, and adds 1 to the steady numbers under their
 * locks; it is meant to be killed, and may hold a lock then.
 *
 * Ends with its standard input; the segment's name is taken away by who made it.
 */
#include <err.h>
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "shmlens.h"

#define STEADY    900
#define PASSING   100
#define SIDE      200
#define ROW       5000
#define PERIOD_MS 20

static struct shmlens_segment *segment;
static struct shmlens_entry *steady[STEADY], *passing[PASSING];
static double *grid, *row;
static unsigned n_made;

static void
must (int result)
{
  if (result < 0)
    errx (1, "%s", shmlens_error ());
}

static void
make_passing (unsigned place)
{
  static const char codes[] = "qdiHb";
  char name[32];

  snprintf (name, sizeof name, "passing %u", n_made);
  must (shmlens_value_create (segment, name, codes[n_made % (sizeof codes - 1)], NULL, NULL,
                              &passing[place]));
  n_made++;
}

static double *
make_array (const char *name, unsigned dimensions, const uint64_t *shape)
{
  struct shmlens_entry *entry = NULL;

  must (shmlens_array_create (segment, name, 'd', dimensions, shape, NULL, NULL, &entry));
  return shmlens_entry_data (entry);
}

static void
make (const char *name)
{
  shmlens_segment_unlink (name);
  must (shmlens_segment_create (name, NULL, &segment));
  for (unsigned i = 0; i < STEADY; i++)
    {
      char entry[32];

      snprintf (entry, sizeof entry, "steady %u", i);
      must (shmlens_value_create (segment, entry, 'q', NULL, NULL, &steady[i]));
    }
  for (unsigned i = 0; i < PASSING; i++)
    make_passing (i);
  grid = make_array ("grid", 2, (uint64_t[]){ SIDE, SIDE });
  row = make_array ("row", 1, (uint64_t[]){ ROW });
}

static void
attach (const char *name)
{
  must (shmlens_segment_attach (name, SHMLENS_READ_WRITE, &segment));
  for (unsigned i = 0; i < STEADY; i++)
    {
      char entry[32];

      snprintf (entry, sizeof entry, "steady %u", i);
      must (shmlens_entry_open (segment, entry, &steady[i]));
    }
}

/* Small numbers that are full stay as they are. */
static void
add_to (struct shmlens_entry **entries, unsigned count)
{
  for (unsigned i = 0; i < count; i++)
    {
      int result = shmlens_entry_add (entries[i], 0, 1);

      if (result != -EOVERFLOW)
        must (result);
    }
}

/* A name that is looked at this moment, and so cannot go, goes another time. */
static void
renew (unsigned place)
{
  int result = shmlens_entry_remove (passing[place]);

  if (result == -EBUSY)
    return;
  must (result);
  make_passing (place);
}

static void
change (unsigned turn)
{
  add_to (passing, PASSING);
  for (unsigned i = 0; i < SIDE; i++)
    grid[turn % SIDE * SIDE + i] = sin ((turn + i) / 50.0);
  row[turn % ROW] = turn;
  renew (turn % PASSING);
}

int
main (int argc, char **argv)
{
  bool attaches = argc == 3 && strcmp (argv[1], "--attach") == 0;
  struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
  unsigned turn = 0;

  if (argc != 2 && !attaches)
    errx (1, "usage: churn [--attach] SEGMENT");
  if (attaches)
    attach (argv[2]);
  else
    make (argv[1]);
  puts ("ready");
  fflush (stdout);
  for (; poll (&input, 1, PERIOD_MS) == 0; turn++)
    {
      add_to (steady, STEADY);
      if (!attaches)
        change (turn);
    }
  if (!attaches)
    shmlens_segment_unlink (argv[1]);
  return 0;
}
