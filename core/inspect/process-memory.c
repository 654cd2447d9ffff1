/* process-memory.c - another process's memory, looked at as a guest.
 *
 * process_vm_readv() copies without opening anything; where it is filtered (some
 * containers), /proc/PID/mem does the same. Where the kernel lets only ancestors look, a
 * broker does it all.
 */
#include "process-memory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "inspect-error.h"
#include "process-memory-private.h"
#include "process.h"

/* Of one process_vm_readv(). */
#define PIECES_MAX 512
#define MAPS_MAX (64u << 20)
#define SYSCALLS_MAX (1u << 20)

#define PAGEMAP_PRESENT (G_GUINT64_CONSTANT (1) << 63)
#define PAGEMAP_SWAPPED (G_GUINT64_CONSTANT (1) << 62)
#define PAGEMAP_CHUNK 1024

struct process_memory
{
  gint references;     /* atomic */
  char *proc;
  pid_t pid;
  guint64 start_time;
  int mem_fd;          /* -1: read by process_vm_readv() */
  int pagemap_fd;      /* -1: not known which pages have content */
  BrokerClient *broker;             /* NULL: this process may look itself */
  struct broker_target target;      /* what the broker is asked about */
};

static int
open_of (const char *proc, pid_t pid, const char *name)
{
  g_autofree char *path = g_strdup_printf ("%s/%d/%s", proc, (int) pid, name);

  return open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
}

static int
read_number_file (const char *path)
{
  g_autofree char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) ? atoi (text) : -1;
}

/* Why the kernel forbids it, and what helps. */
static void
set_refusal (const char *proc, pid_t pid, GError **error)
{
  g_autofree char *yama = g_strdup_printf ("%s/sys/kernel/yama/ptrace_scope", proc);
  g_autofree char *directory = g_strdup_printf ("%s/%d", proc, (int) pid);
  int scope = read_number_file (yama);
  struct stat status;

  if (stat (directory, &status) == 0 && status.st_uid != geteuid () && geteuid () != 0)
    g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_PERMISSION,
                 _("the memory of process %d may not be read: it runs as another user (%d); run"
                   " shmlens as that user, or as root"),
                 (int) pid, (int) status.st_uid);
  else if (scope == 1)
    g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_PERMISSION,
                 _("the memory of process %d may not be read: the system lets only a program's own"
                   " ancestors read it (kernel.yama.ptrace_scope is 1); start the program by"
                   " \"shmlensctl run -- …\", or run shmlens as root"),
                 (int) pid);
  else if (scope >= 2)
    g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_PERMISSION,
                 _("the memory of process %d may not be read: the system lets only root read it"
                   " (kernel.yama.ptrace_scope is %d); run shmlens as root"),
                 (int) pid, scope);
  else
    g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_PERMISSION,
                 _("the memory of process %d may not be read: it has more rights than this user, or"
                   " a container forbids it; run shmlens as root, or in that container"),
                 (int) pid);
}

/* Whether process_vm_readv() may be used: nothing is mapped at 0, but rights are looked at
 * first. */
static int
probe (pid_t pid)
{
  guint8 byte;
  struct iovec local = { &byte, 1 }, remote = { NULL, 1 };

  if (process_vm_readv (pid, &local, 1, &remote, 1, 0) >= 0 || errno == EFAULT)
    return 0;
  return -errno;
}

static ProcessMemory *
memory_new (const char *proc, pid_t pid, guint64 start_time)
{
  ProcessMemory *self = g_new0 (ProcessMemory, 1);

  self->references = 1;
  self->proc = g_strdup (proc);
  self->pid = pid;
  self->start_time = start_time;
  self->target = (struct broker_target) { pid, start_time };
  self->mem_fd = self->pagemap_fd = -1;
  return self;
}

ProcessMemory *
process_memory_open_direct (const char *proc, pid_t pid, int *ret_result)
{
  guint64 start_time = process_start_time (proc, pid);
  ProcessMemory *self;
  int result, mem_fd = -1;

  if (start_time == 0 || (result = probe (pid)) == -ESRCH)
    {
      *ret_result = -ESRCH;
      return NULL;
    }
  if (result < 0 && (mem_fd = open_of (proc, pid, "mem")) < 0)
    {
      *ret_result = -EPERM;
      return NULL;
    }
  self = memory_new (proc, pid, start_time);
  self->mem_fd = mem_fd;
  self->pagemap_fd = open_of (proc, pid, "pagemap");
  return self;
}

/* By a broker; NULL: none answers for it. */
static ProcessMemory *
open_by_broker (const char *proc, pid_t pid)
{
  struct broker_target target = { pid, process_start_time (proc, pid) };
  BrokerClient *broker
    = strcmp (proc, "/proc") == 0 && target.start_time != 0 ? broker_client_find (&target) : NULL;
  ProcessMemory *self;

  if (broker == NULL)
    return NULL;
  self = memory_new (proc, pid, target.start_time);
  self->broker = broker;
  return self;
}

ProcessMemory *
process_memory_open (const char *proc, pid_t pid, GError **error)
{
  int result = 0;
  ProcessMemory *self = process_memory_open_direct (proc, pid, &result);

  if (self == NULL && result == -EPERM)
    self = open_by_broker (proc, pid);
  if (self != NULL)
    return self;
  if (result == -ESRCH)
    g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_NOT_FOUND,
                 _("there is no process %d (any more); shmlensctl list tells which there are"),
                 (int) pid);
  else
    set_refusal (proc, pid, error);
  return NULL;
}

ProcessMemory *
process_memory_open_files (const char *proc, pid_t pid)
{
  guint64 start_time = process_start_time (proc, pid);

  return start_time == 0 ? NULL : memory_new (proc, pid, start_time);
}

ProcessMemory *
process_memory_ref (ProcessMemory *self)
{
  g_atomic_int_inc (&self->references);
  return self;
}

void
process_memory_unref (ProcessMemory *self)
{
  if (self == NULL || !g_atomic_int_dec_and_test (&self->references))
    return;
  if (self->mem_fd >= 0)
    close (self->mem_fd);
  if (self->pagemap_fd >= 0)
    close (self->pagemap_fd);
  broker_client_unref (self->broker);
  g_free (self->proc);
  g_free (self);
}

pid_t
process_memory_pid (ProcessMemory *self)
{
  return self->pid;
}

const char *
process_memory_proc (ProcessMemory *self)
{
  return self->proc;
}

guint64
process_memory_start_time (ProcessMemory *self)
{
  return self->start_time;
}

gboolean
process_memory_is_gone (ProcessMemory *self)
{
  return process_is_gone (self->proc, self->pid, self->start_time);
}

BrokerClient *
process_memory_broker (ProcessMemory *self)
{
  return self->broker;
}

gssize
process_memory_read (ProcessMemory *self, guint64 address, void *to, gsize length)
{
  struct iovec local = { to, length }, remote = { GSIZE_TO_POINTER (address), length };
  gssize done;

  if (self->broker != NULL)
    return broker_client_read (self->broker, &self->target, address, to, length);
  do
    done = self->mem_fd >= 0 ? pread (self->mem_fd, to, length, (off_t) address)
                             : process_vm_readv (self->pid, &local, 1, &remote, 1, 0);
  while (done < 0 && errno == EINTR);
  if (done < 0)
    return errno == EIO ? -EFAULT : -errno;
  return done == 0 && length > 0 ? -EFAULT : done;
}

int
process_memory_write (ProcessMemory *self, guint64 address, const void *from, gsize length)
{
  struct iovec local = { (void *) from, length }, remote = { GSIZE_TO_POINTER (address), length };
  gssize done;

  if (self->broker != NULL)
    return broker_client_write (self->broker, &self->target, address, from, length);
  do
    done = process_vm_writev (self->pid, &local, 1, &remote, 1, 0);
  while (done < 0 && errno == EINTR);
  if (done < 0)
    return -errno;
  return (gsize) done == length ? 0 : -EFAULT;
}

/* How many of the pieces, from the first on, were copied whole. */
static guint
read_run (ProcessMemory *self, struct memory_piece *pieces, guint n)
{
  struct iovec local[PIECES_MAX], remote[PIECES_MAX];
  gssize done;
  guint whole = 0;

  for (guint i = 0; i < n; i++)
    {
      local[i] = (struct iovec) { pieces[i].to, pieces[i].length };
      remote[i] = (struct iovec) { GSIZE_TO_POINTER (pieces[i].address), pieces[i].length };
    }
  done = process_vm_readv (self->pid, local, n, remote, n, 0);
  while (whole < n && done >= (gssize) pieces[whole].length)
    {
      done -= (gssize) pieces[whole].length;
      pieces[whole++].is_read = TRUE;
    }
  return whole;
}

guint
process_memory_read_pieces (ProcessMemory *self, struct memory_piece *pieces, guint n)
{
  guint n_read = 0;

  if (self->broker != NULL)
    return broker_client_read_pieces (self->broker, &self->target, pieces, n);
  for (guint i = 0; i < n; i++)
    {
      pieces[i].is_read = FALSE;
      if (self->mem_fd >= 0)
        {
          pieces[i].is_read = process_memory_read (self, pieces[i].address, pieces[i].to,
                                                   pieces[i].length)
                              == (gssize) pieces[i].length;
          n_read += pieces[i].is_read;
        }
    }
  for (guint i = 0; self->mem_fd < 0 && i < n;)
    {
      guint some = MIN (n - i, PIECES_MAX);
      guint whole = read_run (self, pieces + i, some);

      n_read += whole;
      /* The first that failed is passed over. */
      i += whole < some ? whole + 1 : whole;
    }
  return n_read;
}

/* ------------------------------------------------------------------------ mappings -- */

/* All of a file of /proc, whose size is told only by reading it. */
static GString *
read_all (int fd)
{
  GString *text = g_string_sized_new (65536);

  for (;;)
    {
      gsize before = text->len;
      gssize length;

      g_string_set_size (text, before + 32768);
      do
        length = read (fd, text->str + before, 32768);
      while (length < 0 && errno == EINTR);
      g_string_set_size (text, before + MAX (length, 0));
      if (length <= 0 || text->len > MAPS_MAX)
        return text;
    }
}

GString *
process_memory_maps (ProcessMemory *self)
{
  GString *text;
  int fd;

  if (self->broker != NULL)
    return broker_client_maps (self->broker, &self->target);
  fd = open_of (self->proc, self->pid, "maps");
  if (fd < 0)
    return NULL;
  text = read_all (fd);
  close (fd);
  return text;
}

GPtrArray *
process_memory_regions (ProcessMemory *self)
{
  g_autoptr (GString) text = process_memory_maps (self);

  return text != NULL ? memory_regions_parse (text->str) : NULL;
}

gssize
process_memory_pagemap (ProcessMemory *self, guint64 address, guint64 *entries, gsize n)
{
  guint64 page = (guint64) sysconf (_SC_PAGESIZE);
  gssize length;

  if (self->broker != NULL)
    return broker_client_pagemap (self->broker, &self->target, address, entries, n);
  if (self->pagemap_fd < 0)
    return -EPERM;
  length = pread (self->pagemap_fd, entries, n * sizeof *entries,
                  (off_t) (address / page * sizeof *entries));
  return length < 0 ? -errno : (gssize) ((gsize) length / sizeof *entries);
}

gboolean
process_memory_next_content (ProcessMemory *self, guint64 from, guint64 end, guint64 *ret_start,
                             guint64 *ret_end)
{
  guint64 page = (guint64) sysconf (_SC_PAGESIZE);
  guint64 entries[PAGEMAP_CHUNK];
  guint64 address = from / page * page;
  gboolean found = FALSE;

  if (from >= end)
    return FALSE;
  while (address < end)
    {
      guint64 wanted = MIN ((end - address + page - 1) / page, PAGEMAP_CHUNK);
      gssize n = process_memory_pagemap (self, address, entries, wanted);

      if (n <= 0)
        {
          if (!found)
            *ret_start = MAX (address, from);
          *ret_end = end;
          return TRUE;
        }
      for (gssize i = 0; i < n; i++, address += page)
        {
          gboolean has = (entries[i] & (PAGEMAP_PRESENT | PAGEMAP_SWAPPED)) != 0;

          if (has && !found)
            {
              *ret_start = MAX (address, from);
              found = TRUE;
            }
          else if (!has && found)
            {
              *ret_end = MIN (address, end);
              return TRUE;
            }
        }
    }
  *ret_end = end;
  return found;
}

/* ------------------------------------------------------------------------- threads -- */

GString *
process_memory_syscalls (ProcessMemory *self)
{
  g_autofree char *path = NULL;
  GString *text;
  struct dirent *entry;
  DIR *directory;

  if (self->broker != NULL)
    return broker_client_syscalls (self->broker, &self->target);
  path = g_strdup_printf ("%s/%d/task", self->proc, (int) self->pid);
  directory = opendir (path);
  if (directory == NULL)
    return NULL;
  text = g_string_new (NULL);
  while ((entry = readdir (directory)) != NULL && text->len < SYSCALLS_MAX)
    {
      g_autofree char *name = NULL, *line = NULL;

      if (!g_ascii_isdigit (entry->d_name[0]))
        continue;
      name = g_strdup_printf ("%s/%s/syscall", path, entry->d_name);
      if (g_file_get_contents (name, &line, NULL, NULL))
        g_string_append (text, line);
    }
  closedir (directory);
  return text;
}

/* --------------------------------------------------------------------------- files -- */

/* Opens it when it is the region's file. */
static int
open_same (const char *path, const MemoryRegion *region, gboolean writable)
{
  struct stat status;
  int fd;

  if (stat (path, &status) < 0)
    return -errno;
  if (!S_ISREG (status.st_mode) || status.st_ino != region->inode
      || status.st_dev != region->device)
    return -ENOENT;
  fd = open (path, (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (fd < 0)
    return -errno;
  if (fstat (fd, &status) == 0 && status.st_ino == region->inode
      && status.st_dev == region->device)
    return fd;
  close (fd);
  return -ENOENT;
}

static int
open_by_descriptor (ProcessMemory *self, const MemoryRegion *region, gboolean writable)
{
  g_autofree char *path = g_strdup_printf ("%s/%d/fd", self->proc, (int) self->pid);
  DIR *directory = opendir (path);
  int result = directory == NULL ? -errno : -ENOENT;
  struct dirent *entry;

  while (directory != NULL && result < 0 && (entry = readdir (directory)) != NULL)
    {
      g_autofree char *link = NULL;

      if (!g_ascii_isdigit (entry->d_name[0]))
        continue;
      link = g_strdup_printf ("%s/%s", path, entry->d_name);
      result = open_same (link, region, writable);
    }
  if (directory != NULL)
    closedir (directory);
  return result;
}

static int
open_by_name (ProcessMemory *self, const MemoryRegion *region, gboolean writable)
{
  g_autofree char *inside = NULL;
  int fd;

  if (region->is_deleted || region->path[0] != '/')
    return -ENOENT;
  fd = open_same (region->path, region, writable);
  if (fd >= 0)
    return fd;
  inside = g_strdup_printf ("%s/%d/root%s", self->proc, (int) self->pid, region->path);
  return open_same (inside, region, writable);
}

int
process_memory_open_region (ProcessMemory *self, const MemoryRegion *region, gboolean writable,
                            gboolean is_kept_open)
{
  g_autofree char *map_file = NULL;
  int fd, first;

  if (region->inode == 0)
    return -ENOENT;
  if (self->broker != NULL)
    return broker_client_open_region (self->broker, &self->target, region, writable,
                                      is_kept_open);
  first = open_by_name (self, region, writable);
  if (first >= 0)
    return first;
  fd = is_kept_open ? open_by_descriptor (self, region, writable) : -ENOENT;
  if (fd >= 0)
    return fd;
  map_file = g_strdup_printf ("%s/%d/map_files/%" G_GINT64_MODIFIER "x-%" G_GINT64_MODIFIER "x",
                              self->proc, (int) self->pid, region->start, region->end);
  fd = open_same (map_file, region, writable);
  return fd >= 0 ? fd : first == -EACCES ? first : fd;
}
