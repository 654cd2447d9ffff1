/* watch-list-model.h - the watch list as a list model: its rows, and the segments that they
 * mean, opened as long as somebody looks.
 *
 * Items are WatchItem. Every change is saved soon afterwards.
 */
#pragma once

#include "segment-list.h"
#include "watch-item.h"

#define WATCH_TYPE_LIST_MODEL (watch_list_model_get_type ())
G_DECLARE_FINAL_TYPE (WatchListModel, watch_list_model, WATCH, LIST_MODEL, GObject)

/* Signal `failed` (const char *): a sentence on what could not be read or kept.
 *
 * segments: among which those of the rows are looked for. path: of the file, NULL the usual one. */
WatchListModel *watch_list_model_new (Session *session, SegmentList *segments, const char *path);
/* Reads the file. */
void watch_list_model_load (WatchListModel *self);

/* Whether values are kept up to date: while they are on the screen. */
void watch_list_model_set_active (WatchListModel *self, gboolean active);

/* Adds a target of a segment at the end. Returns its place; ret_is_new: whether it was not there
 * before. G_MAXUINT: there is no room. */
guint watch_list_model_add (WatchListModel *self, const SegmentInfo *info, const char *target,
                            gboolean *ret_is_new);
/* Adds a heading before this place. FALSE: there is no room. */
gboolean watch_list_model_add_heading (WatchListModel *self, guint position, const char *text);
void watch_list_model_remove (WatchListModel *self, guint position);
void watch_list_model_move (WatchListModel *self, guint from, guint to);
void watch_list_model_set_heading (WatchListModel *self, guint position, const char *text);
void watch_list_model_set_note (WatchListModel *self, guint position, const char *note);

/* How many rows have a value. */
guint watch_list_model_count_targets (WatchListModel *self);

/* The id of the segment that a row means now; NULL: it is not there. Newly allocated. */
char *watch_list_model_segment_of (WatchListModel *self, guint position);
