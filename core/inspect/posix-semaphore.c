/* posix-semaphore.c - a POSIX semaphore of another program, used as a lock from outside. */
#include "posix-semaphore.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "semaphore-map.h"
#include "semaphore-stop.h"
#include "stop-refusal.h"

/* How long a try looks for a moment at which the semaphore is free: a program that gives
 * it back and takes it again leaves some hundred nanoseconds. */
#define SPIN_NS 30000
/* Between two tries. */
#define PAUSE_MIN_NS 20000
#define PAUSE_MAX_NS 1000000
/* A debugger keeps a program; another shmlens, which stops it for an edit of its own, does
 * so for less. */
#define BUSY_NS 100000000
/* How long it is tried to stop a program for a change of the semaphore. */
#define CHANGE_NS 1000000000
#define TRIES   100

struct posix_semaphore
{
  gint references; /* atomic */
  enum lock_way way;
  char *reason;                /* when the way is NONE */
  struct semaphore_word *word; /* mapped here, when the way is LINKED or MAP_FILES */
  SemaphoreStop *stop;          /* when the way is STOP; for the thread that has `holding` */
  struct posix_semaphore_user *users;
  guint n_users;
  pthread_mutex_t holding; /* by the thread that has acquired it */
  sigset_t signals;        /* what that thread had blocked before */
};

static guint64
now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (guint64) now.tv_sec * 1000000000u + (guint64) now.tv_nsec;
}

/* ------------------------------------------------------------------------- the way -- */

static gboolean
map (PosixSemaphore *self, int fd, guint64 offset, enum lock_way way)
{
  gboolean is_mapped = semaphore_map_begin (fd, offset, &self->word) == 0;

  close (fd);
  if (is_mapped)
    self->way = way;
  return is_mapped;
}

/* Why the semaphore cannot be taken, by why one of its processes cannot be stopped. */
static char *
refusal_by (const char *why)
{
  return g_strdup_printf (_("its lock cannot be taken: the semaphore has no name any more, and %s;"
                             " or ask for an unlocked edit"),
                          why);
}

static void
find_way (PosixSemaphore *self, SemaphoreWays *ways, const MemoryRegion *region)
{
  /* One that has no users is known by its file alone, and begins where the region does. */
  guint64 inside = self->n_users > 0 ? self->users[0].address - region->start : 0;
  guint64 offset = region->offset + inside;
  int fd = region->is_shared ? semaphore_ways_open_name (ways, region->device, region->inode)
                             : -ENOENT;

  if (fd >= 0 && map (self, fd, offset, LOCK_WAY_LINKED))
    return;
  for (guint i = 0; i < self->n_users; i++)
    {
      fd = semaphore_ways_open_mapping (ways, self->users[i].memory, self->users[i].address,
                                        region);
      if (fd >= 0 && map (self, fd, offset, LOCK_WAY_MAP_FILES))
        return;
    }
  if (self->n_users == 0)
    self->reason = g_strdup (_("its lock cannot be taken: none of its processes can be looked at;"
                                " run shmlens as root, or ask for an unlocked edit"));
  for (guint i = 0; i < self->n_users && self->reason == NULL; i++)
    {
      const char *why = semaphore_ways_refusal (ways, self->users[i].memory);

      self->reason = why != NULL ? refusal_by (why) : NULL;
    }
  if (self->reason != NULL)
    return;
  self->stop = semaphore_stop_new (region, self->users, self->n_users);
  self->way = LOCK_WAY_STOP;
}

PosixSemaphore *
posix_semaphore_open (SemaphoreWays *ways, const MemoryRegion *region,
                      const struct posix_semaphore_user *users, guint n_users)
{
  PosixSemaphore *self = g_new0 (PosixSemaphore, 1);

  self->references = 1;
  self->way = LOCK_WAY_NONE;
  self->users = g_new (struct posix_semaphore_user, n_users);
  self->n_users = n_users;
  pthread_mutex_init (&self->holding, NULL);
  for (guint i = 0; i < n_users; i++)
    self->users[i]
        = (struct posix_semaphore_user){ process_memory_ref (users[i].memory), users[i].address };
  find_way (self, ways, region);
  return self;
}

PosixSemaphore *
posix_semaphore_ref (PosixSemaphore *self)
{
  g_atomic_int_inc (&self->references);
  return self;
}

void
posix_semaphore_unref (PosixSemaphore *self)
{
  if (self == NULL || !g_atomic_int_dec_and_test (&self->references))
    return;
  semaphore_map_end (self->word);
  semaphore_stop_free (self->stop);
  for (guint i = 0; i < self->n_users; i++)
    process_memory_unref (self->users[i].memory);
  pthread_mutex_destroy (&self->holding);
  g_free (self->users);
  g_free (self->reason);
  g_free (self);
}

enum lock_way
posix_semaphore_way (PosixSemaphore *self)
{
  return self->way;
}

const char *
posix_semaphore_reason (PosixSemaphore *self)
{
  return self->reason;
}

char *
posix_semaphore_refusal (PosixSemaphore *self)
{
  if (self->reason != NULL)
    return g_strdup (self->reason);
  for (guint i = 0; i < self->n_users; i++)
    {
      g_autofree char *why = stop_refusal_sentence (self->users[i].memory);

      if (why != NULL)
        return refusal_by (why);
    }
  return g_strdup (_("its lock cannot be taken: the kernel does not let its program be stopped;"
                      " run shmlens as root, or ask for an unlocked edit"));
}

/* ------------------------------------------------------------------------- looking -- */

int
posix_semaphore_look (PosixSemaphore *self, guint *ret_value, guint *ret_waiters)
{
  int result = -ESRCH;

  if (self->word != NULL)
    return semaphore_word_look (self->word, ret_value, ret_waiters);
  for (guint i = 0; i < self->n_users; i++)
    {
      struct semaphore_word copy;
      gssize length
          = process_memory_read (self->users[i].memory, self->users[i].address, &copy, sizeof copy);

      if (length == sizeof copy)
        return semaphore_word_parse (&copy, ret_value, ret_waiters);
      result = length < 0 ? (int) length : -EFAULT;
    }
  return result;
}

/* -------------------------------------------------------------------------- taking -- */

/* Everything but what a fault of this thread itself raises. */
static void
block_signals (sigset_t *ret_before)
{
  static const int own[] = { SIGBUS, SIGSEGV, SIGILL, SIGFPE, SIGTRAP, SIGABRT };
  sigset_t set;

  sigfillset (&set);
  for (guint i = 0; i < G_N_ELEMENTS (own); i++)
    sigdelset (&set, own[i]);
  pthread_sigmask (SIG_BLOCK, &set, ret_before);
}

/* One try. Signals are blocked before it can succeed: whatever ends this process at the
 * wrong moment leaves the program stuck. */
static int
attempt (PosixSemaphore *self)
{
  sigset_t before;
  int result;

  if (pthread_mutex_trylock (&self->holding) != 0)
    return -EAGAIN;
  block_signals (&before);
  result = self->stop != NULL ? semaphore_stop_begin (self->stop)
                              : semaphore_word_take (self->word, SPIN_NS);
  if (result == 0)
    {
      self->signals = before;
      return 0;
    }
  pthread_sigmask (SIG_SETMASK, &before, NULL);
  pthread_mutex_unlock (&self->holding);
  return result;
}

/* Out of step with the program, whose own work may take as long as a pause. */
static void
sleep_about (guint64 ns, guint64 at_most)
{
  struct timespec time = { 0 };
  guint64 jittered = ns / 2 + now_ns () % ns;

  time.tv_nsec = (long) MIN (jittered, at_most);
  clock_nanosleep (CLOCK_MONOTONIC, 0, &time, NULL);
}

/* Tries until it is done, or it is time to give up. */
static int
insist (PosixSemaphore *self, int (*try) (PosixSemaphore *self), guint64 timeout_ns,
        const gint *cancelled)
{
  guint64 begin = now_ns (), pause = PAUSE_MIN_NS;

  if (self->way == LOCK_WAY_NONE)
    return -EPERM;
  for (;;)
    {
      int result = try (self);
      guint64 waited = now_ns () - begin;

      if (result != -EAGAIN && result != -ENODATA && result != -EBUSY)
        return result;
      if (cancelled != NULL && g_atomic_int_get (cancelled))
        return -ECANCELED;
      if (result == -EBUSY && waited >= MIN (timeout_ns, BUSY_NS))
        return -EPERM;
      if (waited >= timeout_ns)
        return -ETIMEDOUT;
      sleep_about (pause, timeout_ns - waited);
      pause = MIN (pause + pause / 2, PAUSE_MAX_NS);
    }
}

int
posix_semaphore_acquire (PosixSemaphore *self, guint64 timeout_ns, const gint *cancelled)
{
  return insist (self, attempt, timeout_ns, cancelled);
}

void
posix_semaphore_release (PosixSemaphore *self)
{
  sigset_t before = self->signals;

  /* If the memory is gone, so is the semaphore. */
  if (self->stop != NULL)
    semaphore_stop_end (self->stop);
  else
    semaphore_word_post (self->word);
  pthread_mutex_unlock (&self->holding);
  pthread_sigmask (SIG_SETMASK, &before, NULL);
}

/* Adds -1 or 1 while its users are stopped. */
static int
change_stopped (PosixSemaphore *self, int by)
{
  sigset_t before;
  int result;

  if (pthread_mutex_trylock (&self->holding) != 0)
    return -EAGAIN;
  block_signals (&before);
  result = semaphore_stop_change (self->stop, by);
  pthread_sigmask (SIG_SETMASK, &before, NULL);
  pthread_mutex_unlock (&self->holding);
  return result;
}

static int
take (PosixSemaphore *self)
{
  return self->stop != NULL ? change_stopped (self, -1) : semaphore_word_take (self->word, 0);
}

static int
give (PosixSemaphore *self)
{
  return self->stop != NULL ? change_stopped (self, 1) : semaphore_word_post (self->word);
}

int
posix_semaphore_wait (PosixSemaphore *self, guint64 timeout_ns, const gint *cancelled)
{
  return insist (self, take, timeout_ns, cancelled);
}

/* 1: there is none to take. */
static int
take_if_any (PosixSemaphore *self)
{
  int result = take (self);

  return result == -ENODATA ? 1 : result;
}

int
posix_semaphore_try_wait (PosixSemaphore *self)
{
  int result = insist (self, take_if_any, CHANGE_NS, NULL);

  return result == 1 ? -EAGAIN : result == -ETIMEDOUT ? -EBUSY : result;
}

int
posix_semaphore_post (PosixSemaphore *self)
{
  int result = insist (self, give, CHANGE_NS, NULL);

  return result == -ETIMEDOUT ? -EBUSY : result;
}
