/* segment.h - what the library knows of an attached segment. */
#ifndef SHMLENS_CORE_SEGMENT_H
#define SHMLENS_CORE_SEGMENT_H

#include <pthread.h>

#include "format.h"
#include "lock.h"
#include "names.h"
#include "shmlens.h"

struct lock_handle;

struct shmlens_segment
{
  char name[SHMLENS_SEGMENT_NAME_MAX + 1];
  int fd; /* holds flock (LOCK_SH): the sign that somebody is attached */
  enum shmlens_access access;
  uint8_t *base;               /* header.capacity bytes are mapped, past the end of the file */
  struct format_header header; /* a checked copy; only what comes before `size` stays true */
  struct shmlens_lock directory_lock;

  /* See directory.h: a checked copy, true while this thread holds the directory lock. */
  struct format_header directory;
  uint64_t directory_length; /* usable bytes of the file when the copy was made */

  pthread_mutex_t handles_lock; /* guards the lists of this process's handles, and names */
  struct shmlens_entry *entries;
  struct lock_handle *locks; /* from shmlens_lock_create(); see entry-lock.c */

  struct names names;

  /* See attacher.h. */
  uint32_t attacher;            /* index of this process's record */
  pid_t attacher_pid;           /* whose record that is; 0: there is none */
  struct shmlens_segment *next; /* in the list of this process's segments */
};

/* 0, or -EROFS with the sentence. */
int segment_check_writable (const struct shmlens_segment *segment);

/* The bytes that may be used: of the file, and mapped. Negative: an errno. */
int64_t segment_length (const struct shmlens_segment *segment);

/* Whether this process may make a file so long; beyond its limit the kernel does
 * not just refuse, it sends SIGXFSZ. 0, -ENOSPC. */
int segment_check_file_limit (const char *name, uint64_t size);

/* The header as it lies in shared memory. */
struct format_header *segment_header (const struct shmlens_segment *segment);

/* For created_ns. */
uint64_t segment_realtime_ns (void);

/* The inode of this process's PID namespace; 0 when it is not known. */
uint64_t segment_pid_namespace (void);

#endif
