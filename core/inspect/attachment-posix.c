/* attachment-posix.c - an object that nobody describes.
 *
 * It is read by pread: that cannot fault, and does not give memory to the holes of a
 * sparse file as reading through a mapping would. Only a single element, which shall be
 * read as one, is mapped for a moment.
 */
#include "attachment-posix.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "inspect-error.h"
#include "memory.h"
#include "shareable-list.h"
#include "type-expression.h"

/* A longer object is not taken for a ShareableList. */
#define LIST_BYTES_MAX (1u << 20)
#define LIST_ID G_MAXUINT32

typedef struct posix_attachment PosixAttachment;

struct posix_attachment
{
  Attachment base;
  ShmDirectory *directory;
  TypeStore *types;
  char *file;
  char *id;
  int fd;

  pthread_mutex_t refreshing;        /* what follows is used under it */
  gboolean writable;        /* the kernel would allow it */
  int write_fd;             /* -1 until the first edit */
  guint64 largest;          /* it has been */
  guint types_generation;
};

static void
add_entry (PosixAttachment *self, GPtrArray *entries, const TypeItem *item, guint64 size)
{
  EntryInfo values = {
    .id = entries->len,
    .name = item->name,
    .type = item->type,
    .dimensions = item->dimensions,
    .offset = item->offset,
    .editable = self->writable,
    .reason = (char *) _("nobody told shmlens which lock guards these bytes, so an edit can fall"
                         " into the middle of what a program does; ask for an unlocked edit"),
  };
  g_autofree char *reason = NULL;
  guint64 stride = item->type.size;

  values.length = type_item_resolve (item, size, values.shape);
  for (guint d = item->dimensions; d-- > 0;)
    {
      values.strides[d] = stride;
      stride *= values.shape[d];
    }
  if (item->offset > size || values.length > (size - item->offset) / item->type.size)
    {
      reason = g_strdup_printf (_("it reaches beyond the object's %" PRIu64
                                  " bytes; give another type or offset"),
                                size);
      values.editable = FALSE;
      values.reason = reason;
    }
  else if (!values.editable)
    {
      reason = shm_object_read_only (self->directory, self->file, self->fd);
      values.reason = reason;
    }
  g_ptr_array_add (entries, entry_info_new (&values));
}

/* Python's ShareableList says itself what is in it. Only the layout is taken from here: each
 * element is read and written at its place like any field. */
static void
add_list (PosixAttachment *self, GPtrArray *entries, guint64 size)
{
  g_autofree guint8 *bytes = size > 0 && size <= LIST_BYTES_MAX ? g_try_malloc (size) : NULL;
  EntryInfo values = { 0 };

  if (bytes == NULL || pread (self->fd, bytes, size, 0) != (gssize) size
      || !shareable_list_describe (bytes, size, &values))
    return;
  g_free (values.reason);
  values.reason = g_strdup (self->writable
                              ? _("a ShareableList has no lock, so an edit can fall between a read"
                                  " and a write of its program; ask for an unlocked edit")
                              : _("it may not be written by this user"));
  values.editable = self->writable;
  values.id = LIST_ID;
  values.name = g_strdup ("list");
  values.ctype = g_strdup ("ShareableList");
  g_ptr_array_add (entries, entry_info_new (&values));
  entry_info_clear (&values);
}

static GPtrArray *
make_entries (PosixAttachment *self, guint64 size)
{
  GPtrArray *entries = g_ptr_array_new_with_free_func ((GDestroyNotify) entry_info_unref);
  g_autofree char *expression = type_store_get (self->types, self->id);
  g_autoptr (GPtrArray) items = NULL;

  if (expression != NULL)
    items = type_expression_parse (expression, NULL);
  if (items == NULL)
    items = type_expression_parse ("bytes: B[]", NULL);
  for (guint i = 0; i < items->len; i++)
    add_entry (self, entries, items->pdata[i], size);
  if (expression == NULL)
    add_list (self, entries, size);
  return entries;
}

static gboolean
look_again (PosixAttachment *self)
{
  Attachment *base = &self->base;
  g_autoptr (SegmentInfo) info = attachment_get_info (base);
  g_autoptr (SegmentInfo) new_info = NULL;
  g_autoptr (GPtrArray) entries = NULL;
  g_autofree char *reason = NULL;
  enum segment_state state = SEGMENT_LIVE;
  guint generation = type_store_generation (self->types);
  SegmentInfo values = *info;
  gboolean rights_differ;
  struct stat status;
  guint64 size;

  if (fstat (self->fd, &status) < 0)
    return FALSE;
  size = status.st_size;
  if (size < self->largest)
    {
      state = SEGMENT_SHRUNK;
      reason = g_strdup_printf (_("%s became shorter: it has %" PRIu64 " bytes, and had %" PRIu64
                                  "; open it again to see it as it is"),
                                info->id, size, self->largest);
    }
  else
    state = shm_object_state (self->directory, self->file, &status, &reason);
  rights_differ = info->owner != status.st_uid || info->mode != (status.st_mode & 07777);
  if (rights_differ)
    self->writable = shm_object_may_write (self->fd);
  if (rights_differ || size > self->largest || generation != self->types_generation)
    {
      self->largest = MAX (self->largest, size);
      self->types_generation = generation;
      entries = make_entries (self, self->largest);
      values.n_entries = entries->len;
    }
  if (entries == NULL && info->state == state && info->size == size
      && g_strcmp0 (info->reason, reason) == 0)
    return FALSE;
  values.state = state;
  values.reason = reason;
  values.size = size;
  values.owner = status.st_uid;
  values.mode = status.st_mode & 07777;
  values.writable = self->writable;
  new_info = segment_info_new (&values);
  return attachment_update (base, new_info, entries);
}

static gboolean
posix_refresh (Attachment *base)
{
  PosixAttachment *self = (PosixAttachment *) base;
  gboolean differs;

  pthread_mutex_lock (&self->refreshing);
  differs = look_again (self);
  pthread_mutex_unlock (&self->refreshing);
  return differs;
}

/* The pages around some bytes, mapped for a moment. NULL with errno. */
static guint8 *
map_around (int fd, int protection, guint64 offset, guint64 length, guint64 *ret_inside)
{
  guint64 page = sysconf (_SC_PAGESIZE);
  void *base;

  *ret_inside = offset % page;
  base = mmap (NULL, *ret_inside + length, protection, MAP_SHARED, fd, offset - *ret_inside);
  return base == MAP_FAILED ? NULL : base;
}

/* Whether the object has these bytes. The rest of its last page can be mapped too,
 * but is not part of it. */
static gboolean
has_bytes (int fd, guint64 offset, guint64 length)
{
  struct stat status;

  return fstat (fd, &status) == 0 && offset <= (guint64) status.st_size
         && length <= (guint64) status.st_size - offset;
}

/* One element that can be loaded as one. */
static int
read_word (PosixAttachment *self, guint64 offset, guint64 size, void *ret_word)
{
  guint64 inside;
  guint8 *base;
  int result;

  if (!has_bytes (self->fd, offset, size))
    return -EFAULT;
  base = map_around (self->fd, PROT_READ, offset, size, &inside);
  if (base == NULL)
    return -EFAULT;
  result = memory_load (base + inside, size, ret_word);
  munmap (base, inside + size);
  return result < 0 ? result : SHMLENS_CONSISTENCY_ATOMIC;
}

static int
posix_read (Attachment *base, EntryInfo *entry, guint64 first, guint64 last, void *ret_elements)
{
  PosixAttachment *self = (PosixAttachment *) base;
  guint64 size = entry->type.size;
  guint64 offset = entry->offset + first * size;
  guint64 bytes = (last - first) * size, done = 0;

  if (last - first == 1 && size <= 8 && offset % size == 0)
    return read_word (self, offset, size, ret_elements);
  while (done < bytes)
    {
      gssize length = pread (self->fd, (guint8 *) ret_elements + done, bytes - done, offset + done);

      if (length < 0 && errno == EINTR)
        continue;
      if (length <= 0)
        return -EFAULT;
      done += length;
    }
  return SHMLENS_CONSISTENCY_UNLOCKED;
}

static gboolean
posix_store (Attachment *base, EntryInfo *entry, guint64 offset, guint64 length,
             const void *bytes, GError **error)
{
  PosixAttachment *self = (PosixAttachment *) base;
  guint64 inside;
  guint8 *memory;
  int fd;

  if (!entry->editable)
    {
      g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_PERMISSION, "%s: %s", entry->name,
                   entry->reason);
      return FALSE;
    }
  fd = shm_object_open_to_write (self->directory, self->file, self->fd, &self->refreshing,
                                 &self->write_fd, error);
  if (fd < 0)
    return FALSE;
  if (length == 0)
    return TRUE;
  offset += entry->offset;
  memory = has_bytes (fd, offset, length)
             ? map_around (fd, PROT_READ | PROT_WRITE, offset, length, &inside)
             : NULL;
  if (memory != NULL)
    {
      int result = memory_store (memory + inside, bytes, length, entry->type.size);

      munmap (memory, inside + length);
      if (result == 0)
        return TRUE;
    }
  g_set_error (error, INSPECT_ERROR, INSPECT_ERROR_CORRUPT,
               _("%s %s: its memory went away, for the object became shorter; open it again"),
               self->id, entry->name);
  return FALSE;
}

static void
posix_finalize (Attachment *base)
{
  PosixAttachment *self = (PosixAttachment *) base;

  shm_directory_unref (self->directory);
  type_store_unref (self->types);
  close (self->fd);
  if (self->write_fd >= 0)
    close (self->write_fd);
  g_free (self->file);
  g_free (self->id);
  pthread_mutex_destroy (&self->refreshing);
}

static const AttachmentClass posix_class = {
  .refresh = posix_refresh,
  .read = posix_read,
  .store = posix_store,
  .finalize = posix_finalize,
};

Attachment *
attachment_posix_new (ShmDirectory *directory, TypeStore *types, const char *file, int fd,
                      const struct stat *status)
{
  g_autoptr (SegmentInfo) info = NULL, full_info = NULL;
  g_autoptr (GPtrArray) entries = NULL;
  SegmentInfo values = { .kind = "posix" };
  PosixAttachment *self = g_new0 (PosixAttachment, 1);

  shm_object_describe (directory, file, status, &values);
  info = segment_info_new (&values);
  shm_object_clear (&values);
  attachment_init (&self->base, &posix_class, info);
  pthread_mutex_init (&self->refreshing, NULL);
  self->directory = shm_directory_ref (directory);
  self->types = type_store_ref (types);
  self->file = g_strdup (file);
  self->id = g_strdup (info->id);
  self->writable = info->writable;
  self->fd = fd;
  self->write_fd = -1;
  self->largest = status->st_size;
  self->types_generation = type_store_generation (types);
  entries = make_entries (self, self->largest);
  values = *info;
  values.n_entries = entries->len;
  full_info = segment_info_new (&values);
  attachment_update (&self->base, full_info, entries);
  return &self->base;
}
