/* python-names.c - prints what a Python program calls its objects, for tests.
 *
 * python-names PID [SEED] < LINES: each line has the addresses of an object and of what wraps
 * it (0: nothing), in decimal. Prints JSON: {"names": [[…], …], "ms": …}, a list of names for
 * each line, and the processor's time that they took.
 *
 * SEED: some words of the memory are read as others, as they could be in a program that is
 * hostile, or that changes them meanwhile.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "py-names.h"

#define BUDGET (G_GUINT64_CONSTANT (512) << 20)
/* A word of so many is changed. */
#define CHANGED 400

struct source
{
  ProcessMemory *memory;
  GRand *random;   /* NULL: nothing is changed */
};

static void
change (GRand *random, guint64 *words, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (g_rand_int (random) % CHANGED == 0)
      switch (g_rand_int (random) % 4)
        {
        case 0:
          words[i] = words[g_rand_int (random) % n];
          break;
        case 1:
          words[i] = g_rand_int (random) % 8;
          break;
        case 2:
          words[i] ^= G_GUINT64_CONSTANT (1) << g_rand_int (random) % 64;
          break;
        default:
          words[i] = (guint64) g_rand_int (random) << 32 | g_rand_int (random);
        }
}

static gssize
read_memory (gpointer data, guint64 address, void *to, gsize length)
{
  struct source *source = data;
  gssize n = process_memory_read (source->memory, address, to, length);

  if (n > 0 && source->random != NULL)
    {
      gsize n_words = (gsize) n / sizeof (guint64);
      g_autofree guint64 *words = g_memdup2 (to, n_words * sizeof (guint64));

      change (source->random, words, n_words);
      memcpy (to, words, n_words * sizeof (guint64));
    }
  return n;
}

static void
print_string (const char *text)
{
  putchar ('"');
  for (; *text != '\0'; text++)
    if (*text == '"' || *text == '\\')
      printf ("\\%c", *text);
    else if ((guchar) *text < ' ')
      printf ("\\u%04x", (guchar) *text);
    else
      putchar (*text);
  putchar ('"');
}

static GPtrArray *
read_lines (void)
{
  GPtrArray *found = g_ptr_array_new_with_free_func ((GDestroyNotify) py_found_free);
  unsigned long long object, wrapper;

  while (scanf ("%llu %llu", &object, &wrapper) == 2)
    {
      PyFound *one = py_found_new ();

      one->object = object;
      one->wrapper = wrapper;
      g_ptr_array_add (found, one);
    }
  return found;
}

static double
processor_ms (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (double) now.tv_sec * 1e3 + (double) now.tv_nsec / 1e6;
}

static void
print_names (const GPtrArray *found)
{
  printf ("{\"names\": [");
  for (guint i = 0; i < found->len; i++)
    {
      const PyFound *one = found->pdata[i];

      printf ("%s[", i > 0 ? ", " : "");
      for (guint j = 0; one->names != NULL && j < one->names->len; j++)
        {
          printf ("%s", j > 0 ? ", " : "");
          print_string (one->names->pdata[j]);
        }
      putchar (']');
    }
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ProcessMemory) memory = NULL;
  g_autoptr (PyImage) image = NULL;
  g_autoptr (GPtrArray) regions = NULL;
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (PyScan) scan = NULL;
  PyRuntime runtime;
  PyReader reader = { .runtime = &runtime };
  struct source source = { NULL, NULL };
  double start;

  if (argc != 2 && argc != 3)
    return 2;
  found = read_lines ();
  memory = process_memory_open ("/proc", atoi (argv[1]), &error);
  if (memory != NULL && (regions = process_memory_regions (memory)) != NULL)
    {
      g_ptr_array_set_free_func (regions, (GDestroyNotify) memory_region_free);
      source.memory = memory;
      reader.image = image = py_image_new (read_memory, &source);
      if (py_runtime_find (image, regions, &runtime, &error))
        scan = py_scan_run (&reader, memory, regions, NULL, &error);
    }
  if (scan == NULL)
    {
      fprintf (stderr, "python-names: %s\n", error != NULL ? error->message : "cannot be read");
      return 1;
    }
  if (argc == 3)
    source.random = g_rand_new_with_seed ((guint32) atoi (argv[2]));
  py_image_forget (image);
  py_image_set_budget (image, BUDGET);
  start = processor_ms ();
  py_names_find (&reader, scan, found, NULL);
  start = processor_ms () - start;
  print_names (found);
  printf ("], \"ms\": %.3f}\n", start);
  g_clear_pointer (&source.random, g_rand_free);
  return 0;
}
