/* shared-file.c - the file behind a shared mapping of another process, mapped here too. */
#include "shared-file.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "memory.h"

/* The mapping to read: replaced when the file has grown, and so counted by itself, for a
 * reader may still be at the old one. */
struct view
{
  gint references;  /* atomic */
  guint8 *base;
  gsize length;
};

struct shared_file
{
  gint references;  /* atomic */
  guint64 device, inode;
  int fd;
  pthread_mutex_t mutex;   /* around what follows */
  struct view *view;
  int write_fd;     /* -1 until the first store */
  gsize write_length;
  guint8 *write_base;
};

static void
view_unref (struct view *view)
{
  if (view == NULL || !g_atomic_int_dec_and_test (&view->references))
    return;
  munmap (view->base, view->length);
  g_free (view);
}

static gsize
length_of (int fd)
{
  struct stat status;

  return fstat (fd, &status) < 0 || status.st_size < 0 ? 0 : (gsize) status.st_size;
}

/* A view of all that the file has now; NULL when it is empty or cannot be mapped. */
static struct view *
view_new (int fd)
{
  gsize length = length_of (fd);
  void *base = length == 0 ? MAP_FAILED : mmap (NULL, length, PROT_READ, MAP_SHARED, fd, 0);
  struct view *view;

  if (base == MAP_FAILED)
    return NULL;
  view = g_new (struct view, 1);
  view->references = 1;
  view->base = base;
  view->length = length;
  return view;
}

/* Takes the descriptor. */
static SharedFile *
shared_file_new (int fd, guint64 device, guint64 inode)
{
  SharedFile *self = g_new0 (SharedFile, 1);

  self->references = 1;
  self->device = device;
  self->inode = inode;
  self->fd = fd;
  self->write_fd = -1;
  pthread_mutex_init (&self->mutex, NULL);
  self->view = view_new (fd);
  return self;
}

SharedFile *
shared_file_open (ProcessMemory *memory, const MemoryRegion *region, int *ret_code)
{
  int fd = process_memory_open_region (memory, region, FALSE, TRUE);

  if (fd >= 0)
    return shared_file_new (fd, region->device, region->inode);
  *ret_code = fd;
  return NULL;
}

SharedFile *
shared_file_open_path (const char *path, guint64 device, guint64 inode, int *ret_code)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  struct stat status;

  if (fd < 0)
    {
      *ret_code = -errno;
      return NULL;
    }
  if (fstat (fd, &status) == 0 && S_ISREG (status.st_mode) && status.st_dev == device
      && status.st_ino == inode)
    return shared_file_new (fd, device, inode);
  close (fd);
  *ret_code = -ENOENT;
  return NULL;
}

SharedFile *
shared_file_ref (SharedFile *self)
{
  g_atomic_int_inc (&self->references);
  return self;
}

void
shared_file_unref (SharedFile *self)
{
  if (self == NULL || !g_atomic_int_dec_and_test (&self->references))
    return;
  view_unref (self->view);
  if (self->write_base != NULL)
    munmap (self->write_base, self->write_length);
  if (self->write_fd >= 0)
    close (self->write_fd);
  close (self->fd);
  pthread_mutex_destroy (&self->mutex);
  g_free (self);
}

guint64
shared_file_device (SharedFile *self)
{
  return self->device;
}

guint64
shared_file_inode (SharedFile *self)
{
  return self->inode;
}

/* A view that has the bytes, with a reference; NULL. */
static struct view *
view_with (SharedFile *self, guint64 offset, gsize length)
{
  struct view *view;

  pthread_mutex_lock (&self->mutex);
  view = self->view;
  if (view == NULL || offset > view->length || length > view->length - offset)
    {
      struct view *larger = view_new (self->fd);

      if (larger != NULL)
        {
          view_unref (self->view);
          view = self->view = larger;
        }
    }
  if (view != NULL && offset <= view->length && length <= view->length - offset)
    g_atomic_int_inc (&view->references);
  else
    view = NULL;
  pthread_mutex_unlock (&self->mutex);
  return view;
}

guint64
shared_file_length (SharedFile *self)
{
  guint64 length;

  pthread_mutex_lock (&self->mutex);
  length = self->view != NULL ? self->view->length : 0;
  pthread_mutex_unlock (&self->mutex);
  return length;
}

int
shared_file_read (SharedFile *self, guint64 offset, gsize length, void *to)
{
  struct view *view = view_with (self, offset, length);
  int result;

  if (view == NULL)
    return -EFAULT;
  if ((length == 2 || length == 4 || length == 8) && offset % length == 0)
    result = memory_load (view->base + offset, length, to);
  else
    result = memory_copy (to, view->base + offset, length);
  view_unref (view);
  return result;
}

/* Maps what is to be written, and keeps it for the next time. Under the mutex. */
static int
map_to_write (SharedFile *self, guint64 offset, gsize length)
{
  gsize whole = length_of (self->fd);

  if (offset > whole || length > whole - offset)
    return -EFAULT;
  if (self->write_fd < 0)
    {
      g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", self->fd);

      self->write_fd = open (path, O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
      if (self->write_fd < 0)
        return -errno;
    }
  if (self->write_base != NULL && self->write_length >= offset + length)
    return 0;
  if (self->write_base != NULL)
    munmap (self->write_base, self->write_length);
  self->write_length = whole;
  self->write_base
    = mmap (NULL, whole, PROT_READ | PROT_WRITE, MAP_SHARED, self->write_fd, 0);
  if (self->write_base != MAP_FAILED)
    return 0;
  self->write_base = NULL;
  return -errno;
}

int
shared_file_store (SharedFile *self, guint64 offset, gsize length, gsize unit, const void *from)
{
  int result;

  pthread_mutex_lock (&self->mutex);
  result = map_to_write (self, offset, length);
  if (result == 0)
    result = memory_store (self->write_base + offset, from, length, unit);
  pthread_mutex_unlock (&self->mutex);
  return result;
}
