/* scratch.h - what tests of segments share: names of their own, children with a
 * time limit, and bytes of a segment as they lie in the file.
 *
 * To be included after cmocka.h.
 */
#ifndef SHMLENS_TESTS_SCRATCH_H
#define SHMLENS_TESTS_SCRATCH_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "shmlens.h"

#define SCRATCH_CAPACITY (UINT64_C (64) << 20) /* ThreadSanitizer dislikes 64 GiB */

static char scratch_prefix[64];

/* A name that only this test process uses. Valid until the fourth call from now. */
static inline const char *
scratch_name (const char *suffix)
{
  static char names[4][96];
  static unsigned turn;
  char *name = names[turn++ % 4];

  snprintf (name, sizeof names[0], "/%s%s", scratch_prefix, suffix);
  return name;
}

static inline int
scratch_set_up (const char *suite)
{
  snprintf (scratch_prefix, sizeof scratch_prefix, "segment-test-%s-%ld-", suite, (long) getpid ());
  return 0;
}

/* Removes everything that this process's tests have made, also after a failure. */
static inline int
scratch_tear_down (void)
{
  DIR *directory = opendir ("/dev/shm");
  struct dirent *file;

  while (directory != NULL && (file = readdir (directory)) != NULL)
    if (strncmp (file->d_name, scratch_prefix, strlen (scratch_prefix)) == 0)
      unlinkat (dirfd (directory), file->d_name, 0);
  if (directory != NULL)
    closedir (directory);
  return 0;
}

static inline bool
scratch_exists (const char *name)
{
  char path[300];

  snprintf (path, sizeof path, "/dev/shm%s", name);
  return access (path, F_OK) == 0;
}

static inline void
scratch_assert_sentence_has (const char *part)
{
  if (strstr (shmlens_error (), part) == NULL)
    fail_msg ("the sentence \"%s\" does not say \"%s\"", shmlens_error (), part);
}

static inline struct shmlens_segment *
scratch_segment (const char *name)
{
  const struct shmlens_segment_attr attr = { .capacity = SCRATCH_CAPACITY };
  struct shmlens_segment *segment = NULL;

  if (shmlens_segment_create (name, &attr, &segment) < 0)
    fail_msg ("%s", shmlens_error ());
  return segment;
}

static inline struct shmlens_segment *
scratch_attach (const char *name, enum shmlens_access access)
{
  struct shmlens_segment *segment = NULL;

  if (shmlens_segment_attach (name, access, &segment) < 0)
    fail_msg ("%s", shmlens_error ());
  return segment;
}

static inline void
scratch_detach_and_unlink (struct shmlens_segment *segment)
{
  char name[SHMLENS_SEGMENT_NAME_MAX + 1];

  strcpy (name, shmlens_segment_name (segment));
  assert_int_equal (shmlens_segment_detach (segment), 0);
  assert_int_equal (shmlens_segment_unlink (name), 0);
}

/* Waits for a child; fails the test when it does not end in time.
 *
 * @returns its wait status.
 */
static inline int
scratch_wait (pid_t pid)
{
  int status;

  for (int ms = 0; ms < 60000; ms++)
    {
      if (waitpid (pid, &status, WNOHANG) == pid)
        return status;
      usleep (1000);
    }
  kill (pid, SIGKILL);
  waitpid (pid, &status, 0);
  fail_msg ("child %ld did not end within a minute", (long) pid);
  return status;
}

static inline void
scratch_expect_success (pid_t pid)
{
  int status = scratch_wait (pid);

  if (!WIFEXITED (status) || WEXITSTATUS (status) != 0)
    fail_msg ("child %ld ended with wait status 0x%x", (long) pid, (unsigned) status);
}

/* Starts a child that does this, and ends with what it gives as exit status.
 * cmocka's assertions are for the parent. */
static inline pid_t
scratch_fork (int (*work) (const char *name), const char *name)
{
  pid_t pid = fork ();

  assert_true (pid >= 0);
  if (pid == 0)
    _exit (work (name));
  return pid;
}

/* The file's bytes. To be freed. */
static inline uint8_t *
scratch_read_file (const char *name, size_t *ret_length)
{
  char path[300];
  struct stat status;
  uint8_t *bytes;
  int fd;

  snprintf (path, sizeof path, "/dev/shm%s", name);
  fd = open (path, O_RDONLY | O_CLOEXEC);
  assert_true (fd >= 0);
  assert_int_equal (fstat (fd, &status), 0);
  bytes = malloc ((size_t) status.st_size + 1);
  assert_non_null (bytes);
  assert_int_equal (read (fd, bytes, (size_t) status.st_size), status.st_size);
  close (fd);
  *ret_length = (size_t) status.st_size;
  return bytes;
}

static inline void
scratch_write_file (const char *name, const void *bytes, size_t length, uint64_t offset)
{
  char path[300];
  int fd;

  snprintf (path, sizeof path, "/dev/shm%s", name);
  fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  assert_true (fd >= 0);
  assert_int_equal (pwrite (fd, bytes, length, (off_t) offset), length);
  close (fd);
}

#endif
