/* attacher.c - the processes that have a segment attached. */
#include "attacher.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "error.h"

/* This process's segments, those attached read-only too: their mutexes must be
 * whole in a child. */
static pthread_mutex_t list_lock = PTHREAD_MUTEX_INITIALIZER;
static struct shmlens_segment *list;
static pthread_once_t fork_handlers = PTHREAD_ONCE_INIT;
static bool child_is_unknown;

/* Reads a small file of /proc without stdio, which is not safe after fork.
 * Gives the length; the text ends in NUL. */
static ssize_t
read_file (const char *path, char *ret_text, size_t size)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  ssize_t length;

  if (fd < 0)
    return -errno;
  do
    length = read (fd, ret_text, size - 1);
  while (length < 0 && errno == EINTR);
  close (fd);
  if (length < 0)
    return -EIO;
  ret_text[length] = '\0';
  return length;
}

struct process_state
{
  char state;
  unsigned long threads;
  uint64_t start_time;
};

static int
read_process (pid_t pid, struct process_state *ret_state)
{
  char path[48];
  char text[1024];
  char *position;
  ssize_t result;

  snprintf (path, sizeof path, "/proc/%ld/stat", (long) pid);
  if ((result = read_file (path, text, sizeof text)) < 0)
    return (int) result;

  /* The program's name may hold anything, but the last `)` ends it. What
   * follows begins with field 3. */
  position = strrchr (text, ')');
  if (position == NULL || position[1] != ' ')
    return -EPROTO;
  position += 2;
  ret_state->state = *position;
  for (int field = 3; field < 22; field++)
    {
      if (field == 20)
        ret_state->threads = strtoul (position, NULL, 10);
      position = strchr (position, ' ');
      if (position == NULL)
        return -EPROTO;
      position++;
    }
  ret_state->start_time = strtoull (position, NULL, 10);
  return 0;
}

uint64_t
attacher_start_time (pid_t pid)
{
  struct process_state process;

  return read_process (pid, &process) < 0 ? 0 : process.start_time;
}

bool
attacher_is_gone (pid_t pid, uint64_t start_time)
{
  struct process_state process;

  if (pid <= 0 || (kill (pid, 0) < 0 && errno == ESRCH))
    return true;
  if (read_process (pid, &process) < 0)
    return false;
  if (start_time != 0 && process.start_time != start_time)
    return true;

  /* The first thread of a process can have ended long before the others. */
  return (process.state == 'Z' || process.state == 'X') && process.threads <= 1;
}

static struct format_attacher *
table (const struct shmlens_segment *segment)
{
  return (struct format_attacher *) (segment->base + segment->header.attacher_offset);
}

static void
fill (struct format_attacher *record, pid_t pid)
{
  char program[sizeof record->program] = "";
  ssize_t length = read_file ("/proc/self/comm", program, sizeof program);

  if (length > 0 && program[length - 1] == '\n')
    program[length - 1] = '\0';
  for (char *c = program; *c != '\0'; c++)
    if ((unsigned char) *c < 0x20 || (unsigned char) *c > 0x7e)
      *c = '?';
  for (size_t i = 0; i < sizeof program; i += sizeof (uint64_t))
    {
      uint64_t word;

      memcpy (&word, program + i, sizeof word);
      __atomic_store_n ((uint64_t *) (record->program + i), word, __ATOMIC_RELAXED);
    }
  __atomic_store_n (&record->start_time, attacher_start_time (pid), __ATOMIC_RELEASE);
}

/* Takes a record that is free or whose process is gone. */
static bool
take (struct format_attacher *record, pid_t pid, bool look_for_the_dead)
{
  uint32_t old = __atomic_load_n (&record->pid, __ATOMIC_ACQUIRE);

  if (old != 0)
    {
      uint64_t start_time = __atomic_load_n (&record->start_time, __ATOMIC_ACQUIRE);

      if (!look_for_the_dead || !attacher_is_gone ((pid_t) old, start_time))
        return false;

      /* The start time goes first: beside the new process id it would make the
       * new owner look like one that is gone. */
      if (start_time != 0
          && !__atomic_compare_exchange_n (&record->start_time, &start_time, 0, false,
                                           __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
        return false;
    }
  return __atomic_compare_exchange_n (&record->pid, &old, (uint32_t) pid, false, __ATOMIC_ACQ_REL,
                                      __ATOMIC_RELAXED);
}

static void
enter (struct shmlens_segment *segment)
{
  pid_t pid = getpid ();

  segment->attacher_pid = 0;
  if (segment->access != SHMLENS_READ_WRITE)
    return;
  for (int look_for_the_dead = 0; look_for_the_dead < 2; look_for_the_dead++)
    for (uint32_t i = 0; i < FORMAT_ATTACHERS; i++)
      if (take (&table (segment)[i], pid, look_for_the_dead != 0))
        {
          segment->attacher = i;
          segment->attacher_pid = pid;
          fill (&table (segment)[i], pid);
          return;
        }
}

/* A mutex that another thread holds at the moment of fork would stay locked in
 * the child for ever; so the forking thread takes them all. */
static void
before_fork (void)
{
  pthread_mutex_lock (&list_lock);
  for (struct shmlens_segment *segment = list; segment != NULL; segment = segment->next)
    pthread_mutex_lock (&segment->handles_lock);
}

static void
in_parent (void)
{
  for (struct shmlens_segment *segment = list; segment != NULL; segment = segment->next)
    pthread_mutex_unlock (&segment->handles_lock);
  pthread_mutex_unlock (&list_lock);
}

static void
in_child (void)
{
  in_parent ();
  __atomic_store_n (&child_is_unknown, true, __ATOMIC_RELAXED);
}

static void
install_fork_handlers (void)
{
  pthread_atfork (before_fork, in_parent, in_child);
}

void
attacher_after_fork (void)
{
  if (!__atomic_load_n (&child_is_unknown, __ATOMIC_RELAXED)
      || !__atomic_exchange_n (&child_is_unknown, false, __ATOMIC_RELAXED))
    return;
  pthread_mutex_lock (&list_lock);
  for (struct shmlens_segment *segment = list; segment != NULL; segment = segment->next)
    enter (segment);
  pthread_mutex_unlock (&list_lock);
}

void
attacher_enter (struct shmlens_segment *segment)
{
  pthread_once (&fork_handlers, install_fork_handlers);
  attacher_after_fork ();
  pthread_mutex_lock (&list_lock);
  enter (segment);
  segment->next = list;
  list = segment;
  pthread_mutex_unlock (&list_lock);
}

void
attacher_leave (struct shmlens_segment *segment)
{
  pthread_mutex_lock (&list_lock);
  for (struct shmlens_segment **link = &list; *link != NULL; link = &(*link)->next)
    if (*link == segment)
      {
        *link = segment->next;
        break;
      }
  if (segment->attacher_pid != 0 && segment->attacher_pid == getpid ())
    {
      struct format_attacher *record = &table (segment)[segment->attacher];

      __atomic_store_n (&record->start_time, 0, __ATOMIC_RELEASE);
      __atomic_store_n (&record->pid, 0, __ATOMIC_RELEASE);
    }
  pthread_mutex_unlock (&list_lock);
}

int
shmlens_segment_attachers (struct shmlens_segment *segment, size_t size,
                           struct shmlens_attacher *ret_attachers)
{
  struct shmlens_attacher found[FORMAT_ATTACHERS];
  int count = 0;

  attacher_after_fork ();
  for (uint32_t i = 0; i < FORMAT_ATTACHERS; i++)
    {
      const struct format_attacher *record = &table (segment)[i];
      struct shmlens_attacher *attacher = &found[count];
      bool is_known = false;

      attacher->pid = (pid_t) __atomic_load_n (&record->pid, __ATOMIC_ACQUIRE);
      attacher->start_time = __atomic_load_n (&record->start_time, __ATOMIC_ACQUIRE);
      for (size_t j = 0; j < sizeof attacher->program; j++)
        attacher->program[j] = __atomic_load_n (&record->program[j], __ATOMIC_RELAXED);
      attacher->program[sizeof attacher->program - 1] = '\0';

      /* Process ids of another namespace cannot be asked for. */
      if (attacher->pid <= 0 || attacher->start_time == 0
          || (segment->directory_lock.same_namespace
              && attacher_is_gone (attacher->pid, attacher->start_time)))
        continue;
      for (int j = 0; j < count; j++)
        is_known |= found[j].pid == attacher->pid && found[j].start_time == attacher->start_time;
      if (!is_known)
        count++;
    }
  for (size_t i = 0; i < size && i < (size_t) count; i++)
    ret_attachers[i] = found[i];
  return count;
}
