/* watch-source.c - a segment that rows of the watch list mean. */
#include "watch-source.h"

#include <glib/gi18n.h>

#include "watch-list.h"

struct watch_source
{
  gint references;           /* one of the owner, one of each opening that is under way */
  Session *session;
  Sampler *sampler;
  char *key, *title;
  WatchSourceChanged changed;
  gpointer user_data;

  Attachment *attachment;
  char *reason;
  Watch *watch;              /* of the segment, while it is active */
  gboolean active;

  GCancellable *opening;
  char *id;                  /* of the one that is open, being opened, or could not be; NULL */
  guint64 device, inode;
};

static void
unref (WatchSource *self)
{
  if (--self->references > 0)
    return;
  g_object_unref (self->session);
  g_free (self->key);
  g_free (self->title);
  g_free (self->reason);
  g_free (self->id);
  g_free (self);
}

static void
on_segment (Attachment *attachment, gpointer user_data)
{
  WatchSource *self = user_data;

  self->changed (self, self->user_data);
}

static void
follow (WatchSource *self)
{
  gboolean wanted = self->active && self->attachment != NULL;

  if (wanted && self->watch == NULL)
    self->watch = sampler_watch_segment (self->sampler, self->attachment, on_segment, self);
  else if (!wanted && self->watch != NULL)
    {
      sampler_unwatch (self->sampler, self->watch);
      self->watch = NULL;
    }
}

/* Takes both over. */
static void
set_attachment (WatchSource *self, Attachment *attachment, char *reason)
{
  Attachment *old = self->attachment;

  self->attachment = NULL;
  follow (self);
  self->attachment = attachment;
  g_free (self->reason);
  self->reason = reason;
  follow (self);
  self->changed (self, self->user_data);
  if (old != NULL)
    attachment_unref (old);
}

static void
on_opened (GObject *session, GAsyncResult *result, gpointer user_data)
{
  WatchSource *self = user_data;
  g_autoptr (GError) error = NULL;
  Attachment *attachment = session_open_finish (SHMLENS_SESSION (session), result, &error);

  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_clear_object (&self->opening);
      /* It is tried again when the list is another. */
      if (attachment == NULL)
        g_clear_pointer (&self->id, g_free);
      set_attachment (self, attachment, error != NULL ? g_strdup (error->message) : NULL);
    }
  unref (self);
}

static void
cancel (WatchSource *self)
{
  g_cancellable_cancel (self->opening);
  g_clear_object (&self->opening);
}

static char *
missing_text (WatchSource *self)
{
  return g_strdup_printf (_("“%s” is not there now. It is shown again as soon as it is back."),
                          self->title);
}

WatchSource *
watch_source_new (Session *session, Sampler *sampler, const char *key, const char *title,
                  WatchSourceChanged changed, gpointer user_data)
{
  WatchSource *self = g_new0 (WatchSource, 1);

  self->references = 1;
  self->session = g_object_ref (session);
  self->sampler = sampler;
  self->key = g_strdup (key);
  self->title = g_strdup (title);
  self->changed = changed;
  self->user_data = user_data;
  self->reason = missing_text (self);
  return self;
}

void
watch_source_free (WatchSource *self)
{
  if (self == NULL)
    return;
  cancel (self);
  self->active = FALSE;
  follow (self);
  g_clear_pointer (&self->attachment, attachment_unref);
  unref (self);
}

const char *
watch_source_get_key (WatchSource *self)
{
  return self->key;
}

Attachment *
watch_source_get_attachment (WatchSource *self)
{
  return self->attachment;
}

const char *
watch_source_get_reason (WatchSource *self)
{
  return self->reason;
}

static gboolean
is_same (WatchSource *self, const SegmentInfo *info)
{
  return self->id != NULL && g_str_equal (self->id, info->id) && self->device == info->device
         && self->inode == info->inode;
}

static SegmentItem *
find_best (WatchSource *self, SegmentList *segments)
{
  g_autoptr (SegmentItem) best = NULL;
  guint fit = 0;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (segments)); i++)
    {
      g_autoptr (SegmentItem) item = g_list_model_get_item (G_LIST_MODEL (segments), i);
      const SegmentInfo *info = segment_item_get_info (item);
      guint other = watch_list_fit (self->key, info);

      /* Of equal ones the one that is open stays. */
      if (other > fit || (other > 0 && other == fit && is_same (self, info)))
        {
          fit = other;
          g_set_object (&best, item);
        }
    }
  return g_steal_pointer (&best);
}

void
watch_source_look (WatchSource *self, SegmentList *segments)
{
  g_autoptr (SegmentItem) item = find_best (self, segments);
  const SegmentInfo *info = item != NULL ? segment_item_get_info (item) : NULL;

  if (info == NULL || (info->state == SEGMENT_FORBIDDEN && self->attachment == NULL))
    {
      g_autofree char *reason = info != NULL ? g_strdup (info->reason) : missing_text (self);

      cancel (self);
      g_clear_pointer (&self->id, g_free);
      /* What is open says by itself what has become of it. */
      if (self->attachment == NULL && g_strcmp0 (reason, self->reason) != 0)
        set_attachment (self, NULL, g_steal_pointer (&reason));
      return;
    }
  if (is_same (self, info))
    return;
  cancel (self);
  g_free (self->id);
  self->id = g_strdup (info->id);
  self->device = info->device;
  self->inode = info->inode;
  self->opening = g_cancellable_new ();
  self->references++;
  session_open (self->session, info->id, self->opening, on_opened, self);
}

void
watch_source_set_active (WatchSource *self, gboolean active)
{
  self->active = active;
  follow (self);
}
