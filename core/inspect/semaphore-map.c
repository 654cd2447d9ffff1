/* semaphore-map.c - the memory of another program's semaphore, mapped here. */
#include "semaphore-map.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Directories that hold more than this are searched no further. */
#define NAMES_MAX 200000

/* Opens the file of this name when it is that inode. */
static int
open_one (int directory, const char *name, guint64 device, guint64 inode)
{
  struct stat status;
  int fd;

  /* Looked at before it is opened: what is no file could do something when it is. */
  if (fstatat (directory, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
    return -errno;
  if (!S_ISREG (status.st_mode) || status.st_dev != device || status.st_ino != inode)
    return -ENOENT;
  fd = openat (directory, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  if (fd < 0)
    return -errno;
  if (fstat (fd, &status) == 0 && status.st_dev == device && status.st_ino == inode)
    return fd;
  close (fd);
  return -ENOENT;
}

int
semaphore_map_open_name (const char *shm, guint64 device, guint64 inode)
{
  DIR *directory = opendir (shm);
  int result = directory == NULL ? -errno : -ENOENT;
  struct dirent *entry;

  for (guint i = 0; directory != NULL && result < 0 && i < NAMES_MAX; i++)
    {
      entry = readdir (directory);
      if (entry == NULL)
        break;
      if (entry->d_ino == inode)
        {
          int opened = open_one (dirfd (directory), entry->d_name, device, inode);

          if (opened >= 0 || opened == -EACCES)
            result = opened;
        }
    }
  if (directory != NULL)
    closedir (directory);
  return result;
}

/* Within a page, how far it lies behind the page's begin. */
static guint64
behind_page (guint64 offset)
{
  return offset % (guint64) sysconf (_SC_PAGESIZE);
}

int
semaphore_map_begin (int fd, guint64 offset, struct semaphore_word **ret_word)
{
  guint64 begin = offset - behind_page (offset);
  guint8 *base;

  if (offset % 8 != 0 || offset > G_MAXINT64 - sizeof (sem_t))
    return -EINVAL;
  base = mmap (NULL, offset - begin + sizeof (sem_t), PROT_READ | PROT_WRITE, MAP_SHARED, fd,
               (off_t) begin);
  if (base == MAP_FAILED)
    return -errno;
  *ret_word = (struct semaphore_word *) (gpointer) (base + (offset - begin));
  return 0;
}

void
semaphore_map_end (struct semaphore_word *word)
{
  guint64 behind = behind_page ((guintptr) word);

  if (word != NULL)
    munmap ((guint8 *) word - behind, behind + sizeof (sem_t));
}
