/* native-fixture.h - a segment made with the library, in a made-up system, and a
 * registry that looks at it. */
#pragma once

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

#include "format.h"
#include "memory.h"
#include "support/roots.h"

#define SECOND G_GUINT64_CONSTANT (1000000000)

struct fixture
{
  struct roots roots;
  Registry *registry;
  struct shmlens_segment *segment;
};

static inline int
set_up (void **state)
{
  struct fixture *fixture = g_new0 (struct fixture, 1);

  roots_make (&fixture->roots);
  fixture->registry = registry_new (&fixture->roots.registry);
  fixture->segment = roots_create (&fixture->roots, "train");
  *state = fixture;
  return 0;
}

static inline int
tear_down (void **state)
{
  struct fixture *fixture = *state;

  registry_free (fixture->registry);
  shmlens_segment_detach (fixture->segment);
  roots_remove (&fixture->roots);
  g_free (fixture);
  return 0;
}

static inline struct shmlens_entry *
make_value (struct fixture *fixture, const char *name, char code, const void *initial,
            unsigned flags)
{
  struct shmlens_entry_attr attr = { .flags = flags };
  struct shmlens_entry *entry;

  if (shmlens_value_create (fixture->segment, name, code, initial, &attr, &entry) < 0)
    fail_msg ("%s", shmlens_error ());
  return entry;
}

static inline struct shmlens_entry *
make_array (struct fixture *fixture, const char *name, char code, guint64 length)
{
  struct shmlens_entry *entry;

  if (shmlens_array_create (fixture->segment, name, code, 1, &length, NULL, NULL, &entry) < 0)
    fail_msg ("%s", shmlens_error ());
  return entry;
}

static inline Attachment *
open_segment (struct fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  Attachment *attachment = registry_open (fixture->registry, "shm:/train", &error);

  if (attachment == NULL)
    fail_msg ("%s", error->message);
  memory_install ();
  return attachment;
}

/* Writes into the segment behind the back of its library. */
static inline void
poke (struct fixture *fixture, guint64 offset, const void *bytes, gsize length)
{
  g_autofree char *path = roots_path (&fixture->roots, "train");
  int fd = open (path, O_WRONLY | O_CLOEXEC);

  assert_true (fd >= 0);
  assert_int_equal (pwrite (fd, bytes, length, offset), length);
  close (fd);
}

static inline void
peek (struct fixture *fixture, guint64 offset, void *bytes, gsize length)
{
  g_autofree char *path = roots_path (&fixture->roots, "train");
  int fd = open (path, O_RDONLY | O_CLOEXEC);

  assert_true (fd >= 0);
  assert_int_equal (pread (fd, bytes, length, offset), length);
  close (fd);
}

/* Where the entry's slot lies. */
static inline guint64
slot_offset (struct fixture *fixture, struct shmlens_entry *entry)
{
  struct format_header header;

  peek (fixture, 0, &header, sizeof header);
  return format_slot_offset (&header, (guint32) shmlens_entry_id (entry), header.size);
}

/* A process that holds the lock until it is killed. */
static inline pid_t
child_that_takes (struct shmlens_entry *entry)
{
  int ready[2];
  char byte;
  pid_t pid;

  assert_int_equal (pipe (ready), 0);
  pid = fork ();
  if (pid == 0)
    {
      alarm (60);
      if (shmlens_lock_acquire (shmlens_entry_lock (entry)) >= 0)
        assert_int_equal (write (ready[1], "x", 1), 1);
      pause ();
      _exit (0);
    }
  close (ready[1]);
  assert_int_equal (read (ready[0], &byte, 1), 1);
  close (ready[0]);
  return pid;
}
