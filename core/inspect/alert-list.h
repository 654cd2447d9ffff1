/* alert-list.h - what people want to be told of: conditions on segments, kept in a file.
 *
 * An alert names its segment as a row of the watch list does (watch_list_key()), so that it goes
 * on when that comes back under another name or process id. Not safe between threads.
 */
#pragma once

#include "segment-info.h"

typedef struct alert_list AlertList;
typedef struct alert_row AlertRow;

/* No more alerts than this, and no longer texts; whoever adds one gets NULL. */
#define ALERT_LIST_ROWS_MAX 500
#define ALERT_LIST_TEXT_MAX 4096

struct alert_row
{
  char *segment;     /* as watch_list_key() has it */
  char *title;       /* of the segment, for people */
  char *condition;   /* as condition.h reads it */
  char *note;        /* "" none */
  gboolean is_on;
  guint64 count;     /* how often it was met */
  gint64 last_us;    /* when last, since 1970; 0: never */
};

/* Empty. path: of the file; NULL: $XDG_DATA_HOME/shmlens/alerts.ini. */
AlertList *alert_list_new (const char *path);
void alert_list_free (AlertList *self);

/* Reads the file; one that is not there holds nothing. What cannot be read as a list of alerts is
 * put aside under another name, never overwritten; whatever of it could be read is in the list
 * all the same.
 *
 * Errors: CORRUPT (put aside), PERMISSION (it can neither be read nor put aside; nothing will
 * be saved). */
gboolean alert_list_load (AlertList *self, GError **error);
/* Writes the file anew, as a whole or not at all. Errors: PERMISSION. */
gboolean alert_list_save (AlertList *self, GError **error);

guint alert_list_length (const AlertList *self);
/* Owned by the list; the same as long as the alert is there. */
AlertRow *alert_list_get (const AlertList *self, guint index);

/* Adds an alert at the end, which is on. NULL: there is no room. info: of the segment. Texts that
 * are too long are cut, but a condition, which would be another then, is not taken. */
AlertRow *alert_list_add (AlertList *self, const SegmentInfo *info, const char *condition,
                          const char *note);
/* FALSE, and nothing happens: the condition is too long. What was counted begins anew with
 * another condition. */
gboolean alert_list_change (AlertList *self, guint index, const char *condition,
                            const char *note);
void alert_list_remove (AlertList *self, guint index);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AlertList, alert_list_free)
