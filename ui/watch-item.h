/* watch-item.h - a row of the watch list: a heading, or the value of a target of some segment,
 * live as long as that is there; afterwards its last value, and why it is the last.
 */
#pragma once

#include "entry-item.h"
#include "target.h"
#include "watch-list.h"

#define WATCH_TYPE_ITEM (watch_item_get_type ())
G_DECLARE_FINAL_TYPE (WatchItem, watch_item, WATCH, ITEM, GObject)

/* Properties, each notified only when it is another: `row`: heading or note; `value`; `reason`
 * (a sentence: why the value is not live; NULL: it is), `mark` (enum entry_mark). */
WatchItem *watch_item_new (Session *session, const WatchRow *row);

/* Owned by the watch list. */
const WatchRow *watch_item_get_row (WatchItem *self);
/* The row has another heading or note. */
void watch_item_row_changed (WatchItem *self);
/* It is in the list no more; its row must not be asked for afterwards. */
void watch_item_forget_row (WatchItem *self);

/* The segment as opened; NULL: it is not there, and why. */
void watch_item_set_attachment (WatchItem *self, Attachment *attachment, const char *reason);
/* The segment, or its entries, are other than before. */
void watch_item_look_again (WatchItem *self);
/* Whether the value is kept up to date. */
void watch_item_set_active (WatchItem *self, gboolean active);

/* As text; NULL: never seen. Owned by the item. */
const char *watch_item_get_value (WatchItem *self);
const char *watch_item_get_reason (WatchItem *self);
enum entry_mark watch_item_get_mark (WatchItem *self);

/* Where it is now; NULL: nowhere. Owned by the item. */
const struct target *watch_item_get_target (WatchItem *self);
Attachment *watch_item_get_attachment (WatchItem *self);

/* What an edit of it begins with: the entry, to be held while it is edited, and the text that
 * it has now. NULL: it cannot be edited as one text.
 *
 * ret_of_element: whether it is an element of an array, number target.first. ret_text: newly
 * allocated. */
EntryItem *watch_item_begin_edit (WatchItem *self, gboolean *ret_of_element, char **ret_text);
