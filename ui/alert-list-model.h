/* alert-list-model.h - the alerts as a list model, looked at in whatever segment they are on,
 * also when that is not shown.
 *
 * Items are AlertItem. Has a sampler of its own, as fast as the session's, which goes on when
 * that is paused; it costs nothing while no alert is on. Every change is saved soon afterwards.
 */
#pragma once

#include "alert-item.h"
#include "segment-list.h"
#include "session.h"

#define ALERT_TYPE_LIST_MODEL (alert_list_model_get_type ())
G_DECLARE_FINAL_TYPE (AlertListModel, alert_list_model, ALERT, LIST_MODEL, GObject)

/* Of one alert nobody is told more often than this, however often it is met. */
#define ALERT_TELL_US (10 * G_USEC_PER_SEC)

/* Signals: `fired` (AlertItem *, gint64 time_us, gboolean is_told): a condition began to be met;
 * time_us: of the sample; is_told: people should be told, and not only the count be another. `failed` (const char *): a sentence on what
 * could not be read or kept.
 *
 * segments: among which those of the alerts are looked for. path: of the file, NULL the usual one. */
AlertListModel *alert_list_model_new (Session *session, SegmentList *segments, const char *path);
/* Reads the file. */
void alert_list_model_load (AlertListModel *self);

/* Adds an alert, which is on. Its place; G_MAXUINT: there is no room. */
guint alert_list_model_add (AlertListModel *self, const SegmentInfo *info, const char *condition,
                            const char *note);
/* FALSE: the condition is too long. */
gboolean alert_list_model_change (AlertListModel *self, guint position, const char *condition,
                                  const char *note);
void alert_list_model_set_on (AlertListModel *self, guint position, gboolean is_on);
void alert_list_model_remove (AlertListModel *self, guint position);
/* G_MAXUINT: it is not in the list any more. */
guint alert_list_model_find (AlertListModel *self, AlertItem *item);
