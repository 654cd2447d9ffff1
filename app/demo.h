/* demo.h - real workers to look at: `shmlensctl demo NAME`, `shmlens --demo`.
 *
 * Each demo makes a segment, forks workers that share it, checks the result and
 * says pass or fail. A demo leaves nothing behind: its workers end with it, and the
 * segment's name is removed at the end, on SIGINT, SIGTERM and SIGHUP, and by
 * its workers when it is killed.
 */
#pragma once

#include <stdbool.h>

#include "shmlens.h"

struct demo_options
{
  const char *segment;  /* its name; NULL: "/demo-NAME-PID" */
  bool slow;            /* at a pace that people can watch */
  unsigned workers;     /* 0: the demo's own choice */
  bool with_parent;     /* end when the process that started it ends */
};

struct demo
{
  const char *name;
  const char *summary;  /* one line, in English */
  unsigned workers;     /* unless the options say otherwise */
  /* Makes the entries; runs in the parent before the workers start. */
  void (*prepare) (struct shmlens_segment *segment, unsigned workers);
  /* One worker; its process ends when this returns. */
  void (*work) (struct shmlens_segment *segment, unsigned worker, unsigned workers);
  /* Looks at the result; prints what was found; true: as it must be. */
  bool (*check) (struct shmlens_segment *segment, unsigned workers);
};

/* Ended by NULL. */
extern const struct demo *const demo_all[];

extern const struct demo demo_mixed, demo_counter, demo_array, demo_ranges, demo_squares,
  demo_together, demo_training;

/* The demo of this name, or NULL. */
const struct demo *demo_find (const char *name);

/* Runs a demo to its end. Prints progress and the verdict.
 * Returns the exit status: 0 pass, 1 fail. */
int demo_run (const struct demo *demo, const struct demo_options *options);

/* For workers: sleeps when the pace is slow; false when the program shall end. */
bool demo_pace (unsigned milliseconds);
/* Sleeps at any pace; false when the program shall end. */
bool demo_wait (unsigned milliseconds);
/* Opens an entry, or ends the process with the library's sentence. */
struct shmlens_entry *demo_open (struct shmlens_segment *segment, const char *name);
/* Ends the process with the library's sentence when result is negative. */
void demo_must (int result);
/* Takes the entry's lock, or ends the process. */
void demo_lock (struct shmlens_entry *entry);
/* Notes the change, and lets the lock go. */
void demo_unlock (struct shmlens_entry *entry);
