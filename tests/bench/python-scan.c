/* What it costs to find the shared objects of a Python program: the interpreter, and one pass
 * over its memory, against nothing but copying the same memory.
 *
 * usage: bench-python-scan [--json] [--quick] [--rounds N] [--python PROGRAM] [--megabytes N]
 *
 * Told are the seconds of both, and their ratio: the time of copying through that of finding, 1
 * where finding costs nothing more.
 * Each round begins anew: nothing that an earlier one knew is kept.
 */
#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "measure.h"
#include "py-scan.h"

#define CHUNK (256u << 10)

static const char program[]
    = "import ctypes, multiprocessing, sys\n"
      "megabytes = int(sys.argv[1])\n"
      "values = [multiprocessing.Value('d', i) for i in range(20)]\n"
      "arrays = [multiprocessing.Array('d', 100) for i in range(5)]\n"
      "event = multiprocessing.Event()\n"
      "class Record:\n"
      "    def __init__(self, i):\n"
      "        self.number, self.ratio, self.name = i, i / 3, 'record %d' % i\n"
      "def resident():\n"
      "    return int(open('/proc/self/statm').read().split()[1]) * 4096 / 1e6\n"
      "kept = []\n"
      "while resident() < megabytes:\n"
      "    kept.append([Record(i) for i in range(1000)])\n"
      "    kept.append({i: (i, str(i), [i * 0.5]) for i in range(1000)})\n"
      "    kept.append(bytes(20000))\n"
      "print('ready')\n"
      "sys.stdout.flush()\n"
      "sys.stdin.read()\n";

static double rounds = 15;
static bool json;

struct run
{
  guint64 start, end;
};

static pid_t
start (const char *python, double megabytes, FILE **ret_input)
{
  int input[2], output[2];
  char size[32], line[32];
  FILE *lines;
  pid_t pid;

  snprintf (size, sizeof size, "%.0f", megabytes);
  if (pipe (input) < 0 || pipe (output) < 0)
    err (1, "pipe");
  pid = fork ();
  if (pid < 0)
    err (1, "fork");
  if (pid == 0)
    {
      prctl (PR_SET_PDEATHSIG, SIGKILL);
      dup2 (input[0], STDIN_FILENO);
      dup2 (output[1], STDOUT_FILENO);
      close (input[1]);
      close (output[0]);
      execlp (python, python, "-c", program, size, (char *) NULL);
      err (1, "%s", python);
    }
  close (input[0]);
  close (output[1]);
  *ret_input = fdopen (input[1], "w");
  lines = fdopen (output[0], "r");
  if (*ret_input == NULL || lines == NULL || fgets (line, sizeof line, lines) == NULL)
    errx (1, "%s did not start", python);
  fclose (lines);
  return pid;
}

static gssize
read_memory (gpointer memory, guint64 address, void *to, gsize length)
{
  return process_memory_read (memory, address, to, length);
}

static gboolean
next_content (gpointer memory, guint64 from, guint64 end, guint64 *ret_start, guint64 *ret_end)
{
  return process_memory_next_content (memory, from, end, ret_start, ret_end);
}

/* What a scan reads: the same as in py-scan.c. */
static GArray *
list_runs (ProcessMemory *memory, const GPtrArray *regions)
{
  GArray *runs = g_array_new (FALSE, FALSE, sizeof (struct run));

  for (guint i = 0; i < regions->len; i++)
    {
      const MemoryRegion *region = regions->pdata[i];
      struct run run;
      guint64 from = region->start;

      if (!region->is_readable || !region->is_writable || region->is_shared
          || (region->path[0] != '\0' && strcmp (region->path, "[heap]") != 0))
        continue;
      for (; process_memory_next_content (memory, from, region->end, &run.start, &run.end);
           from = run.end)
        g_array_append_val (runs, run);
    }
  return runs;
}

static double
copy (pid_t pid, const GArray *runs, void *buffer)
{
  double began = measure_seconds (CLOCK_MONOTONIC);

  for (guint i = 0; i < runs->len; i++)
    {
      struct run run = g_array_index (runs, struct run, i);

      while (run.start < run.end)
        {
          gsize length = MIN (run.end - run.start, CHUNK);
          struct iovec local = { buffer, length };
          struct iovec remote = { GSIZE_TO_POINTER (run.start), length };

          if (process_vm_readv (pid, &local, 1, &remote, 1, 0) != (gssize) length)
            break;
          run.start += length;
        }
    }
  return measure_seconds (CLOCK_MONOTONIC) - began;
}

static double
find (ProcessMemory *memory, guint *ret_shared, guint64 *ret_bytes)
{
  double began = measure_seconds (CLOCK_MONOTONIC);
  g_autoptr (GPtrArray) regions = process_memory_regions (memory);
  g_autoptr (PyImage) image = py_image_new (read_memory, memory);
  g_autoptr (GError) error = NULL;
  g_autoptr (PyScan) scan = NULL;
  PyRuntime runtime;
  PyReader reader = { image, &runtime };

  py_image_set_content (image, next_content);
  if (regions == NULL || !py_runtime_find (image, regions, &runtime, &error))
    errx (1, "%s", error != NULL ? error->message : "no mappings");
  scan = py_scan_run (&reader, memory, regions, NULL, &error);
  if (scan == NULL)
    errx (1, "%s", error->message);
  *ret_shared = scan->shared->len;
  *ret_bytes = scan->bytes;
  return measure_seconds (CLOCK_MONOTONIC) - began;
}

static void
measure (const char *python, double megabytes)
{
  FILE *input;
  pid_t pid = start (python, megabytes, &input);
  g_autoptr (GError) error = NULL;
  g_autoptr (ProcessMemory) memory = process_memory_open ("/proc", pid, &error);
  g_autoptr (GPtrArray) regions = memory != NULL ? process_memory_regions (memory) : NULL;
  g_autoptr (GArray) runs = NULL;
  g_autofree void *buffer = g_malloc0 (CHUNK);
  struct measure copying = { 0 }, finding = { 0 }, ratio = { 0 };
  guint shared = 0;
  guint64 bytes = 0;

  if (regions == NULL)
    errx (1, "%s", error != NULL ? error->message : "no mappings");
  runs = list_runs (memory, regions);
  for (int i = 0; i < rounds; i++)
    {
      double before = copy (pid, runs, buffer), found = find (memory, &shared, &bytes);
      double both = (before + copy (pid, runs, buffer)) / 2;

      measure_add (&copying, both);
      measure_add (&finding, found);
      measure_add (&ratio, both / found);
    }
  fclose (input);
  waitpid (pid, NULL, 0);

  if (json)
    {
      printf ("{\"megabytes\":%.1f,\"objects\":%u,", bytes / 1e6, shared);
      measure_print_json ("copy_s", &copying);
      putchar (',');
      measure_print_json ("find_s", &finding);
      putchar (',');
      measure_print_json ("ratio", &ratio);
      puts ("}");
    }
  else
    printf ("%7.1f MB  copied in %.4f s  found in %.4f s  ratio %.2f  (%u objects)\n", bytes / 1e6,
            measure_quantile (&copying, 0.5), measure_quantile (&finding, 0.5),
            measure_quantile (&ratio, 0.5), shared);
  fflush (stdout);
}

int
main (int argc, char **argv)
{
  static const double sizes[] = { 50, 500 };
  const char *python = "python3";
  double megabytes = 0;
  bool quick = false;

  for (int i = 1; i < argc; i++)
    if (strcmp (argv[i], "--json") == 0)
      json = true;
    else if (strcmp (argv[i], "--quick") == 0)
      quick = true;
    else if (strcmp (argv[i], "--python") == 0 && i + 1 < argc)
      python = argv[++i];
    else if (!measure_option (argc, argv, &i, "--rounds", &rounds)
             && !measure_option (argc, argv, &i, "--megabytes", &megabytes))
      errx (1, "usage: bench-python-scan [--json] [--quick] [--rounds N] [--python PROGRAM]"
               " [--megabytes N]");
  if (quick)
    {
      rounds = 1;
      megabytes = 20;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    if (megabytes == 0)
      measure (python, sizes[i]);
  if (megabytes != 0)
    measure (python, megabytes);
  return 0;
}
