/* source-recording.c - recordings as segments: "file:/path", or a path that is there. */
#include "source-recording.h"

#include <string.h>

#include "attachment-recording.h"

/* Of files that people made with record. */
#define SUFFIX ".shmrec"

static GPtrArray *
recording_list (Source *self, ProcessTable *processes)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) segment_info_unref);
}

/* The path that is meant; NULL: none. */
static char *
path_of (const char *id)
{
  if (g_str_has_prefix (id, "file://"))
    return g_filename_from_uri (id, NULL, NULL);
  if (g_str_has_prefix (id, "file:"))
    return g_strdup (id + strlen ("file:"));
  if (g_str_has_prefix (id, "shm:"))
    id += strlen ("shm:");
  /* A name without a directory was completed to that of an object of shared memory. */
  if (g_str_has_suffix (id, SUFFIX) && id[0] == '/' && strchr (id + 1, '/') == NULL
      && !g_file_test (id, G_FILE_TEST_EXISTS))
    id++;
  if (g_str_has_suffix (id, SUFFIX) || (id[0] != '\0' && strchr (id + 1, '/') != NULL))
    return g_file_test (id, G_FILE_TEST_IS_REGULAR) ? g_strdup (id) : NULL;
  return NULL;
}

static Attachment *
recording_open (Source *self, const char *id, GError **error)
{
  g_autofree char *path = *id != '\0' ? path_of (id) : NULL;

  return path != NULL ? attachment_recording_new (path, error) : NULL;
}

static void
recording_finalize (Source *self)
{
  g_free (self);
}

static const SourceClass recording_source_class = {
  .kind = "recording",
  .list = recording_list,
  .open = recording_open,
  .finalize = recording_finalize,
};

Source *
source_recording_new (void)
{
  Source *self = g_new0 (Source, 1);

  self->class = &recording_source_class;
  return self;
}
