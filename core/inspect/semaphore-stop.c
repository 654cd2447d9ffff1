/* semaphore-stop.c - a semaphore that cannot be mapped here, used while all that have it
 * are stopped. */
#include "semaphore-stop.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "process-stop.h"
#include "process.h"
#include "semaphore-word.h"

/* So many looks at the value before its users are stopped for it: a program that takes it
 * again and again has it free for moments. */
#define LOOKS     20
#define USERS_MAX 1024
/* Of the list of a thread's children; whoever has more is not looked through. */
#define CHILDREN_MAX 16384

struct semaphore_stop
{
  char *proc;
  MemoryRegion *region;
  GArray *users;         /* of struct posix_semaphore_user */
  GHashTable *strangers; /* pid -> its start time: children that do not have it */
  guint64 last_pid;      /* the last id that was given to a process, before the children
                          * were looked for; 0: not known */
  gboolean is_beyond;    /* somebody may have it who cannot be stopped */
  int by;                /* what is to be added */
  ProcessStop *stop;
};

/* What is to be done with a child of a user at this address. */
typedef void (*Visit) (SemaphoreStop *self, pid_t pid, guint64 address);

static struct posix_semaphore_user *
user (SemaphoreStop *self, guint i)
{
  return &g_array_index (self->users, struct posix_semaphore_user, i);
}

static void
clear_user (gpointer data)
{
  process_memory_unref (((struct posix_semaphore_user *) data)->memory);
}

static void
add_user (SemaphoreStop *self, ProcessMemory *memory, guint64 address)
{
  struct posix_semaphore_user one = { process_memory_ref (memory), address };

  g_array_append_val (self->users, one);
}

SemaphoreStop *
semaphore_stop_new (const MemoryRegion *region, const struct posix_semaphore_user *users,
                    guint n_users)
{
  SemaphoreStop *self = g_new0 (SemaphoreStop, 1);

  g_assert (n_users > 0);
  self->proc = g_strdup (process_memory_proc (users[0].memory));
  self->region = memory_region_copy (region);
  self->users = g_array_new (FALSE, FALSE, sizeof (struct posix_semaphore_user));
  self->strangers = g_hash_table_new (NULL, NULL);
  g_array_set_clear_func (self->users, clear_user);
  for (guint i = 0; i < n_users; i++)
    add_user (self, users[i].memory, users[i].address);
  return self;
}

void
semaphore_stop_free (SemaphoreStop *self)
{
  if (self == NULL)
    return;
  g_assert (self->stop == NULL);
  g_array_unref (self->users);
  g_hash_table_unref (self->strangers);
  memory_region_free (self->region);
  g_free (self->proc);
  g_free (self);
}

/* ------------------------------------------------------------------ children of users -- */

/* The text of a small file. Without an allocation, for programs are stopped meanwhile.
 * FALSE: there is none. */
static gboolean
read_text (int directory, const char *path, char *ret_text, gsize size)
{
  int fd = openat (directory, path, O_RDONLY | O_CLOEXEC);
  gssize length = fd >= 0 ? read (fd, ret_text, size - 1) : -1;

  if (fd >= 0)
    close (fd);
  ret_text[MAX (length, 0)] = '\0';
  return length >= 0;
}

/* The last field of /proc/loadavg. */
static guint64
last_pid (SemaphoreStop *self)
{
  char path[PATH_MAX], text[128];
  const char *last;

  g_snprintf (path, sizeof path, "%s/loadavg", self->proc);
  if (!read_text (AT_FDCWD, path, text, sizeof text) || (last = strrchr (text, ' ')) == NULL)
    return 0;
  return g_ascii_strtoull (last + 1, NULL, 10);
}

static gboolean
is_known (SemaphoreStop *self, pid_t pid)
{
  gpointer start_time;

  for (guint i = 0; i < self->users->len; i++)
    if (process_memory_pid (user (self, i)->memory) == pid)
      return TRUE;
  return g_hash_table_lookup_extended (self->strangers, GINT_TO_POINTER (pid), NULL, &start_time)
         && GPOINTER_TO_SIZE (start_time) == process_start_time (self->proc, pid);
}

/* Whether it has the semaphore, where the one that forked it has it: by then it can be
 * nowhere else, for no name leads to it. */
static gboolean
has_it (SemaphoreStop *self, ProcessMemory *memory, guint64 address)
{
  g_autoptr (GPtrArray) regions = process_memory_regions (memory);
  MemoryRegion *region = regions != NULL ? memory_regions_find (regions, address) : NULL;

  return region != NULL && region->device == self->region->device
         && region->inode == self->region->inode;
}

/* Judges a child that is not known. */
static void
meet (SemaphoreStop *self, pid_t pid, guint64 address)
{
  g_autoptr (ProcessMemory) memory = process_memory_open (self->proc, pid, NULL);

  guint64 start_time = process_start_time (self->proc, pid);

  if (memory == NULL || (self->users->len == USERS_MAX && has_it (self, memory, address)))
    self->is_beyond = self->is_beyond || !process_is_gone (self->proc, pid, start_time);
  else if (has_it (self, memory, address))
    add_user (self, memory, address);
  else
    g_hash_table_insert (self->strangers, GINT_TO_POINTER (pid), GSIZE_TO_POINTER (start_time));
}

/* Calls `visit`, if any, for each child in the list that is not known; returns how many. */
static guint
visit_listed (SemaphoreStop *self, const char *list, guint64 address, Visit visit)
{
  guint n = 0;

  while (*list != '\0')
    {
      char *behind;
      pid_t pid = (pid_t) strtol (list, &behind, 10);

      if (behind == list)
        break;
      list = behind + (*behind == ' ');
      if (pid <= 0 || is_known (self, pid))
        continue;
      n++;
      if (visit != NULL)
        visit (self, pid, address);
    }
  return n;
}

/* The children that the threads of a process have forked, as PROC/PID/task/TID/children has
 * them. */
static guint
visit_children (SemaphoreStop *self, guint number, Visit visit)
{
  const guint64 address = user (self, number)->address;
  char path[PATH_MAX], list[CHILDREN_MAX];
  struct dirent *entry;
  DIR *directory;
  guint n = 0;

  g_snprintf (path, sizeof path, "%s/%d/task", self->proc,
              (int) process_memory_pid (user (self, number)->memory));
  directory = opendir (path);
  while (directory != NULL && (entry = readdir (directory)) != NULL)
    {
      g_snprintf (path, sizeof path, "%.20s/children", entry->d_name);
      if (entry->d_name[0] != '.' && read_text (dirfd (directory), path, list, sizeof list))
        n += visit_listed (self, list, address, visit);
    }
  if (directory != NULL)
    closedir (directory);
  return n;
}

/* Takes off users that have ended, and adds those that were forked. FALSE: there is none. */
static gboolean
refresh (SemaphoreStop *self)
{
  for (guint i = self->users->len; i-- > 0;)
    if (process_memory_is_gone (user (self, i)->memory))
      g_array_remove_index (self->users, i);
  self->last_pid = last_pid (self);
  self->is_beyond = FALSE;
  /* Those that are added here are looked at too. */
  for (guint i = 0; i < self->users->len; i++)
    visit_children (self, i, meet);
  return self->users->len > 0;
}

/* Whether somebody was forked since, who is not stopped. */
static gboolean
is_somebody_missing (SemaphoreStop *self)
{
  if (self->last_pid != 0 && last_pid (self) == self->last_pid)
    return FALSE;
  for (guint i = 0; i < self->users->len; i++)
    if (visit_children (self, i, NULL) > 0)
      return TRUE;
  return FALSE;
}

/* ------------------------------------------------------------------- in the stopped moment -- */

/* Reads it from the first user that has it. */
static int
peek (SemaphoreStop *self, ProcessStop *stop, struct semaphore_word *ret_copy, guint *ret_value)
{
  guint waiters;
  int result = -EFAULT;

  for (guint i = 0; i < self->users->len && result < 0; i++)
    {
      guint64 address = user (self, i)->address, words[2];

      result = process_stop_peek (stop, i, address, &words[0]);
      if (result == 0)
        result = process_stop_peek (stop, i, address + sizeof *words, &words[1]);
      if (result == 0)
        {
          memcpy (ret_copy, words, sizeof *ret_copy);
          result = semaphore_word_parse (ret_copy, ret_value, &waiters);
        }
    }
  return result;
}

static int
is_free (ProcessStop *stop, gpointer data)
{
  SemaphoreStop *self = data;
  struct semaphore_word copy;
  guint value;
  int result = peek (self, stop, &copy, &value);

  if (result < 0)
    return result;
  if (value == 0)
    return -ENODATA;
  return is_somebody_missing (self) ? -EAGAIN : 0;
}

static int
change (ProcessStop *stop, gpointer data)
{
  SemaphoreStop *self = data;
  struct semaphore_word copy;
  guint value;
  int result = peek (self, stop, &copy, &value);

  if (result < 0)
    return result;
  if (self->by < 0 ? value == 0 : value == INT_MAX)
    return self->by < 0 ? -ENODATA : -EOVERFLOW;
  if (is_somebody_missing (self))
    return -EAGAIN;
  copy.data += (guint64) (gint64) self->by;
  for (guint i = 0; i < self->users->len; i++)
    {
      result = process_stop_poke (stop, i, user (self, i)->address, copy.data);
      if (result == 0)
        return 0;
    }
  return result;
}

/* -------------------------------------------------------------------------- the caller -- */

/* Whether its value is surely 0 all the time. */
static gboolean
is_taken (SemaphoreStop *self)
{
  for (guint look = 0; look < LOOKS; look++)
    {
      struct semaphore_word copy;
      guint value, waiters;

      for (guint i = 0; i < self->users->len; i++)
        if (process_memory_read (user (self, i)->memory, user (self, i)->address, &copy,
                                 sizeof copy)
            == sizeof copy)
          break;
        else if (i + 1 == self->users->len)
          return FALSE;
      if (semaphore_word_parse (&copy, &value, &waiters) < 0 || value > 0)
        return FALSE;
    }
  return TRUE;
}

static int
stop_all (SemaphoreStop *self, ProcessStopCheck check, ProcessStop **ret_stop)
{
  g_autofree ProcessMemory **processes = g_new (ProcessMemory *, self->users->len);
  int result;

  /* It may just be ending; if not, this ends by the caller's limit of time. */
  if (self->is_beyond)
    return -EAGAIN;
  for (guint i = 0; i < self->users->len; i++)
    processes[i] = user (self, i)->memory;
  result = process_stop_begin (processes, self->users->len, check, self, ret_stop);
  /* Who has ended is taken off at the next try. */
  return result == -ESRCH ? -EAGAIN : result;
}

int
semaphore_stop_begin (SemaphoreStop *self)
{
  g_assert (self->stop == NULL);
  if (!refresh (self))
    return -ESRCH;
  if (is_taken (self))
    return -ENODATA;
  return stop_all (self, is_free, &self->stop);
}

void
semaphore_stop_end (SemaphoreStop *self)
{
  process_stop_end (g_steal_pointer (&self->stop));
}

int
semaphore_stop_change (SemaphoreStop *self, int by)
{
  ProcessStop *stop = NULL;
  int result;

  if (!refresh (self))
    return -ESRCH;
  if (by < 0 && is_taken (self))
    return -ENODATA;
  self->by = by;
  result = stop_all (self, change, &stop);
  if (result == 0)
    process_stop_end (stop);
  return result;
}
