/* watch-list.h - what people keep an eye on, from any segment: rows in an order of their own
 * below headings of their own, kept in a file.
 *
 * A row names its segment by what stays the same from run to run, so that it finds it again
 * when it comes back under another name or process id. Not safe between threads.
 */
#pragma once

#include "segment-info.h"

typedef struct watch_list WatchList;
typedef struct watch_row WatchRow;

/* No more rows than this, and no longer texts; whoever adds one gets FALSE. */
#define WATCH_LIST_ROWS_MAX 2000
#define WATCH_LIST_TEXT_MAX 4096

struct watch_row
{
  char *heading;   /* its text; NULL of a row with a value */
  char *segment;   /* as watch_list_key() has it; NULL of a heading */
  char *title;     /* of the segment, for people */
  char *target;    /* in it, as target.h reads it: "counts[3]" */
  char *note;      /* "" none */
  char *value;     /* as last seen; NULL: never */
};

/* Empty. path: of the file; NULL: $XDG_DATA_HOME/shmlens/watch-list.ini. */
WatchList *watch_list_new (const char *path);
void watch_list_free (WatchList *self);

/* Reads the file; one that is not there holds nothing. What cannot be read as a watch list is
 * never overwritten: the file is put aside under another name, which the error tells; whatever
 * of it could be read is in the list all the same.
 *
 * Errors: CORRUPT (put aside), PERMISSION (it can neither be read nor put aside; nothing will
 * be saved). */
gboolean watch_list_load (WatchList *self, GError **error);
/* Writes the file anew, as a whole or not at all. Errors: PERMISSION. */
gboolean watch_list_save (WatchList *self, GError **error);

guint watch_list_length (const WatchList *self);
/* Owned by the list; the same as long as the row is there. */
const WatchRow *watch_list_get (const WatchList *self, guint index);

/* Adds a row at the end. FALSE: that target of that segment is in the list already, or there is no
 * room. info: of the segment. */
gboolean watch_list_add (WatchList *self, const SegmentInfo *info, const char *target);
/* Adds a heading before a row, or at the end. FALSE: there is no room. */
gboolean watch_list_add_heading (WatchList *self, guint index, const char *text);
void watch_list_remove (WatchList *self, guint index);
/* Makes row `from` row number `to`. */
void watch_list_move (WatchList *self, guint from, guint to);

/* Where the row of that target is; G_MAXUINT when it is in the list nowhere. */
guint watch_list_find (const WatchList *self, const SegmentInfo *info, const char *target);

/* Texts that are too long are cut. */
void watch_list_set_heading (WatchList *self, guint index, const char *text);
void watch_list_set_note (WatchList *self, guint index, const char *note);
/* value: NULL leaves what was seen before. */
void watch_list_set_value (WatchList *self, guint index, const char *value);

/* What names a segment from run to run: its kind and its logical name, or else its name. Newly
 * allocated. */
char *watch_list_key (const SegmentInfo *info);

/* How well a segment fits such a key: 0 not at all; of several the one with the highest number
 * is meant, which is the one that is alive. */
guint watch_list_fit (const char *key, const SegmentInfo *info);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WatchList, watch_list_free)
