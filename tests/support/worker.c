/* worker.c - worker [--attach] SEGMENT: a program to be looked at by tests in other
 * languages.
 *
 * Makes the segment with entries of every sort, or attaches to one that there is, says
 * "ready", and then does what it is told on standard input, a line each, and answers
 * "done":
 *
 *   hold ENTRY     takes the entry's lock
 *   release ENTRY
 *   remove ENTRY   removes the entry
 *   shrink         cuts the segment to one page
 *
 * At the end of its input it removes the segment that it made, and ends.
 */
#include <err.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "shmlens.h"

static struct shmlens_segment *segment;

static int
must (int result)
{
  if (result < 0)
    errx (1, "%s", shmlens_error ());
  return result;
}

static void
make_value (const char *name, char code, const void *initial,
            const struct shmlens_entry_attr *attr)
{
  struct shmlens_entry *entry = NULL;

  must (shmlens_value_create (segment, name, code, initial, attr, &entry));
}

static void
make_array (const char *name, char code, unsigned dimensions, const uint64_t *shape,
            const void *initial, const struct shmlens_entry_attr *attr)
{
  struct shmlens_entry *entry = NULL;

  must (shmlens_array_create (segment, name, code, dimensions, shape, initial, attr, &entry));
}

/* A value of each code, at the edge of its type. */
static void
make_scalars (void)
{
  const double not_a_number = NAN, infinity = INFINITY, minus_infinity = -INFINITY;
  const double minus_zero = -0.0, tenth = 0.1;
  const float single = 0.1f;
  const unsigned char byte = 0xff, character = 0xe9;
  const bool yes = true;

  make_value ("of ?", '?', &yes, NULL);
  make_value ("of c", 'c', &character, NULL);
  make_value ("of b", 'b', &(signed char){ SCHAR_MIN }, NULL);
  make_value ("of B", 'B', &byte, NULL);
  make_value ("of u", 'u', &(wchar_t){ 0x1f600 }, NULL);
  make_value ("of h", 'h', &(short){ SHRT_MIN }, NULL);
  make_value ("of H", 'H', &(unsigned short){ USHRT_MAX }, NULL);
  make_value ("of i", 'i', &(int){ INT_MIN }, NULL);
  make_value ("of I", 'I', &(unsigned){ UINT_MAX }, NULL);
  make_value ("of l", 'l', &(long){ LONG_MIN }, NULL);
  make_value ("of L", 'L', &(unsigned long){ ULONG_MAX }, NULL);
  make_value ("of q", 'q', &(long long){ LLONG_MAX }, NULL);
  make_value ("of Q", 'Q', &(unsigned long long){ ULLONG_MAX }, NULL);
  make_value ("of f", 'f', &single, NULL);
  make_value ("of d", 'd', &tenth, NULL);
  make_value ("not a number", 'd', &not_a_number, NULL);
  make_value ("infinity", 'd', &infinity, NULL);
  make_value ("minus infinity", 'd', &minus_infinity, NULL);
  make_value ("minus zero", 'd', &minus_zero, NULL);
}

static void
make_arrays (void)
{
  const uint64_t two_by_three[] = { 2, 3 }, five = 5, eight = 8, two = 2, none = 0;
  const uint64_t million = 1000000;
  const float grid[2][3] = { { 0, 1, 2 }, { 10, 11, (float) INFINITY } };
  const int counts[] = { 1, 2, 3, 4, 5 };
  const char text[8] = { 'a', '\\', 'b', '"', '\x01', '\x7f', '\xff', 0 };
  const wchar_t letters[] = { 0xe9, 0x1f600 };

  make_array ("grid", 'f', 2, two_by_three, grid, &(struct shmlens_entry_attr){ .unit = "mV" });
  make_array ("counts", 'i', 1, &five, counts, NULL);
  make_array ("text", 'c', 1, &eight, text,
              &(struct shmlens_entry_attr){ .role = SHMLENS_ROLE_TEXT });
  make_array ("letters", 'u', 1, &two, letters, NULL);
  make_array ("empty", 'i', 1, &none, NULL, NULL);
  make_array ("million", 'd', 1, &million, NULL, NULL);
}

static void
make_names (void)
{
  static const char *const names[]
    = { "two words", "array[1]", "dotted.name", "with \"quotes\"", "it's", "-dash", "größe" };

  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    make_value (names[i], 'i', &(int){ (int) i }, NULL);
}

struct robot
{
  double speed;
  int joints[3];
  char label[4];
  unsigned mode : 3;
  unsigned ready : 1;
};
_Static_assert (offsetof (struct robot, label) == 20, "the bit fields begin at byte 24");

static void
make_structures (void)
{
  static const struct shmlens_field fields[] = {
    { .name = "speed", .code = 'd', .offset = offsetof (struct robot, speed) },
    { .name = "joints", .code = 'i', .offset = offsetof (struct robot, joints), .dimensions = 1,
      .shape = { 3 } },
    { .name = "label", .code = 'c', .offset = offsetof (struct robot, label), .dimensions = 1,
      .shape = { 4 } },
    { .name = "mode", .code = 'I', .offset = 24, .bit_offset = 0, .bit_width = 3 },
    { .name = "ready", .code = 'I', .offset = 24, .bit_offset = 3, .bit_width = 1 },
  };
  static const struct robot robots[2]
    = { { 0.5, { 1, 2, 3 }, "one", 5, 1 }, { -1, { -1, -2, -3 }, "two!", 7, 0 } };
  const struct shmlens_entry_attr attr
    = { .element_size = sizeof (struct robot), .field_count = 5, .fields = fields };
  const uint64_t two = 2;

  make_value ("robot", 'T', robots, &attr);
  make_array ("robots", 'T', 1, &two, robots, &attr);
}

static void
make_guarded (void)
{
  static const struct shmlens_label labels[] = {
    { .value = 0, .text = "off", .field = -1 },
    { .value = 1, .text = "on", .field = -1 },
  };
  const int lowest = -100, highest = 100;
  struct shmlens_lock *lock = NULL;

  make_value ("number", 'i', &(int){ 7 },
              &(struct shmlens_entry_attr){
                .unit = "mm", .doc = "a number to set", .minimum = &lowest, .maximum = &highest });
  make_value ("flag", '?', NULL, &(struct shmlens_entry_attr){ .role = SHMLENS_ROLE_FLAG });
  make_value ("switch", 'B', NULL,
              &(struct shmlens_entry_attr){ .label_count = 2, .labels = labels });
  make_value ("bare", 'i', NULL, &(struct shmlens_entry_attr){ .flags = SHMLENS_NO_LOCK });
  make_value ("outside", 'i', NULL,
              &(struct shmlens_entry_attr){ .flags = SHMLENS_EXTERNAL_LOCK });
  make_value ("fixed", 'i', NULL,
              &(struct shmlens_entry_attr){ .flags = SHMLENS_READ_ONLY_ENTRY });
  must (shmlens_lock_create (segment, &lock));
  make_value ("left", 'i', NULL, &(struct shmlens_entry_attr){ .lock = lock });
  make_value ("right", 'i', NULL, &(struct shmlens_entry_attr){ .lock = lock });
  shmlens_lock_close (lock);
}

static void
obey (const char *command, const char *name)
{
  struct shmlens_entry *entry = NULL;

  if (strcmp (command, "shrink") == 0)
    {
      int fd = shm_open (shmlens_segment_name (segment), O_RDWR | O_CLOEXEC, 0);

      if (fd < 0 || ftruncate (fd, 4096) < 0)
        err (1, "shrink");
      close (fd);
      return;
    }
  must (shmlens_entry_open (segment, name, &entry));
  if (strcmp (command, "hold") == 0)
    must (shmlens_lock_acquire (shmlens_entry_lock (entry)));
  else if (strcmp (command, "release") == 0)
    must (shmlens_lock_release (shmlens_entry_lock (entry)));
  else if (strcmp (command, "remove") == 0)
    must (shmlens_entry_remove (entry));
  else
    errx (1, "%s: no such command", command);
}

static void
make (const char *name)
{
  must (shmlens_segment_create (name, &(struct shmlens_segment_attr){ .program = "the worker" },
                                &segment));
  make_scalars ();
  make_arrays ();
  make_names ();
  make_structures ();
  make_guarded ();
}

int
main (int argc, char **argv)
{
  bool attaches = argc == 3 && strcmp (argv[1], "--attach") == 0;
  char line[256];

  if (argc != 2 && !attaches)
    errx (1, "usage: worker [--attach] SEGMENT");
  if (attaches)
    must (shmlens_segment_attach (argv[2], SHMLENS_READ_WRITE, &segment));
  else
    make (argv[1]);
  puts ("ready");
  while (fflush (stdout) == 0 && fgets (line, sizeof line, stdin) != NULL)
    {
      char *command = line, *name;

      line[strcspn (line, "\n")] = '\0';
      name = strchr (line, ' ');
      if (name != NULL)
        *name++ = '\0';
      obey (command, name != NULL ? name : "");
      puts ("done");
    }
  if (!attaches)
    shmlens_segment_unlink (argv[1]);
  return 0;
}
