/* busy-segment.h - a segment of numbers that another process changes all the time, to be
 * looked at by measurements of the engine. */
#pragma once

#include "source.h"

struct busy_segment
{
  struct shmlens_segment *segment;
  struct shmlens_entry **entries;
  unsigned n_entries;
  Registry *registry;
  Attachment *attachment;
  pid_t worker;
};

/* Makes `/WHAT-PID` with so many 64-bit numbers, "entry0" and so on, attaches to it, and takes its
 * name away again, so that nothing is left whatever happens. Ends the program when that fails. */
void busy_segment_make (struct busy_segment *self, const char *what, unsigned n_entries);

/* Starts the process that adds 1 to each, pauses so many microseconds, and begins again. It ends
 * with this one. */
void busy_segment_start (struct busy_segment *self, unsigned pause_us);

/* Ends the process and detaches. */
void busy_segment_end (struct busy_segment *self);
