/* segment.h - what the library knows of an attached segment. */
#ifndef SHMLENS_CORE_SEGMENT_H
#define SHMLENS_CORE_SEGMENT_H

#include <pthread.h>

#include "format.h"
#include "lock.h"
#include "shmlens.h"

struct shmlens_segment
{
  char name[SHMLENS_SEGMENT_NAME_MAX + 1];
  int fd;                       /* holds flock (LOCK_SH): the sign that somebody is attached */
  enum shmlens_access access;
  uint8_t *base;                /* header.capacity bytes are mapped, past the end of the file */
  struct format_header header;  /* the checked copy: what never changes is read from here */
  struct shmlens_lock directory_lock;
  pthread_mutex_t handles_lock; /* guards the list of this process's handles */
  struct shmlens_entry *entries;
  struct shmlens_lock *locks;   /* standalone ones; see lock_handle in entry.c */
};

/* Makes sure that the file, and the memory behind it, reach `end` bytes. Under
 * the directory lock. 0, -ENOSPC. */
int segment_grow (struct shmlens_segment *segment, uint64_t end);

/* Gives out or takes back an extent for a slot. Under the directory lock. */
int segment_take_extent (struct shmlens_segment *segment, uint64_t length, uint32_t *ret_slot);
void segment_give_back (struct shmlens_segment *segment, uint32_t slot);

/* The header and a slot as they lie in shared memory. */
struct format_header *segment_header (const struct shmlens_segment *segment);
struct format_slot *segment_slot (const struct shmlens_segment *segment, uint32_t index);

#endif
