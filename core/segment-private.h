/* segment-private.h - what making and attaching a segment share. */
#ifndef SHMLENS_SEGMENT_PRIVATE_H
#define SHMLENS_SEGMENT_PRIVATE_H

#include "segment.h"

#define SEGMENT_DIRECTORY "/dev/shm"

/* The file of a segment. */
struct segment_path
{
  char text[sizeof SEGMENT_DIRECTORY + SHMLENS_SEGMENT_NAME_MAX + 1];
};

/* 0; -EINVAL, -ENAMETOOLONG with a sentence. */
int segment_make_path (const char *name, struct segment_path *ret_path);

/* The sentence for a system call that failed with `code` for this segment. */
int segment_system_error (int code, const char *name, const char *what);

/* A handle without a file; NULL with a sentence when there is no memory. */
struct shmlens_segment *segment_new (const char *name, enum shmlens_access access);

/* Frees what is there of a segment that is not in use. Accepts NULL. */
void segment_discard (struct shmlens_segment *segment);

/* Maps the whole capacity, most of it beyond the file's end: growing the file
 * then grows every mapping. */
int segment_map (struct shmlens_segment *segment);

/* Says that somebody is here, for as long as the descriptor is open. */
int segment_take_presence (const struct shmlens_segment *segment);

#endif
