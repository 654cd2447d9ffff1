/* alert-item.h - an alert: a condition on a segment, looked at as long as that is there.
 */
#pragma once

#include <glib-object.h>

#include "alert-list.h"
#include "sampler.h"

#define ALERT_TYPE_ITEM (alert_item_get_type ())
G_DECLARE_FINAL_TYPE (AlertItem, alert_item, ALERT, ITEM, GObject)

enum alert_state
{
  ALERT_OFF,
  ALERT_WAITING,  /* the condition is not met */
  ALERT_MET,      /* it is, or was a moment ago */
  ALERT_GONE,     /* the segment is not there, or not what it was */
  ALERT_BROKEN    /* the condition means nothing in the segment as it is */
};

/* A condition that is met again before it was otherwise for this long is the same one. */
#define ALERT_REARM_US G_USEC_PER_SEC

/* Properties, notified when they are another: `row` (what alert_row has), `state`, `reason` (a
 * sentence on a state GONE or BROKEN; else NULL).
 *
 * sampler: has to outlive the time in which the item has an attachment. */
AlertItem *alert_item_new (Sampler *sampler, AlertRow *row);

/* Owned by the list of alerts. NULL: the alert was removed. */
AlertRow *alert_item_get_row (AlertItem *self);
/* Something in the row is another. */
void alert_item_row_changed (AlertItem *self);
/* It is in the list no more. */
void alert_item_forget_row (AlertItem *self);

/* The segment as opened, or what is in it is another; NULL: it is not there, and why. */
void alert_item_set_attachment (AlertItem *self, Attachment *attachment, const char *reason);

/* After a tick of the sampler. Whether the condition began to be met. */
gboolean alert_item_tick (AlertItem *self, gint64 time_us);

enum alert_state alert_item_get_state (AlertItem *self);
const char *alert_item_get_reason (AlertItem *self);
/* Since when it is MET, since 1970. */
gint64 alert_item_get_since (AlertItem *self);
/* NULL: the segment is not there. */
Attachment *alert_item_get_attachment (AlertItem *self);
/* The name of the entry that the condition begins with; NULL: not known. */
const char *alert_item_get_entry (AlertItem *self);
