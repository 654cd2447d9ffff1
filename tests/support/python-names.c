/* python-names.c - prints what a Python program calls its objects, for tests.
 *
 * python-names PID < LINES: each line has the addresses of an object and of what wraps it
 * (0: nothing), in decimal. Prints JSON: {"names": [[…], …], "ms": …}, a list of names for
 * each line, and the processor's time that they took.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "py-names.h"

static gssize
read_memory (gpointer data, guint64 address, void *to, gsize length)
{
  return process_memory_read (data, address, to, length);
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
  double start;

  if (argc != 2)
    return 2;
  found = read_lines ();
  memory = process_memory_open ("/proc", atoi (argv[1]), &error);
  if (memory != NULL && (regions = process_memory_regions (memory)) != NULL)
    {
      g_ptr_array_set_free_func (regions, (GDestroyNotify) memory_region_free);
      reader.image = image = py_image_new (read_memory, memory);
      if (py_runtime_find (image, regions, &runtime, &error))
        scan = py_scan_run (&reader, memory, regions, NULL, &error);
    }
  if (scan == NULL)
    {
      fprintf (stderr, "python-names: %s\n", error != NULL ? error->message : "cannot be read");
      return 1;
    }
  start = processor_ms ();
  py_names_find (&reader, scan, found, NULL);
  start = processor_ms () - start;
  print_names (found);
  printf ("], \"ms\": %.3f}\n", start);
  return 0;
}
