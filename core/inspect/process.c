/* process.c - which processes there are, and what shared memory they map.
 *
 * Files of /proc are read raw: stdio and sscanf take twice as long, and this is
 * most of what a list of segments costs.
 */
#include "process.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "printable.h"

#define CHUNK 65536

/* A process maps most of what it uses soon after its start: so often it is read. */
#define LOOKS 3
/* An interpreter imports a lot before it shares anything. */
#define LOOKS_PYTHON 20

struct process
{
  guint64 directory;   /* inode of PROC/PID: another one for another process of this id */
  gboolean is_seen;
  guint looks;
  GArray *inodes;      /* of guint64, ascending: what it maps */
  gboolean is_python;
  guint64 shared;      /* of its writable shared mappings, a hash; 0 none */
};

struct process_table
{
  char *proc;
  char device[24];         /* as it stands in maps: "00:1a" */
  GHashTable *processes;   /* pid -> struct process */
  GHashTable *mappers;     /* inode -> GArray of pid_t, ascending */
  GArray *pythons;         /* of struct python_process */
  char *buffer;
};

static int
open_in (const char *proc, pid_t pid, const char *name)
{
  char path[PATH_MAX];

  if (g_snprintf (path, sizeof path, "%s/%ld/%s", proc, (long) pid, name) >= (int) sizeof path)
    return -1;
  return open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

static gssize
read_some (int fd, void *buffer, gsize size)
{
  gssize length;

  do
    length = read (fd, buffer, size);
  while (length < 0 && errno == EINTR);
  return length;
}

/* The text of a small file; FALSE when there is none. */
static gboolean
read_text (const char *proc, pid_t pid, const char *name, char *ret_text, gsize size)
{
  int fd = open_in (proc, pid, name);
  gssize length;

  if (fd < 0)
    return FALSE;
  length = read_some (fd, ret_text, size - 1);
  close (fd);
  if (length <= 0)
    return FALSE;
  ret_text[length] = '\0';
  return TRUE;
}

/* Field `number` (from 3 on) of a stat file: the name before may hold anything,
 * but the last `)` ends it. NULL when there are not so many. */
static const char *
stat_field (const char *text, guint number)
{
  const char *position = strrchr (text, ')');

  if (position == NULL || position[1] != ' ')
    return NULL;
  position += 2;
  for (guint field = 3; field < number; field++)
    {
      position = strchr (position, ' ');
      if (position == NULL)
        return NULL;
      position++;
    }
  return position;
}

gboolean
process_is_gone (const char *proc, pid_t pid, guint64 start_time)
{
  const char *state, *threads, *start;
  char text[1024];

  if (!read_text (proc, pid, "stat", text, sizeof text))
    {
      char path[PATH_MAX];

      /* A process that may not be looked at is not gone. */
      g_snprintf (path, sizeof path, "%s/%ld", proc, (long) pid);
      return access (path, F_OK) < 0 && errno == ENOENT;
    }
  state = stat_field (text, 3);
  threads = stat_field (text, 20);
  start = stat_field (text, 22);
  if (start == NULL)
    return FALSE;
  if (start_time != 0 && g_ascii_strtoull (start, NULL, 10) != start_time)
    return TRUE;
  /* The first thread of a process can have ended long before the others. */
  return (*state == 'Z' || *state == 'X') && g_ascii_strtoull (threads, NULL, 10) <= 1;
}

gboolean
process_is_stopped (const char *proc, pid_t pid)
{
  const char *state;
  char text[1024];

  return read_text (proc, pid, "stat", text, sizeof text)
         && (state = stat_field (text, 3)) != NULL && (*state == 'T' || *state == 't');
}

/* A number in its stat file; 0 when there is none. */
static guint64
stat_number (const char *proc, pid_t pid, guint field)
{
  const char *position;
  char text[1024];

  if (!read_text (proc, pid, "stat", text, sizeof text)
      || (position = stat_field (text, field)) == NULL)
    return 0;
  return g_ascii_strtoull (position, NULL, 10);
}

guint64
process_start_time (const char *proc, pid_t pid)
{
  return stat_number (proc, pid, 22);
}

pid_t
process_parent (const char *proc, pid_t pid)
{
  return (pid_t) stat_number (proc, pid, 4);
}

char *
process_command_line (const char *proc, pid_t pid, gsize *ret_length)
{
  char text[4096];
  int fd = open_in (proc, pid, "cmdline");
  gssize length;

  if (fd < 0)
    return NULL;
  length = read_some (fd, text, sizeof text - 1);
  close (fd);
  if (length <= 0)
    return NULL;
  text[length] = '\0';
  *ret_length = (gsize) length;
  return g_memdup2 (text, (gsize) length + 1);
}

/* The name in this file of its. */
static char *
name_in (const char *proc, pid_t pid, const char *file)
{
  char text[64];

  if (!read_text (proc, pid, file, text, sizeof text))
    return NULL;
  return printable_prose (g_strchomp (text));
}

char *
process_name (const char *proc, pid_t pid)
{
  return name_in (proc, pid, "comm");
}

char *
process_thread_name (const char *proc, pid_t pid, pid_t tid)
{
  char file[32];

  g_snprintf (file, sizeof file, "task/%ld/comm", (long) tid);
  return name_in (proc, pid, file);
}

static void
process_free (gpointer data)
{
  struct process *process = data;

  g_array_unref (process->inodes);
  g_free (process);
}

ProcessTable *
process_table_new (const char *proc, guint64 device)
{
  ProcessTable *self = g_new0 (ProcessTable, 1);

  self->proc = g_strdup (proc);
  g_snprintf (self->device, sizeof self->device, "%02x:%02x", major (device), minor (device));
  self->processes = g_hash_table_new_full (NULL, NULL, NULL, process_free);
  self->mappers = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free,
                                         (GDestroyNotify) g_array_unref);
  self->pythons = g_array_new (FALSE, FALSE, sizeof (struct python_process));
  self->buffer = g_malloc (CHUNK);
  return self;
}

void
process_table_free (ProcessTable *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->processes);
  g_hash_table_unref (self->mappers);
  g_array_unref (self->pythons);
  g_free (self->buffer);
  g_free (self->proc);
  g_free (self);
}

static int
compare_inodes (gconstpointer a, gconstpointer b)
{
  guint64 x = *(const guint64 *) a, y = *(const guint64 *) b;

  return x < y ? -1 : x > y;
}

/* A line "7f00-7f01 rw-s 00000000 00:1a 123 /dev/shm/x": the inode when it is of the
 * device, else 0. */
static guint64
inode_of_line (const char *line, const char *end, const char *device)
{
  gsize length = strlen (device);

  for (guint field = 0; field < 3; field++)
    {
      line = memchr (line, ' ', end - line);
      if (line == NULL)
        return 0;
      line++;
    }
  if ((gsize) (end - line) <= length || memcmp (line, device, length) != 0 || line[length] != ' ')
    return 0;
  return g_ascii_strtoull (line + length, NULL, 10);
}

/* Whether the line is of an interpreter: "…/bin/python3.11", "…/libpython3.11.so.1.0", or one
 * of the modules without which Python shares nothing. */
static gboolean
is_python_line (const char *line, const char *end)
{
  static const char *const names[] = { "/python", "/libpython", "/_multiprocessing.", "/_ctypes.",
                                       "/_posixshmem." };
  const char *access = memchr (line, ' ', end - line);

  if (access == NULL || end - access < 5 || access[3] != 'x')
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const char *found = memmem (line, end - line, names[i], strlen (names[i]));

      if (found != NULL && (i > 1 || memchr (found + 1, '/', end - found - 1) == NULL))
        return TRUE;
    }
  return FALSE;
}

/* Adds a line of a shared, writable mapping of a file to the hash. */
static guint64
hash_shared (guint64 hash, const char *line, const char *end)
{
  const char *access = memchr (line, ' ', end - line);

  if (access == NULL || end - access < 5 || access[2] != 'w' || access[4] != 's')
    return hash;
  for (; line < end; line++)
    hash = (hash ^ (guint8) *line) * G_GUINT64_CONSTANT (0x100000001b3);
  return hash | 1;
}

/* What the process maps, each once. */
static GArray *
read_maps (ProcessTable *self, pid_t pid, gboolean *ret_is_python, guint64 *ret_shared)
{
  GArray *inodes = g_array_new (FALSE, FALSE, sizeof (guint64));
  int fd = open_in (self->proc, pid, "maps");
  gsize kept = 0;
  gssize length;
  guint n = 0;

  *ret_is_python = FALSE;
  *ret_shared = 0;
  /* One byte is left for the NUL that ends a number in the last line. */
  while (fd >= 0 && (length = read_some (fd, self->buffer + kept, CHUNK - 1 - kept)) > 0)
    {
      char *line = self->buffer, *end, *newline;

      end = line + kept + length;
      *end = '\0';
      while ((newline = memchr (line, '\n', end - line)) != NULL)
        {
          guint64 inode = inode_of_line (line, newline, self->device);

          if (inode != 0
              && (inodes->len == 0 || g_array_index (inodes, guint64, inodes->len - 1) != inode))
            g_array_append_val (inodes, inode);
          *ret_is_python = *ret_is_python || is_python_line (line, newline);
          *ret_shared = hash_shared (*ret_shared, line, newline);
          line = newline + 1;
        }
      kept = end - line;
      if (kept == CHUNK - 1)
        kept = 0;
      memmove (self->buffer, line, kept);
    }
  if (fd >= 0)
    close (fd);

  g_array_sort (inodes, compare_inodes);
  for (guint i = 0; i < inodes->len; i++)
    if (i == 0 || g_array_index (inodes, guint64, i) != g_array_index (inodes, guint64, i - 1))
      g_array_index (inodes, guint64, n++) = g_array_index (inodes, guint64, i);
  return g_array_set_size (inodes, n);
}

static int
compare_pids (gconstpointer a, gconstpointer b)
{
  pid_t x = *(const pid_t *) a, y = *(const pid_t *) b;

  return x < y ? -1 : x > y;
}

static void
index_mappers (ProcessTable *self)
{
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_remove_all (self->mappers);
  g_array_set_size (self->pythons, 0);
  g_hash_table_iter_init (&iter, self->processes);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      const struct process *process = value;
      pid_t pid = GPOINTER_TO_INT (key);

      if (process->is_python && process->shared != 0)
        {
          struct python_process python = { pid, process->shared };

          g_array_append_val (self->pythons, python);
        }
      for (guint i = 0; i < process->inodes->len; i++)
        {
          guint64 inode = g_array_index (process->inodes, guint64, i);
          GArray *pids = g_hash_table_lookup (self->mappers, &inode);

          if (pids == NULL)
            {
              pids = g_array_new (FALSE, FALSE, sizeof (pid_t));
              g_hash_table_insert (self->mappers, g_memdup2 (&inode, sizeof inode), pids);
            }
          g_array_append_val (pids, pid);
        }
    }
  g_hash_table_iter_init (&iter, self->mappers);
  while (g_hash_table_iter_next (&iter, &key, &value))
    g_array_sort (value, compare_pids);
}

static gboolean
arrays_equal (const GArray *a, const GArray *b)
{
  return a->len == b->len
         && (a->len == 0 || memcmp (a->data, b->data, a->len * sizeof (guint64)) == 0);
}

static gboolean
drop_unseen (gpointer key, gpointer value, gpointer user_data)
{
  struct process *process = value;
  gboolean *differs = user_data;
  gboolean was_seen = process->is_seen;

  process->is_seen = FALSE;
  if (!was_seen && (process->inodes->len > 0 || process->is_python))
    *differs = TRUE;
  return !was_seen;
}

/* Reads what the process maps. directory: the inode of PROC/PID. Returns whether it is other than
 * before. */
static gboolean
look_at (ProcessTable *self, pid_t pid, guint64 directory, struct process *process)
{
  gboolean is_python, differs;
  guint64 shared;
  GArray *inodes = read_maps (self, pid, &is_python, &shared);

  if (process == NULL)
    {
      process = g_new0 (struct process, 1);
      process->inodes = g_array_new (FALSE, FALSE, sizeof (guint64));
      g_hash_table_insert (self->processes, GINT_TO_POINTER (pid), process);
    }
  differs = !arrays_equal (inodes, process->inodes)
            || ((is_python || process->is_python) && shared != process->shared);
  g_array_unref (process->inodes);
  process->inodes = inodes;
  process->is_python = is_python;
  process->shared = shared;
  process->looks = process->directory == directory ? process->looks + 1 : 1;
  process->directory = directory;
  process->is_seen = TRUE;
  return differs;
}

gboolean
process_table_look (ProcessTable *self, const pid_t *pids, guint n)
{
  gboolean differs = FALSE;

  for (guint i = 0; i < n; i++)
    {
      struct process *process
        = g_hash_table_lookup (self->processes, GINT_TO_POINTER (pids[i]));

      if (process != NULL)
        {
          differs |= look_at (self, pids[i], process->directory, process);
          process->is_seen = FALSE;
        }
    }
  if (differs)
    index_mappers (self);
  return differs;
}

gboolean
process_table_update (ProcessTable *self, gboolean all)
{
  DIR *directory = opendir (self->proc);
  gboolean differs = FALSE;
  struct dirent *entry;

  if (directory == NULL)
    return FALSE;
  while ((entry = readdir (directory)) != NULL)
    {
      struct process *process;
      char *end;
      long pid;

      if (!g_ascii_isdigit (entry->d_name[0]))
        continue;
      pid = strtol (entry->d_name, &end, 10);
      if (*end != '\0' || pid <= 0 || pid > G_MAXINT)
        continue;
      process = g_hash_table_lookup (self->processes, GINT_TO_POINTER (pid));
      if (process == NULL || process->directory != entry->d_ino || process->looks < LOOKS || all
          || (process->is_python && process->shared == 0 && process->looks < LOOKS_PYTHON))
        differs |= look_at (self, (pid_t) pid, entry->d_ino, process);
      else
        process->is_seen = TRUE;
    }
  closedir (directory);
  g_hash_table_foreach_remove (self->processes, drop_unseen, &differs);
  if (differs)
    index_mappers (self);
  return differs;
}

const struct python_process *
process_table_pythons (ProcessTable *self, guint *ret_n)
{
  *ret_n = self->pythons->len;
  return (const struct python_process *) (gpointer) self->pythons->data;
}

const pid_t *
process_table_find (ProcessTable *self, guint64 inode, guint *ret_n)
{
  const GArray *pids = g_hash_table_lookup (self->mappers, &inode);

  *ret_n = pids == NULL ? 0 : pids->len;
  return pids == NULL ? NULL : (const pid_t *) (gpointer) pids->data;
}
