/* native-view.c - a segment of ours as it is mapped at one moment. */
#include "native-view.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "memory.h"
#include "process.h"

/* A segment that grows between a look at the file and one at its header is looked
 * at again so often. */
#define ATTEMPTS 8

gboolean
native_is_one (int fd)
{
  char magic[sizeof ((struct format_header *) NULL)->magic];

  return pread (fd, magic, sizeof magic, 0) == sizeof magic
         && memcmp (magic, FORMAT_MAGIC, sizeof magic) == 0;
}

static void
view_clear (gpointer data)
{
  NativeView *self = data;

  if (self->base != NULL)
    munmap (self->base, self->mapped);
}

NativeView *
native_view_ref (NativeView *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
native_view_unref (NativeView *self)
{
  if (self != NULL)
    g_atomic_rc_box_release_full (self, view_clear);
}

struct header_copy
{
  const void *memory;
  struct format_header *header;
};

static void
copy_header (void *data)
{
  struct header_copy *copy = data;

  format_copy_header (copy->memory, copy->header);
}

static int
try_to_map (int fd, gboolean writable, NativeView **ret_view, struct format_error *ret_error)
{
  g_autoptr (NativeView) self = g_atomic_rc_box_new0 (NativeView);
  struct header_copy copy;
  struct stat status;
  void *base;
  int result;

  if (fstat (fd, &status) < 0)
    return -errno;
  if ((guint64) status.st_size < sizeof self->header)
    {
      g_snprintf (ret_error->text, sizeof ret_error->text,
                  "header, size: the file has only %" G_GUINT64_FORMAT
                  " bytes, a header has %" G_GSIZE_FORMAT,
                  (guint64) status.st_size, sizeof self->header);
      return -EBADMSG;
    }
  base = mmap (NULL, status.st_size, writable ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, fd,
               0);
  if (base == MAP_FAILED)
    return -errno;
  self->base = base;
  self->mapped = status.st_size;
  self->writable = writable;

  copy = (struct header_copy) { self->base, &self->header };
  if (memory_guarded (self->base, sizeof self->header, copy_header, &copy) < 0)
    return -EFAULT;
  if ((result = format_check_header (&self->header, self->mapped, ret_error)) < 0)
    return result;
  self->length = self->header.size;
  *ret_view = g_steal_pointer (&self);
  return 0;
}

int
native_view_new (int fd, gboolean writable, NativeView **ret_view, struct format_error *ret_error)
{
  int result = -EBADMSG;

  ret_error->text[0] = '\0';
  for (guint i = 0; i < ATTEMPTS && (result == -EBADMSG || result == -EFAULT); i++)
    result = try_to_map (fd, writable, ret_view, ret_error);
  if (result == -EFAULT)
    {
      g_strlcpy (ret_error->text, "header: it went away while it was read",
                 sizeof ret_error->text);
      return -EBADMSG;
    }
  return result;
}

int
native_view_state (NativeView *self, guint32 index, guint32 *ret_state)
{
  guint64 offset = format_slot_offset (&self->header, index, self->length);

  if (offset == 0)
    return -ENOENT;
  return memory_load (self->base + offset, sizeof *ret_state, ret_state);
}

struct slot_copy
{
  const void *memory;
  struct format_slot *slot;
  int result;
};

static void
copy_slot (void *data)
{
  struct slot_copy *copy = data;

  copy->result = format_copy_slot (copy->memory, copy->slot);
}

int
native_view_slot (NativeView *self, guint32 index, struct format_slot *ret_slot,
                  struct format_error *ret_error)
{
  guint64 offset = format_slot_offset (&self->header, index, self->length);
  struct slot_copy copy = { self->base + offset, ret_slot, 0 };

  if (offset == 0)
    return -ENOENT;
  if (memory_guarded (copy.memory, sizeof *ret_slot, copy_slot, &copy) < 0)
    return -EFAULT;
  if (copy.result < 0)
    return copy.result;
  if (FORMAT_STATE (ret_slot->state) != FORMAT_SLOT_LIVE
      && FORMAT_STATE (ret_slot->state) != FORMAT_SLOT_RETIRED)
    return -ENOENT;
  return format_check_slot (&self->header, ret_slot, index, self->length, ret_error);
}

int
native_view_lock (NativeView *self, guint32 lock_slot, guint64 *ret_offset,
                  struct format_error *ret_error)
{
  struct format_slot slot;
  int result = native_view_slot (self, lock_slot, &slot, ret_error);

  if (result < 0)
    return result;
  *ret_offset = format_lock_offset (&slot, lock_slot, NULL, FORMAT_NO_SLOT);
  if (*ret_offset != 0)
    return 0;
  g_snprintf (ret_error->text, sizeof ret_error->text,
              "slot %u: another slot's lock should be here, but there is none", lock_slot);
  return -EBADMSG;
}

int
native_view_attachers (NativeView *self, struct format_attacher *ret_attachers)
{
  return memory_copy (ret_attachers, self->base + self->header.attacher_offset,
                      FORMAT_ATTACHERS * sizeof *ret_attachers);
}

guint64
native_pid_namespace (const char *proc)
{
  g_autofree char *path = g_build_filename (proc, "self/ns/pid", NULL);
  struct stat status;

  return stat (path, &status) < 0 ? 0 : status.st_ino;
}

static int
compare_pids (gconstpointer a, gconstpointer b)
{
  pid_t x = *(const pid_t *) a, y = *(const pid_t *) b;

  return x < y ? -1 : x > y;
}

pid_t *
native_view_live (NativeView *self, const struct format_attacher *attachers, const char *proc,
                  guint *ret_n)
{
  pid_t found[FORMAT_ATTACHERS];
  guint n = 0, kept = 0;

  *ret_n = 0;
  if (self->header.pid_namespace != native_pid_namespace (proc))
    return NULL;
  for (guint i = 0; i < FORMAT_ATTACHERS; i++)
    if (attachers[i].pid != 0 && attachers[i].pid <= G_MAXINT && attachers[i].start_time != 0
        && !process_is_gone (proc, attachers[i].pid, attachers[i].start_time))
      found[n++] = attachers[i].pid;
  qsort (found, n, sizeof *found, compare_pids);
  for (guint i = 0; i < n; i++)
    if (i == 0 || found[i] != found[i - 1])
      found[kept++] = found[i];
  *ret_n = kept;
  return g_memdup2 (found, kept * sizeof *found);
}
