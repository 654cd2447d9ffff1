/* driver.c - runs a fuzz target where there is no libFuzzer.
 *
 * Usage: TARGET [--runs N] [--seed S] FILE|DIRECTORY...
 *
 * Gives each file to the target as it is, then N times a mutation of one of
 * them. The same seed and files give the same runs. An input that kills the
 * target is left in ./crash-input; give it as FILE to see it again.
 */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"

#define INPUTS_MAX 4096
#define LONGEST (1u << 16)
#define WORSE_MAX 6  /* mutations on top of each other */

struct input
{
  uint8_t *bytes;
  size_t size;
  char *name;
};

static struct input inputs[INPUTS_MAX];
static size_t input_count;

/* What the target is given now. */
static uint8_t current[LONGEST];
static size_t current_size;

static uint64_t random_state;

/* The splitmix64 generator. */
static uint64_t
random_number (void)
{
  uint64_t z = random_state += 0x9e3779b97f4a7c15u;

  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return z ^ z >> 31;
}

static size_t
random_below (size_t end)
{
  return (size_t) (random_number () % end);
}

/* Called in a dying process: system calls only. */
static void
save_current (void)
{
  int fd = open ("crash-input", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

  if (fd >= 0 && write (fd, current, current_size) == (ssize_t) current_size)
    close (fd);
}

static void
die (int number)
{
  save_current ();
  raise (number);
}

/* There only when the program is built with a sanitizer. */
extern void __sanitizer_set_death_callback (void (*callback) (void)) __attribute__ ((weak));

static void
save_on_death (void)
{
  struct sigaction action = { .sa_handler = die, .sa_flags = (int) SA_RESETHAND };

  sigaction (SIGABRT, &action, NULL);
  if (__sanitizer_set_death_callback != NULL)
    {
      __sanitizer_set_death_callback (save_current);
      return;
    }
  sigaction (SIGSEGV, &action, NULL);
  sigaction (SIGBUS, &action, NULL);
  sigaction (SIGFPE, &action, NULL);
  sigaction (SIGILL, &action, NULL);
}

static void
load_file (const char *path)
{
  FILE *file = fopen (path, "rb");
  struct input *input = &inputs[input_count];

  if (file == NULL)
    err (2, "%s", path);
  if (input_count == INPUTS_MAX)
    errx (2, "more than %d inputs", INPUTS_MAX);
  input->bytes = malloc (LONGEST);
  input->name = strdup (path);
  if (input->bytes == NULL || input->name == NULL)
    err (2, NULL);
  input->size = fread (input->bytes, 1, LONGEST, file);
  if (ferror (file) || !feof (file))
    errx (2, "%s: cannot be read, or has more than %u bytes", path, LONGEST - 1);
  fclose (file);
  input_count++;
}

/* In the order of their names, so that a seed means the same everywhere. */
static void
load (const char *path)
{
  struct dirent **names;
  struct stat status;
  int count;

  if (stat (path, &status) < 0)
    err (2, "%s", path);
  if (!S_ISDIR (status.st_mode))
    {
      load_file (path);
      return;
    }
  count = scandir (path, &names, NULL, alphasort);
  if (count < 0)
    err (2, "%s", path);
  for (int i = 0; i < count; i++)
    {
      char *name;

      if (names[i]->d_name[0] != '.')
        {
          if (asprintf (&name, "%s/%s", path, names[i]->d_name) < 0)
            err (2, NULL);
          load_file (name);
          free (name);
        }
      free (names[i]);
    }
  free (names);
}

static void
run (void)
{
  (void) LLVMFuzzerTestOneInput (current, current_size);
}

/* Puts a word of 1, 2, 4 or 8 bytes somewhere. */
static void
store_word (void)
{
  static const uint64_t words[]
      = { 0, 1, 2, 63, 64, 95, 96, 127, 128, 255, 256, 320, 4095, 4096, 65535, 1u << 20,
          INT32_MAX, UINT32_MAX, 1ull << 32, 1ull << 46, 1ull << 47, INT64_MAX, UINT64_MAX };
  size_t size = (size_t) 1 << random_below (4);
  uint64_t word;
  size_t at;

  if (current_size < size)
    return;
  at = random_below (current_size - size + 1);
  memcpy (&word, current + at, size);
  switch (random_below (4))
    {
    case 0:
      word = words[random_below (sizeof words / sizeof words[0])];
      break;
    case 1:
      word += random_below (65) - 32;
      break;
    case 2:
      word ^= UINT64_C (1) << random_below (64);
      break;
    default:
      word = random_number () >> random_below (64);
    }
  memcpy (current + at, &word, size);
}

static void
insert (const uint8_t *bytes, size_t size)
{
  size_t at;

  if (size > LONGEST - current_size)
    return;
  at = random_below (current_size + 1);
  memmove (current + at + size, current + at, current_size - at);
  memcpy (current + at, bytes, size);
  current_size += size;
}

static void
cut (void)
{
  size_t size, at;

  if (current_size == 0)
    return;
  size = 1 + random_below (current_size < 32 ? current_size : 32);
  at = random_below (current_size - size + 1);
  memmove (current + at, current + at + size, current_size - at - size);
  current_size -= size;
}

static void
mutate (void)
{
  const struct input *other = &inputs[random_below (input_count)];
  size_t at;

  switch (random_below (8))
    {
    case 0:
      cut ();
      break;
    case 1:
      insert ((uint8_t[16]){ 0 }, 1 + random_below (16));
      break;
    case 2:
      if (other->size == 0)
        break;
      at = random_below (other->size);
      insert (other->bytes + at, 1 + random_below (other->size - at < 64 ? other->size - at : 64));
      break;
    default:
      store_word ();
    }
}

static uint64_t
read_number (const char *text)
{
  char *end;
  uint64_t number;

  errno = 0;
  number = text == NULL ? 0 : strtoull (text, &end, 10);
  if (text == NULL || errno != 0 || end == text || *end != '\0')
    errx (2, "\"%s\" is no number", text == NULL ? "" : text);
  return number;
}

int
main (int argc, char **argv)
{
  uint64_t runs = 0;
  uint64_t seed = 1;

  for (int i = 1; i < argc; i++)
    if (strcmp (argv[i], "--runs") == 0)
      runs = read_number (argv[++i]);
    else if (strcmp (argv[i], "--seed") == 0)
      seed = read_number (argv[++i]);
    else
      load (argv[i]);
  if (input_count == 0)
    errx (2, "usage: %s [--runs N] [--seed S] FILE|DIRECTORY...", argv[0]);

  save_on_death ();
  for (size_t i = 0; i < input_count; i++)
    {
      memcpy (current, inputs[i].bytes, current_size = inputs[i].size);
      run ();
    }
  random_state = seed;
  for (uint64_t i = 0; i < runs; i++)
    {
      const struct input *input = &inputs[random_below (input_count)];

      memcpy (current, input->bytes, current_size = input->size);
      for (size_t mutations = 1 + random_below (WORSE_MAX); mutations > 0; mutations--)
        mutate ();
      run ();
    }
  printf ("%zu inputs, %llu mutations, seed %llu\n", input_count, (unsigned long long) runs,
          (unsigned long long) seed);
  for (size_t i = 0; i < input_count; i++)
    {
      free (inputs[i].bytes);
      free (inputs[i].name);
    }
  return 0;
}
