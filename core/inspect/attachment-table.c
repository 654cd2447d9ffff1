/* attachment-table.c - the segments that are open. */
#include "attachment-table.h"

#include "attachment-recording.h"

struct attachment_table
{
  gint references;         /* atomic */
  pthread_mutex_t mutex;   /* around what follows */
  pthread_cond_t opened;
  GHashTable *open;        /* id -> Attachment, without a reference */
  GHashTable *opening;     /* of ids that one is opening now; others wait for it */
};

AttachmentTable *
attachment_table_new (void)
{
  AttachmentTable *self = g_new0 (AttachmentTable, 1);

  self->references = 1;
  pthread_mutex_init (&self->mutex, NULL);
  pthread_cond_init (&self->opened, NULL);
  self->open = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->opening = g_hash_table_new (g_str_hash, g_str_equal);
  return self;
}

AttachmentTable *
attachment_table_ref (AttachmentTable *self)
{
  g_atomic_int_inc (&self->references);
  return self;
}

void
attachment_table_unref (AttachmentTable *self)
{
  if (self == NULL || !g_atomic_int_dec_and_test (&self->references))
    return;
  g_hash_table_unref (self->open);
  g_hash_table_unref (self->opening);
  pthread_cond_destroy (&self->opened);
  pthread_mutex_destroy (&self->mutex);
  g_free (self);
}

/* Under the mutex, which its last user needs to free it. FALSE: that is happening now. */
static gboolean
try_ref (Attachment *attachment)
{
  gint n;

  do
    {
      n = g_atomic_int_get (&attachment->references);
      if (n == 0)
        return FALSE;
    }
  while (!g_atomic_int_compare_and_exchange (&attachment->references, n, n + 1));
  return TRUE;
}

static Attachment *
find (AttachmentTable *self, const char *id)
{
  Attachment *attachment;

  pthread_mutex_lock (&self->mutex);
  attachment = g_hash_table_lookup (self->open, id);
  if (attachment != NULL && !try_ref (attachment))
    attachment = NULL;
  pthread_mutex_unlock (&self->mutex);
  return attachment;
}

/* With a reference; NULL: none, or one that is no longer what has this id. */
static Attachment *
find_live (AttachmentTable *self, const char *id)
{
  Attachment *attachment = find (self, id);
  g_autoptr (SegmentInfo) info = NULL;

  if (attachment == NULL)
    return NULL;
  attachment_refresh (attachment);
  info = attachment_get_info (attachment);
  if (info->state != SEGMENT_LIVE)
    g_clear_pointer (&attachment, attachment_unref);
  return attachment;
}

/* Nobody else knows it yet. */
static void
add (AttachmentTable *self, const char *id, Attachment *attachment)
{
  if (attachment_is_recording (attachment))
    return;
  attachment->table = attachment_table_ref (self);
  pthread_mutex_lock (&self->mutex);
  g_hash_table_replace (self->open, g_strdup (id), attachment);
  pthread_mutex_unlock (&self->mutex);
}

Attachment *
attachment_table_open (AttachmentTable *self, const char *id, AttachmentOpen open,
                       gpointer user_data, GError **error)
{
  Attachment *attachment;

  pthread_mutex_lock (&self->mutex);
  while (g_hash_table_contains (self->opening, id))
    pthread_cond_wait (&self->opened, &self->mutex);
  g_hash_table_add (self->opening, (gpointer) id);
  pthread_mutex_unlock (&self->mutex);

  attachment = find_live (self, id);
  if (attachment == NULL)
    {
      attachment = open (id, user_data, error);
      if (attachment != NULL)
        add (self, id, attachment);
    }

  pthread_mutex_lock (&self->mutex);
  g_hash_table_remove (self->opening, id);
  pthread_cond_broadcast (&self->opened);
  pthread_mutex_unlock (&self->mutex);
  return attachment;
}

static gboolean
is_attachment (gpointer id, gpointer attachment, gpointer other)
{
  return attachment == other;
}

void
attachment_table_forget (AttachmentTable *self, Attachment *attachment)
{
  pthread_mutex_lock (&self->mutex);
  g_hash_table_foreach_remove (self->open, is_attachment, attachment);
  pthread_mutex_unlock (&self->mutex);
}
