/* entry-item.h - an entry in the table: the same object as long as the entry is there.
 *
 * It has its elements sampled only while somebody holds it: a cell that is on the
 * screen, the details. What it has then stays when it is let go. While it is only
 * followed it is sampled too, but nothing is made of that but statistics.
 */
#pragma once

#include "display-set.h"
#include "entry-trace.h"
#include "lock-view.h"
#include "number.h"
#include "session.h"

#define ENTRY_TYPE_ITEM (entry_item_get_type ())
G_DECLARE_FINAL_TYPE (EntryItem, entry_item, ENTRY, ITEM, GObject)

/* How long ago the elements changed. */
enum entry_mark
{
  ENTRY_MARK_NONE,
  ENTRY_MARK_FADING,
  ENTRY_MARK_CHANGED
};

/* What became of the value while it was sampled, and how often it was written. */
enum entry_statistic
{
  ENTRY_STATISTIC_PREVIOUS,
  ENTRY_STATISTIC_MINIMUM,
  ENTRY_STATISTIC_MAXIMUM,
  ENTRY_STATISTIC_MEAN,
  ENTRY_STATISTIC_CHANGES,
  ENTRY_STATISTIC_RATE_1_S,
  ENTRY_STATISTIC_RATE_10_S,
  ENTRY_STATISTIC_RATE_100_S,
  ENTRY_STATISTIC_WRITES
};

/* Properties, each notified only when it is another:
 * `info` (a pointer): where its elements are, or what they mean; `name`: also for whatever
 * else is said of it; `type-text`;
 * `value` the elements as text, NULL when they were never read;
 * `suffix` what stands behind the value: unit, rate;
 * `fraction` of the progress role, -1 when there is none; `active` of the flag role;
 * `mark` (enum entry_mark); `lock` (enum entry_lock); `lock-text`;
 * `age` how long ago it changed, as text; `status` of the last sample: enum shmlens_consistency
 * or -errno; `statistics` (no value) twice a second at most; `trace` when it has a new column.
 *
 * Signal `sampled`: after every sample, also when no property differs. */
EntryItem *entry_item_new (Session *session, Attachment *attachment, EntryInfo *info);

Session *entry_item_get_session (EntryItem *self);
Attachment *entry_item_get_attachment (EntryItem *self);
EntryInfo *entry_item_get_info (EntryItem *self);
/* The entry as a newer look at the segment describes it. */
void entry_item_set_info (EntryItem *self, EntryInfo *info);

/* Samples while held at least once. */
void entry_item_hold (EntryItem *self);
void entry_item_release (EntryItem *self);
gboolean entry_item_is_held (EntryItem *self);
/* Keeps statistics also while nobody holds it, if it is one number. */
void entry_item_follow (EntryItem *self);
void entry_item_unfollow (EntryItem *self);
/* Sampling as a whole stands still, and goes on. */
void entry_item_set_paused (EntryItem *self, gboolean paused);

/* Owned by the item. The sort key puts "worker 2" before "worker 10". */
const char *entry_item_get_sort_key (EntryItem *self);
const char *entry_item_get_value (EntryItem *self);
const char *entry_item_get_suffix (EntryItem *self);
const char *entry_item_get_age (EntryItem *self);
const char *entry_item_get_lock_text (EntryItem *self);
/* All that is known of its lock, for a tooltip and the details; newly allocated. */
char *entry_item_get_lock_details (EntryItem *self);
double entry_item_get_fraction (EntryItem *self);
gboolean entry_item_get_active (EntryItem *self);
enum entry_mark entry_item_get_mark (EntryItem *self);
enum entry_lock entry_item_get_lock (EntryItem *self);
int entry_item_get_status (EntryItem *self);
/* When its elements were last seen to have changed, by g_get_monotonic_time(); 0: never. */
gint64 entry_item_get_changed_us (EntryItem *self);

/* The first elements as last read, packed; NULL when they were never read. Of a large
 * array only some. */
const void *entry_item_get_elements (EntryItem *self, guint64 *ret_count);
/* The lock as last seen; NULL when it was never looked at. */
const LockInfo *entry_item_get_lock_info (EntryItem *self);
/* The write counter; FALSE when there is none. */
gboolean entry_item_get_writes (EntryItem *self, guint64 *ret_writes);
/* As text, newly allocated; "" when there is none. */
char *entry_item_get_statistic (EntryItem *self, enum entry_statistic statistic);
/* As a number; FALSE when there is none. */
gboolean entry_item_get_statistic_number (EntryItem *self, enum entry_statistic statistic,
                                          Number *ret_number);
/* Begins them anew. */
void entry_item_reset_statistics (EntryItem *self);
/* The last minute; NULL of what is no number, or was never read. */
const EntryTrace *entry_item_get_trace (EntryItem *self);

/* Whether people can choose how it is displayed, or (not -1) a field of it: numbers and
 * characters, also of arrays. */
gboolean entry_item_can_display (EntryItem *self, int field);
/* How they want it; NULL: as the entry says. Owned by the item, which tells by `name` when it is
 * another. */
DisplaySet *entry_item_get_displays (EntryItem *self);
enum display_form entry_item_get_form (EntryItem *self);
/* Wants it, or a field, so from now on, and whenever an entry of its name is there again. NULL: as
 * the entry says. FALSE: it could not be remembered, or there is no such field any more. */
gboolean entry_item_set_display (EntryItem *self, int field, const Display *display,
                                 GError **error);
/* The text that an edit of the entry, or of a field, begins with, in that form; NULL when there is
 * none. And what people typed in that form for one element or field, as edits read it. Newly
 * allocated. */
char *entry_item_get_edit_text (EntryItem *self);
char *entry_item_get_field_edit_text (EntryItem *self, int field);
char *entry_item_parse_text (EntryItem *self, int field, const char *text, GError **error);
/* The same of what stands for several elements at once, also a ramp: "0x10:0x10". */
char *entry_item_parse_block_text (EntryItem *self, int field, const char *text, GError **error);
/* A line on what may be typed. Newly allocated. */
char *entry_item_get_edit_hint (EntryItem *self, int field);
