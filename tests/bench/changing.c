/* changing.c - a program to look at: entries that change all the time.
 *
 * usage: bench-changing SEGMENT [COUNT [HERTZ]]
 *
 * Makes the segment, with COUNT 64-bit numbers (1000) of which the first starts at
 * 8888000000, prints a line when it is there, changes each HERTZ times a second (200),
 * and removes the segment when its standard input ends.
 */
#include <err.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "shmlens.h"

#define COUNT_MAX 100000

int
main (int argc, char **argv)
{
  const char *name = argc > 1 ? argv[1] : "";
  long count = argc > 2 ? atol (argv[2]) : 1000;
  long hertz = argc > 3 ? atol (argv[3]) : 200;
  struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
  struct shmlens_segment *segment;
  struct shmlens_entry **entries;
  int result = 0;

  if (argc < 2 || argc > 4 || count < 1 || count > COUNT_MAX || hertz < 1 || hertz > 1000)
    errx (1, "usage: bench-changing SEGMENT [COUNT [HERTZ]]");
  entries = calloc ((size_t) count, sizeof *entries);
  if (entries == NULL)
    err (1, "calloc");
  if (shmlens_segment_create (name, NULL, &segment) < 0)
    errx (1, "%s", shmlens_error ());
  for (long i = 0; i < count && result >= 0; i++)
    {
      int64_t initial = 8888000000 + i * 1000000000000;
      char entry[32];

      snprintf (entry, sizeof entry, "entry%ld", i);
      result = shmlens_value_create (segment, entry, 'q', &initial, NULL, &entries[i]);
    }
  if (result < 0)
    warnx ("%s", shmlens_error ());
  else
    {
      puts ("ready");
      fflush (stdout);
      while (poll (&input, 1, (int) (1000 / hertz)) == 0)
        for (long i = 0; i < count; i++)
          shmlens_entry_add (entries[i], 0, 1);
    }
  shmlens_segment_unlink (name);
  return result < 0;
}
