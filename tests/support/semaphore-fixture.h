/* semaphore-fixture.h - programs that guard a counter by a POSIX semaphore, as Python's
 * multiprocessing does; and the semaphore as shmlens opens it.
 *
 * To be included after cmocka.h.
 */
#ifndef SHMLENS_TESTS_SEMAPHORE_FIXTURE_H
#define SHMLENS_TESTS_SEMAPHORE_FIXTURE_H

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "posix-semaphore.h"

#define FIXTURE_WORKERS 4
#define FIXTURE_SECOND  G_GUINT64_CONSTANT (1000000000)

struct fixture_page
{
  guint64 counter;                 /* guarded by the semaphore */
  guint64 counts[FIXTURE_WORKERS]; /* how often each worker has raised it */
  guint32 stop;
  guint32 stage;         /* a child tells how far it is */
  guint32 interruptions; /* how often a wait of a child ended by nothing */
};

struct fixture
{
  struct fixture_page *page;
  sem_t *semaphore;
  char name[64]; /* "" when it has none any more */
  pid_t pids[FIXTURE_WORKERS];
  struct posix_semaphore_user users[FIXTURE_WORKERS];
  guint n;
};

/* So many of what a standard run does `few` times. */
static inline guint
fixture_times (guint few, guint many)
{
  const char *text = getenv ("SHMLENS_LONG");

  return text != NULL && strcmp (text, "") != 0 && strcmp (text, "0") != 0 ? many : few;
}

static inline void
fixture_begin (struct fixture *self)
{
  static guint number;

  memset (self, 0, sizeof *self);
  self->page
      = mmap (NULL, sizeof *self->page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  assert_ptr_not_equal (self->page, MAP_FAILED);
  g_snprintf (self->name, sizeof self->name, "/shmlens-test-%d-%u", getpid (), number++);
  self->semaphore = sem_open (self->name, O_CREAT | O_EXCL, 0600, 1);
  assert_ptr_not_equal (self->semaphore, SEM_FAILED);
}

/* As multiprocessing does right after it made one. */
static inline void
fixture_unlink (struct fixture *self)
{
  if (self->name[0] != '\0')
    assert_int_equal (sem_unlink (self->name), 0);
  self->name[0] = '\0';
}

static inline guint64
fixture_load (const guint64 *word)
{
  return __atomic_load_n (word, __ATOMIC_RELAXED);
}

/* Raises the counter in two steps, between which an update can be lost. */
static inline void
fixture_raise (struct fixture *self)
{
  guint64 before = fixture_load (&self->page->counter);

  for (volatile guint i = 0; i < 50; i++)
    ;
  __atomic_store_n (&self->page->counter, before + 1, __ATOMIC_RELAXED);
}

static inline void
fixture_work (struct fixture *self, guint number)
{
  while (__atomic_load_n (&self->page->stop, __ATOMIC_RELAXED) == 0)
    {
      while (sem_wait (self->semaphore) != 0)
        if (errno != EINTR)
          _exit (1);
      fixture_raise (self);
      __atomic_store_n (&self->page->counts[number], self->page->counts[number] + 1,
                        __ATOMIC_RELAXED);
      sem_post (self->semaphore);
      /* What Python does between two rounds. */
      for (volatile guint i = 0; i < 200; i++)
        ;
    }
}

static inline void
fixture_sleep (struct fixture *self, guint number)
{
  for (;;)
    pause ();
}

static inline void
fixture_hold (struct fixture *self, guint number)
{
  sem_wait (self->semaphore);
  __atomic_store_n (&self->page->stage, 1, __ATOMIC_RELEASE);
  fixture_sleep (self, number);
}

/* Waits in a way that ends, with EINTR, whenever the process is stopped. */
static inline void
fixture_count_interruptions (struct fixture *self, guint number)
{
  struct epoll_event event;
  int fd = epoll_create1 (EPOLL_CLOEXEC);

  for (;;)
    if (epoll_wait (fd, &event, 1, -1) < 0 && errno == EINTR)
      __atomic_fetch_add (&self->page->interruptions, 1, __ATOMIC_RELAXED);
}

static inline void
fixture_hold_and_count (struct fixture *self, guint number)
{
  sem_wait (self->semaphore);
  __atomic_store_n (&self->page->stage, 1, __ATOMIC_RELEASE);
  fixture_count_interruptions (self, number);
}

/* Starts a child that ends with its parent, or after some minutes, whatever happens. */
static inline pid_t
fixture_fork (struct fixture *self, void (*work) (struct fixture *self, guint number), guint number)
{
  pid_t parent = getpid (), pid = fork ();

  assert_true (pid >= 0);
  if (pid == 0)
    {
      prctl (PR_SET_PDEATHSIG, SIGKILL);
      if (getppid () != parent)
        _exit (1);
      alarm (550);
      work (self, number);
      _exit (0);
    }
  return pid;
}

/* A child that is a user of the semaphore. */
static inline void
fixture_start (struct fixture *self, void (*work) (struct fixture *self, guint number))
{
  guint number = self->n++;
  GError *error = NULL;

  self->pids[number] = fixture_fork (self, work, number);
  self->users[number].memory = process_memory_open ("/proc", self->pids[number], &error);
  self->users[number].address = (guintptr) self->semaphore;
  if (error != NULL)
    fail_msg ("%s", error->message);
}

static inline void
fixture_await_stage (struct fixture *self, guint32 stage)
{
  for (guint i = 0; i < 200000; i++)
    {
      if (__atomic_load_n (&self->page->stage, __ATOMIC_ACQUIRE) == stage)
        return;
      g_usleep (100);
    }
  fail_msg ("a child did not reach stage %u", stage);
}

static inline MemoryRegion *
fixture_region (struct fixture *self)
{
  g_autoptr (GPtrArray) regions = process_memory_regions (self->users[0].memory);
  MemoryRegion *region
      = regions != NULL ? memory_regions_find (regions, self->users[0].address) : NULL;

  assert_non_null (region);
  return memory_region_copy (region);
}

static inline PosixSemaphore *
fixture_open_by (struct fixture *self, SemaphoreWays *ways)
{
  MemoryRegion *region = fixture_region (self);
  PosixSemaphore *semaphore = posix_semaphore_open (ways, region, self->users, self->n);

  memory_region_free (region);
  return semaphore;
}

static inline PosixSemaphore *
fixture_open (struct fixture *self)
{
  g_autoptr (SemaphoreWays) ways = semaphore_ways_new ("/dev/shm");

  return fixture_open_by (self, ways);
}

/* Waits until a child has ended by itself and well; fails after a minute. */
static inline void
fixture_await_end (pid_t pid)
{
  int status;

  for (guint i = 0; i < 60000; i++)
    {
      pid_t ended = waitpid (pid, &status, WNOHANG);

      assert_true (ended >= 0);
      if (ended == pid)
        {
          assert_int_equal (status, 0);
          return;
        }
      g_usleep (1000);
    }
  kill (pid, SIGKILL);
  waitpid (pid, NULL, 0);
  fail_msg ("a child hangs");
}

static inline void
fixture_kill (struct fixture *self, guint number)
{
  kill (self->pids[number], SIGKILL);
  waitpid (self->pids[number], NULL, 0);
  self->pids[number] = 0;
}

/* Tells the workers to end, waits for them, and gives how often they raised the counter. */
static inline guint64
fixture_stop (struct fixture *self)
{
  guint64 sum = 0;

  __atomic_store_n (&self->page->stop, 1, __ATOMIC_RELAXED);
  for (guint i = 0; i < self->n; i++)
    if (self->pids[i] != 0)
      {
        fixture_await_end (self->pids[i]);
        self->pids[i] = 0;
        sum += self->page->counts[i];
      }
  return sum;
}

static inline void
fixture_end (struct fixture *self)
{
  for (guint i = 0; i < self->n; i++)
    {
      if (self->pids[i] != 0)
        fixture_kill (self, i);
      process_memory_unref (self->users[i].memory);
    }
  sem_close (self->semaphore);
  fixture_unlink (self);
  munmap (self->page, sizeof *self->page);
}

#endif
