/* attachment-native.c - a segment of ours, opened as a guest.
 *
 * What it looks like is here; reading beside its programs and writing among them
 * is in attachment-native-read.c and attachment-native-edit.c.
 */
#include "attachment-native.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "inspect-error.h"
#include "memory.h"
#include "attachment-native-private.h"
#include "native-entries.h"

/* Whether an attacher still lives is asked so often even if the table stays. */
#define LIVENESS_US (G_USEC_PER_SEC)

NativeView *
native_attachment_view (NativeAttachment *self)
{
  NativeView *view;

  pthread_mutex_lock (&self->base.mutex);
  view = native_view_ref (self->view);
  pthread_mutex_unlock (&self->base.mutex);
  return view;
}

static void
set_view (NativeAttachment *self, NativeView *view)
{
  NativeView *old;

  pthread_mutex_lock (&self->base.mutex);
  old = self->view;
  self->view = native_view_ref (view);
  pthread_mutex_unlock (&self->base.mutex);
  native_view_unref (old);
}

/* Why nothing in it may be edited; NULL. */
static char *
refusal (NativeAttachment *self, NativeView *view)
{
  struct format_error error;

  if (format_check_writable (&view->header, &error) < 0)
    return g_strdup_printf (_("%s; use a newer shmlens, on the same kind of machine"),
                            error.text);
  if (!self->writable)
    return shm_object_read_only (self->directory, self->file, self->fd);
  return NULL;
}

/* The entries of a view; those that live on since the last one are taken over. */
static GPtrArray *
make_entries (NativeAttachment *self, NativeView *view, GPtrArray *old)
{
  g_autofree char *all = refusal (self, view);
  const char *unlocked = NULL;

  if (!self->same_namespace)
    unlocked = _("its lock cannot be taken from here: its programs run in another PID namespace"
                 " (a container); run shmlens there, or ask for an unlocked edit");
  return native_entries (view, old, all, unlocked);
}

/* Who has it attached, asked again when the table differs or now and then. */
static void
look_at_attachers (NativeAttachment *self, NativeView *view)
{
  struct format_attacher attachers[FORMAT_ATTACHERS];
  gint64 now = g_get_monotonic_time ();

  if (native_view_attachers (view, attachers) < 0
      || (self->attachers != NULL && now - self->attachers_us < LIVENESS_US
          && memcmp (attachers, self->attachers, sizeof attachers) == 0))
    return;
  if (self->attachers == NULL)
    self->attachers = g_malloc (sizeof attachers);
  memcpy (self->attachers, attachers, sizeof attachers);
  self->attachers_us = now;
  g_free (self->pids);
  self->pids = native_view_live (view, attachers, self->directory->proc, &self->n_pids);
}

static gboolean
header_differs (NativeView *view, guint64 file_length)
{
  const struct format_header *shared = (gconstpointer) view->base;
  guint64 magic, size;
  guint32 generation;

  return view->mapped != file_length
         || memory_load (&shared->magic, sizeof magic, &magic) < 0
         || memory_load (&shared->size, sizeof size, &size) < 0
         || memory_load (&shared->generation, sizeof generation, &generation) < 0
         || memcmp (&magic, view->header.magic, sizeof magic) != 0 || size != view->header.size
         || generation != view->header.generation;
}

/* Maps it anew when the header says that something else is in it, or the file that it
 * is of another length. */
static enum segment_state
look_at_content (NativeAttachment *self, const struct stat *status, GPtrArray **ret_entries,
                 char **ret_reason)
{
  g_autoptr (NativeView) old = native_attachment_view (self);
  g_autoptr (NativeView) view = NULL;
  struct format_error error;
  int result;

  if ((guint64) status->st_size < old->header.size)
    {
      *ret_reason = g_strdup_printf (
        _("%s became shorter: its file has %" PRIu64 " bytes, its programs count on %" PRIu64
          "; they will fail too: start them again"),
        self->id, (guint64) status->st_size, old->header.size);
      return SEGMENT_SHRUNK;
    }
  if (!header_differs (old, status->st_size))
    return SEGMENT_LIVE;
  result = native_view_new (self->fd, FALSE, &view, &error);
  if (result < 0)
    {
      *ret_reason = native_corruption (self->id, result, &error);
      return SEGMENT_CORRUPT;
    }
  if (view->header.generation != old->header.generation
      || view->header.slot_count != old->header.slot_count)
    {
      g_autoptr (GPtrArray) entries = attachment_get_entries (&self->base, NULL);

      *ret_entries = make_entries (self, view, entries);
    }
  set_view (self, view);
  return SEGMENT_LIVE;
}

char *
native_corruption (const char *id, int code, const struct format_error *error)
{
  if (code == -EPROTONOSUPPORT)
    return g_strdup_printf (_("%s cannot be read: %s; use another version of shmlens"), id,
                            error->text);
  if (code == -EBADMSG)
    return g_strdup_printf (_("%s is corrupt: %s; remove it and start its programs again"), id,
                            error->text);
  return g_strdup_printf (_("%s cannot be mapped: %s"), id, g_strerror (-code));
}

static gboolean
pids_differ (const SegmentInfo *info, const pid_t *pids, guint n)
{
  return info->n_pids != n || (n > 0 && memcmp (info->pids, pids, n * sizeof *pids) != 0);
}

/* Whether somebody changed what this process may do with it. The mode is in the reasons too. */
static gboolean
rights_differ (NativeAttachment *self, const SegmentInfo *info, const struct stat *status)
{
  if (info->owner == status->st_uid && info->mode == (status->st_mode & 07777))
    return FALSE;
  self->writable = shm_object_may_write (self->fd);
  return TRUE;
}

static gboolean
look_again (NativeAttachment *self)
{
  Attachment *base = &self->base;
  g_autoptr (SegmentInfo) info = attachment_get_info (base);
  g_autoptr (SegmentInfo) new_info = NULL;
  g_autoptr (NativeView) view = NULL;
  g_autoptr (GPtrArray) entries = NULL;
  g_autofree char *reason = NULL;
  enum segment_state state;
  SegmentInfo values;
  struct stat status;

  if (fstat (self->fd, &status) < 0)
    return FALSE;
  state = look_at_content (self, &status, &entries, &reason);
  if (state == SEGMENT_LIVE)
    state = shm_object_state (self->directory, self->file, &status, &reason);
  view = native_attachment_view (self);
  if (state != SEGMENT_SHRUNK && state != SEGMENT_CORRUPT && rights_differ (self, info, &status))
    {
      g_clear_pointer (&entries, g_ptr_array_unref);
      entries = make_entries (self, view, NULL);
    }
  look_at_attachers (self, view);

  if (entries == NULL && info->state == state && info->size == (guint64) status.st_size
      && g_strcmp0 (info->reason, reason) == 0 && !pids_differ (info, self->pids, self->n_pids))
    return FALSE;
  values = *info;
  values.state = state;
  values.reason = reason;
  values.size = status.st_size;
  values.owner = status.st_uid;
  values.mode = status.st_mode & 07777;
  values.writable = self->writable;
  values.pids = self->pids;
  values.n_pids = self->n_pids;
  if (entries != NULL)
    values.n_entries = entries->len;
  new_info = segment_info_new (&values);
  return attachment_update (base, new_info, entries);
}

static gboolean
native_refresh (Attachment *base)
{
  NativeAttachment *self = (NativeAttachment *) base;
  gboolean differs;

  pthread_mutex_lock (&self->refreshing);
  differs = look_again (self);
  pthread_mutex_unlock (&self->refreshing);
  return differs;
}

static void
native_finalize (Attachment *base)
{
  NativeAttachment *self = (NativeAttachment *) base;

  native_view_unref (self->view);
  shm_directory_unref (self->directory);
  if (self->fd >= 0)
    close (self->fd);
  if (self->write_fd >= 0)
    close (self->write_fd);
  g_free (self->file);
  g_free (self->id);
  g_free (self->attachers);
  g_free (self->pids);
  pthread_mutex_destroy (&self->refreshing);
}

static const AttachmentClass native_class = {
  .refresh = native_refresh,
  .read = native_read,
  .writes = native_writes,
  .describe_lock = native_describe_lock,
  .lock = native_lock,
  .unlock = native_unlock,
  .release_dead = native_release_dead,
  .store = native_store,
  .store_parts = native_store_parts,
  .finalize = native_finalize,
};

void
native_describe (NativeView *view, SegmentInfo *values)
{
  if (view->header.program[0] != '\0')
    {
      g_free (values->title);
      values->title = g_strdup (view->header.program);
    }
  if (view->header.logical_name[0] != '\0')
    values->logical_name = g_strdup (view->header.logical_name);
}

Attachment *
attachment_native_new (ShmDirectory *directory, const char *file, int fd,
                       const struct stat *status, GError **error)
{
  g_autoptr (SegmentInfo) info = NULL, full_info = NULL;
  g_autoptr (NativeView) view = NULL;
  g_autoptr (GPtrArray) entries = NULL;
  SegmentInfo values = { .kind = "native" };
  NativeAttachment *self;
  struct format_error format_error;
  int result;

  shm_object_describe (directory, file, status, &values);
  result = native_view_new (fd, FALSE, &view, &format_error);
  if (result < 0)
    {
      g_autofree char *sentence = native_corruption (values.id, result, &format_error);

      g_set_error_literal (error, INSPECT_ERROR, INSPECT_ERROR_CORRUPT, sentence);
      shm_object_clear (&values);
      close (fd);
      return NULL;
    }
  native_describe (view, &values);
  info = segment_info_new (&values);
  shm_object_clear (&values);

  self = g_new0 (NativeAttachment, 1);
  attachment_init (&self->base, &native_class, info);
  pthread_mutex_init (&self->refreshing, NULL);
  self->directory = shm_directory_ref (directory);
  self->file = g_strdup (file);
  self->fd = fd;
  self->write_fd = -1;
  self->id = g_strdup (info->id);
  self->writable = info->writable;
  self->same_namespace = view->header.pid_namespace == native_pid_namespace (directory->proc);
  self->view = g_steal_pointer (&view);
  entries = make_entries (self, self->view, NULL);
  look_at_attachers (self, self->view);
  values = *info;
  values.n_entries = entries->len;
  values.pids = self->pids;
  values.n_pids = self->n_pids;
  full_info = segment_info_new (&values);
  attachment_update (&self->base, full_info, entries);
  return &self->base;
}
