/* session.c - what a window works with: finding, sampling, editing. */
#include "session.h"

#include "attachment-table.h"

#define LOCK_NOTICE_DEFAULT 5

struct _Session
{
  GObject parent_instance;

  Registry *registry;
  AttachmentTable *attachments;
  Sampler *sampler;
  Editor *editor;
  double lock_timeout, lock_notice;
  guint64 waited_ns;       /* in all */
  guint64 waiting_ns;      /* of the edit that waits now, as far as it is in waited_ns */
  gboolean mark_changes;
  GHashTable *held;        /* names of entries, see held_name() */
};

G_DEFINE_FINAL_TYPE (Session, session, G_TYPE_OBJECT)

enum
{
  PROP_RATE = 1,
  PROP_PAUSED,
  PROP_LOCK_TIMEOUT,
  PROP_LOCK_NOTICE,
  PROP_MARK_CHANGES,
  PROP_UNDO_TEXT,
  PROP_REDO_TEXT,
  PROP_BUSY,
  PROP_HOLDS,
  N_PROPERTIES
};

enum
{
  SIGNAL_TICK,
  SIGNAL_WAITING,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPERTIES];
static guint signals[N_SIGNALS];

static void
on_tick (Sampler *sampler, gint64 time_us, gpointer user_data)
{
  g_signal_emit (user_data, signals[SIGNAL_TICK], 0, time_us);
}

static void
on_waiting (Editor *editor, const Edit *edit, guint64 waited_ns,
            const LockInfo *holder, gpointer user_data)
{
  Session *self = user_data;

  self->waited_ns += waited_ns - (waited_ns >= self->waiting_ns ? self->waiting_ns : 0);
  self->waiting_ns = waited_ns;
  g_signal_emit (user_data, signals[SIGNAL_WAITING], 0, edit, waited_ns, holder);
}

static void
on_editor_changed (Editor *editor, gpointer user_data)
{
  g_object_freeze_notify (user_data);
  g_object_notify_by_pspec (user_data, properties[PROP_UNDO_TEXT]);
  g_object_notify_by_pspec (user_data, properties[PROP_REDO_TEXT]);
  g_object_notify_by_pspec (user_data, properties[PROP_BUSY]);
  g_object_thaw_notify (user_data);
}

Session *
session_new (const struct registry_roots *roots)
{
  Session *self = g_object_new (SESSION_TYPE, NULL);

  self->registry = registry_new (roots);
  return self;
}

Registry *
session_get_registry (Session *self)
{
  return self->registry;
}

Sampler *
session_get_sampler (Session *self)
{
  return self->sampler;
}

Editor *
session_get_editor (Session *self)
{
  return self->editor;
}

guint64
session_get_lock_timeout_ns (Session *self)
{
  return (guint64) (self->lock_timeout * 1e9);
}

guint64
session_get_waited_ns (Session *self)
{
  return self->waited_ns;
}

gboolean
session_get_mark_changes (Session *self)
{
  return self->mark_changes;
}

static char *
held_name (const SegmentInfo *segment, const EntryInfo *entry)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT " %s", entry->id, segment->id);
}

gboolean
session_is_held (Session *self, const SegmentInfo *segment, const EntryInfo *entry)
{
  g_autofree char *name = NULL;

  if (g_hash_table_size (self->held) == 0)
    return FALSE;
  name = held_name (segment, entry);
  return g_hash_table_contains (self->held, name);
}

static gboolean
has_the_same (GHashTable *a, GHashTable *b)
{
  GHashTableIter iter;
  gpointer name;

  g_hash_table_iter_init (&iter, a);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    if (!g_hash_table_contains (b, name))
      return FALSE;
  return g_hash_table_size (a) == g_hash_table_size (b);
}

void
session_set_holds (Session *self, GPtrArray *holds)
{
  GHashTable *before = self->held;

  self->held = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; holds != NULL && i < holds->len; i++)
    {
      const struct hold_place *place = hold_get_place (holds->pdata[i]);
      g_autoptr (SegmentInfo) segment = attachment_get_info (place->attachment);

      if (!hold_has_ended (holds->pdata[i]))
        g_hash_table_add (self->held, held_name (segment, place->entry));
    }
  if (!has_the_same (before, self->held))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HOLDS]);
  g_hash_table_unref (before);
}

static Attachment *
open_anew (const char *id, gpointer user_data, GError **error)
{
  return registry_open (session_get_registry (user_data), id, error);
}

static void
open_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Session *self = source;
  GError *error = NULL;
  Attachment *attachment
    = attachment_table_open (self->attachments, task_data, open_anew, self, &error);

  if (attachment != NULL)
    g_task_return_pointer (task, attachment, (GDestroyNotify) attachment_unref);
  else
    g_task_return_error (task, error);
}

void
session_open (Session *self, const char *id, GCancellable *cancellable,
              GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_task_data (task, g_strdup (id), g_free);
  g_task_run_in_thread (task, open_in_thread);
}

Attachment *
session_open_finish (Session *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Ends the task that user_data is. */
static void
on_edit_done (Editor *editor, const Edit *edit, const EditResult *result, const GError *error,
              gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Session *self = g_task_get_source_object (task);

  self->waiting_ns = 0;
  sampler_kick (self->sampler);
  if (edit != NULL && g_task_get_task_data (task) == NULL)
    g_task_set_task_data (task, edit_ref ((Edit *) edit), (GDestroyNotify) edit_unref);
  if (error != NULL)
    g_task_return_error (task, g_error_copy (error));
  else
    g_task_return_int (task, result != NULL && result->recovered);
}

void
session_apply (Session *self, Edit *edit, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  edit->timeout_ns = session_get_lock_timeout_ns (self);
  g_task_set_task_data (task, edit_ref (edit), (GDestroyNotify) edit_unref);
  editor_apply (self->editor, edit, on_edit_done, task);
}

void
session_undo (Session *self, gboolean force, GAsyncReadyCallback callback, gpointer user_data)
{
  editor_undo (self->editor, force, on_edit_done, g_task_new (self, NULL, callback, user_data));
}

void
session_redo (Session *self, gboolean force, GAsyncReadyCallback callback, gpointer user_data)
{
  editor_redo (self->editor, force, on_edit_done, g_task_new (self, NULL, callback, user_data));
}

gboolean
session_edit_finish (Session *self, GAsyncResult *result, gboolean *ret_recovered, GError **error)
{
  GError *failure = NULL;
  gssize recovered = g_task_propagate_int (G_TASK (result), &failure);

  if (failure != NULL)
    {
      g_propagate_error (error, failure);
      return FALSE;
    }
  if (ret_recovered != NULL)
    *ret_recovered = recovered != 0;
  return TRUE;
}

Edit *
session_edit_of_result (GAsyncResult *result)
{
  Edit *edit = g_task_get_task_data (G_TASK (result));

  return edit != NULL ? edit_ref (edit) : NULL;
}

static void
session_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  Session *self = SHMLENS_SESSION (object);

  switch (id)
    {
    case PROP_RATE:
      g_value_set_double (value, sampler_get_rate (self->sampler));
      break;
    case PROP_PAUSED:
      g_value_set_boolean (value, sampler_get_paused (self->sampler));
      break;
    case PROP_LOCK_TIMEOUT:
      g_value_set_double (value, self->lock_timeout);
      break;
    case PROP_LOCK_NOTICE:
      g_value_set_double (value, self->lock_notice);
      break;
    case PROP_MARK_CHANGES:
      g_value_set_boolean (value, self->mark_changes);
      break;
    case PROP_UNDO_TEXT:
      g_value_take_string (value, editor_describe_undo (self->editor));
      break;
    case PROP_REDO_TEXT:
      g_value_take_string (value, editor_describe_redo (self->editor));
      break;
    case PROP_BUSY:
      g_value_set_boolean (value, editor_is_busy (self->editor));
      break;
    case PROP_HOLDS:
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
session_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  Session *self = SHMLENS_SESSION (object);

  switch (id)
    {
    case PROP_RATE:
      if (sampler_get_rate (self->sampler) == g_value_get_double (value))
        return;
      sampler_set_rate (self->sampler, g_value_get_double (value));
      break;
    case PROP_PAUSED:
      if (sampler_get_paused (self->sampler) == g_value_get_boolean (value))
        return;
      sampler_set_paused (self->sampler, g_value_get_boolean (value));
      break;
    case PROP_LOCK_TIMEOUT:
      if (self->lock_timeout == g_value_get_double (value))
        return;
      self->lock_timeout = g_value_get_double (value);
      break;
    case PROP_LOCK_NOTICE:
      if (self->lock_notice == g_value_get_double (value))
        return;
      self->lock_notice = g_value_get_double (value);
      break;
    case PROP_MARK_CHANGES:
      if (self->mark_changes == g_value_get_boolean (value))
        return;
      self->mark_changes = g_value_get_boolean (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      return;
    }
  g_object_notify_by_pspec (object, pspec);
}

static void
session_finalize (GObject *object)
{
  Session *self = SHMLENS_SESSION (object);

  editor_free (self->editor);
  sampler_free (self->sampler);
  attachment_table_unref (self->attachments);
  registry_free (self->registry);
  g_hash_table_unref (self->held);
  G_OBJECT_CLASS (session_parent_class)->finalize (object);
}

static void
session_class_init (SessionClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  const GParamFlags writable
    = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = session_get_property;
  object_class->set_property = session_set_property;
  object_class->finalize = session_finalize;

  properties[PROP_RATE] = g_param_spec_double ("rate", NULL, NULL, SAMPLER_RATE_MIN,
                                               SAMPLER_RATE_MAX, SAMPLER_RATE_DEFAULT, writable);
  properties[PROP_PAUSED] = g_param_spec_boolean ("paused", NULL, NULL, FALSE, writable);
  properties[PROP_LOCK_TIMEOUT]
    = g_param_spec_double ("lock-timeout", NULL, NULL, 0, 86400, 1, writable);
  properties[PROP_LOCK_NOTICE]
    = g_param_spec_double ("lock-notice", NULL, NULL, 0, 86400, LOCK_NOTICE_DEFAULT, writable);
  properties[PROP_MARK_CHANGES]
    = g_param_spec_boolean ("mark-changes", NULL, NULL, TRUE, writable);
  properties[PROP_UNDO_TEXT] = g_param_spec_string ("undo-text", NULL, NULL, NULL, readable);
  properties[PROP_REDO_TEXT] = g_param_spec_string ("redo-text", NULL, NULL, NULL, readable);
  properties[PROP_BUSY] = g_param_spec_boolean ("busy", NULL, NULL, FALSE, readable);
  properties[PROP_HOLDS] = g_param_spec_pointer ("holds", NULL, NULL, readable);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  signals[SIGNAL_TICK] = g_signal_new ("tick", SESSION_TYPE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                       NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
  signals[SIGNAL_WAITING]
    = g_signal_new ("waiting", SESSION_TYPE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                    3, G_TYPE_POINTER, G_TYPE_UINT64, G_TYPE_POINTER);
}

static void
session_init (Session *self)
{
  self->lock_timeout = EDIT_TIMEOUT_DEFAULT_NS / 1e9;
  self->lock_notice = LOCK_NOTICE_DEFAULT;
  self->mark_changes = TRUE;
  self->held = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->attachments = attachment_table_new ();
  self->sampler = sampler_new ();
  sampler_set_tick_func (self->sampler, on_tick, self);
  self->editor = editor_new ();
  editor_set_waiting_func (self->editor, on_waiting, self);
  editor_set_changed_func (self->editor, on_editor_changed, self);
}
