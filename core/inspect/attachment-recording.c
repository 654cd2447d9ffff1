/* attachment-recording.c - a recording as a segment. */
#include "attachment-recording.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <sys/stat.h>

/* How often a recording that is still written is looked at again. */
#define REFRESH_US 500000

typedef struct recording_attachment RecordingAttachment;

struct recording_attachment
{
  Attachment base;
  RecordingFile *file;
  char *path;
  gint64 time_us;       /* atomic */
  gint64 refreshed_us;  /* atomic */
};

static gboolean
recording_refresh (Attachment *base)
{
  RecordingAttachment *self = (RecordingAttachment *) base;
  gint64 now = g_get_monotonic_time ();
  gint64 before = __atomic_load_n (&self->refreshed_us, __ATOMIC_RELAXED);

  if (now - before >= REFRESH_US
      && __atomic_compare_exchange_n (&self->refreshed_us, &before, now, FALSE, __ATOMIC_RELAXED,
                                      __ATOMIC_RELAXED))
    recording_file_refresh (self->file);
  return FALSE;
}

static int
recording_read (Attachment *base, EntryInfo *entry, guint64 first, guint64 last,
                void *ret_elements)
{
  RecordingAttachment *self = (RecordingAttachment *) base;

  return recording_file_read (self->file, entry->id, attachment_recording_get_time (base), first,
                              last, ret_elements);
}

static int
recording_describe_lock (Attachment *base, EntryInfo *entry, LockInfo *ret_info)
{
  RecordingAttachment *self = (RecordingAttachment *) base;
  int result = recording_file_read_lock (self->file, entry->id,
                                         attachment_recording_get_time (base), ret_info);

  if (result < 0)
    *ret_info = (LockInfo){ .kind = entry->lock_kind, .state = SHMLENS_LOCK_UNKNOWN,
                            .waiters = -1 };
  return 0;
}

static int
recording_writes (Attachment *base, EntryInfo *entry, guint64 *ret_writes)
{
  return recording_file_read_writes (((RecordingAttachment *) base)->file, entry->id,
                                     attachment_recording_get_time (base), ret_writes);
}

static void
recording_finalize (Attachment *base)
{
  RecordingAttachment *self = (RecordingAttachment *) base;

  recording_file_close (self->file);
  g_free (self->path);
}

static const AttachmentClass recording_class = {
  .refresh = recording_refresh,
  .read = recording_read,
  .writes = recording_writes,
  .describe_lock = recording_describe_lock,
  .finalize = recording_finalize,
};

static SegmentInfo *
describe (const char *path, RecordingFile *file)
{
  const struct recording_head *head = recording_file_head (file);
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  g_autofree char *shown = g_filename_display_name (absolute);
  g_autofree char *id = g_strconcat ("file:", shown, NULL);
  g_autofree char *base = g_path_get_basename (shown);
  /* Translators: the name of what was recorded. */
  g_autofree char *title = g_strdup_printf (_("%s (recording)"),
                                            *head->title != '\0' ? head->title : head->name);
  struct stat status = { 0 };
  SegmentInfo values = { .id = id, .name = base, .title = title, .kind = "recording" };

  if (stat (path, &status) == 0)
    {
      values.size = (guint64) status.st_size;
      values.device = status.st_dev;
      values.inode = status.st_ino;
      values.owner = status.st_uid;
      values.mode = status.st_mode;
    }
  values.n_entries = recording_file_entries (file)->len;
  return segment_info_new (&values);
}

Attachment *
attachment_recording_new (const char *path, GError **error)
{
  RecordingFile *file = recording_file_open (path, error);
  RecordingAttachment *self;
  g_autoptr (SegmentInfo) info = NULL;
  g_autoptr (GPtrArray) entries
    = g_ptr_array_new_with_free_func ((GDestroyNotify) entry_info_unref);
  GPtrArray *recorded;

  if (file == NULL)
    return NULL;
  info = describe (path, file);
  self = g_new0 (RecordingAttachment, 1);
  attachment_init (&self->base, &recording_class, info);
  self->file = file;
  self->path = g_strdup (path);
  self->time_us = recording_file_end (file);
  recorded = recording_file_entries (file);
  for (guint i = 0; i < recorded->len; i++)
    g_ptr_array_add (entries, entry_info_ref (((RecordedEntry *) recorded->pdata[i])->info));
  attachment_update (&self->base, NULL, entries);
  return &self->base;
}

gboolean
attachment_is_recording (Attachment *attachment)
{
  return attachment->class == &recording_class;
}

const char *
attachment_recording_get_path (Attachment *attachment)
{
  return ((RecordingAttachment *) attachment)->path;
}

RecordingFile *
attachment_recording_get_file (Attachment *attachment)
{
  return ((RecordingAttachment *) attachment)->file;
}

void
attachment_recording_set_time (Attachment *attachment, gint64 time_us)
{
  RecordingAttachment *self = (RecordingAttachment *) attachment;
  gint64 start_us = recording_file_head (self->file)->start_us;
  gint64 end_us = recording_file_end (self->file);

  __atomic_store_n (&self->time_us, CLAMP (time_us, start_us, end_us), __ATOMIC_RELAXED);
}

gint64
attachment_recording_get_time (Attachment *attachment)
{
  return __atomic_load_n (&((RecordingAttachment *) attachment)->time_us, __ATOMIC_RELAXED);
}
