/* semaphore-ways.c - what is learnt on the way to one semaphore that holds for others too. */
#include "semaphore-ways.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "stop-refusal.h"

/* Directories that hold more than this are searched no further. */
#define NAMES_MAX 200000

/* What a process lets this user do. */
struct process_ways
{
  ProcessMemory *memory; /* with a reference: its address is the key */
  GPtrArray *regions;    /* its mappings as they were when first needed; NULL: not read */
  gboolean is_closed;    /* they may not be opened */
  gboolean is_asked;     /* whether it may be stopped */
  char *refusal;         /* that it may not */
};

struct semaphore_ways
{
  char *shm;
  GHashTable *names;     /* &inode -> a name that it had; NULL: not listed yet */
  GHashTable *processes; /* ProcessMemory * -> struct process_ways */
};

static void
process_ways_free (gpointer data)
{
  struct process_ways *ways = data;

  process_memory_unref (ways->memory);
  g_clear_pointer (&ways->regions, g_ptr_array_unref);
  g_free (ways->refusal);
  g_free (ways);
}

SemaphoreWays *
semaphore_ways_new (const char *shm)
{
  SemaphoreWays *self = g_new0 (SemaphoreWays, 1);

  self->shm = g_strdup (shm);
  self->processes = g_hash_table_new_full (NULL, NULL, NULL, process_ways_free);
  return self;
}

void
semaphore_ways_free (SemaphoreWays *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->names, g_hash_table_unref);
  g_hash_table_unref (self->processes);
  g_free (self->shm);
  g_free (self);
}

/* --------------------------------------------------------------------------- names -- */

/* 0 or -errno; what could be listed is there in any case. */
static int
list_names (SemaphoreWays *self)
{
  DIR *directory = opendir (self->shm);
  int result = directory == NULL ? -errno : 0;
  struct dirent *entry;

  self->names = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  for (guint i = 0; directory != NULL && i < NAMES_MAX; i++)
    {
      guint64 inode;

      entry = readdir (directory);
      if (entry == NULL)
        break;
      inode = entry->d_ino;
      g_hash_table_insert (self->names, g_memdup2 (&inode, sizeof inode),
                           g_strdup (entry->d_name));
    }
  if (directory != NULL)
    closedir (directory);
  return result;
}

/* Opens the file of this name when it is that inode. -ESTALE: the name is another's by now,
 * or nobody's. */
static int
open_one (const char *path, guint64 device, guint64 inode)
{
  struct stat status;
  int fd;

  /* Looked at before it is opened: what is no file could do something when it is. */
  if (lstat (path, &status) < 0)
    return errno == ENOENT ? -ESTALE : -errno;
  if (status.st_ino != inode)
    return -ESTALE;
  if (!S_ISREG (status.st_mode) || status.st_dev != device)
    return -ENOENT;
  fd = open (path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  if (fd < 0)
    return errno == ENOENT ? -ESTALE : -errno;
  if (fstat (fd, &status) == 0 && status.st_dev == device && status.st_ino == inode)
    return fd;
  close (fd);
  return -ESTALE;
}

static int
open_listed (SemaphoreWays *self, guint64 device, guint64 inode)
{
  const char *name = g_hash_table_lookup (self->names, &inode);
  g_autofree char *path = name != NULL ? g_build_filename (self->shm, name, NULL) : NULL;

  return path != NULL ? open_one (path, device, inode) : -ENOENT;
}

int
semaphore_ways_open_name (SemaphoreWays *self, guint64 device, guint64 inode)
{
  int result = self->names == NULL ? list_names (self) : 0;

  if (result == 0)
    result = open_listed (self, device, inode);
  if (result != -ESTALE)
    return result;
  /* It may have another name. */
  g_clear_pointer (&self->names, g_hash_table_unref);
  result = list_names (self);
  if (result == 0)
    result = open_listed (self, device, inode);
  return result == -ESTALE ? -ENOENT : result;
}

/* ----------------------------------------------------------------------- processes -- */

static struct process_ways *
ways_of (SemaphoreWays *self, ProcessMemory *process)
{
  struct process_ways *ways = g_hash_table_lookup (self->processes, process);

  if (ways == NULL)
    {
      ways = g_new0 (struct process_ways, 1);
      ways->memory = process_memory_ref (process);
      g_hash_table_insert (self->processes, process, ways);
    }
  return ways;
}

static int
open_region (struct process_ways *ways, const MemoryRegion *region)
{
  /* sem_open() closes what it has mapped. */
  int fd = process_memory_open_region (ways->memory, region, TRUE, FALSE);

  ways->is_closed = fd == -EPERM;
  return fd;
}

int
semaphore_ways_open_mapping (SemaphoreWays *self, ProcessMemory *process, guint64 address,
                             const MemoryRegion *wanted)
{
  struct process_ways *ways = ways_of (self, process);
  MemoryRegion *region;
  int fd = -ENOENT;

  if (ways->is_closed)
    return -EPERM;
  if (address >= wanted->start && address < wanted->end)
    fd = open_region (ways, wanted);
  if (fd >= 0 || fd == -EPERM || fd == -EACCES)
    return fd;
  if (ways->regions == NULL)
    ways->regions = process_memory_regions (process);
  region = ways->regions != NULL ? memory_regions_find (ways->regions, address) : NULL;
  if (region == NULL || !region->is_shared || region->device != wanted->device
      || region->inode != wanted->inode)
    return -ENOENT;
  return open_region (ways, region);
}

const char *
semaphore_ways_refusal (SemaphoreWays *self, ProcessMemory *process)
{
  struct process_ways *ways = ways_of (self, process);

  /* One that has ended needs not be stopped. */
  if (!ways->is_asked && !process_memory_is_gone (process) && stop_refusal_tracer (process) == 0)
    ways->refusal = stop_refusal_sentence (process);
  ways->is_asked = TRUE;
  return ways->refusal;
}
