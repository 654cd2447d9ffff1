/* alert-item.c - an alert. */
#include "alert-item.h"

#include "condition-watch.h"

struct _AlertItem
{
  GObject parent_instance;

  Sampler *sampler;
  AlertRow *row;
  Attachment *attachment;
  ConditionWatch *watch;     /* while it is on, and the condition can be read */
  struct condition_edge edge;
  enum alert_state state;
  char *reason;
  gint64 since_us;
};

G_DEFINE_FINAL_TYPE (AlertItem, alert_item, G_TYPE_OBJECT)

enum
{
  PROP_ROW = 1,
  PROP_STATE,
  PROP_REASON,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

static void
set_state (AlertItem *self, enum alert_state state, const char *reason)
{
  if (g_strcmp0 (self->reason, reason) != 0)
    {
      g_free (self->reason);
      self->reason = g_strdup (reason);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_REASON]);
    }
  if (self->state == state)
    return;
  if (state == ALERT_MET)
    self->since_us = g_get_real_time ();
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

static void
stop (AlertItem *self)
{
  g_clear_pointer (&self->watch, condition_watch_free);
  self->edge = (struct condition_edge) { 0 };
}

/* What the segment is like now; while the condition is looked at that decides. */
static void
look (AlertItem *self, const char *reason)
{
  g_autoptr (SegmentInfo) info = NULL;
  g_autoptr (GError) error = NULL;
  Condition *condition;

  if (self->row == NULL || !self->row->is_on || self->attachment == NULL)
    {
      stop (self);
      if (self->row != NULL)
        set_state (self, self->row->is_on ? ALERT_GONE : ALERT_OFF,
                   self->row->is_on ? reason : NULL);
      return;
    }
  info = attachment_get_info (self->attachment);
  condition = condition_parse (self->attachment, self->row->condition, &error);
  if (condition == NULL)
    {
      stop (self);
      /* What has become of the segment says more. */
      if (info->state != SEGMENT_LIVE)
        set_state (self, ALERT_GONE, info->reason);
      else
        set_state (self, ALERT_BROKEN, error->message);
      return;
    }
  if (self->watch != NULL && condition_watch_is (self->watch, condition))
    condition_free (condition);
  else
    {
      /* A new place for an entry does not make what is so begin again. */
      g_clear_pointer (&self->watch, condition_watch_free);
      self->watch = condition_watch_new (self->sampler, self->attachment, condition);
    }
  if (info->state != SEGMENT_LIVE)
    set_state (self, ALERT_GONE, info->reason);
  else if (self->state != ALERT_MET)
    set_state (self, ALERT_WAITING, NULL);
}

gboolean
alert_item_tick (AlertItem *self, gint64 time_us)
{
  gboolean is_met, begins;

  if (self->watch == NULL)
    return FALSE;
  is_met = condition_watch_evaluate (self->watch);
  begins = condition_edge_update (&self->edge, is_met, time_us, ALERT_REARM_US);
  if (self->state != ALERT_GONE)
    {
      if (is_met)
        set_state (self, ALERT_MET, NULL);
      else if (self->state != ALERT_MET || time_us - self->edge.off_us >= ALERT_REARM_US)
        set_state (self, ALERT_WAITING, NULL);
    }
  return begins;
}

void
alert_item_set_attachment (AlertItem *self, Attachment *attachment, const char *reason)
{
  if (self->attachment != attachment)
    {
      stop (self);
      g_clear_pointer (&self->attachment, attachment_unref);
      self->attachment = attachment != NULL ? attachment_ref (attachment) : NULL;
    }
  look (self, reason);
}

void
alert_item_row_changed (AlertItem *self)
{
  look (self, self->reason);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ROW]);
}

void
alert_item_forget_row (AlertItem *self)
{
  self->row = NULL;
  alert_item_set_attachment (self, NULL, NULL);
}

AlertItem *
alert_item_new (Sampler *sampler, AlertRow *row)
{
  AlertItem *self = g_object_new (ALERT_TYPE_ITEM, NULL);

  self->sampler = sampler;
  self->row = row;
  self->state = row->is_on ? ALERT_GONE : ALERT_OFF;
  return self;
}

AlertRow *
alert_item_get_row (AlertItem *self)
{
  return self->row;
}

enum alert_state
alert_item_get_state (AlertItem *self)
{
  return self->state;
}

const char *
alert_item_get_reason (AlertItem *self)
{
  return self->reason;
}

gint64
alert_item_get_since (AlertItem *self)
{
  return self->since_us;
}

Attachment *
alert_item_get_attachment (AlertItem *self)
{
  return self->attachment;
}

const char *
alert_item_get_entry (AlertItem *self)
{
  return self->watch != NULL ? condition_watch_get_entry (self->watch)->name : NULL;
}

static void
alert_item_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  AlertItem *self = ALERT_ITEM (object);

  switch (id)
    {
    case PROP_ROW:
      g_value_set_pointer (value, self->row);
      break;
    case PROP_STATE:
      g_value_set_int (value, self->state);
      break;
    case PROP_REASON:
      g_value_set_string (value, self->reason);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
alert_item_finalize (GObject *object)
{
  AlertItem *self = ALERT_ITEM (object);

  stop (self);
  g_clear_pointer (&self->attachment, attachment_unref);
  g_free (self->reason);
  G_OBJECT_CLASS (alert_item_parent_class)->finalize (object);
}

static void
alert_item_class_init (AlertItemClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = alert_item_get_property;
  object_class->finalize = alert_item_finalize;

  properties[PROP_ROW] = g_param_spec_pointer ("row", NULL, NULL, readable);
  properties[PROP_STATE]
    = g_param_spec_int ("state", NULL, NULL, ALERT_OFF, ALERT_BROKEN, ALERT_OFF, readable);
  properties[PROP_REASON] = g_param_spec_string ("reason", NULL, NULL, NULL, readable);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
alert_item_init (AlertItem *self)
{
}
