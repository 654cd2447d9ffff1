/* semaphore-map.c - the memory of another program's semaphore, mapped here. */
#include "semaphore-map.h"

#include <errno.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <unistd.h>

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
