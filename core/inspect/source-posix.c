/* source-posix.c - objects in the shared memory directory that nobody describes. */
#include "source-posix.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "attachment-posix.h"
#include "inspect-error.h"
#include "type-expression.h"

typedef struct source_posix SourcePosix;

struct source_posix
{
  Source base;
  ShmDirectory *directory;
  TypeStore *types;
};

static guint
count_entries (SourcePosix *self, const char *id)
{
  g_autofree char *expression = type_store_get (self->types, id);
  g_autoptr (GPtrArray) items = NULL;

  if (expression == NULL)
    return 1;
  items = type_expression_parse (expression, NULL);
  return items == NULL ? 1 : items->len;
}

static SegmentInfo *
describe (SourcePosix *self, const char *file, const struct stat *status,
          ProcessTable *processes)
{
  SegmentInfo values = { .kind = "posix" };
  SegmentInfo *info;
  const pid_t *mappers;
  guint n_mappers;
  pid_t own = getpid ();

  shm_object_describe (self->directory, file, status, &values);
  if (faccessat (self->directory->fd, file, R_OK, AT_EACCESS) < 0)
    {
      values.state = SEGMENT_FORBIDDEN;
      values.reason = shm_object_refusal (self->directory, file, -errno);
    }
  else
    values.n_entries = count_entries (self, values.id);
  mappers = process_table_find (processes, status->st_ino, &n_mappers);
  values.pids = g_new (pid_t, n_mappers);
  for (guint i = 0; i < n_mappers; i++)
    if (mappers[i] != own)
      values.pids[values.n_pids++] = mappers[i];
  info = segment_info_new (&values);
  shm_object_clear (&values);
  return info;
}

/* What the record of a Python program consists of (core/python/record.md) is shown as that
 * program, not as objects of their own. */
static gboolean
is_of_record (const char *file)
{
  if (g_str_has_prefix (file, "sem."))
    file += strlen ("sem.");
  if (!g_str_has_prefix (file, "shmlens-"))
    return FALSE;
  file += strlen ("shmlens-");
  return g_str_has_prefix (file, "record-") || g_ascii_isdigit (*file);
}

static GPtrArray *
posix_list (Source *base, ProcessTable *processes)
{
  SourcePosix *self = (SourcePosix *) base;
  GPtrArray *segments = g_ptr_array_new_with_free_func ((GDestroyNotify) segment_info_unref);
  g_autoptr (GPtrArray) names = shm_directory_names (self->directory);

  for (guint i = 0; names != NULL && i < names->len; i++)
    {
      struct stat status;

      if (!is_of_record (names->pdata[i]) && shm_object_stat (self->directory, names->pdata[i], &status) == 0)
        g_ptr_array_add (segments, describe (self, names->pdata[i], &status, processes));
    }
  return segments;
}

static Attachment *
posix_open (Source *base, const char *id, GError **error)
{
  SourcePosix *self = (SourcePosix *) base;
  g_autofree char *file = shm_object_file (self->directory, id);
  struct stat status;
  int fd;

  if (file == NULL)
    return NULL;
  fd = shm_object_open (self->directory, file, &status);
  if (fd == -ENOENT)
    return NULL;
  if (fd < 0)
    {
      g_autofree char *sentence = shm_object_refusal (self->directory, file, fd);

      g_set_error_literal (error, INSPECT_ERROR, INSPECT_ERROR_PERMISSION, sentence);
      return NULL;
    }
  return attachment_posix_new (self->directory, self->types, file, fd, &status);
}

static void
posix_finalize (Source *base)
{
  SourcePosix *self = (SourcePosix *) base;

  shm_directory_unref (self->directory);
  type_store_unref (self->types);
  g_free (self);
}

static const SourceClass posix_source_class = {
  .kind = "posix",
  .list = posix_list,
  .open = posix_open,
  .finalize = posix_finalize,
};

Source *
source_posix_new (ShmDirectory *directory, TypeStore *types)
{
  SourcePosix *self = g_new0 (SourcePosix, 1);

  self->base.class = &posix_source_class;
  self->directory = shm_directory_ref (directory);
  self->types = type_store_ref (types);
  return &self->base;
}
