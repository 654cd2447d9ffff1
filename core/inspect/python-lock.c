/* python-lock.c - a lock of a Python program. */
#include "python-lock.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "inspect-error.h"
#include "process-stop.h"
#include "process.h"

/* SemLock: the last thread that took it here, and how often it is taken (see DESIGN). */
#define SEMLOCK_LAST_TID 24
#define SEMLOCK_COUNT 32
/* Python names a thread by its pthread_t, which on Linux is the address of what glibc keeps of
 * it: itself at the one place, the kernel's thread id at the other. */
#define THREAD_SELF 16
#define THREAD_ID 720

/* A process is between taking the semaphore and saying so for less than a microsecond: a
 * holder is only called dead when nobody said so at several looks in a row, this far apart. */
#define DEAD_LOOKS 3
#define DEAD_US 20000
#define DEAD_PAUSE_US 10000
/* How often it is looked for processes that have the lock and are not known to: all there are
 * are looked at for it. */
#define STRANGERS_US G_USEC_PER_SEC

struct python_lock
{
  gint references;  /* atomic */
  char *proc;
  guint64 id;
  guint64 device, inode;   /* of its file; inode 0: it has none */
  gboolean is_recursive;
  PosixSemaphore *semaphore;
  struct python_lock_user *users;
  guint n_users;

  pthread_mutex_t mutex;   /* around what follows: what earlier looks saw */
  pid_t holder;
  gint64 held_us;          /* since when that one was seen to hold it; 0: free */
  gint64 nobody_us;        /* since when it is taken but nobody says so; 0 */
  guint nobody_looks;
  gint64 strangers_us;     /* when strangers were last looked for; 0: not yet */
  gboolean has_strangers;
};

static guint64
id_of (const MemoryRegion *region, const struct python_lock_user *user)
{
  guint64 words[] = { region->device, region->inode,
                      (user != NULL ? user->handle - region->start : 0) + region->offset };
  guint64 hash = G_GUINT64_CONSTANT (0xcbf29ce484222325);

  /* Memory without a file is known by its place in its one process. */
  if (region->inode == 0 && user != NULL)
    words[0] = (guint64) process_memory_pid (user->memory);
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    for (guint j = 0; j < 64; j += 8)
      hash = (hash ^ (words[i] >> j & 0xff)) * G_GUINT64_CONSTANT (0x100000001b3);
  /* People compare them, and JSON keeps 53 bits. */
  return hash >> 11;
}

PythonLock *
python_lock_new (SemaphoreWays *ways, const char *proc, const MemoryRegion *region,
                 const struct python_lock_user *users, guint n_users, gboolean is_recursive,
                 PythonLock *before)
{
  PythonLock *self = g_new0 (PythonLock, 1);
  g_autofree struct posix_semaphore_user *of_semaphore = g_new (struct posix_semaphore_user, n_users);

  self->references = 1;
  self->proc = g_strdup (proc);
  self->id = id_of (region, n_users > 0 ? &users[0] : NULL);
  self->device = region->device;
  self->inode = region->inode;
  self->is_recursive = is_recursive;
  self->users = g_memdup2 (users, n_users * sizeof *users);
  self->n_users = n_users;
  for (guint i = 0; i < n_users; i++)
    {
      process_memory_ref (users[i].memory);
      of_semaphore[i] = (struct posix_semaphore_user) { users[i].memory, users[i].handle };
    }
  self->semaphore = posix_semaphore_open (ways, region, of_semaphore, n_users);
  pthread_mutex_init (&self->mutex, NULL);
  if (before != NULL)
    {
      pthread_mutex_lock (&before->mutex);
      self->holder = before->holder;
      self->held_us = before->held_us;
      self->nobody_us = before->nobody_us;
      self->nobody_looks = before->nobody_looks;
      pthread_mutex_unlock (&before->mutex);
    }
  return self;
}

PythonLock *
python_lock_ref (PythonLock *self)
{
  g_atomic_int_inc (&self->references);
  return self;
}

void
python_lock_unref (PythonLock *self)
{
  if (self == NULL || !g_atomic_int_dec_and_test (&self->references))
    return;
  for (guint i = 0; i < self->n_users; i++)
    process_memory_unref (self->users[i].memory);
  g_free (self->users);
  posix_semaphore_unref (self->semaphore);
  pthread_mutex_destroy (&self->mutex);
  g_free (self->proc);
  g_free (self);
}

gboolean
python_lock_has_users (PythonLock *self, const struct python_lock_user *users, guint n)
{
  if (n != self->n_users)
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (users[i].memory != self->users[i].memory || users[i].handle != self->users[i].handle
        || users[i].object != self->users[i].object)
      return FALSE;
  return TRUE;
}

guint64
python_lock_id (PythonLock *self)
{
  return self->id;
}

PosixSemaphore *
python_lock_semaphore (PythonLock *self)
{
  return self->semaphore;
}

/* What a SemLock says of its process, from SEMLOCK_LAST_TID on. */
struct said
{
  guint64 thread;
  gint32 count;
};

#define SAID_BYTES (SEMLOCK_COUNT - SEMLOCK_LAST_TID + sizeof (gint32))
G_STATIC_ASSERT (G_STRUCT_OFFSET (struct said, count) == SEMLOCK_COUNT - SEMLOCK_LAST_TID);

/* What the processes say of themselves. */
struct claims
{
  pid_t holder;        /* 0: nobody says that he has it */
  pid_t thread;        /* of the holder; 0: not known */
  guint32 depth;
  gboolean all_known;  /* every process that has it could be asked */
};

/* Which of the process's threads Python calls so; 0 where that is kept in another way. */
static pid_t
thread_of (PythonLock *self, const struct python_lock_user *user, guint64 name)
{
  pid_t pid = process_memory_pid (user->memory);
  guint8 bytes[THREAD_ID + sizeof (gint32) - THREAD_SELF];
  g_autofree char *path = NULL;
  guint64 self_word;
  gint32 tid;

  if (name > G_MAXUINT64 - THREAD_ID
      || process_memory_read (user->memory, name + THREAD_SELF, bytes, sizeof bytes)
           != sizeof bytes)
    return 0;
  memcpy (&self_word, bytes, sizeof self_word);
  memcpy (&tid, bytes + THREAD_ID - THREAD_SELF, sizeof tid);
  if (self_word != name || tid <= 0)
    return 0;
  path = g_strdup_printf ("%s/%d/task/%d", self->proc, (int) pid, (int) tid);
  return access (path, F_OK) == 0 ? tid : 0;
}

static void
ask_users (PythonLock *self, struct claims *ret_claims)
{
  struct claims claims = { .all_known = self->n_users > 0 };

  for (guint i = 0; i < self->n_users; i++)
    {
      const struct python_lock_user *user = &self->users[i];
      struct said said;

      if (user->object == 0)
        claims.all_known = FALSE;
      else if (process_memory_read (user->memory, user->object + SEMLOCK_LAST_TID, &said,
                                    SAID_BYTES)
               != SAID_BYTES)
        claims.all_known = claims.all_known && process_memory_is_gone (user->memory);
      else if (said.count > 0 && claims.holder == 0)
        {
          claims.holder = process_memory_pid (user->memory);
          claims.thread = thread_of (self, user, said.thread);
          claims.depth = (guint32) said.count;
        }
    }
  *ret_claims = claims;
}

static gboolean
is_user (PythonLock *self, pid_t pid)
{
  for (guint i = 0; i < self->n_users; i++)
    if (process_memory_pid (self->users[i].memory) == pid)
      return TRUE;
  return FALSE;
}

/* Whether a Python process maps the semaphore that is not among the users: forked since the
 * look, or counted as a program of its own for its command line. It may be the holder. */
static gboolean
find_strangers (PythonLock *self)
{
  g_autoptr (ProcessTable) table = process_table_new (self->proc, self->device);
  const struct python_process *pythons;
  const pid_t *mappers;
  guint n_pythons, n_mappers = 0;

  process_table_update (table, TRUE);
  pythons = process_table_pythons (table, &n_pythons);
  mappers = process_table_find (table, self->inode, &n_mappers);
  for (guint i = 0; i < n_mappers; i++)
    for (guint j = 0; j < n_pythons; j++)
      if (pythons[j].pid == mappers[i] && !is_user (self, mappers[i]))
        return TRUE;
  return FALSE;
}

/* Likewise, as it was found a moment ago. */
static gboolean
has_strangers (PythonLock *self)
{
  gint64 now = g_get_monotonic_time ();
  gboolean is_due, found;

  if (self->inode == 0)
    return FALSE;
  pthread_mutex_lock (&self->mutex);
  is_due = self->strangers_us == 0 || now - self->strangers_us >= STRANGERS_US;
  found = self->has_strangers;
  pthread_mutex_unlock (&self->mutex);
  if (!is_due)
    return found;
  found = find_strangers (self);
  pthread_mutex_lock (&self->mutex);
  self->has_strangers = found;
  self->strangers_us = now;
  pthread_mutex_unlock (&self->mutex);
  return found;
}

/* Takes a look into account, and tells since when it is like this. */
static enum shmlens_lock_state
note_look (PythonLock *self, gboolean is_taken, const struct claims *claims, guint64 *ret_held_ns)
{
  gint64 now = g_get_monotonic_time ();
  enum shmlens_lock_state state = SHMLENS_LOCK_FREE;

  pthread_mutex_lock (&self->mutex);
  if (!is_taken || claims->holder != 0)
    self->nobody_us = self->nobody_looks = 0;
  if (!is_taken)
    self->held_us = self->holder = 0;
  else
    {
      state = SHMLENS_LOCK_HELD;
      if (self->held_us == 0 || self->holder != claims->holder)
        {
          self->held_us = now;
          self->holder = claims->holder;
        }
      if (claims->holder == 0 && self->nobody_us == 0)
        self->nobody_us = now;
      self->nobody_looks += claims->holder == 0;
      if (claims->holder == 0 && claims->all_known && self->nobody_looks >= DEAD_LOOKS
          && now - self->nobody_us >= DEAD_US)
        state = SHMLENS_LOCK_DEAD;
    }
  *ret_held_ns = is_taken ? (guint64) (now - self->held_us) * 1000 : 0;
  pthread_mutex_unlock (&self->mutex);
  return state;
}

int
python_lock_describe (PythonLock *self, LockInfo *ret_info)
{
  LockInfo info = { .kind = LOCK_SEMAPHORE, .waiters = -1, .held_longer = TRUE };
  struct claims claims = { 0 };
  guint value, waiters;
  int result = posix_semaphore_look (self->semaphore, &value, &waiters);

  if (result < 0)
    {
      info.state = SHMLENS_LOCK_UNKNOWN;
      *ret_info = info;
      return result == -ESRCH || result == -EFAULT ? result : 0;
    }
  if (value == 0)
    ask_users (self, &claims);
  info.state = note_look (self, value == 0, &claims, &info.held_ns);
  if (info.state == SHMLENS_LOCK_DEAD && has_strangers (self))
    info.state = SHMLENS_LOCK_HELD;
  info.waiters = (int) MIN (waiters, G_MAXINT);
  if (claims.holder != 0)
    {
      info.owner_pid = claims.holder;
      info.owner_tid = claims.thread;
      info.owner_start_time = process_start_time (self->proc, claims.holder);
      info.depth = claims.depth;
    }
  *ret_info = info;
  return 0;
}

/* Whether one of the process's threads sleeps on the word: a line is of number, then
 * arguments. */
static gboolean
is_waiting (const struct python_lock_user *user)
{
  g_autoptr (GString) text = process_memory_syscalls (user->memory);
  gboolean waits = FALSE;

  for (const char *line = text != NULL ? text->str : NULL; line != NULL && !waits;)
    {
      char *end;

      waits = strtol (line, &end, 10) == SYS_futex && *end == ' '
              && g_ascii_strtoull (end + 1, NULL, 16) == user->handle;
      line = strchr (line, '\n');
      line = line != NULL ? line + 1 : NULL;
    }
  return waits;
}

void
python_lock_list_waiters (PythonLock *self, GArray *pids)
{
  for (guint i = 0; i < self->n_users; i++)
    if (is_waiting (&self->users[i]))
      {
        pid_t pid = process_memory_pid (self->users[i].memory);

        g_array_append_val (pids, pid);
      }
}

int
python_lock_put (PythonLock *self, guint32 value)
{
  int result = -ESRCH;

  for (guint i = 0; i < self->n_users && result < 0; i++)
    result = process_memory_write (self->users[i].memory, self->users[i].handle, &value,
                                   sizeof value);
  return result;
}

/* Those who wait for it look at its value again as they go on. */
static int
release_stopped (PythonLock *self)
{
  g_autofree ProcessMemory **memories = g_new (ProcessMemory *, self->n_users);
  struct claims claims;
  ProcessStop *stop;
  guint n = 0, value, waiters;
  int result;

  for (guint i = 0; i < self->n_users; i++)
    if (!process_memory_is_gone (self->users[i].memory))
      memories[n++] = self->users[i].memory;
  result = process_stop_begin (memories, n, NULL, NULL, &stop);
  if (result < 0)
    return result;
  ask_users (self, &claims);
  result = posix_semaphore_look (self->semaphore, &value, &waiters);
  if (result == 0 && value == 0 && claims.holder == 0)
    result = python_lock_put (self, 1);
  process_stop_end (stop);
  return result;
}

gboolean
python_lock_release_dead (PythonLock *self, const char *name, GError **error)
{
  LockInfo info = { 0 };
  int result = 0;

  for (guint i = 0; i < DEAD_LOOKS && result == 0; i++)
    {
      if (i > 0)
        g_usleep (DEAD_PAUSE_US);
      result = python_lock_describe (self, &info);
      if (info.state != SHMLENS_LOCK_DEAD && (info.state != SHMLENS_LOCK_HELD || info.owner_pid > 0))
        break;
    }
  if (info.state == SHMLENS_LOCK_DEAD && self->inode != 0 && find_strangers (self))
    info.state = SHMLENS_LOCK_HELD;
  if (result == 0 && info.state == SHMLENS_LOCK_DEAD)
    {
      result = posix_semaphore_way (self->semaphore) == LOCK_WAY_STOP
                 ? release_stopped (self)
                 : posix_semaphore_post (self->semaphore);
      if (result == 0)
        return TRUE;
    }
  if (result < 0)
    g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_PERMISSION,
                 _("%s: its lock cannot be let go from here: %s; run shmlens as root"), name,
                 g_strerror (-result));
  else
    lock_info_refuse_release (&info, name, error);
  return FALSE;
}
