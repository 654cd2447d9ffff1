/* mark-list.h - moments that plots show on their time axis, such as those of alerts.
 */
#pragma once

#include <glib-object.h>

#define MARK_TYPE_LIST (mark_list_get_type ())
G_DECLARE_FINAL_TYPE (MarkList, mark_list, MARK, LIST, GObject)

/* Of more the oldest are dropped. */
#define MARK_LIST_MAX 1000

struct mark
{
  gint64 time_us;    /* since 1970, as plot_time() has it */
  char *text;
};

/* Signal `changed`. */
MarkList *mark_list_new (void);
/* Not earlier than those that are there. */
void mark_list_add (MarkList *self, gint64 time_us, const char *text);
guint mark_list_length (MarkList *self);
/* Owned by the list until it is changed. */
const struct mark *mark_list_get (MarkList *self, guint index);
