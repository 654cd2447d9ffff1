/* window-private.h - the window's own parts, for window.c and window-….c. */
#pragma once

#include "array-grid.h"
#include "details.h"
#include "dock.h"
#include "entry-table.h"
#include "lock-list.h"
#include "mark-list.h"
#include "replay-bar.h"
#include "segment-list.h"
#include "sidebar.h"
#include "status-page.h"
#include "text-popover.h"
#include "watch-page.h"
#include "window.h"

struct _ShmlensWindow
{
  GtkApplicationWindow parent_instance;

  GtkWidget *undo_button, *redo_button, *record_button;
  GtkLabel *record_label;
  GtkMenuButton *rate_button;
  MessageBar *message_bar;
  GtkWidget *hold_banner;
  ReplayBar *replay_bar;
  GtkPaned *paned, *details_paned;
  Sidebar *sidebar;
  GtkStack *pages, *stack, *table_stack;
  WatchPage *watch_page;
  StatusPage *status, *no_entries;
  GtkWidget *banner;
  GtkLabel *banner_label, *title_label, *subtitle_label;
  GtkWidget *banner_button;
  GtkSearchEntry *filter_entry;
  EntryTable *table;
  Dock *dock;
  Details *details;             /* its first page, which is always there */

  Session *session;
  GSettings *settings;
  SegmentList *segments;
  WatchListModel *watch_list;
  TextPopover *pin_popover;     /* made when first needed, as is this */
  GtkWidget *command_search;
  GPtrArray *listed;            /* of SegmentInfo: what the registry found last */
  EntryList *entries;           /* of the segment that is open; NULL when none is */
  LockList *locks;              /* of it */
  char *lock_notice;            /* what was told of one of them last */
  gulong segment_handler, items_handler;
  guint summary_source;         /* entries have come or gone */
  char *open_id;                /* of the segment that is open, or being opened */
  GCancellable *opening;        /* while one is being opened */
  char *wanted_segment, *wanted_entry;  /* to be selected when they are there */
  gboolean is_asked;            /* for a segment: what is said of it goes before the list */
  gboolean wants_entry_at_once; /* it is not waited for */
  gboolean is_first;            /* what is open was the first of the list, and nobody's choice */

  struct window_recording *recording;  /* window-recording.c */
  struct window_alerts *alerts;        /* window-alerts.c */
  guint64 announced;                   /* window-announce.c: the newest step that was told of */

  int details_height;           /* wanted; 0 once it was given */
  gboolean show_sidebar;
  gboolean narrow, low;
  guint adapt_source;
  gboolean has_frame;           /* the first one was drawn */
  gulong frame_handler;         /* while it is not, and the window is realized */
};

/* As window.ui asks for. */
#define WINDOW_DETAILS_HEIGHT_MIN 96

/* What is kept from one start to the next: before it is shown; once the page below may get its
 * height; the watch list, if that was shown last; and what was open last, when it is there, and
 * nobody has asked for something else. FALSE: it is not. */
void window_restore_state (ShmlensWindow *self);
void window_give_details_room (ShmlensWindow *self);
void window_show_last_page (ShmlensWindow *self);
gboolean window_open_last (ShmlensWindow *self);

/* The commands; the session is there by then. */
void window_add_actions (ShmlensWindow *self);
void window_remove_actions (ShmlensWindow *self);
void window_enable_action (ShmlensWindow *self, const char *name, gboolean enabled);

void window_set_show_sidebar (ShmlensWindow *self, gboolean show);
void window_open_segment (ShmlensWindow *self, const char *id);

/* Makes this the segment that is open; NULL: none. */
void window_set_entries (ShmlensWindow *self, EntryList *entries);
/* A RegistryChanged; user_data is the window. */
void window_update_segments (Registry *registry, GPtrArray *list, gpointer user_data);

/* The command to hold an entry, and the banner with what is held. */
void window_add_hold (ShmlensWindow *self);

/* Recordings: the actions `record` and `open-recording`, and the bar of time. */
void window_add_recording (ShmlensWindow *self);
void window_remove_recording (ShmlensWindow *self);
void window_update_recording (ShmlensWindow *self);
/* Records the segment that is open until win.record is toggled. */
void window_record_into (ShmlensWindow *self, const char *path);
/* What is, or was last, recorded, and into which file; NULL: nothing yet. Owned by the window. */
Attachment *window_get_recorded (ShmlensWindow *self, const char **ret_path);
/* The same from when a condition is met until another one is; NULL: at once, and by hand. */
void window_record_between (ShmlensWindow *self, const char *path, const char *when,
                            const char *until);
/* Marks this moment in what is recorded, if anything is. */
void window_mark_recording (ShmlensWindow *self, const char *text);

/* Commands by name. Actions: win.commands, win.show-help-overlay, win.open-segment (id),
 * win.select-entry (name), win.dock-page (its name). */
void window_add_commands (ShmlensWindow *self);
void window_remove_commands (ShmlensWindow *self);
/* Enables those that what is selected is needed for. */
void window_update_commands (ShmlensWindow *self);

/* Opens what is dropped on the window. */
void window_add_drop (ShmlensWindow *self);

/* What a screen reader is told without being asked. */
void window_add_announcements (ShmlensWindow *self);
/* Shows above the entries why the segment is not as it was, and has it told; NULL: it is. */
void window_show_reason (ShmlensWindow *self, const char *reason);

/* The pages of the dock. */
void window_add_pages (ShmlensWindow *self);
/* Tells them which entry is selected (may be NULL); which segment is open the window knows. */
void window_update_dock (ShmlensWindow *self, EntryItem *item);

/* The page of plots, and the action `plot`. */
void window_add_plot (ShmlensWindow *self);
void window_update_plot (ShmlensWindow *self, EntryItem *item);
/* Another segment, or into another file, is recorded. */
void window_update_plot_recorded (ShmlensWindow *self);
/* The grid of the selected array when the keys go to it, and its current cell; NULL. */
ArrayGrid *window_find_cell (ShmlensWindow *self, guint64 *ret_index, int *ret_field);

/* Alerts: the action `alert`, and their page. They are read when there is time for it. */
void window_add_alerts (ShmlensWindow *self);
void window_load_alerts (ShmlensWindow *self);
void window_remove_alerts (ShmlensWindow *self);
/* A condition on what is selected, to be offered. Newly allocated. */
char *window_suggest_condition (ShmlensWindow *self);
/* The moments at which one was met. */
MarkList *window_get_marks (ShmlensWindow *self);

/* The page of locks; and which segment's they are is another. */
void window_add_locks (ShmlensWindow *self);
void window_update_locks (ShmlensWindow *self);

/* What people watch, and its page. Actions: win.watch-list (whether it is shown), win.pin (a
 * target in the segment that is open), win.pin-part (asks for one). */
void window_add_watch_list (ShmlensWindow *self);
void window_remove_watch_list (ShmlensWindow *self);
gboolean window_shows_watch_list (ShmlensWindow *self);
void window_show_watch_list (ShmlensWindow *self, gboolean show);
