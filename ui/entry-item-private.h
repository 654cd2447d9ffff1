/* entry-item-private.h - what the parts of an item share: what is sampled (entry-item.c), what
 * is shown of it (entry-item-show.c), what became of it (entry-item-statistics.c). */
#pragma once

#include "entry-item.h"
#include "entry-statistics.h"
#include "entry-trace.h"
#include "history.h"

enum entry_item_property
{
  ENTRY_ITEM_INFO = 1,
  ENTRY_ITEM_NAME,
  ENTRY_ITEM_TYPE_TEXT,
  ENTRY_ITEM_VALUE,
  ENTRY_ITEM_SUFFIX,
  ENTRY_ITEM_FRACTION,
  ENTRY_ITEM_ACTIVE,
  ENTRY_ITEM_MARK,
  ENTRY_ITEM_LOCK,
  ENTRY_ITEM_LOCK_TEXT,
  ENTRY_ITEM_AGE,
  ENTRY_ITEM_STATUS,
  ENTRY_ITEM_STATISTICS,
  ENTRY_ITEM_TRACE,
  ENTRY_ITEM_N_PROPERTIES
};

struct _EntryItem
{
  GObject parent_instance;

  Session *session;
  Attachment *attachment;
  EntryInfo *info;
  char *type_text;
  char *sort_key;          /* made when first asked for */

  guint holders, followers;
  Watch *watch;
  gulong tick_handler;     /* while it is held */
  gboolean first_sample;   /* none came since it was held */

  guint8 *elements;
  guint64 n_elements;
  int status;
  gboolean has_lock_info, has_writes;
  LockInfo lock_info;
  guint64 writes;

  gint64 changed_us;       /* 0: not since it is looked at */
  gint64 suffix_us, point_us;
  History *history;        /* of roles with a rate */
  EntryStatistics *statistics;  /* of a scalar, from its first sample on */
  EntryTrace *trace;
  gint64 statistics_us;    /* when it was told of them last */
  guint64 trace_serial;

  char *value, *suffix, *age, *lock_text;
  double fraction;
  gboolean active;
  enum entry_mark mark;
  struct lock_view lock;
  DisplaySet *displays;    /* NULL: as the entry itself says */
};

void entry_item_notify (EntryItem *self, enum entry_item_property property);

/* Whether there is a rate behind the value. */
gboolean entry_item_has_rate (const EntryInfo *info);
gboolean entry_item_is_progress (EntryItem *self);
/* Whether it is shown how full it is. */
gboolean entry_item_has_fraction (EntryItem *self);

/* Each makes the texts anew and notifies those that are others. */
void entry_item_show_value (EntryItem *self);
void entry_item_show_suffix (EntryItem *self);
void entry_item_show_lock (EntryItem *self, gint64 time_us);
void entry_item_show_age (EntryItem *self, gint64 time_us);
void entry_item_show_type (EntryItem *self);
/* It is not looked at any more. */
void entry_item_show_no_mark (EntryItem *self);

/* Whether its elements can be counted and compared as one number. */
gboolean entry_item_has_statistics (const EntryInfo *info);
/* Takes the newest elements into what is kept of them. */
void entry_item_feed_statistics (EntryItem *self, gint64 time_us);
/* Nobody samples it from now on. */
void entry_item_pause_statistics (EntryItem *self, gint64 time_us);
void entry_item_forget_statistics (EntryItem *self);
/* At each tick while it is held: tells of them, but not more often than people read. */
void entry_item_tell_statistics (EntryItem *self, gint64 time_us);

/* As they are remembered for an entry of this name; shows nothing. */
void entry_item_load_displays (EntryItem *self);
/* Of the entry itself; NULL: as it says. */
const Display *entry_item_get_display (EntryItem *self);
/* What stands behind the value. */
const char *entry_item_get_unit (EntryItem *self);
