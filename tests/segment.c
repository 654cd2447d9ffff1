/* Making, attaching, leaving and removing segments. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/stat.h>

#include "format.h"
#include "segment.h"
#include "support/scratch.h"

static const char *own_program;

static mode_t
mode_of (const char *name)
{
  struct stat status;
  char path[300];

  snprintf (path, sizeof path, "/dev/shm%s", name);
  assert_int_equal (stat (path, &status), 0);
  return status.st_mode & 07777;
}

static void
a_new_segment_describes_itself (void **state)
{
  const struct shmlens_segment_attr attr
      = { .capacity = 1000000, .program = "trainer", .logical_name = "train" };
  const char *name = scratch_name ("new");
  struct shmlens_segment *segment;
  struct format_header header;

  assert_int_equal (shmlens_segment_create (name, &attr, &segment), 0);
  assert_string_equal (shmlens_segment_name (segment), name);
  assert_string_equal (shmlens_segment_program (segment), "trainer");
  assert_string_equal (shmlens_segment_logical_name (segment), "train");
  assert_int_equal (shmlens_segment_capacity (segment), 1003520);
  assert_int_equal (shmlens_segment_size (segment), 65536);
  assert_int_equal (shmlens_segment_access (segment), SHMLENS_READ_WRITE);
  format_copy_header (segment->base, &header);
  assert_int_equal (header.maker_pid, getpid ());
  assert_int_not_equal (header.maker_start_time, 0);
  assert_int_not_equal (header.pid_namespace, 0);
  assert_int_equal (mode_of (name), 0600);
  scratch_detach_and_unlink (segment);
}

static void
defaults_are_the_executable_and_the_own_name (void **state)
{
  const char *name = scratch_name ("defaults");
  struct shmlens_segment *segment = scratch_segment (name);

  assert_string_equal (shmlens_segment_program (segment), program_invocation_short_name);
  assert_string_equal (shmlens_segment_logical_name (segment), name);
  scratch_detach_and_unlink (segment);
}

static void
two_segments_have_different_identities (void **state)
{
  struct shmlens_segment *one = scratch_segment (scratch_name ("one"));
  struct shmlens_segment *other = scratch_segment (scratch_name ("other"));

  assert_memory_not_equal (one->header.identity, other->header.identity, 16);
  scratch_detach_and_unlink (one);
  scratch_detach_and_unlink (other);
}

static void
bad_names_are_refused_with_the_remedy (void **state)
{
  char long_name[400] = "/";
  struct shmlens_segment *segment = (struct shmlens_segment *) 1;

  memset (long_name + 1, 'a', sizeof long_name - 2);
  assert_int_equal (shmlens_segment_create ("name", NULL, &segment), -EINVAL);
  scratch_assert_sentence_has ("write \"/name\"");
  assert_int_equal (shmlens_segment_create ("", NULL, &segment), -EINVAL);
  assert_int_equal (shmlens_segment_create (NULL, NULL, &segment), -EINVAL);
  assert_int_equal (shmlens_segment_create ("/", NULL, &segment), -EINVAL);
  assert_int_equal (shmlens_segment_create ("/a/b", NULL, &segment), -EINVAL);
  assert_int_equal (shmlens_segment_create ("/..", NULL, &segment), -EINVAL);
  assert_int_equal (shmlens_segment_create ("/a\nb", NULL, &segment), -EINVAL);
  assert_int_equal (shmlens_segment_create ("/a\xff", NULL, &segment), -EINVAL);
  assert_int_equal (shmlens_segment_create (long_name, NULL, &segment), -ENAMETOOLONG);
  assert_int_equal (shmlens_segment_attach ("/../etc/passwd", SHMLENS_READ_ONLY, &segment),
                    -EINVAL);
  assert_int_equal (shmlens_segment_unlink ("/../tmp/x"), -EINVAL);
  assert_int_equal (shmlens_segment_is_stale ("x"), -EINVAL);
  assert_ptr_equal (segment, 1);
}

static void
the_longest_name_works (void **state)
{
  char name[SHMLENS_SEGMENT_NAME_MAX + 2];
  struct shmlens_segment *segment;

  strcpy (name, scratch_name ("long"));
  memset (name + strlen (name), 'x', sizeof name - strlen (name));
  name[SHMLENS_SEGMENT_NAME_MAX] = '\0';
  segment = scratch_segment (name);
  assert_string_equal (shmlens_segment_name (segment), name);
  scratch_detach_and_unlink (segment);
}

static void
bad_attributes_are_refused (void **state)
{
  const char *name = scratch_name ("attr");
  struct shmlens_segment *segment;
  char long_text[300];

  memset (long_text, 'a', sizeof long_text);
  long_text[sizeof long_text - 1] = '\0';
  assert_int_equal (
      shmlens_segment_create (name, &(struct shmlens_segment_attr){ .mode = 04755 }, &segment),
      -EINVAL);
  assert_int_equal (
      shmlens_segment_create (name, &(struct shmlens_segment_attr){ .capacity = 4096 }, &segment),
      -EINVAL);
  assert_int_equal (
      shmlens_segment_create (
          name, &(struct shmlens_segment_attr){ .capacity = UINT64_C (1) << 60 }, &segment),
      -EINVAL);
  assert_int_equal (shmlens_segment_create (
                        name, &(struct shmlens_segment_attr){ .program = long_text }, &segment),
                    -EINVAL);
  assert_int_equal (shmlens_segment_create (
                        name, &(struct shmlens_segment_attr){ .logical_name = "a\nb" }, &segment),
                    -EINVAL);
  assert_int_equal (
      shmlens_segment_create (name, &(struct shmlens_segment_attr){ .reserved = { 1 } }, &segment),
      -EINVAL);
  assert_false (scratch_exists (name));
}

static void
the_mode_is_exact_whatever_the_umask (void **state)
{
  const mode_t masks[] = { 0, 077, 0777 };
  const mode_t modes[] = { 0600, 0666, 0400, 0640 };
  const char *name = scratch_name ("mode");

  for (size_t i = 0; i < sizeof masks / sizeof masks[0]; i++)
    for (size_t j = 0; j < sizeof modes / sizeof modes[0]; j++)
      {
        const struct shmlens_segment_attr attr = { .mode = modes[j], .capacity = SCRATCH_CAPACITY };
        mode_t old = umask (masks[i]);
        struct shmlens_segment *segment;

        assert_int_equal (shmlens_segment_create (name, &attr, &segment), 0);
        umask (old);
        assert_int_equal (mode_of (name), modes[j]);
        scratch_detach_and_unlink (segment);
      }
}

static void
create_refuses_a_name_that_is_taken (void **state)
{
  const char *name = scratch_name ("taken");
  struct shmlens_segment *segment = scratch_segment (name);
  struct shmlens_segment *again = NULL;

  assert_int_equal (shmlens_segment_create (name, NULL, &again), -EEXIST);
  scratch_assert_sentence_has ("shmlens_segment_attach");
  assert_null (again);
  scratch_detach_and_unlink (segment);
}

static void
open_or_create_makes_then_attaches (void **state)
{
  const struct shmlens_segment_attr attr = { .capacity = SCRATCH_CAPACITY };
  const char *name = scratch_name ("either");
  struct shmlens_segment *maker;
  struct shmlens_segment *other;

  assert_int_equal (shmlens_segment_open_or_create (name, &attr, &maker), 1);
  assert_int_equal (shmlens_segment_open_or_create (name, NULL, &other), 0);
  assert_int_equal (shmlens_segment_capacity (other), SCRATCH_CAPACITY);
  assert_int_equal (shmlens_segment_detach (other), 0);
  scratch_detach_and_unlink (maker);
}

/* Counts by its exit status: 0 attached, 2 made it. */
static int
open_or_create_once (const char *name)
{
  const struct shmlens_segment_attr attr = { .capacity = SCRATCH_CAPACITY };
  struct shmlens_segment *segment;
  int result = shmlens_segment_open_or_create (name, &attr, &segment);

  return result < 0 ? 1 : result == 1 ? 2 : 0;
}

static void
of_many_that_open_or_create_one_makes_it (void **state)
{
  const char *name = scratch_name ("race");

  for (int round = 0; round < 20; round++)
    {
      pid_t children[8];
      int makers = 0;

      for (int i = 0; i < 8; i++)
        children[i] = scratch_fork (open_or_create_once, name);
      for (int i = 0; i < 8; i++)
        {
          int status = scratch_wait (children[i]);

          assert_true (WIFEXITED (status));
          assert_int_not_equal (WEXITSTATUS (status), 1);
          makers += WEXITSTATUS (status) == 2;
        }
      assert_int_equal (makers, 1);
      assert_int_equal (shmlens_segment_unlink (name), 0);
    }
}

static void
a_segment_stays_until_it_is_removed (void **state)
{
  const char *name = scratch_name ("stays");
  struct shmlens_segment *segment = scratch_segment (name);

  assert_int_equal (shmlens_segment_detach (segment), 0);
  assert_true (scratch_exists (name));
  assert_int_equal (shmlens_segment_unlink (name), 0);
  assert_false (scratch_exists (name));
  assert_int_equal (shmlens_segment_unlink (name), -ENOENT);
  assert_int_equal (shmlens_segment_detach (NULL), 0);
}

static void
who_has_it_attached_keeps_a_removed_segment (void **state)
{
  const char *name = scratch_name ("removed");
  struct shmlens_segment *segment = scratch_segment (name);
  struct shmlens_entry *entry;
  int64_t number = 5;
  int64_t read;

  assert_int_equal (shmlens_segment_unlink (name), 0);
  assert_int_equal (shmlens_value_create (segment, "x", 'q', &number, NULL, &entry), 0);
  assert_int_equal (shmlens_entry_get (entry, 0, &read), 0);
  assert_int_equal (read, 5);
  assert_int_equal (shmlens_segment_detach (segment), 0);
}

static void
attach_says_what_is_missing (void **state)
{
  const char *name = scratch_name ("missing");
  struct shmlens_segment *segment = NULL;

  assert_int_equal (shmlens_segment_attach (name, SHMLENS_READ_ONLY, &segment), -ENOENT);
  scratch_assert_sentence_has (name);
  assert_int_equal (shmlens_segment_attach (name, SHMLENS_READ_WRITE, &segment), -ENOENT);
  assert_int_equal (shmlens_segment_attach (name, (enum shmlens_access) 7, &segment), -EINVAL);
  assert_int_equal (shmlens_segment_is_stale (name), -ENOENT);
  assert_null (segment);
}

static void
what_is_no_segment_is_left_as_it_is (void **state)
{
  static const char text[8192] = "some other program's memory";
  static const size_t sizes[] = { 0, 27, sizeof text };
  const char *name = scratch_name ("foreign");
  struct shmlens_segment *segment = NULL;
  uint8_t *bytes;
  size_t length;

  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
    {
      size_t size = sizes[i];

      scratch_write_file (name, text, size, 0);
      assert_int_equal (shmlens_segment_attach (name, SHMLENS_READ_ONLY, &segment), -EBADMSG);
      assert_int_equal (shmlens_segment_attach (name, SHMLENS_READ_WRITE, &segment), -EBADMSG);
      assert_int_equal (shmlens_segment_open_or_create (name, NULL, &segment), -EBADMSG);
      assert_int_equal (shmlens_segment_create (name, NULL, &segment), -EEXIST);
      assert_int_equal (shmlens_segment_is_stale (name), -EBADMSG);
      bytes = scratch_read_file (name, &length);
      assert_int_equal (length, size);
      assert_memory_equal (bytes, text, size);
      free (bytes);
    }
  assert_null (segment);
  assert_int_equal (shmlens_segment_unlink (name), 0);
}

static void
pipes_links_and_folders_are_no_segments (void **state)
{
  const char *name = scratch_name ("odd");
  struct shmlens_segment *segment;
  char event[512];
  char path[300];
  int fd;

  snprintf (path, sizeof path, "/dev/shm%s", name);
  assert_int_equal (mkfifo (path, 0600), 0);
  fd = inotify_init1 (IN_NONBLOCK | IN_CLOEXEC);
  assert_true (inotify_add_watch (fd, path, IN_OPEN) >= 0);
  assert_int_equal (shmlens_segment_attach (name, SHMLENS_READ_ONLY, &segment), -EBADMSG);
  assert_int_equal (shmlens_segment_attach (name, SHMLENS_READ_WRITE, &segment), -EBADMSG);
  assert_int_equal (shmlens_segment_is_stale (name), -EBADMSG);
  /* Opening it would have let one go on who waits for a reader. */
  assert_int_equal (read (fd, event, sizeof event), -1);
  assert_int_equal (errno, EAGAIN);
  close (fd);
  assert_int_equal (unlink (path), 0);

  assert_int_equal (symlink ("/etc/passwd", path), 0);
  assert_int_equal (shmlens_segment_attach (name, SHMLENS_READ_ONLY, &segment), -EBADMSG);
  scratch_assert_sentence_has ("symbolic link");
  assert_int_equal (unlink (path), 0);

  assert_int_equal (mkdir (path, 0700), 0);
  assert_int_equal (shmlens_segment_attach (name, SHMLENS_READ_ONLY, &segment), -EBADMSG);
  assert_int_equal (shmlens_segment_attach (name, SHMLENS_READ_WRITE, &segment), -EBADMSG);
  assert_int_equal (shmlens_segment_unlink (name), -EINVAL);
  assert_int_equal (rmdir (path), 0);
}

/* A user without rights, so that the mode counts even where tests run as root. */
static int
attach_as_nobody (const char *name)
{
  struct shmlens_segment *segment;
  struct shmlens_entry *entry;
  int64_t number = 0;

  if (geteuid () == 0 && (setgid (65534) < 0 || setuid (65534) < 0))
    return 10;
  if (shmlens_segment_attach (name, SHMLENS_READ_WRITE, &segment) != -EACCES)
    return 11;
  if (shmlens_segment_open_or_create (name, NULL, &segment) != -EACCES)
    return 12;
  if (shmlens_segment_attach (name, SHMLENS_READ_ONLY, &segment) != 0)
    return 13;
  if (shmlens_entry_open (segment, "x", &entry) != 0)
    return 14;
  if (shmlens_entry_snapshot (entry, 0, 1, &number) != SHMLENS_CONSISTENCY_SEQUENCE || number != 5)
    return 15;
  return 0;
}

static void
a_segment_for_reading_is_read_by_those_who_may (void **state)
{
  const struct shmlens_segment_attr attr = { .mode = 0444, .capacity = SCRATCH_CAPACITY };
  const char *name = scratch_name ("0444");
  struct shmlens_segment *segment;
  struct shmlens_entry *entry;
  int64_t number = 5;

  assert_int_equal (shmlens_segment_create (name, &attr, &segment), 0);
  assert_int_equal (shmlens_value_create (segment, "x", 'q', &number, NULL, &entry), 0);
  scratch_expect_success (scratch_fork (attach_as_nobody, name));
  scratch_detach_and_unlink (segment);
}

static int
attach_without_permission (const char *name)
{
  struct shmlens_segment *segment;

  if (geteuid () == 0 && (setgid (65534) < 0 || setuid (65534) < 0))
    return 10;
  if (shmlens_segment_attach (name, SHMLENS_READ_ONLY, &segment) != -EACCES)
    return 11;
  if (shmlens_segment_is_stale (name) != -EACCES)
    return 12;
  return geteuid () == 65534 && shmlens_segment_unlink (name) != -EACCES ? 13 : 0;
}

static void
permission_is_asked_of_the_kernel (void **state)
{
  const char *name = scratch_name ("0600");
  struct shmlens_segment *segment;

  if (geteuid () != 0)
    skip ();
  segment = scratch_segment (name);
  scratch_expect_success (scratch_fork (attach_without_permission, name));
  assert_true (scratch_exists (name));
  scratch_detach_and_unlink (segment);
}

static void
an_attachment_for_reading_refuses_to_write_and_lock (void **state)
{
  const char *name = scratch_name ("readonly");
  struct shmlens_segment *segment = scratch_segment (name);
  struct shmlens_segment *reader;
  struct shmlens_entry *entry;
  struct shmlens_lock *lock;
  int64_t number = 5;

  assert_int_equal (shmlens_value_create (segment, "x", 'q', &number, NULL, &entry), 0);
  reader = scratch_attach (name, SHMLENS_READ_ONLY);
  assert_int_equal (shmlens_value_create (reader, "y", 'q', NULL, NULL, &entry), -EROFS);
  scratch_assert_sentence_has ("SHMLENS_READ_WRITE");
  assert_int_equal (shmlens_value_open_or_create (reader, "y", 'q', NULL, NULL, &entry), -EROFS);
  assert_int_equal (shmlens_lock_create (reader, &lock), -EROFS);

  assert_int_equal (shmlens_entry_open (reader, "x", &entry), 0);
  assert_int_equal (shmlens_lock_acquire (shmlens_entry_lock (entry)), -EROFS);
  assert_int_equal (shmlens_lock_try_acquire (shmlens_entry_lock (entry)), -EROFS);
  assert_int_equal (shmlens_entry_get (entry, 0, &number), -EROFS);
  assert_int_equal (shmlens_entry_set (entry, 0, &number), -EROFS);
  assert_int_equal (shmlens_entry_set_slice (entry, 0, 1, &number), -EROFS);
  assert_int_equal (shmlens_entry_add (entry, 0, 1), -EROFS);
  assert_int_equal (shmlens_entry_store (entry, 0, &number), -EROFS);
  assert_int_equal (shmlens_entry_remove (entry), -EROFS);
  assert_null (shmlens_entry_data (entry));
  assert_int_equal (*(const int64_t *) shmlens_entry_peek (entry), 5);
  assert_int_equal (shmlens_entry_load (entry, 0, &number), 0);
  assert_int_equal (number, 5);
  shmlens_entry_commit (entry);
  assert_int_equal (shmlens_entry_writes (entry), 0);
  assert_int_equal (shmlens_segment_detach (reader), 0);
  scratch_detach_and_unlink (segment);
}

/* What the program does when it is called by the test below. */
static int
attach_from_elsewhere (const char *name)
{
  struct shmlens_segment *segment;
  struct shmlens_entry *entry;
  int64_t number;

  if (shmlens_segment_attach (name, SHMLENS_READ_WRITE, &segment) < 0
      || shmlens_entry_open (segment, "x", &entry) < 0 || shmlens_entry_get (entry, 0, &number) < 0)
    return 2;
  if (number != 5)
    return 3;
  number = 6;
  return shmlens_entry_set (entry, 0, &number) < 0 ? 4 : 0;
}

static void
an_unrelated_program_attaches_by_name (void **state)
{
  const char *name = scratch_name ("exec");
  struct shmlens_segment *segment = scratch_segment (name);
  struct shmlens_entry *entry;
  int64_t number = 5;
  pid_t pid;

  assert_int_equal (shmlens_value_create (segment, "x", 'q', &number, NULL, &entry), 0);
  pid = fork ();
  assert_true (pid >= 0);
  if (pid == 0)
    {
      execl ("/proc/self/exe", own_program, "--attach", name, (char *) NULL);
      _exit (127);
    }
  scratch_expect_success (pid);
  assert_int_equal (shmlens_entry_get (entry, 0, &number), 0);
  assert_int_equal (number, 6);
  scratch_detach_and_unlink (segment);
}


/* Staleness and attachers. */

static int
attach_and_wait (const char *name)
{
  struct shmlens_segment *segment;

  if (shmlens_segment_attach (name, SHMLENS_READ_WRITE, &segment) < 0)
    return 1;
  kill (getpid (), SIGSTOP);
  return 0;
}

static pid_t
start_attached (const char *name)
{
  pid_t pid = scratch_fork (attach_and_wait, name);
  int status;

  assert_int_equal (waitpid (pid, &status, WUNTRACED), pid);
  assert_true (WIFSTOPPED (status));
  return pid;
}

static void
a_segment_is_stale_when_the_last_one_has_ended (void **state)
{
  const char *name = scratch_name ("stale");
  struct shmlens_segment *segment = scratch_segment (name);
  pid_t pid = start_attached (name);

  assert_int_equal (shmlens_segment_is_stale (name), 0);
  assert_int_equal (shmlens_segment_detach (segment), 0);
  assert_int_equal (shmlens_segment_is_stale (name), 0);
  assert_int_equal (kill (pid, SIGKILL), 0);
  scratch_wait (pid);
  assert_int_equal (shmlens_segment_is_stale (name), 1);

  segment = scratch_attach (name, SHMLENS_READ_ONLY);
  assert_int_equal (shmlens_segment_is_stale (name), 0);
  scratch_detach_and_unlink (segment);
}

static void
only_a_stale_segment_is_removed_as_one (void **state)
{
  const char *name = scratch_name ("sweep");
  struct shmlens_segment *segment = scratch_segment (name);

  assert_int_equal (shmlens_segment_unlink_stale (name), 0);
  assert_true (scratch_exists (name));
  assert_int_equal (shmlens_segment_detach (segment), 0);
  assert_int_equal (shmlens_segment_unlink_stale (name), 1);
  assert_false (scratch_exists (name));
  assert_int_equal (shmlens_segment_unlink_stale (name), -ENOENT);
}

static int
remove_while_stale (const char *name)
{
  while (scratch_exists (name))
    if (shmlens_segment_unlink_stale (name) < 0 && scratch_exists (name))
      return 1;
  return 0;
}

/* Whoever attaches either keeps the segment from being removed, or is told. */
static void
who_attaches_while_a_stale_segment_is_removed_has_one_with_a_name (void **state)
{
  const char *name = scratch_name ("race");
  struct shmlens_segment *segment;

  for (int round = 0; round < 100; round++)
    {
      bool was_named = true;
      pid_t pid;
      int result;

      assert_int_equal (shmlens_segment_detach (scratch_segment (name)), 0);
      pid = scratch_fork (remove_while_stale, name);
      while ((result = shmlens_segment_attach (name, SHMLENS_READ_WRITE, &segment)) == 0)
        {
          was_named &= scratch_exists (name);
          shmlens_segment_detach (segment);
        }
      scratch_expect_success (pid);
      assert_int_equal (result, -ENOENT);
      assert_true (was_named);
    }
}

static void
attaching_waits_out_a_look_for_staleness (void **state)
{
  const char *name = scratch_name ("flock");
  struct shmlens_segment *segment = scratch_segment (name);
  struct shmlens_segment *other;
  char path[300];
  int fd;

  assert_int_equal (shmlens_segment_detach (segment), 0);
  snprintf (path, sizeof path, "/dev/shm%s", name);
  fd = open (path, O_RDONLY | O_CLOEXEC);
  assert_true (fd >= 0);
  assert_int_equal (flock (fd, LOCK_EX | LOCK_NB), 0);
  assert_int_equal (shmlens_segment_attach (name, SHMLENS_READ_ONLY, &other), -EBUSY);
  close (fd);
  scratch_detach_and_unlink (scratch_attach (name, SHMLENS_READ_ONLY));
}

static void
attachers_are_those_who_live (void **state)
{
  const char *name = scratch_name ("attachers");
  struct shmlens_segment *segment = scratch_segment (name);
  struct shmlens_segment *reader = scratch_attach (name, SHMLENS_READ_ONLY);
  struct shmlens_attacher attachers[4];
  pid_t pid = start_attached (name);

  assert_int_equal (shmlens_segment_attachers (reader, 4, attachers), 2);
  assert_int_equal (attachers[0].pid, getpid ());
  assert_int_equal (attachers[1].pid, pid);
  assert_int_not_equal (attachers[1].start_time, 0);
  assert_string_equal (attachers[1].program, "test-segment");
  assert_int_equal (shmlens_segment_attachers (segment, 0, NULL), 2);

  assert_int_equal (kill (pid, SIGKILL), 0);
  while (waitid (P_PID, (id_t) pid, &(siginfo_t){ 0 }, WEXITED | WNOWAIT) < 0)
    ;
  assert_int_equal (shmlens_segment_attachers (segment, 4, attachers), 1);
  scratch_wait (pid);
  assert_int_equal (shmlens_segment_attachers (segment, 4, attachers), 1);
  assert_int_equal (shmlens_segment_detach (segment), 0);
  assert_int_equal (shmlens_segment_attachers (reader, 4, attachers), 0);
  scratch_detach_and_unlink (reader);
}

static void
a_process_counts_once_however_often_it_attaches (void **state)
{
  const char *name = scratch_name ("twice");
  struct shmlens_segment *segment = scratch_segment (name);
  struct shmlens_segment *again = scratch_attach (name, SHMLENS_READ_WRITE);

  assert_int_equal (shmlens_segment_attachers (segment, 0, NULL), 1);
  assert_int_equal (shmlens_segment_detach (again), 0);
  assert_int_equal (shmlens_segment_attachers (segment, 0, NULL), 1);
  scratch_detach_and_unlink (segment);
}

static void
records_of_the_dead_are_taken_over (void **state)
{
  const char *name = scratch_name ("records");
  struct shmlens_segment *segment = scratch_segment (name);

  for (unsigned i = 0; i < FORMAT_ATTACHERS + 10; i++)
    {
      pid_t pid = start_attached (name);

      assert_int_equal (kill (pid, SIGKILL), 0);
      scratch_wait (pid);
    }
  for (unsigned i = 0; i < 3; i++)
    {
      pid_t pid = start_attached (name);

      assert_int_equal (shmlens_segment_attachers (segment, 0, NULL), 2);
      kill (pid, SIGKILL);
      scratch_wait (pid);
    }
  scratch_detach_and_unlink (segment);
}

static struct shmlens_segment *inherited;
static struct shmlens_entry *inherited_value;

static int
records (void)
{
  const struct format_attacher *table
      = (const struct format_attacher *) (inherited->base + inherited->header.attacher_offset);
  int count = 0;

  for (unsigned i = 0; i < FORMAT_ATTACHERS; i++)
    count += table[i].pid != 0;
  return count;
}

/* The parent is in the table already; who was forked comes in at its first lock. */
static int
use_what_was_inherited (const char *name)
{
  if (records () != 1)
    return 1;
  if (shmlens_entry_add (inherited_value, 0, 1) < 0)
    return 2;
  if (records () != 2 || shmlens_segment_attachers (inherited, 0, NULL) != 2)
    return 3;
  return shmlens_segment_detach (inherited) < 0 ? 4 : 0;
}

static void
handles_stay_valid_in_a_child (void **state)
{
  const char *name = scratch_name ("fork");
  int64_t number = 0;

  inherited = scratch_segment (name);
  assert_int_equal (shmlens_value_create (inherited, "x", 'q', &number, NULL, &inherited_value), 0);
  scratch_expect_success (scratch_fork (use_what_was_inherited, name));
  assert_int_equal (records (), 1);
  assert_int_equal (shmlens_segment_attachers (inherited, 0, NULL), 1);
  assert_int_equal (shmlens_entry_get (inherited_value, 0, &number), 0);
  assert_int_equal (number, 1);
  scratch_detach_and_unlink (inherited);
}

static void
detaching_is_refused_to_who_holds_a_lock (void **state)
{
  const char *name = scratch_name ("busy");
  struct shmlens_segment *segment = scratch_segment (name);
  struct shmlens_entry *entry;

  assert_int_equal (shmlens_value_create (segment, "x", 'q', NULL, NULL, &entry), 0);
  assert_int_equal (shmlens_lock_acquire (shmlens_entry_lock (entry)), 0);
  assert_int_equal (shmlens_segment_detach (segment), -EBUSY);
  assert_int_equal (shmlens_lock_release (shmlens_entry_lock (entry)), 0);
  scratch_detach_and_unlink (segment);
}

static int
set_up (void **state)
{
  return scratch_set_up ("segment");
}

static int
tear_down (void **state)
{
  return scratch_tear_down ();
}

int
main (int argc, char **argv)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (a_new_segment_describes_itself),
    cmocka_unit_test (defaults_are_the_executable_and_the_own_name),
    cmocka_unit_test (two_segments_have_different_identities),
    cmocka_unit_test (bad_names_are_refused_with_the_remedy),
    cmocka_unit_test (the_longest_name_works),
    cmocka_unit_test (bad_attributes_are_refused),
    cmocka_unit_test (the_mode_is_exact_whatever_the_umask),
    cmocka_unit_test (create_refuses_a_name_that_is_taken),
    cmocka_unit_test (open_or_create_makes_then_attaches),
    cmocka_unit_test (of_many_that_open_or_create_one_makes_it),
    cmocka_unit_test (a_segment_stays_until_it_is_removed),
    cmocka_unit_test (who_has_it_attached_keeps_a_removed_segment),
    cmocka_unit_test (attach_says_what_is_missing),
    cmocka_unit_test (what_is_no_segment_is_left_as_it_is),
    cmocka_unit_test (pipes_links_and_folders_are_no_segments),
    cmocka_unit_test (a_segment_for_reading_is_read_by_those_who_may),
    cmocka_unit_test (permission_is_asked_of_the_kernel),
    cmocka_unit_test (an_attachment_for_reading_refuses_to_write_and_lock),
    cmocka_unit_test (an_unrelated_program_attaches_by_name),
    cmocka_unit_test (a_segment_is_stale_when_the_last_one_has_ended),
    cmocka_unit_test (only_a_stale_segment_is_removed_as_one),
    cmocka_unit_test (who_attaches_while_a_stale_segment_is_removed_has_one_with_a_name),
    cmocka_unit_test (attaching_waits_out_a_look_for_staleness),
    cmocka_unit_test (attachers_are_those_who_live),
    cmocka_unit_test (a_process_counts_once_however_often_it_attaches),
    cmocka_unit_test (records_of_the_dead_are_taken_over),
    cmocka_unit_test (handles_stay_valid_in_a_child),
    cmocka_unit_test (detaching_is_refused_to_who_holds_a_lock),
  };

  if (argc == 3 && strcmp (argv[1], "--attach") == 0)
    return attach_from_elsewhere (argv[2]);
  own_program = argv[0];
  return cmocka_run_group_tests (tests, set_up, tear_down);
}
